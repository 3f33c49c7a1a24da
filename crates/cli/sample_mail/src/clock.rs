//! Moments, given as seconds since 1970-01-01 UTC, as letters and calendars
//! write them.

use jiff::Timestamp;

/// As in a `Date` field (RFC 5322 3.3).
pub(crate) fn rfc5322(seconds: i64) -> String {
    written(seconds, "%a, %d %b %Y %H:%M:%S +0000")
}

/// As in a calendar (RFC 5545 3.3.5, form 2).
pub(crate) fn basic(seconds: i64) -> String {
    written(seconds, "%Y%m%dT%H%M%SZ")
}

/// A moment beyond what can be written is the first of all.
fn written(seconds: i64, format: &str) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_specifications_say() {
        assert_eq!(rfc5322(1_000_000_000), "Sun, 09 Sep 2001 01:46:40 +0000");
        assert_eq!(basic(1_000_000_000), "20010909T014640Z");
        assert_eq!(basic(i64::MAX), "19700101T000000Z");
    }
}
