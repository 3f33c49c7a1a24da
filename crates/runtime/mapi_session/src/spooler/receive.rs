//! Puts what transports have into the default store's Inbox.

use std::sync::Arc;
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{RelOp, Restriction};
use mapi_abi::spi::{
    MessageChange, MessageStore, PropChange, Query, ResourceType, SpecialFolder, Transport,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Value};
use message_props::{Parts, change_of, text};

use super::rows::look_through;
use super::send::failed;
use crate::client::Client;
use crate::live::Live;

/// The name under which a transport handed a message over; our own property.
pub(super) const PR_DELIVERY_NAME: PropTag = PropTag(0x6670_001F);

pub(super) fn download(client: &Arc<Client>) -> Result<u32, Failure> {
    let transports = client.live(ResourceType::Transport)?;
    if transports.is_empty() {
        return Ok(0);
    }
    let handle = client.default_store()?;
    let store = handle.get()?;
    let inbox = store
        .special_folder(SpecialFolder::Inbox)
        .ok_or_else(|| Failure::new(Code::NOT_FOUND, "the default store has no Inbox"))?;
    let mut came = 0;
    for (service, live) in transports {
        let Some(transport) = live.transport() else { continue };
        let messages = match live.call(|| transport.poll()) {
            Ok(messages) => messages,
            Err(failure) => {
                failed(client, service, &live, &failure);
                continue;
            }
        };
        for (name, raw) in messages {
            let key = format!("{service:?}/{name}");
            if !is_there(store, &inbox, &key)? {
                add(store, &inbox, &key, &raw)?;
                came += 1;
            }
            if let Err(failure) = acknowledge(&live, transport, &name) {
                failed(client, service, &live, &failure);
            }
        }
    }
    Ok(came)
}

fn acknowledge(live: &Live, transport: &Arc<dyn Transport>, name: &str) -> Result<(), Failure> {
    live.call(|| transport.received(name))
}

/// Whether the Inbox has the message of that name: somebody was killed before the
/// transport knew, or it sent twice.
pub(super) fn is_there(
    store: &dyn MessageStore,
    inbox: &EntryId,
    name: &str,
) -> Result<bool, Failure> {
    let value = Value::Unicode(name.to_owned());
    let same = Restriction::Property { tag: PR_DELIVERY_NAME, op: RelOp::Eq, value };
    let query = Query { restriction: Some(same), ..Query::default() };
    match store.count(inbox, &query) {
        Err(failure) if failure.code == Code::TOO_COMPLEX => {
            let mut found = false;
            look_through(store, inbox, &[PR_DELIVERY_NAME], |row| {
                found = text(row, PR_DELIVERY_NAME) == Some(name);
                !found
            })?;
            Ok(found)
        }
        count => Ok(count? > 0),
    }
}

fn add(store: &dyn MessageStore, inbox: &EntryId, key: &str, raw: &[u8]) -> Result<(), Failure> {
    let now = FileTime::from_system(SystemTime::now());
    let mut parts = match mime::decode(raw) {
        Ok(message) => change_of(&message, raw, Some(now)),
        // Nothing that arrived is thrown away: its bytes are kept.
        Err(refusal) => Parts {
            props: vec![
                Prop::text(PR_MESSAGE_CLASS, "IPM.Note"),
                Prop::text(PR_SUBJECT, format!("Unreadable message: {refusal}")),
                Prop::new(PR_MESSAGE_DELIVERY_TIME, Value::SysTime(now)),
            ],
            ..Parts::default()
        },
    };
    parts.props.push(Prop::new(PR_MESSAGE_FLAGS, Value::Long(0)));
    parts.props.push(Prop::text(PR_DELIVERY_NAME, key));
    let change = MessageChange {
        message: None,
        folder: inbox,
        associated: false,
        props: PropChange { set: parts.props, delete: Vec::new() },
        recipients: Some(parts.recipients),
        attachments: parts.attachments,
        expected: None,
        original: Some(raw),
    };
    store.save_message(&change).map(drop)
}
