//! The lists that the process has.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use security::Token;

use crate::connection::Connection;
use crate::entry::ListEntry;
use crate::key::{Holder, ListKey};
use crate::lists::{Lists, Opened, Settings};
use crate::table::forked;

static LISTS: OnceLock<Lists> = OnceLock::new();
/// Whose they are; looked at before the lock of `LISTS`, which in a fork may be
/// held by a thread that is not there.
static OWNER: AtomicU32 = AtomicU32::new(0);

/// # Errors
/// `NOT_INITIALIZED` in a fork of the process that has them.
fn own(settings: impl FnOnce() -> Settings) -> Result<&'static Lists, Failure> {
    let process = std::process::id();
    match OWNER.compare_exchange(0, process, Ordering::SeqCst, Ordering::SeqCst) {
        Err(other) if other != process => Err(forked()),
        _ => Ok(LISTS.get_or_init(|| Lists::new(settings()))),
    }
}

/// Says how the process's lists are to work, before they are used.
///
/// # Errors
/// `BUSY`: they are in use already; `NOT_INITIALIZED` in a fork.
pub fn configure(settings: Settings) -> Result<(), Failure> {
    let mut given = Some(settings);
    own(|| given.take().unwrap_or_default())?;
    match given {
        None => Ok(()),
        Some(_) => {
            let says = "the connection lists are in use; configure them before the first logon";
            Err(Failure::new(Code::BUSY, says))
        }
    }
}

/// See [`Lists::connect`].
///
/// # Errors
/// As there.
pub fn connect<O: Opened>(
    key: ListKey,
    holder: Holder,
    limit: Option<u32>,
    open: impl FnOnce(&Token) -> Result<O, Failure>,
) -> Result<Connection<O>, Failure> {
    own(Settings::default)?.connect(key, holder, limit, open)
}

/// See [`Lists::entries`].
pub fn lists() -> Vec<ListEntry> {
    own(Settings::default).map(Lists::entries).unwrap_or_default()
}

/// See [`Lists::detached_pollers`].
pub fn detached_pollers() -> u64 {
    own(Settings::default).map(Lists::detached_pollers).unwrap_or_default()
}

/// See [`Lists::drain`]; at the last `MAPIUninitialize`.
///
/// # Errors
/// As there.
pub fn drain(bound: Duration) -> Result<(), Failure> {
    own(Settings::default)?.drain(bound)
}
