//! Splits an mbox file into its messages.
//!
//! Every line that begins with `From ` starts a message (RFC 4155; the rest of
//! that line is not looked at, programs disagree about it), except inside a body
//! whose `Content-Length` is right: a length is right when another `From ` line
//! or the end of the file follows, with at most [`MAX_SEPARATOR_LINES`] line ends
//! between. A wrong length is ignored. Neither is a `From ` line in a body
//! recognised that its writer failed to quote: it starts a message.
//!
//! Quoting is undone as in mboxrd: one `>` goes from a line of one or more `>`
//! and `From `. A file in the older mboxo form, which quotes only bare lines,
//! reads the same unless somebody wrote `>From ` by hand. Where a right
//! `Content-Length` encloses a bare `From ` line, the writer quoted nothing and
//! nothing is undone (mboxcl2).
//!
//! Memory: the input is borrowed; only a message with quoted lines is copied, one
//! at a time. Each byte is looked at a bounded number of times.

use std::borrow::Cow;

/// What every message of an mbox begins with.
const MARK: &[u8] = b"From ";
/// Most line ends between a counted body and what follows it.
pub const MAX_SEPARATOR_LINES: usize = 2;
/// Most bytes of a header that are searched for `Content-Length`.
pub const MAX_HEADER_SCAN_BYTES: usize = 1 << 20;

/// The bytes are not an mbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnMbox;

impl std::fmt::Display for NotAnMbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an mbox: does not begin with \"From \"")
    }
}

impl std::error::Error for NotAnMbox {}

/// One message of an mbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where its `From ` line begins in the file, in bytes.
    pub offset: usize,
    /// The message without the `From ` line, without the empty line that ends it
    /// in the file, unquoted.
    pub bytes: Cow<'a, [u8]>,
}

/// The messages of an mbox, in their order.
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    file: &'a [u8],
    at: usize,
}

/// The messages of `file`; an empty file has none.
///
/// # Errors
/// [`NotAnMbox`] when the first bytes are not `From `.
pub fn messages(file: &[u8]) -> Result<Messages<'_>, NotAnMbox> {
    if file.is_empty() || file.starts_with(MARK) {
        Ok(Messages { file, at: 0 })
    } else {
        Err(NotAnMbox)
    }
}

impl Messages<'_> {
    /// Where the next message's `From ` line begins, or the end of the file. For
    /// callers that hold a part of a file: a message is whole when more follows.
    pub fn position(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let offset = self.at;
        let rest = self.file.get(offset..).filter(|rest| !rest.is_empty())?;
        let message = rest.get(line_length(rest)..).unwrap_or_default();
        let (length, quoted) = match counted_length(message) {
            Some(length) => {
                let body = message.get(..length).unwrap_or_default();
                (length, next_mark(body) == body.len())
            }
            None => (next_mark(message), true),
        };
        let bytes = message.get(..length).unwrap_or_default();
        let after = message.get(length..).unwrap_or_default();
        self.at = self.file.len() - after.len() + line_ends(after);
        let bytes = without_separator(bytes);
        let bytes = if quoted { unquote(bytes) } else { Cow::Borrowed(bytes) };
        Some(Entry { offset, bytes })
    }
}

/// Length of the first line, its end included.
fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1)
}

/// Where the next line that begins with `From ` starts; the end if there is none.
fn next_mark(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(MARK) {
            return at;
        }
        at += line_length(rest);
    }
    bytes.len()
}

/// Bytes of the line ends that may stand before a `From ` line.
fn line_ends(bytes: &[u8]) -> usize {
    let mut at = 0;
    for _ in 0..MAX_SEPARATOR_LINES {
        match bytes.get(at..) {
            Some([b'\n', ..]) => at += 1,
            Some([b'\r', b'\n', ..]) => at += 2,
            _ => break,
        }
    }
    at
}

/// Length of header and body by `Content-Length`, if there is one that is right.
fn counted_length(message: &[u8]) -> Option<usize> {
    let (body_at, length) = content_length(message)?;
    let end = body_at.checked_add(length)?;
    let after = message.get(end..)?;
    let separator = line_ends(after);
    let follows = after.get(separator..)?;
    let at_line_start = separator > 0 || message.get(..end)?.ends_with(b"\n");
    (follows.is_empty() || at_line_start && follows.starts_with(MARK)).then_some(end)
}

/// Where the body starts and the `Content-Length` of a header.
fn content_length(message: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut length = None;
    while at < MAX_HEADER_SCAN_BYTES {
        let rest = message.get(at..).filter(|rest| !rest.is_empty())?;
        let line_length = line_length(rest);
        let line = rest.get(..line_length)?.trim_ascii_end();
        at += line_length;
        if line.is_empty() {
            return Some((at, length?));
        }
        if rest.starts_with(MARK) {
            return None;
        }
        if let Some(value) = strip_prefix_ignoring_case(line, b"content-length:") {
            length =
                std::str::from_utf8(value.trim_ascii()).ok().and_then(|text| text.parse().ok());
        }
    }
    None
}

fn strip_prefix_ignoring_case<'a>(line: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Without the one empty line that ends a message in the file.
fn without_separator(message: &[u8]) -> &[u8] {
    for separator in [&b"\r\n"[..], b"\n"] {
        if let Some(shorter) = message.strip_suffix(separator)
            && (shorter.is_empty() || shorter.ends_with(b"\n"))
        {
            return shorter;
        }
    }
    message
}

