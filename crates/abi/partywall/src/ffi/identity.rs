//! Who a thread works for, declared.

unsafe extern "system" {
    /// Writes the name of the account that the thread works for, the impersonated
    /// one or else the process's; `size` is the buffer's in units, and receives
    /// the name's with its final zero. 0 on failure: the last error is 122 when the
    /// buffer is too small.
    pub fn GetUserNameW(name: *mut u16, size: *mut u32) -> i32;
}
