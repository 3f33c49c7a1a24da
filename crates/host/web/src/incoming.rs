//! What arrives on a connection: the bytes not yet used, and one request's body.
//!
//! Does not understand heads (`http1` does). A body never gives a byte behind
//! its end, so a pipelined request stays in the [`Input`].

use std::io;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use http1::{BodyDecoder, Reject, RequestHead};

use crate::ffi::{self, Readiness};
use crate::outgoing::send_all;

/// Most bytes read from a socket at a time.
const READ_BYTES: usize = 16 << 10;

/// Bytes received and not used yet.
#[derive(Debug, Default)]
pub struct Input {
    bytes: Vec<u8>,
    at: usize,
    /// The last read filled its room, so more may be there.
    maybe_more: bool,
}

/// What a look at the socket gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The peer sends nothing more.
    End,
    /// Bytes came.
    Some,
    /// Nothing is there now.
    Nothing,
}

impl Input {
    /// The bytes not used yet.
    pub fn unread(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Whether all bytes are used.
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Whether the socket may hold more than was read.
    pub fn maybe_more(&self) -> bool {
        self.maybe_more
    }

    /// The first `count` bytes are used.
    pub fn consume(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.bytes.len());
        if self.at == self.bytes.len() {
            self.bytes.clear();
            self.at = 0;
        }
    }

    /// Takes a worker's buffer while there is something to read.
    pub fn borrow_buffer(&mut self, spare: &mut Vec<u8>) {
        if self.bytes.capacity() == 0 {
            std::mem::swap(&mut self.bytes, spare);
            self.bytes.clear();
            self.at = 0;
        }
    }

    /// Gives the buffer back before the connection rests; bytes of an
    /// incomplete head keep one of just their size.
    pub fn return_buffer(&mut self, spare: &mut Vec<u8>) {
        let rest = self.unread().to_vec();
        let mut buffer = std::mem::replace(&mut self.bytes, rest);
        self.at = 0;
        if buffer.capacity() > spare.capacity() && buffer.capacity() <= 4 * READ_BYTES {
            buffer.clear();
            *spare = buffer;
        }
    }

    /// Reads what is there.
    pub fn fill(&mut self, stream: &TcpStream) -> io::Result<Fill> {
        if self.at > 0 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        match ffi::receive(stream.as_fd(), &mut self.bytes, READ_BYTES) {
            Ok(0) => Ok(Fill::End),
            Ok(count) => {
                self.maybe_more = count == READ_BYTES;
                Ok(Fill::Some)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.maybe_more = false;
                Ok(Fill::Nothing)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Fill::Some),
            Err(error) => Err(error),
        }
    }
}

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The peer has gone before the body's end.
    Gone,
    /// The bytes are no body.
    Malformed(Reject),
    /// Nothing came for too long.
    Timeout,
}

/// The body of one request.
pub struct Incoming<'c> {
    stream: &'c TcpStream,
    input: &'c mut Input,
    decoder: BodyDecoder,
    /// The client waits for `100 Continue` and did not get it yet.
    expects_continue: bool,
    failed: Option<ReadError>,
}

impl<'c> Incoming<'c> {
    /// The body that follows `head`.
    pub fn new(
        stream: &'c TcpStream,
        input: &'c mut Input,
        head: &RequestHead,
        max_body_bytes: u64,
    ) -> Self {
        Self {
            stream,
            input,
            decoder: BodyDecoder::with_limit(head.framing(), max_body_bytes),
            expects_continue: head.expects_continue(),
            failed: None,
        }
    }

    /// Puts what of the body has arrived into `bytes`, up to `limit`. A fault in
    /// it is found again by the next read.
    pub fn take_arrived(&mut self, bytes: &mut Vec<u8>, limit: usize) {
        bytes.clear();
        let wanted = limit.min(self.input.unread().len());
        if wanted > 0 && !self.decoder.is_done() {
            bytes.resize(wanted, 0);
            let count = self.decode(bytes).unwrap_or_default();
            bytes.truncate(count);
        }
    }

    fn decode(&mut self, buffer: &mut [u8]) -> Result<usize, ReadError> {
        match self.decoder.decode(self.input.unread(), buffer) {
            Ok(progress) => {
                self.input.consume(progress.consumed);
                Ok(progress.produced)
            }
            Err(reject) => {
                self.failed = Some(ReadError::Malformed(reject));
                Err(ReadError::Malformed(reject))
            }
        }
    }

    /// Reads further bytes of the body into `buffer`, waiting up to `limit` for
    /// them; 0 at the end. `may_continue` when `100 Continue` can still be sent.
    pub fn read(
        &mut self,
        buffer: &mut [u8],
        limit: Duration,
        may_continue: bool,
    ) -> Result<usize, ReadError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            let count = self.decode(buffer)?;
            if count > 0 || self.decoder.is_done() || buffer.is_empty() {
                return Ok(count);
            }
            if std::mem::take(&mut self.expects_continue) && may_continue {
                let sent = send_all(self.stream, http1::CONTINUE, limit);
                sent.map_err(|_| self.fail(ReadError::Gone))?;
            }
            match self.input.fill(self.stream) {
                Ok(Fill::Some) => {}
                Ok(Fill::End) | Err(_) => return Err(self.fail(ReadError::Gone)),
                Ok(Fill::Nothing) => self.wait(limit)?,
            }
        }
    }

    fn fail(&mut self, error: ReadError) -> ReadError {
        self.failed = Some(error);
        error
    }

    fn wait(&mut self, limit: Duration) -> Result<(), ReadError> {
        let _wait = observe::wait::begin("a client to send its body", None);
        match ffi::wait(self.stream.as_fd(), Readiness::Read, limit) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.fail(ReadError::Timeout)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(_) => Err(self.fail(ReadError::Gone)),
        }
    }

    /// Whether the whole body was read.
    pub fn is_done(&self) -> bool {
        self.decoder.is_done()
    }

    /// Whether what follows the body cannot be found any more without reading
    /// it, and the client may never send it.
    pub fn is_withheld(&self) -> bool {
        self.expects_continue && !self.decoder.is_done()
    }

    /// Whether a read failed.
    pub fn is_broken(&self) -> bool {
        self.failed.is_some()
    }

    /// Reads the rest of the body and throws it away, up to `bound` bytes and
    /// for `limit` altogether; whether its end was reached.
    pub fn drain(&mut self, bound: u64, limit: Duration) -> bool {
        if self.decoder.is_done() {
            return true;
        }
        if self.is_withheld() || self.decoder.remaining_bytes().is_some_and(|left| left > bound) {
            return false;
        }
        let until = Instant::now() + limit;
        let mut waste = [0; 4096];
        let mut drained = 0;
        while drained <= bound {
            let left = until.saturating_duration_since(Instant::now());
            match self.read(&mut waste, left, false) {
                Ok(0) => return self.decoder.is_done(),
                Ok(count) => drained += count as u64,
                Err(_) => return false,
            }
        }
        false
    }
}
