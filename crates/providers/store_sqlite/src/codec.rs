//! Values as bytes: lists in `props` and what search folders compare with.
//!
//! Layout: the property type in 2 bytes, then the value; numbers least significant
//! byte first, text and bytes after their length in 4 bytes, lists after their
//! number of values in 4 bytes. Reading takes any bytes and never more memory than
//! they are long, times a small factor.

use mapi_abi::tags::types::*;
use mapi_abi::value::{FileTime, Value};

/// Bytes that are read from front to back.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(front)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Bytes after their length.
    pub(crate) fn counted(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.bytes(usize::try_from(length).ok()?)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.counted()?.to_vec()).ok()
    }

    /// Values after their number; each takes at least one byte.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.u32()?).ok()?;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    /// A value with its type.
    pub(crate) fn value(&mut self) -> Option<Value> {
        Some(match self.u16()? {
            PT_APPTIME => Value::AppTime(self.f64()?),
            PT_BINARY => Value::Binary(self.counted()?.to_vec()),
            PT_BOOLEAN => Value::Boolean(self.u8()? != 0),
            PT_CURRENCY => Value::Currency(self.i64()?),
            PT_DOUBLE => Value::Double(self.f64()?),
            PT_CLSID => Value::Guid(self.array()?),
            PT_I2 => Value::I2(self.array().map(i16::from_le_bytes)?),
            PT_I8 => Value::I8(self.i64()?),
            PT_LONG => Value::Long(self.array().map(i32::from_le_bytes)?),
            PT_MV_BINARY => Value::MvBinary(self.list(|r| r.counted().map(<[u8]>::to_vec))?),
            PT_MV_CLSID => Value::MvGuid(self.list(Self::array)?),
            PT_MV_I2 => Value::MvI2(self.list(|r| r.array().map(i16::from_le_bytes))?),
            PT_MV_I8 => Value::MvI8(self.list(Self::i64)?),
            PT_MV_LONG => Value::MvLong(self.list(|r| r.array().map(i32::from_le_bytes))?),
            PT_MV_DOUBLE => Value::MvDouble(self.list(Self::f64)?),
            PT_MV_SYSTIME => Value::MvSysTime(self.list(|r| r.i64().map(FileTime))?),
            PT_MV_STRING8 => Value::MvString8(self.list(|r| r.counted().map(<[u8]>::to_vec))?),
            PT_MV_UNICODE => Value::MvUnicode(self.list(Self::text)?),
            PT_R4 => Value::R4(self.array().map(f32::from_le_bytes)?),
            PT_STRING8 => Value::String8(self.counted()?.to_vec()),
            PT_SYSTIME => Value::SysTime(FileTime(self.i64()?)),
            PT_UNICODE => Value::Unicode(self.text()?),
            _ => return None,
        })
    }
}

/// The value that `bytes` are, all of them.
pub(crate) fn value(bytes: &[u8]) -> Option<Value> {
    let mut reader = Reader(bytes);
    reader.value().filter(|_| reader.0.is_empty())
}

/// A length or number; what does not fit in memory twice fits in 4 bytes.
pub(crate) fn put_count(count: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

pub(crate) fn put_counted(bytes: &[u8], out: &mut Vec<u8>) {
    put_count(bytes.len(), out);
    out.extend_from_slice(bytes);
}

fn put_list<T>(list: &[T], out: &mut Vec<u8>, mut one: impl FnMut(&T, &mut Vec<u8>)) {
    put_count(list.len(), out);
    for value in list {
        one(value, out);
    }
}

/// Writes a value with its type; what is no value has its type only.
pub(crate) fn put_value(value: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.prop_type().to_le_bytes());
    match value {
        Value::AppTime(number) | Value::Double(number) => {
            out.extend_from_slice(&number.to_le_bytes());
        }
        Value::Binary(bytes) | Value::String8(bytes) => put_counted(bytes, out),
        Value::Boolean(truth) => out.push(u8::from(*truth)),
        Value::Currency(number) | Value::I8(number) => {
            out.extend_from_slice(&number.to_le_bytes());
        }
        Value::Guid(guid) => out.extend_from_slice(guid),
        Value::I2(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::Long(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::MvBinary(list) | Value::MvString8(list) => {
            put_list(list, out, |bytes, out| put_counted(bytes, out));
        }
        Value::MvGuid(list) => put_list(list, out, |guid, out| out.extend_from_slice(guid)),
        Value::MvI2(list) => put_list(list, out, |n, out| out.extend_from_slice(&n.to_le_bytes())),
        Value::MvI8(list) => put_list(list, out, |n, out| out.extend_from_slice(&n.to_le_bytes())),
        Value::MvLong(list) => {
            put_list(list, out, |n, out| out.extend_from_slice(&n.to_le_bytes()));
        }
        Value::MvDouble(list) => {
            put_list(list, out, |n, out| out.extend_from_slice(&n.to_le_bytes()));
        }
        Value::MvSysTime(list) => {
            put_list(list, out, |time, out| out.extend_from_slice(&time.0.to_le_bytes()));
        }
        Value::MvUnicode(list) => {
            put_list(list, out, |text, out| put_counted(text.as_bytes(), out));
        }
        Value::R4(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::SysTime(time) => out.extend_from_slice(&time.0.to_le_bytes()),
        Value::Unicode(text) => put_counted(text.as_bytes(), out),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_read_as_it_was_written() {
        for one in [
            Value::AppTime(1.5),
            Value::Binary(vec![0, 1]),
            Value::Boolean(true),
            Value::Currency(-7),
            Value::Double(f64::INFINITY),
            Value::Guid([9; 16]),
            Value::I2(-2),
            Value::I8(i64::MIN),
            Value::Long(-1),
            Value::MvBinary(vec![vec![], vec![1]]),
            Value::MvGuid(vec![[1; 16]]),
            Value::MvI2(vec![1, 2]),
            Value::MvI8(vec![3]),
            Value::MvLong(vec![]),
            Value::MvDouble(vec![0.5]),
            Value::MvSysTime(vec![FileTime(4)]),
            Value::MvString8(vec![b"a".to_vec()]),
            Value::MvUnicode(vec!["é\0".to_owned()]),
            Value::R4(0.25),
            Value::String8(b"x".to_vec()),
            Value::SysTime(FileTime(-1)),
            Value::Unicode("ü".to_owned()),
        ] {
            let mut bytes = Vec::new();
            put_value(&one, &mut bytes);
            assert_eq!(value(&bytes), Some(one.clone()));
            for length in 0..bytes.len() {
                assert_eq!(value(&bytes[..length]), None, "{one:?} cut at {length}");
            }
            bytes.push(0);
            assert_eq!(value(&bytes), None, "{one:?} with one byte more");
        }
    }

    #[test]
    fn a_list_that_claims_more_values_than_bytes_is_none() {
        let bytes = [&PT_MV_CLSID.to_le_bytes()[..], &u32::MAX.to_le_bytes()].concat();
        assert_eq!(value(&bytes), None);
    }
}
