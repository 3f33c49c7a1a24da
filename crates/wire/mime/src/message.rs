//! A message as plain values (RFC 5322, RFC 2045 to 2047, RFC 2231).
//!
//! Decoding never changes what an attachment is: its bytes are those that the
//! sender encoded, TNEF and embedded messages included. Text is converted to
//! Unicode; what has no meaning in its character set becomes U+FFFD.

use crate::header::{self, Header, header_length};
use crate::multipart::{Parts, Piece};

/// Largest message that is decoded.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;
/// Most attachments of one message.
pub const MAX_ATTACHMENTS: usize = 1000;
/// Most characters of a subject, a name, an address or a list of identifiers.
pub const MAX_DISPLAY_CHARS: usize = 4096;
/// Most bytes of the header that are kept as text and read for fields.
pub const MAX_HEADER_BYTES: usize = 1 << 20;

/// Why bytes could not be decoded as a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// No bytes at all.
    Empty,
    /// The header parser failed; the message is of a kind that breaks it.
    ParserFailed,
    /// More than [`MAX_MESSAGE_BYTES`].
    TooLarge,
    /// More than [`MAX_ATTACHMENTS`].
    TooManyAttachments,
    /// More than [`crate::MAX_PARTS`].
    TooManyParts,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(f, "empty"),
            Self::ParserFailed => {
                write!(f, "its header breaks the parser: please report the message")
            }
            Self::TooLarge => {
                write!(f, "larger than {} MiB, the limit for one message", MAX_MESSAGE_BYTES >> 20)
            }
            Self::TooManyAttachments => {
                write!(f, "more than {MAX_ATTACHMENTS} attachments, the limit for one message")
            }
            Self::TooManyParts => {
                write!(f, "more than {} parts, the limit for one message", crate::MAX_PARTS)
            }
        }
    }
}

impl std::error::Error for DecodeError {}

/// How much the sender says the message matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Importance {
    /// High.
    High,
    /// Low.
    Low,
    /// Neither, or nothing said.
    #[default]
    Normal,
}

/// A name and an address, either of which may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Name shown to people.
    pub name: String,
    /// `local@domain`, or what the header has in its place.
    pub address: String,
}

impl Mailbox {
    /// The name, or the address of a mailbox without one.
    pub fn display(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }
}

/// A part that is not body text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// File name without folders; may be empty.
    pub name: String,
    /// `type/subtype` in small letters.
    pub content_type: String,
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// The bytes, transfer encoding undone.
    pub bytes: Vec<u8>,
}

/// A decoded message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Subject as sent.
    pub subject: String,
    /// First author, else the sender.
    pub from: Mailbox,
    /// To recipients.
    pub to: Vec<Mailbox>,
    /// Cc recipients.
    pub cc: Vec<Mailbox>,
    /// `Date`, in seconds since 1970-01-01 UTC.
    pub date: Option<i64>,
    /// Date of the topmost `Received`, in seconds since 1970-01-01 UTC.
    pub received: Option<i64>,
    /// `Message-ID` with its angle brackets.
    pub message_id: Option<String>,
    /// `References`, each with its angle brackets, joined by spaces.
    pub references: Option<String>,
    /// `In-Reply-To`, as the references.
    pub in_reply_to: Option<String>,
    /// Plain text body; none when there is only HTML.
    pub text: Option<String>,
    /// HTML body; none when there is only text.
    pub html: Option<String>,
    /// The header as received, lossy UTF-8.
    pub headers: String,
    /// What the sender says about importance.
    pub importance: Importance,
    /// In the order of the message.
    pub attachments: Vec<Attachment>,
}

impl Message {
    /// Names of the To recipients, joined by `; `.
    pub fn display_to(&self) -> String {
        display_list(&self.to)
    }

    /// Names of the Cc recipients, joined by `; `.
    pub fn display_cc(&self) -> String {
        display_list(&self.cc)
    }
}

fn display_list(mailboxes: &[Mailbox]) -> String {
    let names: Vec<&str> = mailboxes.iter().map(Mailbox::display).collect();
    limited_line(&names.join("; "))
}

/// Decodes one message. Bytes without any header are a message too: they are its
/// text.
///
/// # Errors
/// [`DecodeError`]: empty, larger than a limit, or the header parser failed.
pub fn decode(bytes: &[u8]) -> Result<Message, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(DecodeError::TooLarge);
    }
    let (block, body) = bytes.split_at(header_length(bytes).min(bytes.len()));
    let block = block.get(..MAX_HEADER_BYTES).unwrap_or(block);
    let header = header::read(block).map_err(|_| DecodeError::ParserFailed)?;
    if header.fields == 0 {
        let text = String::from_utf8_lossy(bytes).into_owned();
        return Ok(Message { text: Some(text), ..Message::default() });
    }
    let parts = Parts::of(&header, body)?;
    let text = text_body(&parts.pieces);
    let html = html_body(&parts.pieces);
    let headers = String::from_utf8_lossy(block).trim_end().to_owned();
    Ok(assemble(header, headers, text, html, parts.attachments))
}

fn assemble(
    header: Header,
    headers: String,
    text: Option<String>,
    html: Option<String>,
    attachments: Vec<Attachment>,
) -> Message {
    Message {
        subject: header.subject,
        from: header.from,
        to: header.to,
        cc: header.cc,
        date: header.date,
        received: header.received,
        message_id: header.message_id,
        references: header.references,
        in_reply_to: header.in_reply_to,
        text,
        html,
        headers,
        importance: header.importance,
        attachments,
    }
}

/// Whether an alternative of `piece` has the other form too.
fn has_other_form(pieces: &[Piece], piece: &Piece) -> bool {
    piece.alternative.is_some()
        && pieces
            .iter()
            .any(|other| other.alternative == piece.alternative && other.is_html != piece.is_html)
}

/// All text pieces, and HTML pieces that nothing else stands for.
fn text_body(pieces: &[Piece]) -> Option<String> {
    if pieces.iter().all(|piece| piece.is_html) {
        return None;
    }
    let texts: Vec<String> = pieces
        .iter()
        .filter(|piece| !piece.is_html || !has_other_form(pieces, piece))
        .map(|piece| {
            if piece.is_html {
                crate::preview::html_to_text(&piece.text)
            } else {
                piece.text.clone()
            }
        })
        .collect();
    Some(texts.join("\n"))
}

/// All HTML pieces, and text pieces that nothing else stands for.
fn html_body(pieces: &[Piece]) -> Option<String> {
    if !pieces.iter().any(|piece| piece.is_html) {
        return None;
    }
    let pages: Vec<String> = pieces
        .iter()
        .filter(|piece| piece.is_html || !has_other_form(pieces, piece))
        .map(|piece| if piece.is_html { piece.text.clone() } else { preformatted(&piece.text) })
        .collect();
    Some(pages.join("\n"))
}

fn preformatted(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>{escaped}</pre>")
}

/// One line for people: control characters are spaces, at most
/// [`MAX_DISPLAY_CHARS`] characters, no blanks at the ends.
pub(crate) fn limited_line(text: &str) -> String {
    let line: String = text
        .chars()
        .take(MAX_DISPLAY_CHARS)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    line.trim().to_owned()
}
