//! What programs do to objects besides waiting: set, reset, pulse, release.

use std::sync::atomic::Ordering;

use crate::dispatcher::Dispatcher;
use crate::error::Error;
use crate::object::{ObjectId, State};

impl Dispatcher {
    /// Sets or resets an event.
    ///
    /// # Errors
    /// `InvalidHandle` when it is none.
    pub fn put_event(&mut self, id: ObjectId, value: bool) -> Result<(), Error> {
        let State::Event { set, .. } = self.state_mut(id)? else {
            return Err(Error::InvalidHandle);
        };
        *set = value;
        self.satisfy(id);
        Ok(())
    }

    /// Releases those who wait for an event now (one of them, when it is no
    /// manual one) and leaves it reset.
    ///
    /// # Errors
    /// `InvalidHandle` when it is none.
    pub fn pulse_event(&mut self, id: ObjectId) -> Result<(), Error> {
        self.put_event(id, true)?;
        // The last wait may have held the last reference.
        if let Ok(State::Event { set, .. }) = self.state_mut(id) {
            *set = false;
        }
        Ok(())
    }

    /// Adds to a semaphore's count and answers what it was.
    ///
    /// # Errors
    /// `InvalidParameter` when `more` is not positive, `TooManyPosts` when the
    /// limit would be passed (nothing is added then), `InvalidHandle`.
    pub fn release_semaphore(&mut self, id: ObjectId, more: i32) -> Result<i32, Error> {
        let State::Semaphore { count, limit } = self.state_mut(id)? else {
            return Err(Error::InvalidHandle);
        };
        if more <= 0 {
            return Err(Error::InvalidParameter);
        }
        let before = *count;
        let sum = before.checked_add(more).filter(|sum| sum <= limit);
        *count = sum.ok_or(Error::TooManyPosts)?;
        self.satisfy(id);
        Ok(before)
    }

    /// Releases a mutex once.
    ///
    /// # Errors
    /// `NotOwner` when thread `tid` does not own it, `InvalidHandle`.
    pub fn release_mutex(&mut self, id: ObjectId, tid: i32) -> Result<(), Error> {
        let State::Mutex(mutex) = self.state_mut(id)? else {
            return Err(Error::InvalidHandle);
        };
        if mutex.owner.load(Ordering::Relaxed) != tid {
            return Err(Error::NotOwner);
        }
        mutex.depth -= 1;
        if mutex.depth == 0 {
            mutex.owner.store(0, Ordering::Relaxed);
            self.disown(tid, id);
            self.satisfy(id);
        }
        Ok(())
    }

    /// Opens the gate of a thread that was created suspended; answers how often
    /// it was suspended before, 1 or 0.
    ///
    /// # Errors
    /// `InvalidHandle` when it is no thread.
    pub fn resume_thread(&mut self, id: ObjectId) -> Result<u32, Error> {
        let State::Thread(thread) = self.state_mut(id)? else {
            return Err(Error::InvalidHandle);
        };
        let Some(gate) = thread.gate.take() else { return Ok(0) };
        self.put_event(gate, true)?;
        Ok(1)
    }

    /// A thread's exit code; `None` while it runs.
    ///
    /// # Errors
    /// `InvalidHandle` when it is no thread.
    pub fn exit_code(&self, id: ObjectId) -> Result<Option<u32>, Error> {
        match self.state(id)? {
            State::Thread(thread) => Ok(thread.ended.then_some(thread.exit_code)),
            _ => Err(Error::InvalidHandle),
        }
    }
}
