//! `partywall call`: makes an object of a class and calls a method of it by name.
//!
//! Arguments are texts, which the object converts to what its method takes;
//! `[1,2,3]` is an array.

pub mod ffi;

use com_abi::HRESULT;
use com_abi::automation::{VARIANT_ALPHABOOL, VT_BSTR};
use com_abi::codes::{
    self, CO_E_CLASSSTRING, DISP_E_BADPARAMCOUNT, DISP_E_EXCEPTION, DISP_E_OVERFLOW,
    DISP_E_TYPEMISMATCH, DISP_E_UNKNOWNNAME, E_NOINTERFACE, REGDB_E_CLASSNOTREG,
};
use partywall::automation::{Array, Value};
use partywall::com::{Apartment, class_from_progid};
use serde_json::json;

use crate::args::{Call, Common};
use crate::output::{Failure, json, line, printable};
use ffi::{Object, Refusal};

/// See the module.
pub fn run(common: &Common, call: &Call) -> Result<(), Failure> {
    let _apartment = Apartment::multithreaded()
        .map_err(|code| failure(format!("cannot enter an apartment: {}", says(code)), code))?;
    let value = answer(call)?;
    if common.json {
        return json(&as_json(&value)?);
    }
    match value {
        Value::Empty => Ok(()),
        value => line(&as_text(&value)?),
    }
}

fn failure(says: String, code: HRESULT) -> Failure {
    Failure::with_code(says, code.0 as u32)
}

/// What a code means, as a part of a sentence.
fn says(code: HRESULT) -> String {
    let known = codes::all().find(|known| known.code == code);
    known.map_or_else(|| format!("{:#010x}", code.0), |known| known.means.to_owned())
}

/// Makes the object and the call.
fn answer(call: &Call) -> Result<Value, Failure> {
    let class = &call.class;
    let clsid = class_from_progid(class).map_err(|code| match code {
        CO_E_CLASSSTRING => failure(
            format!("there is no class {class}; `partywall register FILE.so` writes a library's"),
            code,
        ),
        _ => failure(format!("cannot look up the class {class}: {}", says(code)), code),
    })?;
    let object = Object::create(&clsid).map_err(|code| match code {
        REGDB_E_CLASSNOTREG => failure(format!("the class {class} is not registered"), code),
        E_NOINTERFACE => {
            failure(format!("{class} cannot be called by name: it has no IDispatch"), code)
        }
        _ => failure(format!("cannot make an object of {class}: {}", says(code)), code),
    })?;
    let method = &call.method;
    let member = object.member(method).map_err(|code| match code {
        DISP_E_UNKNOWNNAME => failure(format!("{class} has no method {method}"), code),
        _ => failure(format!("cannot ask {class} for {method}: {}", says(code)), code),
    })?;
    let arguments = call.arguments.iter().map(|text| argument(text)).collect::<Result<_, _>>()?;
    object.call(member, arguments).map_err(|refusal| refused(call, refusal))
}

/// A sentence for a call that failed.
fn refused(call: &Call, refusal: Refusal) -> Failure {
    let Call { class, method, arguments, .. } = call;
    let Refusal { code, argument, exception } = refusal;
    match (code, argument.and_then(|at| Some((at, arguments.get(at)?)))) {
        (DISP_E_EXCEPTION, _) => {
            let (text, code) = exception.unwrap_or_default();
            failure(format!("{class} says: {}", printable(&text)), code)
        }
        (DISP_E_BADPARAMCOUNT, _) => {
            failure(format!("{method} does not take {} arguments", arguments.len()), code)
        }
        (DISP_E_TYPEMISMATCH, Some((at, text))) => {
            failure(format!("argument {} of {method} cannot be {text:?}", at + 1), code)
        }
        (DISP_E_OVERFLOW, Some((at, text))) => {
            failure(format!("argument {} of {method} is too large: {text}", at + 1), code)
        }
        _ => failure(format!("cannot call {method} of {class}: {}", says(code)), code),
    }
}

/// A text, or an array of texts.
fn argument(text: &str) -> Result<Value, Failure> {
    let Some(list) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return Ok(Value::text(text));
    };
    let elements: Vec<_> = match list.trim() {
        "" => Vec::new(),
        list => list.split(',').map(|element| Value::text(element.trim())).collect(),
    };
    Array::of_values(&elements)
        .and_then(Value::array)
        .map_err(|code| failure(format!("cannot make an array of {text}: {}", says(code)), code))
}

/// The elements of an array, which has one dimension.
fn elements(array: &Array) -> Result<Vec<Value>, Failure> {
    let no_list = |code| failure(format!("cannot show the array: {}", says(code)), code);
    let bounds = array.bounds();
    let &[bound] = bounds.as_slice() else { return Err(no_list(DISP_E_TYPEMISMATCH)) };
    let indexes = (0..bound.cElements as i32).map(|at| bound.lLbound.wrapping_add(at));
    indexes.map(|index| array.get(&[index])).collect::<Result<_, _>>().map_err(no_list)
}

/// The name of an object's interface, as far as it says.
fn interface(value: &Value) -> Option<String> {
    match value {
        Value::Dispatch(Some(object)) => {
            Some(ffi::type_name(object).unwrap_or_else(|| "IDispatch".to_owned()))
        }
        Value::Unknown(Some(_)) => Some("IUnknown".to_owned()),
        _ => None,
    }
}

fn as_text(value: &Value) -> Result<String, Failure> {
    if let Some(name) = interface(value) {
        return Ok(name);
    }
    match value {
        Value::Null | Value::Dispatch(None) | Value::Unknown(None) => Ok("null".to_owned()),
        Value::Array(_, None) => Ok("[]".to_owned()),
        Value::Array(_, Some(array)) => {
            let texts = elements(array)?.iter().map(as_text).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", texts.join(", ")))
        }
        Value::Error(code) => Ok(says(*code)),
        _ => match value.converted(VARIANT_ALPHABOOL, VT_BSTR) {
            Ok(Value::String(text)) => Ok(printable(&text.to_string())),
            Ok(_) => Ok(String::new()),
            Err(code) => Err(failure(format!("the answer has no text: {}", says(code)), code)),
        },
    }
}

fn as_json(value: &Value) -> Result<serde_json::Value, Failure> {
    if let Some(name) = interface(value) {
        return Ok(json!({ "interface": name }));
    }
    Ok(match value {
        Value::Empty | Value::Null | Value::Dispatch(None) | Value::Unknown(None) => json!(null),
        Value::I1(number) => json!(number),
        Value::UI1(number) => json!(number),
        Value::I2(number) => json!(number),
        Value::UI2(number) => json!(number),
        Value::I4(number) => json!(number),
        Value::UI4(number) => json!(number),
        Value::I8(number) => json!(number),
        Value::UI8(number) => json!(number),
        Value::R4(number) => json!(number),
        Value::R8(number) => json!(number),
        Value::Bool(truth) => json!(truth),
        Value::String(text) => json!(text.to_string()),
        Value::Array(_, None) => json!([]),
        Value::Array(_, Some(array)) => {
            elements(array)?.iter().map(as_json).collect::<Result<_, _>>()?
        }
        _ => json!(as_text(value)?),
    })
}
