//! The exported C functions for threads, thread storage and time.

use core::ffi::c_void;

use observe::last_error;
use observe::thread::tid;
use partywall::ffi::{CREATE_SUSPENDED, HANDLE, STACK_SIZE_PARAM_IS_A_RESERVATION, STILL_ACTIVE};

use super::{FALSE, TRUE, guarded, handle, pointer};
use crate::error::Error;
use crate::{clock, database, storage, thread};

const KNOWN_FLAGS: u32 = CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION;

/// A thread's function as C++ may write it: an exception may come out of it.
type Routine = unsafe extern "C-unwind" fn(*mut c_void) -> u32;

struct Start {
    routine: Routine,
    parameter: *mut c_void,
}

// SAFETY: the parameter is handed over, not looked at; what it points to is
// between the program and its thread.
unsafe impl Send for Start {}

impl Start {
    fn run(self) -> u32 {
        // SAFETY: the function and the parameter that the program passed.
        unsafe { contained(self.routine, self.parameter) }
    }
}

/// Calls a thread's function. Nothing may unwind out of this one, so an
/// exception or a panic that the routine lets out ends the process here, before
/// it reaches frames of another language.
unsafe extern "C" fn contained(routine: Routine, parameter: *mut c_void) -> u32 {
    // SAFETY: forwarded from the caller.
    unsafe { routine(parameter) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `routine` is null or a function that may be called with `parameter` on
/// another thread; `number` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThread(
    _attributes: *const c_void,
    stack: usize,
    routine: Option<Routine>,
    parameter: *mut c_void,
    flags: u32,
    number: *mut u32,
) -> HANDLE {
    guarded(core::ptr::null_mut(), || {
        let routine = routine.ok_or(Error::InvalidParameter)?;
        if flags & !KNOWN_FLAGS != 0 {
            return Err(Error::InvalidParameter);
        }
        let stack = thread::stack_size(stack, flags & STACK_SIZE_PARAM_IS_A_RESERVATION != 0);
        let start = Start { routine, parameter };
        let (new, tid) = thread::create(move || start.run(), stack, flags & CREATE_SUSPENDED != 0)?;
        if !number.is_null() {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { number.write(tid.cast_unsigned()) };
        }
        Ok(pointer(new))
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn ResumeThread(thread: HANDLE) -> u32 {
    guarded(u32::MAX, || {
        database::database().with(|dispatcher| {
            let id = dispatcher.resolve(handle(thread))?;
            dispatcher.resume_thread(id)
        })
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `code` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetExitCodeThread(thread: HANDLE, code: *mut u32) -> i32 {
    guarded(FALSE, || {
        let exit_code = database::database().with(|dispatcher| {
            let id = dispatcher.resolve(handle(thread))?;
            dispatcher.exit_code(id)
        })?;
        if code.is_null() {
            return Err(Error::InvalidParameter);
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { code.write(exit_code.unwrap_or(STILL_ACTIVE)) };
        Ok(TRUE)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn GetCurrentThreadId() -> u32 {
    tid().cast_unsigned()
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn TlsAlloc() -> u32 {
    guarded(u32::MAX, storage::alloc)
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn TlsFree(slot: u32) -> i32 {
    guarded(FALSE, || storage::free(slot).map(|()| TRUE))
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn TlsGetValue(slot: u32) -> *mut c_void {
    guarded(core::ptr::null_mut(), || {
        let value = storage::get(slot)?;
        last_error::set(0);
        Ok(value)
    })
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn TlsSetValue(slot: u32, value: *mut c_void) -> i32 {
    guarded(FALSE, || storage::set(slot, value).map(|()| TRUE))
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn Sleep(milliseconds: u32) {
    clock::sleep(milliseconds);
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn SleepEx(milliseconds: u32, _alertable: i32) -> u32 {
    clock::sleep(milliseconds);
    0
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn SwitchToThread() -> i32 {
    std::thread::yield_now();
    FALSE
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn GetTickCount() -> u32 {
    clock::tick_count() as u32
}

/// See `partywall::ffi`.
#[unsafe(no_mangle)]
pub extern "system" fn GetTickCount64() -> u64 {
    clock::tick_count()
}

/// Writes a number to a place that must not be null.
///
/// # Safety
/// `place` is null or writable.
unsafe fn put(place: *mut i64, value: i64) -> i32 {
    guarded(FALSE, || {
        if place.is_null() {
            return Err(Error::InvalidParameter);
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { place.write(value) };
        Ok(TRUE)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `count` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryPerformanceCounter(count: *mut i64) -> i32 {
    // SAFETY: forwarded from the caller.
    unsafe { put(count, clock::performance_counter()) }
}

/// See `partywall::ffi`.
///
/// # Safety
/// `frequency` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryPerformanceFrequency(frequency: *mut i64) -> i32 {
    // SAFETY: forwarded from the caller.
    unsafe { put(frequency, clock::TICKS_PER_SECOND) }
}
