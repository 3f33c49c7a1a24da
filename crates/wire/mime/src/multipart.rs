//! The structure of a message (RFC 2046 5): multiparts are split, leaves become
//! body text or attachments.
//!
//! Forgiving where mail in the world is wrong: a multipart without a boundary or
//! whose boundary never occurs is text; a missing closing boundary ends with what
//! encloses it. An embedded message, also a digest's, is an attachment with its
//! own bytes; it is not looked into. So is a multipart deeper than
//! [`MAX_PART_DEPTH`]: nothing is lost, and the recursion is bounded.

use crate::header::{self, Header, header_length, part_header_length};
use crate::message::{Attachment, DecodeError, MAX_ATTACHMENTS, MAX_HEADER_BYTES, limited_line};
use crate::transfer::Encoding;

/// Deepest multipart that is split; deeper ones are attachments.
pub const MAX_PART_DEPTH: usize = 32;
/// Most parts of one message, multiparts included.
pub const MAX_PARTS: usize = 4096;
/// Most characters of an attachment's name before `.eml` is put behind it.
const MAX_EMBEDDED_NAME_CHARS: usize = 120;

/// A piece of the body in the order of the message.
pub(crate) struct Piece {
    pub(crate) is_html: bool,
    pub(crate) text: String,
    /// The outermost `multipart/alternative` it belongs to.
    pub(crate) alternative: Option<usize>,
}

/// What the parts of a message come to.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) attachments: Vec<Attachment>,
    count: usize,
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    alternative: Option<usize>,
    in_digest: bool,
    is_first: bool,
}

impl Parts {
    /// Takes a message apart, whose header was read.
    pub(crate) fn of(header: &Header, body: &[u8]) -> Result<Self, DecodeError> {
        let mut parts = Self::default();
        let place = Place { depth: 0, alternative: None, in_digest: false, is_first: true };
        parts.add(header, body, place)?;
        Ok(parts)
    }

    fn add(&mut self, header: &Header, body: &[u8], place: Place) -> Result<(), DecodeError> {
        self.count += 1;
        if self.count > MAX_PARTS {
            return Err(DecodeError::TooManyParts);
        }
        let kind = header.content_type.name.as_str();
        if kind.starts_with("multipart/") {
            if place.depth >= MAX_PART_DEPTH {
                return self.attach(header, body, kind);
            }
            return self.add_multipart(header, body, place);
        }
        let embedded = matches!(kind, "message/rfc822" | "message/global");
        if embedded || kind.is_empty() && place.in_digest {
            return self.attach(header, body, "message/rfc822");
        }
        let is_html = kind == "text/html";
        let is_text = is_html || matches!(kind, "" | "text/" | "text/plain");
        let is_named = header.content_type.file_name.is_some() && !place.is_first;
        if is_text && !header.is_attachment && !is_named {
            let text = Self::text_of(header, body);
            self.pieces.push(Piece { is_html, text, alternative: place.alternative });
            return Ok(());
        }
        self.attach(header, body, if kind.is_empty() { "text/plain" } else { kind })
    }

    fn add_multipart(
        &mut self,
        header: &Header,
        body: &[u8],
        place: Place,
    ) -> Result<(), DecodeError> {
        let boundary = header.content_type.boundary.as_deref();
        let children = boundary.map(|boundary| split(body, boundary.as_bytes())).transpose()?;
        let children = children.unwrap_or_default();
        if children.is_empty() {
            let text = Self::text_of(header, body);
            self.pieces.push(Piece { is_html: false, text, alternative: place.alternative });
            return Ok(());
        }
        let kind = header.content_type.name.as_str();
        let here = self.count;
        for (index, child) in children.into_iter().enumerate() {
            let (header, body) = part(child)?;
            let inside = Place {
                depth: place.depth + 1,
                alternative: place
                    .alternative
                    .or_else(|| (kind == "multipart/alternative").then_some(here)),
                in_digest: kind == "multipart/digest",
                is_first: index == 0,
            };
            self.add(&header, body, inside)?;
        }
        Ok(())
    }

