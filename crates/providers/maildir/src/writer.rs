//! Messages from properties to files.

use std::path::Path;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::MessageChange;
use mapi_abi::tags::*;
use mapi_abi::value::{Prop, Row, Value};
use message_props::{MESSAGE_TAGS, Parts, outgoing_of};
use mime::maildir::{Flags, with_flags};

use crate::disk::{self, failed, unique_name};

/// Whether a change needs another file, or only another name.
pub(crate) fn is_about_contents(change: &MessageChange<'_>) -> bool {
    let is_written = |tag: &PropTag| MESSAGE_TAGS.iter().any(|known| known.id() == tag.id());
    change.original.is_some()
        || change.recipients.is_some()
        || !change.attachments.is_empty()
        || change.props.set.iter().any(|prop| is_written(&prop.tag))
        || change.props.delete.iter().any(is_written)
}

/// The bytes of a message after a change.
pub(crate) fn compose(before: Parts, change: &MessageChange<'_>) -> Vec<u8> {
    if let Some(original) = change.original {
        return original.to_vec();
    }
    let props = changed(before.props, &change.props.set, &change.props.delete);
    let recipients = change.recipients.clone().unwrap_or(before.recipients);
    let mut attachments: Vec<(u32, Row)> =
        before.attachments.into_iter().map(|one| (one.number, one.props.set)).collect();
    for one in &change.attachments {
        let at = attachments.iter().position(|(number, _)| *number == one.number);
        let old = at.map(|at| attachments.remove(at).1).unwrap_or_default();
        if !one.delete {
            let row = changed(old, &one.props.set, &one.props.delete);
            attachments.insert(at.unwrap_or(attachments.len()), (one.number, row));
        }
    }
    let rows: Vec<Row> = attachments.into_iter().map(|(_, row)| row).collect();
    mime::encode(&outgoing_of(&props, &recipients, &rows, true))
}

fn changed(mut props: Vec<Prop>, set: &[Prop], delete: &[PropTag]) -> Vec<Prop> {
    props.retain(|prop| {
        !set.iter().any(|new| new.tag.id() == prop.tag.id())
            && !delete.iter().any(|tag| tag.id() == prop.tag.id())
    });
    props.extend(set.iter().cloned());
    // The time of the header is the one that is read back.
    let has_date = props.iter().any(|prop| prop.tag == PR_CLIENT_SUBMIT_TIME);
    let delivery = props.iter().find_map(|prop| match &prop.value {
        Value::SysTime(time) if prop.tag == PR_MESSAGE_DELIVERY_TIME => Some(*time),
        _ => None,
    });
    if let Some(time) = delivery.filter(|_| !has_date) {
        props.push(Prop::new(PR_CLIENT_SUBMIT_TIME, Value::SysTime(time)));
    }
    props
}

/// Writes a new message file; answers its base name.
pub(crate) fn write(folder: &Path, flags: Flags, bytes: &[u8]) -> Result<String, Failure> {
    if bytes.len() > mime::MAX_MESSAGE_BYTES {
        let most = mime::MAX_MESSAGE_BYTES >> 20;
        let says = format!("the message is larger than {most} MiB: leave out attachments");
        return Err(Failure::new(Code::TOO_BIG, says));
    }
    let base = unique_name();
    disk::write(folder, &with_flags(&base, flags), bytes)
        .map_err(|error| failed("writing into", folder, &error))?;
    Ok(base)
}
