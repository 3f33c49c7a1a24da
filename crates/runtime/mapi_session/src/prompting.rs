//! Whom a client's questions go to, and the questions of a logon.
//!
//! A window handle of the documents is a prompt's number here: 0 is the default
//! of the process. Nothing is locked while a question is open, and each has a
//! bound; no answer in time is an answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mapi_abi::codes::Failure;
use mapi_abi::spi::{Field, Sheet, SheetAnswer, is_secure};
use prompt::{Answer, Choice, Prompt, Question, Terminal};

use crate::attempt::Decision;
use crate::path::Answered;

#[derive(Default)]
struct Prompts {
    default: Option<Arc<dyn Prompt>>,
    numbered: BTreeMap<usize, Arc<dyn Prompt>>,
    last: usize,
}

static PROMPTS: Mutex<Prompts> =
    Mutex::new(Prompts { default: None, numbered: BTreeMap::new(), last: 0 });

/// Sets who is asked by clients that name no window: a terminal, if nobody
/// decides.
pub fn set_default_prompt(prompt: Arc<dyn Prompt>) {
    PROMPTS.lock().unwrap_or_else(PoisonError::into_inner).default = Some(prompt);
}

/// Gives a prompt a number that stands for a window handle.
pub fn register_prompt(prompt: Arc<dyn Prompt>) -> usize {
    let mut prompts = PROMPTS.lock().unwrap_or_else(PoisonError::into_inner);
    prompts.last += 1;
    let number = prompts.last;
    prompts.numbered.insert(number, prompt);
    number
}

/// Takes a number back.
pub fn forget_prompt(number: usize) {
    PROMPTS.lock().unwrap_or_else(PoisonError::into_inner).numbered.remove(&number);
}

/// Whom a client asks.
#[derive(Clone)]
pub struct Asker {
    prompt: Arc<dyn Prompt>,
    bound: Duration,
}

/// What came of a dialog.
pub enum Dialog<T> {
    /// This.
    Answered(T),
    /// The user cancelled.
    Cancelled,
    /// Nobody answered in time, or nobody is there.
    Nobody,
}

impl<T> Dialog<T> {
    /// As a step of a path.
    pub fn answered(&self) -> Answered {
        match self {
            Self::Answered(_) => Answered::Answered,
            Self::Cancelled => Answered::Cancelled,
            Self::Nobody => Answered::Nobody,
        }
    }
}

fn choice(name: &'static str, label: &str) -> Choice {
    Choice { name, label: label.to_owned() }
}

fn field(
    name: &'static str,
    label: &str,
    is_secret: bool,
    default: Option<String>,
) -> prompt::Field {
    prompt::Field { name, label: label.to_owned(), is_secret, default }
}

impl Asker {
    /// Whoever stands behind a window handle; an unknown one is the default.
    pub fn of_window(window: usize, bound: Duration) -> Self {
        let prompts = PROMPTS.lock().unwrap_or_else(PoisonError::into_inner);
        let prompt = prompts.numbered.get(&window).or(prompts.default.as_ref()).cloned();
        Self { prompt: prompt.unwrap_or_else(|| Arc::new(Terminal)), bound }
    }

    fn ask(&self, question: &Question) -> Dialog<(String, BTreeMap<String, String>)> {
        let _wait = observe::wait::begin("an answer to a question of a logon", None);
        match self.prompt.ask(question, self.bound) {
            Answer::Chosen(choice, typed) => Dialog::Answered((choice, typed)),
            Answer::Cancelled => Dialog::Cancelled,
            Answer::TimedOut | Answer::Nobody => Dialog::Nobody,
        }
    }

    /// The logon dialog: which profile, of these.
    pub fn profile(
        &self,
        profiles: &[String],
        preselected: Option<&str>,
        says: &str,
    ) -> Dialog<String> {
        let known = profiles.join(", ");
        let question = Question {
            title: "Choose a profile".to_owned(),
            text: format!("{says}Profiles: {known}."),
            fields: vec![field("profile", "Profile", false, preselected.map(str::to_owned))],
            choices: vec![choice("ok", "Log on")],
        };
        match self.ask(&question) {
            Dialog::Answered((_, mut typed)) => {
                let name = typed.remove("profile").unwrap_or_default();
                if name.is_empty() { Dialog::Cancelled } else { Dialog::Answered(name) }
            }
            Dialog::Cancelled => Dialog::Cancelled,
            Dialog::Nobody => Dialog::Nobody,
        }
    }

