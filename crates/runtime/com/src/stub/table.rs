//! The stubs of one context. The protocol stands in [`super`]; the steps here are
//! those that begin and end a stub. Of the two locks, the table's is taken first.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use com_abi::{HRESULT, IUnknown, Interface};

use super::{Hold, Leave, RunningCalls, Stub};
use crate::contexts::Context;
use crate::sync::{Mutex, MutexGuard};

/// The stubs of one context, by the identity of their objects.
#[derive(Default)]
pub struct StubTable {
    stubs: Mutex<HashMap<usize, Arc<Stub>>>,
    running: RunningCalls,
}

impl StubTable {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Arc<Stub>>> {
        self.stubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls that run in the context.
    pub fn running(&self) -> &RunningCalls {
        &self.running
    }

    /// The stub of an object of `home`, with one more holder. Home context
    /// only.
    ///
    /// # Errors
    /// What the object answers when it is asked for its identity.
    pub fn hold(
        &self,
        home: &Context,
        object: &IUnknown,
        kind: Hold,
    ) -> Result<Arc<Stub>, HRESULT> {
        let unknown: IUnknown = object.cast().map_err(|error| error.code())?;
        let identity = unknown.as_raw() as usize;
        loop {
            let known = self.lock().get(&identity).cloned();
            let stub = known.unwrap_or_else(|| {
                let made = Stub::new(home, unknown.clone());
                let mut stubs = self.lock();
                Arc::clone(stubs.entry(identity).or_insert_with(|| Arc::clone(&made)))
            });
            // It refuses only if it has ended meanwhile, by another thread, which
            // has taken it out of the table or is about to.
            if stub.hold(kind).is_ok() {
                return Ok(stub);
            }
        }
    }

    /// The stub of an object, if it has one. Home context only.
    pub fn find(&self, object: &IUnknown) -> Option<Arc<Stub>> {
        let unknown: IUnknown = object.cast().ok()?;
        self.lock().get(&(unknown.as_raw() as usize)).cloned()
    }

    /// Counts one holder less, tells the object, and releases it if that was the
    /// end. Home context only.
    pub(super) fn let_go(&self, stub: &Arc<Stub>, kind: Hold, leave: Leave) {
        let (news, taken) = {
            let mut stubs = self.lock();
            let mut state = stub.lock();
            let ends = state.count_down(kind, leave);
            let news = state.news();
            let taken = if ends { state.end() } else { None };
            drop(state);
            if taken.is_some() {
                Self::remove(&mut stubs, stub);
            }
            (news, taken)
        };
        stub.tell(news);
        drop(taken);
    }

    fn remove(stubs: &mut HashMap<usize, Arc<Stub>>, stub: &Arc<Stub>) {
        if stubs.get(&stub.identity).is_some_and(|known| Arc::ptr_eq(known, stub)) {
            stubs.remove(&stub.identity);
        }
    }

    /// Ends a stub, whoever holds it; the object is not told. Home context
    /// only.
    pub fn disconnect(&self, stub: &Arc<Stub>) {
        let taken = {
            let mut stubs = self.lock();
            let mut state = stub.lock();
            let taken = (state.end(), state.connection.take());
            drop(state);
            Self::remove(&mut stubs, stub);
            taken
        };
        drop(taken);
    }

    /// Ends every stub that is left; the objects are not told. Home context
    /// only.
    pub fn disconnect_all(&self) {
        let stubs: Vec<_> = self.lock().values().cloned().collect();
        stubs.iter().for_each(|stub| self.disconnect(stub));
    }

    /// Ends every stub that is left: tells the objects that their clients are
    /// gone, and releases them. Home context only; what happens when its
    /// apartment ends.
    pub fn release_all(&self) {
        let stubs = std::mem::take(&mut *self.lock());
        for stub in stubs.into_values() {
            let (news, taken) = {
                let mut state = stub.lock();
                state.strong = 0;
                state.closes = false;
                (state.news(), state.end())
            };
            stub.tell(news);
            drop(taken);
        }
    }

    /// Objects that others hold proxies or packets of.
    pub fn count(&self) -> usize {
        self.lock().len()
    }
}
