//! Questions to a person, and who answers them: a terminal, a script, nobody.
//!
//! A question has a bound and a way out, so cancelling and running out of time are
//! ordinary answers. Whoever asks holds no lock meanwhile: it may take minutes.

mod ffi;
mod script;
mod terminal;

use std::collections::BTreeMap;
use std::time::Duration;

pub use script::{Script, ScriptError};
pub use terminal::Terminal;

/// What a person is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// A few words: what it is about.
    pub title: String,
    /// What happened and what is wanted, sentences.
    pub text: String,
    /// What has to be typed.
    pub fields: Vec<Field>,
    /// What there is to choose from; the first is what Enter means. `cancel` is
    /// always understood.
    pub choices: Vec<Choice>,
}

/// Something that has to be typed.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in the answer and in scripts.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
    /// Whether it is not shown.
    pub is_secret: bool,
    /// What Enter means.
    pub default: Option<String>,
}

/// Something to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name in the answer and in scripts.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A choice by name, and what was typed by the fields' names.
    Chosen(String, BTreeMap<String, String>),
    /// The person does not want to.
    Cancelled,
    /// Nobody answered in time.
    TimedOut,
    /// There is nobody to ask.
    Nobody,
}

/// Who is asked.
pub trait Prompt: Send + Sync {
    /// Asks, and waits at most for `limit`.
    fn ask(&self, question: &Question, limit: Duration) -> Answer;
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Prompt for Nobody {
    fn ask(&self, _question: &Question, _limit: Duration) -> Answer {
        Answer::Nobody
    }
}
