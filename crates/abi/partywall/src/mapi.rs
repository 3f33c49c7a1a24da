//! Mail sessions: a safe view of Extended MAPI for Rust clients.
//!
//! Values come back owned; the subsystem's buffers are freed here. Closing
//! happens by dropping, in any order: what outlives its session answers
//! `MAPI_E_INVALID_OBJECT`.

use core::ffi::c_void;

use com_abi::codes::E_UNEXPECTED;
use com_abi::{HRESULT, Interface};
use mapi_abi::build::Arguments;
use mapi_abi::codes::Code;
use mapi_abi::interfaces::{IAttach, IMAPIFolder, IMAPISession, IMAPITable, IMessage, IMsgStore};
use mapi_abi::read;
use mapi_abi::restriction::{Restriction, SortKey};
use mapi_abi::structs::{
    BOOKMARK_BEGINNING, CLEAR_READ_FLAG, CONVENIENT_DEPTH, MAPI_BEST_ACCESS, MAPI_EXTENDED,
    MAPI_NEW_SESSION, MAPI_NO_MAIL, MAPI_UNICODE, MAPI_USE_DEFAULT, SPropTagArray, SPropValue,
    SRowSet,
};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{EntryId, Row};

use crate::com::ok;
use crate::ffi::{MAPIFreeBuffer, MAPIInitialize, MAPILogonEx, MAPIUninitialize};

/// A thread's use of the subsystem.
struct Initialized;

impl Initialized {
    fn new() -> Result<Self, HRESULT> {
        // SAFETY: null is allowed.
        ok(unsafe { MAPIInitialize(core::ptr::null_mut()) })?;
        Ok(Self)
    }
}

impl Drop for Initialized {
    fn drop(&mut self) {
        // SAFETY: undoes the one `MAPIInitialize` of this value.
        unsafe { MAPIUninitialize() };
    }
}

/// A session of whoever the thread worked for when it was opened.
pub struct Session {
    session: IMAPISession,
    _initialized: Initialized,
}

impl Session {
    /// Opens an individual session with the default profile, without a dialog.
    ///
    /// # Errors
    /// `MAPI_E_LOGON_FAILED` and the store's codes.
    pub fn logon() -> Result<Self, HRESULT> {
        let initialized = Initialized::new()?;
        let flags =
            MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT | MAPI_NO_MAIL | MAPI_UNICODE;
        let (null, mut raw) = (core::ptr::null_mut(), core::ptr::null_mut());
        // SAFETY: null texts are allowed; a writable place.
        ok(unsafe { MAPILogonEx(0, null, null, flags, &mut raw) })?;
        // SAFETY: the answer is a session with a reference.
        let session = unsafe { interface(raw) }?;
        Ok(Self { session, _initialized: initialized })
    }

    /// The default store.
    ///
    /// # Errors
    /// The store's codes.
    pub fn default_store(&self) -> Result<Store, HRESULT> {
        let (null, mut raw) = (core::ptr::null(), core::ptr::null_mut());
        // SAFETY: no identifier means the default store; a writable place.
        let code = unsafe {
            self.session.OpenMsgStore(0, 0, null, null.cast(), MAPI_BEST_ACCESS, &mut raw)
        };
        ok(code)?;
        // SAFETY: the answer is a store with a reference.
        Ok(Store(unsafe { interface(raw) }?))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: no pointers. A session that was ended already says so.
        let _ = unsafe { self.session.Logoff(0, 0, 0) };
    }
}

/// Takes over an answered interface.
///
/// # Safety
/// `raw` is null or `I` with a reference of the caller's.
unsafe fn interface<I: Interface>(raw: *mut c_void) -> Result<I, HRESULT> {
    if raw.is_null() {
        return Err(E_UNEXPECTED);
    }
    // SAFETY: forwarded from the caller.
    Ok(unsafe { I::from_raw(raw) })
}

/// Reads and frees an answered list of properties.
///
/// # Safety
/// `props` is null or a buffer of `count` valid properties of the caller's.
unsafe fn take_props(count: u32, props: *mut SPropValue) -> Result<Row, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let row = read::props(props, count);
        MAPIFreeBuffer(props.cast());
        row.map_err(Code::hresult)
    }
}

