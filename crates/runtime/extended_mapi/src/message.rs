//! `IMessage`: properties, recipients and attachments, changed in memory and saved
//! as a whole.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::{GUID, HRESULT, IUnknown, Interface, class};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp_Impl, IMessage, IMessage_Impl};
use mapi_abi::read;
use mapi_abi::spi::{MessageChange, MessageStore, PropChange, StoreChange};
use mapi_abi::structs::{
    ADRLIST, CLEAR_READ_FLAG, FORCE_SAVE, MODRECIP_ADD, MODRECIP_MODIFY, MODRECIP_REMOVE,
};
use mapi_abi::tags::{
    MSGFLAG_UNSENT, PR_ADDRTYPE, PR_ATTACH_CONTENT_ID, PR_ATTACH_LONG_FILENAME, PR_ATTACH_METHOD,
    PR_ATTACH_MIME_TAG, PR_ATTACH_NUM, PR_ATTACH_SIZE, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS,
    PR_ENTRYID, PR_LAST_MODIFICATION_TIME, PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_FLAGS,
    PR_MESSAGE_RECIPIENTS, PR_RECIPIENT_TYPE, PR_ROWID, PropTag,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use mapi_table::{StaticRows, Table};

use crate::attachment::attachment_object;
use crate::context::{Context, answer, invalid, object, refused};
use crate::draft::{MessageDraft, PropDraft};
use crate::last_error::guarded;
use crate::prop::{Bag, is_streamable, prop_methods, wants_to_write};
use crate::stream::stream_object;
use crate::table::{set_columns_of, table_object};
use crate::text::received;

const RECIPIENT_TAGS: [PropTag; 6] =
    [PR_ROWID, PR_RECIPIENT_TYPE, PR_DISPLAY_NAME, PR_ADDRTYPE, PR_EMAIL_ADDRESS, PR_ENTRYID];
const ATTACHMENT_TAGS: [PropTag; 6] = [
    PR_ATTACH_NUM,
    PR_ATTACH_SIZE,
    PR_ATTACH_METHOD,
    PR_ATTACH_LONG_FILENAME,
    PR_ATTACH_MIME_TAG,
    PR_ATTACH_CONTENT_ID,
];
/// Largest value that `GetProps` gives whole; a larger one is read as a stream.
const MAX_INLINE_BYTES: usize = 32 << 20;

struct State {
    entry: Option<EntryId>,
    /// When the message was last changed as this client knows it.
    seen: Option<FileTime>,
    draft: MessageDraft,
}

/// A message that a client has open; its attachments know it too.
pub struct OpenMessage {
    context: Context,
    folder: EntryId,
    associated: bool,
    state: Mutex<State>,
}

impl OpenMessage {
    fn new(context: Context, folder: EntryId, associated: bool, entry: Option<EntryId>) -> Self {
        let state = Mutex::new(State { entry, seen: None, draft: MessageDraft::default() });
        Self { context, folder, associated, state }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store, while it may be used.
    pub fn store(&self) -> Result<&dyn MessageStore, Failure> {
        self.context.store()
    }

    /// The store's context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    fn entry(&self) -> Option<EntryId> {
        self.lock().entry.clone()
    }

    /// Runs `body` with what is changed and where the message is stored, if it is.
    pub fn with_draft<R>(&self, body: impl FnOnce(&mut MessageDraft, Option<&EntryId>) -> R) -> R {
        let mut state = self.lock();
        let entry = state.entry.clone();
        body(&mut state.draft, entry.as_ref())
    }

    fn save(&self, flags: u32) -> Result<(), Failure> {
        let (entry, draft, seen) = {
            let state = self.lock();
            if state.entry.is_some() && state.draft.is_empty() {
                return Ok(());
            }
            (state.entry.clone(), state.draft.clone(), state.seen)
        };
        let store = self.context.writable()?;
        let saved = store.save_message(&MessageChange {
            message: entry.as_ref(),
            folder: &self.folder,
            associated: self.associated,
            props: draft.props.change(),
            recipients: draft.recipients.clone(),
            attachments: draft.attachment_changes(),
            expected: if flags & FORCE_SAVE == 0 { seen } else { None },
            original: None,
        })?;
        let seen = modified(store, &saved)?;
        let mut state = self.lock();
        (state.entry, state.seen) = (Some(saved), seen);
        state.draft = MessageDraft::default();
        Ok(())
    }

    /// Numbers of all attachments, stored and new.
    fn attachment_numbers(&self) -> Result<Vec<u32>, Failure> {
        let mut numbers = Vec::new();
        if let Some(entry) = self.entry() {
            for row in self.store()?.attachments(&entry, &[PR_ATTACH_NUM])? {
                if let Some(Value::Long(number)) = row.first().map(|prop| &prop.value) {
                    numbers.extend(u32::try_from(*number));
                }
            }
        }
        let state = self.lock();
        for (number, draft) in &state.draft.attachments {
            match draft {
                Some(_) if !numbers.contains(number) => numbers.push(*number),
                Some(_) => {}
                None => numbers.retain(|known| known != number),
            }
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Values of an attachment, as the client sees them.
    pub fn attachment(&self, number: u32, tags: &[PropTag]) -> Result<Row, Failure> {
        let (entry, draft) = {
            let state = self.lock();
            (state.entry.clone(), state.draft.attachments.get(&number).cloned())
        };
        if draft == Some(None) {
            return Err(no_attachment(number));
        }
        let is_new = draft.is_some() && !self.is_stored(entry.as_ref(), number)?;
        let read = |tags: &[PropTag]| match &entry {
            Some(entry) if !is_new => self.store()?.attachment_props(entry, number, tags),
            _ => Ok(tags.iter().map(|tag| new_attachment(number, *tag)).collect()),
        };
        match draft.flatten() {
            Some(draft) => draft.over(tags, read),
            None if entry.is_none() => Err(no_attachment(number)),
            None => read(tags),
        }
    }

    fn is_stored(&self, entry: Option<&EntryId>, number: u32) -> Result<bool, Failure> {
        let Some(entry) = entry else { return Ok(false) };
        match self.store()?.attachment_props(entry, number, &[PR_ATTACH_NUM]) {
            Ok(_) => Ok(true),
            Err(failure) if failure.code == Code::NOT_FOUND => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// All tags of an attachment with values.
    pub fn attachment_tags(&self, number: u32) -> Result<Vec<PropTag>, Failure> {
        let (entry, draft) = {
            let state = self.lock();
            (state.entry.clone(), state.draft.attachments.get(&number).cloned().flatten())
        };
        let stored = match &entry {
            Some(entry) if self.is_stored(Some(entry), number)? => {
                self.store()?.attachment_tags(entry, number)?
            }
            _ => vec![PR_ATTACH_NUM],
        };
        Ok(draft.unwrap_or_default().tags(stored))
    }

    fn recipients(&self, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let (entry, changed) = {
            let state = self.lock();
            (state.entry.clone(), state.draft.recipients.clone())
        };
        match (changed, entry) {
            (Some(rows), _) => Ok(rows.iter().map(|row| set_columns_of(row, columns)).collect()),
            (None, Some(entry)) => self.store()?.recipients(&entry, columns),
            (None, None) => Ok(Vec::new()),
        }
    }

    fn modify_recipients(&self, flags: u32, given: Vec<Row>) -> Result<(), Failure> {
        self.context.writable()?;
        let given: Vec<Row> =
            given.into_iter().map(|row| row.into_iter().map(received).collect()).collect();
        let mut rows = match flags {
            0 => Vec::new(),
            _ => self.all_recipients()?,
        };
        match flags {
            0 | MODRECIP_ADD => {
                let first = rows.iter().filter_map(row_id).max().map_or(0, |last| last + 1);
                for (next, mut row) in (first..).zip(given) {
                    row.retain(|prop| prop.tag != PR_ROWID);
                    row.push(Prop::new(PR_ROWID, Value::Long(next)));
                    rows.push(row);
                }
            }
            MODRECIP_MODIFY => {
                for row in given {
                    let at = position(&rows, &row)?;
                    rows[at] = row;
                }
            }
            MODRECIP_REMOVE => {
                for row in given {
                    let at = position(&rows, &row)?;
                    rows.remove(at);
                }
            }
            _ => return Err(Failure::new(Code::UNKNOWN_FLAGS, "add, change or remove")),
        }
        self.lock().draft.recipients = Some(rows);
        Ok(())
    }

    fn all_recipients(&self) -> Result<Vec<Row>, Failure> {
        let changed = self.lock().draft.recipients.clone();
        match (changed, self.entry()) {
            (Some(rows), _) => Ok(rows),
            (None, Some(entry)) => {
                let rows = self.store()?.recipients(&entry, &RECIPIENT_TAGS)?;
                let is_there = |prop: &Prop| !matches!(prop.value, Value::Error(_));
                Ok(rows.into_iter().map(|row| row.into_iter().filter(is_there).collect()).collect())
            }
            (None, None) => Ok(Vec::new()),
        }
    }
}

fn row_id(row: &Row) -> Option<i32> {
    row.iter().find(|prop| prop.tag == PR_ROWID).and_then(|prop| match prop.value {
        Value::Long(number) => Some(number),
        _ => None,
    })
}

fn position(rows: &[Row], row: &Row) -> Result<usize, Failure> {
    let wanted = row_id(row).ok_or_else(|| invalid("a recipient is told by its PR_ROWID"))?;
    rows.iter()
        .position(|known| row_id(known) == Some(wanted))
        .ok_or_else(|| Failure::new(Code::NOT_FOUND, "the message has no such recipient"))
}

fn no_attachment(number: u32) -> Failure {
    Failure::new(Code::NOT_FOUND, format!("the message has no attachment {number}"))
}

fn new_attachment(number: u32, tag: PropTag) -> Prop {
    match tag {
        PR_ATTACH_NUM => Prop::new(tag, Value::Long(i32::try_from(number).unwrap_or(i32::MAX))),
        _ => Prop::not_found(tag),
    }
}

fn modified(store: &dyn MessageStore, entry: &EntryId) -> Result<Option<FileTime>, Failure> {
    let row = store.message_props(entry, &[PR_LAST_MODIFICATION_TIME])?;
    Ok(row.first().and_then(|prop| match prop.value {
        Value::SysTime(time) => Some(time),
        _ => None,
    }))
}

#[class(interfaces(IMessage))]
struct MessageFace {
    message: Arc<OpenMessage>,
}

/// The object of a stored message, with a reference.
pub fn message_object(context: Context, entry: EntryId) -> Result<*mut c_void, Failure> {
    let seen = modified(context.store()?, &entry)?;
    let message = OpenMessage::new(context, EntryId(Vec::new()), false, Some(entry));
    message.lock().seen = seen;
    object::<MessageFace, IMessage>(MessageFace { message: Arc::new(message) })
}

/// The object of a new message, with a reference.
pub fn new_message_object(
    context: Context,
    folder: EntryId,
    associated: bool,
) -> Result<*mut c_void, Failure> {
    context.writable()?;
    let message = OpenMessage::new(context, folder, associated, None);
    let unsent = Prop::new(PR_MESSAGE_FLAGS, Value::Long(MSGFLAG_UNSENT));
    message.lock().draft.props.add(PropChange { set: vec![unsent], delete: Vec::new() });
    object::<MessageFace, IMessage>(MessageFace { message: Arc::new(message) })
}

impl Bag for MessageFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        let message = &self.message;
        let stored = match message.entry() {
            Some(entry) => message.store()?.message_tags(&entry)?,
            None => Vec::new(),
        };
        message.context.store()?;
        Ok(message.lock().draft.props.tags(stored))
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        let message = &self.message;
        let store = message.store()?;
        let (entry, draft) = {
            let state = message.lock();
            (state.entry.clone(), state.draft.props.clone())
        };
        let mut row = draft.over(tags, |tags| match &entry {
            Some(entry) => store.message_props(entry, tags),
            None => Ok(tags.iter().map(|tag| Prop::not_found(*tag)).collect()),
        })?;
        for prop in &mut row {
            if size_of_value(&prop.value) > MAX_INLINE_BYTES {
                *prop = Prop::error(prop.tag, Code::NOT_ENOUGH_MEMORY);
            }
        }
        Ok(row)
    }

    fn change(&self, change: PropChange) -> Result<StoreChange, Failure> {
        self.message.context.writable()?;
        self.message.lock().draft.props.add(change);
        Ok(StoreChange::new())
    }

    fn save(&self, flags: u32) -> Result<(), Failure> {
        self.message.save(flags)
    }

    fn names(&self) -> Result<&dyn MessageStore, Failure> {
        self.message.store()
    }

    fn open(&self, tag: PropTag, iid: &GUID, flags: u32) -> Result<*mut c_void, Failure> {
        let message = &self.message;
        match tag {
            PR_MESSAGE_RECIPIENTS => return recipient_table(message),
            PR_MESSAGE_ATTACHMENTS => return attachment_table(message),
            _ => {}
        }
        let target = Arc::clone(message);
        let set = move |prop: Prop| {
            target.context.writable()?;
            let change = PropChange { set: vec![prop], delete: Vec::new() };
            target.lock().draft.props.add(change);
            Ok(())
        };
        let (entry, draft) = {
            let state = message.lock();
            (state.entry.clone(), state.draft.props.clone())
        };
        let found = draft
            .over(&[tag], |tags| match &entry {
                Some(entry) => message.store()?.message_props(entry, tags),
                None => Ok(tags.iter().map(|tag| Prop::not_found(*tag)).collect()),
            })?
            .pop();
        open_value(tag, iid, flags, found, set)
    }

    fn copy_parts(
        &self,
        target: &IUnknown,
        is_wanted: &dyn Fn(PropTag) -> bool,
    ) -> Result<(), Failure> {
        let Ok(target) = target.cast::<IMessage>() else { return Ok(()) };
        if is_wanted(PR_MESSAGE_RECIPIENTS) {
            let rows = self.message.all_recipients()?;
            let mut arguments = Arguments::new();
            let list = arguments.adr_list(&rows);
            // SAFETY: the list lives as long as `arguments`.
            let code = unsafe { target.ModifyRecipients(0, list.cast()) };
            if code.is_err() {
                return Err(Failure::new(Code(code.0), "the target refused the recipients"));
            }
        }
        if is_wanted(PR_MESSAGE_ATTACHMENTS) {
            for number in self.message.attachment_numbers()? {
                crate::attachment::copy_to(&self.message, number, &target)?;
            }
        }
        Ok(())
    }
}

/// Bytes of a value that can be long.
fn size_of_value(value: &Value) -> usize {
    match value {
        Value::Binary(bytes) | Value::String8(bytes) => bytes.len(),
        Value::Unicode(text) => text.len() * 2,
        _ => 0,
    }
}

/// `IID_IStream`'s property, opened over its value; `set` takes it back.
pub fn open_value(
    tag: PropTag,
    iid: &GUID,
    flags: u32,
    found: Option<Prop>,
    set: impl Fn(Prop) -> Result<(), Failure> + Send + Sync + 'static,
) -> Result<*mut c_void, Failure> {
    if *iid != <com_abi::stream::IStream as Interface>::IID || !is_streamable(tag) {
        let says = "texts and bytes are opened as IStream";
        return Err(Failure::new(Code::INTERFACE_NOT_SUPPORTED, says));
    }
    let bytes = match found.map(|prop| prop.value) {
        Some(Value::Binary(bytes)) => bytes,
        Some(Value::Unicode(text)) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ if flags & mapi_abi::structs::MAPI_CREATE != 0 => Vec::new(),
        _ => return Err(Failure::new(Code::NOT_FOUND, "the property has no value")),
    };
    let commit = move |bytes: Vec<u8>| {
        let value = if tag.prop_type() == mapi_abi::tags::types::PT_BINARY {
            Value::Binary(bytes)
        } else {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            let units = units.strip_suffix(&[0]).unwrap_or(&units);
            Value::Unicode(String::from_utf16_lossy(units))
        };
        set(Prop::new(tag, value))
    };
    stream_object(bytes, wants_to_write(flags).then(|| Box::new(commit) as _))
}

fn attachment_table(message: &Arc<OpenMessage>) -> Result<*mut c_void, Failure> {
    message.context.store()?;
    let own = Arc::clone(message);
    let rows = move |columns: &[PropTag]| {
        let numbers = own.attachment_numbers()?;
        numbers.into_iter().map(|number| own.attachment(number, columns)).collect()
    };
    let table = Table::new(Box::new(StaticRows::new(rows)), ATTACHMENT_TAGS.to_vec());
    table_object(message.context.handle.client(), table, None)
}

fn recipient_table(message: &Arc<OpenMessage>) -> Result<*mut c_void, Failure> {
    message.context.store()?;
    let own = Arc::clone(message);
    let rows = move |columns: &[PropTag]| own.recipients(columns);
    let table = Table::new(Box::new(StaticRows::new(rows)), RECIPIENT_TAGS.to_vec());
    table_object(message.context.handle.client(), table, None)
}

impl IMAPIProp_Impl for MessageFace {
    prop_methods!();
}

impl IMessage_Impl for MessageFace {
    unsafe fn GetAttachmentTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetAttachmentTable", || {
            let made = attachment_table(&self.message)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn OpenAttach(
        &self,
        number: u32,
        _iid: *const GUID,
        _flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenAttach", || {
            self.message.attachment(number, &[PR_ATTACH_NUM])?;
            let made = attachment_object(Arc::clone(&self.message), number)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn CreateAttach(
        &self,
        _iid: *const GUID,
        _flags: u32,
        number: *mut u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("CreateAttach", || {
            if number.is_null() {
                return Err(invalid("the place for the number is null"));
            }
            self.message.context.writable()?;
            let taken = self.message.attachment_numbers()?;
            let mut state = self.message.lock();
            let deleted = state.draft.attachments.keys().copied();
            // A number that is free, and was not given up in this very draft.
            let next = taken.into_iter().chain(deleted).max().map_or(0, |last| last + 1);
            state.draft.attachments.insert(next, Some(PropDraft::default()));
            drop(state);
            let made = attachment_object(Arc::clone(&self.message), next)?;
            // SAFETY: checked for null; forwarded from the caller.
            unsafe {
                number.write(next);
                answer(place, made)
            }
        })
    }

    unsafe fn DeleteAttach(
        &self,
        number: u32,
        _window: usize,
        _progress: *mut c_void,
        _flags: u32,
    ) -> HRESULT {
        guarded("DeleteAttach", || {
            self.message.context.writable()?;
            self.message.attachment(number, &[PR_ATTACH_NUM])?;
            let is_stored = self.message.is_stored(self.message.entry().as_ref(), number)?;
            let mut state = self.message.lock();
            if is_stored {
                state.draft.attachments.insert(number, None);
            } else {
                state.draft.attachments.remove(&number);
            }
            Ok(())
        })
    }

    unsafe fn GetRecipientTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetRecipientTable", || {
            let made = recipient_table(&self.message)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn ModifyRecipients(&self, flags: u32, list: *const c_void) -> HRESULT {
        guarded("ModifyRecipients", || {
            // SAFETY: forwarded from the caller.
            let given = unsafe { read::adr_list(list.cast::<ADRLIST>()) }
                .map_err(refused("the recipients cannot be read"))?;
            self.message.modify_recipients(flags, given)
        })
    }

    unsafe fn SubmitMessage(&self, _flags: u32) -> HRESULT {
        guarded("SubmitMessage", || {
            self.message.save(FORCE_SAVE)?;
            let entry = self.message.entry();
            let entry = entry.ok_or_else(|| invalid("the message was not saved"))?;
            mapi_session::submit(&self.message.context.handle, &entry)
        })
    }

    unsafe fn SetReadFlag(&self, flags: u32) -> HRESULT {
        guarded("SetReadFlag", || {
            let entry = self.message.entry();
            let entry = entry.ok_or_else(|| invalid("the message was not saved"))?;
            let store = self.message.context.writable()?;
            store.set_read(&[entry], flags & CLEAR_READ_FLAG == 0)
        })
    }
}
