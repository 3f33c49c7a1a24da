//! Reports of non-delivery: messages in the sender's Inbox that say who did not
//! get a message, and why.

use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageChange, PropChange, Recipient, SpecialFolder};
use mapi_abi::tags::*;
use mapi_abi::value::{FileTime, Prop, Value};
use message_props::{SMTP, text};

use super::claim::hash;
use super::receive::{PR_DELIVERY_NAME, is_there};
use super::send::own_address;
use crate::store::StoreHandle;

/// `PR_MESSAGE_CLASS` of a report of non-delivery.
const CLASS: &str = "REPORT.IPM.Note.NDR";

/// A recipient who did not get a message.
pub(super) struct Undelivered {
    pub(super) recipient: Recipient,
    pub(super) reason: String,
}

/// Puts a report into the Inbox, unless it is there.
pub(super) fn tell(
    store: &StoreHandle,
    message: &[Prop],
    undelivered: &[Undelivered],
) -> Result<(), Failure> {
    let held = store.get()?;
    let inbox = held
        .special_folder(SpecialFolder::Inbox)
        .ok_or_else(|| Failure::new(Code::NOT_FOUND, "the store has no Inbox for a report"))?;
    let id = text(message, PR_INTERNET_MESSAGE_ID).unwrap_or_default();
    let everybody: String =
        undelivered.iter().map(|one| format!("{}\n", one.recipient.address)).collect();
    let name = format!("report/{:016x}", hash(&[id.as_bytes(), everybody.as_bytes()]));
    if is_there(held, &inbox, &name)? {
        return Ok(());
    }
    let now = FileTime::from_system(SystemTime::now());
    let subject = text(message, PR_SUBJECT).unwrap_or_default();
    let own = own_address(store.client());
    let mut set = vec![
        Prop::text(PR_MESSAGE_CLASS, CLASS),
        Prop::text(PR_SUBJECT, format!("Undeliverable: {subject}")),
        Prop::text(PR_BODY, body(subject, undelivered)),
        Prop::text(PR_SENDER_NAME, "Message delivery"),
        Prop::text(PR_DELIVERY_NAME, name),
        Prop::new(PR_MESSAGE_DELIVERY_TIME, Value::SysTime(now)),
        Prop::new(PR_CLIENT_SUBMIT_TIME, Value::SysTime(now)),
        Prop::new(PR_MESSAGE_FLAGS, Value::Long(0)),
    ];
    if !id.is_empty() {
        set.push(Prop::text(PR_IN_REPLY_TO_ID, id));
    }
    let recipient = vec![
        Prop::new(PR_ROWID, Value::Long(0)),
        Prop::new(PR_RECIPIENT_TYPE, Value::Long(MAPI_TO)),
        Prop::text(PR_DISPLAY_NAME, store.client().session().context().user()),
        Prop::text(PR_ADDRTYPE, SMTP),
        Prop::text(PR_EMAIL_ADDRESS, own),
    ];
    let report = MessageChange {
        message: None,
        folder: &inbox,
        associated: false,
        props: PropChange { set, delete: Vec::new() },
        recipients: Some(vec![recipient]),
        attachments: Vec::new(),
        expected: None,
        original: None,
    };
    held.save_message(&report).map(drop)
}

fn body(subject: &str, undelivered: &[Undelivered]) -> String {
    let mut body = format!("Your message {subject:?} did not reach these recipients:\r\n");
    for Undelivered { recipient, reason } in undelivered {
        let Recipient { name, address, .. } = recipient;
        let who = if name == address || address.is_empty() {
            name.clone()
        } else {
            format!("{name} <{address}>")
        };
        body.push_str(&format!("\r\n{who}\r\n    {reason}\r\n"));
    }
    body
}
