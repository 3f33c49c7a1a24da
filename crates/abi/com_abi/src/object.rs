//! An object in memory, and the way into it.
//!
//! # Layout
//! 1. one vtable pointer for each interface of the class, in the order of the
//!    `interfaces(…)` list: an interface pointer is the address of its slot, and
//!    slot 0 is the object's identity (`IUnknown`);
//! 2. the reference count;
//! 3. the value.
//!
//! Do not reorder: a method finds its object by subtracting its slot number
//! from `this`, so the vtable pointers must come first.
//!
//! # Rules
//! - Every method runs inside [`enter`], which catches a panic.
//! - The count starts at 1 and belongs to whoever made the object; the value is
//!   dropped on the thread that releases the last reference. That this is the
//!   object's own apartment is the runtime's duty.

use core::ffi::c_void;
use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};
use std::panic::{AssertUnwindSafe, catch_unwind};

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

use crate::codes::{E_NOINTERFACE, E_POINTER, RPC_E_SERVERFAULT, S_OK};

/// Objects of this library that are alive, for `DllCanUnloadNow`.
pub(crate) static LIVE_OBJECTS: AtomicUsize = AtomicUsize::new(0);

/// Largest reference count; beyond it the process is corrupt.
const MAX_REFERENCES: u32 = i32::MAX as u32;

/// Address of a constant vtable.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct VtablePointer(*const c_void);

impl VtablePointer {
    /// The address of `vtable`.
    pub const fn new<V>(vtable: &'static V) -> Self {
        Self((vtable as *const V).cast())
    }
}

// SAFETY: points to immutable data that lives as long as its library.
unsafe impl Send for VtablePointer {}
// SAFETY: as above.
unsafe impl Sync for VtablePointer {}

/// What `#[class]` says of a class.
///
/// # Safety
/// `VTABLES` and `MATCHES` have the same length, at least 1; entry n of
/// `VTABLES` was made by `Vtbl::new::<Self, n>()` of interface n, and `Vtables`
/// is an array of [`VtablePointer`].
pub unsafe trait Class: Sized + 'static {
    /// An array of [`VtablePointer`], one for each interface.
    type Vtables: Copy;
    /// The vtables in the order of the interfaces.
    const VTABLES: Self::Vtables;
    /// Whether interface n answers an identifier.
    const MATCHES: &'static [fn(&GUID) -> bool];
}

#[repr(C)]
struct Object<T: Class> {
    vtables: T::Vtables,
    references: AtomicU32,
    value: T,
}

/// Makes an object of `value` and returns its interface `I`, which holds the
/// only reference.
///
/// # Errors
/// `E_NOINTERFACE` when the class does not have `I`; the value is dropped.
pub fn new_interface<T: Class, I: Interface>(value: T) -> Result<I, HRESULT> {
    LIVE_OBJECTS.fetch_add(1, Ordering::Relaxed);
    let object = Box::new(Object { vtables: T::VTABLES, references: AtomicU32::new(1), value });
    let raw = Box::into_raw(object).cast::<c_void>();
    // SAFETY: a fresh object whose slot 0 is its identity; this takes over the
    // reference it was made with.
    let unknown = unsafe { IUnknown::from_raw(raw) };
    unknown.cast::<I>().map_err(|e| e.code())
}

/// The object whose slot `SLOT` is at `this`.
///
/// # Safety
/// `this` is an interface pointer made from slot `SLOT` of a live `Object<T>`.
unsafe fn object_of<'a, T: Class, const SLOT: usize>(this: *mut c_void) -> &'a Object<T> {
    // SAFETY: the slots are pointers and stand at the beginning of the object.
    unsafe { &*this.cast::<*const c_void>().sub(SLOT).cast::<Object<T>>() }
}

/// What a method answers when the object panicked in it.
pub trait Fault {
    /// The answer.
    fn fault() -> Self;
}

impl Fault for HRESULT {
    fn fault() -> Self {
        RPC_E_SERVERFAULT
    }
}

