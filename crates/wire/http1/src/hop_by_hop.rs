//! What an extension's head says about framing and the connection, so that the
//! encoder can take it as a wish and send its own.
//!
//! RFC 9110 sections 7.6.1 (Connection) and 8.6 (Content-Length). Decides nothing.

use crate::response::{ResponseError, ResponseHead};
use crate::syntax::{decimal, list};

/// RFC 9110 section 7.6.1: fields that concern one connection only.
pub(crate) struct HopByHop<'a> {
    /// The tokens of its Connection fields, which name further such fields.
    nominated: Vec<&'a [u8]>,
    /// Whether it asks for the connection to be closed.
    pub(crate) close: bool,
    /// Whether the extension frames its body in chunks itself.
    pub(crate) chunked: bool,
}

impl<'a> HopByHop<'a> {
    const FIXED: [&'static str; 7] = [
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];

    /// What a head says about its connection.
    pub(crate) fn of(head: &'a ResponseHead) -> Self {
        let values = |wanted: &'static str| {
            head.headers()
                .iter()
                .filter(move |(n, _)| n.eq_ignore_ascii_case(wanted))
                .flat_map(|(_, v)| list(v))
        };
        let nominated: Vec<&[u8]> = values("connection").collect();
        Self {
            close: nominated.iter().any(|token| token.eq_ignore_ascii_case(b"close")),
            chunked: values("transfer-encoding").any(|c| c.eq_ignore_ascii_case(b"chunked")),
            nominated,
        }
    }

    /// Whether a field concerns the connection and so must not be sent on.
    pub(crate) fn names(&self, name: &str) -> bool {
        Self::FIXED.iter().any(|fixed| fixed.eq_ignore_ascii_case(name))
            || self.nominated.iter().any(|token| token.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// The one Content-Length of a head; the same number twice is forgiven.
pub(crate) fn declared_length(head: &ResponseHead) -> Result<Option<u64>, ResponseError> {
    let mut found = None;
    for (_, value) in
        head.headers().iter().filter(|(n, _)| n.eq_ignore_ascii_case("content-length"))
    {
        let length = decimal(value).ok_or(ResponseError::ContentLength)?;
        if found.is_some_and(|before| before != length) {
            return Err(ResponseError::ContentLength);
        }
        found = Some(length);
    }
    Ok(found)
}
