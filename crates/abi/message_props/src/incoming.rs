//! A decoded message as what a store keeps.

use mapi_abi::spi::{AttachmentChange, PropChange};
use mapi_abi::tags::*;
use mapi_abi::value::{FileTime, Prop, Row, Value};
use mime::{Attachment, Importance, Message};

use crate::named::recipients_of;

/// Kind of the addresses of the internet.
pub const SMTP: &str = "SMTP";

/// What a message consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Its properties. `PR_MESSAGE_FLAGS` is not among them: a store knows.
    pub props: Vec<Prop>,
    /// Its recipients in the order of the header.
    pub recipients: Vec<Row>,
    /// Its attachments, numbered from 0.
    pub attachments: Vec<AttachmentChange>,
}

/// What becomes of a message that was decoded from `raw`. It arrived at `arrived`,
/// or else when its header says so.
pub fn change_of(message: &Message, raw: &[u8], arrived: Option<FileTime>) -> Parts {
    let attachments = (0..).zip(&message.attachments).map(|(n, a)| attachment(n, a)).collect();
    Parts { props: props(message, arrived), recipients: recipients(message, raw), attachments }
}

fn props(message: &Message, arrived: Option<FileTime>) -> Vec<Prop> {
    let importance = match message.importance {
        Importance::Low => 0,
        Importance::Normal => 1,
        Importance::High => 2,
    };
    let mut props = vec![
        Prop::text(PR_MESSAGE_CLASS, "IPM.Note"),
        Prop::text(PR_SUBJECT, message.subject.as_str()),
        Prop::new(PR_IMPORTANCE, Value::Long(importance)),
    ];
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let address = said(&message.from.address);
    let kind = address.as_ref().map(|_| SMTP.to_owned());
    let texts = [
        (PR_SENDER_NAME, said(message.from.display())),
        (PR_SENDER_ADDRTYPE, kind.clone()),
        (PR_SENDER_EMAIL_ADDRESS, address.clone()),
        (PR_SENT_REPRESENTING_NAME, said(message.from.display())),
        (PR_SENT_REPRESENTING_ADDRTYPE, kind),
        (PR_SENT_REPRESENTING_EMAIL_ADDRESS, address),
        (PR_INTERNET_MESSAGE_ID, message.message_id.clone()),
        (PR_INTERNET_REFERENCES, message.references.clone()),
        (PR_IN_REPLY_TO_ID, message.in_reply_to.clone()),
        (PR_TRANSPORT_MESSAGE_HEADERS, said(&message.headers)),
        (PR_BODY, message.text.clone()),
    ];
    props.extend(texts.into_iter().filter_map(|(tag, text)| Some(Prop::text(tag, text?))));
    let html = message.html.as_ref().map(|html| Value::Binary(html.clone().into_bytes()));
    props.extend(html.map(|html| Prop::new(PR_HTML, html)));
    let sent = message.date.map(FileTime::from_unix_seconds);
    let header_says = message.received.or(message.date).map(FileTime::from_unix_seconds);
    let times =
        [(PR_CLIENT_SUBMIT_TIME, sent), (PR_MESSAGE_DELIVERY_TIME, arrived.or(header_says))];
    props.extend(
        times.into_iter().filter_map(|(tag, time)| Some(Prop::new(tag, Value::SysTime(time?)))),
    );
    props
}

fn recipients(message: &Message, raw: &[u8]) -> Vec<Row> {
    let row = |(number, named): (i32, crate::NamedRecipient)| {
        let mut row = vec![
            Prop::new(PR_ROWID, Value::Long(number)),
            Prop::new(PR_RECIPIENT_TYPE, Value::Long(named.kind)),
            Prop::text(PR_DISPLAY_NAME, named.name),
        ];
        if let Some(address) = named.address {
            row.push(Prop::text(PR_ADDRTYPE, SMTP));
            row.push(Prop::text(PR_EMAIL_ADDRESS, address));
        }
        row
    };
    (0..).zip(recipients_of(message, raw)).map(row).collect()
}

fn attachment(number: u32, attachment: &Attachment) -> AttachmentChange {
    let mut set = vec![
        Prop::new(PR_ATTACH_METHOD, Value::Long(ATTACH_BY_VALUE)),
        Prop::new(PR_RENDERING_POSITION, Value::Long(-1)),
        Prop::text(PR_ATTACH_MIME_TAG, attachment.content_type.as_str()),
        Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(attachment.bytes.clone())),
    ];
    if !attachment.name.is_empty() {
        set.push(Prop::text(PR_ATTACH_LONG_FILENAME, attachment.name.as_str()));
    }
    if let Some(id) = &attachment.content_id {
        set.push(Prop::text(PR_ATTACH_CONTENT_ID, id.as_str()));
    }
    AttachmentChange { number, delete: false, props: PropChange { set, delete: Vec::new() } }
}
