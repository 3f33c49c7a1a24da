//! Times as text, `YYYY/MM/DD HH:MM`, on the clock of the machine's place.

use mapi_abi::value::FileTime;

/// The text of a time; empty for one that has none.
pub fn to_text(time: FileTime) -> String {
    let seconds: libc::time_t = time.unix_seconds();
    // SAFETY: all zero is a valid value of this plain structure.
    let mut parts: libc::tm = unsafe { core::mem::zeroed() };
    // SAFETY: readable and writable places.
    if unsafe { libc::localtime_r(&seconds, &mut parts) }.is_null() {
        return String::new();
    }
    let (year, month) = (i64::from(parts.tm_year) + 1900, parts.tm_mon + 1);
    let (day, hour, minute) = (parts.tm_mday, parts.tm_hour, parts.tm_min);
    format!("{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}")
}

/// The time that a text says; `None` for another text.
pub fn from_text(text: &str) -> Option<FileTime> {
    let (date, clock) = text.trim().split_once(' ')?;
    let numbers = |text: &str, between: char| -> Option<Vec<i32>> {
        text.split(between).map(|part| part.parse().ok()).collect()
    };
    let [year, month, day] = numbers(date, '/')?.try_into().ok()?;
    let [hour, minute] = numbers(clock, ':')?.try_into().ok()?;
    let is_good = (1601..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute);
    if !is_good {
        return None;
    }
    // SAFETY: all zero is a valid value of this plain structure.
    let mut parts: libc::tm = unsafe { core::mem::zeroed() };
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_mday = day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_isdst = -1;
    // SAFETY: a writable place.
    let seconds = unsafe { libc::mktime(&mut parts) };
    Some(FileTime::from_unix_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_from_its_text() {
        let time = FileTime::from_unix_seconds(1_700_000_040);
        let text = to_text(time);
        assert_eq!(text.len(), "2023/11/14 22:14".len());
        assert_eq!(from_text(&text), Some(time));
        for wrong in ["", "2023/11/14", "2023/13/14 22:14", "2023/11/14 24:00", "a/b/c d:e"] {
            assert_eq!(from_text(wrong), None, "{wrong}");
        }
    }
}
