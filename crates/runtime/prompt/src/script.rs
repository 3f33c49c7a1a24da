//! Answers from a text, for tests and unattended runs.
//!
//! One line answers one question: the name of a choice, then `name=value` for
//! fields, separated by spaces; a value with spaces stands in quotation marks.
//! `cancel` cancels and `timeout` is no answer in time. Empty lines and lines
//! that begin with `#` do not count. When no line is left, nobody is there.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Answer, Prompt, Question};

/// Most lines of a script.
const MAX_LINES: usize = 10_000;

/// See the module.
#[derive(Debug)]
pub struct Script {
    lines: Mutex<VecDeque<String>>,
}

/// A script that cannot be used.
#[derive(Debug)]
pub enum ScriptError {
    /// The file cannot be read.
    Unreadable(std::io::Error),
    /// It has too many lines.
    TooLong,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "the script cannot be read: {error}"),
            Self::TooLong => write!(f, "the script has more than {MAX_LINES} lines"),
        }
    }
}

impl std::error::Error for ScriptError {}

impl Script {
    /// The answers of a text.
    ///
    /// # Errors
    /// [`ScriptError::TooLong`].
    pub fn new(text: &str) -> Result<Self, ScriptError> {
        let counts = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        let lines: VecDeque<_> = text.lines().filter(counts).map(str::to_owned).collect();
        if lines.len() > MAX_LINES {
            return Err(ScriptError::TooLong);
        }
        Ok(Self { lines: Mutex::new(lines) })
    }

    /// The answers of a file.
    ///
    /// # Errors
    /// See [`ScriptError`].
    pub fn read(file: &Path) -> Result<Self, ScriptError> {
        Self::new(&std::fs::read_to_string(file).map_err(ScriptError::Unreadable)?)
    }
}

/// The words of a line; quotation marks hold one together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut begun) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                begun = true;
            }
            c if c.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

impl Prompt for Script {
    fn ask(&self, question: &Question, _limit: Duration) -> Answer {
        let line = self.lines.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(line) = line else { return Answer::Nobody };
        let mut words = words(&line).into_iter();
        let choice = words.next().unwrap_or_default();
        match &*choice {
            "cancel" => return Answer::Cancelled,
            "timeout" => return Answer::TimedOut,
            _ => {}
        }
        let known = question.choices.iter().any(|known| known.name == choice);
        if !known {
            observe::warn!("prompt", "the script's {choice:?} is no choice of: {}", question.title);
            return Answer::Cancelled;
        }
        let mut typed: BTreeMap<_, _> = question
            .fields
            .iter()
            .filter_map(|field| Some((field.name.to_owned(), field.default.clone()?)))
            .collect();
        typed.extend(words.filter_map(|word| {
            word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
        }));
        Answer::Chosen(choice, typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Field};

    fn question() -> Question {
        let field = |name, default: Option<&str>| Field {
            name,
            label: name.into(),
            is_secret: false,
            default: default.map(str::to_owned),
        };
        Question {
            title: "a test".into(),
            fields: vec![field("user", Some("alice")), field("password", None)],
            choices: vec![Choice { name: "ok", label: "Go on".into() }],
            ..Question::default()
        }
    }

    #[test]
    fn each_line_is_an_answer_and_then_nobody_is_there() {
        let text = "# a comment\n\nok password=\"two words\"\ncancel\ntimeout\nnonsense\n";
        let script = Script::new(text).unwrap();
        let ask = || script.ask(&question(), Duration::ZERO);
        let typed = [("password", "two words"), ("user", "alice")];
        let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(ask(), Answer::Chosen("ok".into(), typed.into()));
        assert_eq!(ask(), Answer::Cancelled);
        assert_eq!(ask(), Answer::TimedOut);
        assert_eq!(ask(), Answer::Cancelled, "no such choice");
        assert_eq!(ask(), Answer::Nobody);
    }

    #[test]
    fn a_script_that_cannot_be_read_says_so() {
        let missing = Script::read(Path::new("/nowhere/answers")).unwrap_err();
        assert!(missing.to_string().contains("cannot be read"));
        let long = "ok\n".repeat(MAX_LINES + 1);
        assert!(matches!(Script::new(&long), Err(ScriptError::TooLong)));
    }
}
