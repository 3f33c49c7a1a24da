//! Collections: how many, which one, and a position that goes through them.

use std::sync::{Arc, Mutex, PoisonError};

use com_abi::codes::DISP_E_BADINDEX;
use partywall::automation::Value;

use crate::arguments::{Arguments, number_of, text_of};
use crate::ffi;
use crate::members;
use crate::thing::{Answer, nothing, unknown};
use crate::trouble::Trouble;

/// Where a client is in a collection; 0 is before the first.
#[derive(Debug, Default)]
pub struct Position(Mutex<usize>);

impl Position {
    /// Sets it, and answers it again.
    pub fn set(&self, at: usize) -> usize {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
        at
    }

    /// Where it is.
    pub fn get(&self) -> usize {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A collection.
pub trait List {
    /// Where its client is.
    fn position(&self) -> &Position;
    /// How many elements it has.
    fn count(&self) -> Result<usize, Trouble>;
    /// Element number `at`, from 0.
    fn item(self: Arc<Self>, at: usize) -> Answer;
    /// The number of the element of a name, from 0.
    fn find(&self, _name: &str) -> Result<Option<usize>, Trouble> {
        Ok(None)
    }
}

/// The element that an index or a name means.
pub fn item<T: List>(list: &Arc<T>, index: &Value) -> Answer {
    let at = match (index, number_of(index)) {
        (Value::String(_), Err(_)) => list.find(&text_of(index)?)?,
        (Value::String(_), Ok(number)) => match list.find(&text_of(index)?)? {
            Some(at) => Some(at),
            None => usize::try_from(number - 1).ok(),
        },
        (_, number) => usize::try_from(number? - 1).ok(),
    };
    match at {
        Some(at) if at < list.count()? => Arc::clone(list).item(at),
        _ => Err(Trouble::plain(DISP_E_BADINDEX)),
    }
}

/// The members that all collections have.
pub fn call<T: List>(list: &Arc<T>, member: i32, arguments: &Arguments) -> Answer {
    let position = list.position();
    let count = list.count()?;
    let at = match member {
        members::COUNT => return Ok(Value::I4(i32::try_from(count).unwrap_or(i32::MAX))),
        members::ITEM => return item(list, arguments.needed(0)?),
        members::NEW_ENUM => {
            let all = (0..count).map(|at| Arc::clone(list).item(at));
            return ffi::enumerator(all.collect::<Result<_, _>>()?);
        }
        members::GET_FIRST => 1,
        members::GET_LAST => count,
        members::GET_NEXT => position.get() + 1,
        members::GET_PREVIOUS => position.get().saturating_sub(1),
        _ => return unknown(),
    };
    match position.set(at.min(count + 1)) {
        0 => nothing(),
        at if at > count => nothing(),
        at => Arc::clone(list).item(at - 1),
    }
}
