//! One connection: reads heads, has requests answered, keeps or closes.
//!
//! Runs on the worker that claimed it until nothing more can be done without
//! waiting for the next request. Within a request the worker may wait for the
//! peer, with a limit each time. Whatever a peer sends, the connection answers
//! or closes; a refusal of a head or body closes, since what follows it cannot
//! be found.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use http1::{Encoder, HeadParse, Persist, RequestFacts, RequestHead, parse_head};

use crate::answer::{Exchange, answer};
use crate::incoming::{Fill, Incoming, Input};
use crate::outgoing::Outgoing;
use crate::service::Service;
use crate::worker::Desk;

/// Requests answered in a row before other connections of the worker come.
const MAX_IN_A_ROW: usize = 32;
/// How long a peer may go on sending behind its last answer, so that it reads
/// the answer before unread bytes would reset the connection.
const LINGER: Duration = Duration::from_millis(500);
/// Bytes that are thrown away meanwhile.
const LINGER_BYTES: usize = 1 << 20;
/// How long the rest of a body that nobody read may take.
const DRAIN: Duration = Duration::from_millis(500);

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// More requests wait, but others come first.
    Again,
    /// It is closed.
    Close,
    /// It rests until an event or this time on the host's clock.
    Rest(u64),
}

/// What follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Close,
    /// Close, but the peer may still be sending.
    Linger,
    Next,
}

/// A connection that was answered for the last time.
#[derive(Debug)]
struct Lingering {
    deadline: u64,
    bytes: usize,
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    stream: Arc<TcpStream>,
    peer: SocketAddr,
    input: Input,
    /// When the head being read must be complete, on the host's clock.
    head_deadline: Option<u64>,
    lingering: Option<Lingering>,
}

impl Connection {
    /// A new connection.
    pub fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        Self {
            stream: Arc::new(stream),
            peer,
            input: Input::default(),
            head_deadline: None,
            lingering: None,
        }
    }

    /// Its socket.
    pub fn stream(&self) -> Arc<TcpStream> {
        Arc::clone(&self.stream)
    }

    /// Reads and answers what is there.
    pub fn serve(&mut self, service: &Service, desk: &mut Desk) -> Next {
        self.input.borrow_buffer(&mut desk.input);
        let next = match self.lingering {
            Some(_) => self.discard(),
            None => self.requests(service, desk),
        };
        self.input.return_buffer(&mut desk.input);
        next
    }

    fn requests(&mut self, service: &Service, desk: &mut Desk) -> Next {
        let mut answered = 0;
        // Look at the socket before resting, unless the last look was enough.
        let mut looked = false;
        loop {
            if answered >= MAX_IN_A_ROW {
                return Next::Again;
            }
            match self.next_head() {
                Ok(Some(head)) => {
                    self.head_deadline = None;
                    answered += 1;
                    match self.request(&head, service, desk) {
                        After::Next => continue,
                        After::Close => return Next::Close,
                        After::Linger => return self.linger(service),
                    }
                }
                Ok(None) => {}
                Err(reject) => return self.refuse(reject.status(), reject.reason(), service, desk),
            }
            if looked && !self.input.maybe_more() {
                return self.rest(service);
            }
            match self.input.fill(&self.stream) {
                Ok(Fill::Some) => looked = true,
                Ok(Fill::Nothing) => return self.rest(service),
                Ok(Fill::End) | Err(_) => return Next::Close,
            }
        }
    }

    fn next_head(&mut self) -> Result<Option<RequestHead>, http1::Reject> {
        if self.input.is_empty() {
            return Ok(None);
        }
        match parse_head(self.input.unread())? {
            HeadParse::Complete(parsed) => {
                self.input.consume(parsed.consumed);
                Ok(Some(parsed.head))
            }
            HeadParse::NeedMore => Ok(None),
        }
    }

    fn rest(&mut self, service: &Service) -> Next {
        if service.is_draining() {
            return Next::Close;
        }
        let timeouts = &service.config.timeouts;
        if self.input.is_empty() {
            self.head_deadline = None;
            return Next::Rest(service.clock.after(timeouts.keep_alive));
        }
        // Counted from the first byte: further ones do not buy time.
        let deadline =
            *self.head_deadline.get_or_insert_with(|| service.clock.after(timeouts.header));
        if service.clock.now() >= deadline { Next::Close } else { Next::Rest(deadline) }
    }

    fn refuse(&mut self, status: u16, sentence: &str, service: &Service, desk: &mut Desk) -> Next {
        let facts =
            RequestFacts { version: http1::Version::Http11, is_head: false, keep_alive: false };
        let limit = service.config.timeouts.write;
        let mut outgoing = Outgoing::new(
            &self.stream,
            Encoder::new(facts),
            &mut desk.output,
            limit,
            service.authenticator.challenge(),
        );
        if outgoing.respond_error(status, sentence).is_ok() {
            let _ = outgoing.finish();
        }
        self.linger(service)
    }

    fn request(&mut self, head: &RequestHead, service: &Service, desk: &mut Desk) -> After {
        let stream = Arc::clone(&self.stream);
        let timeouts = &service.config.timeouts;
        let mut facts = RequestFacts::from(head);
        facts.keep_alive &= !service.is_draining();
        let Desk { output, booth, worker, nobody, .. } = desk;
        let mut incoming =
            Incoming::new(&stream, &mut self.input, head, service.config.max_body_bytes);
        let mut outgoing = Outgoing::new(
            &stream,
            Encoder::new(facts),
            output,
            timeouts.write,
            service.authenticator.challenge(),
        );
        let mut exchange = Exchange {
            head,
            peer: self.peer,
            stream: &stream,
            incoming: &mut incoming,
            outgoing: &mut outgoing,
            nobody,
        };
        let complete = answer(service, worker, booth, &mut exchange);
        let mut persist = if complete {
            outgoing.finish()
        } else {
            outgoing.abandon();
            Persist::Close
        };
        if outgoing.is_broken() || incoming.is_broken() {
            persist = Persist::Close;
        }
        if persist == Persist::KeepAlive {
            let limit = timeouts.read.min(DRAIN);
            if incoming.drain(service.config.drain_bytes, limit) {
                return After::Next;
            }
        }
        if incoming.is_done() || outgoing.is_broken() { After::Close } else { After::Linger }
    }

    /// Closes our half and waits, without a worker, for the peer to close its.
    fn linger(&mut self, service: &Service) -> Next {
        if self.stream.shutdown(Shutdown::Write).is_err() {
            return Next::Close;
        }
        let deadline = service.clock.after(LINGER);
        self.lingering = Some(Lingering { deadline, bytes: LINGER_BYTES });
        self.discard()
    }

    fn discard(&mut self) -> Next {
        let Some(lingering) = &mut self.lingering else { return Next::Close };
        loop {
            let count = self.input.unread().len();
            self.input.consume(count);
            lingering.bytes = lingering.bytes.saturating_sub(count);
            if lingering.bytes == 0 {
                return Next::Close;
            }
            match self.input.fill(&self.stream) {
                Ok(Fill::Some) => {}
                Ok(Fill::Nothing) => return Next::Rest(lingering.deadline),
                Ok(Fill::End) | Err(_) => return Next::Close,
            }
        }
    }
}
