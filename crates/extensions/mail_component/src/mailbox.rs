//! The methods of `IMailbox`, over a store that is open for the caller.

use com_abi::codes::{E_OUTOFMEMORY, E_POINTER, S_OK};
use com_abi::{HRESULT, from_wide};
use mail_abi::{
    AttachmentInfo, AttachmentList, FolderInfo, FolderList, MessageInfo, MessageList, MessageQuery,
    MessageText,
};
use mapi_abi::codes::Code;
use mapi_abi::restriction::{Match, Restriction, SortKey};
use mapi_abi::tags::{
    MSGFLAG_READ, MSGSTATUS_TAGGED, PR_ATTACH_CONTENT_ID, PR_ATTACH_DATA_BIN,
    PR_ATTACH_LONG_FILENAME, PR_ATTACH_MIME_TAG, PR_ATTACH_NUM, PR_ATTACH_SIZE, PR_BODY,
    PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_DEPTH, PR_DISPLAY_CC, PR_DISPLAY_NAME, PR_DISPLAY_TO,
    PR_ENTRYID, PR_HASATTACH, PR_HTML, PR_IPM_SUBTREE_ENTRYID, PR_MESSAGE_DELIVERY_TIME,
    PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_MSG_STATUS, PR_SENDER_EMAIL_ADDRESS, PR_SENDER_NAME,
    PR_SUBJECT, PR_TRANSPORT_MESSAGE_HEADERS, PropTag,
};
use mapi_abi::value::{EntryId, Row, Value};
use partywall::com::Impersonation;
use partywall::mapi::{Session, Store};
use partywall::task;

use crate::rows;

/// Longest text that is searched for, in characters.
const MAX_SEARCH_CHARS: usize = 200;
/// Most rows of one page.
const MAX_PAGE_ROWS: u32 = 500;

/// Runs `body` with the caller's default store and writes its answer to
/// `place`. The caller's identity and the session last no longer than this.
///
/// # Safety
/// `place` is null or writable.
pub unsafe fn answer<T>(place: *mut T, body: impl FnOnce(&Store) -> Result<T, HRESULT>) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    let result = (|| {
        let _caller = Impersonation::of_client()?;
        let session = Session::logon()?;
        let store = session.default_store()?;
        body(&store)
    })();
    match result {
        Ok(value) => {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { place.write(value) };
            S_OK
        }
        Err(code) => code,
    }
}

/// Entry identifier of a hexadecimal text.
///
/// # Safety
/// `id` is null or zero-ended.
unsafe fn entry_of(id: *const u16) -> Result<EntryId, HRESULT> {
    // SAFETY: forwarded from the caller.
    let text = unsafe { from_wide(id) };
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return Err(Code::INVALID_ENTRYID.hresult());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = digits.chunks_exact(2).map(|pair| {
        let [high, low] = [digit(pair[0])?, digit(pair[1])?];
        u8::try_from(high << 4 | low).ok()
    });
    bytes.collect::<Option<Vec<u8>>>().map(EntryId).ok_or(Code::INVALID_ENTRYID.hresult())
}

fn hex(bytes: &[u8]) -> *mut u16 {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    task::string(&text)
}

/// A list's items in task memory.
fn items<T: Copy>(list: &[T]) -> Result<(u32, *mut T), HRESULT> {
    if list.is_empty() {
        return Ok((0, core::ptr::null_mut()));
    }
    let memory = task::array(list);
    if memory.is_null() { Err(E_OUTOFMEMORY) } else { Ok((list.len() as u32, memory)) }
}

/// All folders.
pub fn folders(store: &Store) -> Result<FolderList, HRESULT> {
    let root = store.props(&[PR_IPM_SUBTREE_ENTRYID])?;
    let root = store.folder(&EntryId(rows::bytes(&root, 0).to_vec()))?;
    let table = root.hierarchy()?;
    table.set_columns(&[
        PR_ENTRYID,
        PR_DISPLAY_NAME,
        PR_DEPTH,
        PR_CONTENT_COUNT,
        PR_CONTENT_UNREAD,
    ])?;
    let folder = |row: &Row| FolderInfo {
        id: hex(rows::bytes(row, 0)),
        name: rows::string(row, 1),
        // The interface counts folders above, the table from the root.
        depth: rows::number(row, 2).saturating_sub(1),
        messages: rows::number(row, 3),
        unread: rows::number(row, 4),
    };
    let list: Vec<FolderInfo> = table.all_rows()?.iter().map(folder).collect();
    let (count, items) = items(&list)?;
    Ok(FolderList { count, items })
}

/// One page of a folder: restricted, sorted, read.
pub fn messages(store: &Store, query: &MessageQuery) -> Result<MessageList, HRESULT> {
    // SAFETY: the query's strings are zero-ended and live during the call.
    let (folder, search) = unsafe { (from_wide(query.folder), from_wide(query.search)) };
    let folder = if folder.is_empty() {
        store.receive_folder()?
    } else {
        // SAFETY: as above.
        unsafe { entry_of(query.folder) }?
    };
    let table = store.folder(&folder)?.contents()?;
    table.set_columns(&[
        PR_ENTRYID,
        PR_SUBJECT,
        PR_SENDER_NAME,
        PR_MESSAGE_DELIVERY_TIME,
        PR_MESSAGE_SIZE,
        PR_MESSAGE_FLAGS,
        PR_MSG_STATUS,
        PR_HASATTACH,
        PR_SENDER_EMAIL_ADDRESS,
    ])?;
    if let Some(condition) = condition(&search) {
        table.restrict(&condition)?;
    }
    table.sort(&sort_keys(query.sort, query.descending != 0))?;
    let total = table.row_count()?;
    table.seek(query.start)?;
    let page = table.rows(query.limit.min(MAX_PAGE_ROWS))?;
    let list = page.iter().map(|row| summary(store, row)).collect::<Result<Vec<_>, _>>()?;
    let (count, items) = items(&list)?;
    Ok(MessageList { total, count, items })
}

