//! The C functions that the runtime exports: they check their arguments, catch
//! panics, map errors, and forward.
//!
//! What each does is documented in the SDK (`partywall::ffi`), whose
//! declarations these match.

#![allow(non_snake_case)]

pub mod activation;
pub mod agile;
#[cfg(not(loom))]
pub mod apartments;
#[cfg(not(loom))]
pub mod asynchronous;
#[cfg(not(loom))]
pub mod calls;
pub mod class_objects;
pub mod connections;
#[cfg(not(loom))]
pub mod contexts;
pub mod descriptor;
pub mod global_table;
pub mod identifiers;
pub mod identity;
pub mod libraries;
pub mod marshal;
pub mod memory;
#[cfg(not(loom))]
pub mod messages;
pub mod names;
pub mod proxy_stub;
pub mod running_objects;

use core::ffi::{c_char, c_void};
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use com_abi::codes::{E_INVALIDARG, E_POINTER, E_UNEXPECTED, RPC_E_SERVERFAULT, S_FALSE, S_OK};
use com_abi::description::InterfaceDescription;
use com_abi::{GUID, HRESULT};
use observe::last_error;
use partywall::ffi::ClassRegistration;

use crate::class::ClassEntry;
use crate::memory as allocator;
use crate::{call, class, context, description, proxy};

/// Runs an entry point's body; a panic becomes `E_UNEXPECTED`.
pub fn guarded(body: impl FnOnce() -> Result<HRESULT, HRESULT>) -> HRESULT {
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
pub unsafe fn guarded_pointer(
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
    allocator::alloc(size)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `block` is null or a live block of the task allocator.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoTaskMemRealloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: forwarded from the caller.
    unsafe { allocator::realloc(block, size) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `block` is null or a live block of the task allocator, not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoTaskMemFree(block: *mut c_void) {
    // SAFETY: forwarded from the caller.
    unsafe { allocator::free(block) };
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
            app_id: Some(class.app_id).filter(|id| *id != GUID::default()),
            has_surrogate: class.has_surrogate != 0,
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
/// `this` is an interface proxy; `frame` fits its method `method`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PwProxyInvoke(
    this: *mut c_void,
    method: u32,
    frame: *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    let answer = catch_unwind(AssertUnwindSafe(|| unsafe {
        proxy::invoke(this, method, frame, call::is_abandonable())
    }));
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

/// Loads a library for its own eyes.
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
    // SAFETY: a handle of `open_library` that its user keeps open, and a
    // zero-ended name.
    let symbol = unsafe { libc::dlsym(handle as *mut c_void, name.as_ptr()) };
    (!symbol.is_null()).then_some(symbol)
}

/// Closes a handle of [`open_library`] that nobody uses any more.
pub fn close_library(handle: usize) {
    // SAFETY: a handle of `open_library`, closed once. The library's finishers
    // run; that nobody is inside it is what `library` sees to.
    if unsafe { libc::dlclose(handle as *mut c_void) } != 0 {
        // SAFETY: answers null or a zero-ended text that is this thread's own.
        let says = unsafe { text(libc::dlerror()) }.unwrap_or_default();
        observe::warn!("com", "a library cannot be unloaded: {says}");
    }
}

/// What the loader knows of the library that an address lies in.
fn library_of(address: *const c_void) -> Option<libc::Dl_info> {
    // SAFETY: all bytes zero is a valid value, which the call fills in; the
    // address is only looked up.
    let (found, info) = unsafe {
        let mut info: libc::Dl_info = core::mem::zeroed();
        (libc::dladdr(address, &mut info), info)
    };
    (found != 0).then_some(info)
}

/// File of the library that an address lies in.
fn file_of_address(address: *const c_void) -> Option<PathBuf> {
    let info = library_of(address)?;
    // SAFETY: null or a zero-ended path.
    let path = PathBuf::from(unsafe { text(info.dli_fname) }?);
    path.canonicalize().ok()
}

/// Where the library of an address begins, which tells libraries apart; 0 when
/// the address lies in none.
pub fn library_base(address: *const c_void) -> usize {
    library_of(address).map_or(0, |info| info.dli_fbase as usize)
}
