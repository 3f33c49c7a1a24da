//! The C functions that the runtime exports: they check their arguments, catch
//! panics, map errors, and forward.
//!
//! What each does is documented in the SDK (`partywall::ffi`), whose
//! declarations these match.

#![allow(non_snake_case)]

pub mod agile;
pub mod connections;
pub mod global_table;
pub mod marshal;
pub mod proxy_stub;

use core::ffi::{c_char, c_void};
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, E_INVALIDARG, E_POINTER, E_UNEXPECTED, RPC_E_SERVERFAULT, S_FALSE, S_OK,
};
use com_abi::description::{Dispatch, InterfaceDescription};
use com_abi::{GUID, HRESULT, from_wide};
use observe::last_error;
use partywall::ffi::{COINIT_APARTMENTTHREADED, ClassRegistration};

use crate::class::ClassEntry;
use crate::membership::{Base, Entered, Position};
use crate::{activation, apartment, class, context, description, memory, proxy};

/// `CoInitializeEx` flags that have a meaning: the model, and two hints without
/// effect here.
const KNOWN_FLAGS: u32 = COINIT_APARTMENTTHREADED | 4 | 8;

/// Runs an entry point's body; a panic becomes `E_UNEXPECTED`.
pub(crate) fn guarded(body: impl FnOnce() -> Result<HRESULT, HRESULT>) -> HRESULT {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(code) | Err(code)) => code,
        Err(_) => E_UNEXPECTED,
    }
}

