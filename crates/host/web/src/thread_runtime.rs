//! What the component runtime keeps for a worker's thread: its apartment and
//! its last error.

/// The last error that was set on this thread.
pub fn last_error() -> u32 {
    com::last_error::get()
}

/// Sets this thread's last error.
pub fn set_last_error(code: u32) {
    com::last_error::set(code);
}

/// Makes this thread a member of the multithreaded apartment.
pub fn enter_apartment() -> Result<(), String> {
    com::apartment::enter(true).map(|_| ()).map_err(|code| format!("{code:?}"))
}

/// Leaves the apartment.
pub fn leave_apartment() {
    com::apartment::leave();
}
