//! The answer to one request: framed by `http1`, sent here.
//!
//! A head is held back until the first bytes of the body or the end, so that
//! both leave in one call; whatever an extension writes goes out at once.

use std::fs::File;
use std::io::{self, IoSlice};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::Duration;

use http1::{Encoder, Persist, RawShape, RawSplitter, ResponseError, ResponseHead, ServerFields};

use crate::clock::with_date;
use crate::ffi::{self, Readiness};

/// `Server` field and `SERVER_SOFTWARE`.
pub const SERVER_SOFTWARE: &str = concat!("Partywall/", env!("CARGO_PKG_VERSION"));
/// Bodies up to this size are copied behind the head and sent with it.
const COPY_BYTES: usize = 32 << 10;

/// Why bytes of an answer cannot be sent.
#[derive(Debug)]
pub enum WriteError {
    /// The extension's head breaks a rule.
    Head(ResponseError),
    /// The peer has gone.
    Gone,
    /// The answer is complete; nothing may follow.
    Over,
    /// The peer took nothing for too long.
    Timeout,
}

/// One answer.
pub struct Outgoing<'c> {
    stream: &'c TcpStream,
    encoder: Encoder,
    /// Encoded and not sent.
    out: &'c mut Vec<u8>,
    splitter: RawSplitter,
    limit: Duration,
    challenge: &'c str,
    status: u16,
    over: bool,
    /// Bytes of the answer have left.
    sent: bool,
    /// A write failed, so the connection is of no use.
    broken: bool,
    /// The extension wrote a body without any head.
    bare_body: bool,
}

impl<'c> Outgoing<'c> {
    /// An answer with nothing in it yet. `challenge` is added to answers of 401
    /// that have none of their own.
    pub fn new(
        stream: &'c TcpStream,
        encoder: Encoder,
        out: &'c mut Vec<u8>,
        limit: Duration,
        challenge: &'c str,
    ) -> Self {
        out.clear();
        Self {
            stream,
            encoder,
            out,
            splitter: RawSplitter::new(),
            limit,
            challenge,
            status: 0,
            over: false,
            sent: false,
            broken: false,
            bare_body: false,
        }
    }

    /// Whether a head was given.
    pub fn is_started(&self) -> bool {
        self.encoder.is_started()
    }

    /// Whether bytes of the answer have left, so that nothing can come before it.
    pub fn has_sent(&self) -> bool {
        self.sent
    }

    /// Whether bytes without a head wait for more of their kind.
    pub fn holds_raw(&self) -> bool {
        !self.splitter.is_empty()
    }

    /// Status of the answer; 0 before its head.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether a body came without a head.
    pub fn is_bare_body(&self) -> bool {
        self.bare_body
    }

    /// Whether a write failed.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// The connection is closed afterwards.
    pub fn force_close(&mut self) {
        self.encoder.force_close();
    }

    /// Gives the head.
    pub fn start(&mut self, mut head: ResponseHead) -> Result<(), ResponseError> {
        if head.status() == 401 && head.header("www-authenticate").is_none() {
            head.add_header("WWW-Authenticate", self.challenge.as_bytes())?;
        }
        with_date(|date| {
            let fields = ServerFields { date, server: SERVER_SOFTWARE };
            self.encoder.start(&head, fields, self.out)
        })?;
        self.status = head.status();
        Ok(())
    }

    /// Gives a whole answer; it is sent by [`Outgoing::finish`].
    pub fn respond(&mut self, mut head: ResponseHead, body: &[u8]) -> Result<(), ResponseError> {
        if head.header("content-length").is_none() {
            head.add_header("Content-Length", body.len().to_string().as_bytes())?;
        }
        self.start(head)?;
        self.encoder.encode_body(body, self.out);
        self.over = true;
        Ok(())
    }

    /// Gives the small page for an error.
    pub fn respond_error(&mut self, status: u16, sentence: &str) -> Result<(), ResponseError> {
        let (content_type, page) = http1::error_page(status, sentence);
        let mut head = ResponseHead::new(status)?;
        head.add_header("Content-Type", content_type.as_bytes())?;
        self.respond(head, page.as_bytes())
    }

    /// Adds body bytes without sending them; dropped before the head.
    pub fn append(&mut self, data: &[u8]) {
        self.encoder.encode_body(data, self.out);
    }

