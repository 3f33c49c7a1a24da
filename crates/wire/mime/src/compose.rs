//! Messages from plain values to bytes (RFC 5322, RFC 2045 to 2047, RFC 2231).
//!
//! No clock and no randomness: date and identifier are the caller's, and the
//! boundaries follow from the contents. The lines end with CRLF and have at most
//! 998 bytes; what is written is 7-bit, except addresses and embedded messages
//! that are not.
//!
//! Invariants: a text is never a header's end or another field, whatever control
//! characters it has; a boundary does not occur in what it separates.

mod bodies;
mod fields;

pub(crate) use bodies::base64;
pub use fields::MAX_WRITTEN_ADDRESS_CHARS;

use crate::message::{Attachment, Importance, Mailbox, Message};
use bodies::{embedded, text_part, wrapped_base64};
use fields::{address_list, content_type, date, field, file_name, ids, unstructured};

/// A message that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Its author.
    pub from: Mailbox,
    /// To recipients.
    pub to: Vec<Mailbox>,
    /// Cc recipients.
    pub cc: Vec<Mailbox>,
    /// Bcc recipients that are to be seen in the header: empty for what is sent.
    pub bcc: Vec<Mailbox>,
    /// Its subject.
    pub subject: String,
    /// `Date`, in seconds since 1970-01-01 UTC.
    pub date: Option<i64>,
    /// `Message-ID`, with or without its angle brackets.
    pub message_id: Option<String>,
    /// `References`, each in angle brackets.
    pub references: Option<String>,
    /// `In-Reply-To`, as the references.
    pub in_reply_to: Option<String>,
    /// What the sender says about importance.
    pub importance: Importance,
    /// Plain text body.
    pub text: Option<String>,
    /// HTML body.
    pub html: Option<String>,
    /// Attachments. One whose content identifier the HTML names is written
    /// beside the HTML, before the others.
    pub attachments: Vec<Attachment>,
}

impl From<&Message> for Outgoing {
    /// What is to be written so that this is read.
    fn from(message: &Message) -> Self {
        Self {
            from: message.from.clone(),
            to: message.to.clone(),
            cc: message.cc.clone(),
            bcc: Vec::new(),
            subject: message.subject.clone(),
            date: message.date,
            message_id: message.message_id.clone(),
            references: message.references.clone(),
            in_reply_to: message.in_reply_to.clone(),
            importance: message.importance,
            text: message.text.clone(),
            html: message.html.clone(),
            attachments: message.attachments.clone(),
        }
    }
}

/// A part with its header, ready to be written.
struct Part {
    header: String,
    body: Vec<u8>,
}

/// Writes a message.
pub fn encode(message: &Outgoing) -> Vec<u8> {
    let mut header = envelope(message);
    let part = structure(message);
    header.push_str("MIME-Version: 1.0\r\n");
    header.push_str(&part.header);
    header.push_str("\r\n");
    let mut bytes = header.into_bytes();
    bytes.extend_from_slice(&part.body);
    bytes
}

fn envelope(message: &Outgoing) -> String {
    let mut header = String::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            header.push_str(&field(name, &value));
        }
    };
    add("Date", message.date.and_then(date));
    add("From", Some(address_list(std::slice::from_ref(&message.from))));
    add("To", Some(address_list(&message.to)));
    add("Cc", Some(address_list(&message.cc)));
    add("Bcc", Some(address_list(&message.bcc)));
    add("Subject", Some(unstructured(&message.subject)));
    add("Message-ID", message.message_id.as_deref().map(ids));
    add("In-Reply-To", message.in_reply_to.as_deref().map(ids));
    add("References", message.references.as_deref().map(ids));
    let importance = match message.importance {
        Importance::High => Some("high"),
        Importance::Low => Some("low"),
        Importance::Normal => None,
    };
    add("Importance", importance.map(str::to_owned));
    header
}

