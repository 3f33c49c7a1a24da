//! Small questions to a store.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageChange, MessageCopy, MessageStore, PropChange, Query};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Row, Value};
use message_props::long;

/// Rows of one page.
const PAGE: u32 = 200;

/// What is kept of a recipient when the list is written again.
const RECIPIENT_COLUMNS: &[PropTag] = &[
    PR_ROWID,
    PR_RECIPIENT_TYPE,
    PR_DISPLAY_NAME,
    PR_ADDRTYPE,
    PR_EMAIL_ADDRESS,
    PR_SMTP_ADDRESS,
    PR_ENTRYID,
    PR_SEARCH_KEY,
    PR_DISPLAY_TYPE,
    PR_RESPONSIBILITY,
];

/// The binary property of a row as an identifier.
pub(super) fn entry_of(props: &[Prop], tag: PropTag) -> Option<EntryId> {
    props.iter().find_map(|prop| match &prop.value {
        Value::Binary(bytes) if prop.tag == tag => Some(EntryId(bytes.clone())),
        _ => None,
    })
}

/// The recipients of a message, with the values that they have.
pub(super) fn recipient_rows(
    store: &dyn MessageStore,
    message: &EntryId,
) -> Result<Vec<Row>, Failure> {
    let mut rows = store.recipients(message, RECIPIENT_COLUMNS)?;
    for row in &mut rows {
        row.retain(|prop| prop.tag.prop_type() != types::PT_ERROR);
    }
    Ok(rows)
}

/// Whether somebody takes care of a recipient already.
pub(super) fn is_done(row: &Row) -> bool {
    row.iter().any(|prop| prop.tag == PR_RESPONSIBILITY && prop.value == Value::Boolean(true))
}

/// A change of properties only.
pub(super) fn change(message: &EntryId, set: Vec<Prop>) -> MessageChange<'_> {
    MessageChange {
        message: Some(message),
        folder: message,
        associated: false,
        props: PropChange { set, delete: Vec::new() },
        recipients: None,
        attachments: Vec::new(),
        expected: None,
        original: None,
    }
}

pub(super) fn save(
    store: &dyn MessageStore,
    change: &MessageChange<'_>,
) -> Result<EntryId, Failure> {
    store.save_message(change)
}

/// Moves a message; answers its identifier there.
pub(super) fn move_to(
    store: &dyn MessageStore,
    message: &EntryId,
    target: &EntryId,
) -> Result<EntryId, Failure> {
    let messages = std::slice::from_ref(message);
    let moved = store.copy_messages(&MessageCopy { messages, target, is_move: true })?;
    let lost = || Failure::new(Code::CALL_FAILED, "the store does not say where the message is");
    moved.into_iter().next().ok_or_else(lost)
}

/// The messages of a folder that are on their way.
pub(super) fn submitted_in(
    store: &dyn MessageStore,
    folder: &EntryId,
) -> Result<Vec<EntryId>, Failure> {
    let mut found = Vec::new();
    look_through(store, folder, &[PR_ENTRYID, PR_MESSAGE_FLAGS], |row| {
        let flags = long(row, PR_MESSAGE_FLAGS).unwrap_or_default();
        found.extend(entry_of(row, PR_ENTRYID).filter(|_| flags & MSGFLAG_SUBMIT != 0));
        true
    })?;
    Ok(found)
}

/// Shows every row of a folder until one is enough.
pub(super) fn look_through(
    store: &dyn MessageStore,
    folder: &EntryId,
    columns: &[PropTag],
    mut go_on: impl FnMut(&Row) -> bool,
) -> Result<(), Failure> {
    let query = Query { columns: columns.to_vec(), ..Query::default() };
    let mut start = 0;
    loop {
        let rows = store.rows(folder, &query, start, PAGE)?;
        if rows.is_empty() || !rows.iter().all(&mut go_on) {
            return Ok(());
        }
        start += rows.len() as u64;
    }
}
