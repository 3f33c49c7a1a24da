//! Request targets: from the bytes of a request line to a path that is safe to
//! map, and to the pairs of a query string.
//!
//! RFC 3986 sections 2.1 (percent-encoding) and 3.3 (path); RFC 9112 section 3.2
//! (target forms). A path is decoded exactly once, then checked, then
//! normalised. Does not choose a handler, touch files or know of case, links or
//! mapped folders: the host opens the final path beneath its root.

use std::fmt;

use crate::limits::{MAX_PATH_SEGMENTS, MAX_QUERY_PAIRS, MAX_TARGET_BYTES};
use crate::request_line::absolute_form;

/// Why a target is refused. Complete: every rule of this file has its variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// A backslash, raw or encoded.
    Backslash,
    /// A NUL or other control character, raw or encoded.
    Control,
    /// A `%xx` that is still there after decoding once.
    DoubleEncoding,
    /// A segment that ends in a dot or a space.
    DotOrSpaceEnd,
    /// A `%` without two hexadecimal digits.
    Escape,
    /// A path that is not one: no leading slash, or bytes outside visible ASCII.
    Form,
    /// A `/` written as `%2f`.
    EncodedSlash,
    /// A `..` segment.
    Parent,
    /// More bytes or segments than this server accepts.
    TooLong,
    /// A `::` or `:$` in a segment, the notation of NTFS streams.
    Stream,
    /// Bytes that are not UTF-8, overlong forms included.
    Utf8,
}

impl TargetError {
    /// The status to answer with: 414 for a target that is too long, else 400.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::TooLong => 414,
            _ => 400,
        }
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backslash => "the path must not contain a backslash",
            Self::Control => "the path must not contain control characters",
            Self::DoubleEncoding => "the path must be percent-encoded only once",
            Self::DotOrSpaceEnd => "a path segment must not end in a dot or a space",
            Self::Escape => "a percent sign in the path must be followed by two hex digits",
            Self::Form => "the target must be a path that begins with a slash, in visible ASCII",
            Self::EncodedSlash => "the path must not contain an encoded slash",
            Self::Parent => "the path must not contain a parent folder segment",
            Self::TooLong => "the path is longer than this server accepts",
            Self::Stream => "the path must not name a file stream",
            Self::Utf8 => "the path must be UTF-8 in its shortest form",
        })
    }
}

impl std::error::Error for TargetError {}

/// A decoded, checked and normalised request target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    path_decoded: String,
    query: String,
    raw_path: String,
    asterisk: bool,
}

impl Target {
    /// Reads a target as sent: a path with an optional query, an absolute http
    /// URL, or `*`.
    ///
    /// # Errors
    ///
    /// [`TargetError`], one variant a rule.
    pub fn parse(raw: &str) -> Result<Self, TargetError> {
        if raw.len() > MAX_TARGET_BYTES {
            return Err(TargetError::TooLong);
        }
        if raw.bytes().any(|b| b < 0x20 || b == 0x7f) {
            return Err(TargetError::Control);
        }
        if !raw.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TargetError::Form);
        }
        let asterisk = raw == "*";
        let local = absolute_form(raw).map_or(raw, |(_, rest)| rest);
        let (path, query) = local.split_once('?').unwrap_or((local, ""));
        let path =
            if asterisk || (path.is_empty() && local.len() < raw.len()) { "/" } else { path };
        if !path.starts_with('/') || path.contains('#') || query.contains('#') {
            return Err(TargetError::Form);
        }
        Ok(Self {
            path_decoded: normalise(&decode_once(path)?)?,
            query: query.to_owned(),
            raw_path: path.to_owned(),
            asterisk,
        })
    }

    /// The path: begins with `/`, has no empty, `.` or `..` segments, keeps a
    /// closing `/`. Never decode it again.
    #[must_use]
    pub fn path_decoded(&self) -> &str {
        &self.path_decoded
    }

    /// The query string as sent, without `?`; `""` when absent.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The path as sent, undecoded and not normalised.
    #[must_use]
    pub fn raw_path(&self) -> &str {
        &self.raw_path
    }

    /// Whether the target was `*` (OPTIONS for the whole server); the path is
    /// then `/`.
    #[must_use]
    pub const fn is_asterisk(&self) -> bool {
        self.asterisk
    }

    /// Whether the path ends in `/`, so names a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.path_decoded.ends_with('/')
    }

    /// The segments of the decoded path, none of them empty.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.path_decoded.split('/').filter(|segment| !segment.is_empty())
    }
}

