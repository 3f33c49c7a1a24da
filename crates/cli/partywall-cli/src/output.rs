//! What a person or a program sees: failures, JSON, tables.

use std::io::{IsTerminal, Write};

use serde::Serialize;

/// A verb that failed: a sentence, and a code where there is one.
#[derive(Debug)]
pub struct Failure {
    says: String,
    code: Option<u32>,
}

/// `E_FAIL`, for failures without a better code.
const E_FAIL: u32 = 0x8000_4005;

impl Failure {
    /// A failure with its sentence.
    pub fn new(says: impl Into<String>) -> Self {
        Self { says: says.into(), code: None }
    }

    /// The same with a documented code.
    pub fn with_code(says: impl Into<String>, code: u32) -> Self {
        Self { says: says.into(), code: Some(code) }
    }

    /// Prints it to standard error, as a sentence or as JSON.
    pub fn print(&self, json: bool) {
        let mut err = std::io::stderr().lock();
        // There is nobody left to tell when standard error is gone.
        let _ = if json {
            let code = format!("0x{:08x}", self.code.unwrap_or(E_FAIL));
            let line = serde_json::json!({ "error": self.says, "code": code });
            writeln!(err, "{line}")
        } else if err.is_terminal() {
            writeln!(err, "\x1b[1;31merror:\x1b[0m {}", self.says)
        } else {
            writeln!(err, "error: {}", self.says)
        };
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says)
    }
}

impl From<mapi_abi::codes::Failure> for Failure {
    fn from(failure: mapi_abi::codes::Failure) -> Self {
        Self::with_code(failure.says.clone(), failure.code.0 as u32)
    }
}

impl From<registry::RegistryError> for Failure {
    fn from(error: registry::RegistryError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<security::AccountError> for Failure {
    fn from(error: security::AccountError) -> Self {
        Self::new(error.to_string())
    }
}

/// Writes a line to standard output; a reader that has gone ends the program
/// quietly, as is the custom.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new("nobody reads the output any more"))
        }
        Err(error) => Err(Failure::new(format!("cannot write: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Writes a value as JSON to standard output.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new(format!("cannot write JSON: {error}")))?;
    line(&text)
}

/// Text that cannot steer a terminal: control characters become visible.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// Bytes as people and programs read them: two lower-case digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Cuts a text for a column, with an ellipsis when something is missing.
pub fn cut(text: &str, width: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::{cut, printable};

    #[test]
    fn columns_are_cut_by_characters_and_cannot_steer_the_terminal() {
        assert_eq!(cut("Grüße", 5), "Grüße");
        assert_eq!(cut("Grüße!", 5), "Grüß…");
        assert_eq!(printable("a\x1b[2Jb"), "a\u{FFFD}[2Jb");
    }
}
