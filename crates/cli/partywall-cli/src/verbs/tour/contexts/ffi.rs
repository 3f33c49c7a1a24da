//! The parts of the figure: objects that call each other along a path, and the symbol
//! at the border, an interceptor. Both write down what happens, and where.

#![allow(non_snake_case)]

use std::sync::{Arc, Mutex, PoisonError};

use com_abi::codes::{E_INVALIDARG, S_OK};
use com_abi::interceptor::{IPwInterceptor, IPwInterceptor_Impl, PW_CROSSING_IN, PwCrossing};
use com_abi::marshal::{IAgileObject, IAgileObject_Impl};
use com_abi::{HRESULT, IUnknown, class, from_wide, interface, new_interface};
use observe::thread::tid;
use partywall::AgileRef;

/// Passes a call on.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000060", proxy)]
pub unsafe trait IPart: IUnknown {
    /// Calls the next part of a path: three bits for each, the next one lowest, 0 for
    /// the end.
    unsafe fn Walk(&self, path: u32) -> HRESULT;
}

/// What happens, in its order: what, and on which thread.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<(String, i32)>>>);

impl Notes {
    fn add(&self, what: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((what, tid()));
    }

    /// What happened since the last time.
    pub fn take(&self) -> Vec<(String, i32)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The parts by their numbers, from 1.
#[derive(Clone, Default)]
pub struct Parts(Arc<Mutex<Vec<AgileRef<IPart>>>>);

impl Parts {
    /// Adds the next one.
    pub fn add(&self, part: AgileRef<IPart>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }

    /// Lets all go.
    pub fn clear(&self) {
        let gone = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        drop(gone);
    }

    fn get(&self, number: u32) -> Option<AgileRef<IPart>> {
        let at = (number as usize).checked_sub(1)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(at).cloned()
    }

    /// Calls a part from this thread's context: its own pointer there, else a proxy.
    ///
    /// # Errors
    /// `E_INVALIDARG` when there is no such part; the runtime's.
    pub fn walk(&self, number: u32, path: u32) -> Result<(), HRESULT> {
        let part = self.get(number).ok_or(E_INVALIDARG)?.resolve()?;
        // SAFETY: a live interface for this context.
        let code = unsafe { part.Walk(path) };
        if code.is_ok() { Ok(()) } else { Err(code) }
    }
}

#[class(interfaces(IPart))]
struct Part {
    name: &'static str,
    parts: Parts,
    notes: Notes,
}

/// A new part, of this thread's context.
///
/// # Errors
/// None in practice.
pub fn part(name: &'static str, parts: &Parts, notes: &Notes) -> Result<IPart, HRESULT> {
    new_interface(Part { name, parts: parts.clone(), notes: notes.clone() })
}

impl IPart_Impl for Part {
    unsafe fn Walk(&self, path: u32) -> HRESULT {
        self.notes.add(self.name.to_owned());
        match path & 7 {
            0 => S_OK,
            next => self.parts.walk(next, path >> 3).map_or_else(|code| code, |()| S_OK),
        }
    }
}

#[class(interfaces(IPwInterceptor, IAgileObject))]
struct Interceptor(Notes);

/// A new interceptor.
///
/// # Errors
/// None in practice.
pub fn interceptor(notes: &Notes) -> Result<IPwInterceptor, HRESULT> {
    new_interface(Interceptor(notes.clone()))
}

impl IAgileObject_Impl for Interceptor {}

impl Interceptor {
    fn note(&self, call: *const PwCrossing, inwards: &str, outwards: &str) {
        // SAFETY: the runtime passes a description with a zero-ended name.
        let (direction, name) = unsafe { ((*call).direction, from_wide((*call).context)) };
        let way = if direction == PW_CROSSING_IN { inwards } else { outwards };
        self.0.add(format!("{way}{name}"));
    }
}

impl IPwInterceptor_Impl for Interceptor {
    unsafe fn Enter(&self, call: *const PwCrossing) -> HRESULT {
        self.note(call, "into ", "out of ");
        S_OK
    }

    unsafe fn Leave(&self, call: *const PwCrossing, _result: HRESULT) {
        self.note(call, "back out of ", "back in ");
    }
}