/// Percent-decodes a path once and applies the rules that hold for the decoded
/// text as a whole.
fn decode_once(path: &str) -> Result<String, TargetError> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, tail @ ..] = rest {
        if *byte != b'%' {
            decoded.push(*byte);
            rest = tail;
            continue;
        }
        let [high, low, tail @ ..] = tail else { return Err(TargetError::Escape) };
        let byte = hex_pair(*high, *low).ok_or(TargetError::Escape)?;
        if byte == b'/' {
            return Err(TargetError::EncodedSlash);
        }
        decoded.push(byte);
        rest = tail;
    }
    let decoded = String::from_utf8(decoded).map_err(|_| TargetError::Utf8)?;
    if decoded.chars().any(char::is_control) {
        return Err(TargetError::Control);
    }
    if decoded.contains('\\') {
        return Err(TargetError::Backslash);
    }
    let still_encoded = |w: &[u8]| matches!(w, [b'%', h, l] if hex_pair(*h, *l).is_some());
    if decoded.as_bytes().windows(3).any(still_encoded) {
        return Err(TargetError::DoubleEncoding);
    }
    Ok(decoded)
}

fn normalise(path: &str) -> Result<String, TargetError> {
    let mut normal = String::with_capacity(path.len());
    let mut ends_in_name = false;
    for (count, segment) in path.split('/').enumerate() {
        if count > MAX_PATH_SEGMENTS {
            return Err(TargetError::TooLong);
        }
        ends_in_name = !matches!(segment, "" | ".");
        if !ends_in_name {
            continue;
        }
        if segment == ".." {
            return Err(TargetError::Parent);
        }
        if segment.ends_with(['.', ' ']) {
            return Err(TargetError::DotOrSpaceEnd);
        }
        if segment.contains("::") || segment.contains(":$") {
            return Err(TargetError::Stream);
        }
        normal.push('/');
        normal.push_str(segment);
    }
    if !ends_in_name {
        normal.push('/');
    }
    Ok(normal)
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// Iterates over the pairs of a query string or a form; see [`query_pairs`].
#[derive(Clone, Debug)]
pub struct QueryPairs<'a> {
    rest: Option<&'a str>,
    given: usize,
}

/// The `name=value` pairs of a query string or an urlencoded form. `+` is a
/// space, a bad escape stays as it is, bytes that are not UTF-8 become U+FFFD.
/// Ends after [`MAX_QUERY_PAIRS`] pairs.
#[must_use]
pub const fn query_pairs(query: &str) -> QueryPairs<'_> {
    QueryPairs { rest: Some(query), given: 0 }
}

impl Iterator for QueryPairs<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<Self::Item> {
        while self.given < MAX_QUERY_PAIRS {
            let rest = self.rest?;
            let (pair, tail) = match rest.split_once('&') {
                Some((pair, tail)) => (pair, Some(tail)),
                None => (rest, None),
            };
            self.rest = tail;
            if pair.is_empty() {
                continue;
            }
            self.given += 1;
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            return Some((decode_form(name), decode_form(value)));
        }
        None
    }
}

fn decode_form(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match (byte, tail) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, after @ ..]) => match hex_pair(*high, *low) {
                Some(byte) => {
                    decoded.push(byte);
                    rest = after;
                }
                None => decoded.push(b'%'),
            },
            _ => decoded.push(*byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
