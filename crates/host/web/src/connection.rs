//! One connection: reads heads, has requests answered, keeps or closes.
//!
//! Runs on the worker that claimed it until nothing more can be done without
//! waiting for the next request. Within a request the worker may wait for the
//! peer, with a limit each time. Whatever a peer sends, the connection answers
//! or closes; a refusal of a head or body closes, since what follows it cannot
//! be found.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http1::{Encoder, HeadParse, Persist, RequestFacts, RequestHead, parse_head};

use crate::answer::{Exchange, answer};
use crate::ffi::{self, Readiness};
use crate::incoming::{Fill, Incoming, Input};
use crate::outgoing::Outgoing;
use crate::service::Service;
use crate::worker::Desk;

/// Requests answered in a row before other connections of the worker come.
const MAX_IN_A_ROW: usize = 32;
/// How long a refused peer may go on sending, so that it reads the refusal
/// before the connection is reset.
const LINGER: Duration = Duration::from_millis(500);
/// Bytes of a refused peer that are thrown away meanwhile.
const LINGER_BYTES: usize = 1 << 20;

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

/// One connection.
#[derive(Debug)]
pub struct Connection {
    stream: Arc<TcpStream>,
    peer: SocketAddr,
    input: Input,
    /// When the head being read must be complete, on the host's clock.
    head_deadline: Option<u64>,
}

impl Connection {
    /// A new connection.
    pub fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        Self { stream: Arc::new(stream), peer, input: Input::default(), head_deadline: None }
    }

    /// Its socket.
    pub fn stream(&self) -> Arc<TcpStream> {
        Arc::clone(&self.stream)
    }

    /// Reads and answers what is there.
    pub fn serve(&mut self, service: &Service, desk: &mut Desk) -> Next {
        self.input.borrow_buffer(&mut desk.input);
        let next = self.requests(service, desk);
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
                    if self.request(&head, service, desk) == Persist::Close {
                        return Next::Close;
                    }
                    continue;
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
        self.linger();
        Next::Close
    }

    fn request(&mut self, head: &RequestHead, service: &Service, desk: &mut Desk) -> Persist {
        let stream = Arc::clone(&self.stream);
        let timeouts = &service.config.timeouts;
        let mut facts = RequestFacts::from(head);
        facts.keep_alive &= !service.is_draining();
        let Desk { output, booth, worker, .. } = desk;
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
            let limit = timeouts.read.min(LINGER);
            if !incoming.drain(service.config.drain_bytes, limit) {
                persist = Persist::Close;
            }
        }
        if persist == Persist::Close && !incoming.is_done() && !outgoing.is_broken() {
            self.linger();
        }
        persist
    }

    /// Lets the peer read what was sent before a close with unread bytes would
    /// reset the connection.
    fn linger(&mut self) {
        if self.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let until = Instant::now() + LINGER;
        let mut waste = 0;
        while waste < LINGER_BYTES {
            self.input.consume(usize::MAX);
            match self.input.fill(&self.stream) {
                Ok(Fill::Some) => waste += self.input.unread().len(),
                Ok(Fill::End) | Err(_) => return,
                Ok(Fill::Nothing) => {
                    let left = until.saturating_duration_since(Instant::now());
                    let _wait = observe::wait::begin("a refused client to close", None);
                    let ready = ffi::wait(self.stream.as_fd(), Readiness::Read, left);
                    if left.is_zero() || !matches!(ready, Ok(true)) {
                        return;
                    }
                }
            }
        }
    }
}
