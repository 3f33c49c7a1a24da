//! An mbox file; its messages go to a folder named after the file.
//!
//! The file may be of any size: a window of [`WINDOW_BYTES`] moves over it. A
//! message is taken from the window when at least [`LOOKAHEAD_BYTES`] follow its
//! beginning or the file ends there, so that every message of an allowed size is
//! split as if the whole file were in memory. A larger one is skipped by name.
//! Flags are those of the `Status`, `X-Status` and `X-Mozilla-Status` fields.

use std::io::{Error, Read};
use std::path::Path;

use mime::maildir::Flags;
use mime::mbox::{NotAnMbox, messages};

use crate::batch::{Batch, Origin};
use crate::files;
use crate::report::ImportError;

/// Most bytes of an mbox in memory.
pub const WINDOW_BYTES: usize = 2 * LOOKAHEAD_BYTES;
/// Bytes that follow the beginning of a message before it is split off; more
/// than the largest message, quoting and its `From ` line included.
pub const LOOKAHEAD_BYTES: usize = mime::MAX_MESSAGE_BYTES + (4 << 20);

/// The end of a line and the beginning of the next message.
const NEXT_MARK: &[u8] = b"\nFrom ";

pub(crate) fn import(file: &Path, batch: &mut Batch<'_>) -> Result<(), ImportError> {
    let opened = files::open(file).map_err(|error| ImportError::unreadable(file, error))?;
    let mut window = Window::new(opened, WINDOW_BYTES, LOOKAHEAD_BYTES);
    window.start().map_err(|error| ImportError::unreadable(file, error))?;
    let folder = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if !batch.enter(&[folder])? {
        return Ok(());
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0u64;
    let mut take = |offset: u64, message: Option<&[u8]>| {
        number += 1;
        let item = format!("{name}: message {number} at byte {offset}");
        match message {
            Some(raw) => batch.add(&item, raw, status),
            None => {
                batch.skip(item, mime::DecodeError::TooLarge.to_string());
                Ok(())
            }
        }
    };
    while window.take_messages(&mut take)? {
        window.refill().map_err(|error| ImportError::unreadable(file, error))?;
    }
    Ok(())
}

/// What mail programs note in the header of a message in an mbox.
fn status(message: &mime::Message) -> Origin {
    let field = |name: &str| {
        let lines = message.headers.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .next()
            .unwrap_or_default()
    };
    let (status, more) = (field("Status"), field("X-Status"));
    // Netscape's and Thunderbird's bits, in hexadecimal.
    let bits = u32::from_str_radix(&field("X-Mozilla-Status"), 16).unwrap_or_default();
    let flags = Flags {
        draft: more.contains('T'),
        flagged: more.contains('F') || bits & 0x4 != 0,
        passed: bits & 0x1000 != 0,
        replied: more.contains('A') || bits & 0x2 != 0,
        seen: status.contains('R') || bits & 0x1 != 0,
        trashed: more.contains('D') || bits & 0x8 != 0,
    };
    Origin { flags, arrived: None }
}

/// A part of a file that begins with a message.
struct Window<R> {
    source: R,
    bytes: Vec<u8>,
    /// Where the window begins in the file.
    offset: u64,
    is_at_end: bool,
    /// Whether it begins inside a message that is too large.
    is_inside: bool,
    limit: usize,
    lookahead: usize,
}

/// What is done with each message: its offset and its bytes, none when too large.
type Take<'a> = &'a mut dyn FnMut(u64, Option<&[u8]>) -> Result<(), ImportError>;

impl<R: Read> Window<R> {
    fn new(source: R, limit: usize, lookahead: usize) -> Self {
        Self {
            source,
            bytes: Vec::new(),
            offset: 0,
            is_at_end: false,
            is_inside: false,
            limit,
            lookahead,
        }
    }

    /// Fills the window and checks that the file is an mbox.
    fn start(&mut self) -> Result<(), Error> {
        self.fill()?;
        messages(&self.bytes).map(drop).map_err(|NotAnMbox| Error::other(NotAnMbox))
    }

    fn fill(&mut self) -> Result<(), Error> {
        let room = self.limit.saturating_sub(self.bytes.len()) as u64;
        let read = (&mut self.source).take(room).read_to_end(&mut self.bytes)?;
        self.is_at_end = (read as u64) < room;
        Ok(())
    }

    /// Fills the window again; one that ended inside a message moves to the next.
    fn refill(&mut self) -> Result<(), Error> {
        self.fill()?;
        while self.is_inside {
            match self.bytes.windows(NEXT_MARK.len()).position(|bytes| bytes == NEXT_MARK) {
                Some(at) => {
                    self.advance(at + 1);
                    self.is_inside = false;
                }
                None if self.is_at_end => {
                    self.advance(self.bytes.len());
                    self.is_inside = false;
                }
                // The end may be the beginning of a mark.
                None => self.advance(self.bytes.len() - NEXT_MARK.len() + 1),
            }
            self.fill()?;
        }
        Ok(())
    }

    /// Takes the messages that are whole. False at the end of the file.
    fn take_messages(&mut self, take: Take<'_>) -> Result<bool, ImportError> {
        let length = self.bytes.len();
        let mut done = 0;
        if let Ok(mut found) = messages(&self.bytes) {
            while self.is_at_end || length - found.position() >= self.lookahead {
                let Some(entry) = found.next() else { break };
                let at = self.offset + entry.offset as u64;
                let is_whole = self.is_at_end || found.position() < length;
                take(at, is_whole.then_some(&entry.bytes[..]))?;
                done = found.position();
                if !is_whole {
                    break;
                }
            }
        }
        self.is_inside = done > 0 && done == length && !self.is_at_end;
        self.advance(if self.is_inside { length - NEXT_MARK.len() + 1 } else { done });
        Ok(!self.is_at_end || !self.bytes.is_empty())
    }

    fn advance(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.offset += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offset and bytes of each message, none for one that is too large.
    type Found = Vec<(u64, Option<String>)>;

    fn through_window(file: &str, limit: usize, lookahead: usize) -> Found {
        let mut window = Window::new(file.as_bytes(), limit, lookahead);
        window.start().expect("an mbox");
        let mut found = Found::new();
        let mut take = |offset, message: Option<&[u8]>| {
            found.push((offset, message.map(|raw| String::from_utf8_lossy(raw).into_owned())));
            Ok(())
        };
        while window.take_messages(&mut take).expect("taken") {
            window.refill().expect("a slice is always read");
        }
        found
    }

    fn at_once(file: &str) -> Found {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let entries = messages(file.as_bytes()).expect("an mbox");
        entries.map(|entry| (entry.offset as u64, Some(text(&entry.bytes)))).collect()
    }

    fn sample() -> String {
        let mut file = String::new();
        for number in 0..40 {
            let body = format!("{}\n>From x\n", "y".repeat(number % 13));
            file += &format!("From {number}\nSubject: {number}\n\n{body}\n");
            let counted = "From here\nz\n";
            file += &format!("From c\nContent-Length: {}\n\n{counted}\n", counted.len());
        }
        file
    }

    #[test]
    fn a_window_splits_like_the_whole_file_whatever_its_size() {
        let file = sample();
        let expected = at_once(&file);
        for limit in (160..300).chain([file.len() - 1, file.len(), file.len() + 1]) {
            assert_eq!(through_window(&file, limit, 80), expected, "window of {limit}");
        }
    }

    #[test]
    fn a_message_larger_than_the_window_is_left_out_and_the_next_is_found() {
        for extra in 0..40 {
            let large = "x".repeat(200 + extra);
            let file = format!("From a\n\n1\n\nFrom b\n\n{large}\n\nFrom c\n\n3\n");
            let found = through_window(&file, 100, 60);
            let third = file.len() as u64 - 10;
            let text = |text: &str| Some(text.to_owned());
            assert_eq!(found, [(0, text("\n1\n")), (11, None), (third, text("\n3\n"))]);
        }
        let file = format!("From a\n\n{}", "x".repeat(500));
        assert_eq!(through_window(&file, 100, 60), [(0, None)]);
    }

    #[test]
    fn an_empty_file_has_no_messages() {
        assert_eq!(through_window("", 100, 60), []);
    }

    #[test]
    fn status_fields_are_flags() {
        let message = mime::decode(b"Status: RO\nX-Status: AF\nSubject: x\n\n").expect("a message");
        let flags = status(&message).flags;
        assert!(flags.seen && flags.replied && flags.flagged && !flags.trashed && !flags.draft);
        let message = mime::decode(b"X-Mozilla-Status: 1009\n\n").expect("a message");
        let flags = status(&message).flags;
        assert!(flags.seen && flags.passed && flags.trashed && !flags.flagged && !flags.replied);
    }
}