/// As [`guarded`] for an entry point that answers a pointer: the place is set
/// to null first and to the answer on success.
///
/// # Safety
/// `place` is null or writable.
pub(crate) unsafe fn guarded_pointer(
    place: *mut *mut c_void,
    body: impl FnOnce() -> Result<*mut c_void, HRESULT>,
) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(core::ptr::null_mut()) };
    guarded(|| {
        let answer = body()?;
        // SAFETY: as above.
        unsafe { place.write(answer) };
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoInitializeEx(reserved: *mut c_void, flags: u32) -> HRESULT {
    guarded(|| {
        if !reserved.is_null() || flags & !KNOWN_FLAGS != 0 {
            return Err(E_INVALIDARG);
        }
        Ok(match apartment::enter(flags & COINIT_APARTMENTTHREADED == 0)? {
            Entered::Now => S_OK,
            Entered::Again => S_FALSE,
        })
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoUninitialize() {
    let _ = catch_unwind(apartment::leave);
}

/// See `partywall::ffi`.
///
/// # Safety
/// Both places are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetApartmentType(kind: *mut i32, qualifier: *mut i32) -> HRESULT {
    guarded(|| {
        if kind.is_null() || qualifier.is_null() {
            return Err(E_INVALIDARG);
        }
        let position = apartment::position();
        let (type_, how) = match position {
            Some(Position::Sta) => (0, 0),
            Some(Position::Mta) => (1, 0),
            Some(Position::ImplicitMta) => (1, 1),
            Some(Position::MainSta) => (3, 0),
            Some(Position::Neutral(Base::Mta)) => (2, 2),
            Some(Position::Neutral(Base::Sta)) => (2, 3),
            Some(Position::Neutral(Base::ImplicitMta)) => (2, 4),
            Some(Position::Neutral(Base::MainSta)) => (2, 5),
            None => (-1, 0),
        };
        // SAFETY: checked for null; the caller passes writable places.
        unsafe {
            kind.write(type_);
            qualifier.write(how);
        }
        if position.is_some() { Ok(S_OK) } else { Err(CO_E_NOTINITIALIZED) }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `clsid` and `iid` are null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoCreateInstance(
    clsid: *const GUID,
    outer: *mut c_void,
    context: u32,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let (Some(clsid), Some(iid)) = (clsid.as_ref(), iid.as_ref()) else {
                return Err(E_INVALIDARG);
            };
            activation::create_instance(clsid, outer, context, iid)
        })
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `progid` is null or zero-ended, `clsid` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CLSIDFromProgID(progid: *const u16, clsid: *mut GUID) -> HRESULT {
    guarded(|| {
        if progid.is_null() || clsid.is_null() {
            return Err(E_INVALIDARG);
        }
        // SAFETY: checked for null; the caller passes a zero-ended string.
        let progid = unsafe { from_wide(progid) };
        let found = class::from_progid(&progid);
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { clsid.write(found.unwrap_or_default()) };
        found.map(|_| S_OK)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoImpersonateClient() -> HRESULT {
    guarded(|| context::impersonate_client().map(|()| S_OK))
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoRevertToSelf() -> HRESULT {
    guarded(|| {
        context::revert_to_self();
        Ok(S_OK)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CoTaskMemAlloc(size: usize) -> *mut c_void {
    memory::alloc(size)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `block` is null or a live block of the task allocator.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoTaskMemRealloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: forwarded from the caller.
    unsafe { memory::realloc(block, size) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `block` is null or a live block of the task allocator, not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoTaskMemFree(block: *mut c_void) {
    // SAFETY: forwarded from the caller.
    unsafe { memory::free(block) };
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn GetLastError() -> u32 {
    last_error::get()
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn SetLastError(error: u32) {
    last_error::set(error);
}

/// Text of a registration; `None` for null.
///
/// # Safety
/// `text` is null or zero-ended.
unsafe fn text(text: *const c_char) -> Option<String> {
    // SAFETY: forwarded from the caller.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// # Safety
/// As [`PwRegisterClass`].
unsafe fn class_entry(class: *const ClassRegistration) -> Result<ClassEntry, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let class = class.as_ref().ok_or(E_INVALIDARG)?;
        Ok(ClassEntry {
            clsid: class.clsid,
            progid: text(class.progid).ok_or(E_INVALIDARG)?,
            name: text(class.name).ok_or(E_INVALIDARG)?,
            threading: text(class.threading),
            file: file_of_address(class.library).ok_or(E_INVALIDARG)?,
        })
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `class` is null or readable, its texts null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwRegisterClass(class: *const ClassRegistration) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| class::register(&unsafe { class_entry(class) }?).map(|()| S_OK))
}

/// See `partywall::ffi`.
///
/// # Safety
/// As [`PwRegisterClass`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwUnregisterClass(class: *const ClassRegistration) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| class::unregister(&unsafe { class_entry(class) }?).map(|()| S_OK))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `description` is null or lives as long as its library, which stays loaded.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwRegisterInterface(
    description: *const InterfaceDescription,
) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let description = unsafe { description.as_ref() }.ok_or(E_POINTER)?;
        Ok(if description::register(description)? { S_OK } else { S_FALSE })
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `this` is an interface proxy; `dispatch` and `frame` fit its method `method`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwProxyInvoke(
    this: *mut c_void,
    method: u32,
    dispatch: Dispatch,
    frame: *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    let answer =
        catch_unwind(AssertUnwindSafe(|| unsafe { proxy::invoke(this, method, dispatch, frame) }));
    match answer {
        Ok(Ok(code) | Err(code)) => code,
        Err(_) => RPC_E_SERVERFAULT,
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `this` is an interface proxy, `iid` null or readable, `object` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwProxyQueryInterface(
    this: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || proxy::query_interface(this, iid.as_ref().ok_or(E_POINTER)?))
    }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `this` is an interface proxy.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwProxyAddRef(this: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    catch_unwind(AssertUnwindSafe(|| unsafe { proxy::add_ref(this) })).unwrap_or(0)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `this` is an interface proxy whose reference is the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwProxyRelease(this: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    catch_unwind(AssertUnwindSafe(|| unsafe { proxy::release_interface(this) })).unwrap_or(0)
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn PwRuntime() -> *const c_void {
    static RUNTIME: u8 = 0;
    (&raw const RUNTIME).cast()
}

/// Loads a library for its own eyes; the handle is never closed.
///
/// # Errors
/// The loader's sentence.
pub fn open_library(path: &CStr) -> Result<usize, String> {
    // SAFETY: a zero-ended path. The library's initialisers run; that is what
    // loading code means.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if !handle.is_null() {
        return Ok(handle as usize);
    }
    // SAFETY: answers null or a zero-ended text that is this thread's own.
    let says = unsafe { text(libc::dlerror()) };
    Err(says.unwrap_or_else(|| "the loader gives no reason".into()))
}

/// Address of an exported symbol.
pub fn find_symbol(handle: usize, name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a handle of `open_library`, which is never closed, and a
    // zero-ended name.
    let symbol = unsafe { libc::dlsym(handle as *mut c_void, name.as_ptr()) };
    (!symbol.is_null()).then_some(symbol)
}

/// File of the library that an address lies in.
fn file_of_address(address: *const c_void) -> Option<PathBuf> {
    // SAFETY: all bytes zero is a valid value, which the call fills in; the
    // address is only looked up.
    let (found, info) = unsafe {
        let mut info: libc::Dl_info = core::mem::zeroed();
        (libc::dladdr(address, &mut info), info)
    };
    if found == 0 {
        return None;
    }
    // SAFETY: null or a zero-ended path.
    let path = PathBuf::from(unsafe { text(info.dli_fname) }?);
    path.canonicalize().ok()
}
