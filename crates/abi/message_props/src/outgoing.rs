//! What a store keeps as a message that can be written.

use mapi_abi::tags::*;
use mapi_abi::value::{Prop, Row, Value};
use mime::{Attachment, Importance, Mailbox, Outgoing};

/// The properties of a message that are written.
pub const MESSAGE_TAGS: &[PropTag] = &[
    PR_SUBJECT,
    PR_BODY,
    PR_HTML,
    PR_IMPORTANCE,
    PR_SENDER_NAME,
    PR_SENDER_EMAIL_ADDRESS,
    PR_SENT_REPRESENTING_NAME,
    PR_SENT_REPRESENTING_EMAIL_ADDRESS,
    PR_CLIENT_SUBMIT_TIME,
    PR_INTERNET_MESSAGE_ID,
    PR_INTERNET_REFERENCES,
    PR_IN_REPLY_TO_ID,
];

/// The properties of a recipient that are looked at.
pub const RECIPIENT_TAGS: &[PropTag] =
    &[PR_RECIPIENT_TYPE, PR_DISPLAY_NAME, PR_ADDRTYPE, PR_EMAIL_ADDRESS, PR_SMTP_ADDRESS];

/// The properties of an attachment that are written.
pub const ATTACHMENT_TAGS: &[PropTag] = &[
    PR_ATTACH_LONG_FILENAME,
    PR_ATTACH_FILENAME,
    PR_ATTACH_MIME_TAG,
    PR_ATTACH_CONTENT_ID,
    PR_ATTACH_DATA_BIN,
];

/// The low bits of `PR_RECIPIENT_TYPE` say of which list a recipient is.
const TYPE_MASK: i32 = 0xFF;

fn value(props: &[Prop], tag: PropTag) -> Option<&Value> {
    props.iter().find(|prop| prop.tag == tag).map(|prop| &prop.value)
}

