//! The log: one line an event on standard error, time first.

use std::fmt;
use std::io::Write;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something failed that a person has to look at.
    Error,
    /// Something ordinary that is worth knowing.
    Info,
    /// Something was refused or is not as it should be.
    Warn,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Info => "info",
            Self::Warn => "warn",
        })
    }
}

/// Writes one line. Control characters of `says` are escaped, so that text from
/// a peer cannot forge a line.
pub fn write(level: Level, part: &str, says: fmt::Arguments<'_>) {
    let text = says.to_string();
    let mut line =
        format!("{:.6} {level:<5} {part}[{}]: ", jiff::Timestamp::now(), crate::thread::pid());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line.push('\n');
    // A log that cannot be written must not take the process down.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// `error!("web", "…")`
#[macro_export]
macro_rules! error {
    ($part:expr, $($says:tt)*) => {
        $crate::log::write($crate::log::Level::Error, $part, format_args!($($says)*))
    };
}

/// `warn!("web", "…")`
#[macro_export]
macro_rules! warn {
    ($part:expr, $($says:tt)*) => {
        $crate::log::write($crate::log::Level::Warn, $part, format_args!($($says)*))
    };
}

/// `info!("web", "…")`
#[macro_export]
macro_rules! info {
    ($part:expr, $($says:tt)*) => {
        $crate::log::write($crate::log::Level::Info, $part, format_args!($($says)*))
    };
}
