//! What every object can do.

use std::sync::Arc;

use com_abi::codes::DISP_E_MEMBERNOTFOUND;
use partywall::automation::Value;

use crate::arguments::Arguments;
use crate::ffi;
use crate::members::{self, Kind};
use crate::session::Session;
use crate::trouble::Trouble;

/// What a member answers.
pub type Answer = Result<Value, Trouble>;

/// An object behind its COM object.
pub trait Thing: Send + Sync + 'static {
    /// What kind of object it is.
    fn kind(&self) -> Kind;
    /// Whose it is.
    fn session(self: Arc<Self>) -> Arc<Session>;
    /// What it belongs to.
    fn parent(&self) -> Option<Arc<dyn Thing>>;
    /// What it is known by.
    fn id(&self) -> Option<String> {
        None
    }
    /// Reads a property or calls a method.
    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer;
    /// Sets a property.
    fn put(&self, _member: i32, _value: &Value) -> Result<(), Trouble> {
        Err(Trouble::plain(DISP_E_MEMBERNOTFOUND))
    }
}

/// The object as a value.
pub fn value(thing: Arc<dyn Thing>) -> Answer {
    ffi::object(thing).map(|object| Value::Dispatch(Some(object))).map_err(Trouble::plain)
}

/// No object.
pub fn nothing() -> Answer {
    Ok(Value::Dispatch(None))
}

/// A member that is not there after all.
pub fn unknown() -> Answer {
    Err(Trouble::plain(DISP_E_MEMBERNOTFOUND))
}

/// A call of any member.
pub fn call(thing: &Arc<dyn Thing>, member: i32, arguments: &Arguments) -> Answer {
    match member {
        members::CLASS => Ok(Value::I4(thing.kind().class)),
        members::APPLICATION => Ok(Value::text("Partywall")),
        members::PARENT => match thing.parent() {
            Some(parent) => value(parent),
            None => nothing(),
        },
        members::SESSION => value(Arc::clone(thing).session()),
        members::IS_SAME_AS => {
            let other = ffi::thing_of(arguments.needed(0)?);
            let same = other.is_some_and(|other| {
                let known = thing.id().is_some() && thing.id() == other.id();
                Arc::ptr_eq(thing, &other) || known
            });
            Ok(Value::Bool(same))
        }
        member => Arc::clone(thing).call(member, arguments),
    }
}
