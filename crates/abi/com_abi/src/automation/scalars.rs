//! Currency, dates, decimals and truth as automation lays them out
//! ([MS-OAUT] 2.2.24 to 2.2.27).

#![allow(non_snake_case)]

/// `VARIANT_BOOL`: true.
pub const VARIANT_TRUE: i16 = -1;
/// `VARIANT_BOOL`: false.
pub const VARIANT_FALSE: i16 = 0;

/// `VARIANT_BOOL` as a type of its own, for methods that callers by name see.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VariantBool(pub i16);

impl From<bool> for VariantBool {
    fn from(truth: bool) -> Self {
        Self(if truth { VARIANT_TRUE } else { VARIANT_FALSE })
    }
}

impl From<VariantBool> for bool {
    fn from(value: VariantBool) -> Self {
        value.0 != VARIANT_FALSE
    }
}

/// `CURRENCY`: ten-thousandths of a unit.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Currency(pub i64);

impl Currency {
    /// What one unit counts.
    pub const UNIT: i64 = 10_000;
}

/// `DATE`: days since 30 December 1899. The fraction is the time of day and
/// counts away from zero: -1.25 is six in the morning of 29 December 1899.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Date(pub f64);

/// `DECIMAL`: a 96-bit magnitude divided by a power of ten.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    /// The variant's type when it stands in one.
    pub wReserved: u16,
    /// Digits after the point, 0 to [`Decimal::MAX_SCALE`].
    pub scale: u8,
    /// 0, or [`Decimal::NEGATIVE`].
    pub sign: u8,
    /// The upper 32 bits of the magnitude.
    pub Hi32: u32,
    /// The lower 64 bits.
    pub Lo64: u64,
}

impl Decimal {
    /// `DECIMAL_NEG`.
    pub const NEGATIVE: u8 = 0x80;
    /// Most digits after the point.
    pub const MAX_SCALE: u8 = 28;
    /// The largest magnitude.
    pub const MAX_MAGNITUDE: u128 = (1 << 96) - 1;

    /// The number `mantissa / 10^scale`; `None` when it has too many bits or
    /// digits.
    pub fn new(mantissa: i128, scale: u8) -> Option<Self> {
        let magnitude = mantissa.unsigned_abs();
        if magnitude > Self::MAX_MAGNITUDE || scale > Self::MAX_SCALE {
            return None;
        }
        let sign = if mantissa < 0 { Self::NEGATIVE } else { 0 };
        let Hi32 = (magnitude >> 64) as u32;
        Some(Self { wReserved: 0, scale, sign, Hi32, Lo64: magnitude as u64 })
    }

    /// The magnitude with its sign.
    pub fn mantissa(&self) -> i128 {
        let magnitude = (i128::from(self.Hi32) << 64) | i128::from(self.Lo64);
        if self.sign & Self::NEGATIVE != 0 { -magnitude } else { magnitude }
    }
}

/// The same mantissa and scale; a zero has no sign.
impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        (self.mantissa(), self.scale) == (other.mantissa(), other.scale)
    }
}

impl Eq for Decimal {}

/// `SYSTEMTIME`: a calendar date and a time of day.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SystemTime {
    pub wYear: u16,
    /// 1 is January.
    pub wMonth: u16,
    /// 0 is Sunday.
    pub wDayOfWeek: u16,
    pub wDay: u16,
    pub wHour: u16,
    pub wMinute: u16,
    pub wSecond: u16,
    pub wMilliseconds: u16,
}

const _: () = {
    assert!(size_of::<Currency>() == 8);
    assert!(size_of::<Date>() == 8);
    assert!(size_of::<Decimal>() == 16);
    assert!(core::mem::offset_of!(Decimal, scale) == 2);
    assert!(core::mem::offset_of!(Decimal, Hi32) == 4);
    assert!(core::mem::offset_of!(Decimal, Lo64) == 8);
    assert!(size_of::<SystemTime>() == 16);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_keeps_96_bits_and_28_digits_and_no_more() {
        let largest = Decimal::MAX_MAGNITUDE as i128;
        let decimal = Decimal::new(-largest, 28).unwrap();
        assert_eq!((decimal.Hi32, decimal.Lo64), (u32::MAX, u64::MAX));
        assert_eq!((decimal.mantissa(), decimal.sign), (-largest, Decimal::NEGATIVE));
        assert_eq!(Decimal::new(largest + 1, 0), None);
        assert_eq!(Decimal::new(1, 29), None);
    }
}
