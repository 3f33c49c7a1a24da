//! Durations and sizes as a configuration writes them.

use std::time::Duration;

/// `500ms`, `20s`, `5m`, `2h`.
pub fn duration(text: &str) -> Option<Duration> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(at);
    let number: u64 = number.parse().ok()?;
    match unit.trim() {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    }
}

/// `262144`, `256KiB`, `1MiB`.
pub fn bytes(text: &str) -> Option<usize> {
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let number: usize = number.parse().ok()?;
    match unit.trim() {
        "" => Some(number),
        "KiB" => number.checked_mul(1 << 10),
        "MiB" => number.checked_mul(1 << 20),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_need_their_units() {
        assert_eq!(duration("20m"), Some(Duration::from_secs(1200)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        for bad in ["", "20", "m", "-1s", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
        assert_eq!(bytes("1MiB"), Some(1 << 20));
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes("1MB"), None);
    }
}
