//! One byte range of a request: RFC 9110 section 14.1.2.
//!
//! Several ranges at once, and anything that is not a byte range, mean the
//! whole file, as section 14.2 allows. All arithmetic is 64-bit and checked.

/// What part of a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// `length` bytes from `first` on; at least one.
    Part {
        /// Offset of the first byte.
        first: u64,
        /// Number of bytes.
        length: u64,
    },
    /// Nothing of it lies in the file.
    Unsatisfiable,
    /// All of it.
    Whole,
}

/// Reads the value of a `Range` field for a file of `length` bytes.
pub fn parse_range(value: &[u8], length: u64) -> Range {
    let Some(range) = std::str::from_utf8(value).ok().and_then(|text| text.strip_prefix("bytes="))
    else {
        return Range::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else { return Range::Whole };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => part(first, last, length),
        (Some(first), None) if last.is_empty() => part(first, u64::MAX, length),
        (None, Some(0)) if first.is_empty() => Range::Unsatisfiable,
        (None, Some(suffix)) if first.is_empty() => {
            part(length.saturating_sub(suffix), u64::MAX, length)
        }
        _ => Range::Whole,
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { Some(text.parse().unwrap_or(u64::MAX)) } else { None }
}

fn part(first: u64, last: u64, length: u64) -> Range {
    if first >= length {
        return Range::Unsatisfiable;
    }
    Range::Part { first, length: last.min(length - 1) - first + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_the_file_and_anything_else_is_the_whole() {
        let part = |first, length| Range::Part { first, length };
        for (value, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=2-5", part(2, 4)),
            ("bytes=5-", part(5, 5)),
            ("bytes=9-100", part(9, 1)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-100", part(0, 10)),
            ("bytes=0-18446744073709551615", part(0, 10)),
            ("bytes=1-99999999999999999999", part(1, 9)),
            ("bytes=10-", Range::Unsatisfiable),
            ("bytes=18446744073709551615-", Range::Unsatisfiable),
            ("bytes=-0", Range::Unsatisfiable),
            ("bytes=5-2", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("bytes=a-b", Range::Whole),
            ("bytes=-", Range::Whole),
            ("lines=1-2", Range::Whole),
        ] {
            assert_eq!(parse_range(value.as_bytes(), 10), expected, "{value}");
        }
        assert_eq!(parse_range(b"bytes=0-0", 0), Range::Unsatisfiable);
        assert_eq!(parse_range(b"bytes=-1", 0), Range::Unsatisfiable);
    }
}