/// Whether a line is one or more `>` and `From `.
fn is_quoted(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|&&byte| byte == b'>').count();
    marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(MARK))
}

fn unquote(message: &[u8]) -> Cow<'_, [u8]> {
    if !message.split_inclusive(|&byte| byte == b'\n').any(is_quoted) {
        return Cow::Borrowed(message);
    }
    let mut plain = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|&byte| byte == b'\n') {
        plain.extend_from_slice(if is_quoted(line) {
            line.get(1..).unwrap_or_default()
        } else {
            line
        });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(file: &str) -> Vec<(usize, String)> {
        messages(file.as_bytes())
            .expect("an mbox")
            .map(|entry| (entry.offset, String::from_utf8(entry.bytes.into_owned()).expect("text")))
            .collect()
    }

    fn texts(file: &str) -> Vec<String> {
        split(file).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn what_does_not_begin_with_from_is_refused_by_name() {
        for no_mbox in
            ["From", "from a\n", "\nFrom a\n", "\u{feff}From a\n", "From: a\n", ">From a\n"]
        {
            let refusal = messages(no_mbox.as_bytes()).expect_err(no_mbox);
            assert_eq!(refusal.to_string(), "not an mbox: does not begin with \"From \"");
        }
    }

    #[test]
    fn an_empty_file_has_no_messages() {
        assert_eq!(texts(""), Vec::<String>::new());
    }

    #[test]
    fn each_from_line_starts_a_message_at_its_offset() {
        let file = "From a\nS: 1\n\nx\n\nFrom b\nS: 2\n\ny\n";
        assert_eq!(split(file), [(0, "S: 1\n\nx\n".to_owned()), (16, "S: 2\n\ny\n".to_owned())]);
    }

    #[test]
    fn line_ends_may_be_dos_ones_and_the_last_may_be_missing() {
        assert_eq!(
            texts("From a\r\nS: 1\r\n\r\nx\r\n\r\nFrom b\r\nS: 2\r\n\r\ny"),
            ["S: 1\r\n\r\nx\r\n", "S: 2\r\n\r\ny"]
        );
        assert_eq!(texts("From a"), [""]);
        assert_eq!(texts("From a\n\n"), [""]);
        assert_eq!(texts("From a\nFrom b\n"), ["", ""]);
    }

    #[test]
    fn one_level_of_quoting_is_undone() {
        assert_eq!(
            texts("From a\nS: 1\n\n>From x\n>>From y\n> From z\n>Fromage\n"),
            ["S: 1\n\nFrom x\n>From y\n> From z\n>Fromage\n"]
        );
    }

    #[test]
    fn a_right_content_length_is_trusted_and_then_nothing_was_quoted() {
        let body = "From the start\n>From x\n";
        let file = format!("From a\ncontent-length:  {}  \n\n{body}\nFrom b\n\ny\n", body.len());
        assert_eq!(
            texts(&file),
            [format!("content-length:  {}  \n\n{body}", body.len()), "\ny\n".to_owned()]
        );
    }

    #[test]
    fn a_right_content_length_without_a_bare_from_line_leaves_quoting_in_force() {
        let file = "From a\nContent-Length: 8\n\n>From x\n\nFrom b\n\n";
        assert_eq!(texts(file), ["Content-Length: 8\n\nFrom x\n", ""]);
    }

    #[test]
    fn a_wrong_content_length_is_ignored() {
        for length in ["0", "1", "3", "99", "-1", "x", "18446744073709551615", ""] {
            let file = format!("From a\nContent-Length: {length}\n\nabcd\nefgh\n\nFrom b\n\n");
            assert_eq!(
                texts(&file),
                [format!("Content-Length: {length}\n\nabcd\nefgh\n"), String::new()],
                "{length}"
            );
        }
    }

    #[test]
    fn a_counted_body_may_reach_the_end_of_the_file() {
        let file = "From a\nContent-Length: 12\n\nx\nFrom me\nyy";
        assert_eq!(texts(file), ["Content-Length: 12\n\nx\nFrom me\nyy"]);
    }

    #[test]
    fn separators_are_counted_up_to_their_limit() {
        let at_limit = "From a\nContent-Length: 8\n\nFrom me\n\n\nFrom b\n\n";
        assert_eq!(texts(at_limit), ["Content-Length: 8\n\nFrom me\n", ""]);
        let past_limit = "From a\nContent-Length: 8\n\nFrom me\n\n\n\nFrom b\n\n";
        assert_eq!(texts(past_limit), ["Content-Length: 8\n", "\n\n", ""]);
    }

    #[test]
    fn a_content_length_counts_only_in_the_searched_part_of_a_header() {
        let field = "Content-Length: 8\n\n";
        let filler = "X: y\n".repeat((MAX_HEADER_SCAN_BYTES - field.len()) / 5);
        let file = format!("From a\n{filler}{field}From me\n\nFrom b\n\n");
        assert_eq!(texts(&file).len(), 2);
        let file = format!("From a\n{filler}{filler}{field}From me\n\nFrom b\n\n");
        assert_eq!(texts(&file).len(), 3);
    }
}