/// Asks an object for properties.
fn props_of(
    tags: &[PropTag],
    ask: impl FnOnce(*const SPropTagArray, *mut u32, *mut *mut SPropValue) -> HRESULT,
) -> Result<Row, HRESULT> {
    let mut arguments = Arguments::new();
    let (mut count, mut props) = (0, core::ptr::null_mut());
    ok(ask(arguments.tags(tags), &mut count, &mut props))?;
    // SAFETY: the object answered with a buffer, which is ours.
    unsafe { take_props(count, props) }
}

/// A message store.
pub struct Store(IMsgStore);

impl Store {
    /// Values of the store's properties.
    ///
    /// # Errors
    /// The store's codes.
    pub fn props(&self, tags: &[PropTag]) -> Result<Row, HRESULT> {
        // SAFETY: a valid list and writable places.
        props_of(tags, |tags, count, props| unsafe {
            self.0.GetProps(tags, MAPI_UNICODE, count, props)
        })
    }

    /// The folder in which new mail arrives.
    ///
    /// # Errors
    /// The store's codes.
    pub fn receive_folder(&self) -> Result<EntryId, HRESULT> {
        let null = core::ptr::null_mut();
        let (mut size, mut entry) = (0, null);
        // SAFETY: a null class means mail; writable places.
        let code = unsafe {
            self.0.GetReceiveFolder(core::ptr::null(), 0, &mut size, &mut entry, null.cast())
        };
        ok(code)?;
        // SAFETY: the answer is a buffer of that size, which is ours.
        unsafe {
            let copy = read::entry_id(entry, size);
            MAPIFreeBuffer(entry.cast());
            copy.map_err(Code::hresult)
        }
    }

    fn open(&self, entry: &EntryId) -> Result<*mut c_void, HRESULT> {
        let (mut kind, mut raw) = (0, core::ptr::null_mut());
        // SAFETY: a readable identifier and writable places.
        ok(unsafe {
            self.0.OpenEntry(
                entry.0.len() as u32,
                entry.0.as_ptr(),
                core::ptr::null(),
                MAPI_BEST_ACCESS,
                &mut kind,
                &mut raw,
            )
        })?;
        Ok(raw)
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`; `E_NOINTERFACE` when it is not a folder.
    pub fn folder(&self, entry: &EntryId) -> Result<Folder, HRESULT> {
        // SAFETY: the answer is an object with a reference; its kind is checked.
        let unknown: com_abi::IUnknown = unsafe { interface(self.open(entry)?) }?;
        unknown.cast().map(Folder).map_err(|error| error.code())
    }

    /// Opens a message.
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`; `E_NOINTERFACE` when it is not a message.
    pub fn message(&self, entry: &EntryId) -> Result<Message, HRESULT> {
        // SAFETY: the answer is an object with a reference; its kind is checked.
        let unknown: com_abi::IUnknown = unsafe { interface(self.open(entry)?) }?;
        unknown.cast().map(Message).map_err(|error| error.code())
    }
}

/// A folder.
pub struct Folder(IMAPIFolder);

impl Folder {
    /// The messages in it.
    ///
    /// # Errors
    /// The store's codes.
    pub fn contents(&self) -> Result<Table, HRESULT> {
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable place.
        ok(unsafe { self.0.GetContentsTable(MAPI_UNICODE, &mut raw) })?;
        // SAFETY: the answer is a table with a reference.
        Ok(Table(unsafe { interface(raw) }?))
    }

    /// All folders below it, each after its parent.
    ///
    /// # Errors
    /// The store's codes.
    pub fn hierarchy(&self) -> Result<Table, HRESULT> {
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable place.
        ok(unsafe { self.0.GetHierarchyTable(MAPI_UNICODE | CONVENIENT_DEPTH, &mut raw) })?;
        // SAFETY: the answer is a table with a reference.
        Ok(Table(unsafe { interface(raw) }?))
    }
}

/// A message.
pub struct Message(IMessage);

impl Message {
    /// Values of its properties.
    ///
    /// # Errors
    /// The store's codes.
    pub fn props(&self, tags: &[PropTag]) -> Result<Row, HRESULT> {
        // SAFETY: a valid list and writable places.
        props_of(tags, |tags, count, props| unsafe {
            self.0.GetProps(tags, MAPI_UNICODE, count, props)
        })
    }

    /// Its attachments.
    ///
    /// # Errors
    /// The store's codes.
    pub fn attachments(&self) -> Result<Table, HRESULT> {
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable place.
        ok(unsafe { self.0.GetAttachmentTable(MAPI_UNICODE, &mut raw) })?;
        // SAFETY: the answer is a table with a reference.
        Ok(Table(unsafe { interface(raw) }?))
    }

