//! One header block (RFC 5322 3.6, RFC 2045 3), read by mail-parser.
//!
//! The parser is given header blocks only: structure and bodies are
//! `multipart`'s, so its recursion never sees peer data. A panic inside it is
//! contained here and becomes [`ParserPanicked`].

use mail_parser::{Address, Header as Field, HeaderName, HeaderValue, MessageParser};

use crate::message::{Importance, Mailbox, limited_line};
use crate::transfer::Encoding;

/// The parser gave up in a way that it documents as impossible.
#[derive(Debug)]
pub(crate) struct ParserPanicked;

/// Length of the header block at the start of `bytes`, its empty line included.
/// Without an empty line everything is header.
pub(crate) fn header_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        at += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    at
}

/// Length of a part's header block, as [`header_length`]; it also ends before a
/// line that is no field, because some programs forget the empty line.
pub(crate) fn part_header_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if line.trim_ascii().is_empty() {
            return at + line.len();
        }
        let is_continuation = at > 0 && matches!(line.first(), Some(b' ' | b'\t'));
        if !is_continuation && !line.contains(&b':') {
            break;
        }
        at += line.len();
    }
    at
}

/// A content type or disposition with the parameters that matter here.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContentType {
    /// `type/subtype` in small letters; empty when the field is absent.
    pub(crate) name: String,
    pub(crate) boundary: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) file_name: Option<String>,
}

/// The fields of a header block that a message or a part uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    pub(crate) fields: usize,
    pub(crate) subject: String,
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) date: Option<i64>,
    pub(crate) received: Option<i64>,
    pub(crate) message_id: Option<String>,
    pub(crate) references: Option<String>,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) importance: Importance,
    pub(crate) content_type: ContentType,
    pub(crate) content_id: Option<String>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) is_attachment: bool,
}

/// Reads a header block.
pub(crate) fn read(block: &[u8]) -> Result<Header, ParserPanicked> {
    std::panic::catch_unwind(|| read_unguarded(block)).map_err(|_| ParserPanicked)
}

fn read_unguarded(block: &[u8]) -> Header {
    let Some(parsed) = MessageParser::default().parse_headers(block) else {
        return Header::default();
    };
    let fields: &[Field<'_>] = parsed.parts.first().map_or(&[], |part| part.headers.as_slice());
    let mut header = Header { fields: fields.len(), ..Header::default() };
    read_envelope(fields, &mut header);
    read_content(fields, &mut header);
    header
}

/// The first field of that name: the topmost `Received` is the last hop.
fn first<'a, 'x>(fields: &'a [Field<'x>], name: &HeaderName<'_>) -> Option<&'a HeaderValue<'x>> {
    fields.iter().find(|field| field.name == *name).map(|field| &field.value)
}

fn read_envelope(fields: &[Field<'_>], header: &mut Header) {
    let text = |name| first(fields, &name).and_then(HeaderValue::as_text);
    header.subject = limited_line(text(HeaderName::Subject).unwrap_or_default());
    header.from = first_mailbox(fields, &HeaderName::From)
        .or_else(|| first_mailbox(fields, &HeaderName::Sender))
        .unwrap_or_default();
    header.to = mailboxes(fields, &HeaderName::To);
    header.cc = mailboxes(fields, &HeaderName::Cc);
    header.date = first(fields, &HeaderName::Date)
        .and_then(HeaderValue::as_datetime)
        .filter(|date| date.is_valid())
        .map(mail_parser::DateTime::to_timestamp);
    header.received = first(fields, &HeaderName::Received)
        .and_then(HeaderValue::as_received)
        .and_then(mail_parser::Received::date)
        .filter(mail_parser::DateTime::is_valid)
        .map(|date| date.to_timestamp());
    header.message_id = ids(fields, &HeaderName::MessageId);
    header.references = ids(fields, &HeaderName::References);
    header.in_reply_to = ids(fields, &HeaderName::InReplyTo);
    header.importance = importance(fields);
}

fn read_content(fields: &[Field<'_>], header: &mut Header) {
    let disposition =
        first(fields, &HeaderName::ContentDisposition).and_then(HeaderValue::as_content_type);
    if let Some(content) =
        first(fields, &HeaderName::ContentType).and_then(HeaderValue::as_content_type)
    {
        let subtype = content.subtype().unwrap_or_default();
        header.content_type = ContentType {
            name: format!("{}/{subtype}", content.ctype()).to_ascii_lowercase(),
            boundary: content.attribute("boundary").map(str::to_owned),
            charset: content.attribute("charset").map(str::to_owned),
            file_name: content.attribute("name").map(str::to_owned),
        };
    }
    if let Some(name) = disposition.and_then(|disposition| disposition.attribute("filename")) {
        header.content_type.file_name = Some(name.to_owned());
    }
    header.is_attachment = disposition.is_some_and(mail_parser::ContentType::is_attachment);
    header.content_id = first(fields, &HeaderName::ContentId)
        .and_then(HeaderValue::as_text)
        .map(limited_line)
        .filter(|id| !id.is_empty());
    header.encoding = first(fields, &HeaderName::ContentTransferEncoding)
        .and_then(HeaderValue::as_text)
        .map(Encoding::named);
}

fn first_mailbox(fields: &[Field<'_>], name: &HeaderName<'_>) -> Option<Mailbox> {
    mailboxes(fields, name).into_iter().next()
}

fn mailboxes(fields: &[Field<'_>], name: &HeaderName<'_>) -> Vec<Mailbox> {
    fields
        .iter()
        .filter(|field| field.name == *name)
        .filter_map(|field| field.value.as_address())
        .flat_map(Address::iter)
        .map(|entry| Mailbox {
            name: limited_line(entry.name().unwrap_or_default()),
            address: limited_line(entry.address().unwrap_or_default()),
        })
        .filter(|mailbox| !mailbox.name.is_empty() || !mailbox.address.is_empty())
        .collect()
}

/// Message identifiers with their angle brackets, which the parser takes off.
fn ids(fields: &[Field<'_>], name: &HeaderName<'_>) -> Option<String> {
    let bracketed: Vec<String> = match first(fields, name)? {
        HeaderValue::Text(id) => vec![format!("<{id}>")],
        HeaderValue::TextList(ids) => ids.iter().map(|id| format!("<{id}>")).collect(),
        _ => return None,
    };
    Some(limited_line(&bracketed.join(" ")))
}

fn importance(fields: &[Field<'_>]) -> Importance {
    let word = |name: &'static str| {
        let value = first(fields, &HeaderName::from(name)).and_then(HeaderValue::as_text)?;
        Some(value.trim().to_ascii_lowercase())
    };
    let says = |value: &str| match value {
        "high" | "urgent" => Some(Importance::High),
        "low" | "non-urgent" => Some(Importance::Low),
        "normal" => Some(Importance::Normal),
        numbered => match numbered.as_bytes().first() {
            Some(b'1' | b'2') => Some(Importance::High),
            Some(b'3') => Some(Importance::Normal),
            Some(b'4' | b'5') => Some(Importance::Low),
            _ => None,
        },
    };
    ["Importance", "X-Priority", "Priority"]
        .into_iter()
        .find_map(|name| says(&word(name)?))
        .unwrap_or_default()
}
