//! Property values as values of automation, and back.

use com_abi::automation::Date;
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{
    PT_BINARY, PT_BOOLEAN, PT_DOUBLE, PT_I2, PT_LONG, PT_SYSTIME, PT_UNICODE,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Value as Mapi};
use mapi_mail::{entry_from_text, entry_to_text};
use partywall::automation::Value;

use crate::arguments::{number_of, text_of, truth_of};
use crate::trouble::{Trouble, failed};

/// Days from the beginning of automation's calendar to that of Unix.
const UNIX_DAYS: f64 = 25_569.0;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// A time as automation has it.
pub fn date(time: FileTime) -> Value {
    Value::Date(Date(time.unix_seconds() as f64 / SECONDS_PER_DAY + UNIX_DAYS))
}

/// A time as the engine has it.
pub fn time(value: &Value) -> Result<FileTime, Trouble> {
    match value.converted(0, com_abi::automation::VT_DATE).map_err(Trouble::plain)? {
        Value::Date(Date(days)) => {
            let seconds = ((days - UNIX_DAYS) * SECONDS_PER_DAY).round();
            Ok(FileTime::from_unix_seconds(seconds as i64))
        }
        _ => Err(failed(mapi_abi::codes::Code::BAD_VALUE, "this is no time")),
    }
}

/// A property's value; bytes are hexadecimal text. `None` for what automation has
/// no type for.
pub fn to_automation(value: &Mapi) -> Option<Value> {
    Some(match value {
        Mapi::Unicode(text) => Value::text(text),
        Mapi::String8(bytes) => Value::text(&String::from_utf8_lossy(bytes)),
        Mapi::Long(number) => Value::I4(*number),
        Mapi::I2(number) => Value::I2(*number),
        Mapi::I8(number) => Value::I8(*number),
        Mapi::Boolean(truth) => Value::Bool(*truth),
        Mapi::R4(number) => Value::R4(*number),
        Mapi::Double(number) => Value::R8(*number),
        Mapi::AppTime(days) => Value::Date(Date(*days)),
        Mapi::SysTime(moment) => date(*moment),
        Mapi::Binary(bytes) => Value::text(&entry_to_text(&EntryId(bytes.clone()))),
        _ => return None,
    })
}

/// A property from a value that a client set.
pub fn to_mapi(tag: PropTag, value: &Value) -> Result<Prop, Trouble> {
    let bad = || failed(mapi_abi::codes::Code::BAD_VALUE, "the value does not fit the property");
    let value = match tag.prop_type() {
        PT_UNICODE => Mapi::Unicode(text_of(value)?),
        PT_LONG => Mapi::Long(number_of(value)?),
        PT_I2 => Mapi::I2(i16::try_from(number_of(value)?).map_err(|_| bad())?),
        PT_BOOLEAN => Mapi::Boolean(truth_of(value)?),
        PT_SYSTIME => Mapi::SysTime(time(value)?),
        PT_BINARY => Mapi::Binary(entry_from_text(&text_of(value)?).ok_or_else(bad)?.0),
        PT_DOUBLE => match value.converted(0, com_abi::automation::VT_R8) {
            Ok(Value::R8(number)) => Mapi::Double(number),
            _ => return Err(bad()),
        },
        _ => return Err(bad()),
    };
    Ok(Prop::new(tag, value))
}
