//! Handles: numbers that name an object, never pointers.
//!
//! A handle is a tag, a generation and an index. All fits into 31 bits and is a
//! multiple of four, since code that was written for the documented interfaces
//! keeps handles in 32 bits and may use the two lowest ones. An index is given
//! out again as late as possible and then with the next generation, so a handle
//! that was closed names nothing, until its index has been used 256 times more.

use std::collections::VecDeque;

use crate::error::Error;
use crate::object::ObjectId;

const INDEX_BITS: u32 = 20;
const GENERATION_BITS: u32 = 8;
const LOW_BITS: u32 = 2;
const TAG: u32 = 1 << (LOW_BITS + INDEX_BITS + GENERATION_BITS);

/// Most handles of a process at one time.
pub const MAX_HANDLES: usize = 1 << INDEX_BITS;
/// Free indices that are kept back before one is used again.
const KEPT_BACK: usize = 64;

/// A handle as programs see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle(pub usize);

impl Handle {
    fn new(index: usize, generation: u8) -> Self {
        let index = index as u32;
        let bits = TAG | u32::from(generation) << (LOW_BITS + INDEX_BITS) | index << LOW_BITS;
        Self(bits as usize)
    }

    fn parts(self) -> Option<(usize, u8)> {
        let bits = u32::try_from(self.0).ok()?;
        if bits & !(TAG - 1) != TAG || bits & ((1 << LOW_BITS) - 1) != 0 {
            return None;
        }
        let index = (bits >> LOW_BITS) & ((1 << INDEX_BITS) - 1);
        Some((index as usize, (bits >> (LOW_BITS + INDEX_BITS)) as u8))
    }
}

#[derive(Default)]
struct Entry {
    object: Option<ObjectId>,
    generation: u8,
}

/// Which handle names which object.
#[derive(Default)]
pub struct HandleTable {
    entries: Vec<Entry>,
    free: VecDeque<usize>,
}

impl HandleTable {
    /// A new handle of an object.
    ///
    /// # Errors
    /// `NoSystemResources` when [`MAX_HANDLES`] are open.
    pub fn open(&mut self, object: ObjectId) -> Result<Handle, Error> {
        let full = self.entries.len() >= MAX_HANDLES;
        let reused = if full || self.free.len() > KEPT_BACK { self.free.pop_front() } else { None };
        let index = match reused {
            Some(index) => index,
            None if full => return Err(Error::NoSystemResources),
            None => {
                self.entries.push(Entry::default());
                self.entries.len() - 1
            }
        };
        let entry = self.entries.get_mut(index).ok_or(Error::NoSystemResources)?;
        entry.object = Some(object);
        Ok(Handle::new(index, entry.generation))
    }

    /// The object of a handle.
    ///
    /// # Errors
    /// `InvalidHandle` when it names none.
    pub fn resolve(&self, handle: Handle) -> Result<ObjectId, Error> {
        let (index, generation) = handle.parts().ok_or(Error::InvalidHandle)?;
        let entry = self.entries.get(index).filter(|entry| entry.generation == generation);
        entry.and_then(|entry| entry.object).ok_or(Error::InvalidHandle)
    }

    /// Closes a handle and answers the object it named.
    ///
    /// # Errors
    /// `InvalidHandle` when it names none.
    pub fn close(&mut self, handle: Handle) -> Result<ObjectId, Error> {
        let object = self.resolve(handle)?;
        if let Some((index, _)) = handle.parts()
            && let Some(entry) = self.entries.get_mut(index)
        {
            entry.object = None;
            entry.generation = entry.generation.wrapping_add(1);
            self.free.push_back(index);
        }
        Ok(object)
    }

    /// How many handles are open.
    pub fn open_handles(&self) -> usize {
        self.entries.len() - self.free.len()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_closed_handle_names_nothing_though_its_index_is_used_again() {
        let mut table = HandleTable::default();
        let object = ObjectId::for_tests(3);
        let first = table.open(object).unwrap();
        assert_eq!(table.resolve(first), Ok(object));
        table.close(first).unwrap();
        for _ in 0..200 * KEPT_BACK {
            let handle = table.open(object).unwrap();
            assert_eq!(table.resolve(first), Err(Error::InvalidHandle));
            assert_eq!(table.close(first), Err(Error::InvalidHandle));
            table.close(handle).unwrap();
        }
        assert!(table.entries.len() <= KEPT_BACK + 2);
        assert_eq!(table.open_handles(), 0);
    }

    #[test]
    fn a_handle_is_a_small_multiple_of_four_and_other_numbers_are_none() {
        let mut table = HandleTable::default();
        let handle = table.open(ObjectId::for_tests(0)).unwrap();
        assert!(handle.0 % 4 == 0 && handle.0 <= i32::MAX as usize);
        let wrong = [0, 1, 4, handle.0 | 1, handle.0 | 2, handle.0 | 1 << 40, handle.0 | 1 << 31];
        for number in wrong.into_iter().chain([usize::MAX, usize::MAX - 1]) {
            assert_eq!(table.resolve(Handle(number)), Err(Error::InvalidHandle), "{number:#x}");
        }
    }

    #[test]
    fn the_last_handle_is_given_and_none_past_it() {
        let mut table = HandleTable::default();
        let object = ObjectId::for_tests(0);
        let mut last = Handle(0);
        for _ in 0..MAX_HANDLES {
            last = table.open(object).unwrap();
        }
        assert_eq!(table.open(object), Err(Error::NoSystemResources));
        table.close(last).unwrap();
        table.open(object).unwrap();
    }
}