    fn text_of(header: &Header, body: &[u8]) -> String {
        let bytes = header.encoding.unwrap_or(Encoding::Identity).decode(body);
        let charset = header.content_type.charset.as_deref().unwrap_or_default();
        match mail_parser::decoders::charsets::map::charset_decoder(charset.trim().as_bytes()) {
            // The decoder is other people's code: what it cannot do is read as UTF-8.
            Some(decode) => std::panic::catch_unwind(|| decode(&bytes))
                .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned()),
            None => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn attach(&mut self, header: &Header, body: &[u8], kind: &str) -> Result<(), DecodeError> {
        if self.attachments.len() >= MAX_ATTACHMENTS {
            return Err(DecodeError::TooManyAttachments);
        }
        let bytes = header.encoding.unwrap_or(Encoding::Identity).decode(body);
        let mut name = file_name(header.content_type.file_name.as_deref().unwrap_or_default());
        if kind == "message/rfc822" && !name.to_ascii_lowercase().ends_with(".eml") {
            name = embedded_name(&name, &bytes)?;
        }
        self.attachments.push(Attachment {
            name,
            content_type: limited_line(kind),
            content_id: header.content_id.clone(),
            bytes,
        });
        Ok(())
    }
}

/// Header and body of a part; one without any field is all body.
fn part(bytes: &[u8]) -> Result<(Header, &[u8]), DecodeError> {
    let (block, body) = bytes.split_at(part_header_length(bytes).min(bytes.len()));
    let block = block.get(..MAX_HEADER_BYTES).unwrap_or(block);
    let header = header::read(block).map_err(|_| DecodeError::ParserFailed)?;
    let is_all_body = header.fields == 0 && !block.trim_ascii().is_empty();
    Ok((header, if is_all_body { bytes } else { body }))
}

/// The last component of a path: a name must not lead anywhere else.
fn file_name(name: &str) -> String {
    limited_line(name.rsplit(['/', '\\']).next().unwrap_or_default())
}

/// A name for an embedded message: its own, else its subject.
fn embedded_name(name: &str, message: &[u8]) -> Result<String, DecodeError> {
    let block = message.get(..header_length(message).min(MAX_HEADER_BYTES)).unwrap_or_default();
    let header = header::read(block).map_err(|_| DecodeError::ParserFailed)?;
    let subject = header.subject.replace(['/', '\\'], "_");
    let stem = [name, subject.trim(), "message"].into_iter().find(|stem| !stem.is_empty());
    let stem: String = stem.unwrap_or_default().chars().take(MAX_EMBEDDED_NAME_CHARS).collect();
    Ok(format!("{stem}.eml"))
}

/// What a line is to a boundary.
#[derive(PartialEq)]
enum Line {
    Closes,
    Content,
    Separates,
}

fn line_kind(line: &[u8], boundary: &[u8]) -> Line {
    let line = line.trim_ascii_end();
    let boundary = boundary.trim_ascii_end();
    match line.strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary)) {
        Some(b"") => Line::Separates,
        Some(b"--") => Line::Closes,
        _ => Line::Content,
    }
}

/// The parts between the boundary's lines, without the line end before each.
/// Empty when the boundary does not occur.
fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Result<Vec<&'a [u8]>, DecodeError> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let kind = line_kind(line, boundary);
        if kind != Line::Content {
            if let Some(start) = start {
                parts.push(without_line_end(body.get(start..at).unwrap_or_default()));
            }
            if parts.len() > MAX_PARTS {
                return Err(DecodeError::TooManyParts);
            }
            start = (kind == Line::Separates).then_some(at + line.len());
            if kind == Line::Closes {
                break;
            }
        }
        at += line.len();
    }
    if let Some(start) = start {
        parts.push(body.get(start..).unwrap_or_default());
    }
    Ok(parts)
}

fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}
