//! Numbers between the types: what every numeric type becomes first, and what
//! every numeric type is made of.
//!
//! Exact numbers (whole ones, currency, decimals, most texts) never pass
//! through a float. Rounding is half to even everywhere.

use com_abi::HRESULT;
use com_abi::automation::{Currency, Decimal};
use com_abi::codes::DISP_E_OVERFLOW;

/// Digits that a double shows, and that it brings into a decimal.
pub const DOUBLE_DIGITS: usize = 15;
/// The same of a single.
pub const SINGLE_DIGITS: usize = 7;

/// A number on its way from one type to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// `mantissa / 10^scale`; the mantissa has at most 96 bits and a sign, the
    /// scale is at most 28.
    Exact(i128, u8),
    /// A single.
    Single(f32),
    /// A double.
    Double(f64),
}

/// `value / 10^power`, half to even. A power beyond any mantissa gives zero.
pub fn divide(value: i128, power: u32) -> i128 {
    let Some(divisor) = 10_i128.checked_pow(power) else { return 0 };
    let (quotient, rest) = (value / divisor, (value % divisor).abs());
    let up = match (rest * 2).cmp(&divisor) {
        core::cmp::Ordering::Less => false,
        core::cmp::Ordering::Equal => quotient % 2 != 0,
        core::cmp::Ordering::Greater => true,
    };
    if up { quotient + value.signum() } else { quotient }
}

/// A float as a whole number.
fn whole(value: f64) -> Result<i128, HRESULT> {
    // Beyond this no integer type has room; NaN is not below it either.
    const LIMIT: f64 = (1_u128 << 100) as f64;
    if value.abs() < LIMIT { Ok(value.round_ties_even() as i128) } else { Err(DISP_E_OVERFLOW) }
}

impl Number {
    /// Whether it is not zero.
    pub fn is_true(self) -> bool {
        match self {
            Self::Exact(mantissa, _) => mantissa != 0,
            Self::Single(value) => value != 0.0,
            Self::Double(value) => value != 0.0,
        }
    }

    /// The nearest whole number, as an integer type.
    ///
    /// # Errors
    /// `DISP_E_OVERFLOW` when it does not fit.
    pub fn integer<T: TryFrom<i128>>(self) -> Result<T, HRESULT> {
        let whole = match self {
            Self::Exact(mantissa, scale) => divide(mantissa, u32::from(scale)),
            Self::Single(value) => whole(f64::from(value))?,
            Self::Double(value) => whole(value)?,
        };
        T::try_from(whole).map_err(|_| DISP_E_OVERFLOW)
    }

    /// The nearest double.
    pub fn double(self) -> f64 {
        match self {
            // The one way that rounds once, for any mantissa and scale.
            Self::Exact(mantissa, scale) => {
                format!("{mantissa}e-{scale}").parse().unwrap_or(f64::NAN)
            }
            Self::Single(value) => f64::from(value),
            Self::Double(value) => value,
        }
    }

    /// The nearest single.
    ///
    /// # Errors
    /// `DISP_E_OVERFLOW` when a finite number does not fit.
    pub fn single(self) -> Result<f32, HRESULT> {
        let double = self.double();
        let single = double as f32;
        if single.is_infinite() && double.is_finite() { Err(DISP_E_OVERFLOW) } else { Ok(single) }
    }

    /// The nearest currency.
    ///
    /// # Errors
    /// `DISP_E_OVERFLOW` when it does not fit.
    pub fn currency(self) -> Result<Currency, HRESULT> {
        let scaled = match self {
            Self::Exact(mantissa, scale) if scale >= 4 => divide(mantissa, u32::from(scale) - 4),
            Self::Exact(mantissa, scale) => {
                let factor = 10_i128.pow(4 - u32::from(scale));
                mantissa.checked_mul(factor).ok_or(DISP_E_OVERFLOW)?
            }
            Self::Single(value) => whole(f64::from(value) * Currency::UNIT as f64)?,
            Self::Double(value) => whole(value * Currency::UNIT as f64)?,
        };
        i64::try_from(scaled).map(Currency).map_err(|_| DISP_E_OVERFLOW)
    }

    /// As a decimal; a float brings the digits that it shows.
    ///
    /// # Errors
    /// `DISP_E_OVERFLOW` when it does not fit.
    pub fn decimal(self) -> Result<Decimal, HRESULT> {
        let decimal = match self {
            Self::Exact(mantissa, scale) => Decimal::new(mantissa, scale),
            Self::Single(value) => from_shown(f64::from(value), SINGLE_DIGITS),
            Self::Double(value) => from_shown(value, DOUBLE_DIGITS),
        };
        decimal.ok_or(DISP_E_OVERFLOW)
    }
}

/// The decimal of a float's first `digits` digits.
fn from_shown(value: f64, digits: usize) -> Option<Decimal> {
    // The digits shown may be less than a value that is itself too large.
    if !value.is_finite() || value.abs() >= (Decimal::MAX_MAGNITUDE + 1) as f64 {
        return None;
    }
    let shown = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = shown.split_once('e')?;
    let mut mantissa: i128 = mantissa.replace('.', "").parse().ok()?;
    let mut scale = digits as i32 - 1 - exponent.parse::<i32>().ok()?;
    while scale > 0 && mantissa % 10 == 0 {
        if mantissa == 0 {
            scale = 0;
        } else {
            mantissa /= 10;
            scale -= 1;
        }
    }
    let most = i32::from(Decimal::MAX_SCALE);
    if scale > most {
        mantissa = divide(mantissa, (scale - most) as u32);
        scale = most;
    }
    if scale < 0 {
        mantissa = mantissa.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
        scale = 0;
    }
    Decimal::new(mantissa, u8::try_from(scale).ok()?)
}
