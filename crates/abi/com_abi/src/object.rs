//! An object in memory, and the way into it.
//!
//! # Layout
//! 1. one vtable pointer for each interface of the class, in the order of the
//!    `interfaces(…)` list: an interface pointer is the address of its slot;
//! 2. the vtable pointer of the non-delegating `IUnknown`, the object's identity;
//! 3. the outer object's `IUnknown` when this one is aggregated, else null;
//! 4. the reference count;
//! 5. whether the value is there yet, and the value.
//!
//! Do not reorder: a method finds its object by subtracting its slot number
//! from `this`, so the vtable pointers must come first.
//!
//! # Aggregation
//! An object that is made with an outer one belongs to it: `QueryInterface`,
//! `AddRef` and `Release` of its interfaces go to the outer's `IUnknown`, which
//! holds no reference of ours (it would be a circle). The outer holds the
//! non-delegating `IUnknown`, whose functions alone see this object's own count
//! and interfaces. A class that aggregates others names the fields that hold
//! them; interfaces that it does not have itself are asked of those. In nested
//! aggregation everybody in the middle passes on the outermost `IUnknown`, which
//! is what [`Controlling`] is.
//!
//! # Rules
//! - Every method runs inside [`enter`], which catches a panic.
//! - The count starts at 1 and belongs to whoever made the object; the value is
//!   dropped on the thread that releases the last reference. That this is the
//!   object's own apartment is the runtime's duty.
//! - While the value is made or dropped the count is held up, so that the object
//!   can be passed to inner ones without ending in between.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};
use std::panic::{AssertUnwindSafe, catch_unwind};

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

use crate::codes::{E_NOINTERFACE, E_NOTIMPL, E_POINTER, RPC_E_SERVERFAULT, S_OK};

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

    /// The objects that this one aggregates: their non-delegating `IUnknown`s.
    fn aggregated(&self) -> impl Iterator<Item = &IUnknown> {
        core::iter::empty()
    }
}

#[repr(C)]
struct Object<T: Class> {
    vtables: T::Vtables,
    unknown: VtablePointer,
    outer: *mut c_void,
    references: AtomicU32,
    /// Set once `value` is there.
    is_made: AtomicBool,
    value: MaybeUninit<T>,
}

impl<T: Class> Object<T> {
    const UNKNOWN: VtablePointer = VtablePointer::new(
        const {
            &IUnknown_Vtbl {
                QueryInterface: inner_query_interface::<T>,
                AddRef: inner_add_ref::<T>,
                Release: inner_release::<T>,
            }
        },
    );

    /// The value; none while it is being made.
    fn value(&self) -> Option<&T> {
        // SAFETY: the flag is set after the value was written.
        self.is_made.load(Ordering::Acquire).then(|| unsafe { self.value.assume_init_ref() })
    }

    /// Address of the non-delegating `IUnknown`.
    fn identity(this: *const Self) -> *mut c_void {
        // SAFETY: only an address is formed; `this` points to an object.
        unsafe { &raw const (*this).unknown }.cast_mut().cast()
    }

    /// The object whose non-delegating `IUnknown` is at `this`.
    ///
    /// # Safety
    /// `this` was answered by [`Object::identity`] of a live object.
    unsafe fn of_identity<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: the field stands at a fixed distance from the beginning.
        unsafe { &*this.byte_sub(core::mem::offset_of!(Self, unknown)).cast::<Self>() }
    }

    /// Who decides about the object's life: the outer `IUnknown`, else its own.
    fn controlling(&self) -> *mut c_void {
        if self.outer.is_null() { Self::identity(self) } else { self.outer }
    }
}

/// The `IUnknown` that controls an object which is being made: pass it on to the
/// objects that this one aggregates. Valid as long as the object.
#[derive(Clone, Copy, Debug)]
pub struct Controlling(NonNull<c_void>);

impl Controlling {
    /// The pointer for `CreateInstance`. It carries no reference, and whoever
    /// gets it takes none.
    pub fn as_raw(self) -> *mut c_void {
        self.0.as_ptr()
    }
}

