//! What the loader runs, and how the library becomes global.

use std::panic::catch_unwind;

/// Runs [`crate::start`] when the library is loaded.
#[used]
#[unsafe(link_section = ".init_array")]
static INITIALISER: extern "C" fn() = initialise;

/// The loader calls this once.
extern "C" fn initialise() {
    // A panic must not leave an initialiser; there is nobody to tell yet.
    let _ = catch_unwind(crate::start);
}

/// Moves this library into the global scope; without effect when it is there.
pub fn make_global() {
    let inside: extern "C" fn() = initialise;
    // SAFETY: all bytes zero is a valid value, which the call fills in; the
    // address is only looked up. Opening what is loaded already only changes its
    // scope, and the handle is kept for ever on purpose.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(inside as *const libc::c_void, &mut info) != 0 && !info.dli_fname.is_null()
        {
            let flags = libc::RTLD_NOW | libc::RTLD_GLOBAL | libc::RTLD_NOLOAD;
            libc::dlopen(info.dli_fname, flags);
        }
    }
}
