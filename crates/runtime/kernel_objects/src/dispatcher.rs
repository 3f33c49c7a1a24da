//! The dispatcher database: handles, names, objects, and who waits on what. A
//! plain value without locks and clocks; `database` puts the lock around it.
//!
//! Whoever makes an object signalled also finishes the waits that this makes
//! possible, in the order in which they began: it acquires the objects on the
//! waiting thread's behalf and settles the wait's [`Signal`]. So nothing that
//! waits can miss a signal, "all" acquires everything in one step or nothing,
//! and a pulse releases exactly those who wait at that moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::error::Error;
use crate::handle::{Handle, HandleTable};
use crate::object::{Kind, ObjectId, State, Thread, WaitId};
use crate::signal::Signal;

/// Wait results: the object with index 0; one that had been abandoned.
pub const WAIT_OBJECT_0: u32 = 0;
/// See [`WAIT_OBJECT_0`].
pub const WAIT_ABANDONED_0: u32 = 0x80;
/// Longest name, as `MAX_PATH`.
pub const MAX_NAME: usize = 260;

struct Object {
    state: State,
    /// Handles, waits, and the thread that the object is about.
    references: usize,
    name: Option<Box<str>>,
    waits: Vec<WaitId>,
}

struct Wait {
    tid: i32,
    all: bool,
    objects: Vec<ObjectId>,
    /// Ends a wait for all objects without acquiring any.
    interrupt: Option<ObjectId>,
    signal: Arc<Signal>,
}

/// What has to be done when a thread ends.
#[derive(Default)]
struct ThreadRecord {
    mutexes: Vec<ObjectId>,
    object: Option<ObjectId>,
}

/// See the module.
#[derive(Default)]
pub struct Dispatcher {
    handles: HandleTable,
    names: BTreeMap<Box<str>, ObjectId>,
    objects: Vec<Option<Object>>,
    free: Vec<usize>,
    waits: BTreeMap<WaitId, Wait>,
    next_wait: u64,
    threads: BTreeMap<i32, ThreadRecord>,
    /// Settled waits whose threads have to be woken once the lock is free.
    pub(crate) woken: Vec<Arc<Signal>>,
}

/// The name of an object without its prefix; `None` for no name.
fn plain_name(name: Option<&str>) -> Result<Option<&str>, Error> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(None) };
    if name.encode_utf16().count() > MAX_NAME {
        return Err(Error::NameTooLong);
    }
    let prefixes = ["Local\\", "Global\\"];
    let plain = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    if plain.contains('\\') { Err(Error::PathNotFound) } else { Ok(Some(plain)) }
}

