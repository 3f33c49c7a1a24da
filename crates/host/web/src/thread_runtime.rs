//! What the component runtime keeps for a worker's thread: its apartment and
//! its last error.

use std::cell::Cell;

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// The last error that was set on this thread.
pub fn last_error() -> u32 {
    LAST_ERROR.get()
}

/// Sets this thread's last error.
pub fn set_last_error(code: u32) {
    LAST_ERROR.set(code);
}

/// Makes this thread a member of the multithreaded apartment.
pub fn enter_apartment() -> Result<(), String> {
    observe::thread::set_apartment(observe::thread::ApartmentLabel::Mta);
    Ok(())
}

/// Leaves the apartment.
pub fn leave_apartment() {
    observe::thread::set_apartment(observe::thread::ApartmentLabel::None);
}
