//! The way to ask any moniker, context or container: raw arguments in, owned
//! values out.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{E_NOINTERFACE, E_OUTOFMEMORY, S_OK};
use com_abi::moniker::{
    BINDSPEED_IMMEDIATE, BINDSPEED_INDEFINITE, BINDSPEED_MODERATE, BindOptions, IBindCtx,
    IEnumMoniker, IMoniker, IParseDisplayName, MKSYS_GENERICCOMPOSITE,
};
use com_abi::{FILETIME, GUID, HRESULT, IUnknown, Interface, WideString, from_wide};
use partywall::task;

use super::{Answer, Binding, Content, MAX_COMPONENTS, object, persist};
use crate::stream::{memory_stream, read_all, seek, write_all};

/// The units of a text that were read, and the moniker that they made.
pub type Parsed = Result<(u32, Option<IMoniker>), HRESULT>;

/// The code, if it is one of success.
fn checked(code: HRESULT) -> Result<HRESULT, HRESULT> {
    if code.is_err() { Err(code) } else { Ok(code) }
}

/// Whether a call succeeded.
///
/// # Errors
/// Its code.
pub fn ok(code: HRESULT) -> Result<(), HRESULT> {
    checked(code).map(|_| ())
}

/// The address of a moniker that is only lent, null for none.
fn raw(moniker: Option<&IMoniker>) -> *mut c_void {
    moniker.map_or(null_mut(), Interface::as_raw)
}

/// The moniker that a call answered.
///
/// # Safety
/// `raw` is null or a moniker with a reference, which this takes over.
unsafe fn owned(raw: *mut c_void) -> Option<IMoniker> {
    // SAFETY: forwarded from the caller.
    (!raw.is_null()).then(|| unsafe { IMoniker::from_raw(raw) })
}

fn answered(ask: impl FnOnce(*mut *mut c_void) -> HRESULT) -> Answer {
    let mut place = null_mut();
    let code = checked(ask(&mut place))?;
    // SAFETY: the call succeeded, so this is null or a moniker of ours.
    Ok((code, unsafe { owned(place) }))
}

/// The interface that a call answers, with a reference.
///
/// # Errors
/// The call's; `E_NOINTERFACE` when it answers nothing.
pub fn pointer(ask: impl FnOnce(*mut *mut c_void) -> HRESULT) -> Result<*mut c_void, HRESULT> {
    let mut place = null_mut();
    ok(ask(&mut place))?;
    if place.is_null() { Err(E_NOINTERFACE) } else { Ok(place) }
}

/// The object's interface `iid` with a reference.
///
/// # Errors
/// The moniker's.
pub fn bind(moniker: &IMoniker, at: &Binding<'_>, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let context = at.context.as_raw();
    // SAFETY: live interfaces, a readable identifier, a writable place.
    pointer(|place| unsafe { moniker.BindToObject(context, raw(at.left), iid, place) })
}

/// The object as an interface.
///
/// # Errors
/// The moniker's.
pub fn bind_to<I: Interface>(moniker: &IMoniker, at: &Binding<'_>) -> Result<I, HRESULT> {
    // SAFETY: the answer is that interface with a reference.
    bind(moniker, at, &I::IID).map(|raw| unsafe { I::from_raw(raw) })
}

/// Where the object is kept.
///
/// # Errors
/// The moniker's.
pub fn bind_storage(
    moniker: &IMoniker,
    at: &Binding<'_>,
    iid: &GUID,
) -> Result<*mut c_void, HRESULT> {
    let context = at.context.as_raw();
    // SAFETY: live interfaces, a readable identifier, a writable place.
    pointer(|place| unsafe { moniker.BindToStorage(context, raw(at.left), iid, place) })
}

/// A simpler moniker.
///
/// # Errors
/// The moniker's.
pub fn reduce(moniker: &IMoniker, context: &IBindCtx, how: u32) -> Answer {
    // SAFETY: live interfaces, no left one, a writable place.
    answered(|place| unsafe { moniker.Reduce(context.as_raw(), how, null_mut(), place) })
}