/// Objects and handles.
impl Dispatcher {
    fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id.0).and_then(Option::as_ref)
    }

    fn object_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(id.0).and_then(Option::as_mut)
    }

    /// The state of an object.
    ///
    /// # Errors
    /// `InvalidHandle` when it is gone.
    pub fn state(&self, id: ObjectId) -> Result<&State, Error> {
        self.object(id).map(|object| &object.state).ok_or(Error::InvalidHandle)
    }

    /// The state of an object, to be changed; see [`Self::satisfy`].
    ///
    /// # Errors
    /// `InvalidHandle` when it is gone.
    pub fn state_mut(&mut self, id: ObjectId) -> Result<&mut State, Error> {
        self.object_mut(id).map(|object| &mut object.state).ok_or(Error::InvalidHandle)
    }

    /// A new object with one reference, the caller's.
    pub fn insert(&mut self, state: State) -> ObjectId {
        let object = Object { state, references: 1, name: None, waits: Vec::new() };
        let index = self.free.pop().unwrap_or_else(|| {
            self.objects.push(None);
            self.objects.len() - 1
        });
        if let Some(place) = self.objects.get_mut(index) {
            *place = Some(object);
        }
        ObjectId(index)
    }

    /// Gives one reference back; the last one ends the object.
    pub fn release(&mut self, id: ObjectId) {
        let Some(object) = self.object_mut(id) else { return };
        object.references -= 1;
        if object.references > 0 {
            return;
        }
        let Some(object) = self.objects.get_mut(id.0).and_then(Option::take) else { return };
        self.free.push(id.0);
        if let Some(name) = object.name {
            self.names.remove(&name);
        }
        if let State::Mutex(mutex) = object.state {
            self.disown(mutex.owner.load(Ordering::Relaxed), id);
        }
    }

    /// A handle of an object; it holds a reference.
    ///
    /// # Errors
    /// `NoSystemResources` when there are too many.
    pub fn open_handle(&mut self, id: ObjectId) -> Result<Handle, Error> {
        let handle = self.handles.open(id)?;
        if let Some(object) = self.object_mut(id) {
            object.references += 1;
        }
        Ok(handle)
    }

    /// Makes an object or, when the name is taken by one of that kind, opens it;
    /// also answers whether it was there.
    ///
    /// # Errors
    /// `InvalidHandle` when the name belongs to another kind; what is wrong with
    /// the name.
    pub fn create(&mut self, name: Option<&str>, state: State) -> Result<(Handle, bool), Error> {
        let name = plain_name(name)?;
        if let Some(existing) = name.and_then(|name| self.names.get(name)).copied() {
            if self.state(existing)?.kind() != state.kind() {
                return Err(Error::InvalidHandle);
            }
            return Ok((self.open_handle(existing)?, true));
        }
        let owner = match &state {
            State::Mutex(mutex) => mutex.owner.load(Ordering::Relaxed),
            _ => 0,
        };
        let id = self.insert(state);
        let handle = self.open_handle(id);
        if handle.is_ok() {
            if let Some(name) = name {
                self.names.insert(name.into(), id);
                if let Some(object) = self.object_mut(id) {
                    object.name = Some(name.into());
                }
            }
            if owner != 0 {
                self.threads.entry(owner).or_default().mutexes.push(id);
            }
        }
        self.release(id);
        Ok((handle?, false))
    }

    /// Opens the object of that name and kind.
    ///
    /// # Errors
    /// `FileNotFound`, `InvalidHandle` when it is of another kind,
    /// `InvalidParameter` without a name.
    pub fn open(&mut self, name: Option<&str>, kind: Kind) -> Result<Handle, Error> {
        let name = plain_name(name)?.ok_or(Error::InvalidParameter)?;
        let id = *self.names.get(name).ok_or(Error::FileNotFound)?;
        if self.state(id)?.kind() != kind {
            return Err(Error::InvalidHandle);
        }
        self.open_handle(id)
    }

    /// The object of a handle.
    ///
    /// # Errors
    /// `InvalidHandle`.
    pub fn resolve(&self, handle: Handle) -> Result<ObjectId, Error> {
        self.handles.resolve(handle)
    }

    /// Closes a handle. An object that somebody waits on lives on until the wait
    /// ends.
    ///
    /// # Errors
    /// `InvalidHandle`.
    pub fn close(&mut self, handle: Handle) -> Result<(), Error> {
        let id = self.handles.close(handle)?;
        self.release(id);
        Ok(())
    }

    /// How many handles are open.
    pub fn open_handles(&self) -> usize {
        self.handles.open_handles()
    }
}

/// Waits.
impl Dispatcher {
    /// Acquires what a wait of thread `tid` asks for, if that is possible now.
    pub fn try_acquire(&mut self, tid: i32, objects: &[ObjectId], all: bool) -> Option<u32> {
        let signalled =
            |id: &ObjectId| self.object(*id).is_some_and(|object| object.state.is_signalled(tid));
        let at = if all {
            objects.iter().all(signalled).then_some(0)?
        } else {
            objects.iter().position(signalled)?
        };
        let wanted = if all { objects } else { objects.get(at..=at).unwrap_or_default() };
        let mut abandoned = None;
        for (index, id) in wanted.iter().enumerate() {
            let Some(object) = self.object_mut(*id) else { continue };
            let acquired = object.state.acquire(tid);
            if acquired.owned {
                self.threads.entry(tid).or_default().mutexes.push(*id);
            }
            if acquired.abandoned {
                abandoned = abandoned.or(Some(at + index));
            }
        }
        Some(match abandoned {
            Some(index) => WAIT_ABANDONED_0 + index as u32,
            None => WAIT_OBJECT_0 + at as u32,
        })
    }

