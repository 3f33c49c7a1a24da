//! What the runtime exports, declared. The list is the same as
//! `exports.list`, which `cargo xtask tidy` compares with the built files. The
//! functions of one field are in a module of its name.

pub mod activation;
pub mod apartments;
pub mod asynchronous;
pub mod automation;
pub mod calls;
pub mod cmc;
pub mod connections;
pub mod contexts;
pub mod identity;
pub mod memory;
pub mod messages;
pub mod names;
pub mod simple_mapi;

use core::cell::UnsafeCell;
use core::ffi::{c_char, c_void};
use mapi_abi::structs::{
    ADRLIST, NOTIFCALLBACK, SPropTagArray, SPropValue, SRestriction, SRowSet, SSortOrderSet,
};

use com_abi::description::InterfaceDescription;
use com_abi::{GUID, HRESULT};

/// `CoInitializeEx`: the thread enters the multithreaded apartment.
pub const COINIT_MULTITHREADED: u32 = 0;
/// `CoInitializeEx`: the thread becomes a single-threaded apartment.
pub const COINIT_APARTMENTTHREADED: u32 = 2;
/// Where a class may be created: in this process.
pub const CLSCTX_INPROC_SERVER: u32 = 1;

/// A class as a library registers it. Texts are zero-ended UTF-8.
#[repr(C)]
pub struct ClassRegistration {
    /// The class.
    pub clsid: GUID,
    /// `Partywall.Mail`.
    pub progid: *const c_char,
    /// Name for people.
    pub name: *const c_char,
    /// `ThreadingModel`; null for none.
    pub threading: *const c_char,
    /// An address inside the library, from which the runtime finds its file.
    pub library: *const c_void,
    /// The application that the class belongs to; all zero for none.
    pub app_id: GUID,
    /// Not 0 when that application may run in a surrogate process.
    pub has_surrogate: i32,
}

/// A handle: a number in the shape of a pointer; null is none.
pub type HANDLE = *mut c_void;

/// `CreateThread`: the thread waits for `ResumeThread`.
pub const CREATE_SUSPENDED: u32 = 4;
/// `CreateThread`: the size is all the stack there will be.
pub const STACK_SIZE_PARAM_IS_A_RESERVATION: u32 = 0x1_0000;
/// `GetExitCodeThread`: the thread has not ended.
pub const STILL_ACTIVE: u32 = 259;
/// No time limit.
pub const INFINITE: u32 = u32::MAX;
/// Wait result: acquired, after its owner had ended without releasing it.
pub const WAIT_ABANDONED: u32 = 0x80;
/// Wait result: the time was over.
pub const WAIT_TIMEOUT: u32 = 258;
/// Wait result: see the last error.
pub const WAIT_FAILED: u32 = u32::MAX;

/// A recursive lock in the program's own memory.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct CRITICAL_SECTION {
    opaque: UnsafeCell<[u64; 5]>,
}

/// A reader/writer lock in the program's own memory.
#[repr(C)]
pub struct SRWLOCK {
    opaque: UnsafeCell<u64>,
}

// SAFETY: only the functions below use the memory, and they may be called from
// every thread.
unsafe impl Sync for CRITICAL_SECTION {}
// SAFETY: as above.
unsafe impl Sync for SRWLOCK {}

impl CRITICAL_SECTION {
    /// Memory for one, to be initialised.
    pub const fn zeroed() -> Self {
        Self { opaque: UnsafeCell::new([0; 5]) }
    }
}

impl SRWLOCK {
    /// A free one (`SRWLOCK_INIT`).
    pub const fn new() -> Self {
        Self { opaque: UnsafeCell::new(0) }
    }
}

impl Default for SRWLOCK {
    fn default() -> Self {
        Self::new()
    }
}