/// Makes an object and answers its non-delegating `IUnknown`, which holds the
/// only reference. `outer` is the controlling `IUnknown` of the object that
/// aggregates it, or null.
///
/// # Errors
/// What `make` answers; nothing is left then.
///
/// # Safety
/// `outer` is null or outlives the object.
pub unsafe fn make<T: Class>(
    outer: *mut c_void,
    make: impl FnOnce(Controlling) -> Result<T, HRESULT>,
) -> Result<IUnknown, HRESULT> {
    let object = Box::into_raw(Box::new(Object::<T> {
        vtables: T::VTABLES,
        unknown: Object::<T>::UNKNOWN,
        outer,
        references: AtomicU32::new(1),
        is_made: AtomicBool::new(false),
        value: MaybeUninit::uninit(),
    }));
    object.expose_provenance();
    // SAFETY: fresh; shared only with what `make` passes the pointer to.
    let controlling = unsafe { (*object).controlling() };
    let made = NonNull::new(controlling).ok_or(E_POINTER).and_then(|controlling| {
        catch_unwind(AssertUnwindSafe(|| make(Controlling(controlling))))
            .unwrap_or(Err(RPC_E_SERVERFAULT))
    });
    // SAFETY: nobody reads the value before the flag is set; if making it failed,
    // the object was never given out, so nobody knows it.
    unsafe {
        match made {
            Ok(value) => {
                (&raw mut (*object).value).cast::<T>().write(value);
                (*object).is_made.store(true, Ordering::Release);
                LIVE_OBJECTS.fetch_add(1, Ordering::Relaxed);
                Ok(IUnknown::from_raw(Object::identity(object)))
            }
            Err(code) => {
                drop(Box::from_raw(object));
                Err(code)
            }
        }
    }
}

/// Makes an object of `value` and returns its interface `I`, which holds the
/// only reference.
///
/// # Errors
/// `E_NOINTERFACE` when the class does not have `I`; the value is dropped.
pub fn new_interface<T: Class, I: Interface>(value: T) -> Result<I, HRESULT> {
    // SAFETY: no outer object.
    let unknown = unsafe { make(core::ptr::null_mut(), |_| Ok(value)) }?;
    unknown.cast::<I>().map_err(|error| error.code())
}

/// The object whose slot `SLOT` is at `this`.
///
/// # Safety
/// `this` is an interface pointer made from slot `SLOT` of a live `Object<T>`.
unsafe fn object_of<'a, T: Class, const SLOT: usize>(this: *mut c_void) -> &'a Object<T> {
    // SAFETY: the slots are pointers and stand at the beginning of the object.
    unsafe { &*this.cast::<*const c_void>().sub(SLOT).cast::<Object<T>>() }
}

/// The value of an object, as long as that is held; none while it is being made.
///
/// # Safety
/// `unknown` was answered by [`make`] for a value of class `T`.
pub unsafe fn value_of<T: Class>(unknown: &IUnknown) -> Option<&T> {
    // SAFETY: forwarded from the caller.
    unsafe { Object::<T>::of_identity(unknown.as_raw()) }.value()
}

