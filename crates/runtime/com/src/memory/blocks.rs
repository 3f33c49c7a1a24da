//! The blocks that are alive, with their sizes.
//!
//! # Protocol
//! Addresses are spread over several locks, since everything allocates. A block is
//! in the list from after it was allocated to before it is freed: otherwise its
//! address could be another thread's already. C code that frees a block by the C
//! library leaves its entry behind, until the address is given out again.

use core::ffi::c_void;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

static BLOCKS: AtomicI64 = AtomicI64::new(0);

const SHARDS: usize = 64;

/// Addresses are different enough by themselves: one multiplication spreads them.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(u64::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Shard = HashMap<usize, usize, BuildHasherDefault<AddressHasher>>;

static SIZES: [Mutex<Shard>; SHARDS] =
    [const { Mutex::new(HashMap::with_hasher(BuildHasherDefault::new())) }; SHARDS];

fn shard(block: *mut c_void) -> Option<MutexGuard<'static, Shard>> {
    let shard = SIZES.get((block as usize >> 4) % SHARDS)?;
    Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
}

fn enter(block: *mut c_void, size: usize) {
    if let Some(mut shard) = shard(block) {
        shard.insert(block as usize, size);
    }
}

fn leave(block: *mut c_void) -> Option<usize> {
    shard(block)?.remove(&(block as usize))
}

/// Blocks that are allocated now.
pub fn count() -> i64 {
    BLOCKS.load(Ordering::Relaxed)
}

/// The size that a live block was allocated with.
pub fn size(block: *mut c_void) -> Option<usize> {
    shard(block)?.get(&(block as usize)).copied()
}

/// Whether this is a live block.
pub fn is_own(block: *mut c_void) -> bool {
    size(block).is_some()
}

/// At least one byte; null when there is no memory.
pub fn alloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    let memory = unsafe { libc::malloc(size.max(1)) };
    if !memory.is_null() {
        enter(memory, size);
        BLOCKS.fetch_add(1, Ordering::Relaxed);
    }
    memory
}

/// Changes the size, which is not 0.
///
/// # Safety
/// `block` is a live block; after success only the answer may be used.
pub unsafe fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    let before = leave(block);
    // SAFETY: forwarded from the caller.
    let memory = unsafe { libc::realloc(block, size) };
    match (memory.is_null(), before) {
        (false, _) => enter(memory, size),
        (true, Some(before)) => enter(block, before),
        (true, None) => {}
    }
    memory
}

/// Frees a block.
///
/// # Safety
/// `block` is a live block, and is not used again.
pub unsafe fn free(block: *mut c_void) {
    leave(block);
    // SAFETY: forwarded from the caller.
    unsafe { libc::free(block) };
    BLOCKS.fetch_sub(1, Ordering::Relaxed);
}
