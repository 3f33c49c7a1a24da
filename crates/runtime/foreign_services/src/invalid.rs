//! What `IMAPISupport::MakeInvalid` makes of an object: one that counts references
//! and answers everything else with `MAPI_E_INVALID_OBJECT`.
//!
//! # Layout
//! The object's memory begins with its vtable and has room for two pointers; it was
//! allocated by the functions of buffers, which free it with the last reference.

use core::ffi::c_void;
use core::sync::atomic::{AtomicU32, Ordering};

use com_abi::HRESULT;
use mapi_abi::codes::Code;

/// Methods after those of `IUnknown` in the vtable; no interface has more.
const METHODS: usize = 61;

#[repr(C)]
struct Vtable {
    query: unsafe extern "system" fn() -> HRESULT,
    add_ref: unsafe extern "system" fn(*mut Stub) -> u32,
    release: unsafe extern "system" fn(*mut Stub) -> u32,
    // The arguments of each are the caller's to take away, so one function does for
    // all of them.
    methods: [unsafe extern "system" fn() -> HRESULT; METHODS],
}

#[repr(C)]
struct Stub {
    vtable: *const Vtable,
    references: AtomicU32,
}

static VTABLE: Vtable = Vtable {
    query: refuse,
    add_ref,
    release,
    methods: [refuse as unsafe extern "system" fn() -> HRESULT; METHODS],
};

unsafe extern "system" fn refuse() -> HRESULT {
    Code::INVALID_OBJECT.hresult()
}

unsafe extern "system" fn add_ref(stub: *mut Stub) -> u32 {
    // SAFETY: an object that `make_invalid` made and that has a reference.
    unsafe { (*stub).references.fetch_add(1, Ordering::Relaxed) + 1 }
}

unsafe extern "system" fn release(stub: *mut Stub) -> u32 {
    // SAFETY: an object that `make_invalid` made and that has a reference; after the
    // last one nobody uses it.
    unsafe {
        let left = (*stub).references.fetch_sub(1, Ordering::AcqRel) - 1;
        if left == 0 {
            extended_mapi::free(stub.cast());
        }
        left
    }
}

/// Makes an object invalid that has `references`; none frees it.
///
/// # Safety
/// `object` is one of the caller's in a buffer of at least two pointers, which
/// nobody is inside of.
pub unsafe fn make_invalid(object: *mut c_void, references: u32) {
    let stub = Stub { vtable: &VTABLE, references: AtomicU32::new(references) };
    // SAFETY: forwarded from the caller.
    unsafe {
        object.cast::<Stub>().write(stub);
        if references == 0 {
            extended_mapi::free(object.cast());
        }
    }
}

#[cfg(test)]
mod tests {
    use com_abi::Interface;
    use mapi_abi::interfaces::IMAPIFolder;

    use super::*;

    #[test]
    fn an_invalid_object_counts_and_refuses_and_is_freed_with_the_last_reference() {
        let before = extended_mapi::live_buffers();
        let memory = extended_mapi::buffer(64).cast::<c_void>();
        // SAFETY: a buffer of ours with two references from now on.
        let folder: IMAPIFolder = unsafe {
            make_invalid(memory, 1);
            IMAPIFolder::from_raw(memory)
        };
        let other = folder.clone();
        // SAFETY: no pointers but null.
        let code = unsafe { folder.EmptyFolder(0, core::ptr::null_mut(), 0) };
        assert_eq!(code, Code::INVALID_OBJECT.hresult());
        assert!(folder.cast::<IMAPIFolder>().is_err());
        drop(folder);
        assert_eq!(extended_mapi::live_buffers(), before + 1);
        drop(other);
        assert_eq!(extended_mapi::live_buffers(), before);
    }
}