/// A string property of a row, if it has one that is not empty.
pub fn text(props: &[Prop], tag: PropTag) -> Option<&str> {
    match value(props, tag) {
        Some(Value::Unicode(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A number of a row, if it has one.
pub fn long(props: &[Prop], tag: PropTag) -> Option<i32> {
    match value(props, tag) {
        Some(Value::Long(number)) => Some(*number),
        _ => None,
    }
}

fn owned(props: &[Prop], tag: PropTag) -> Option<String> {
    text(props, tag).map(str::to_owned)
}

/// A message as it is written, from the properties that [`MESSAGE_TAGS`],
/// [`RECIPIENT_TAGS`] and [`ATTACHMENT_TAGS`] name. Blind copies are written only
/// where `with_blind` says so: for what stays here.
pub fn outgoing_of(
    props: &[Prop],
    recipients: &[Row],
    attachments: &[Row],
    with_blind: bool,
) -> Outgoing {
    let of_kind = |kind: i32| -> Vec<Mailbox> {
        let is_of = |row: &&Row| {
            long(row, PR_RECIPIENT_TYPE).map_or(MAPI_TO, |found| found & TYPE_MASK) == kind
        };
        recipients.iter().filter(is_of).map(recipient).collect()
    };
    let html = match (value(props, PR_HTML), text(props, PR_BODY_HTML)) {
        (Some(Value::Binary(bytes)), _) => Some(String::from_utf8_lossy(bytes).into_owned()),
        (_, Some(html)) => Some(html.to_owned()),
        _ => None,
    };
    let body = match value(props, PR_BODY) {
        Some(Value::Unicode(body)) => Some(body.clone()),
        _ => None,
    };
    Outgoing {
        from: author(props),
        to: of_kind(MAPI_TO),
        cc: of_kind(MAPI_CC),
        bcc: if with_blind { of_kind(MAPI_BCC) } else { Vec::new() },
        subject: owned(props, PR_SUBJECT).unwrap_or_default(),
        date: match value(props, PR_CLIENT_SUBMIT_TIME) {
            Some(Value::SysTime(time)) => Some(time.unix_seconds()),
            _ => None,
        },
        message_id: owned(props, PR_INTERNET_MESSAGE_ID),
        references: owned(props, PR_INTERNET_REFERENCES),
        in_reply_to: owned(props, PR_IN_REPLY_TO_ID),
        importance: match long(props, PR_IMPORTANCE) {
            Some(0) => Importance::Low,
            Some(2) => Importance::High,
            _ => Importance::Normal,
        },
        text: body,
        html,
        attachments: attachments.iter().map(attachment).collect(),
    }
}

fn author(props: &[Prop]) -> Mailbox {
    let (name, address) = if text(props, PR_SENDER_EMAIL_ADDRESS).is_some() {
        (PR_SENDER_NAME, PR_SENDER_EMAIL_ADDRESS)
    } else {
        (PR_SENT_REPRESENTING_NAME, PR_SENT_REPRESENTING_EMAIL_ADDRESS)
    };
    named(
        text(props, name).or_else(|| text(props, PR_SENDER_NAME)),
        text(props, address).unwrap_or_default(),
    )
}

fn recipient(row: &Row) -> Mailbox {
    let address = text(row, PR_SMTP_ADDRESS).or_else(|| text(row, PR_EMAIL_ADDRESS));
    named(text(row, PR_DISPLAY_NAME), address.unwrap_or_default())
}

/// A name that only repeats the address is none.
fn named(name: Option<&str>, address: &str) -> Mailbox {
    let name = name.filter(|name| *name != address).unwrap_or_default();
    Mailbox { name: name.to_owned(), address: address.to_owned() }
}

fn attachment(row: &Row) -> Attachment {
    let name = text(row, PR_ATTACH_LONG_FILENAME).or_else(|| text(row, PR_ATTACH_FILENAME));
    Attachment {
        name: name.unwrap_or_default().to_owned(),
        content_type: owned(row, PR_ATTACH_MIME_TAG).unwrap_or_default(),
        content_id: owned(row, PR_ATTACH_CONTENT_ID),
        bytes: match value(row, PR_ATTACH_DATA_BIN) {
            Some(Value::Binary(bytes)) => bytes.clone(),
            _ => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change_of;

    const RAW: &[u8] = b"From: Ada <ada@x>\r\nTo: bob@x, Carol <c@x>\r\nCc: d@x\r\nBcc: e@x\r\n\
        Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\n\
        Message-ID: <1@x>\r\nReferences: <0@x>\r\nIn-Reply-To: <0@x>\r\nImportance: high\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
        Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\nhello\r\n--a\r\n\
        Content-Type: text/html\r\n\r\n<p>hello</p>\r\n--a--\r\n--b\r\n\
        Content-Type: image/png; name=a.png\r\nContent-ID: <p@x>\r\n\r\npng\r\n--b--\r\n";

    #[test]
    fn a_message_survives_being_properties() {
        let message = mime::decode(RAW).expect("a message");
        let parts = change_of(&message, RAW, None);
        let rows: Vec<Row> =
            parts.attachments.iter().map(|change| change.props.set.clone()).collect();
        let mut expected = Outgoing::from(&message);
        assert_eq!(outgoing_of(&parts.props, &parts.recipients, &rows, false), expected);
        expected.bcc = vec![Mailbox { name: String::new(), address: "e@x".to_owned() }];
        assert_eq!(outgoing_of(&parts.props, &parts.recipients, &rows, true), expected);
        assert_eq!((parts.recipients.len(), rows.len()), (4, 1));
    }

    #[test]
    fn the_time_of_arrival_is_the_callers_or_the_headers() {
        let message = mime::decode(RAW).expect("a message");
        let time = |arrived| {
            let parts = change_of(&message, RAW, arrived);
            value(&parts.props, PR_MESSAGE_DELIVERY_TIME).cloned()
        };
        let now = mapi_abi::value::FileTime::from_unix_seconds(5);
        assert_eq!(time(Some(now)), Some(Value::SysTime(now)));
        let says = mapi_abi::value::FileTime::from_unix_seconds(1_772_528_400);
        assert_eq!(time(None), Some(Value::SysTime(says)));
    }

    #[test]
    fn what_has_no_properties_can_be_written_too() {
        assert_eq!(outgoing_of(&[], &[], &[], true), Outgoing::default());
        let wrong = [Prop::not_found(PR_SUBJECT), Prop::new(PR_HTML, Value::Long(1))];
        assert_eq!(outgoing_of(&wrong, &[], &[], false), Outgoing::default());
    }
}
