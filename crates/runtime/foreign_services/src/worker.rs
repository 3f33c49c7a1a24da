//! The thread that calls a provider.
//!
//! # Protocol
//! A worker owns what a logon opened, makes it, uses it and lets go of it, all on
//! one thread that works as whoever logged on. Others hand it work with owned
//! arguments and wait, one at a time, at most for the bound. When the bound is
//! over the provider is gone: this and every later call answers `END_OF_SESSION`,
//! and the thread, with all that it holds, is left to the provider.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use security::{impersonation, spawner};

/// Stack of such a thread, in bytes; other people's code runs on it.
const STACK: usize = 2 << 20;

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;
type OnGone = Box<dyn FnOnce() + Send>;

/// What is known of a provider by those who wait for it.
#[derive(Default)]
struct Fate {
    gone: OnceLock<Failure>,
    thread: AtomicI32,
    on_gone: Mutex<Vec<OnGone>>,
}

/// See the module.
pub struct Worker<S> {
    work: Mutex<Option<Sender<Job<S>>>>,
    /// Held by whoever waits for an answer.
    turn: Mutex<()>,
    ended: Mutex<Receiver<()>>,
    fate: Arc<Fate>,
    bound: Duration,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what may panic.
fn guarded<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        Err(Failure::new(Code::CALL_FAILED, "the adapter of the provider panicked"))
    })
}

/// Starts a thread that works as whoever the caller works for.
///
/// # Errors
/// `NOT_ENOUGH_RESOURCES` there is no thread.
pub fn thread(body: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let token = impersonation::capture();
    let started = spawner::spawn("provider", STACK, move || {
        match impersonation::impersonate(&token) {
            Ok(_identity) => body(),
            // Whoever waits finds the channel closed.
            Err(error) => observe::error!("mapi", "no identity for a provider: {error}"),
        }
    });
    started.map(drop).map_err(|error| {
        Failure::new(Code::NOT_ENOUGH_RESOURCES, format!("no thread for a provider: {error}"))
    })
}

/// The sentence of a provider that did not answer.
pub fn no_answer(bound: Duration) -> String {
    format!("the provider did not answer within {} ms and is left alone", bound.as_millis())
}

/// The failure of a provider's thread that ended.
pub fn thread_ended() -> Failure {
    Failure::new(Code::CALL_FAILED, "the provider's thread ended without an answer")
}

