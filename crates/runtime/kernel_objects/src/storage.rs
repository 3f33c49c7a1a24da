//! Thread storage: slots with one value per thread (`TlsAlloc` and the rest).
//!
//! A slot has a generation that is odd while the slot is taken and rises with
//! each `TlsAlloc` and `TlsFree`. A thread's value counts only with the
//! generation it was set in, so a slot that is given out again reads as null in
//! every thread, as documented. Values are the program's: nothing is freed for it
//! when a thread ends.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::Error;
use crate::thread_key::ThreadKey;

/// Slots of a process, as documented.
pub const SLOTS: usize = 1088;

static GENERATIONS: [AtomicU32; SLOTS] = [const { AtomicU32::new(0) }; SLOTS];
static VALUES: ThreadKey = ThreadKey::new(free_values);

#[derive(Clone, Copy)]
struct Value {
    generation: u32,
    value: *mut c_void,
}

const NOTHING: Value = Value { generation: 0, value: std::ptr::null_mut() };

unsafe extern "C" fn free_values(values: *mut c_void) {
    // SAFETY: the value of the key is a leaked box of this type, and the key no
    // longer has it.
    drop(unsafe { Box::from_raw(values.cast::<Vec<Value>>()) });
}

/// Takes a free slot.
///
/// # Errors
/// `NoMoreItems`.
pub fn alloc() -> Result<u32, Error> {
    for (index, place) in GENERATIONS.iter().enumerate() {
        let generation = place.load(Ordering::Relaxed);
        let order = (Ordering::AcqRel, Ordering::Relaxed);
        let free = generation.is_multiple_of(2);
        let next = generation.wrapping_add(1);
        if free && place.compare_exchange(generation, next, order.0, order.1).is_ok() {
            return Ok(index as u32);
        }
    }
    Err(Error::NoMoreItems)
}

/// The generation of a slot that is taken.
fn taken(slot: u32) -> Result<(usize, u32), Error> {
    let index = slot as usize;
    let place = GENERATIONS.get(index).ok_or(Error::InvalidParameter)?;
    let generation = place.load(Ordering::Acquire);
    if generation.is_multiple_of(2) {
        return Err(Error::InvalidParameter);
    }
    Ok((index, generation))
}

/// Gives a slot back.
///
/// # Errors
/// `InvalidParameter` when it is not taken.
pub fn free(slot: u32) -> Result<(), Error> {
    let (index, generation) = taken(slot)?;
    let place = GENERATIONS.get(index).ok_or(Error::InvalidParameter)?;
    let next = generation.wrapping_add(1);
    let order = (Ordering::AcqRel, Ordering::Relaxed);
    let freed = place.compare_exchange(generation, next, order.0, order.1);
    freed.map(|_| ()).map_err(|_| Error::InvalidParameter)
}

/// This thread's value of a slot.
///
/// # Errors
/// `InvalidParameter` when the slot is not taken.
pub fn get(slot: u32) -> Result<*mut c_void, Error> {
    let (index, generation) = taken(slot)?;
    let values = VALUES.get().cast::<Vec<Value>>();
    // SAFETY: null, or a box of this thread that is freed when the thread ends;
    // nothing else refers to it meanwhile.
    let value = unsafe { values.as_ref() }.and_then(|values| values.get(index));
    let current = value.filter(|value| value.generation == generation);
    Ok(current.map_or(std::ptr::null_mut(), |value| value.value))
}

/// Sets this thread's value of a slot.
///
/// # Errors
/// `InvalidParameter` when the slot is not taken, `NotEnoughMemory`.
pub fn set(slot: u32, value: *mut c_void) -> Result<(), Error> {
    let (index, generation) = taken(slot)?;
    let mut values = VALUES.get().cast::<Vec<Value>>();
    if values.is_null() {
        values = Box::into_raw(Box::default());
        if let Err(error) = VALUES.set(values.cast()) {
            // SAFETY: made just above, and nobody else has it.
            drop(unsafe { Box::from_raw(values) });
            return Err(error);
        }
    }
    // SAFETY: as in `get`.
    let values = unsafe { &mut *values };
    if values.len() <= index {
        values.resize(index + 1, NOTHING);
    }
    if let Some(place) = values.get_mut(index) {
        *place = Value { generation, value };
    }
    Ok(())
}
