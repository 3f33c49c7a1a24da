//! The task allocator through the exported functions. The numbers are those of
//! the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::codes::{
    CO_E_OBJISREG, CO_E_OBJNOTREG, E_ACCESSDENIED, E_INVALIDARG, E_NOINTERFACE, S_OK,
};
use com_abi::malloc::{IMalloc, IMallocSpy, IMallocSpy_Impl};
use com_abi::{IClassFactory, IUnknown, Interface, class, new_interface};

use crate::ffi::memory::{CoGetMalloc, CoRegisterMallocSpy, CoRevokeMallocSpy};
use crate::ffi::{CoTaskMemAlloc, CoTaskMemFree, CoTaskMemRealloc};
use crate::memory::blocks;

fn allocator() -> IMalloc {
    let mut raw = null_mut();
    // SAFETY: a writable place; the answer is that interface.
    unsafe {
        assert_eq!(CoGetMalloc(1, &mut raw), S_OK);
        IMalloc::from_raw(raw)
    }
}

static CALLS: AtomicUsize = AtomicUsize::new(0);
static SPIES: AtomicUsize = AtomicUsize::new(0);

/// Moves every block by 16 bytes and notes its size there, as documented spies do.
#[class(interfaces(IMallocSpy))]
struct Spy;

impl Spy {
    fn object() -> IMallocSpy {
        SPIES.fetch_add(1, Ordering::SeqCst);
        new_interface(Self).unwrap()
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        SPIES.fetch_sub(1, Ordering::SeqCst);
    }
}

const HEAD: usize = 16;

fn called() {
    CALLS.fetch_add(1, Ordering::SeqCst);
    // What the spy allocates itself is not shown to it.
    // SAFETY: a fresh block.
    unsafe { CoTaskMemFree(CoTaskMemAlloc(8)) };
}

fn moved(block: *mut c_void, spied: i32) -> *mut c_void {
    if spied == 0 { block } else { block.wrapping_byte_sub(HEAD) }
}

impl IMallocSpy_Impl for Spy {
    unsafe fn PreAlloc(&self, request: usize) -> usize {
        called();
        if request == 666 { 0 } else { request + HEAD }
    }
    unsafe fn PostAlloc(&self, actual: *mut c_void) -> *mut c_void {
        actual.wrapping_byte_add(HEAD)
    }
    unsafe fn PreFree(&self, request: *mut c_void, spied: i32) -> *mut c_void {
        called();
        moved(request, spied)
    }
    unsafe fn PostFree(&self, _: i32) {}
    unsafe fn PreRealloc(
        &self,
        request: *mut c_void,
        size: usize,
        actual: *mut *mut c_void,
        spied: i32,
    ) -> usize {
        called();
        // SAFETY: the caller passes a writable place.
        unsafe { actual.write(moved(request, spied)) };
        if spied == 0 { size } else { size + HEAD }
    }
    unsafe fn PostRealloc(&self, actual: *mut c_void, spied: i32) -> *mut c_void {
        if spied == 0 { actual } else { actual.wrapping_byte_add(HEAD) }
    }
    unsafe fn PreGetSize(&self, request: *mut c_void, spied: i32) -> *mut c_void {
        moved(request, spied)
    }
    unsafe fn PostGetSize(&self, actual: usize, spied: i32) -> usize {
        if spied == 0 { actual } else { actual - HEAD }
    }
    unsafe fn PreDidAlloc(&self, request: *mut c_void, spied: i32) -> *mut c_void {
        moved(request, spied)
    }
    unsafe fn PostDidAlloc(&self, _: *mut c_void, _: i32, actual: i32) -> i32 {
        actual
    }
    unsafe fn PreHeapMinimize(&self) {
        called();
    }
    unsafe fn PostHeapMinimize(&self) {}
}

fn register(spy: &IUnknown) -> com_abi::HRESULT {
    // SAFETY: a live interface.
    unsafe { CoRegisterMallocSpy(spy.as_raw()) }
}

