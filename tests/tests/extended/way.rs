//! The way to a session's objects, by the documented calls.

use std::ffi::c_void;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use com_abi::{HRESULT, Interface};
use mapi_abi::build::Arguments;
use mapi_abi::codes::Code;
use mapi_abi::interfaces::{
    IAttach, IMAPIFolder, IMAPIProp, IMAPISession, IMAPITable, IMessage, IMsgStore,
};
use mapi_abi::read;
use mapi_abi::restriction::SortOrder;
use mapi_abi::structs::{
    MAPI_BEST_ACCESS, MAPI_EXTENDED, MAPI_NEW_SESSION, MAPI_UNICODE, MAPI_USE_DEFAULT,
    SPropTagArray, SRowSet,
};
use mapi_abi::tags::{PR_ENTRYID, PropTag};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::Settings;
use partywall::ffi::{FreeProws, HrQueryAllRows, MAPIFreeBuffer, MAPILogonEx};
use security::{Token, impersonation};

/// A house for the tests of this process, which take turns.
pub fn house() -> MutexGuard<'static, ()> {
    static HOUSE: OnceLock<tempfile::TempDir> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    HOUSE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        registry::set_data_folder(folder.path().to_owned());
        tests::messaging();
        mapi_session::set_settings(Settings { broker: false, ..Settings::default() });
        mapi_session::initialize(0, 0).unwrap();
        folder
    });
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A fresh user with the profile `Default`.
pub fn user() -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let name = format!("user{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let folder = mapi_session::user_folder(registry::data_folder(), &name);
    let profile = mapi_session::logon::with_registered_services("Default").unwrap();
    mapi_profile::ProfileFolder::new(&folder).create(&profile).unwrap();
    name
}

pub fn as_user<R>(user: &str, body: impl FnOnce() -> R) -> R {
    let _identity = impersonation::impersonate(&Token::new(user, None)).unwrap();
    body()
}

/// A code that is success.
#[track_caller]
pub fn ok(code: HRESULT) {
    assert!(code.is_ok(), "{:?}", Code(code.0));
}

/// Takes over an answered interface.
pub fn taken<I: Interface>(raw: *mut c_void) -> I {
    assert!(!raw.is_null());
    // SAFETY: the answer is such an interface with a reference.
    unsafe { I::from_raw(raw) }
}

pub fn logon(user: &str) -> IMAPISession {
    let flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT | MAPI_UNICODE;
    let mut raw = std::ptr::null_mut();
    let null = std::ptr::null_mut();
    // SAFETY: null texts are allowed; a writable place.
    as_user(user, || ok(unsafe { MAPILogonEx(0, null, null, flags, &mut raw) }));
    taken(raw)
}

pub fn store(session: &IMAPISession) -> IMsgStore {
    let (null, mut raw) = (std::ptr::null(), std::ptr::null_mut());
    // SAFETY: no identifier is the default store; a writable place.
    ok(unsafe { session.OpenMsgStore(0, 0, null, null.cast(), MAPI_BEST_ACCESS, &mut raw) });
    taken(raw)
}

/// An object of the store by its identifier; none is the root folder.
pub fn open<I: Interface>(store: &IMsgStore, entry: Option<&EntryId>) -> I {
    let (mut kind, mut raw) = (0, std::ptr::null_mut());
    let bytes = entry.map_or(&[][..], |entry| &entry.0);
    // SAFETY: so many readable bytes and writable places.
    ok(unsafe {
        let iid = std::ptr::null();
        store.OpenEntry(bytes.len() as u32, bytes.as_ptr(), iid, 0, &mut kind, &mut raw)
    });
    taken(raw)
}

pub fn inbox(store: &IMsgStore) -> IMAPIFolder {
    let (mut size, mut entry) = (0, std::ptr::null_mut());
    // SAFETY: writable places; the answer is a buffer of ours.
    let id = unsafe {
        let null = std::ptr::null_mut();
        ok(store.GetReceiveFolder(std::ptr::null(), MAPI_UNICODE, &mut size, &mut entry, null));
        let id = read::entry_id(entry, size).unwrap();
        MAPIFreeBuffer(entry.cast());
        id
    };
    open(store, Some(&id))
}

