//! What is known of the running thread: its number in the kernel, its process
//! and its apartment.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Kind of the apartment that a thread is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApartmentLabel {
    /// A single-threaded apartment that the runtime started.
    HostSta,
    /// The first single-threaded apartment of the process.
    MainSta,
    /// The multithreaded apartment.
    Mta,
    /// None.
    #[default]
    None,
    /// The neutral apartment.
    Nta,
    /// Another single-threaded apartment.
    Sta,
}

impl fmt::Display for ApartmentLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::HostSta => "host-sta",
            Self::MainSta => "main-sta",
            Self::Mta => "mta",
            Self::None => "none",
            Self::Nta => "nta",
            Self::Sta => "sta",
        })
    }
}

thread_local! {
    static IDENTITY: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
    static TID: Cell<i32> = const { Cell::new(0) };
    static APARTMENT: Cell<ApartmentLabel> = const { Cell::new(ApartmentLabel::None) };
}

/// The thread's number in the kernel (`gettid`), as `/proc/PID/task` lists it.
pub fn tid() -> i32 {
    TID.with(|cell| {
        if cell.get() == 0 {
            cell.set(ffi::gettid());
        }
        cell.get()
    })
}

/// The process's number. Asked for once: a process that forks goes on with
/// another program.
pub fn pid() -> u32 {
    static PID: OnceLock<u32> = OnceLock::new();
    *PID.get_or_init(std::process::id)
}

/// The apartment that this thread is in.
pub fn apartment() -> ApartmentLabel {
    APARTMENT.try_with(Cell::get).unwrap_or_default()
}

/// Says which apartment this thread is in from now on.
pub fn set_apartment(label: ApartmentLabel) {
    // A thread that is ending has nothing to report any more.
    let _ = APARTMENT.try_with(|cell| cell.set(label));
}

/// As whom this thread works; `None` as the process itself.
pub fn identity() -> Option<Arc<str>> {
    IDENTITY.try_with(|cell| cell.borrow().clone()).ok().flatten()
}

/// Says as whom this thread works from now on.
pub fn set_identity(user: Option<Arc<str>>) {
    let _ = IDENTITY.try_with(|cell| cell.replace(user));
}

#[path = "ffi.rs"]
mod ffi;
