//! The task allocator as an object, and the spy's registration. What each does is
//! documented in the SDK (`partywall::ffi::memory`), whose declarations these
//! match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use core::ptr::null_mut;
use std::panic::{AssertUnwindSafe, catch_unwind};

use com_abi::codes::{E_INVALIDARG, E_NOINTERFACE, E_POINTER, S_OK};
use com_abi::malloc::{IMalloc, IMalloc_Vtbl, IMallocSpy, MEMCTX_TASK};
use com_abi::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

use super::{guarded, guarded_pointer};
use crate::memory;

/// An object without anything but its vtable.
#[repr(transparent)]
struct Singleton(&'static IMalloc_Vtbl);

static ALLOCATOR: Singleton = Singleton(&IMalloc_Vtbl {
    base__: IUnknown_Vtbl { QueryInterface: query_interface, AddRef: one, Release: one },
    Alloc: alloc,
    Realloc: realloc,
    Free: free,
    GetSize: size,
    DidAlloc: did_alloc,
    HeapMinimize: minimize,
});

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || object.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes what it says.
    unsafe {
        let known = matches!(*iid, IUnknown::IID | IMalloc::IID);
        object.write(if known { this } else { null_mut() });
        if known { S_OK } else { E_NOINTERFACE }
    }
}

/// The count of references that the allocator always has.
unsafe extern "system" fn one(_: *mut c_void) -> u32 {
    1
}

unsafe extern "system" fn alloc(_: *mut c_void, size: usize) -> *mut c_void {
    catch_unwind(|| memory::alloc(size)).unwrap_or(null_mut())
}

unsafe extern "system" fn realloc(_: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller passes null or a live block.
    let body = || unsafe { memory::realloc(block, size) };
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(null_mut())
}

unsafe extern "system" fn free(_: *mut c_void, block: *mut c_void) {
    // SAFETY: as above.
    let _ = catch_unwind(AssertUnwindSafe(|| unsafe { memory::free(block) }));
}

unsafe extern "system" fn size(_: *mut c_void, block: *mut c_void) -> usize {
    catch_unwind(AssertUnwindSafe(|| memory::size_of_block(block))).unwrap_or(0)
}

unsafe extern "system" fn did_alloc(_: *mut c_void, block: *mut c_void) -> i32 {
    catch_unwind(AssertUnwindSafe(|| memory::did_alloc(block))).unwrap_or(-1)
}

unsafe extern "system" fn minimize(_: *mut c_void) {
    let _ = catch_unwind(memory::minimize);
}

/// See the SDK.
///
/// # Safety
/// `allocator` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetMalloc(context: u32, allocator: *mut *mut c_void) -> HRESULT {
    if allocator.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(allocator, || match context {
            MEMCTX_TASK => Ok((&raw const ALLOCATOR).cast_mut().cast()),
            _ => Err(E_INVALIDARG),
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `spy` is null or a live interface.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoRegisterMallocSpy(spy: *mut c_void) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let spy = unsafe { IUnknown::from_raw_borrowed(&spy) }.ok_or(E_INVALIDARG)?;
        let spy: IMallocSpy = spy.cast().map_err(|_| E_INVALIDARG)?;
        memory::register_spy(&spy)?;
        Ok(S_OK)
    })
}

/// See the SDK.
#[unsafe(no_mangle)]
pub extern "system" fn CoRevokeMallocSpy() -> HRESULT {
    guarded(|| memory::revoke_spy().map(|()| S_OK))
}