/// A moniker with another to its right; none when they take each other back.
///
/// # Errors
/// `MK_E_NEEDGENERIC` when only a generic composite would do and is not wanted;
/// the moniker's.
pub fn compose(
    moniker: &IMoniker,
    right: &IMoniker,
    not_generic: bool,
) -> Result<Option<IMoniker>, HRESULT> {
    // SAFETY: live interfaces and a writable place.
    let ask = |place| unsafe { moniker.ComposeWith(right.as_raw(), not_generic.into(), place) };
    Ok(answered(ask)?.1)
}

/// The parts of a composite, or the moniker itself.
///
/// # Errors
/// The moniker's; `E_OUTOFMEMORY` when there are too many.
pub fn components(moniker: &IMoniker) -> Result<Vec<IMoniker>, HRESULT> {
    match object::content_of(moniker) {
        Some(Content::Composite(parts)) => return Ok(parts),
        Some(_) => return Ok(vec![moniker.clone()]),
        None if system_kind(moniker) != MKSYS_GENERICCOMPOSITE => return Ok(vec![moniker.clone()]),
        None => {}
    }
    // SAFETY: a live interface and a writable place.
    let parts = pointer(|place| unsafe { moniker.Enum(1, place) })?;
    // SAFETY: the answer is an enumerator with a reference.
    let parts = unsafe { IEnumMoniker::from_raw(parts) };
    let mut found = Vec::new();
    loop {
        let mut place = null_mut();
        // SAFETY: a live interface and a writable place for one.
        let code = unsafe { parts.Next(1, &mut place, null_mut()) };
        // SAFETY: null, or a moniker of ours.
        match unsafe { owned(place) } {
            Some(part) if code == S_OK && found.len() < MAX_COMPONENTS => found.push(part),
            Some(_) => return Err(E_OUTOFMEMORY),
            None => return Ok(found),
        }
    }
}

/// Whether both name the same.
pub fn is_equal(moniker: &IMoniker, other: &IMoniker) -> bool {
    // SAFETY: live interfaces.
    unsafe { moniker.IsEqual(other.as_raw()) == S_OK }
}

/// Its number.
///
/// # Errors
/// The moniker's.
pub fn hash(moniker: &IMoniker) -> Result<u32, HRESULT> {
    let mut hash = 0;
    // SAFETY: a writable place.
    ok(unsafe { moniker.Hash(&mut hash) })?;
    Ok(hash)
}

/// Whether the object runs.
///
/// # Errors
/// The moniker's.
pub fn is_running(
    moniker: &IMoniker,
    at: &Binding<'_>,
    newly: Option<&IMoniker>,
) -> Result<bool, HRESULT> {
    let context = at.context.as_raw();
    // SAFETY: live interfaces or null.
    let code = unsafe { moniker.IsRunning(context, raw(at.left), raw(newly)) };
    Ok(checked(code)? == S_OK)
}

/// When the object was changed.
///
/// # Errors
/// The moniker's.
pub fn time_of_last_change(moniker: &IMoniker, at: &Binding<'_>) -> Result<FILETIME, HRESULT> {
    let mut time = FILETIME::default();
    // SAFETY: live interfaces or null, and a writable place.
    ok(unsafe { moniker.GetTimeOfLastChange(at.context.as_raw(), raw(at.left), &mut time) })?;
    Ok(time)
}

/// What takes it back.
///
/// # Errors
/// `MK_E_NOINVERSE`; the moniker's.
pub fn inverse(moniker: &IMoniker) -> Result<Option<IMoniker>, HRESULT> {
    // SAFETY: a writable place.
    Ok(answered(|place| unsafe { moniker.Inverse(place) })?.1)
}

/// What both begin with.
///
/// # Errors
/// `MK_E_NOPREFIX`; the moniker's.
pub fn common_prefix(moniker: &IMoniker, other: &IMoniker) -> Answer {
    // SAFETY: live interfaces and a writable place.
    answered(|place| unsafe { moniker.CommonPrefixWith(other.as_raw(), place) })
}

