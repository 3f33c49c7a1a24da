//! Tags and values as text, in profiles and `*.inf` files.
//!
//! A tag is eight hexadecimal digits, identifier and type; the properties that
//! people write have short names instead. A value's type is its tag's: numbers
//! are numbers, texts texts, bytes hexadecimal digits.

use mapi_abi::tags::types::{
    MV_FLAG, PT_BINARY, PT_BOOLEAN, PT_CLSID, PT_I2, PT_I8, PT_LONG, PT_MV_BINARY, PT_MV_UNICODE,
    PT_STRING8, PT_SYSTIME, PT_UNICODE,
};
use mapi_abi::tags::{
    PR_DISPLAY_NAME, PR_PROFILE_ADDRESS, PR_PROFILE_CREDENTIALS, PR_PROFILE_MAILBOX,
    PR_PROFILE_PASSWORD, PR_PROFILE_PATH, PR_PROFILE_SERVER, PR_PROFILE_SESSION_LIMIT,
    PR_PROFILE_USER, PropTag,
};
use mapi_abi::value::{FileTime, Value};
use toml::Value as Toml;

const NAMED: &[(&str, PropTag)] = &[
    ("address", PR_PROFILE_ADDRESS),
    ("credentials", PR_PROFILE_CREDENTIALS),
    ("display_name", PR_DISPLAY_NAME),
    ("mailbox", PR_PROFILE_MAILBOX),
    ("password", PR_PROFILE_PASSWORD),
    ("path", PR_PROFILE_PATH),
    ("server", PR_PROFILE_SERVER),
    ("session_limit", PR_PROFILE_SESSION_LIMIT),
    ("user", PR_PROFILE_USER),
];

/// A tag from its short name or eight digits.
pub fn tag_from_text(text: &str) -> Option<PropTag> {
    let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, tag)| *tag);
    let digits = || {
        let all = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(text, 16).ok().map(PropTag)).flatten()
    };
    named.or_else(digits)
}

/// A tag's short name, else its eight digits.
pub fn tag_to_text(tag: PropTag) -> String {
    let named = NAMED.iter().find(|(_, known)| *known == tag);
    named.map_or_else(|| format!("{:08x}", tag.0), |(name, _)| (*name).to_owned())
}

pub(crate) fn bytes_from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn hex(bytes: &[u8]) -> Toml {
    Toml::String(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A value as a file shows it; `None` for types that profiles do not keep.
pub fn value_to_text(value: &Value) -> Option<Toml> {
    Some(match value {
        Value::Binary(bytes) => hex(bytes),
        Value::Boolean(set) => Toml::Boolean(*set),
        Value::Guid(guid) => hex(guid),
        Value::I2(number) => Toml::Integer(i64::from(*number)),
        Value::I8(number) | Value::SysTime(FileTime(number)) => Toml::Integer(*number),
        Value::Long(number) => Toml::Integer(i64::from(*number)),
        Value::MvBinary(list) => Toml::Array(list.iter().map(|bytes| hex(bytes)).collect()),
        Value::MvUnicode(list) => Toml::Array(list.iter().cloned().map(Toml::String).collect()),
        Value::String8(text) => hex(text),
        Value::Unicode(text) => Toml::String(text.clone()),
        _ => return None,
    })
}

/// A value of the tag's type; `None` when it does not fit.
pub fn value_from_text(tag: PropTag, text: &Toml) -> Option<Value> {
    let bytes = |text: &Toml| bytes_from_hex(text.as_str()?);
    Some(match tag.prop_type() {
        PT_BINARY => Value::Binary(bytes(text)?),
        PT_BOOLEAN => Value::Boolean(text.as_bool()?),
        PT_CLSID => Value::Guid(bytes(text)?.try_into().ok()?),
        PT_I2 => Value::I2(text.as_integer()?.try_into().ok()?),
        PT_I8 => Value::I8(text.as_integer()?),
        PT_LONG => Value::Long(text.as_integer()?.try_into().ok()?),
        PT_STRING8 => Value::String8(bytes(text)?),
        PT_SYSTIME => Value::SysTime(FileTime(text.as_integer()?)),
        PT_UNICODE => Value::Unicode(text.as_str()?.to_owned()),
        PT_MV_BINARY => Value::MvBinary(text.as_array()?.iter().map(bytes).collect::<Option<_>>()?),
        PT_MV_UNICODE => {
            let one = |text: &Toml| text.as_str().map(str::to_owned);
            Value::MvUnicode(text.as_array()?.iter().map(one).collect::<Option<_>>()?)
        }
        kind if kind & MV_FLAG != 0 => return None,
        _ => return None,
    })
}
