//! The shared memory segment with its lock and its condition, and what ends a
//! process group.

use std::cell::UnsafeCell;
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{NonNull, null_mut};
use std::time::Duration;

/// Most lists that the segment has room for.
pub const LISTS: usize = 8;
/// Longest name of an identity, in bytes.
pub const NAME: usize = 32;

/// A list, as it stands in the segment. All bytes zero is a place that is free.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct List {
    pub is_used: u32,
    pub digest: u32,
    pub owner: [u8; NAME],
    pub users: u32,
    pub is_waited_at: u32,
    pub is_to_end: u32,
    pub has_ended: u32,
    pub poller: i32,
}

#[repr(C)]
struct Shared {
    lock: UnsafeCell<libc::pthread_mutex_t>,
    changed: UnsafeCell<libc::pthread_cond_t>,
    lists: UnsafeCell<[List; LISTS]>,
}

/// The segment: memory that other processes could map too, as they did.
pub struct Segment {
    shared: NonNull<Shared>,
    _memory: OwnedFd,
}

// SAFETY: what it points to is used under its lock only.
unsafe impl Send for Segment {}
// SAFETY: as above.
unsafe impl Sync for Segment {}

fn checked(code: i32) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}

impl Segment {
    /// A segment without lists. It stays mapped as long as the process lives: who
    /// hangs in it never leaves.
    pub fn new() -> io::Result<Self> {
        // SAFETY: a zero-ended name.
        let fd = unsafe { libc::memfd_create(c"connection lists".as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a new descriptor that nobody else has.
        let memory = unsafe { OwnedFd::from_raw_fd(fd) };
        let size = size_of::<Shared>();
        // SAFETY: plain numbers; the answer is checked.
        if unsafe { libc::ftruncate(memory.as_raw_fd(), size as libc::off_t) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let rights = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping of a file of that size.
        let at = unsafe {
            libc::mmap(null_mut(), size, rights, libc::MAP_SHARED, memory.as_raw_fd(), 0)
        };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let shared = NonNull::new(at.cast::<Shared>()).ok_or(io::ErrorKind::InvalidData)?;
        let segment = Self { shared, _memory: memory };
        segment.prepare()?;
        Ok(segment)
    }

    fn shared(&self) -> &Shared {
        // SAFETY: mapped as long as the process lives; zeros are valid for all of
        // it, and its content is in cells.
        unsafe { self.shared.as_ref() }
    }

    /// Makes lock and condition ones between processes.
    fn prepare(&self) -> io::Result<()> {
        let between = libc::PTHREAD_PROCESS_SHARED;
        // SAFETY: attributes that live until they are destroyed, and places of the
        // segment that nobody uses yet.
        unsafe {
            let mut kind: libc::pthread_mutexattr_t = std::mem::zeroed();
            checked(libc::pthread_mutexattr_init(&mut kind))?;
            checked(libc::pthread_mutexattr_setpshared(&mut kind, between))?;
            checked(libc::pthread_mutex_init(self.shared().lock.get(), &kind))?;
            libc::pthread_mutexattr_destroy(&mut kind);
            let mut kind: libc::pthread_condattr_t = std::mem::zeroed();
            checked(libc::pthread_condattr_init(&mut kind))?;
            checked(libc::pthread_condattr_setpshared(&mut kind, between))?;
            checked(libc::pthread_cond_init(self.shared().changed.get(), &kind))?;
            libc::pthread_condattr_destroy(&mut kind);
        }
        Ok(())
    }

    /// Takes the lock.
    pub fn lock(&self) -> Held<'_> {
        // SAFETY: a lock that was prepared.
        unsafe { libc::pthread_mutex_lock(self.shared().lock.get()) };
        Held(self)
    }

    /// Wakes all who wait.
    pub fn notify(&self) {
        // SAFETY: a condition that was prepared.
        unsafe { libc::pthread_cond_broadcast(self.shared().changed.get()) };
    }
}

/// The lists, while the lock is held.
pub struct Held<'a>(&'a Segment);

impl Held<'_> {
    /// Gives the lock back until somebody notifies; for ever, if nobody does.
    pub fn wait(&mut self) {
        let shared = self.0.shared();
        // SAFETY: both were prepared, and this thread holds the lock.
        unsafe { libc::pthread_cond_wait(shared.changed.get(), shared.lock.get()) };
    }

    /// The same, for a while at most.
    pub fn wait_for(&mut self, time: Duration) {
        let shared = self.0.shared();
        // SAFETY: all bytes zero is a valid time.
        let mut until: libc::timespec = unsafe { std::mem::zeroed() };
        // SAFETY: a writable time.
        unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &mut until) };
        let nanos = until.tv_nsec + libc::c_long::from(time.subsec_nanos());
        until.tv_sec += time.as_secs() as libc::time_t + nanos / 1_000_000_000;
        until.tv_nsec = nanos % 1_000_000_000;
        // SAFETY: both were prepared, and this thread holds the lock.
        unsafe { libc::pthread_cond_timedwait(shared.changed.get(), shared.lock.get(), &until) };
    }
}

impl Deref for Held<'_> {
    type Target = [List; LISTS];

    fn deref(&self) -> &Self::Target {
        // SAFETY: the lock is held, so nobody else uses them.
        unsafe { &*self.0.shared().lists.get() }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        // SAFETY: as above.
        unsafe { &mut *self.0.shared().lists.get() }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // SAFETY: this thread holds it.
        unsafe { libc::pthread_mutex_unlock(self.0.shared().lock.get()) };
    }
}

/// Has the calling process killed when the thread that started it ends.
pub fn die_with_parent() {
    // SAFETY: plain numbers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// Kills every process of a group.
pub fn kill_group(leader: u32) {
    let Ok(leader) = i32::try_from(leader) else { return };
    // SAFETY: plain numbers; a group that is gone is no error to us.
    unsafe { libc::kill(-leader, libc::SIGKILL) };
}
