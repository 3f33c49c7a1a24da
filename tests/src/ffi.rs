//! Signals and identities.

/// Sends a signal to a process.
pub fn signal(pid: u32, number: i32) {
    // SAFETY: plain numbers.
    let code = unsafe { libc::kill(pid as i32, number) };
    assert_eq!(code, 0, "process {pid} is gone");
}

/// Real user of this process.
pub fn uid() -> u32 {
    // SAFETY: takes no arguments and cannot fail.
    unsafe { libc::getuid() }
}
