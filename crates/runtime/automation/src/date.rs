//! Variant time: days since 30 December 1899, from the year 100 to 9999.
//!
//! The time of day counts away from zero, so the values between -1 and 0 are
//! the same moments as those between 0 and 1. Seconds are the smallest step.

use com_abi::HRESULT;
use com_abi::automation::SystemTime;
use com_abi::codes::{DISP_E_OVERFLOW, DISP_E_TYPEMISMATCH};

/// 1 January 100.
pub const FIRST_DAY: i64 = -657_434;
/// 31 December 9999.
pub const LAST_DAY: i64 = 2_958_465;
/// Years of two digits below this are of the 21st century, the others of the
/// 20th.
pub const CENTURY_TURN: u16 = 30;

const DAY_SECONDS: i64 = 86_400;

/// Refuses what lies outside the calendar.
///
/// # Errors
/// `DISP_E_OVERFLOW`.
pub fn checked(days: f64) -> Result<f64, HRESULT> {
    let inside = days > (FIRST_DAY - 1) as f64 && days < (LAST_DAY + 1) as f64;
    if inside { Ok(days) } else { Err(DISP_E_OVERFLOW) }
}

/// Days from 30 December 1899 to a day; the day may lie outside its month.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // The year begins in March, so that the odd day is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 693_899
}

/// Year, month and day.
fn day_parts(days: i64) -> (i64, i64, i64) {
    let days = days + 693_899;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn full_year(year: u16) -> u16 {
    match year {
        0..CENTURY_TURN => year + 2000,
        CENTURY_TURN..100 => year + 1900,
        _ => year,
    }
}

fn joined(days: i64, seconds: i64) -> Option<f64> {
    if !(FIRST_DAY..=LAST_DAY).contains(&days) {
        return None;
    }
    let time = seconds as f64 / DAY_SECONDS as f64;
    Some(if days < 0 { days as f64 - time } else { days as f64 + time })
}

/// `SystemTimeToVariantTime`: `None` for a month, hour, minute or second that
/// no clock shows. A day beyond its month counts on into the next, day 0 is the
/// last of the month before; milliseconds do not count.
pub fn from_system(time: &SystemTime) -> Option<f64> {
    let clock = time.wHour < 24 && time.wMinute < 60 && time.wSecond < 60;
    if !clock || !(1..=12).contains(&time.wMonth) || time.wDay > 31 || time.wYear > 9999 {
        return None;
    }
    let year = full_year(time.wYear);
    let days = days_of(i64::from(year), i64::from(time.wMonth), i64::from(time.wDay));
    joined(days, seconds_of(time))
}

fn seconds_of(time: &SystemTime) -> i64 {
    i64::from(time.wHour) * 3600 + i64::from(time.wMinute) * 60 + i64::from(time.wSecond)
}

/// `VariantTimeToSystemTime`: the nearest second; `None` outside the calendar.
pub fn to_system(value: f64) -> Option<SystemTime> {
    let value = checked(value).ok()?;
    let mut days = value.trunc() as i64;
    let mut seconds = ((value - value.trunc()).abs() * DAY_SECONDS as f64).round() as i64;
    if seconds == DAY_SECONDS {
        (days, seconds) = (days + 1, 0);
    }
    if days > LAST_DAY {
        return None;
    }
    let (year, month, day) = day_parts(days);
    Some(SystemTime {
        wYear: year as u16,
        wMonth: month as u16,
        // 30 December 1899 was a Saturday.
        wDayOfWeek: (days + 6).rem_euclid(7) as u16,
        wDay: day as u16,
        wHour: (seconds / 3600) as u16,
        wMinute: (seconds / 60 % 60) as u16,
        wSecond: (seconds % 60) as u16,
        wMilliseconds: 0,
    })
}

/// `MM/DD/YYYY HH:MM:SS`; without the date on day zero, else without a time of
/// midnight.
///
/// # Errors
/// `DISP_E_OVERFLOW` outside the calendar.
pub fn text(value: f64) -> Result<String, HRESULT> {
    let time = to_system(value).ok_or(DISP_E_OVERFLOW)?;
    let clock = format!("{:02}:{:02}:{:02}", time.wHour, time.wMinute, time.wSecond);
    let date = format!("{:02}/{:02}/{:04}", time.wMonth, time.wDay, time.wYear);
    Ok(match (date == "12/30/1899", seconds_of(&time)) {
        (true, _) => clock,
        (false, 0) => date,
        (false, _) => format!("{date} {clock}"),
    })
}

/// The moment that a text names: `M/D/Y`, `Y-M-D`, a time `H:M` or `H:M:S` with
/// or without `AM` or `PM`, or a date and a time.
///
/// # Errors
/// `DISP_E_TYPEMISMATCH`.
pub fn parse(text: &str) -> Result<f64, HRESULT> {
    parts(text.trim()).ok_or(DISP_E_TYPEMISMATCH)
}

fn parts(text: &str) -> Option<f64> {
    let (date, clock) = match text.split_once([' ', 'T']) {
        _ if !text.contains(['/', '-']) => (None, Some(text)),
        Some((date, clock)) => (Some(date), Some(clock.trim())),
        None => (Some(text), None),
    };
    let days = date.map_or(Some(0), calendar_day)?;
    let seconds = clock.map_or(Some(0), clock_seconds)?;
    joined(days, seconds)
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u16; N]> {
    let mut found = [0; N];
    let mut items = text.split(separator);
    for place in &mut found {
        let item = items.next()?;
        let digits = item.len() <= 4 && item.bytes().all(|byte| byte.is_ascii_digit());
        *place = if digits { item.parse().ok()? } else { return None };
    }
    if items.next().is_none() { Some(found) } else { None }
}

fn calendar_day(text: &str) -> Option<i64> {
    let (year, month, day) = match numbers(text, '/') {
        Some([month, day, year]) => (full_year(year), month, day),
        None => {
            let [year, month, day] = numbers(text, '-')?;
            (full_year(year), month, day)
        }
    };
    if !(1..=12).contains(&month) {
        return None;
    }
    let given = (i64::from(year), i64::from(month), i64::from(day));
    let days = days_of(given.0, given.1, given.2);
    // What is not a day of that month comes back as another day.
    if day_parts(days) == given { Some(days) } else { None }
}

fn clock_seconds(text: &str) -> Option<i64> {
    let upper = text.to_ascii_uppercase();
    let half = |mark: &str| upper.strip_suffix(mark).map(str::trim_end);
    let (body, noon) = match (half("AM"), half("PM")) {
        (Some(body), _) => (body, Some(0)),
        (_, Some(body)) => (body, Some(12)),
        _ => (&*upper, None),
    };
    let [hour, minute, second] = match numbers(body, ':') {
        Some(three) => three,
        None => {
            let [hour, minute] = numbers(body, ':')?;
            [hour, minute, 0]
        }
    };
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    let valid = hour < 24 && minute < 60 && second < 60;
    valid.then(|| i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second))
}
