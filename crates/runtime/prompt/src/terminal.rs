//! Asking at the terminal that the process belongs to, whatever its standard
//! input and output are.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::ffi::{Quiet, is_readable};
use crate::{Answer, Field, Prompt, Question};

/// Longest line that is read, in bytes.
const MAX_LINE: usize = 4096;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal;

/// Why a line was not read.
enum Ended {
    Cancelled,
    TimedOut,
}

struct Conversation {
    terminal: File,
    end: Instant,
}

impl Prompt for Terminal {
    fn ask(&self, question: &Question, limit: Duration) -> Answer {
        let opened = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let Ok(terminal) = opened else { return Answer::Nobody };
        let end = Instant::now() + limit;
        match (Conversation { terminal, end }).hold(question) {
            Ok((choice, typed)) => Answer::Chosen(choice, typed),
            Err(Ended::Cancelled) => Answer::Cancelled,
            Err(Ended::TimedOut) => Answer::TimedOut,
        }
    }
}

impl Conversation {
    fn hold(&mut self, question: &Question) -> Result<(String, BTreeMap<String, String>), Ended> {
        self.say(&format!("\n{}\n{}\n", question.title, question.text));
        let mut typed = BTreeMap::new();
        for field in &question.fields {
            typed.insert(field.name.to_owned(), self.field(field)?);
        }
        Ok((self.choice(question)?, typed))
    }

    fn say(&mut self, text: &str) {
        // A terminal that has gone is noticed when it is read.
        let _ = self.terminal.write_all(text.as_bytes());
    }

    fn field(&mut self, field: &Field) -> Result<String, Ended> {
        let default = field.default.as_deref().filter(|_| !field.is_secret);
        match default {
            Some(default) => self.say(&format!("{} [{default}]: ", field.label)),
            None => self.say(&format!("{}: ", field.label)),
        }
        let line = if field.is_secret {
            let quiet = Quiet::begin(&self.terminal);
            let line = self.line();
            drop(quiet);
            self.say("\n");
            line?
        } else {
            self.line()?
        };
        Ok(if line.is_empty() { field.default.clone().unwrap_or_default() } else { line })
    }

    /// A choice by number, name, or the beginning of its name.
    fn choice(&mut self, question: &Question) -> Result<String, Ended> {
        let Some(first) = question.choices.first() else { return Ok(String::new()) };
        loop {
            for (at, choice) in question.choices.iter().enumerate() {
                self.say(&format!("  {}  {}\n", at + 1, choice.label));
            }
            self.say("Enter for 1, or cancel: ");
            let line = self.line()?;
            if line.is_empty() {
                return Ok(first.name.to_owned());
            }
            if line.eq_ignore_ascii_case("cancel") {
                return Err(Ended::Cancelled);
            }
            let number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let named = || question.choices.iter().find(|choice| choice.name.starts_with(&*line));
            if let Some(choice) = number.map_or_else(named, |at| question.choices.get(at)) {
                return Ok(choice.name.to_owned());
            }
        }
    }

    fn line(&mut self) -> Result<String, Ended> {
        let _wait = observe::wait::begin("a person to answer", None);
        let mut line = Vec::new();
        loop {
            let left = self.end.saturating_duration_since(Instant::now());
            if left.is_zero() || !is_readable(&self.terminal, left) {
                return Err(Ended::TimedOut);
            }
            let mut byte = [0];
            // The end of input is the person's way to say no.
            if !matches!(self.terminal.read(&mut byte), Ok(1)) {
                return Err(Ended::Cancelled);
            }
            match byte {
                [b'\n'] => break,
                [byte] if line.len() < MAX_LINE => line.push(byte),
                _ => {}
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
    }
}
