//! Recognises what an extension wrote without having sent a head first.
//!
//! Three shapes occur: a full `HTTP/1.x NNN` head, a CGI-style block with
//! `Status:`, `Content-Type:` or `Location:` (RFC 3875 section 6.2), and a bare
//! body. The head may arrive in several writes. Invariant: nothing is decided
//! by where a write was cut, only by the bytes; at most `MAX_HEAD_BYTES` are
//! held back. A first word without a colon stays undecided until more bytes
//! come or the extension ends.

use crate::limits::{MAX_HEAD_BYTES, MAX_RESPONSE_NAME_BYTES};
use crate::response::{ResponseError, ResponseHead, line_at, parse_header_block};
use crate::syntax::is_token_byte;

/// Which shape a raw response has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawShape {
    /// `HTTP/1.x NNN reason` and fields.
    FullHead,
    /// CGI-style fields, with or without `Status:`.
    StatusBlock,
    /// No head at all; the host should log a warning.
    BodyOnly,
}

/// A raw response taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawResponse {
    /// The head: the extension's own, or `200 OK` with `text/html`.
    pub head: ResponseHead,
    /// The shape it was recognised by.
    pub shape: RawShape,
    /// Where the body begins in the bytes given.
    pub body_offset: usize,
}

/// Takes apart the start of a raw response; `None` when more bytes are needed.
///
/// # Errors
///
/// [`ResponseError`] when the bytes begin as a head that then breaks a rule. A
/// broken CGI-style block is no error but a bare body.
pub fn split_raw_response(bytes: &[u8]) -> Result<Option<RawResponse>, ResponseError> {
    const MARK: &[u8] = b"HTTP/";
    if bytes.starts_with(MARK) {
        return full_head(bytes, false);
    }
    if MARK.starts_with(bytes) {
        return Ok(None);
    }
    status_block(bytes)
}

/// Gathers the first writes of an extension until their shape is known.
///
/// Push each write; `Some` gives the response and the body bytes gathered so
/// far, after which further writes are body and bypass the splitter. When the
/// extension ends before that, call [`RawSplitter::finish`].
#[derive(Clone, Debug, Default)]
pub struct RawSplitter {
    held: Vec<u8>,
}

impl RawSplitter {
    /// An empty splitter.
    #[must_use]
    pub const fn new() -> Self {
        Self { held: Vec::new() }
    }

    /// Whether nothing is held back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Adds one write.
    ///
    /// # Errors
    ///
    /// As [`split_raw_response`]; [`ResponseError::TooLarge`] when a full head
    /// does not end within `MAX_HEAD_BYTES`.
    pub fn push(&mut self, data: &[u8]) -> Result<Option<(RawResponse, Vec<u8>)>, ResponseError> {
        self.held.extend_from_slice(data);
        let split = split_raw_response(&self.held)?;
        Ok(split.map(|response| self.hand_over(response)))
    }

    /// The extension wrote nothing more: what is held is a full head without its
    /// empty line, or a bare body. `None` when nothing was written.
    ///
    /// # Errors
    ///
    /// As [`split_raw_response`].
    pub fn finish(mut self) -> Result<Option<(RawResponse, Vec<u8>)>, ResponseError> {
        if self.held.is_empty() {
            return Ok(None);
        }
        let response = match full_head(&self.held, true)? {
            Some(response) => response,
            None => body_only()?,
        };
        Ok(Some(self.hand_over(response)))
    }

    fn hand_over(&mut self, response: RawResponse) -> (RawResponse, Vec<u8>) {
        let mut held = std::mem::take(&mut self.held);
        let body = held.split_off(response.body_offset.min(held.len()));
        (response, body)
    }
}