/// Properties of an object and the code of the call.
pub fn try_props(object: &IMAPIProp, tags: &[PropTag], flags: u32) -> (HRESULT, Row) {
    let mut arguments = Arguments::new();
    let tags = if tags.is_empty() { std::ptr::null_mut() } else { arguments.tags(tags) };
    let (mut count, mut props) = (0, std::ptr::null_mut());
    // SAFETY: a valid list and writable places; the answer is ours.
    unsafe {
        let code = object.GetProps(tags, flags, &mut count, &mut props);
        let row = if code.is_ok() { read::props(props, count).unwrap() } else { Row::new() };
        MAPIFreeBuffer(props.cast());
        (code, row)
    }
}

#[track_caller]
pub fn props(object: &IMAPIProp, tags: &[PropTag]) -> Row {
    let (code, row) = try_props(object, tags, MAPI_UNICODE);
    ok(code);
    row
}

pub fn value(object: &IMAPIProp, tag: PropTag) -> Value {
    props(object, &[tag]).remove(0).value
}

pub fn text(object: &IMAPIProp, tag: PropTag) -> String {
    match value(object, tag) {
        Value::Unicode(text) => text,
        other => panic!("{tag:?}: {other:?}"),
    }
}

pub fn entry_id(object: &IMAPIProp) -> EntryId {
    match value(object, PR_ENTRYID) {
        Value::Binary(bytes) => EntryId(bytes),
        other => panic!("{other:?}"),
    }
}

/// Sets properties; the problems by position.
pub fn set(object: &IMAPIProp, props: &[Prop]) -> Vec<(u32, PropTag, Code)> {
    let mut arguments = Arguments::new();
    let built = arguments.props(props);
    let mut problems = std::ptr::null_mut();
    // SAFETY: valid structures and a writable place; the problems are ours.
    unsafe {
        ok(object.SetProps(props.len() as u32, built, &mut problems));
        let read = read::problems(problems.cast()).unwrap();
        MAPIFreeBuffer(problems);
        read
    }
}

pub fn save(object: &IMAPIProp) {
    // SAFETY: no pointers.
    ok(unsafe { object.SaveChanges(0) });
}

pub fn create(folder: &IMAPIFolder, associated: bool) -> IMessage {
    let mut raw = std::ptr::null_mut();
    let flags = if associated { mapi_abi::structs::MAPI_ASSOCIATED } else { 0 };
    // SAFETY: a writable place.
    ok(unsafe { folder.CreateMessage(std::ptr::null(), flags, &mut raw) });
    taken(raw)
}

pub fn attach(message: &IMessage) -> (u32, IAttach) {
    let (mut number, mut raw) = (0, std::ptr::null_mut());
    // SAFETY: writable places.
    ok(unsafe { message.CreateAttach(std::ptr::null(), 0, &mut number, &mut raw) });
    (number, taken(raw))
}

pub fn contents(folder: &IMAPIFolder) -> IMAPITable {
    let mut raw = std::ptr::null_mut();
    // SAFETY: a writable place.
    ok(unsafe { folder.GetContentsTable(MAPI_UNICODE, &mut raw) });
    taken(raw)
}

/// All rows of a table with these columns, in this order.
pub fn all_rows(table: &IMAPITable, columns: &[PropTag], order: &SortOrder) -> Vec<Row> {
    let mut arguments = Arguments::new();
    let tags: *mut SPropTagArray = arguments.tags(columns);
    let order = arguments.headed_order(order);
    let mut set = std::ptr::null_mut();
    let raw = table.as_raw();
    // SAFETY: valid structures and a writable place; the set is ours.
    unsafe {
        ok(HrQueryAllRows(raw, tags, std::ptr::null_mut(), order, 0, &mut set));
        take(set)
    }
}

/// Reads and frees a set of rows.
///
/// # Safety
/// `set` is an answered set.
pub unsafe fn take(set: *mut SRowSet) -> Vec<Row> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let rows = read::rows(set).unwrap();
        let rows = rows.iter().map(|row| read::row(row).unwrap()).collect();
        FreeProws(set);
        rows
    }
}

/// Texts of one column.
pub fn texts(rows: &[Row], at: usize) -> Vec<String> {
    let text = |row: &Row| match &row[at].value {
        Value::Unicode(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    rows.iter().map(text).collect()
}
