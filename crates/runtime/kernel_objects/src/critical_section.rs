//! Critical sections: a recursive lock in the program's own memory.
//!
//! # Protocol
//! `word` is 0 (free), 1 (taken) or 2 (taken, and somebody may sleep). A thread
//! that finds it taken writes 2 and sleeps while it is 2; whoever takes it after a
//! sleep leaves 2 behind, since others may sleep too. Leaving writes 0 and wakes
//! one sleeper if the word was 2. A sleep begins only while the word is 2, which
//! the kernel compares, so a wake between look and sleep is not lost.
//!
//! `depth` belongs to the owner. `owner` is written by the owner only: a thread
//! that reads its own number there wrote it, so it may be read without order.
//! Others read it to name the holder. After the word has been freed the memory
//! may be gone, which is why [`CriticalSection::leave`] works on pointers.
//!
//! Not here: fairness (a thread that comes by may take what a sleeper was woken
//! for), and recovery when the owner ends: the section stays taken, as documented,
//! unless the kernel gives the owner's number to a new thread, which then counts
//! as inside.

use std::sync::atomic::AtomicI32;

use crate::futex::{self, AtomicU32, Ordering};

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const CONTENDED: u32 = 2;

/// Most turns of one spin, whatever a program asks for.
const MAX_SPINS: u32 = 10_000;

/// `CRITICAL_SECTION`, by the documented places of its fields.
#[repr(C)]
pub struct CriticalSection {
    /// `DebugInfo`: not used.
    debug_info: usize,
    /// `LockCount`: see the module.
    word: AtomicU32,
    /// `RecursionCount`.
    depth: AtomicU32,
    /// `OwningThread`: the owner's tid, 0 for none.
    owner: AtomicI32,
    owner_high: u32,
    /// `LockSemaphore`: not used.
    lock_semaphore: usize,
    /// `SpinCount`.
    spins: AtomicU32,
    spins_high: u32,
}

#[cfg(not(loom))]
const _: () = {
    use partywall::ffi::CRITICAL_SECTION;
    assert!(size_of::<CriticalSection>() == 40 && size_of::<CRITICAL_SECTION>() == 40);
    assert!(align_of::<CriticalSection>() == align_of::<CRITICAL_SECTION>());
    assert!(std::mem::offset_of!(CriticalSection, owner) == 16);
};

impl CriticalSection {
    /// A free one.
    pub fn new(spins: u32) -> Self {
        Self {
            debug_info: 0,
            word: AtomicU32::new(FREE),
            depth: AtomicU32::new(0),
            owner: AtomicI32::new(0),
            owner_high: 0,
            lock_semaphore: 0,
            spins: AtomicU32::new(spins.min(MAX_SPINS)),
            spins_high: 0,
        }
    }

    /// The owner's tid; 0 for none.
    pub fn owner(&self) -> i32 {
        self.owner.load(Ordering::Relaxed)
    }

    fn taken_by(&self, tid: i32) {
        self.owner.store(tid, Ordering::Relaxed);
        self.depth.store(1, Ordering::Relaxed);
    }

    /// Enters without waiting; false when another thread is inside.
    pub fn try_enter(&self, tid: i32) -> bool {
        if self.owner() == tid {
            let depth = self.depth.load(Ordering::Relaxed);
            self.depth.store(depth + 1, Ordering::Relaxed);
            return true;
        }
        let taken = self.take();
        if taken {
            self.taken_by(tid);
        }
        taken
    }

    fn take(&self) -> bool {
        let order = (Ordering::Acquire, Ordering::Relaxed);
        self.word.compare_exchange(FREE, TAKEN, order.0, order.1).is_ok()
    }

    /// Enters; waits as long as another thread is inside.
    pub fn enter(&self, tid: i32) {
        if self.try_enter(tid) {
            return;
        }
        let spins = self.spins.load(Ordering::Relaxed);
        if !(0..spins).any(|_| {
            std::hint::spin_loop();
            self.word.load(Ordering::Relaxed) == FREE && self.take()
        }) && self.word.swap(CONTENDED, Ordering::Acquire) != FREE
        {
            observe::wait::watching("a critical section", &self.owner, || {
                futex::wait(&self.word, CONTENDED, None);
                while self.word.swap(CONTENDED, Ordering::Acquire) != FREE {
                    futex::wait(&self.word, CONTENDED, None);
                }
            });
        }
        self.taken_by(tid);
    }

    /// Leaves once; nothing happens when thread `tid` is not inside.
    ///
    /// # Safety
    /// `section` is alive when this is called. Another thread may enter and free
    /// it before this returns.
    pub unsafe fn leave(section: *const Self, tid: i32) {
        // SAFETY: alive, since this thread is inside until the word is freed.
        let word = unsafe {
            let section = &*section;
            if section.owner() != tid {
                return;
            }
            let depth = section.depth.load(Ordering::Relaxed) - 1;
            section.depth.store(depth, Ordering::Relaxed);
            if depth > 0 {
                return;
            }
            section.owner.store(0, Ordering::Relaxed);
            &raw const section.word
        };
        // SAFETY: as above; this is the last access to the memory.
        if unsafe { (*word).swap(FREE, Ordering::Release) } == CONTENDED {
            futex::wake_one(word);
        }
    }
}
