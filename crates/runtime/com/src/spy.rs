//! Initialise spies: objects of a thread that are told when it enters and leaves
//! apartments.
//!
//! A spy's number is the smallest that is free on its thread; with the thread's
//! number it is the cookie. The newest is told first. A spy may revoke itself
//! while it is told something, so they are told from a copy of the list.

use std::cell::RefCell;

use com_abi::HRESULT;
use com_abi::codes::E_INVALIDARG;
use com_abi::context::IInitializeSpy;
use observe::thread::tid;

thread_local! {
    /// The spies with their numbers, the oldest first.
    static SPIES: RefCell<Vec<(u32, IInitializeSpy)>> = const { RefCell::new(Vec::new()) };
}

/// Adds a spy of this thread and answers its cookie.
pub fn register(spy: IInitializeSpy) -> u64 {
    SPIES.with(|cell| {
        let mut spies = cell.borrow_mut();
        let mut number = 0;
        while spies.iter().any(|(known, _)| *known == number) {
            number += 1;
        }
        spies.push((number, spy));
        u64::from(tid().cast_unsigned()) << 32 | u64::from(number)
    })
}

/// Takes a spy out.
///
/// # Errors
/// `E_INVALIDARG` when the cookie is of another thread or of no spy.
pub fn revoke(cookie: u64) -> Result<(), HRESULT> {
    if cookie >> 32 != u64::from(tid().cast_unsigned()) {
        return Err(E_INVALIDARG);
    }
    let removed = SPIES.with(|cell| {
        let mut spies = cell.borrow_mut();
        let at = spies.iter().position(|(number, _)| *number == cookie as u32);
        at.map(|at| spies.remove(at))
    });
    // Released outside the borrow.
    removed.map(drop).ok_or(E_INVALIDARG)
}

/// Tells the spies something, the newest first.
pub fn tell(mut what: impl FnMut(&IInitializeSpy)) {
    let spies = SPIES.try_with(|cell| cell.borrow().clone()).unwrap_or_default();
    spies.iter().rev().for_each(|(_, spy)| what(spy));
}