fn structure(message: &Outgoing) -> Part {
    let is_inline = |attachment: &&Attachment| {
        let id = attachment.content_id.as_deref().filter(|id| !id.is_empty());
        let html = message.html.as_deref().unwrap_or_default();
        id.is_some_and(|id| html.contains(&format!("cid:{id}")))
    };
    let (inline, attached): (Vec<&Attachment>, Vec<&Attachment>) =
        message.attachments.iter().partition(is_inline);
    let html = message.html.as_deref().map(|html| {
        let page = text_part("text/html", html);
        let beside = inline.iter().map(|attachment| attachment_part(attachment, true));
        together("related", std::iter::once(page).chain(beside).collect())
    });
    let text = message.text.as_deref().map(|text| text_part("text/plain", text));
    let body = match (text, html) {
        (Some(text), Some(html)) => together("alternative", vec![text, html]),
        (None, Some(html)) => html,
        (Some(text), None) => text,
        (None, None) => text_part("text/plain", ""),
    };
    let others = attached.iter().map(|attachment| attachment_part(attachment, false));
    together("mixed", std::iter::once(body).chain(others).collect())
}

/// A multipart, or its only part.
fn together(kind: &str, mut parts: Vec<Part>) -> Part {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let boundary = boundary(&parts);
    let mut body = Vec::new();
    for part in &parts {
        body.extend_from_slice(format!("--{boundary}\r\n{}\r\n", part.header).as_bytes());
        body.extend_from_slice(&part.body);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let header = format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n");
    Part { header, body }
}

/// A boundary that occurs in none of the parts.
fn boundary(parts: &[Part]) -> String {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.header.bytes().chain(part.body.iter().copied())) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    loop {
        // Neither quoted-printable nor base64 has these two characters together.
        let candidate = format!("=_{hash:016x}");
        let occurs = |bytes: &[u8]| {
            bytes.windows(candidate.len()).any(|window| window == candidate.as_bytes())
        };
        if !parts.iter().any(|part| occurs(part.header.as_bytes()) || occurs(&part.body)) {
            return candidate;
        }
        hash = hash.wrapping_add(1);
    }
}

fn attachment_part(attachment: &Attachment, is_inline: bool) -> Part {
    let kind = content_type(&attachment.content_type);
    let embedded_body = kind.starts_with("message/").then(|| embedded(&attachment.bytes)).flatten();
    let is_message = embedded_body.is_some();
    let kind = match (&embedded_body, kind.starts_with("message/")) {
        (None, true) => "application/octet-stream".to_owned(),
        _ => kind,
    };
    let (encoding, body) =
        embedded_body.unwrap_or_else(|| ("base64", wrapped_base64(&attachment.bytes).into_bytes()));
    // A text beside a page would be read as part of the body.
    let is_inline = is_inline && !is_message && !kind.starts_with("text/");
    let disposition = if is_inline { "inline" } else { "attachment" };
    let mut header = format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n");
    header.push_str(&format!(
        "Content-Disposition: {disposition}{}\r\n",
        file_name(&attachment.name)
    ));
    if let Some(id) = attachment.content_id.as_deref().map(ids).filter(|id| !id.is_empty()) {
        header.push_str(&field("Content-ID", &id));
    }
    Part { header, body }
}

#[cfg(test)]
mod tests {
    use super::bodies::line_ends;
    use super::*;

    #[test]
    fn a_boundary_that_occurs_in_a_part_is_not_taken() {
        let part = |body: &str| Part { header: String::new(), body: body.as_bytes().to_vec() };
        let usual = boundary(&[part("x")]);
        // The hash of other contents differs; so look that it is stable and apart.
        assert_eq!(usual, boundary(&[part("x")]));
        let inner = together("mixed", vec![part("x"), part("y")]);
        let outer = boundary(&[Part { header: inner.header, body: inner.body.clone() }]);
        assert!(!inner.body.windows(outer.len()).any(|window| window == outer.as_bytes()));
        assert_eq!(line_ends("a\nb\r\nc\rd"), "a\r\nb\r\nc\rd");
    }
}
