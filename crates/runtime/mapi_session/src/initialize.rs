//! `MAPIInitialize` and `MAPIUninitialize`: whether the process uses messaging.
//!
//! # Protocol
//! A count of uses, and the process that counted: a child of `fork` without
//! `exec` has used nothing yet, whatever its copied memory says, and never waits
//! for a lock that its parent held. When the last use ends every session ends,
//! and what connections were kept for the next logon is let go.

use std::sync::atomic::{AtomicU64, Ordering};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::structs::MAPI_NT_SERVICE;

use crate::settings::settings;
use crate::{notify, session};

/// `MAPI_MULTITHREAD_NOTIFICATIONS`: the subsystem's own threads notify, which
/// they always do here.
const MULTITHREAD_NOTIFICATIONS: u32 = 0x1;
/// `MAPI_NO_COINIT`: there is nothing to leave out here.
const NO_COINIT: u32 = 0x8;
/// Flags with a meaning.
const KNOWN: u32 = MULTITHREAD_NOTIFICATIONS | NO_COINIT | MAPI_NT_SERVICE;

/// The process in the upper half, its uses that are not undone in the lower.
static USES: AtomicU64 = AtomicU64::new(0);
/// Of these, those of services, with the same upper half.
static SERVICES: AtomicU64 = AtomicU64::new(0);

fn own() -> u64 {
    u64::from(std::process::id()) << 32
}

/// The count of this process in `word`; another process's is nothing.
fn count(word: u64) -> u64 {
    if word & !0xFFFF_FFFF == own() { word & 0xFFFF_FFFF } else { 0 }
}

/// Begins a use.
///
/// # Errors
/// `UNKNOWN_FLAGS`; `INVALID_PARAMETER` a version other than 0.
pub fn initialize(version: u32, flags: u32) -> Result<(), Failure> {
    if version != 0 {
        let says = format!("MAPIINIT_0 has version 0, not {version}");
        return Err(Failure::new(Code::INVALID_PARAMETER, says));
    }
    if flags & !KNOWN != 0 {
        let says = format!("flags {:#x} have no meaning here", flags & !KNOWN);
        return Err(Failure::new(Code::UNKNOWN_FLAGS, says));
    }
    add(&USES);
    if flags & MAPI_NT_SERVICE != 0 {
        add(&SERVICES);
    }
    Ok(())
}

fn add(word: &AtomicU64) {
    let more = |word| Some(own() | (count(word) + 1));
    let _ = word.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
}

/// Ends a use. The last one's end ends every session, and the threads and
/// connections that are kept for the next.
///
/// # Errors
/// `NOT_INITIALIZED` nothing began; `TIMEOUT` something does not end within the
/// bound of releases.
pub fn uninitialize() -> Result<(), Failure> {
    check()?;
    if !end() {
        return Ok(());
    }
    let over = || Failure::new(Code::INVALID_OBJECT, "MAPIUninitialize ended the session");
    let mut result = Ok(());
    for session in session::all() {
        for client in session.clients() {
            result = result.and(client.leave());
        }
        result = result.and(session.end(over()));
    }
    let bound = settings().release_bound;
    result.and(mapi_connection::drain(bound)).and(notify::drain(bound))
}

/// Ends a use; true for the last one, false also for one that never began.
fn end() -> bool {
    let less = |word| count(word).checked_sub(1).map(|left| own() | left);
    let before = USES.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
    let is_last = before.is_ok_and(|before| count(before) == 1);
    if is_last {
        SERVICES.store(0, Ordering::Release);
    }
    is_last
}

/// Refuses what needs a use before there is one.
///
/// # Errors
/// `NOT_INITIALIZED`.
pub fn check() -> Result<(), Failure> {
    if count(USES.load(Ordering::Acquire)) == 0 {
        let says = "MAPIInitialize was not called in this process";
        return Err(Failure::new(Code::NOT_INITIALIZED, says));
    }
    Ok(())
}

/// Whether a service began a use: then nobody is ever asked.
pub fn is_service() -> bool {
    count(SERVICES.load(Ordering::Acquire)) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_processs_count_is_nothing() {
        assert_eq!(count(own() | 3), 3);
        assert_eq!(count((own() ^ 1 << 40) | 3), 0, "the parent's, after fork");
    }

    #[test]
    fn versions_and_flags_that_nobody_knows_are_refused() {
        assert_eq!(initialize(1, 0).unwrap_err().code, Code::INVALID_PARAMETER);
        assert_eq!(initialize(0, 0x4000_0000).unwrap_err().code, Code::UNKNOWN_FLAGS);
        assert_eq!(initialize(0, 0x2).unwrap_err().code, Code::UNKNOWN_FLAGS);
    }
}