    /// Values of an attachment's properties.
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` no such attachment; the store's codes.
    pub fn attachment_props(&self, number: u32, tags: &[PropTag]) -> Result<Row, HRESULT> {
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable place.
        ok(unsafe { self.0.OpenAttach(number, core::ptr::null(), 0, &mut raw) })?;
        // SAFETY: the answer is an attachment with a reference.
        let attachment: IAttach = unsafe { interface(raw) }?;
        // SAFETY: a valid list and writable places.
        props_of(tags, |tags, count, props| unsafe {
            attachment.GetProps(tags, MAPI_UNICODE, count, props)
        })
    }

    /// Marks it as read or unread.
    ///
    /// # Errors
    /// `MAPI_E_NO_ACCESS`; the store's codes.
    pub fn set_read(&self, read: bool) -> Result<(), HRESULT> {
        // SAFETY: no pointers.
        ok(unsafe { self.0.SetReadFlag(if read { 0 } else { CLEAR_READ_FLAG }) })
    }
}

/// A table.
pub struct Table(IMAPITable);

impl Table {
    /// Sets the columns.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` without or with too many columns.
    pub fn set_columns(&self, tags: &[PropTag]) -> Result<(), HRESULT> {
        let mut arguments = Arguments::new();
        // SAFETY: a valid list.
        ok(unsafe { self.0.SetColumns(arguments.tags(tags), 0) })
    }

    /// Shows only rows that meet a condition.
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX`.
    pub fn restrict(&self, restriction: &Restriction) -> Result<(), HRESULT> {
        let mut arguments = Arguments::new();
        // SAFETY: a valid structure.
        ok(unsafe { self.0.Restrict(arguments.restriction(restriction), 0) })
    }

    /// Sorts.
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX`.
    pub fn sort(&self, keys: &[SortKey]) -> Result<(), HRESULT> {
        let mut arguments = Arguments::new();
        // SAFETY: a valid structure.
        ok(unsafe { self.0.SortTable(arguments.sort_order(keys), 0) })
    }

    /// Number of rows.
    ///
    /// # Errors
    /// The store's codes.
    pub fn row_count(&self) -> Result<u32, HRESULT> {
        let mut count = 0;
        // SAFETY: a writable place.
        ok(unsafe { self.0.GetRowCount(0, &mut count) })?;
        Ok(count)
    }

    /// Goes to a row, counted from 0.
    ///
    /// # Errors
    /// The store's codes.
    pub fn seek(&self, row: u32) -> Result<(), HRESULT> {
        let rows = i32::try_from(row).unwrap_or(i32::MAX);
        let null = core::ptr::null_mut();
        // SAFETY: null is allowed for the answer.
        ok(unsafe { self.0.SeekRow(BOOKMARK_BEGINNING as usize, rows, null) })
    }

    /// Reads at most `limit` rows.
    ///
    /// # Errors
    /// The store's codes.
    pub fn rows(&self, limit: u32) -> Result<Vec<Row>, HRESULT> {
        let mut set = core::ptr::null_mut();
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        // SAFETY: a writable place.
        ok(unsafe { self.0.QueryRows(limit, 0, &mut set) })?;
        // SAFETY: the answer is a set of rows, which is ours.
        unsafe { take_rows(set) }
    }

    /// Reads all rows, a piece at a time.
    ///
    /// # Errors
    /// The store's codes.
    pub fn all_rows(&self) -> Result<Vec<Row>, HRESULT> {
        let mut all = Vec::new();
        loop {
            let piece = self.rows(500)?;
            if piece.is_empty() {
                return Ok(all);
            }
            all.extend(piece);
        }
    }
}

/// Reads and frees an answered set of rows.
///
/// # Safety
/// `set` is a valid set of the caller's.
unsafe fn take_rows(set: *mut SRowSet) -> Result<Vec<Row>, HRESULT> {
    // SAFETY: forwarded from the caller; each buffer is freed once.
    unsafe {
        let rows = read::rows(set).map_err(Code::hresult)?;
        let values = rows.iter().map(|row| read::row(row)).collect::<Result<Vec<_>, _>>();
        for row in rows {
            MAPIFreeBuffer(row.lpProps.cast());
        }
        MAPIFreeBuffer(set.cast());
        values.map_err(Code::hresult)
    }
}
