//! Numbers into text, with the invariant locale.

use com_abi::HRESULT;
use com_abi::codes::DISP_E_OVERFLOW;

use crate::number::{DOUBLE_DIGITS, Number, SINGLE_DIGITS};

/// The number's text: an exact one in full, a float with the digits that it
/// surely has, and with an exponent where it would be long.
///
/// # Errors
/// `DISP_E_OVERFLOW` for a float that is not a number or infinite.
pub fn number(number: Number) -> Result<String, HRESULT> {
    match number {
        Number::Exact(mantissa, scale) => Ok(exact(mantissa, usize::from(scale))),
        Number::Single(value) => float(f64::from(value), SINGLE_DIGITS),
        Number::Double(value) => float(value, DOUBLE_DIGITS),
    }
}

fn exact(mantissa: i128, scale: usize) -> String {
    let digits = format!("{:0width$}", mantissa.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if mantissa < 0 { "-" } else { "" };
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// What C prints for `%.*G`.
fn float(value: f64, digits: usize) -> Result<String, HRESULT> {
    if !value.is_finite() {
        return Err(DISP_E_OVERFLOW);
    }
    if value == 0.0 {
        return Ok("0".to_owned());
    }
    let shown = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if exponent < -4 || exponent >= digits as i32 {
        let mantissa = without_zeros(mantissa);
        let sign = if exponent < 0 { '-' } else { '+' };
        return Ok(format!("{mantissa}E{sign}{:02}", exponent.abs()));
    }
    let places = (digits as i32 - 1 - exponent).max(0) as usize;
    Ok(without_zeros(&format!("{value:.places$}")).to_owned())
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
