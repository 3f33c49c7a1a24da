//! A message file as properties.

use std::fs::{self, Metadata};
use std::path::Path;

use mapi_abi::tags::*;
use mapi_abi::value::{FileTime, Prop, Row, Value};
use message_props::{Parts, change_of, text};
use mime::maildir::Flags;

/// `MAPI_ACCESS_MODIFY | MAPI_ACCESS_READ | MAPI_ACCESS_DELETE`.
const ACCESS_ALL: i32 = 0x7;
const ACCESS_READ: i32 = 0x2;

/// Properties that only the whole message has; the index does not keep them.
pub(crate) const HEAVY: [PropTag; 4] =
    [PR_BODY, PR_HTML, PR_BODY_HTML, PR_TRANSPORT_MESSAGE_HEADERS];

/// What a message file consists of; one that cannot be read says why.
pub(crate) fn parts(raw: &[u8], file: &Metadata) -> Parts {
    let arrived = file.modified().ok().map(FileTime::from_system);
    let mut parts = match mime::decode(raw) {
        Ok(message) => change_of(&message, raw, None),
        Err(refusal) => Parts {
            props: vec![
                Prop::text(PR_MESSAGE_CLASS, "IPM.Note"),
                Prop::text(PR_SUBJECT, format!("Unreadable message: {refusal}")),
            ],
            ..Parts::default()
        },
    };
    let has_time = parts.props.iter().any(|prop| prop.tag == PR_MESSAGE_DELIVERY_TIME);
    if let Some(arrived) = arrived.filter(|_| !has_time) {
        parts.props.push(Prop::new(PR_MESSAGE_DELIVERY_TIME, Value::SysTime(arrived)));
    }
    parts
}

/// Reads a message file, at most as much as can be decoded.
pub(crate) fn read(path: &Path) -> Result<(Vec<u8>, Metadata), std::io::Error> {
    use std::io::Read;
    let file = fs::File::open(path)?;
    let metadata = file.metadata()?;
    let mut raw = Vec::new();
    file.take(mime::MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut raw)?;
    Ok((raw, metadata))
}

/// Everything of a message but what its file's name says.
pub(crate) fn props(parts: &Parts, file: &Metadata) -> Vec<Prop> {
    let mut props = parts.props.clone();
    let subject = text(&props, PR_SUBJECT).unwrap_or_default().to_owned();
    let normalized = without_prefix(&subject).to_owned();
    props.push(Prop::text(PR_CONVERSATION_TOPIC, normalized.as_str()));
    props.push(Prop::text(PR_NORMALIZED_SUBJECT, normalized));
    for (tag, kind) in
        [(PR_DISPLAY_TO, MAPI_TO), (PR_DISPLAY_CC, MAPI_CC), (PR_DISPLAY_BCC, MAPI_BCC)]
    {
        props.push(Prop::text(tag, names(&parts.recipients, kind)));
    }
    let size = i32::try_from(file.len()).unwrap_or(i32::MAX);
    let has_attach = !parts.attachments.is_empty();
    props.push(Prop::new(PR_MESSAGE_SIZE, Value::Long(size)));
    props.push(Prop::new(PR_HASATTACH, Value::Boolean(has_attach)));
    if let Ok(time) = file.modified() {
        let time = Value::SysTime(FileTime::from_system(time));
        props.push(Prop::new(PR_LAST_MODIFICATION_TIME, time.clone()));
        props.push(Prop::new(PR_CREATION_TIME, time));
    }
    props
}

fn names(recipients: &[Row], kind: i32) -> String {
    let of_kind = recipients
        .iter()
        .filter(|row| message_props::long(row, PR_RECIPIENT_TYPE) == Some(kind))
        .filter_map(|row| text(row, PR_DISPLAY_NAME));
    let all: Vec<&str> = of_kind.collect();
    all.join("; ").chars().take(mime::MAX_DISPLAY_CHARS).collect()
}

fn without_prefix(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let prefix = ["re:", "fwd:", "fw:", "aw:", "wg:"].into_iter().find(|prefix| {
            rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        });
        match prefix.and_then(|prefix| rest.get(prefix.len()..)) {
            Some(shorter) => rest = shorter.trim_start(),
            None => return rest,
        }
    }
}

/// What the file's name and place say.
pub(crate) fn state(flags: Flags, has_attach: bool, writable: bool) -> [Prop; 4] {
    let bit = |is_set: bool, bit: i32| if is_set { bit } else { 0 };
    let message = bit(flags.seen, MSGFLAG_READ)
        | bit(flags.draft, MSGFLAG_UNSENT)
        | bit(has_attach, MSGFLAG_HASATTACH);
    let status = bit(flags.flagged, MSGSTATUS_TAGGED)
        | bit(flags.trashed, MSGSTATUS_DELMARKED)
        | bit(flags.draft, MSGSTATUS_DRAFT)
        | bit(flags.replied, MSGSTATUS_ANSWERED)
        | bit(flags.passed, MSGSTATUS_PASSED);
    let access = if writable { ACCESS_ALL } else { ACCESS_READ };
    [
        Prop::new(PR_MESSAGE_FLAGS, Value::Long(message)),
        Prop::new(PR_MSG_STATUS, Value::Long(status)),
        Prop::new(PR_OBJECT_TYPE, Value::Long(MAPI_MESSAGE)),
        Prop::new(PR_ACCESS, Value::Long(access)),
    ]
}

/// The flags that a change of properties asks for.
pub(crate) fn changed_flags(mut flags: Flags, set: &[Prop]) -> Flags {
    if let Some(message) = message_props::long(set, PR_MESSAGE_FLAGS) {
        flags.seen = message & MSGFLAG_READ != 0;
        flags.draft = message & MSGFLAG_UNSENT != 0;
    }
    if let Some(status) = message_props::long(set, PR_MSG_STATUS) {
        flags.flagged = status & MSGSTATUS_TAGGED != 0;
        flags.trashed = status & MSGSTATUS_DELMARKED != 0;
        flags.replied = status & MSGSTATUS_ANSWERED != 0;
        flags.passed = status & MSGSTATUS_PASSED != 0;
        flags.draft |= status & MSGSTATUS_DRAFT != 0;
    }
    flags
}

/// The values of these columns.
pub(crate) fn pick(props: &[Prop], columns: &[PropTag]) -> Row {
    let one = |tag: &PropTag| {
        let found = props.iter().find(|prop| {
            prop.tag == *tag
                || prop.tag.id() == tag.id() && tag.prop_type() == types::PT_UNSPECIFIED
        });
        found.cloned().unwrap_or_else(|| Prop::not_found(*tag))
    };
    columns.iter().map(one).collect()
}