    /// Sends bytes as an extension writes them: body, or before any head the
    /// raw response. The number of bytes that were taken.
    pub fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        if self.broken {
            return Err(WriteError::Gone);
        }
        if self.over {
            return Err(WriteError::Over);
        }
        if data.is_empty() {
            return Ok(0);
        }
        if self.encoder.is_started() {
            return self.write_body(data);
        }
        let Some((response, body)) = self.splitter.push(data).map_err(WriteError::Head)? else {
            return Ok(data.len());
        };
        self.bare_body = response.shape == RawShape::BodyOnly;
        self.start(response.head).map_err(WriteError::Head)?;
        if !body.is_empty() {
            self.write_body(&body)?;
        }
        Ok(data.len())
    }

    fn write_body(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        let given = data.len() as u64;
        // Small pieces are cheaper copied; the extension's own chunks must be.
        let piece =
            if data.len() <= COPY_BYTES { None } else { self.encoder.open_piece(given, self.out) };
        let Some(granted) = piece else {
            let accepted = self.encoder.encode_body(data, self.out);
            self.flush()?;
            return match usize::try_from(accepted.taken).unwrap_or(usize::MAX) {
                0 => Err(WriteError::Over),
                taken => Ok(taken),
            };
        };
        let sent = data.get(..usize::try_from(granted).unwrap_or(usize::MAX)).unwrap_or(data);
        let mut tail = Vec::new();
        self.encoder.close_piece(granted, &mut tail);
        self.sent = true;
        let result =
            send_pieces(self.stream, [self.out.as_slice(), sent, &tail], false, self.limit);
        self.out.clear();
        result.map_err(|error| self.fail(&error))?;
        // A suppressed body takes everything and sends nothing.
        Ok(if sent.is_empty() { data.len() } else { sent.len() })
    }

    /// Sends what is held back.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        if self.broken {
            return Err(WriteError::Gone);
        }
        if self.out.is_empty() {
            return Ok(());
        }
        self.sent = true;
        let result = send_all(self.stream, self.out, self.limit);
        self.out.clear();
        result.map_err(|error| self.fail(&error))
    }

    fn fail(&mut self, error: &io::Error) -> WriteError {
        self.broken = true;
        match error.kind() {
            io::ErrorKind::TimedOut => WriteError::Timeout,
            _ => WriteError::Gone,
        }
    }

    /// Sends `length` bytes of a file from `offset` on as the body.
    pub fn send_file(&mut self, file: &File, offset: u64, length: u64) -> Result<(), WriteError> {
        let Some(granted) = self.encoder.open_piece(length, self.out) else { return Ok(()) };
        self.sent = true;
        let more = granted > 0;
        let head = send_pieces(self.stream, [self.out.as_slice()], more, self.limit);
        self.out.clear();
        head.map_err(|error| self.fail(&error))?;
        let (mut at, end) = (offset, offset.saturating_add(granted));
        while at < end {
            let left = end - at;
            match ffi::send_file(self.stream.as_fd(), file, &mut at, left) {
                // The file became shorter: only a close can say so now.
                Ok(0) => {
                    self.broken = true;
                    return Err(WriteError::Gone);
                }
                Ok(_) => {}
                Err(error) => {
                    wait_to_write(self.stream, error, self.limit).map_err(|e| self.fail(&e))?;
                }
            }
        }
        self.encoder.close_piece(granted, self.out);
        Ok(())
    }

    /// What the extension wrote without a head is all that comes.
    pub fn settle_raw(&mut self) -> Result<(), WriteError> {
        if self.is_started() {
            return Ok(());
        }
        let splitter = std::mem::take(&mut self.splitter);
        let (head, body) = match splitter.finish().map_err(WriteError::Head)? {
            Some((response, body)) => {
                self.bare_body = response.shape == RawShape::BodyOnly;
                (response.head, body)
            }
            None => (ResponseHead::new(200).map_err(WriteError::Head)?, Vec::new()),
        };
        if head.header("transfer-encoding").is_none() {
            return self.respond(head, &body).map_err(WriteError::Head);
        }
        self.start(head).map_err(WriteError::Head)?;
        self.append(&body);
        self.over = true;
        Ok(())
    }

    /// Ends the answer and sends what is held back.
    pub fn finish(&mut self) -> Persist {
        let persist = self.encoder.finish(self.out);
        match self.flush() {
            Ok(()) => persist,
            Err(_) => Persist::Close,
        }
    }

    /// Sends what is held back without an end, so that the client sees that the
    /// answer is cut off.
    pub fn abandon(&mut self) {
        // The connection is closed next, whatever came of it.
        let _ = self.flush();
    }
}

fn wait_to_write(stream: &TcpStream, error: io::Error, limit: Duration) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::Interrupted => Ok(()),
        io::ErrorKind::WouldBlock => {
            let _wait = observe::wait::begin("a client to take its answer", None);
            match ffi::wait(stream.as_fd(), Readiness::Write, limit) {
                Ok(true) => Ok(()),
                Ok(false) => Err(io::ErrorKind::TimedOut.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
                Err(error) => Err(error),
            }
        }
        _ => Err(error),
    }
}

/// Sends all of the pieces in order, waiting up to `limit` whenever the peer
/// takes nothing.
fn send_pieces<const N: usize>(
    stream: &TcpStream,
    pieces: [&[u8]; N],
    more: bool,
    limit: Duration,
) -> io::Result<()> {
    let mut slices = pieces.map(IoSlice::new);
    let mut rest = slices.as_mut_slice();
    // Leading empty pieces would look like a finished send.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match ffi::send(stream.as_fd(), rest, more) {
            Ok(count) => IoSlice::advance_slices(&mut rest, count),
            Err(error) => wait_to_write(stream, error, limit)?,
        }
    }
    Ok(())
}

/// Sends all of the bytes, waiting up to `limit` whenever the peer takes
/// nothing.
pub fn send_all(stream: &TcpStream, bytes: &[u8], limit: Duration) -> io::Result<()> {
    send_pieces(stream, [bytes], false, limit)
}
