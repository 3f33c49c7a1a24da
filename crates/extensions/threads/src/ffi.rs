//! The library's entry points, and what only the system knows of a thread.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use std::sync::{Arc, Mutex, PoisonError};

use partywall::isapi::{describe_extension, run_extension};
use partywall::isapi_abi::{
    DLL_PROCESS_ATTACH, DLL_PROCESS_DETACH, ExtensionControlBlock, VersionInfo,
};

use crate::census::Census;

/// Made when the library enters a process, gone when it leaves.
static CENSUS: Mutex<Option<Arc<Census>>> = Mutex::new(None);

/// The counts; `None` outside of attach and detach.
pub fn census() -> Option<Arc<Census>> {
    CENSUS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set_census(census: Option<Arc<Census>>) {
    *CENSUS.lock().unwrap_or_else(PoisonError::into_inner) = census;
}

/// Makes the globals when the library enters the process, and cleans up when
/// it leaves.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub extern "system" fn DllMain(_library: *mut c_void, reason: u32, _reserved: *mut c_void) -> i32 {
    match reason {
        DLL_PROCESS_ATTACH => {
            let mut random = [0; 8];
            if getrandom::fill(&mut random).is_err() {
                return 0;
            }
            let instance = format!("{:016x}", u64::from_ne_bytes(random));
            let loaded_at = jiff::Timestamp::now().to_string();
            set_census(Some(Arc::new(Census::new(instance, loaded_at))));
        }
        DLL_PROCESS_DETACH => set_census(None),
        _ => {}
    }
    1
}

/// Says what this extension is; counted, for it must be called once only.
///
/// # Safety
/// `info` is null or writable.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub unsafe extern "system" fn GetExtensionVersion(info: *mut VersionInfo) -> i32 {
    if let Some(census) = census() {
        census.count_version_call();
    }
    // SAFETY: forwarded from the caller.
    unsafe { describe_extension(info, "Partywall isapithrd") }
}

/// Answers one request; called by many threads at once.
///
/// # Safety
/// `block` is the host's control block, valid until this returns.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub unsafe extern "system" fn HttpExtensionProc(block: *mut ExtensionControlBlock) -> u32 {
    // SAFETY: forwarded from the caller.
    unsafe { run_extension(block, crate::run) }
}

/// Agrees to every unload.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub extern "system" fn TerminateExtension(_flags: u32) -> i32 {
    1
}

/// The thread's number in the system.
pub fn thread_id() -> u32 {
    // SAFETY: no arguments, cannot fail.
    unsafe { libc::gettid() }.cast_unsigned()
}

/// The thread's effective user, which an impersonating thread has for itself.
pub fn effective_user() -> u32 {
    // SAFETY: no arguments, cannot fail.
    unsafe { libc::geteuid() }
}

/// Bytes of the thread's stack; 0 when the system does not say.
pub fn stack_limit() -> u64 {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut size = 0;
    // SAFETY: the attributes are written by the first call before they are
    // read and released; `size` is writable.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return 0;
        }
        let known = libc::pthread_attr_getstacksize(attributes.as_ptr(), &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        if known != 0 {
            return 0;
        }
    }
    size as u64
}
