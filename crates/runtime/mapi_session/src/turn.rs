//! One logon of a user at a time, where sessions are shared: the second shall
//! find what the first opened.
//!
//! # Protocol
//! A turn belongs to one thread. It is given back while a question is open, and
//! taken again afterwards: whoever waits for a person keeps nobody else waiting.
//! Waiting for a turn has a bound and says who holds it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};

/// Longest wait with `MAPI_TIMEOUT_SHORT`.
pub const SHORT_BOUND: Duration = Duration::from_secs(3);
/// Longest wait without.
pub const BOUND: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Place {
    /// The thread whose turn it is; 0 is nobody's.
    holder: AtomicI32,
    /// Guards changes of `holder`.
    lock: Mutex<()>,
    free: Condvar,
}

static PLACES: Mutex<Option<HashMap<String, Arc<Place>>>> = Mutex::new(None);

impl Place {
    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, bound: Duration) -> Result<(), Failure> {
        let end = Instant::now() + bound;
        let own = observe::thread::tid();
        observe::wait::watching("another logon of the same user", &self.holder, || {
            let mut guard = self.lock();
            while self.holder.load(Ordering::Relaxed) != 0 {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    let says = "another logon of this user takes too long";
                    return Err(Failure::new(Code::TIMEOUT, says));
                }
                let waited = self.free.wait_timeout(guard, left);
                guard = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            self.holder.store(own, Ordering::Relaxed);
            Ok(())
        })
    }

    fn give(&self) {
        let _guard = self.lock();
        self.holder.store(0, Ordering::Relaxed);
        self.free.notify_one();
    }
}

/// A thread's turn; without a place nobody takes turns.
pub struct Turn {
    place: Option<Arc<Place>>,
    user: String,
    bound: Duration,
    is_held: bool,
}

impl Turn {
    /// Waits for the user's turn.
    ///
    /// # Errors
    /// `TIMEOUT`.
    pub fn take(user: &str, is_short: bool) -> Result<Self, Failure> {
        let place = {
            let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
            let places = places.get_or_insert_default();
            Arc::clone(places.entry(user.to_owned()).or_default())
        };
        let bound = if is_short { SHORT_BOUND } else { BOUND };
        let mut turn = Self { place: Some(place), user: user.to_owned(), bound, is_held: false };
        turn.again()?;
        Ok(turn)
    }

    /// For a session that nobody shares: no turn is needed.
    pub fn none() -> Self {
        Self { place: None, user: String::new(), bound: BOUND, is_held: false }
    }

    fn again(&mut self) -> Result<(), Failure> {
        if let Some(place) = &self.place {
            place.take(self.bound)?;
            self.is_held = true;
        }
        Ok(())
    }

    fn back(&mut self) {
        if let Some(place) = self.place.as_ref().filter(|_| self.is_held) {
            place.give();
            self.is_held = false;
        }
    }

    /// Runs what may take a person's time, while others have their turn.
    ///
    /// # Errors
    /// `TIMEOUT` when the turn does not come again; what `body` did stays done.
    pub fn paused<R>(&mut self, body: impl FnOnce() -> R) -> Result<R, Failure> {
        self.back();
        let result = body();
        self.again()?;
        Ok(result)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.back();
        let Some(place) = self.place.take() else { return };
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        drop(place);
        if let Some(places) = places.as_mut() {
            // Nobody else holds or waits for it.
            if places.get(&self.user).is_some_and(|place| Arc::strong_count(place) == 1) {
                places.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_given_back_while_a_question_is_open() {
        let mut first = Turn::take("turn-1", true).unwrap();
        let seen = first.paused(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| Turn::take("turn-1", true).is_ok()).join().unwrap()
            })
        });
        assert!(seen.unwrap());
    }

    #[test]
    fn a_short_wait_for_a_turn_ends_and_says_who_holds_it() {
        let first = Turn::take("turn-2", true).unwrap();
        let holder = observe::thread::tid();
        let named = || {
            let waits = observe::wait::list();
            waits.iter().any(|wait| {
                wait.what == "another logon of the same user" && wait.holder == Some(holder)
            })
        };
        std::thread::scope(|scope| {
            let second = scope.spawn(|| Turn::take("turn-2", true).err());
            let end = Instant::now() + SHORT_BOUND;
            while !named() && Instant::now() < end {
                std::thread::yield_now();
            }
            assert!(named());
            assert_eq!(second.join().unwrap().unwrap().code, Code::TIMEOUT);
        });
        drop(first);
        assert!(Turn::take("turn-2", true).is_ok());
    }
}
