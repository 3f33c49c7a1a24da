//! One call of an extension: the control block it gets and what its functions
//! do with the request.
//!
//! The C side is in `control_block/ffi.rs`; here is what each function means,
//! in safe types. `ServerSupportFunction` knows the codes 1, 3 and 1016; every
//! other is refused with `ERROR_INVALID_PARAMETER`. Asynchronous calls and
//! `HSE_STATUS_PENDING` are not supported.
//!
//! A session is reached by a number, never by a pointer from outside: see
//! [`ffi`]. What an extension sends is checked by `http1`, so it cannot split
//! an answer or write outside its own.

mod ffi;

use std::time::Duration;

use http1::{ResponseError, ResponseHead};
use isapi_abi::{
    ERROR_INVALID_PARAMETER, ERROR_NETNAME_DELETED, ERROR_READ_FAULT, ERROR_TIMEOUT,
    HSE_STATUS_ERROR, HSE_STATUS_PENDING, HSE_STATUS_SUCCESS, HSE_STATUS_SUCCESS_AND_KEEP_CONN,
};

use crate::extension::{Extension, Inside};
use crate::incoming::{Incoming, ReadError};
use crate::outgoing::{Outgoing, WriteError};
use crate::request::Request;
use crate::variables;

pub use ffi::Booth;

/// Body bytes that an extension finds in its control block at most;
/// `UploadReadAheadSize` of IIS.
pub const PRELOAD_BYTES: usize = 49_152;
/// Longest URL of a redirect, in bytes.
const MAX_URL_BYTES: usize = 8 << 10;

/// What the functions of a control block work on.
pub struct Session<'s, 'c> {
    /// The request.
    pub request: &'s Request<'s>,
    /// Its body.
    pub incoming: &'s mut Incoming<'c>,
    /// Its answer.
    pub outgoing: &'s mut Outgoing<'c>,
    /// The extension.
    pub extension: &'s Extension,
    /// How long a read may wait.
    pub read_limit: Duration,
    /// A variable whose size was told and that was not fetched yet: it stays
    /// the same meanwhile, so that the size suffices.
    pub announced: Option<(Vec<u8>, Vec<u8>)>,
}

/// How a call of an extension ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether it reports success.
    pub succeeded: bool,
    /// Status that it wants in the log; 0 for none.
    pub status: u32,
    /// Text that it wants in the log.
    pub text: String,
}

/// Runs the extension for one request.
pub fn run(booth: &mut Booth, inside: &Inside<'_>, mut session: Session<'_, '_>) -> Ended {
    session.incoming.take_arrived(&mut booth.preload, PRELOAD_BYTES);
    let (code, status, text) = ffi::run(booth, inside, &mut session);
    let name = session.extension.name();
    let succeeded = match code {
        // 0 is what jk and others return after having answered.
        0 | HSE_STATUS_SUCCESS | HSE_STATUS_SUCCESS_AND_KEEP_CONN => true,
        HSE_STATUS_ERROR => false,
        HSE_STATUS_PENDING => {
            observe::error!(
                "web",
                "{name} wants to end {} later, which is not supported",
                session.request.head.target()
            );
            false
        }
        other => {
            observe::error!("web", "{name} returned {other}, which means nothing");
            false
        }
    };
    if session.outgoing.is_bare_body() && session.extension.warns_first() {
        observe::warn!("web", "{name} writes bodies without a head; 200 was added");
    }
    Ended { succeeded, status, text }
}

impl Session<'_, '_> {
    /// A server variable's bytes with their closing zero.
    ///
    /// # Errors
    /// `ERROR_INVALID_INDEX`.
    fn variable(&mut self, name: &[u8]) -> Result<Vec<u8>, u32> {
        if let Some((announced, value)) = self.announced.take()
            && announced.eq_ignore_ascii_case(name)
        {
            return Ok(value);
        }
        variables::encoded(self.request, name)
    }

    /// `ReadClient`.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, u32> {
        let may_continue = !self.outgoing.has_sent();
        self.incoming.read(buffer, self.read_limit, may_continue).map_err(|error| match error {
            ReadError::Gone => ERROR_NETNAME_DELETED,
            ReadError::Malformed(_) => ERROR_READ_FAULT,
            ReadError::Timeout => ERROR_TIMEOUT,
        })
    }

    /// `WriteClient`.
    fn write(&mut self, data: &[u8]) -> Result<usize, u32> {
        self.outgoing.write(data).map_err(|error| match error {
            WriteError::Gone => ERROR_NETNAME_DELETED,
            WriteError::Over => ERROR_INVALID_PARAMETER,
            WriteError::Timeout => ERROR_TIMEOUT,
            WriteError::Head(error) => self.refused(&error),
        })
    }

    fn refused(&self, error: &ResponseError) -> u32 {
        observe::warn!("web", "{} gave a head that is refused: {error}", self.extension.name());
        ERROR_INVALID_PARAMETER
    }

    /// Code 1: a redirect.
    fn redirect(&mut self, url: &[u8]) -> Result<(), u32> {
        if url.is_empty() || url.len() > MAX_URL_BYTES || self.has_output() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        let (content_type, page) = http1::error_page(302, "This page is elsewhere.");
        let head = ResponseHead::new(302).and_then(|mut head| {
            head.add_header("Location", url)?;
            head.add_header("Content-Type", content_type.as_bytes())?;
            Ok(head)
        });
        head.and_then(|head| self.outgoing.respond(head, page.as_bytes()))
            .map_err(|error| self.refused(&error))
    }

    /// Codes 3 and 1016: a head, and perhaps the first bytes of the body.
    fn send_head(&mut self, status: &[u8], block: &[u8], keep: bool) -> Result<(), u32> {
        if self.has_output() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        let (head, body_at) = http1::parse_structured_response(status, block)
            .map_err(|error| self.refused(&error))?;
        if !keep {
            self.outgoing.force_close();
        }
        self.outgoing.start(head).map_err(|error| self.refused(&error))?;
        match block.get(body_at..) {
            Some(body) if !body.is_empty() => self.write(body).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn has_output(&self) -> bool {
        self.outgoing.is_started() || self.outgoing.holds_raw()
    }
}
