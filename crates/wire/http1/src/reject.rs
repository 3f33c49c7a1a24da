//! The refusal of a request: the status to answer with and one sentence why.
//!
//! Does not build the answer (see `status` and `response`). After any refusal
//! of a head or a body the position in the byte stream is unknown, so the host
//! answers and closes (RFC 9112 sections 2.2 and 6.3).

use std::fmt;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    status: u16,
    reason: &'static str,
}

impl Reject {
    pub(crate) const fn new(status: u16, reason: &'static str) -> Self {
        Self { status, reason }
    }

    pub(crate) const fn bad(reason: &'static str) -> Self {
        Self::new(400, reason)
    }

    /// The status code to answer with (4xx or 5xx).
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// What was wrong, as a sentence without capital and full stop.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.reason)
    }
}

impl std::error::Error for Reject {}