/// Interface number `slot` of the object that holds `value`: a pointer without a
/// reference, valid as long as the object.
///
/// # Safety
/// `value` is what [`make`] put into an object, whose class has that many
/// interfaces.
pub unsafe fn interface_of<T: Class>(value: &T, slot: usize) -> *mut c_void {
    debug_assert!(slot < T::MATCHES.len());
    let offset = core::mem::offset_of!(Object<T>, value) - slot * size_of::<VtablePointer>();
    // A reference to the value does not reach around it; the object's address was
    // exposed when it was made.
    core::ptr::with_exposed_provenance_mut(core::ptr::from_ref(value).addr() - offset)
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

/// What a proxy answers for a method that is not called through proxies.
pub trait NotHere {
    /// The answer.
    fn not_here() -> Self;
}

impl NotHere for HRESULT {
    fn not_here() -> Self {
        E_NOTIMPL
    }
}

impl NotHere for () {
    fn not_here() {}
}

impl<T> Fault for *mut T {
    fn fault() -> Self {
        core::ptr::null_mut()
    }
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
    let Some(value) = object.value() else { return R::fault() };
    // A value that was half changed when the panic left it is the object's own
    // affair: its next method sees what a Rust mutex calls poisoned.
    catch_unwind(AssertUnwindSafe(|| body(value))).unwrap_or_else(|_| {
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

/// The vtable of an interface pointer.
///
/// # Safety
/// `unknown` is a live interface pointer.
unsafe fn unknown_functions<'a>(unknown: *mut c_void) -> &'a IUnknown_Vtbl {
    // SAFETY: every interface begins with `IUnknown`.
    unsafe { &**unknown.cast::<*const IUnknown_Vtbl>() }
}

unsafe extern "system" fn query_interface<T: Class, const SLOT: usize>(
    this: *mut c_void,
    iid: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the vtable belongs to slot `SLOT` of live objects of this class;
    // who controls one outlives it.
    unsafe {
        let controlling = object_of::<T, SLOT>(this).controlling();
        (unknown_functions(controlling).QueryInterface)(controlling, iid, interface)
    }
}

unsafe extern "system" fn add_ref<T: Class, const SLOT: usize>(this: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe {
        let controlling = object_of::<T, SLOT>(this).controlling();
        (unknown_functions(controlling).AddRef)(controlling)
    }
}

unsafe extern "system" fn release<T: Class, const SLOT: usize>(this: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe {
        let controlling = object_of::<T, SLOT>(this).controlling();
        (unknown_functions(controlling).Release)(controlling)
    }
}

unsafe extern "system" fn inner_query_interface<T: Class>(
    this: *mut c_void,
    iid: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || interface.is_null() {
        return E_POINTER;
    }
    // SAFETY: this vtable stands in live objects of this class only; the
    // identifier and the place were checked for null.
    unsafe {
        let object = Object::<T>::of_identity(this);
        let iid = &*iid;
        interface.write(core::ptr::null_mut());
        if *iid == IUnknown::IID {
            inner_add_ref::<T>(this);
            interface.write(this);
            return S_OK;
        }
        if let Some(slot) = T::MATCHES.iter().position(|matches| matches(iid)) {
            let found = (&raw const object.vtables).cast::<*const c_void>().add(slot);
            let found = found.cast_mut().cast::<c_void>();
            // Counted by whoever controls the object.
            (unknown_functions(found).AddRef)(found);
            interface.write(found);
            return S_OK;
        }
        let inner = object.value().into_iter().flat_map(T::aggregated);
        for aggregated in inner {
            if aggregated.query(iid, interface) == S_OK {
                return S_OK;
            }
        }
        interface.write(core::ptr::null_mut());
    }
    E_NOINTERFACE
}

unsafe extern "system" fn inner_add_ref<T: Class>(this: *mut c_void) -> u32 {
    // SAFETY: this vtable stands in live objects of this class only.
    let object = unsafe { Object::<T>::of_identity(this) };
    let before = object.references.fetch_add(1, Ordering::Relaxed);
    if before >= MAX_REFERENCES {
        std::process::abort();
    }
    before + 1
}

unsafe extern "system" fn inner_release<T: Class>(this: *mut c_void) -> u32 {
    // SAFETY: this vtable stands in live objects of this class only.
    let object = unsafe { Object::<T>::of_identity(this) };
    let left = object.references.fetch_sub(1, Ordering::Release) - 1;
    // While the value is made the count may pass through zero.
    if left > 0 || !object.is_made.load(Ordering::Acquire) {
        return left;
    }
    fence(Ordering::Acquire);
    // What the value does with references to its own object while it is dropped
    // must not end the object a second time.
    object.references.store(1, Ordering::Relaxed);
    let raw = (object as *const Object<T>).cast_mut();
    // SAFETY: that was the last reference, so nobody else can reach the object.
    // The memory is freed even if the value's drop panics.
    let result = catch_unwind(AssertUnwindSafe(|| unsafe { (*raw).value.assume_init_drop() }));
    if result.is_err() {
        eprintln!("{} panicked in its final Release", core::any::type_name::<T>());
    }
    // SAFETY: as above; made by `Box::into_raw`, and the value is gone.
    drop(unsafe { Box::from_raw(raw) });
    LIVE_OBJECTS.fetch_sub(1, Ordering::Release);
    0
}