/// The text for people.
///
/// # Errors
/// The moniker's.
pub fn display_name(moniker: &IMoniker, at: &Binding<'_>) -> Result<String, HRESULT> {
    let mut text = null_mut();
    // SAFETY: live interfaces or null, and a writable place; the answer is
    // zero-ended memory of the task allocator, and ours.
    unsafe {
        ok(moniker.GetDisplayName(at.context.as_raw(), raw(at.left), &mut text))?;
        let name = from_wide(text);
        task::free(text);
        Ok(name)
    }
}

/// What comes after the moniker in a text, and the units that were read.
///
/// # Errors
/// `MK_E_SYNTAX`; the moniker's.
pub fn parse_after(moniker: &IMoniker, at: &Binding<'_>, text: &WideString) -> Parsed {
    let (mut eaten, context, text) = (0, at.context.as_raw(), text.as_ptr());
    let ask = |place| {
        // SAFETY: live interfaces or null, zero-ended text, writable places.
        unsafe { moniker.ParseDisplayName(context, raw(at.left), text, &mut eaten, place) }
    };
    let parsed = answered(ask)?.1;
    Ok((eaten, parsed))
}

/// As [`parse_after`], by an object or a class that reads names.
///
/// # Errors
/// `MK_E_SYNTAX`; the parser's.
pub fn parse_by(parser: &IParseDisplayName, context: &IBindCtx, text: &WideString) -> Parsed {
    let mut eaten = 0;
    let (context, text) = (context.as_raw(), text.as_ptr());
    // SAFETY: live interfaces, zero-ended text, writable places.
    let ask = |place| unsafe { parser.ParseDisplayName(context, text, &mut eaten, place) };
    let parsed = answered(ask)?.1;
    Ok((eaten, parsed))
}

/// Which of the system's it is; 0 for none.
pub fn system_kind(moniker: &IMoniker) -> u32 {
    let mut kind = 0;
    // SAFETY: a writable place.
    let code = unsafe { moniker.IsSystemMoniker(&mut kind) };
    if code == S_OK { kind } else { 0 }
}

/// The class that loads it.
///
/// # Errors
/// The moniker's.
pub fn class_id(moniker: &IMoniker) -> Result<GUID, HRESULT> {
    let mut clsid = GUID::default();
    // SAFETY: a writable place.
    ok(unsafe { moniker.GetClassID(&mut clsid) })?;
    Ok(clsid)
}

/// The moniker as its class and what it saves.
///
/// # Errors
/// The moniker's.
pub fn to_bytes(moniker: &IMoniker) -> Result<Vec<u8>, HRESULT> {
    let stream = memory_stream()?;
    persist::save_with_class(&stream, moniker)?;
    seek(&stream, 0)?;
    read_all(&stream)
}

/// A moniker of such bytes.
///
/// # Errors
/// What loading it answers.
pub fn from_bytes(bytes: &[u8]) -> Result<IMoniker, HRESULT> {
    let stream = memory_stream()?;
    write_all(&stream, bytes)?;
    seek(&stream, 0)?;
    persist::load_with_class(&stream)
}

/// The context's options.
///
/// # Errors
/// The context's.
pub fn options(context: &IBindCtx) -> Result<BindOptions, HRESULT> {
    let mut options = BindOptions::default();
    // SAFETY: a writable structure of the size that it says.
    ok(unsafe { context.GetBindOptions(&mut options) })?;
    Ok(options)
}

/// How long binding may take, as containers are told (`BINDSPEED_*`).
///
/// # Errors
/// The context's.
pub fn speed(context: &IBindCtx) -> Result<u32, HRESULT> {
    /// Up to so many milliseconds nothing may be loaded.
    const IMMEDIATE: u32 = 2500;
    Ok(match options(context)?.deadline {
        0 => BINDSPEED_INDEFINITE,
        1..IMMEDIATE => BINDSPEED_IMMEDIATE,
        _ => BINDSPEED_MODERATE,
    })
}

/// Lets the context keep an object as long as it lives.
///
/// # Errors
/// The context's.
pub fn keep(context: &IBindCtx, object: &IUnknown) -> Result<(), HRESULT> {
    // SAFETY: live interfaces.
    ok(unsafe { context.RegisterObjectBound(object.as_raw()) })
}