alone! {
    fn n040_the_allocator_knows_its_own_blocks() {
        let malloc = allocator();
        let mut raw = std::ptr::dangling_mut();
        let mut local = 0u64;
        // SAFETY: writable places; blocks are used while they are alive, and others
        // are only asked about.
        unsafe {
            for context in [0, 2, 3] {
                assert_eq!(CoGetMalloc(context, &mut raw), E_INVALIDARG);
                assert!(raw.is_null());
            }
            assert_eq!(CoGetMalloc(1, null_mut()), E_INVALIDARG);
            let block = malloc.Alloc(100);
            assert_eq!(malloc.DidAlloc(block), 1);
            assert_eq!(malloc.GetSize(block), 100);
            let other = CoTaskMemAlloc(0);
            assert_eq!((malloc.DidAlloc(other), malloc.GetSize(other)), (1, 0));
            assert_eq!(malloc.DidAlloc(null_mut()), -1);
            assert_eq!(malloc.GetSize(null_mut()), usize::MAX);
            assert_eq!(malloc.DidAlloc((&raw mut local).cast()), 0);
            assert_eq!(malloc.DidAlloc(block.byte_add(16)), 0, "the middle of a block");
            let foreign = libc::malloc(100);
            assert_eq!(malloc.DidAlloc(foreign), 0);
            libc::free(foreign);
            let block = malloc.Realloc(block, 100_000);
            assert_eq!((malloc.DidAlloc(block), malloc.GetSize(block)), (1, 100_000));
            let none = malloc.Realloc(block, usize::MAX / 2);
            assert_eq!((none, malloc.GetSize(block)), (null_mut(), 100_000), "it is still there");
            malloc.Free(block);
            assert_eq!(malloc.DidAlloc(block), 0);
            CoTaskMemFree(other);
            malloc.Free(null_mut());
            malloc.HeapMinimize();
        }
        assert_eq!(blocks(), 0);
        assert_eq!(malloc.cast::<IUnknown>().unwrap(), malloc.cast::<IUnknown>().unwrap());
        assert_eq!(malloc.cast::<IClassFactory>().unwrap_err().code(), E_NOINTERFACE);
        assert_eq!(malloc, allocator(), "one for the process");
    }

    fn n041_a_spy_sees_everything_and_stays_with_its_blocks() {
        assert_eq!(CoRevokeMallocSpy(), CO_E_OBJNOTREG);
        // SAFETY: null is refused.
        unsafe { assert_eq!(CoRegisterMallocSpy(null_mut()), E_INVALIDARG) };
        let malloc = allocator();
        // SAFETY: blocks are used while they are alive.
        unsafe {
            let early = CoTaskMemAlloc(10);
            let spy = Spy::object();
            assert_eq!(register(&spy), S_OK);
            assert_eq!(register(&Spy::object()), CO_E_OBJISREG);
            assert_eq!(register(&malloc), E_INVALIDARG, "no spy");
            drop(spy);
            assert_eq!(SPIES.load(Ordering::SeqCst), 1);

            let block = CoTaskMemAlloc(10);
            assert_eq!(malloc.DidAlloc(block), 1);
            assert_eq!(malloc.GetSize(block), 10);
            assert_eq!(malloc.DidAlloc(early), 1, "one from before it");
            assert!(CoTaskMemAlloc(666).is_null(), "the spy has refused it");
            let block = CoTaskMemRealloc(block, 50);
            assert_eq!(malloc.GetSize(block), 50);
            assert_eq!(malloc.GetSize(early), 10);
            malloc.HeapMinimize();
            CoTaskMemFree(early);
            let seen = CALLS.load(Ordering::SeqCst);
            assert_eq!(seen, 5, "two allocations, one refused, and the rest one each");

            assert_eq!(CoRevokeMallocSpy(), E_ACCESSDENIED, "a block is left");
            assert_eq!(register(&Spy::object()), CO_E_OBJISREG);
            CoTaskMemFree(CoTaskMemAlloc(10));
            assert_eq!(CALLS.load(Ordering::SeqCst), seen, "it is shown nothing new");
            assert_eq!(SPIES.load(Ordering::SeqCst), 1);
            CoTaskMemFree(block);
            assert_eq!(CALLS.load(Ordering::SeqCst), seen + 1);
        }
        assert_eq!(SPIES.load(Ordering::SeqCst), 0, "gone with its last block");
        assert_eq!(CoRevokeMallocSpy(), CO_E_OBJNOTREG);
        assert_eq!(register(&Spy::object()), S_OK);
        assert_eq!(CoRevokeMallocSpy(), S_OK);
        assert_eq!((SPIES.load(Ordering::SeqCst), blocks()), (0, 0));
    }
}
