//! The exported C functions: they check their arguments, catch panics, set the
//! thread's last error, and forward.
//!
//! What each does is documented in the SDK (`partywall::ffi`) and, for C and
//! C++, in `synchapi.h`. Here: handles, events, mutexes, semaphores, waits.

#![allow(non_snake_case)]

mod sections;
mod threads;

use core::ffi::{c_char, c_void};
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use observe::last_error;
use observe::thread::tid;
use partywall::ffi::HANDLE;

use crate::clock::limit;
use crate::database::{MAXIMUM_WAIT_OBJECTS, database};
use crate::dispatcher::Dispatcher;
use crate::error::Error;
use crate::handle::Handle;
use crate::object::{Kind, ObjectId, State};
use crate::thread::watch_end;

const FALSE: i32 = 0;
const TRUE: i32 = 1;
const WAIT_FAILED: u32 = u32::MAX;
const ERROR_ALREADY_EXISTS: u32 = 183;

/// Runs an entry point's body; an error becomes the thread's last error and the
/// answer `failed`.
fn guarded<T>(failed: T, body: impl FnOnce() -> Result<T, Error>) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            last_error::set(error.code());
            failed
        }
        Err(_) => {
            last_error::set(Error::NotEnoughMemory.code());
            failed
        }
    }
}

fn handle(handle: HANDLE) -> Handle {
    Handle(handle as usize)
}

fn pointer(handle: Handle) -> HANDLE {
    core::ptr::without_provenance_mut(handle.0)
}

/// Changes the object of a handle; answers `TRUE`.
fn change(
    object: HANDLE,
    body: impl FnOnce(&mut Dispatcher, ObjectId) -> Result<(), Error>,
) -> i32 {
    guarded(FALSE, || {
        database().with(|dispatcher| {
            let id = dispatcher.resolve(handle(object))?;
            body(dispatcher, id)
        })?;
        Ok(TRUE)
    })
}

/// A name in UTF-8; `None` for null.
///
/// # Safety
/// `name` is null or zero-ended.
unsafe fn name_a(name: *const c_char) -> Option<String> {
    // SAFETY: forwarded from the caller.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned())
}

/// A name in UTF-16; `None` for null.
///
/// # Safety
/// `name` is null or zero-ended.
unsafe fn name_w(name: *const u16) -> Option<String> {
    // SAFETY: forwarded from the caller.
    (!name.is_null()).then(|| unsafe { com_abi::from_wide(name) })
}

fn create(name: Option<&str>, state: Result<State, Error>) -> HANDLE {
    guarded(core::ptr::null_mut(), || {
        let state = state?;
        let (new, existed) = database().with(|dispatcher| dispatcher.create(name, state))?;
        last_error::set(if existed { ERROR_ALREADY_EXISTS } else { 0 });
        Ok(pointer(new))
    })
}

fn open(name: Option<&str>, kind: Kind) -> HANDLE {
    guarded(core::ptr::null_mut(), || {
        let opened = database().with(|dispatcher| dispatcher.open(name, kind));
        opened.map(pointer)
    })
}

fn event(manual: i32, set: i32) -> Result<State, Error> {
    Ok(State::Event { manual: manual != 0, set: set != 0 })
}

fn mutex(owned: i32) -> Result<State, Error> {
    if owned == 0 {
        return Ok(State::new_mutex(0));
    }
    watch_end()?;
    Ok(State::new_mutex(tid()))
}