/// Shape (a). With `ended` a missing empty line is forgiven, and `None` means
/// that the bytes are no full head.
fn full_head(bytes: &[u8], ended: bool) -> Result<Option<RawResponse>, ResponseError> {
    if !bytes.starts_with(b"HTTP/") {
        return Ok(None);
    }
    let Some(length) = block_length(bytes) else {
        if !ended && bytes.len() < MAX_HEAD_BYTES {
            return Ok(None);
        }
        return if ended { build_full_head(bytes).map(Some) } else { Err(ResponseError::TooLarge) };
    };
    build_full_head(bytes.get(..length).unwrap_or(bytes)).map(Some)
}

fn build_full_head(bytes: &[u8]) -> Result<RawResponse, ResponseError> {
    let (status_line, next) = line_at(bytes, 0);
    let block = parse_header_block(bytes.get(next..).unwrap_or_default())?;
    let mut head = ResponseHead::from_status_text(status_line)?;
    for (name, value) in &block.headers {
        head.add_header(name, value)?;
    }
    Ok(RawResponse { head, shape: RawShape::FullHead, body_offset: bytes.len() })
}

/// Shapes (b) and (c).
fn status_block(bytes: &[u8]) -> Result<Option<RawResponse>, ResponseError> {
    match begins_with_field(bytes) {
        Some(true) => {}
        Some(false) => return body_only().map(Some),
        None => return Ok(None),
    }
    let Some(length) = block_length(bytes) else {
        // A line that already is no field settles it without waiting for more.
        let complete = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let lines = bytes.get(..complete).unwrap_or_default();
        if bytes.len() >= MAX_HEAD_BYTES || parse_header_block(lines).is_err() {
            return body_only().map(Some);
        }
        return Ok(None);
    };
    match parse_header_block(bytes.get(..length).unwrap_or_default()) {
        Ok(block) => match build_status_block(&block.headers)? {
            Some(head) => {
                let shape = RawShape::StatusBlock;
                Ok(Some(RawResponse { head, shape, body_offset: length }))
            }
            None => body_only().map(Some),
        },
        Err(_) => body_only().map(Some),
    }
}

/// RFC 3875 section 6.2: `None` unless one of the three CGI fields is there.
fn build_status_block(
    headers: &[(String, Vec<u8>)],
) -> Result<Option<ResponseHead>, ResponseError> {
    let find = |wanted: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(wanted));
    let (status, location) = (find("status"), find("location"));
    if status.is_none() && location.is_none() && find("content-type").is_none() {
        return Ok(None);
    }
    let mut head = ResponseHead::from_status_text(status.map_or(b"", |(_, v)| v.as_slice()))?;
    if status.is_none() && location.is_some() {
        head.set_status(302);
    }
    for (name, value) in headers.iter().filter(|(n, _)| !n.eq_ignore_ascii_case("status")) {
        head.add_header(name, value)?;
    }
    Ok(Some(head))
}

fn body_only() -> Result<RawResponse, ResponseError> {
    let mut head = ResponseHead::new(200)?;
    head.add_header("Content-Type", b"text/html")?;
    Ok(RawResponse { head, shape: RawShape::BodyOnly, body_offset: 0 })
}

/// Whether the bytes begin with a field name and a colon; `None` when it takes
/// more bytes to tell.
fn begins_with_field(bytes: &[u8]) -> Option<bool> {
    match bytes.iter().position(|&b| !is_token_byte(b)) {
        Some(at) => {
            Some(bytes.get(at) == Some(&b':') && (1..=MAX_RESPONSE_NAME_BYTES).contains(&at))
        }
        None if bytes.len() > MAX_RESPONSE_NAME_BYTES => Some(false),
        None => None,
    }
}

/// Length of a block with its empty line, or `None` when that line is not
/// within the first `MAX_HEAD_BYTES`.
fn block_length(bytes: &[u8]) -> Option<usize> {
    let window = bytes.get(..MAX_HEAD_BYTES).unwrap_or(bytes);
    let mut at = 0;
    while at < window.len() {
        let (line, next) = line_at(window, at);
        if next > window.len() {
            return None;
        }
        if line.is_empty() {
            return Some(next);
        }
        at = next;
    }
    None
}
