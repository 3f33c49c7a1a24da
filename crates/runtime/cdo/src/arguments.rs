//! The arguments of a call, in the order of the member's parameters.

use com_abi::automation::{VT_BOOL, VT_BSTR, VT_I4};
use com_abi::codes::{DISP_E_PARAMNOTFOUND, DISP_E_PARAMNOTOPTIONAL};
use partywall::automation::Value;

use crate::trouble::Trouble;

/// See the module; what is missing is `None`.
#[derive(Debug, Default)]
pub struct Arguments(Vec<Option<Value>>);

fn converted(value: &Value, vt: u16) -> Result<Value, Trouble> {
    value.converted(0, vt).map_err(Trouble::plain)
}

/// A value as text.
pub fn text_of(value: &Value) -> Result<String, Trouble> {
    match converted(value, VT_BSTR)? {
        Value::String(text) => Ok(text.to_string()),
        _ => Ok(String::new()),
    }
}

/// A value as a number.
pub fn number_of(value: &Value) -> Result<i32, Trouble> {
    match converted(value, VT_I4)? {
        Value::I4(number) => Ok(number),
        _ => Ok(0),
    }
}

/// A value as a truth.
pub fn truth_of(value: &Value) -> Result<bool, Trouble> {
    match converted(value, VT_BOOL)? {
        Value::Bool(truth) => Ok(truth),
        _ => Ok(false),
    }
}

impl Arguments {
    /// Arguments in their places. A missing one is an error value, by convention.
    pub fn new(values: Vec<Option<Value>>) -> Self {
        let is_there =
            |value: &Value| !matches!(value, Value::Error(code) if *code == DISP_E_PARAMNOTFOUND);
        Self(values.into_iter().map(|value| value.filter(is_there)).collect())
    }

    /// The argument in a place, if it is there.
    pub fn get(&self, at: usize) -> Option<&Value> {
        self.0.get(at).and_then(Option::as_ref)
    }

    /// An argument that must be there.
    pub fn needed(&self, at: usize) -> Result<&Value, Trouble> {
        self.get(at).ok_or(Trouble::plain(DISP_E_PARAMNOTOPTIONAL))
    }

    /// Text; empty if it is missing.
    pub fn text(&self, at: usize) -> Result<String, Trouble> {
        self.get(at).map_or_else(|| Ok(String::new()), text_of)
    }

    /// A number, or what stands for a missing one.
    pub fn number(&self, at: usize, missing: i32) -> Result<i32, Trouble> {
        self.get(at).map_or(Ok(missing), number_of)
    }

    /// A truth, or what stands for a missing one.
    pub fn truth(&self, at: usize, missing: bool) -> Result<bool, Trouble> {
        self.get(at).map_or(Ok(missing), truth_of)
    }
}
