//! An open message, ready for the template.

use std::collections::HashMap;

use crate::dates::{Moment, size_label};
use crate::html_body::clean_html;
use crate::list_pane::named;
use crate::model::{Attachment, Message, Summary};
use crate::text_body::{Block, bounded, text_blocks};
use crate::view::{MOUNT, View};

/// Colours of the round sign beside a sender.
const SIGN_COLOURS: u64 = 6;
/// Longest original header that is shown, in bytes.
const MAX_HEADER_BYTES: usize = 256 << 10;

/// An attachment's chip.
#[derive(Clone, Debug)]
pub struct AttachmentChip {
    /// File name.
    pub name: String,
    /// Its size.
    pub size: String,
    /// Its content type.
    pub content_type: String,
    /// The icon's name in the template.
    pub icon: &'static str,
    /// Its bytes.
    pub url: String,
}

/// What is shown of the message itself.
#[derive(Clone, Debug)]
pub enum Body {
    /// A frame with this address.
    Frame(String),
    /// Plain text.
    Text(Vec<Block>),
    /// Neither form can be shown.
    Nothing(&'static str),
}

/// The message.
#[derive(Clone, Debug)]
pub struct MessagePane {
    /// Subject.
    pub subject: String,
    /// Sender's name.
    pub sender: String,
    /// Sender's address; empty when the name says it.
    pub address: String,
    /// The letter in the round sign.
    pub initial: String,
    /// The sign's colour.
    pub colour: u64,
    /// To.
    pub to: String,
    /// Cc.
    pub cc: String,
    /// When it arrived.
    pub received: Moment,
    /// Its size.
    pub size: String,
    /// The attachments.
    pub attachments: Vec<AttachmentChip>,
    /// Things to know, a sentence each.
    pub notices: Vec<String>,
    /// The body.
    pub body: Body,
    /// Where the links in the frame lead.
    pub links: Vec<String>,
    /// The same message as HTML; empty when it has none.
    pub html_url: String,
    /// The same message as plain text; empty when it has none.
    pub text_url: String,
    /// The header as received.
    pub headers: String,
    /// The list.
    pub back_url: String,
    /// The message before it in the list; empty when there is none.
    pub newer_url: String,
    /// The message after it in the list; empty when there is none.
    pub older_url: String,
}

/// Puts a message together.
pub fn message_pane(
    message: &Message,
    attachments: &[Attachment],
    around: &[Summary],
    view: &View,
    now: i64,
) -> MessagePane {
    let shown = shown_body(message, view);
    let has_html = message.html.as_deref().is_some_and(|html| !html.trim().is_empty());
    let has_text = message.text.is_some();
    let sender = named(&message.sender, &named(&message.sender_address, "(no sender)"));
    let (before, after) = neighbours(around, &view.message);
    let link = |id: Option<&str>| id.map(|id| view.with_message(id).url()).unwrap_or_default();
    let both = has_html && has_text;
    let form_url = |plain| if both { view.with_plain(plain).url() } else { String::new() };
    MessagePane {
        subject: named(&message.subject, "(no subject)"),
        initial: initial(&sender),
        colour: page::fnv1a64(message.sender_address.to_lowercase().as_bytes(), None)
            % SIGN_COLOURS,
        address: if sender == message.sender_address {
            String::new()
        } else {
            message.sender_address.clone()
        },
        sender,
        to: message.to.clone(),
        cc: message.cc.clone(),
        received: Moment::new(message.received, now),
        size: size_label(message.size),
        attachments: attachments.iter().map(|item| chip(item, &view.message)).collect(),
        notices: shown.notices,
        body: shown.body,
        links: shown.links,
        html_url: form_url(false),
        text_url: form_url(true),
        headers: cut_header(&message.headers).to_owned(),
        back_url: view.list().url(),
        newer_url: link(before),
        older_url: link(after),
    }
}

struct Shown {
    body: Body,
    notices: Vec<String>,
    links: Vec<String>,
}

fn shown_body(message: &Message, view: &View) -> Shown {
    let html = message.html.as_deref().filter(|html| !html.trim().is_empty());
    let mut notices = Vec::new();
    if let Some(html) = html.filter(|_| !view.plain || message.text.is_none()) {
        if let Some(clean) = clean_html(html, HashMap::new()) {
            notices.extend(image_notice(clean.remote_images));
            let url = format!("{MOUNT}?message={}&part=html", page::encode(&view.message));
            return Shown { body: Body::Frame(url), notices, links: clean.links };
        }
        notices.push("The HTML of this message is too large or too deeply nested.".to_owned());
    }
    let body = match message.text.as_deref() {
        Some(text) if !text.trim().is_empty() => {
            let (text, cut) = bounded(text);
            if cut {
                notices.push("Only the first megabyte of the text is shown.".to_owned());
            }
            Body::Text(text_blocks(text))
        }
        _ if html.is_some() => Body::Nothing("This message has no plain text."),
        _ => Body::Nothing("This message has no text."),
    };
    Shown { body, notices, links: Vec::new() }
}

fn image_notice(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some(
            "One remote image was not loaded: it would tell the sender that you read this."
                .to_owned(),
        ),
        _ => Some(format!(
            "{count} remote images were not loaded: they would tell the sender that you read this."
        )),
    }
}

