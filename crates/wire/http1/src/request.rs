//! The head of a request: request line and header fields, checked and kept.
//!
//! RFC 9112 sections 2 (message), 5 (field syntax), 6 (framing), 9.3
//! (persistence); RFC 9110 sections 7.2 (Host), 10.1.1 (Expect). The first line is read
//! in `request_line`, the target in `target`, the body in `body`. Header names that differ
//! only in `-` and `_` are kept apart; folding them is the host's business.

use std::mem::MaybeUninit;
use std::ops::Range;

use crate::body::BodyFraming;
use crate::limits::{MAX_HEAD_BYTES, MAX_HEADERS};
use crate::reject::Reject;
use crate::request_line::{Version, absolute_form, request_line};
use crate::response::ResponseError;
use crate::scan;
use crate::syntax::{decimal, is_authority, is_token, is_value_byte, list, trim};

/// What `parse_head` made of the bytes so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadParse {
    /// A whole head.
    Complete(Parsed),
    /// The head is not complete; call again with the same bytes and more.
    NeedMore,
}

/// A whole head and the number of bytes it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The head.
    pub head: RequestHead,
    /// Bytes of the input that belong to it, leading empty lines included; the
    /// body or the next request starts there.
    pub consumed: usize,
}

/// The checked head of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    method: String,
    target: String,
    version: Version,
    /// INVARIANT: `Name: value CRLF` lines, without the closing empty line.
    block: Vec<u8>,
    /// INVARIANT: every range lies within `block`.
    fields: Vec<Field>,
    framing: BodyFraming,
    keep_alive: bool,
    expects_continue: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

/// Reads one request head from the start of `bytes`, which may hold more than
/// the head. Calling again with more bytes gives the same result as calling
/// once with all of them.
///
/// # Errors
///
/// A [`Reject`] with 400, 413, 414, 417, 431, 501 or 505; the host answers it
/// and closes.
pub fn parse_head(bytes: &[u8]) -> Result<HeadParse, Reject> {
    let Some(skipped) = scan::leading_empty_lines(bytes)? else { return Ok(HeadParse::NeedMore) };
    let rest = bytes.get(skipped..).unwrap_or_default();
    let Some(line_length) = scan::request_line(rest)? else { return Ok(HeadParse::NeedMore) };
    let (line, _) = rest.split_at(line_length);
    let (method, target, version) = request_line(line)?;
    let Some(length) = scan::head_end(rest, line_length)? else { return Ok(HeadParse::NeedMore) };
    let (head, _) = rest.split_at(length);
    let start = line_length + 2;
    let block = head.get(start..length - 2).unwrap_or_default().to_vec();
    let mut head = RequestHead {
        fields: fields(head, start)?,
        method: method.to_owned(),
        target: target.to_owned(),
        version,
        block,
        framing: BodyFraming::None,
        keep_alive: false,
        expects_continue: false,
    };
    head.check_host()?;
    head.framing = head.find_framing()?;
    head.keep_alive = head.find_keep_alive();
    head.expects_continue = head.find_expectation()?;
    Ok(HeadParse::Complete(Parsed { head, consumed: skipped + length }))
}

impl RequestHead {
    /// The method as sent, e.g. `GET`; methods are case-sensitive.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request target as sent: visible ASCII, undecoded.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The protocol version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The host and optional port asked for: the authority of an absolute
    /// target, else the Host field; `""` when an HTTP/1.0 client named none.
    #[must_use]
    pub fn authority(&self) -> &str {
        absolute_form(&self.target).map_or_else(
            || self.header("host").and_then(|v| std::str::from_utf8(v).ok()).unwrap_or_default(),
            |(authority, _)| authority,
        )
    }

