//! Text into numbers and truth, with the invariant locale: a point, commas
//! between thousands, a sign before or after, parentheses for less than zero,
//! an exponent, `&H` and `&O`.

use com_abi::HRESULT;
use com_abi::automation::Decimal;
use com_abi::codes::{DISP_E_OVERFLOW, DISP_E_TYPEMISMATCH};

use crate::number::Number;

/// Most digits that an exact number can have.
const EXACT_DIGITS: usize = 29;

/// The number that a text names.
///
/// # Errors
/// `DISP_E_TYPEMISMATCH` when it names none, `DISP_E_OVERFLOW` beyond a double.
pub fn number(text: &str) -> Result<Number, HRESULT> {
    let text = text.trim();
    if let Some(number) = in_base(text) {
        return number;
    }
    let (negative, body) = sign(text)?;
    let (body, exponent) = match body.split_once(['e', 'E']) {
        Some((body, exponent)) => (body, exponent_of(exponent)?),
        None => (body, 0),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if whole.starts_with(',') || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DISP_E_TYPEMISMATCH);
    }
    let whole = whole.replace(',', "");
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) || whole.len() + fraction.len() == 0 {
        return Err(DISP_E_TYPEMISMATCH);
    }
    let fraction = fraction.trim_end_matches('0');
    let lead = if negative { "-" } else { "" };
    if let Some(exact) = exact(negative, &whole, fraction, exponent) {
        return Ok(exact);
    }
    let double = format!("{lead}{whole}.{fraction}e{exponent}").parse::<f64>();
    match double {
        Ok(double) if double.is_finite() => Ok(Number::Double(double)),
        Ok(_) => Err(DISP_E_OVERFLOW),
        Err(_) => Err(DISP_E_TYPEMISMATCH),
    }
}

/// The number without a loss, if it has that few digits.
fn exact(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Option<Number> {
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(Number::Exact(0, 0));
    }
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    if digits.len() > EXACT_DIGITS || scale > i32::from(Decimal::MAX_SCALE) {
        return None;
    }
    let mut mantissa: i128 = digits.parse().ok()?;
    if scale < 0 {
        mantissa = mantissa.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
    }
    let scale = u8::try_from(scale.max(0)).ok()?;
    let mantissa = if negative { -mantissa } else { mantissa };
    Decimal::new(mantissa, scale).map(|_| Number::Exact(mantissa, scale))
}

/// The exponent's digits; one that no double has stays one that no double has.
fn exponent_of(text: &str) -> Result<i32, HRESULT> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DISP_E_TYPEMISMATCH);
    }
    let size = digits.parse::<i32>().unwrap_or(i32::MAX).min(1_000_000);
    Ok(if text.starts_with('-') { -size } else { size })
}

/// Whether it is less than zero, and the rest.
fn sign(text: &str) -> Result<(bool, &str), HRESULT> {
    if let Some(inner) = text.strip_prefix('(') {
        let inner = inner.strip_suffix(')').ok_or(DISP_E_TYPEMISMATCH)?;
        return Ok((true, inner.trim()));
    }
    let strip =
        |sign: char| text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).map(str::trim);
    Ok(match (strip('-'), strip('+')) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => (false, text),
    })
}

/// `&HFF` and `&O17`.
fn in_base(text: &str) -> Option<Result<Number, HRESULT>> {
    let rest = text.strip_prefix('&')?;
    let (base, digits) = match rest.split_at_checked(1) {
        Some(("H" | "h", digits)) => (16, digits),
        Some(("O" | "o", digits)) => (8, digits),
        _ => return Some(Err(DISP_E_TYPEMISMATCH)),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return Some(Err(DISP_E_TYPEMISMATCH));
    }
    let value = u64::from_str_radix(digits, base);
    Some(value.map(|value| Number::Exact(i128::from(value), 0)).map_err(|_| DISP_E_OVERFLOW))
}

/// `True`, `False` in any case, `#TRUE#`, `#FALSE#`, or a number.
///
/// # Errors
/// As [`number`].
pub fn truth(text: &str) -> Result<bool, HRESULT> {
    let is = |word: &str| text.trim().eq_ignore_ascii_case(word);
    if is("true") || is("#true#") {
        return Ok(true);
    }
    if is("false") || is("#false#") {
        return Ok(false);
    }
    number(text).map(Number::is_true)
}