impl<S: 'static> Worker<S> {
    /// Starts a thread, has it `begin`, and answers with what that says of what it
    /// made; `end` is the thread's last act.
    ///
    /// # Errors
    /// That of `begin`; `TIMEOUT` it did not answer within `bound`.
    pub fn start<R: Send + 'static>(
        bound: Duration,
        begin: impl FnOnce() -> Result<(S, R), Failure> + Send + 'static,
        end: fn(S),
    ) -> Result<(Self, R), Failure> {
        let (work, jobs) = channel::<Job<S>>();
        let (says_ended, ended) = channel();
        let (answer, answered) = channel();
        let fate = Arc::new(Fate::default());
        let own = Arc::clone(&fate);
        thread(move || {
            own.thread.store(observe::thread::tid(), Ordering::Relaxed);
            let mut state = match guarded(begin) {
                Ok((state, says)) => {
                    // Whoever asked may have gone; then there are no jobs either.
                    let _ = answer.send(Ok(says));
                    state
                }
                Err(failure) => {
                    let _ = answer.send(Err(failure));
                    return;
                }
            };
            while let Ok(job) = jobs.recv() {
                job(&mut state);
            }
            let _ = guarded(|| {
                end(state);
                Ok(())
            });
            let _ = says_ended.send(());
        })?;
        let worker = Self {
            work: Mutex::new(Some(work)),
            turn: Mutex::new(()),
            ended: Mutex::new(ended),
            fate,
            bound,
        };
        let says = worker.wait("a provider to log on", &answered);
        match says {
            Ok(says) => Ok((worker, says)),
            Err(failure) if worker.fate.gone.get().is_some() => {
                Err(Failure::new(Code::TIMEOUT, failure.says))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Has the thread run `body` and waits for its answer.
    ///
    /// # Errors
    /// Those of `body`; `END_OF_SESSION` the provider does not answer, now or
    /// before.
    pub fn call<R: Send + 'static>(
        &self,
        what: &'static str,
        body: impl FnOnce(&mut S) -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Failure> {
        let _turn = observe::wait::watching(what, &self.fate.thread, || lock(&self.turn));
        if let Some(gone) = self.gone() {
            return Err(gone);
        }
        let (answer, answered) = channel();
        let sent = self.tell(move |state| {
            // Whoever asked may have gone.
            let _ = answer.send(guarded(|| body(state)));
        });
        if !sent {
            return Err(thread_ended());
        }
        self.wait(what, &answered)
    }

    /// Has the thread run `body` some time; false when there is no thread.
    pub fn tell(&self, body: impl FnOnce(&mut S) + Send + 'static) -> bool {
        lock(&self.work).as_ref().is_some_and(|work| work.send(Box::new(body)).is_ok())
    }

    /// Why the provider is not called any more, if it is not.
    pub fn gone(&self) -> Option<Failure> {
        self.fate.gone.get().cloned()
    }

    /// Runs `body` once the provider is gone; at once if it is.
    pub fn on_gone(&self, body: impl FnOnce() + Send + 'static) {
        let mut listeners = lock(&self.fate.on_gone);
        if self.fate.gone.get().is_none() {
            listeners.push(Box::new(body));
            return;
        }
        drop(listeners);
        body();
    }

    fn wait<R>(
        &self,
        what: &'static str,
        answered: &Receiver<Result<R, Failure>>,
    ) -> Result<R, Failure> {
        let says =
            observe::wait::watching(what, &self.fate.thread, || answered.recv_timeout(self.bound));
        let failure = match says {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => thread_ended(),
            Err(RecvTimeoutError::Timeout) => {
                Failure::new(Code::END_OF_SESSION, no_answer(self.bound))
            }
        };
        observe::warn!("mapi", "{what}: {failure}");
        let listeners = {
            let mut listeners = lock(&self.fate.on_gone);
            let _ = self.fate.gone.set(failure.clone());
            std::mem::take(&mut *listeners)
        };
        for listener in listeners {
            listener();
        }
        Err(failure)
    }
}

impl<S> Drop for Worker<S> {
    fn drop(&mut self) {
        lock(&self.work).take();
        if self.fate.gone.get().is_some() {
            return;
        }
        // The logoff is part of the release, as long as it takes no longer than
        // any other call.
        let _ = observe::wait::watching("a provider to log off", &self.fate.thread, || {
            lock(&self.ended).recv_timeout(self.bound)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::Instant;

    use super::*;

    const BOUND: Duration = Duration::from_millis(100);

    /// A bound that nobody reaches who answers at all.
    const AMPLE: Duration = Duration::from_secs(30);

    fn worker(bound: Duration) -> Worker<i32> {
        Worker::start(bound, || Ok((1, ())), |_| ()).unwrap().0
    }

    #[test]
    fn calls_run_on_one_thread_with_its_state() {
        let worker = worker(AMPLE);
        let first = worker.call("a test", |state| {
            *state += 1;
            Ok((*state, std::thread::current().id()))
        });
        let second = worker.call("a test", |state| Ok((*state, std::thread::current().id())));
        assert_eq!(first, second);
        assert_ne!(first.unwrap().1, std::thread::current().id());
    }

    #[test]
    fn who_does_not_answer_is_never_called_again() {
        let worker = worker(BOUND);
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        worker.on_gone(move || tell.store(true, Ordering::Relaxed));
        let since = Instant::now();
        let failed = worker.call("a test", |_| {
            std::thread::sleep(Duration::from_secs(2));
            Ok(())
        });
        assert_eq!(failed.unwrap_err().code, Code::END_OF_SESSION);
        assert!(told.load(Ordering::Relaxed));
        let again = worker.call("a test", |_| Ok(()));
        assert!(again.unwrap_err().says.contains("did not answer within 100 ms"));
        drop(worker);
        assert!(since.elapsed() < Duration::from_secs(1), "nobody waits for it");
    }

    #[test]
    fn a_panic_is_a_failure_and_the_thread_goes_on() {
        let worker = worker(AMPLE);
        let failed = worker.call("a test", |_| -> Result<(), Failure> { panic!("as it should") });
        assert_eq!(failed.unwrap_err().code, Code::CALL_FAILED);
        assert_eq!(worker.call("a test", |state| Ok(*state)), Ok(1));
    }

    #[test]
    fn a_beginning_that_fails_or_hangs_says_so() {
        let failed = Worker::<()>::start(
            AMPLE,
            || -> Result<((), ()), Failure> { Err(Failure::new(Code::VERSION, "no")) },
            |()| (),
        );
        assert_eq!(failed.err().unwrap().code, Code::VERSION);
        let begin = || {
            std::thread::sleep(Duration::from_secs(1));
            Ok(((), ()))
        };
        let hangs = Worker::<()>::start(BOUND, begin, |()| ());
        assert_eq!(hangs.err().unwrap().code, Code::TIMEOUT);
    }

    #[test]
    fn the_end_runs_before_the_release_is_done() {
        static ENDED: AtomicBool = AtomicBool::new(false);
        let end = |()| {
            std::thread::sleep(Duration::from_millis(10));
            ENDED.store(true, Ordering::Relaxed);
        };
        drop(Worker::<()>::start(AMPLE, || Ok(((), ())), end).unwrap());
        assert!(ENDED.load(Ordering::Relaxed));
    }
}
