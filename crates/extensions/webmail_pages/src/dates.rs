//! Times and sizes as people read them. Times are UTC; the page's script
//! turns them into the reader's own.

use jiff::Timestamp;

/// A time in the forms that a page needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// For `<time datetime>`; empty when the time is out of range.
    pub iso: String,
    /// For a list: the hour today, the day this year, else the date.
    pub short: String,
    /// For a message.
    pub long: String,
}

impl Moment {
    /// From seconds since 1970-01-01 UTC.
    pub fn new(seconds: i64, now: i64) -> Self {
        let Ok(time) = Timestamp::from_second(seconds) else {
            let unknown = "unknown date".to_owned();
            return Self { iso: String::new(), short: unknown.clone(), long: unknown };
        };
        let now = Timestamp::from_second(now).unwrap_or(time);
        let same =
            |format: &str| time.strftime(format).to_string() == now.strftime(format).to_string();
        let short = if same("%F") {
            "%H:%M"
        } else if same("%Y") {
            "%-d %b"
        } else {
            "%-d %b %Y"
        };
        Self {
            iso: time.to_string(),
            short: time.strftime(short).to_string(),
            long: time.strftime("%a %-d %b %Y, %H:%M UTC").to_string(),
        }
    }
}

/// `812 B`, `4 KB`, `1.2 MB`.
pub fn size_label(bytes: u32) -> String {
    const KB: u32 = 1 << 10;
    const MB: u32 = 1 << 20;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..MB => format!("{} KB", bytes.div_ceil(KB)),
        _ => {
            let tenths = u64::from(bytes) * 10 / u64::from(MB);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, size_label};

    const NOON: i64 = 1_700_049_600; // 2023-11-15T12:00:00Z

    #[test]
    fn the_short_form_grows_with_the_distance() {
        assert_eq!(Moment::new(NOON - 3600, NOON).short, "11:00");
        assert_eq!(Moment::new(NOON - 86_400, NOON).short, "14 Nov");
        assert_eq!(Moment::new(NOON - 366 * 86_400, NOON).short, "14 Nov 2022");
    }

    #[test]
    fn the_exact_time_is_in_the_page() {
        let moment = Moment::new(NOON, 0);
        assert_eq!(moment.iso, "2023-11-15T12:00:00Z");
        assert_eq!(moment.long, "Wed 15 Nov 2023, 12:00 UTC");
    }

    #[test]
    fn a_time_out_of_range_is_said_to_be_unknown() {
        assert_eq!(Moment::new(i64::MAX, NOON).short, "unknown date");
        assert_eq!(Moment::new(i64::MIN, i64::MAX).iso, "");
    }

    #[test]
    fn sizes_change_their_unit_at_its_edge() {
        assert_eq!(size_label(1023), "1023 B");
        assert_eq!(size_label(1024), "1 KB");
        assert_eq!(size_label((1 << 20) - 1), "1024 KB");
        assert_eq!(size_label(1 << 20), "1.0 MB");
        assert_eq!(size_label(u32::MAX), "4095.9 MB");
    }
}