fn neighbours<'s>(rows: &'s [Summary], id: &str) -> (Option<&'s str>, Option<&'s str>) {
    let Some(at) = rows.iter().position(|row| row.id.eq_ignore_ascii_case(id)) else {
        return (None, None);
    };
    let row = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|row| row.id.as_str());
    (row(at.checked_sub(1)), row(Some(at + 1)))
}

fn initial(sender: &str) -> String {
    let letter = sender.chars().find(|character| character.is_alphanumeric());
    letter.map_or_else(|| "?".to_owned(), |letter| letter.to_uppercase().collect())
}

fn cut_header(headers: &str) -> &str {
    headers.get(..headers.floor_char_boundary(MAX_HEADER_BYTES)).unwrap_or_default()
}

fn chip(attachment: &Attachment, message: &str) -> AttachmentChip {
    let number = attachment.number;
    AttachmentChip {
        name: named(&attachment.name, "attachment"),
        size: size_label(attachment.size),
        content_type: attachment.content_type.clone(),
        icon: icon(&attachment.content_type, &attachment.name),
        url: format!("{MOUNT}?message={}&attachment={number}", page::encode(message)),
    }
}

fn icon(content_type: &str, name: &str) -> &'static str {
    let content_type = content_type.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let ends = |list: &[&str]| list.iter().any(|end| name.ends_with(end));
    if content_type.starts_with("image/") {
        "image"
    } else if ends(&[".zip", ".gz", ".7z", ".tar", ".rar", ".xz"]) {
        "archive"
    } else if ends(&[".xls", ".xlsx", ".csv", ".ods"]) {
        "sheet"
    } else if content_type.starts_with("message/") {
        "mail"
    } else if content_type.starts_with("audio/") || content_type.starts_with("video/") {
        "media"
    } else if content_type.starts_with("text/") || ends(&[".pdf", ".doc", ".docx", ".odt"]) {
        "document"
    } else {
        "file"
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, message_pane};
    use crate::model::{Message, Summary};
    use crate::view::View;

    fn open(message: &Message, plain: bool) -> super::MessagePane {
        let view = View { message: "ab".into(), plain, ..View::default() };
        message_pane(message, &[], &[], &view, 0)
    }

    #[test]
    fn html_is_preferred_unless_plain_text_is_asked_for() {
        let message = Message {
            text: Some("plain".into()),
            html: Some("<p>rich</p>".into()),
            ..Message::default()
        };
        assert!(matches!(open(&message, false).body, Body::Frame(_)));
        assert!(matches!(open(&message, true).body, Body::Text(_)));
        assert_eq!(open(&message, true).html_url, "/mail/?message=ab");
    }

    #[test]
    fn one_form_alone_offers_no_switch() {
        let message = Message { html: Some("<p>rich</p>".into()), ..Message::default() };
        let pane = open(&message, true);
        assert!(matches!(pane.body, Body::Frame(_)));
        assert_eq!((pane.html_url.as_str(), pane.text_url.as_str()), ("", ""));
    }

    #[test]
    fn html_that_cannot_be_parsed_safely_gives_way_to_the_text() {
        let html = Some("<div>".repeat(100_000));
        let message = Message { text: Some("plain".into()), html, ..Message::default() };
        let pane = open(&message, false);
        assert!(matches!(pane.body, Body::Text(_)));
        assert_eq!(pane.notices.len(), 1);
    }

    #[test]
    fn a_message_without_any_text_says_so() {
        assert!(matches!(open(&Message::default(), false).body, Body::Nothing(_)));
    }

    #[test]
    fn the_neighbours_are_those_of_the_list() {
        let row = |id: &str| Summary {
            id: id.into(),
            subject: String::new(),
            sender: String::new(),
            received: 0,
            size: 0,
            attachments: 0,
            read: true,
            flagged: false,
        };
        let rows = [row("aa"), row("ab"), row("ac")];
        let pane = |message: &str| {
            let view = View { message: message.into(), ..View::default() };
            let pane = message_pane(&Message::default(), &[], &rows, &view, 0);
            (pane.newer_url, pane.older_url)
        };
        assert_eq!(pane("ab"), ("/mail/?message=aa".into(), "/mail/?message=ac".into()));
        assert_eq!(pane("aa").0, "");
        assert_eq!(pane("ac").1, "");
        assert_eq!(pane("ff"), (String::new(), String::new()));
    }
}