fn semaphore(count: i32, limit: i32) -> Result<State, Error> {
    if limit <= 0 || !(0..=limit).contains(&count) {
        return Err(Error::InvalidParameter);
    }
    Ok(State::Semaphore { count, limit })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn CloseHandle(object: HANDLE) -> i32 {
    guarded(FALSE, || {
        database().with(|dispatcher| dispatcher.close(handle(object)))?;
        Ok(TRUE)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateEventA(
    _attributes: *const c_void,
    manual: i32,
    set: i32,
    name: *const c_char,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    create(unsafe { name_a(name) }.as_deref(), event(manual, set))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateEventW(
    _attributes: *const c_void,
    manual: i32,
    set: i32,
    name: *const u16,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    create(unsafe { name_w(name) }.as_deref(), event(manual, set))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenEventA(
    _access: u32,
    _inherit: i32,
    name: *const c_char,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    open(unsafe { name_a(name) }.as_deref(), Kind::Event)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenEventW(_access: u32, _inherit: i32, name: *const u16) -> HANDLE {
    // SAFETY: forwarded from the caller.
    open(unsafe { name_w(name) }.as_deref(), Kind::Event)
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn SetEvent(event: HANDLE) -> i32 {
    change(event, |dispatcher, id| dispatcher.put_event(id, true))
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn ResetEvent(event: HANDLE) -> i32 {
    change(event, |dispatcher, id| dispatcher.put_event(id, false))
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn PulseEvent(event: HANDLE) -> i32 {
    change(event, Dispatcher::pulse_event)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMutexA(
    _attributes: *const c_void,
    owned: i32,
    name: *const c_char,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    create(unsafe { name_a(name) }.as_deref(), mutex(owned))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMutexW(
    _attributes: *const c_void,
    owned: i32,
    name: *const u16,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    create(unsafe { name_w(name) }.as_deref(), mutex(owned))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenMutexA(
    _access: u32,
    _inherit: i32,
    name: *const c_char,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    open(unsafe { name_a(name) }.as_deref(), Kind::Mutex)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenMutexW(_access: u32, _inherit: i32, name: *const u16) -> HANDLE {
    // SAFETY: forwarded from the caller.
    open(unsafe { name_w(name) }.as_deref(), Kind::Mutex)
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn ReleaseMutex(mutex: HANDLE) -> i32 {
    change(mutex, |dispatcher, id| dispatcher.release_mutex(id, tid()))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSemaphoreA(
    _attributes: *const c_void,
    count: i32,
    limit: i32,
    name: *const c_char,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    create(unsafe { name_a(name) }.as_deref(), semaphore(count, limit))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSemaphoreW(
    _attributes: *const c_void,
    count: i32,
    limit: i32,
    name: *const u16,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    create(unsafe { name_w(name) }.as_deref(), semaphore(count, limit))
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenSemaphoreA(
    _access: u32,
    _inherit: i32,
    name: *const c_char,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    open(unsafe { name_a(name) }.as_deref(), Kind::Semaphore)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `name` is null or zero-ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenSemaphoreW(
    _access: u32,
    _inherit: i32,
    name: *const u16,
) -> HANDLE {
    // SAFETY: forwarded from the caller.
    open(unsafe { name_w(name) }.as_deref(), Kind::Semaphore)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `previous` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseSemaphore(
    semaphore: HANDLE,
    more: i32,
    previous: *mut i32,
) -> i32 {
    change(semaphore, |dispatcher, id| {
        let before = dispatcher.release_semaphore(id, more)?;
        if !previous.is_null() {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { previous.write(before) };
        }
        Ok(())
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn WaitForSingleObject(object: HANDLE, milliseconds: u32) -> u32 {
    guarded(WAIT_FAILED, || {
        watch_end()?;
        database().wait(tid(), &[handle(object)], false, limit(milliseconds))
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `objects` is null or has `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForMultipleObjects(
    count: u32,
    objects: *const HANDLE,
    all: i32,
    milliseconds: u32,
) -> u32 {
    guarded(WAIT_FAILED, || {
        let count = count as usize;
        if objects.is_null() || !(1..=MAXIMUM_WAIT_OBJECTS).contains(&count) {
            return Err(Error::InvalidParameter);
        }
        // SAFETY: the caller passes that many handles.
        let objects = unsafe { std::slice::from_raw_parts(objects, count) };
        let objects: Vec<Handle> = objects.iter().map(|one| handle(*one)).collect();
        watch_end()?;
        database().wait(tid(), &objects, all != 0, limit(milliseconds))
    })
}