    /// All fields in the order sent: name as sent, value without surrounding
    /// white space.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.raw_fields()
            .map(|(name, value)| (std::str::from_utf8(name).unwrap_or_default(), value))
    }

    /// The first value of a field, its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers(name).next()
    }

    /// Every value of a field in the order sent, its name in any case.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.raw_fields()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, v)| v)
    }

    fn raw_fields(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|field| {
            let name = self.block.get(field.name.clone()).unwrap_or_default();
            (name, self.block.get(field.value.clone()).unwrap_or_default())
        })
    }

    /// The header lines as sent, each with its CRLF: the `ALL_RAW` variable.
    #[must_use]
    pub fn all_raw(&self) -> &[u8] {
        &self.block
    }

    /// How the body is delimited. Fixed when the head was parsed: editing the
    /// fields does not change it.
    #[must_use]
    pub const fn framing(&self) -> BodyFraming {
        self.framing
    }

    /// Whether the client wants the connection kept (RFC 9112 section 9.3).
    #[must_use]
    pub const fn keep_alive(&self) -> bool {
        self.keep_alive
    }

    /// Whether the client waits for `100 Continue` before it sends its body.
    #[must_use]
    pub const fn expects_continue(&self) -> bool {
        self.expects_continue
    }

    /// Replaces a field, for filters: all fields of this name go, and unless
    /// `value` is empty one new field is put at the end. One trailing colon of
    /// the name is ignored, because filters pass it.
    ///
    /// # Errors
    ///
    /// [`ResponseError`] when the name is no token, the value holds control
    /// characters, or the head would pass its limits.
    pub fn set_header(&mut self, name: &str, value: &[u8]) -> Result<(), ResponseError> {
        let name = name.strip_suffix(':').unwrap_or(name);
        self.edit(name, value, false)
    }

    /// Adds a field behind those of the same name, for filters.
    ///
    /// # Errors
    ///
    /// As [`RequestHead::set_header`].
    pub fn add_header(&mut self, name: &str, value: &[u8]) -> Result<(), ResponseError> {
        let name = name.strip_suffix(':').unwrap_or(name);
        self.edit(name, value, true)
    }

    fn edit(&mut self, name: &str, value: &[u8], keep: bool) -> Result<(), ResponseError> {
        if !is_token(name.as_bytes()) {
            return Err(ResponseError::Name);
        }
        if !value.iter().copied().all(is_value_byte) {
            return Err(ResponseError::Value);
        }
        let value = trim(value);
        let mut block = Vec::with_capacity(self.block.len() + name.len() + value.len() + 4);
        let mut fields = Vec::with_capacity(self.fields.len() + 1);
        for (n, v) in self.fields().filter(|(n, _)| keep || !n.eq_ignore_ascii_case(name)) {
            push_field(&mut block, &mut fields, n, v);
        }
        if keep || !value.is_empty() {
            push_field(&mut block, &mut fields, name, value);
        }
        if block.len() > MAX_HEAD_BYTES || fields.len() > MAX_HEADERS {
            return Err(ResponseError::TooLarge);
        }
        self.block = block;
        self.fields = fields;
        Ok(())
    }

    fn check_host(&self) -> Result<(), Reject> {
        let mut hosts = self.headers("host");
        let first = hosts.next();
        if hosts.next().is_some() {
            return Err(Reject::bad("a request must not carry more than one Host field"));
        }
        match first {
            None if self.version == Version::Http11 => {
                Err(Reject::bad("an HTTP/1.1 request must carry a Host field"))
            }
            None | Some([]) => Ok(()),
            Some(host) if is_authority(host) => Ok(()),
            Some(_) => Err(Reject::bad("the Host field is not a host name with an optional port")),
        }
    }

    fn find_framing(&self) -> Result<BodyFraming, Reject> {
        let mut lengths = self.headers("content-length");
        let length = lengths.next();
        if lengths.next().is_some() {
            return Err(Reject::bad("a request must not carry more than one Content-Length field"));
        }
        let length = length.map(decimal);
        if length == Some(None) {
            return Err(Reject::bad("the Content-Length field is not a decimal 64-bit number"));
        }
        if self.header("transfer-encoding").is_some() {
            return self.transfer_encoding(length.is_some());
        }
        Ok(length.flatten().map_or(BodyFraming::None, BodyFraming::Length))
    }

    fn transfer_encoding(&self, has_length: bool) -> Result<BodyFraming, Reject> {
        if has_length {
            return Err(Reject::bad("Content-Length and Transfer-Encoding exclude each other"));
        }
        if self.version == Version::Http10 {
            return Err(Reject::bad("an HTTP/1.0 request must not carry Transfer-Encoding"));
        }
        let mut values = self.headers("transfer-encoding");
        let value = values.next().unwrap_or_default();
        if values.next().is_some() {
            return Err(Reject::bad("a request must not carry more than one Transfer-Encoding"));
        }
        let chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
        if chunked(value) {
            return Ok(BodyFraming::Chunked);
        }
        // A list whose last coding is not a single chunked has no findable end.
        let count = list(value).filter(|coding| chunked(coding)).count();
        if value.is_empty() || count > 1 || (count == 1 && !list(value).last().is_some_and(chunked))
        {
            return Err(Reject::bad(
                "the Transfer-Encoding field must end with one chunked coding",
            ));
        }
        Err(Reject::new(501, "this server knows no transfer coding but chunked"))
    }

    fn find_keep_alive(&self) -> bool {
        let has = |token: &[u8]| {
            self.headers("connection").flat_map(list).any(|t| t.eq_ignore_ascii_case(token))
        };
        !has(b"close") && (self.version == Version::Http11 || has(b"keep-alive"))
    }

    fn find_expectation(&self) -> Result<bool, Reject> {
        if self.version == Version::Http10 {
            return Ok(false);
        }
        let mut expected = false;
        for member in self.headers("expect").flat_map(list) {
            if !member.eq_ignore_ascii_case(b"100-continue") {
                return Err(Reject::new(417, "this server meets no expectation but 100-continue"));
            }
            expected = true;
        }
        Ok(expected && !matches!(self.framing, BodyFraming::None | BodyFraming::Length(0)))
    }
}

