//! The first words of a message, for lists.
//!
//! HTML is reduced to its text; it is not made safe to show as HTML, and only
//! the first [`MAX_PREVIEW_SOURCE_BYTES`] bytes of a body are looked at.

use crate::message::Message;

/// Most bytes of a body that a preview looks at.
pub const MAX_PREVIEW_SOURCE_BYTES: usize = 64 << 10;

/// The first `max_chars` characters of the text, or of the HTML of a message
/// without text, with blanks and line ends joined to single spaces.
pub fn preview(message: &Message, max_chars: usize) -> String {
    let text = message.text.as_deref().map(start_of).unwrap_or_default();
    if !text.trim().is_empty() {
        return first_words(text, max_chars);
    }
    let html = message.html.as_deref().map(start_of).unwrap_or_default();
    first_words(&html_to_text(html), max_chars)
}

/// The text of an HTML page, without scripts and styles. Text that breaks the
/// reducer is empty.
pub(crate) fn html_to_text(html: &str) -> String {
    std::panic::catch_unwind(|| mail_parser::decoders::html::html_to_text(html)).unwrap_or_default()
}

fn start_of(text: &str) -> &str {
    let mut end = text.len().min(MAX_PREVIEW_SOURCE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn first_words(text: &str, max_chars: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty())
    {
        for character in (count > 0).then_some(' ').into_iter().chain(word.chars()) {
            if count == max_chars {
                return line;
            }
            line.push(character);
            count += 1;
        }
    }
    line
}
