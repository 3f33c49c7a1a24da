//! The thread's last error (`GetLastError`, `SetLastError`): one place for the
//! host and everything it loads.

use std::cell::Cell;

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// The thread's last error; 0 on a thread that is ending.
pub fn get() -> u32 {
    LAST_ERROR.try_with(Cell::get).unwrap_or(0)
}

/// Sets the thread's last error.
pub fn set(error: u32) {
    let _ = LAST_ERROR.try_with(|cell| cell.set(error));
}