impl Fault for u32 {
    fn fault() -> Self {
        0
    }
}

impl Fault for i32 {
    fn fault() -> Self {
        0
    }
}

impl Fault for () {
    fn fault() {}
}

/// Runs a method of the object behind `this`; a panic in it is caught, written
/// to standard error by the panic hook, and answered with [`Fault::fault`].
/// Leaves the reference count alone.
///
/// # Safety
/// `this` is an interface pointer made from slot `SLOT` of a live object of
/// class `T`, and stays alive during the call.
pub unsafe fn enter<T: Class, const SLOT: usize, R: Fault>(
    this: *mut c_void,
    method: &'static str,
    body: impl FnOnce(&T) -> R,
) -> R {
    // SAFETY: forwarded from the caller.
    let object = unsafe { object_of::<T, SLOT>(this) };
    // A value that was half changed when the panic left it is the object's own
    // affair: its next method sees what a Rust mutex calls poisoned.
    catch_unwind(AssertUnwindSafe(|| body(&object.value))).unwrap_or_else(|_| {
        eprintln!("{}::{method} panicked: answered RPC_E_SERVERFAULT", core::any::type_name::<T>());
        R::fault()
    })
}

/// The `IUnknown` part of the vtable of class `T` for its interface `SLOT`.
pub const fn unknown_vtable<T: Class, const SLOT: usize>() -> IUnknown_Vtbl {
    IUnknown_Vtbl {
        QueryInterface: query_interface::<T, SLOT>,
        AddRef: add_ref::<T, SLOT>,
        Release: release::<T, SLOT>,
    }
}

unsafe extern "system" fn query_interface<T: Class, const SLOT: usize>(
    this: *mut c_void,
    iid: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || interface.is_null() {
        return E_POINTER;
    }
    // SAFETY: checked for null; the caller passes a readable identifier.
    let iid = unsafe { &*iid };
    let slot = T::MATCHES.iter().position(|matches| matches(iid));
    let (answer, code) = match slot {
        Some(slot) => {
            // SAFETY: `this` is slot `SLOT` of a live object, whose slots are
            // adjacent; the answer carries a reference of its own.
            let found = unsafe {
                add_ref::<T, SLOT>(this);
                this.cast::<*const c_void>().sub(SLOT).add(slot).cast::<c_void>()
            };
            (found, S_OK)
        }
        None => (core::ptr::null_mut(), E_NOINTERFACE),
    };
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { interface.write(answer) };
    code
}

unsafe extern "system" fn add_ref<T: Class, const SLOT: usize>(this: *mut c_void) -> u32 {
    // SAFETY: the vtable belongs to slot `SLOT` of live objects of this class.
    let object = unsafe { object_of::<T, SLOT>(this) };
    let before = object.references.fetch_add(1, Ordering::Relaxed);
    if before >= MAX_REFERENCES {
        std::process::abort();
    }
    before + 1
}

unsafe extern "system" fn release<T: Class, const SLOT: usize>(this: *mut c_void) -> u32 {
    // SAFETY: the vtable belongs to slot `SLOT` of live objects of this class.
    let object = unsafe { object_of::<T, SLOT>(this) };
    let left = object.references.fetch_sub(1, Ordering::Release) - 1;
    if left == 0 {
        fence(Ordering::Acquire);
        let raw = (object as *const Object<T>).cast_mut();
        // SAFETY: that was the last reference, so nobody else can reach the
        // object, which was made by `Box::into_raw`. The memory is freed even
        // if the value's drop panics.
        let result = catch_unwind(AssertUnwindSafe(|| unsafe {
            let mut object = Box::from_raw(raw.cast::<ManuallyDrop<Object<T>>>());
            ManuallyDrop::drop(&mut object);
        }));
        if result.is_err() {
            eprintln!("{} panicked in its final Release", core::any::type_name::<T>());
        }
        LIVE_OBJECTS.fetch_sub(1, Ordering::Release);
    }
    left
}