unsafe extern "system" {
    /// Enters an apartment; `reserved` is null.
    pub fn CoInitializeEx(reserved: *mut c_void, flags: u32) -> HRESULT;
    /// Leaves the apartment; one call for each successful `CoInitializeEx`.
    pub fn CoUninitialize();
    /// Which apartment the thread is in, and in what way.
    pub fn CoGetApartmentType(kind: *mut i32, qualifier: *mut i32) -> HRESULT;
    /// Makes an object and returns its interface with a reference: the object's
    /// own pointer or a proxy of it.
    pub fn CoCreateInstance(
        clsid: *const GUID,
        outer: *mut c_void,
        context: u32,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// The class that a ProgID names, through `CurVer` where that leads on; the
    /// text is zero-ended UTF-16.
    pub fn CLSIDFromProgID(progid: *const u16, clsid: *mut GUID) -> HRESULT;
    /// Writes an interface to a stream, for another apartment.
    pub fn CoMarshalInterface(
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT;
    /// Reads an interface from a stream.
    pub fn CoUnmarshalInterface(
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// Gives up what `CoMarshalInterface` wrote.
    pub fn CoReleaseMarshalData(stream: *mut c_void) -> HRESULT;
    /// Most bytes that `CoMarshalInterface` writes.
    pub fn CoGetMarshalSizeMax(
        size: *mut u32,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT;
    /// A new stream with an interface, for another thread.
    pub fn CoMarshalInterThreadInterfaceInStream(
        iid: *const GUID,
        object: *mut c_void,
        stream: *mut *mut c_void,
    ) -> HRESULT;
    /// The interface of such a stream, which is released, also on failure.
    pub fn CoGetInterfaceAndReleaseStream(
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// Writes a result code to a stream.
    pub fn CoMarshalHresult(stream: *mut c_void, code: HRESULT) -> HRESULT;
    /// Reads a result code from a stream.
    pub fn CoUnmarshalHresult(stream: *mut c_void, code: *mut HRESULT) -> HRESULT;
    /// Takes the identity of the caller whose call this thread serves.
    pub fn CoImpersonateClient() -> HRESULT;
    /// Gives that identity back.
    pub fn CoRevertToSelf() -> HRESULT;
    /// Memory that the receiver frees; null when there is none.
    pub fn CoTaskMemAlloc(size: usize) -> *mut c_void;
    /// Changes the size; null leaves the old memory alone.
    pub fn CoTaskMemRealloc(memory: *mut c_void, size: usize) -> *mut c_void;
    /// Frees memory of `CoTaskMemAlloc`; null is allowed.
    pub fn CoTaskMemFree(memory: *mut c_void);
    /// The thread's last error.
    pub fn GetLastError() -> u32;
    /// Sets the thread's last error.
    pub fn SetLastError(error: u32);

    /// Closes a handle of any kind. Like all functions from here to
    /// `WaitForMultipleObjects`, a failure is 0 (or what is said) and sets the
    /// thread's last error: 6 for a handle that names nothing fitting.
    pub fn CloseHandle(object: HANDLE) -> i32;
    /// An event: a `manual` one stays set until it is reset, another one is taken
    /// by one wait. A name is one of this process, shared by all kinds of objects
    /// and compared with case; if an event has it already, that one is opened and
    /// the last error is 183. `attributes` are not used.
    pub fn CreateEventA(
        attributes: *const c_void,
        manual: i32,
        set: i32,
        name: *const c_char,
    ) -> HANDLE;
    /// As `CreateEventA`, with a name in UTF-16.
    pub fn CreateEventW(
        attributes: *const c_void,
        manual: i32,
        set: i32,
        name: *const u16,
    ) -> HANDLE;
    /// Opens an event by its name; `access` and `inherit` are not used.
    pub fn OpenEventA(access: u32, inherit: i32, name: *const c_char) -> HANDLE;
    /// As `OpenEventA`, with a name in UTF-16.
    pub fn OpenEventW(access: u32, inherit: i32, name: *const u16) -> HANDLE;
    /// Sets an event.
    pub fn SetEvent(event: HANDLE) -> i32;
    /// Resets an event.
    pub fn ResetEvent(event: HANDLE) -> i32;
    /// Releases those who wait at this moment and leaves the event reset.
    /// Unreliable by nature: who is about to wait misses it.
    pub fn PulseEvent(event: HANDLE) -> i32;
    /// A mutex, owned by the caller if `owned` and if it is new; names as with
    /// `CreateEventA`.
    pub fn CreateMutexA(attributes: *const c_void, owned: i32, name: *const c_char) -> HANDLE;
    /// As `CreateMutexA`, with a name in UTF-16.
    pub fn CreateMutexW(attributes: *const c_void, owned: i32, name: *const u16) -> HANDLE;
    /// Opens a mutex by its name.
    pub fn OpenMutexA(access: u32, inherit: i32, name: *const c_char) -> HANDLE;
    /// As `OpenMutexA`, with a name in UTF-16.
    pub fn OpenMutexW(access: u32, inherit: i32, name: *const u16) -> HANDLE;
    /// Releases a mutex once; 288 when the caller does not own it.
    pub fn ReleaseMutex(mutex: HANDLE) -> i32;
    /// A semaphore; names as with `CreateEventA`.
    pub fn CreateSemaphoreA(
        attributes: *const c_void,
        count: i32,
        limit: i32,
        name: *const c_char,
    ) -> HANDLE;
    /// As `CreateSemaphoreA`, with a name in UTF-16.
    pub fn CreateSemaphoreW(
        attributes: *const c_void,
        count: i32,
        limit: i32,
        name: *const u16,
    ) -> HANDLE;
    /// Opens a semaphore by its name.
    pub fn OpenSemaphoreA(access: u32, inherit: i32, name: *const c_char) -> HANDLE;
    /// As `OpenSemaphoreA`, with a name in UTF-16.
    pub fn OpenSemaphoreW(access: u32, inherit: i32, name: *const u16) -> HANDLE;
    /// Adds to the count; 298, and nothing is added, when the limit would be
    /// passed. `previous` is null or receives the count before.
    pub fn ReleaseSemaphore(semaphore: HANDLE, more: i32, previous: *mut i32) -> i32;
    /// Waits for an event, mutex, semaphore or the end of a thread: 0,
    /// `WAIT_ABANDONED`, `WAIT_TIMEOUT` or `WAIT_FAILED`.
    pub fn WaitForSingleObject(object: HANDLE, milliseconds: u32) -> u32;
    /// Waits for one of up to 64 objects (the answer is its index) or for all of
    /// them, which are then acquired in one step.
    pub fn WaitForMultipleObjects(
        count: u32,
        objects: *const HANDLE,
        all: i32,
        milliseconds: u32,
    ) -> u32;
    /// Starts a thread, under the process's identity whoever the caller
    /// impersonates. An exception or panic that leaves `routine` ends the process.
    pub fn CreateThread(
        attributes: *const c_void,
        stack: usize,
        routine: Option<unsafe extern "C-unwind" fn(*mut c_void) -> u32>,
        parameter: *mut c_void,
        flags: u32,
        number: *mut u32,
    ) -> HANDLE;
    /// Lets a thread run that was created suspended; answers 1 if it was, 0 if it
    /// runs, `u32::MAX` on failure.
    pub fn ResumeThread(thread: HANDLE) -> u32;
    /// What a thread's function returned; `STILL_ACTIVE` while it runs.
    pub fn GetExitCodeThread(thread: HANDLE, code: *mut u32) -> i32;
    /// The thread's number in the kernel.
    pub fn GetCurrentThreadId() -> u32;
    /// Takes a thread storage slot; `u32::MAX` when all 1088 are taken.
    pub fn TlsAlloc() -> u32;
    /// Gives a slot back.
    pub fn TlsFree(slot: u32) -> i32;
    /// The thread's value of a slot; sets the last error to 0 on success.
    pub fn TlsGetValue(slot: u32) -> *mut c_void;
    /// Sets the thread's value of a slot.
    pub fn TlsSetValue(slot: u32, value: *mut c_void) -> i32;
    /// Sleeps.
    pub fn Sleep(milliseconds: u32);
    /// Sleeps; nothing is ever queued that would end it early, so the answer is 0.
    pub fn SleepEx(milliseconds: u32, alertable: i32) -> u32;
    /// Gives the rest of the time slice away; the system does not say to whom, so
    /// the answer is 0.
    pub fn SwitchToThread() -> i32;
    /// Milliseconds since the system was started, in 32 bits.
    pub fn GetTickCount() -> u32;
    /// Milliseconds since the system was started.
    pub fn GetTickCount64() -> u64;
    /// A counter that never goes back.
    pub fn QueryPerformanceCounter(count: *mut i64) -> i32;
    /// Its steps in a second.
    pub fn QueryPerformanceFrequency(frequency: *mut i64) -> i32;
    /// Makes a critical section.
    pub fn InitializeCriticalSection(section: *mut CRITICAL_SECTION);
    /// As above; who finds it taken looks `spins` times before it sleeps.
    pub fn InitializeCriticalSectionAndSpinCount(section: *mut CRITICAL_SECTION, spins: u32)
    -> i32;
    /// Enters; a thread may enter again while it is inside.
    pub fn EnterCriticalSection(section: *mut CRITICAL_SECTION);
    /// Enters unless another thread is inside; answers whether it did.
    pub fn TryEnterCriticalSection(section: *mut CRITICAL_SECTION) -> i32;
    /// Leaves once.
    pub fn LeaveCriticalSection(section: *mut CRITICAL_SECTION);
    /// Ends a critical section that nobody is inside of.
    pub fn DeleteCriticalSection(section: *mut CRITICAL_SECTION);
    /// Makes a slim reader/writer lock; all bytes zero is one too.
    pub fn InitializeSRWLock(lock: *mut SRWLOCK);
    /// Takes it for writing.
    pub fn AcquireSRWLockExclusive(lock: *mut SRWLOCK);
    /// Takes it for writing if it is free.
    pub fn TryAcquireSRWLockExclusive(lock: *mut SRWLOCK) -> u8;
    /// Gives it back after writing.
    pub fn ReleaseSRWLockExclusive(lock: *mut SRWLOCK);
    /// Takes it for reading.
    pub fn AcquireSRWLockShared(lock: *mut SRWLOCK);
    /// Takes it for reading if no writer has it.
    pub fn TryAcquireSRWLockShared(lock: *mut SRWLOCK) -> u8;
    /// Gives it back after reading.
    pub fn ReleaseSRWLockShared(lock: *mut SRWLOCK);

    /// Joins the messaging subsystem; `init` is null or `MAPIINIT_0`.
    pub fn MAPIInitialize(init: *mut c_void) -> HRESULT;
    /// Leaves it; one call for each successful `MAPIInitialize`.
    pub fn MAPIUninitialize();
    /// Opens a session for the thread's identity. `session` receives an
    /// `IMAPISession` with a reference.
    pub fn MAPILogonEx(
        window: usize,
        profile: *mut c_char,
        password: *mut c_char,
        flags: u32,
        session: *mut *mut c_void,
    ) -> HRESULT;
    /// `IProfAdmin` for the caller's profiles, with a reference.
    pub fn MAPIAdminProfiles(flags: u32, admin: *mut *mut c_void) -> HRESULT;
    /// A buffer that `MAPIFreeBuffer` frees.
    pub fn MAPIAllocateBuffer(size: u32, buffer: *mut *mut c_void) -> i32;
    /// A buffer that is freed with `base`.
    pub fn MAPIAllocateMore(size: u32, base: *mut c_void, buffer: *mut *mut c_void) -> i32;
    /// Frees a buffer and everything linked to it; null is allowed.
    pub fn MAPIFreeBuffer(buffer: *mut c_void) -> u32;
    /// All rows of an `IMAPITable`, with columns, restriction and order where they
    /// are not null; at most `limit`, if that is not 0.
    pub fn HrQueryAllRows(
        table: *mut c_void,
        columns: *mut SPropTagArray,
        restriction: *mut SRestriction,
        order: *mut SSortOrderSet,
        limit: i32,
        rows: *mut *mut SRowSet,
    ) -> HRESULT;
    /// Frees rows with the properties of each.
    pub fn FreeProws(rows: *mut SRowSet);
    /// Frees recipients with the properties of each.
    pub fn FreePadrlist(list: *mut ADRLIST);
    /// One property of an `IMAPIProp`.
    pub fn HrGetOneProp(object: *mut c_void, tag: u32, value: *mut *mut SPropValue) -> HRESULT;
    /// Sets one property of an `IMAPIProp`.
    pub fn HrSetOneProp(object: *mut c_void, value: *mut SPropValue) -> HRESULT;
    /// The property of a list with this tag; null when there is none.
    pub fn PpropFindProp(values: *mut SPropValue, count: u32, tag: u32) -> *mut SPropValue;
    /// A sink that calls a function.
    pub fn HrAllocAdviseSink(
        function: Option<NOTIFCALLBACK>,
        context: *mut c_void,
        sink: *mut *mut c_void,
    ) -> HRESULT;
    /// A sink that hears on the calling thread.
    pub fn HrThisThreadAdviseSink(sink: *mut c_void, answer: *mut *mut c_void) -> HRESULT;
    /// Lets the sinks of the calling thread hear what waits for them.
    pub fn HrDispatchNotifications(flags: u32) -> HRESULT;

    /// Writes a class into the registry.
    pub fn PwRegisterClass(class: *const ClassRegistration) -> HRESULT;
    /// Takes a class out of the registry.
    pub fn PwUnregisterClass(class: *const ClassRegistration) -> HRESULT;
    /// Describes an interface; `S_FALSE` when another library did already.
    pub fn PwRegisterInterface(description: *const InterfaceDescription) -> HRESULT;
    /// Calls method number `method` through a proxy, with the frame that its
    /// description lays out.
    pub fn PwProxyInvoke(proxy: *mut c_void, method: u32, frame: *mut c_void) -> HRESULT;
    /// `QueryInterface` of every proxy.
    pub fn PwProxyQueryInterface(
        proxy: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// `AddRef` of every proxy.
    pub fn PwProxyAddRef(proxy: *mut c_void) -> u32;
    /// `Release` of every proxy.
    pub fn PwProxyRelease(proxy: *mut c_void) -> u32;
    /// The address that identifies this process's runtime.
    pub fn PwRuntime() -> *const c_void;
}
