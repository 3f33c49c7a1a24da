//! Finds where a request head ends and refuses stray line ends and control
//! bytes, before `httparse` sees it.
//!
//! RFC 9112 sections 2.2 (message parsing, bare CR, leading empty lines) and 3
//! (request line); RFC 9110 section 5.5 (CR, LF, NUL in values). Invariant: the
//! scan runs strictly left to right and a refusal depends only on the bytes up
//! to where it was found, so how the socket cut the bytes never changes it.

use crate::limits::{MAX_HEAD_BYTES, MAX_LEADING_EMPTY_LINES, MAX_REQUEST_LINE_BYTES};
use crate::reject::Reject;

const LINE_END_RULE: Reject = Reject::bad("a line of the request head must end with CR and LF");

/// Bytes of empty lines before the request line, or `None` when more bytes are
/// needed to tell.
pub(crate) fn leading_empty_lines(bytes: &[u8]) -> Result<Option<usize>, Reject> {
    let mut rest = bytes;
    for _ in 0..=MAX_LEADING_EMPTY_LINES {
        match rest {
            [b'\r', b'\n', tail @ ..] => rest = tail,
            [] | [b'\r'] => return Ok(None),
            [b'\r' | b'\n', ..] => return Err(LINE_END_RULE),
            _ => return Ok(Some(bytes.len() - rest.len())),
        }
    }
    Err(Reject::bad("too many empty lines stand before the request line"))
}

/// Length of the request line without its CRLF, or `None` when it is not
/// complete.
pub(crate) fn request_line(bytes: &[u8]) -> Result<Option<usize>, Reject> {
    let window = bytes.get(..MAX_REQUEST_LINE_BYTES + 2).unwrap_or(bytes);
    match line(window)? {
        Some(length) => Ok(Some(length)),
        None if bytes.len() >= MAX_REQUEST_LINE_BYTES + 2 => {
            Err(Reject::new(414, "the request line is longer than this server accepts"))
        }
        None => Ok(None),
    }
}

/// Length of the whole head with its empty line, given where the request line
/// ends (before its CRLF), or `None` when it is not complete.
pub(crate) fn head_end(bytes: &[u8], request_line: usize) -> Result<Option<usize>, Reject> {
    let window = bytes.get(..MAX_HEAD_BYTES).unwrap_or(bytes);
    let mut at = request_line + 2;
    while let Some(length) = line(window.get(at..).unwrap_or_default())? {
        at += length + 2;
        if length == 0 {
            return Ok(Some(at));
        }
    }
    if bytes.len() >= MAX_HEAD_BYTES {
        return Err(Reject::new(431, "the request head is larger than this server accepts"));
    }
    Ok(None)
}

/// Length of the first line without its CRLF, or `None` when it is not complete.
fn line(bytes: &[u8]) -> Result<Option<usize>, Reject> {
    let Some(at) = first_control(bytes) else { return Ok(None) };
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Ok(Some(at)),
        (Some(b'\r'), None) => Ok(None),
        (Some(b'\r' | b'\n'), _) => Err(LINE_END_RULE),
        _ => Err(Reject::bad("the request head must not contain control characters")),
    }
}

/// Where the first control character but tab stands. Looks at eight bytes at a
/// time, because every byte of every head goes through here.
fn first_control(bytes: &[u8]) -> Option<usize> {
    let is_control = |b: &u8| (*b < 0x20 && *b != b'\t') || *b == 0x7f;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        if may_hold_control(u64::from_ne_bytes(*word))
            && let Some(at) = word.iter().position(is_control)
        {
            return Some(index * 8 + at);
        }
    }
    rest.iter().position(is_control).map(|at| words.len() * 8 + at)
}

/// Whether a byte of the word is below 0x20 or equal to 0x7f; may be wrong only
/// by saying yes.
const fn may_hold_control(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let from_delete = word ^ (ONES * 0x7f);
    let delete = from_delete.wrapping_sub(ONES) & !from_delete;
    (below_space | delete) & HIGH_BITS != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_character_is_found_wherever_it_stands() {
        for filler in [b'a', b' ', b'\t', b'~', 0x80, 0xff] {
            for control in (0..0x20).chain([0x7f]).filter(|b| *b != b'\t') {
                for at in 0..20 {
                    let mut bytes = [filler; 20];
                    assert_eq!(first_control(&bytes), None);
                    bytes[at] = control;
                    assert_eq!(first_control(&bytes), Some(at), "{control} after {filler}");
                }
            }
        }
    }
}
