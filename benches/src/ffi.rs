//! The peers that need raw pointers or the kernel: a plain vtable call, and two
//! threads that wake each other by futex.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

/// `Add` of an object as a C++ compiler lays it out.
pub type Add = unsafe extern "system" fn(*mut c_void, i32, i32, *mut i32) -> i32;

#[repr(C)]
struct PlainVtable {
    unknown: [*const c_void; 3],
    add: Add,
}

// SAFETY: constant.
unsafe impl Sync for PlainVtable {}

unsafe extern "system" fn add(_: *mut c_void, a: i32, b: i32, sum: *mut i32) -> i32 {
    // SAFETY: the caller passes a writable place.
    unsafe { sum.write(a.wrapping_add(b)) };
    0
}

static VTABLE: PlainVtable = PlainVtable { unknown: [std::ptr::null(); 3], add };

/// An object with nothing but a vtable.
#[repr(C)]
pub struct Plain {
    vtable: &'static PlainVtable,
}

impl Default for Plain {
    fn default() -> Self {
        Self { vtable: &VTABLE }
    }
}

impl Plain {
    /// Calls through the vtable, which the compiler must not see through.
    #[inline(never)]
    pub fn call(&self, a: i32, b: i32) -> i32 {
        let this = std::hint::black_box(&raw const *self).cast_mut();
        let mut sum = 0;
        // SAFETY: `this` is this object; the place is writable.
        unsafe { ((*this).vtable.add)(this.cast(), a, b, &raw mut sum) };
        debug_assert!(self.vtable.unknown.iter().all(|slot| slot.is_null()));
        sum
    }
}

/// A word that one thread sleeps on and another wakes.
#[derive(Default)]
pub struct Word(AtomicU32);

/// Looks before the thread goes to sleep, as in the runtime's calls.
const SPINS: u32 = com::call::SPINS;

impl Word {
    /// Sets the word and wakes who sleeps on it.
    pub fn post(&self, value: u32) {
        self.0.store(value, Ordering::Release);
        let word = (&raw const self.0).cast::<u32>();
        // SAFETY: a live word; nothing else is passed.
        unsafe {
            libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1)
        };
    }

    /// Waits until the word has another value, and answers it.
    pub fn wait_for_other_than(&self, old: u32) -> u32 {
        for _ in 0..SPINS {
            let seen = self.0.load(Ordering::Acquire);
            if seen != old {
                return seen;
            }
            std::hint::spin_loop();
        }
        loop {
            let word = (&raw const self.0).cast::<u32>();
            let none = std::ptr::null::<libc::timespec>();
            let wait = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: a live word and no time limit.
            unsafe { libc::syscall(libc::SYS_futex, word, wait, old, none) };
            let seen = self.0.load(Ordering::Acquire);
            if seen != old {
                return seen;
            }
        }
    }
}
