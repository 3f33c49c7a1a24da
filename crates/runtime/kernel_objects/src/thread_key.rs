//! Values of a thread with a function that runs when the thread ends: POSIX
//! keys, whose functions run after the destructors of C++ and Rust thread-local
//! objects. So those may still own mutexes and use thread storage.

use std::ffi::c_void;
use std::sync::OnceLock;

use crate::error::Error;

/// A key.
pub struct ThreadKey {
    key: OnceLock<Option<libc::pthread_key_t>>,
    at_end: unsafe extern "C" fn(*mut c_void),
}

impl ThreadKey {
    /// A key whose function gets a thread's value, unless it is null, when the
    /// thread ends.
    pub const fn new(at_end: unsafe extern "C" fn(*mut c_void)) -> Self {
        Self { key: OnceLock::new(), at_end }
    }

    fn key(&self) -> Option<libc::pthread_key_t> {
        *self.key.get_or_init(|| {
            let mut key = 0;
            // SAFETY: a writable place and a function of the right kind.
            let code = unsafe { libc::pthread_key_create(&raw mut key, Some(self.at_end)) };
            (code == 0).then_some(key)
        })
    }

    /// This thread's value; null when it has none.
    pub fn get(&self) -> *mut c_void {
        let Some(key) = self.key() else { return std::ptr::null_mut() };
        // SAFETY: a key that is never deleted.
        unsafe { libc::pthread_getspecific(key) }
    }

    /// Sets this thread's value.
    ///
    /// # Errors
    /// `NotEnoughMemory`.
    pub fn set(&self, value: *mut c_void) -> Result<(), Error> {
        let key = self.key().ok_or(Error::NotEnoughMemory)?;
        // SAFETY: a key that is never deleted.
        let code = unsafe { libc::pthread_setspecific(key, value) };
        if code == 0 { Ok(()) } else { Err(Error::NotEnoughMemory) }
    }
}
