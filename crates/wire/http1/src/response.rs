//! The head of a response as an extension asks for it, checked against
//! response splitting.
//!
//! RFC 9110 sections 5.1, 5.5 and 15; RFC 9112 section 4. Reads the status text
//! and header block of `HSE_REQ_SEND_RESPONSE_HEADER` (3) and `_EX` (1016), with
//! LF-only line ends and body text behind the empty line. Framing belongs to
//! `encoder`, heads written raw to `raw_response`.

use std::fmt;

use crate::limits::{MAX_HEAD_BYTES, MAX_HEADERS, MAX_RESPONSE_NAME_BYTES};
use crate::status::reason_phrase;
use crate::syntax::{is_token, is_value_byte, trim};

/// Why a response head is refused; always the fault of who made the response.
/// Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseError {
    /// Content-Length is not one decimal number.
    ContentLength,
    /// A second head was given, or one after the response had ended.
    HeadTwice,
    /// A line of a header block has no colon, or is folded.
    Line,
    /// A field name is empty, too long or no token.
    Name,
    /// The status text does not begin with a status code from 200 to 599.
    Status,
    /// The head has more bytes or fields than the limits allow.
    TooLarge,
    /// CR, LF, NUL or another control character in a value or reason.
    Value,
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContentLength => "the response must carry one decimal Content-Length or none",
            Self::HeadTwice => "send the response head only once",
            Self::Line => "each line of a header block must be a name, a colon and a value",
            Self::Name => "a header name must be a token (RFC 9110 section 5.6.2)",
            Self::Status => "the status text must begin with a code from 200 to 599",
            Self::TooLarge => "the head must stay within MAX_HEAD_BYTES and MAX_HEADERS",
            Self::Value => "a header value must not contain control characters",
        })
    }
}

impl std::error::Error for ResponseError {}

/// A checked response head: nothing in it can end a line early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    status: u16,
    reason: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    bytes: usize,
}

impl ResponseHead {
    /// A head with the standard reason phrase.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Status`] unless `status` is from 200 to 599: interim
    /// responses are the host's own, and 101 would leave HTTP.
    pub fn new(status: u16) -> Result<Self, ResponseError> {
        Self::with_reason(status, reason_phrase(status).as_bytes())
    }

    /// A head with a reason of its own; an empty one is allowed.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Status`] as for [`ResponseHead::new`],
    /// [`ResponseError::Value`] for control characters, [`ResponseError::TooLarge`].
    pub fn with_reason(status: u16, reason: &[u8]) -> Result<Self, ResponseError> {
        if !(200..=599).contains(&status) {
            return Err(ResponseError::Status);
        }
        if !reason.iter().copied().all(is_value_byte) {
            return Err(ResponseError::Value);
        }
        if reason.len() > MAX_HEAD_BYTES {
            return Err(ResponseError::TooLarge);
        }
        Ok(Self { status, reason: reason.to_vec(), headers: Vec::new(), bytes: reason.len() })
    }

    /// Reads a status text such as `404 Object Not Found`, `404` or
    /// `HTTP/1.0 404 Not Found`; empty text means `200 OK`.
    ///
    /// # Errors
    ///
    /// As [`ResponseHead::with_reason`].
    pub fn from_status_text(text: &[u8]) -> Result<Self, ResponseError> {
        let mut text = trim(text);
        if text.is_empty() {
            return Self::new(200);
        }
        if let Some(rest) = text.strip_prefix(b"HTTP/") {
            let space = rest.iter().position(|&b| b == b' ').ok_or(ResponseError::Status)?;
            text = trim(rest.get(space..).unwrap_or_default());
        }
        let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        let ([hundreds, tens, ones], [] | [b' ' | b'\t', ..]) = (digits, rest) else {
            return Err(ResponseError::Status);
        };
        let digit = |byte: &u8| u16::from(*byte - b'0');
        let status = digit(hundreds) * 100 + digit(tens) * 10 + digit(ones);
        match trim(rest) {
            [] => Self::new(status),
            reason => Self::with_reason(status, reason),
        }
    }

    /// Adds a field behind the others. One trailing colon of the name is
    /// ignored, because filters pass it.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Name`], [`ResponseError::Value`] or
    /// [`ResponseError::TooLarge`]; the head is then unchanged.
    pub fn add_header(&mut self, name: &str, value: &[u8]) -> Result<(), ResponseError> {
        let name = name.strip_suffix(':').unwrap_or(name);
        let value = trim(value);
        if !is_token(name.as_bytes()) || name.len() > MAX_RESPONSE_NAME_BYTES {
            return Err(ResponseError::Name);
        }
        if !value.iter().copied().all(is_value_byte) {
            return Err(ResponseError::Value);
        }
        let bytes = self.bytes + name.len() + value.len() + 4;
        if bytes > MAX_HEAD_BYTES || self.headers.len() >= MAX_HEADERS {
            return Err(ResponseError::TooLarge);
        }
        self.bytes = bytes;
        self.headers.push((name.to_owned(), value.to_vec()));
        Ok(())
    }

