//! An answer: status, headers, body.
//!
//! A header's value that is not printable ASCII is left out, so no text of a
//! message can start a header of its own. Every reply says `nosniff`, no
//! referrer and who may frame it.

/// What the browser may do with a reply (`Content-Security-Policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Data: nothing runs, nothing loads.
    Data,
    /// Foreign HTML inside one of our frames: inline style and data: images. A
    /// link that is clicked may open a window of its own; nothing else happens.
    ForeignHtml,
    /// One of our pages: our own style sheet, script, frames and answers.
    Page,
}

impl Policy {
    fn text(self) -> &'static str {
        match self {
            Self::Data => "default-src 'none'; frame-ancestors 'self'; sandbox",
            Self::ForeignHtml => {
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                 form-action 'none'; base-uri 'none'; frame-ancestors 'self'; \
                 sandbox allow-popups allow-popups-to-escape-sandbox"
            }
            Self::Page => {
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                 img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'self'"
            }
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Like `200 OK`.
    pub status: &'static str,
    headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A page that is not kept by caches.
    pub fn page(status: &'static str, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", Policy::Page, html.into_bytes())
    }

    /// A JSON text that is not kept by caches.
    pub fn json(status: &'static str, json: String) -> Self {
        Self::new(status, "application/json", Policy::Data, json.into_bytes())
    }

    /// Any other answer that is not kept by caches.
    pub fn new(status: &'static str, content_type: &str, policy: Policy, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body }
            .with("Content-Type", content_type)
            .with("Cache-Control", "private, no-store")
            .with("Content-Security-Policy", policy.text())
            .with("X-Frame-Options", "SAMEORIGIN")
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "no-referrer")
    }

    /// With this header; it takes the place of one of the same name. A value
    /// that is not printable ASCII leaves the reply without the header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        if value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.headers.push((name, value.to_owned()));
        }
        self
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The headers as lines ended by CR LF, without the empty line and without
    /// the length.
    pub fn head(&self) -> String {
        self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect()
    }
}

/// FNV-1a, 64 bits: names a content, proves nothing.
pub fn fnv1a64(bytes: &[u8], seed: Option<u64>) -> u64 {
    let start = seed.unwrap_or(0xcbf2_9ce4_8422_2325);
    bytes
        .iter()
        .fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{Policy, Reply, fnv1a64};

    #[test]
    fn a_header_with_a_line_end_is_left_out() {
        let reply = Reply::page("200 OK", String::new()).with("X-Name", "a\r\nSet-Cookie: b");
        assert_eq!(reply.header("X-Name"), None);
        assert!(!reply.head().contains("Set-Cookie"));
        assert!(Reply::page("200 OK", String::new()).with("X-Name", "a b").head().contains("a b"));
    }

    #[test]
    fn a_bad_value_does_not_bring_the_old_one_back() {
        let reply = Reply::json("200 OK", String::new()).with("content-type", "text/ü");
        assert_eq!(reply.header("Content-Type"), None);
    }

    #[test]
    fn every_reply_is_private_and_tells_no_referrer() {
        for policy in [Policy::Data, Policy::ForeignHtml, Policy::Page] {
            let reply = Reply::new("200 OK", "text/plain", policy, Vec::new());
            assert_eq!(reply.header("Cache-Control"), Some("private, no-store"));
            assert_eq!(reply.header("Referrer-Policy"), Some("no-referrer"));
            let policy = reply.header("Content-Security-Policy").unwrap();
            assert!(policy.starts_with("default-src 'none'"));
            assert!(policy.contains("frame-ancestors 'self'"));
        }
    }

    #[test]
    fn the_hash_is_fnv_1a_and_can_be_continued() {
        assert_eq!(fnv1a64(b"", None), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a64(b"foobar", None), 0x8594_4171_f739_67e8);
        assert_eq!(fnv1a64(b"bar", Some(fnv1a64(b"foo", None))), 0x8594_4171_f739_67e8);
    }
}
