//! `VARIANT`: a value that says of which type it is ([MS-OAUT] 2.2.29), with
//! the 24 bytes of 64-bit systems.
//!
//! A variant that is not by reference owns its string, array or interface
//! pointer; as in C, a copy of the structure is not a copy of what it owns.

#![allow(non_snake_case, missing_docs)]

use core::ffi::c_void;

use super::{Currency, Date, Decimal, SafeArray};

/// No value.
pub const VT_EMPTY: u16 = 0;
/// The value of databases that nobody knows.
pub const VT_NULL: u16 = 1;
pub const VT_I2: u16 = 2;
pub const VT_I4: u16 = 3;
pub const VT_R4: u16 = 4;
pub const VT_R8: u16 = 5;
pub const VT_CY: u16 = 6;
pub const VT_DATE: u16 = 7;
pub const VT_BSTR: u16 = 8;
pub const VT_DISPATCH: u16 = 9;
/// An `HRESULT`.
pub const VT_ERROR: u16 = 10;
pub const VT_BOOL: u16 = 11;
/// A variant: by reference, or as an array's element.
pub const VT_VARIANT: u16 = 12;
pub const VT_UNKNOWN: u16 = 13;
pub const VT_DECIMAL: u16 = 14;
pub const VT_I1: u16 = 16;
pub const VT_UI1: u16 = 17;
pub const VT_UI2: u16 = 18;
pub const VT_UI4: u16 = 19;
pub const VT_I8: u16 = 20;
pub const VT_UI8: u16 = 21;
pub const VT_INT: u16 = 22;
pub const VT_UINT: u16 = 23;
pub const VT_RECORD: u16 = 36;
pub const VT_VECTOR: u16 = 0x1000;
/// An array of the type.
pub const VT_ARRAY: u16 = 0x2000;
/// A pointer to the value, which somebody else owns.
pub const VT_BYREF: u16 = 0x4000;
pub const VT_RESERVED: u16 = 0x8000;
/// The type without the bits above.
pub const VT_TYPEMASK: u16 = 0x0FFF;

/// `VariantChangeType`: an object is not asked for its value.
pub const VARIANT_NOVALUEPROP: u16 = 0x01;
/// `VariantChangeType`: truth becomes `True` or `False`, not a number.
pub const VARIANT_ALPHABOOL: u16 = 0x02;
/// `VariantChangeType`: the user's changes to the locale do not count.
pub const VARIANT_NOUSEROVERRIDE: u16 = 0x04;
/// `VariantChangeType`: truth in the language of the locale.
pub const VARIANT_LOCALBOOL: u16 = 0x10;

/// A variant's value; the type says which member holds.
#[repr(C)]
#[derive(Clone, Copy)]
pub union VariantData {
    pub llVal: i64,
    pub lVal: i32,
    pub bVal: u8,
    pub iVal: i16,
    pub fltVal: f32,
    pub dblVal: f64,
    pub boolVal: i16,
    pub scode: i32,
    pub cyVal: Currency,
    pub date: Date,
    pub bstrVal: *mut u16,
    pub punkVal: *mut c_void,
    pub pdispVal: *mut c_void,
    pub parray: *mut SafeArray,
    pub byref: *mut c_void,
    pub cVal: i8,
    pub uiVal: u16,
    pub ulVal: u32,
    pub ullVal: u64,
    /// The record and its description.
    pub record: [*mut c_void; 2],
}

/// A variant. Neither copied deeply nor freed by Rust: `VariantCopy` and
/// `VariantClear` do that.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Variant {
    /// `VT_…`
    pub vt: u16,
    /// Zero, or the beginning of a decimal.
    pub wReserved: [u16; 3],
    pub data: VariantData,
}

impl Variant {
    /// `VT_EMPTY`, all bytes zero.
    pub const EMPTY: Self = Self {
        vt: VT_EMPTY,
        wReserved: [0; 3],
        data: VariantData { record: [core::ptr::null_mut(); 2] },
    };

    /// A variant of type `vt` whose data are set by `set`.
    pub fn with(vt: u16, set: impl FnOnce(&mut VariantData)) -> Self {
        let mut variant = Self { vt, ..Self::EMPTY };
        set(&mut variant.data);
        variant
    }

    /// The decimal that lies over the whole structure.
    pub fn decimal(&self) -> Decimal {
        let [low, middle, high] = self.wReserved;
        let [scale, sign] = low.to_le_bytes();
        let Hi32 = u32::from(middle) | u32::from(high) << 16;
        // SAFETY: every bit pattern is a number, and no member is shorter in a
        // variant that was made whole.
        let Lo64 = unsafe { self.data.ullVal };
        Decimal { wReserved: self.vt, scale, sign, Hi32, Lo64 }
    }

    /// A variant that holds `decimal`.
    pub fn from_decimal(decimal: Decimal) -> Self {
        let low = u16::from_le_bytes([decimal.scale, decimal.sign]);
        let wReserved = [low, decimal.Hi32 as u16, (decimal.Hi32 >> 16) as u16];
        let mut variant = Self::with(VT_DECIMAL, |data| data.ullVal = decimal.Lo64);
        variant.wReserved = wReserved;
        variant
    }
}

impl Default for Variant {
    fn default() -> Self {
        Self::EMPTY
    }
}

const _: () = {
    // A decimal lies over the words only so.
    assert!(cfg!(target_endian = "little"));
    assert!(size_of::<VariantData>() == 16);
    assert!(size_of::<Variant>() == 24);
    assert!(align_of::<Variant>() == 8);
    assert!(core::mem::offset_of!(Variant, data) == 8);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_lies_over_the_whole_variant() {
        let decimal = Decimal::new(-(0x0123_4567_89AB_CDEF_i128 << 32 | 0x7654_3210), 5).unwrap();
        let variant = Variant::from_decimal(decimal);
        assert_eq!(variant.decimal(), decimal);
        // SAFETY: a variant begins with sixteen readable bytes.
        let overlaid = unsafe { (&raw const variant).cast::<Decimal>().read() };
        assert_eq!(overlaid, decimal);
        assert_eq!(overlaid.wReserved, VT_DECIMAL);
    }
}