    /// Replaces every field of this name by one at the end.
    ///
    /// # Errors
    ///
    /// As [`ResponseHead::add_header`].
    pub fn set_header(&mut self, name: &str, value: &[u8]) -> Result<(), ResponseError> {
        let mut changed = self.clone();
        changed.remove_header(name.strip_suffix(':').unwrap_or(name));
        changed.add_header(name, value)?;
        *self = changed;
        Ok(())
    }

    /// Removes every field of this name, in any case.
    pub fn remove_header(&mut self, name: &str) {
        let bytes = &mut self.bytes;
        self.headers.retain(|(n, v)| {
            let keep = !n.eq_ignore_ascii_case(name);
            if !keep {
                *bytes = bytes.saturating_sub(n.len() + v.len() + 4);
            }
            keep
        });
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase.
    #[must_use]
    pub fn reason(&self) -> &[u8] {
        &self.reason
    }

    /// The fields in order.
    #[must_use]
    pub fn headers(&self) -> &[(String, Vec<u8>)] {
        &self.headers
    }

    /// The first value of a field, its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_slice())
    }

    pub(crate) fn set_status(&mut self, status: u16) {
        self.reason = reason_phrase(status).as_bytes().to_vec();
        self.status = status;
    }
}

/// A header block taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderBlock {
    /// Names and values in order; checked for syntax, not yet for limits or
    /// control characters (that is [`ResponseHead::add_header`]).
    pub headers: Vec<(String, Vec<u8>)>,
    /// Where the body text begins: behind the empty line, or the length of the
    /// text when there is none.
    pub body_offset: usize,
    /// Whether the empty line was there.
    pub terminated: bool,
}

/// Takes a header block apart. Lines end with CRLF or LF; text behind the first
/// empty line is body.
///
/// # Errors
///
/// [`ResponseError::Line`], [`ResponseError::Name`] or [`ResponseError::TooLarge`].
pub fn parse_header_block(text: &[u8]) -> Result<HeaderBlock, ResponseError> {
    let mut block = HeaderBlock { body_offset: text.len(), ..HeaderBlock::default() };
    let mut at = 0;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        if next.min(text.len()) > MAX_HEAD_BYTES || block.headers.len() > MAX_HEADERS {
            return Err(ResponseError::TooLarge);
        }
        if line.is_empty() {
            block.body_offset = next.min(text.len());
            block.terminated = true;
            return Ok(block);
        }
        let colon = line.iter().position(|&b| b == b':').ok_or(ResponseError::Line)?;
        let (name, value) = line.split_at(colon);
        if matches!(name.first(), Some(b' ' | b'\t')) {
            return Err(ResponseError::Line);
        }
        let name = std::str::from_utf8(name).map_err(|_| ResponseError::Name)?;
        if !is_token(name.as_bytes()) {
            return Err(ResponseError::Name);
        }
        let value = trim(value.get(1..).unwrap_or_default());
        block.headers.push((name.to_owned(), value.to_vec()));
        at = next;
    }
    if block.headers.len() > MAX_HEADERS {
        return Err(ResponseError::TooLarge);
    }
    Ok(block)
}

/// Builds the head for codes 3 and 1016 from the status text (empty: `200 OK`)
/// and the header block, and says where in the block the body text begins.
///
/// # Errors
///
/// Any [`ResponseError`] of [`ResponseHead::from_status_text`],
/// [`parse_header_block`] and [`ResponseHead::add_header`].
pub fn parse_structured_response(
    status_text: &[u8],
    block: &[u8],
) -> Result<(ResponseHead, usize), ResponseError> {
    let mut head = ResponseHead::from_status_text(status_text)?;
    let block = parse_header_block(block)?;
    for (name, value) in &block.headers {
        head.add_header(name, value)?;
    }
    Ok((head, block.body_offset))
}

/// The line that begins at `at`, without its end, and where the next begins;
/// that lies behind the text when the line has no end.
pub(crate) fn line_at(text: &[u8], at: usize) -> (&[u8], usize) {
    let rest = text.get(at..).unwrap_or_default();
    let Some(end) = rest.iter().position(|&b| b == b'\n') else {
        return (rest.strip_suffix(b"\r").unwrap_or(rest), text.len() + 1);
    };
    let (line, _) = rest.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), at + end + 1)
}
