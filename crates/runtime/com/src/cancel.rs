//! Cancelling calls that are out.
//!
//! A thread says that its calls may be cancelled ([`enable`]); from then on they
//! are owned jobs (see [`crate::call`]), and each has a [`Cancel`] in the list of
//! its thread. Whoever cancels marks the innermost one and wakes its caller, which
//! gives the call up when the time it was given is over. The callee goes on, and
//! can ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use com_abi::HRESULT;
use com_abi::codes::{CO_E_CANCEL_DISABLED, E_NOINTERFACE, RPC_E_CALL_CANCELED};

use crate::slot::Slot;
use crate::sync::{AtomicU32, Ordering, now, thread_local, tid};

/// The means to cancel one call.
pub struct Cancel {
    /// 0, or 1 once it was asked for.
    requested: AtomicU32,
    /// When the caller stops waiting.
    deadline: Mutex<Option<Instant>>,
    /// The call as it was handed over last.
    slot: Mutex<Option<Arc<Slot>>>,
}

impl Cancel {
    /// Of a call that is not out yet.
    pub fn new() -> Self {
        let (deadline, slot) = (Mutex::new(None), Mutex::new(None));
        Self { requested: AtomicU32::new(0), deadline, slot }
    }

    /// Asks for the end of the call; its caller waits that long for it.
    pub fn request(&self, patience: Duration) {
        let mut deadline = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        *deadline = now().checked_add(patience);
        drop(deadline);
        self.requested.store(1, Ordering::Release);
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(slot) = slot {
            slot.wake();
        }
    }

    /// The call is handed over.
    pub fn attach(&self, slot: &Arc<Slot>) {
        let mut own = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        *own = Some(Arc::clone(slot));
    }

    /// Whether the end was asked for.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Acquire) != 0
    }

    /// When the caller stops waiting, if the end was asked for.
    pub fn deadline(&self) -> Option<Instant> {
        if !self.is_requested() {
            return None;
        }
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the caller stops waiting now.
    pub fn is_due(&self) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now())
    }
}

/// What a thread may be asked for.
#[derive(Default)]
struct Thread {
    /// `enable` calls that are not undone.
    enabled: u32,
    calls: Vec<Arc<Cancel>>,
}

static THREADS: Mutex<Option<HashMap<i32, Thread>>> = Mutex::new(None);

fn threads() -> MutexGuard<'static, Option<HashMap<i32, Thread>>> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the thread out of the list when it ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        if let Some(threads) = threads().as_mut() {
            threads.remove(&tid());
        }
    }
}

thread_local! {
    static END: End = const { End };
    static ENABLED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Calls of this thread may be cancelled; counted.
pub fn enable() {
    let _ = END.try_with(|_| ());
    threads().get_or_insert_default().entry(tid()).or_default().enabled += 1;
    let _ = ENABLED.try_with(|cell| cell.set(true));
}

/// Undoes one [`enable`].
///
/// # Errors
/// `CO_E_CANCEL_DISABLED` when there is none left.
pub fn disable() -> Result<(), HRESULT> {
    let mut threads = threads();
    let threads = threads.get_or_insert_default();
    let thread = threads.get_mut(&tid()).filter(|thread| thread.enabled > 0);
    let thread = thread.ok_or(CO_E_CANCEL_DISABLED)?;
    thread.enabled -= 1;
    let _ = ENABLED.try_with(|cell| cell.set(thread.enabled > 0));
    Ok(())
}

/// Whether calls of this thread may be cancelled.
pub fn is_enabled() -> bool {
    ENABLED.try_with(std::cell::Cell::get).unwrap_or(false)
}

/// Cancels the innermost call that a thread has out.
///
/// # Errors
/// `CO_E_CANCEL_DISABLED` when its calls may not be cancelled; `E_NOINTERFACE`
/// when it has none out; `RPC_E_CALL_CANCELED` when that was cancelled already.
pub fn cancel(thread: i32, patience: Duration) -> Result<(), HRESULT> {
    let call = {
        let threads = threads();
        let thread = threads.as_ref().and_then(|threads| threads.get(&thread));
        let thread = thread.filter(|thread| thread.enabled > 0).ok_or(CO_E_CANCEL_DISABLED)?;
        thread.calls.last().cloned().ok_or(E_NOINTERFACE)?
    };
    if call.is_requested() {
        return Err(RPC_E_CALL_CANCELED);
    }
    call.request(patience);
    Ok(())
}

/// Threads that have cancellable calls out, or may have.
#[cfg(all(test, not(loom)))]
pub fn threads_known() -> usize {
    let is_one = |thread: &&Thread| thread.enabled > 0 || !thread.calls.is_empty();
    threads().as_ref().map_or(0, |threads| threads.values().filter(is_one).count())
}

/// A call is in its thread's list until this is dropped.
#[must_use = "the call can be cancelled until this is dropped"]
pub struct Pending(Arc<Cancel>);

impl Pending {
    /// What the callee gets.
    pub fn shared(&self) -> &Arc<Cancel> {
        &self.0
    }
}

/// A call goes out.
pub fn begin() -> Pending {
    let cancel = Arc::new(Cancel::new());
    let mut threads = threads();
    threads.get_or_insert_default().entry(tid()).or_default().calls.push(Arc::clone(&cancel));
    Pending(cancel)
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(threads) = threads().as_mut()
            && let Some(thread) = threads.get_mut(&tid())
        {
            thread.calls.retain(|call| !Arc::ptr_eq(call, &self.0));
            if thread.calls.is_empty() && thread.enabled == 0 {
                threads.remove(&tid());
            }
        }
    }
}
