//! The exported C functions for critical sections and slim locks, which live in
//! the program's memory. They do not allocate and cannot fail; null is the
//! program's error, as documented.

use observe::thread::tid;
use partywall::ffi::{CRITICAL_SECTION, SRWLOCK};

use super::TRUE;
use crate::critical_section::CriticalSection;
use crate::slim_lock::{Mode, SlimLock};

/// See `partywall::ffi`.
///
/// # Safety
/// `section` points to writable memory that nobody uses as a section yet.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { section.cast::<CriticalSection>().write(CriticalSection::new(0)) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `section` points to writable memory that nobody uses as a section yet.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeCriticalSectionAndSpinCount(
    section: *mut CRITICAL_SECTION,
    spins: u32,
) -> i32 {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { section.cast::<CriticalSection>().write(CriticalSection::new(spins)) };
    TRUE
}

/// See `partywall::ffi`.
///
/// # Safety
/// `section` was initialised and not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EnterCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { (*section.cast::<CriticalSection>()).enter(tid()) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `section` was initialised and not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TryEnterCriticalSection(section: *mut CRITICAL_SECTION) -> i32 {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    i32::from(unsafe { (*section.cast::<CriticalSection>()).try_enter(tid()) })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `section` was initialised and not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LeaveCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { CriticalSection::leave(section.cast(), tid()) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `section` was initialised and nobody is inside.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { section.cast::<CriticalSection>().write(CriticalSection::new(0)) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` points to writable memory that nobody uses as a lock yet.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeSRWLock(lock: *mut SRWLOCK) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { lock.cast::<SlimLock>().write(SlimLock::new()) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` was initialised and lives on.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AcquireSRWLockExclusive(lock: *mut SRWLOCK) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { (*lock.cast::<SlimLock>()).acquire(Mode::Exclusive, tid()) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` was initialised and lives on.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TryAcquireSRWLockExclusive(lock: *mut SRWLOCK) -> u8 {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    u8::from(unsafe { (*lock.cast::<SlimLock>()).try_acquire(Mode::Exclusive, tid()) })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` was initialised and lives on.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseSRWLockExclusive(lock: *mut SRWLOCK) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { SlimLock::release(lock.cast(), Mode::Exclusive) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` was initialised and lives on.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AcquireSRWLockShared(lock: *mut SRWLOCK) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { (*lock.cast::<SlimLock>()).acquire(Mode::Shared, tid()) };
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` was initialised and lives on.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TryAcquireSRWLockShared(lock: *mut SRWLOCK) -> u8 {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    u8::from(unsafe { (*lock.cast::<SlimLock>()).try_acquire(Mode::Shared, tid()) })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `lock` was initialised and lives on.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseSRWLockShared(lock: *mut SRWLOCK) {
    // SAFETY: forwarded from the caller; the layouts are asserted to be the same.
    unsafe { SlimLock::release(lock.cast(), Mode::Shared) };
}
