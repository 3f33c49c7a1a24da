//! Values of scripting languages, with an owner.
//!
//! [`Value`] is what a `VARIANT` holds and [`Array`] is a `SAFEARRAY`; both free
//! what they own when they are dropped. Ownership at the border:
//! [`Value::into_variant`] gives it away, [`Value::take`] takes it,
//! [`Value::read`] copies and leaves the variant to its owner.

mod array;
mod value;

pub use array::Array;
pub use com_abi::automation::{
    Bstr, Currency, Date, Decimal, DispParams, ExcepInfo, IDispatch, SafeArray, SafeArrayBound,
    SystemTime, Variant,
};
pub use value::Value;
