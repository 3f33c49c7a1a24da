//! The spy of the task allocator (`CoRegisterMallocSpy`).
//!
//! # Protocol
//! There is at most one spy. One lock is held from before it is asked to after it
//! was told, so that it sees one thing at a time, as documented; what the spy
//! itself allocates in its methods is not shown to it, on the same thread. The
//! addresses that callers got of blocks allocated under the spy are kept: when it
//! is revoked while there are some it stays, is shown those and nothing else, and
//! is let go with the last of them.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::cell::Cell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::HRESULT;
use com_abi::codes::{CO_E_OBJISREG, CO_E_OBJNOTREG, E_ACCESSDENIED};
use com_abi::malloc::IMallocSpy;

use super::blocks;

/// A spy is called by whichever thread allocates.
struct Spy(IMallocSpy);

// SAFETY: the interface is documented to be called from every thread, one at a
// time, which the lock sees to.
unsafe impl Send for Spy {}

#[derive(Default)]
struct State {
    spy: Option<Spy>,
    is_revoked: bool,
    /// What callers got of blocks that were allocated under the spy.
    spied: Option<HashSet<usize>>,
}

static STATE: Mutex<State> = Mutex::new(State { spy: None, is_revoked: false, spied: None });
/// Whether there may be a spy: so that nobody takes the lock for nothing.
static IS_WATCHED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The thread is inside a method of the spy.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes `spy` the one that is asked. Adds a reference.
///
/// # Errors
/// `CO_E_OBJISREG` when there is one.
pub fn register(spy: &IMallocSpy) -> Result<(), HRESULT> {
    let mut state = state();
    if state.spy.is_some() {
        return Err(CO_E_OBJISREG);
    }
    *state = State { spy: Some(Spy(spy.clone())), is_revoked: false, spied: None };
    IS_WATCHED.store(true, Ordering::Release);
    Ok(())
}

/// Takes the spy out and releases it.
///
/// # Errors
/// `CO_E_OBJNOTREG` when there is none; `E_ACCESSDENIED` when blocks that were
/// allocated under it are alive: it goes with the last one.
pub fn revoke() -> Result<(), HRESULT> {
    let mut state = state();
    if state.spy.is_none() {
        return Err(CO_E_OBJNOTREG);
    }
    state.is_revoked = true;
    let released = state.take_finished();
    drop(state);
    released.map(drop).ok_or(E_ACCESSDENIED)
}

impl State {
    /// The spy, if it was revoked and nothing is left that it has to see.
    fn take_finished(&mut self) -> Option<Spy> {
        let is_idle = self.spied.as_ref().is_none_or(HashSet::is_empty);
        if !self.is_revoked || !is_idle {
            return None;
        }
        IS_WATCHED.store(false, Ordering::Release);
        self.spy.take()
    }
}

/// The thread is outside of the spy again, also by a panic.
struct Outside;

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = IS_INSIDE.try_with(|inside| inside.set(false));
    }
}

/// Does something under the eyes of the spy; `None` when it is not to be shown
/// this.
pub fn spied<R>(body: impl FnOnce(&mut Watch<'_>) -> Option<R>) -> Option<R> {
    if !IS_WATCHED.load(Ordering::Acquire) {
        return None;
    }
    // A thread that is ending has no place for the mark, and no spy.
    if IS_INSIDE.try_with(|inside| inside.replace(true)).unwrap_or(true) {
        return None;
    }
    let outside = Outside;
    let mut state = state();
    let State { spy, is_revoked, spied } = &mut *state;
    let Some(Spy(spy)) = spy else { return None };
    let mut watch = Watch { spy, is_revoked: *is_revoked, spied: spied.get_or_insert_default() };
    let answer = body(&mut watch);
    let finished = state.take_finished();
    drop(state);
    drop(finished);
    drop(outside);
    answer
}

/// The spy while the lock is held. Each method answers `None` when the spy is not
/// to be shown this.
pub struct Watch<'a> {
    spy: &'a IMallocSpy,
    is_revoked: bool,
    spied: &'a mut HashSet<usize>,
}

impl Watch<'_> {
    /// Whether the block is one of the spy's; `None` when it is not to be asked.
    fn is_spied(&self, block: *mut c_void) -> Option<bool> {
        let is_spied = self.spied.contains(&(block as usize));
        (is_spied || !self.is_revoked).then_some(is_spied)
    }

    /// See `super::alloc`.
    pub fn alloc(&mut self, size: usize) -> Option<*mut c_void> {
        if self.is_revoked {
            return None;
        }
        // SAFETY: plain numbers, and a block that nobody else knows yet.
        unsafe {
            let actual = self.spy.PreAlloc(size);
            if actual == 0 && size > 0 {
                return Some(null_mut());
            }
            let block = self.spy.PostAlloc(blocks::alloc(actual));
            if !block.is_null() {
                self.spied.insert(block as usize);
            }
            Some(block)
        }
    }

    /// See `super::realloc`.
    ///
    /// # Safety
    /// As there; neither is null or 0.
    pub unsafe fn realloc(&mut self, block: *mut c_void, size: usize) -> Option<*mut c_void> {
        let is_spied = self.is_spied(block)?;
        let mut actual = block;
        // SAFETY: forwarded from the caller; the spy maps its own blocks.
        unsafe {
            let size = self.spy.PreRealloc(block, size, &mut actual, is_spied.into());
            if size == 0 {
                return Some(null_mut());
            }
            let made = self.spy.PostRealloc(blocks::realloc(actual, size), is_spied.into());
            if is_spied && !made.is_null() {
                self.spied.remove(&(block as usize));
                self.spied.insert(made as usize);
            }
            Some(made)
        }
    }

    /// See `super::free`.
    ///
    /// # Safety
    /// As there.
    pub unsafe fn free(&mut self, block: *mut c_void) -> Option<()> {
        let is_spied = self.is_spied(block)?;
        self.spied.remove(&(block as usize));
        // SAFETY: forwarded from the caller; the spy maps its own blocks.
        unsafe {
            let actual = self.spy.PreFree(block, is_spied.into());
            if !actual.is_null() {
                blocks::free(actual);
            }
            self.spy.PostFree(is_spied.into());
        }
        Some(())
    }

    /// See `super::size_of_block`.
    pub fn size(&mut self, block: *mut c_void) -> Option<usize> {
        let is_spied = self.is_spied(block)?;
        // SAFETY: the block is only looked up.
        unsafe {
            let actual = self.spy.PreGetSize(block, is_spied.into());
            let size = blocks::size(actual).unwrap_or(0);
            Some(self.spy.PostGetSize(size, is_spied.into()))
        }
    }

    /// See `super::did_alloc`.
    pub fn did_alloc(&mut self, block: *mut c_void) -> Option<i32> {
        let is_spied = self.is_spied(block)?;
        // SAFETY: the block is only looked up.
        unsafe {
            let actual = self.spy.PreDidAlloc(block, is_spied.into());
            let is_own = blocks::is_own(actual).into();
            Some(self.spy.PostDidAlloc(block, is_spied.into(), is_own))
        }
    }

    /// See `super::minimize`.
    pub fn minimize(&mut self, trim: impl Fn()) -> Option<()> {
        if self.is_revoked {
            return None;
        }
        // SAFETY: no arguments.
        unsafe {
            self.spy.PreHeapMinimize();
            trim();
            self.spy.PostHeapMinimize();
        }
        Some(())
    }
}
