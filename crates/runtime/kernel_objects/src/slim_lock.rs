//! Slim reader/writer locks: eight bytes in the program's own memory, not
//! recursive.
//!
//! # Protocol
//! `word` holds the number of readers, `WRITER`, and `SLEEPERS`, which says that
//! somebody may sleep. A thread that finds the lock taken sets `SLEEPERS` and
//! sleeps while the word is as it saw it. Whoever leaves last writes 0 and, if
//! `SLEEPERS` was set, wakes all; who does not get it then sets the bit again.
//! `owner` names the writer for those who look.
//!
//! Not here: fairness. Readers that keep coming keep a writer out.

use std::sync::atomic::AtomicI32;

use crate::futex::{self, AtomicU32, Ordering};

const SLEEPERS: u32 = 1 << 31;
const WRITER: u32 = 1 << 30;

/// `SRWLOCK`; all bytes zero is a free one.
#[repr(C, align(8))]
pub struct SlimLock {
    word: AtomicU32,
    owner: AtomicI32,
}

#[cfg(not(loom))]
const _: () = assert!(size_of::<SlimLock>() == size_of::<partywall::ffi::SRWLOCK>());

/// How a lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Mode {
    Exclusive,
    Shared,
}

impl Mode {
    /// The word after this mode has been added, if it goes along with it.
    fn added(self, word: u32) -> Option<u32> {
        match self {
            Self::Exclusive => (word & !SLEEPERS == 0).then_some(word | WRITER),
            Self::Shared => (word & WRITER == 0).then_some(word + 1),
        }
    }
}

impl SlimLock {
    /// A free one.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { word: AtomicU32::new(0), owner: AtomicI32::new(0) }
    }

    /// Takes the lock without waiting.
    pub fn try_acquire(&self, mode: Mode, tid: i32) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while let Some(next) = mode.added(word) {
            let order = (Ordering::Acquire, Ordering::Relaxed);
            match self.word.compare_exchange(word, next, order.0, order.1) {
                Ok(_) => {
                    if mode == Mode::Exclusive {
                        self.owner.store(tid, Ordering::Relaxed);
                    }
                    return true;
                }
                Err(now) => word = now,
            }
        }
        false
    }

    /// Takes the lock.
    pub fn acquire(&self, mode: Mode, tid: i32) {
        if self.try_acquire(mode, tid) {
            return;
        }
        observe::wait::watching("a slim lock", &self.owner, || {
            while !self.try_acquire(mode, tid) {
                let word = self.word.load(Ordering::Relaxed);
                if mode.added(word).is_some() {
                    continue;
                }
                let marked = word | SLEEPERS;
                let order = (Ordering::Relaxed, Ordering::Relaxed);
                if self.word.compare_exchange(word, marked, order.0, order.1).is_ok() {
                    futex::wait(&self.word, marked, None);
                }
            }
        });
    }

    /// Gives the lock back; nothing happens when it is not taken in that mode.
    ///
    /// # Safety
    /// `lock` is alive when this is called. Another thread may take and free it
    /// before this returns.
    pub unsafe fn release(lock: *const Self, mode: Mode) {
        // SAFETY: alive, since this thread holds the lock until the word says
        // otherwise; the exchange that does so is the last access.
        unsafe {
            let place = &raw const (*lock).word;
            if mode == Mode::Exclusive {
                (*lock).owner.store(0, Ordering::Relaxed);
            }
            let mut word = (*place).load(Ordering::Relaxed);
            loop {
                let next = match mode {
                    Mode::Exclusive if word & WRITER != 0 => 0,
                    Mode::Shared if word & !SLEEPERS == 1 => 0,
                    Mode::Shared if word & WRITER == 0 && word & !SLEEPERS > 1 => word - 1,
                    _ => return,
                };
                let order = (Ordering::Release, Ordering::Relaxed);
                match (*place).compare_exchange(word, next, order.0, order.1) {
                    Ok(_) if next == 0 && word & SLEEPERS != 0 => return futex::wake_all(place),
                    Ok(_) => return,
                    Err(now) => word = now,
                }
            }
        }
    }
}
