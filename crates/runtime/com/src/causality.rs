//! Causality: the name of a chain of calls, the *logical thread*.
//!
//! The first call out of a thread gives its chain a name, which travels with it;
//! a thread that serves a call bears the call's name for that time. So a call
//! that comes back to a thread that waits can be told from a stranger's.

use std::cell::{Cell, RefCell};

use com_abi::GUID;

use crate::sync::thread_local;

thread_local! {
    /// The thread's own name, given when it is first needed.
    static OWN: Cell<Option<GUID>> = const { Cell::new(None) };
    /// Those of the calls that it serves, the innermost last.
    static ADOPTED: RefCell<Vec<GUID>> = const { RefCell::new(Vec::new()) };
}

/// A new name.
pub fn new_name() -> GUID {
    let mut bytes = [0; 16];
    crate::ffi::descriptor::random(&mut bytes);
    let number = u128::from_ne_bytes(bytes);
    // Version 4, variant 1: made of random numbers.
    let number = number & !(0xF << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    GUID::from_u128(number)
}

/// The name of the chain that this thread works in.
pub fn current() -> GUID {
    let adopted = ADOPTED.try_with(|cell| cell.borrow().last().copied()).ok().flatten();
    adopted.unwrap_or_else(|| {
        let own = OWN.try_with(|cell| {
            let name = cell.get().unwrap_or_else(new_name);
            cell.set(Some(name));
            name
        });
        own.unwrap_or_else(|_| new_name())
    })
}

/// Gives the thread's own chain another name (`IComThreadingInfo`).
pub fn rename(name: GUID) {
    let _ = OWN.try_with(|cell| cell.set(Some(name)));
}

/// Bears a chain's name until it is dropped.
#[must_use = "the name is borne until this is dropped"]
pub struct Adopted;

/// See [`Adopted`].
pub fn adopt(name: GUID) -> Adopted {
    let _ = ADOPTED.try_with(|cell| cell.borrow_mut().push(name));
    Adopted
}

impl Drop for Adopted {
    fn drop(&mut self) {
        let _ = ADOPTED.try_with(|cell| cell.borrow_mut().pop());
    }
}