    /// As [`Self::try_acquire`], or the number of objects when `interrupt` is
    /// signalled.
    pub fn try_end(
        &mut self,
        tid: i32,
        objects: &[ObjectId],
        all: bool,
        interrupt: Option<ObjectId>,
    ) -> Option<u32> {
        let interrupted = |this: &Self| {
            let object = interrupt.and_then(|id| this.object(id));
            object.is_some_and(|object| object.state.is_signalled(tid))
        };
        let acquired = self.try_acquire(tid, objects, all);
        acquired.or_else(|| interrupted(self).then_some(objects.len() as u32))
    }

    /// Registers a wait that cannot be satisfied now. Its objects live until it
    /// ends.
    pub fn register(
        &mut self,
        tid: i32,
        objects: Vec<ObjectId>,
        all: bool,
        interrupt: Option<ObjectId>,
    ) -> (WaitId, Arc<Signal>) {
        let id = WaitId(self.next_wait);
        self.next_wait += 1;
        for object in objects.iter().chain(&interrupt) {
            if let Some(object) = self.object_mut(*object) {
                object.references += 1;
                if object.waits.last() != Some(&id) {
                    object.waits.push(id);
                }
            }
        }
        let signal = Arc::new(Signal::new());
        self.waits.insert(id, Wait { tid, all, objects, interrupt, signal: Arc::clone(&signal) });
        (id, signal)
    }

    /// Gives a wait up, unless it was settled before.
    pub fn cancel(&mut self, id: WaitId) {
        if let Some(wait) = self.waits.remove(&id) {
            self.unlink(id, &wait);
        }
    }

    fn unlink(&mut self, id: WaitId, wait: &Wait) {
        for object in wait.objects.iter().chain(&wait.interrupt) {
            if let Some(entry) = self.object_mut(*object) {
                entry.waits.retain(|wait| *wait != id);
            }
            self.release(*object);
        }
    }

    /// Finishes the waits that an object makes possible; called after each change
    /// that may have signalled it.
    pub fn satisfy(&mut self, id: ObjectId) {
        let mut at = 0;
        // No thread has number 0: is it signalled for somebody who owns nothing?
        while let Some(object) = self.object(id).filter(|object| object.state.is_signalled(0)) {
            let Some(&wait_id) = object.waits.get(at) else { return };
            let Some(wait) = self.waits.remove(&wait_id) else { return };
            match self.try_end(wait.tid, &wait.objects, wait.all, wait.interrupt) {
                Some(outcome) => {
                    wait.signal.settle(outcome);
                    self.unlink(wait_id, &wait);
                    self.woken.push(wait.signal);
                }
                None => {
                    self.waits.insert(wait_id, wait);
                    at += 1;
                }
            }
        }
    }
}

/// Owners and threads.
impl Dispatcher {
    /// Forgets that a thread owns a mutex.
    pub(crate) fn disown(&mut self, tid: i32, id: ObjectId) {
        if let Some(record) = self.threads.get_mut(&tid) {
            record.mutexes.retain(|mutex| *mutex != id);
            if record.mutexes.is_empty() && record.object.is_none() {
                self.threads.remove(&tid);
            }
        }
    }

    /// The thread of the object runs, as number `tid`.
    pub fn thread_started(&mut self, id: ObjectId, tid: i32) {
        if let Ok(State::Thread(thread)) = self.state_mut(id) {
            thread.tid = tid;
        }
        self.threads.entry(tid).or_default().object = Some(id);
    }

    /// Thread `tid` ends: its mutexes are abandoned, its own object is signalled.
    pub fn thread_ended(&mut self, tid: i32) {
        let Some(record) = self.threads.remove(&tid) else { return };
        for id in record.mutexes {
            if let Ok(State::Mutex(mutex)) = self.state_mut(id) {
                mutex.owner.store(0, Ordering::Relaxed);
                mutex.depth = 0;
                mutex.abandoned = true;
            }
            self.satisfy(id);
        }
        if let Some(id) = record.object {
            if let Ok(State::Thread(Thread { ended, .. })) = self.state_mut(id) {
                *ended = true;
            }
            self.satisfy(id);
            self.release(id);
        }
    }
}