    /// The wizard: the name of the first profile.
    pub fn wizard(&self, services: &[String]) -> Dialog<String> {
        let question = Question {
            title: "Make a profile".to_owned(),
            text: format!(
                "There is no profile yet. One is made with these services: {}.",
                services.join(", ")
            ),
            fields: vec![field("profile", "Name", false, Some("Default".to_owned()))],
            choices: vec![choice("ok", "Make it")],
        };
        match self.ask(&question) {
            Dialog::Answered((_, mut typed)) => {
                Dialog::Answered(typed.remove("profile").unwrap_or_default())
            }
            Dialog::Cancelled => Dialog::Cancelled,
            Dialog::Nobody => Dialog::Nobody,
        }
    }

    /// The password dialog: the profile's name is fixed.
    pub fn password(&self, profile: &str, was_wrong: bool) -> Dialog<String> {
        let says = if was_wrong { "The password was not right. " } else { "" };
        let question = Question {
            title: format!("Password of the profile {profile}"),
            text: format!("{says}The profile {profile} needs its password."),
            fields: vec![field("password", "Password", true, None)],
            choices: vec![choice("ok", "Log on")],
        };
        match self.ask(&question) {
            Dialog::Answered((_, mut typed)) => {
                Dialog::Answered(typed.remove("password").unwrap_or_default())
            }
            Dialog::Cancelled => Dialog::Cancelled,
            Dialog::Nobody => Dialog::Nobody,
        }
    }

    /// Tells of a failed logon and offers to try again or to correct it.
    pub fn failed(
        &self,
        service: &str,
        provider: &str,
        failure: &Failure,
        correct: bool,
    ) -> (Decision, Answered) {
        let mut choices = vec![choice("retry", "Try again")];
        if correct {
            choices.push(choice("correct", "Correct the configuration"));
        }
        choices.push(choice("skip", "Go on without this service"));
        let question = Question {
            title: format!("{service} cannot be used"),
            text: format!("{provider} refused the logon: {failure}."),
            fields: Vec::new(),
            choices,
        };
        match self.ask(&question) {
            Dialog::Answered((choice, _)) if choice == "retry" => {
                (Decision::Retry, Answered::Retry)
            }
            Dialog::Answered((choice, _)) if choice == "correct" && correct => {
                (Decision::Correct, Answered::Correct)
            }
            Dialog::Answered(_) | Dialog::Cancelled => (Decision::GiveUp, Answered::Cancelled),
            Dialog::Nobody => (Decision::GiveUp, Answered::Nobody),
        }
    }
}

impl Sheet for Asker {
    fn show(&self, title: &str, says: &str, fields: &[Field]) -> SheetAnswer {
        let question = Question {
            title: title.to_owned(),
            text: says.to_owned(),
            fields: fields
                .iter()
                .map(|one| {
                    let default = Some(one.value.clone()).filter(|value| !value.is_empty());
                    field(one.name, &one.label, is_secure(one.tag), default)
                })
                .collect(),
            choices: vec![choice("ok", "Use this")],
        };
        match self.ask(&question) {
            Dialog::Answered((_, mut typed)) => SheetAnswer::Filled(
                fields.iter().map(|one| typed.remove(one.name).unwrap_or_default()).collect(),
            ),
            Dialog::Cancelled => SheetAnswer::Cancelled,
            Dialog::Nobody => SheetAnswer::Nobody,
        }
    }
}

/// A sheet that nobody sees.
pub struct NoSheet;

impl Sheet for NoSheet {
    fn show(&self, _title: &str, _says: &str, _fields: &[Field]) -> SheetAnswer {
        SheetAnswer::Nobody
    }
}