fn sort_keys(by: u32, descending: bool) -> Vec<SortKey> {
    let tag = match by {
        1 => PR_SENDER_NAME,
        2 => PR_SUBJECT,
        3 => PR_MESSAGE_SIZE,
        // Alone, so that the store's index by date serves it.
        _ => return vec![SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending }],
    };
    // The newest first among equals.
    vec![SortKey { tag, descending }, SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true }]
}

/// Every word must be found somewhere.
fn condition(search: &str) -> Option<Restriction> {
    let search: String = search.chars().take(MAX_SEARCH_CHARS).collect();
    let places: [PropTag; 5] =
        [PR_SUBJECT, PR_SENDER_NAME, PR_SENDER_EMAIL_ADDRESS, PR_DISPLAY_TO, PR_BODY];
    let words: Vec<Restriction> = search
        .split_whitespace()
        .map(|word| {
            let somewhere = places.map(|tag| Restriction::Content {
                tag,
                text: word.to_owned(),
                kind: Match::Substring,
                ignore_case: true,
            });
            Restriction::Or(somewhere.into())
        })
        .collect();
    (!words.is_empty()).then_some(Restriction::And(words))
}

fn summary(store: &Store, row: &Row) -> Result<MessageInfo, HRESULT> {
    let entry = rows::bytes(row, 0);
    let has_attachments = row.get(7).is_some_and(|prop| matches!(prop.value, Value::Boolean(true)));
    let attachments = if has_attachments {
        store.message(&EntryId(entry.to_vec()))?.attachments()?.row_count()?
    } else {
        0
    };
    let sender = if rows::text(row, 2).is_empty() { 8 } else { 2 };
    Ok(MessageInfo {
        id: hex(entry),
        subject: rows::string(row, 1),
        sender: rows::string(row, sender),
        received: rows::seconds(row, 3),
        size: rows::number(row, 4),
        attachments,
        read: i32::from(rows::number(row, 5) & MSGFLAG_READ as u32 != 0),
        flagged: i32::from(rows::number(row, 6) & MSGSTATUS_TAGGED as u32 != 0),
    })
}

/// One message.
pub fn message(store: &Store, id: *const u16) -> Result<MessageText, HRESULT> {
    // SAFETY: the interface's strings are zero-ended.
    let message = store.message(&unsafe { entry_of(id) }?)?;
    let row = message.props(&[
        PR_SUBJECT,
        PR_SENDER_NAME,
        PR_SENDER_EMAIL_ADDRESS,
        PR_DISPLAY_TO,
        PR_DISPLAY_CC,
        PR_BODY,
        PR_HTML,
        PR_TRANSPORT_MESSAGE_HEADERS,
        PR_MESSAGE_DELIVERY_TIME,
        PR_MESSAGE_SIZE,
        PR_MESSAGE_FLAGS,
    ])?;
    Ok(MessageText {
        subject: rows::string(&row, 0),
        sender: rows::string(&row, 1),
        sender_address: rows::string(&row, 2),
        to: rows::string(&row, 3),
        cc: rows::string(&row, 4),
        text: rows::optional(&row, 5),
        html: rows::optional(&row, 6),
        headers: rows::string(&row, 7),
        received: rows::seconds(&row, 8),
        size: rows::number(&row, 9),
        read: i32::from(rows::number(&row, 10) & MSGFLAG_READ as u32 != 0),
    })
}

/// The attachments of a message.
pub fn attachments(store: &Store, id: *const u16) -> Result<AttachmentList, HRESULT> {
    // SAFETY: the interface's strings are zero-ended.
    let table = store.message(&unsafe { entry_of(id) }?)?.attachments()?;
    table.set_columns(&[
        PR_ATTACH_NUM,
        PR_ATTACH_SIZE,
        PR_ATTACH_LONG_FILENAME,
        PR_ATTACH_MIME_TAG,
        PR_ATTACH_CONTENT_ID,
    ])?;
    let attachment = |row: &Row| AttachmentInfo {
        number: rows::number(row, 0),
        size: rows::number(row, 1),
        name: rows::string(row, 2),
        content_type: rows::string(row, 3),
        content_id: rows::optional(row, 4),
    };
    let list: Vec<AttachmentInfo> = table.all_rows()?.iter().map(attachment).collect();
    let (count, items) = items(&list)?;
    Ok(AttachmentList { count, items })
}

/// The bytes of an attachment; writes their number to `size`.
///
/// # Safety
/// `size` is writable.
pub unsafe fn attachment(
    store: &Store,
    id: *const u16,
    number: u32,
    size: *mut u32,
) -> Result<*mut u8, HRESULT> {
    // SAFETY: the interface's strings are zero-ended.
    let message = store.message(&unsafe { entry_of(id) }?)?;
    let row = message.attachment_props(number, &[PR_ATTACH_DATA_BIN])?;
    let bytes = rows::bytes(&row, 0);
    let memory = task::array(bytes);
    if memory.is_null() {
        return Err(E_OUTOFMEMORY);
    }
    // SAFETY: forwarded from the caller.
    unsafe { size.write(bytes.len() as u32) };
    Ok(memory)
}

/// Marks a message.
pub fn set_read(store: &Store, id: *const u16, read: bool) -> Result<(), HRESULT> {
    // SAFETY: the interface's strings are zero-ended.
    store.message(&unsafe { entry_of(id) }?)?.set_read(read)
}
