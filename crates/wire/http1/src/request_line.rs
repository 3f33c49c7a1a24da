//! The first line of a request: method, target form and version.
//!
//! RFC 9112 sections 2.3 (version), 3 (request line) and 3.2 (target forms). Does
//! not decode the target (see `target`). One space stands between the parts; the
//! leniency of RFC 9112 section 3 towards other white space is not taken.

use crate::limits::{MAX_METHOD_BYTES, MAX_TARGET_BYTES};
use crate::reject::Reject;
use crate::syntax::{is_authority, is_token};

/// The protocol version of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

impl Version {
    /// As `SERVER_PROTOCOL` shows it, e.g. `HTTP/1.1`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        }
    }
}

/// Checks a request line without its CRLF.
pub(crate) fn request_line(line: &[u8]) -> Result<(&str, &str, Version), Reject> {
    const SHAPE: Reject =
        Reject::bad("the request line must be a method, a target and a version, one space apart");
    let text = std::str::from_utf8(line)
        .map_err(|_| Reject::bad("the request line must be plain ASCII"))?;
    let mut parts = text.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(SHAPE);
    };
    if !is_token(method.as_bytes()) || !target.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(SHAPE);
    }
    let version = match version.as_bytes() {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            return Err(Reject::new(505, "this server speaks HTTP/1.0 and HTTP/1.1 only"));
        }
        _ => return Err(SHAPE),
    };
    if method.len() > MAX_METHOD_BYTES {
        return Err(Reject::new(501, "the method name is longer than any this server knows"));
    }
    if target.len() > MAX_TARGET_BYTES {
        return Err(Reject::new(414, "the request target is longer than this server accepts"));
    }
    check_target_form(method, target)?;
    Ok((method, target, version))
}

fn check_target_form(method: &str, target: &str) -> Result<(), Reject> {
    if method == "CONNECT" {
        return Err(Reject::new(501, "this server is no proxy and opens no tunnels"));
    }
    if target.contains('#') {
        return Err(Reject::bad("a request target must not contain a fragment"));
    }
    if target.starts_with('/') || (target == "*" && method == "OPTIONS") {
        return Ok(());
    }
    match absolute_form(target) {
        Some((authority, _)) if is_authority(authority.as_bytes()) => Ok(()),
        Some(_) => Err(Reject::bad("the authority of the request target is malformed")),
        None => Err(Reject::bad("the request target must be a path or an http URL")),
    }
}

/// RFC 9112 section 3.2.2: splits `http://authority/path?query` into authority
/// and the rest; `None` for any other form.
pub(crate) fn absolute_form(target: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = target.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    Some(rest.split_at(end))
}