fn push_field(block: &mut Vec<u8>, fields: &mut Vec<Field>, name: &str, value: &[u8]) {
    let start = block.len();
    block.extend_from_slice(name.as_bytes());
    let name = start..block.len();
    block.extend_from_slice(b": ");
    let start = block.len();
    block.extend_from_slice(value);
    fields.push(Field { name, value: start..block.len() });
    block.extend_from_slice(b"\r\n");
}

/// Lets httparse read the fields of a whole head; the ranges count from
/// `start`, the first byte after the request line.
fn fields(head: &[u8], start: usize) -> Result<Vec<Field>, Reject> {
    let mut slots = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(head, &mut slots) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        Ok(_) => return Err(Reject::bad("the request head is malformed")),
        Err(error) => return Err(syntax_error(error)),
    }
    let base = head.as_ptr().addr() + start;
    let place = |part: &[u8]| {
        // httparse gives an empty value as a slice of its own, not of the input.
        let at = if part.is_empty() { 0 } else { part.as_ptr().addr().saturating_sub(base) };
        at..at + part.len()
    };
    Ok(request
        .headers
        .iter()
        .map(|h| Field { name: place(h.name.as_bytes()), value: place(trim(h.value)) })
        .collect())
}

fn syntax_error(error: httparse::Error) -> Reject {
    match error {
        httparse::Error::HeaderName => {
            Reject::bad("a header field name is malformed, folded or followed by a space")
        }
        httparse::Error::HeaderValue => Reject::bad("a header field value is malformed"),
        httparse::Error::TooManyHeaders => {
            Reject::new(431, "the request has more header fields than this server accepts")
        }
        _ => Reject::bad("the request head is malformed"),
    }
}
