//! `partywall mail import`

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use mail_import::{Options, Progress, Report, Source};
use store_sqlite::Writer;

use crate::args::{Common, Import, ImportSource};
use crate::output::{Failure, json, line, printable};
use crate::verbs::user::accounts;

/// See the module.
pub fn run(common: &Common, import: &Import) -> Result<(), Failure> {
    let source = source(&import.source)?;
    let token = accounts()?.token(&import.user)?;
    let folder = mapi_session::user_folder(registry::data_folder(), token.user());
    // The store is the user's, what is imported is the operator's: only the
    // store's files are opened under the user's identity.
    let mut writer = {
        let _identity = security::impersonation::impersonate(&token)
            .map_err(|error| Failure::new(format!("cannot work as {}: {error}", import.user)))?;
        Writer::open(&folder, token.user())?
    };
    let options = Options { now: jiff::Timestamp::now().as_second() };
    let mut shown = Shown::new();
    let report = mail_import::import(&source, &mut writer, &options, &mut |step| shown.step(&step));
    shown.finish();
    let report = report.map_err(|error| Failure::new(error.to_string()))?;
    if common.json { json(&report) } else { print(&report) }
}

fn source(source: &ImportSource) -> Result<Source, Failure> {
    match source {
        ImportSource { maildir: Some(path), .. } => Ok(Source::Maildir(path.clone())),
        ImportSource { mbox: Some(path), .. } => Ok(Source::Mbox(path.clone())),
        ImportSource { eml: Some(path), .. } => Ok(Source::Eml(path.clone())),
        _ => Err(Failure::new("name what to import: --maildir, --mbox or --eml")),
    }
}

fn print(report: &Report) -> Result<(), Failure> {
    let messages = |n: u64| if n == 1 { "message" } else { "messages" };
    line(&format!("{} {} read", report.read, messages(report.read)))?;
    for folder in &report.folders {
        line(&format!("  {:<30} {:>7}", printable(&folder.name), folder.read))?;
    }
    if !report.skipped.is_empty() {
        line(&format!("{} skipped:", report.skipped.len()))?;
    }
    for skipped in &report.skipped {
        line(&format!("  {}: {}", printable(&skipped.item), printable(&skipped.reason)))?;
    }
    Ok(())
}

/// Progress: a bar on a terminal, else a line for each committed batch. What is
/// shown is durable.
enum Shown {
    Bar(ProgressBar),
    Lines,
}

impl Shown {
    fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines;
        }
        let style = "{spinner} {pos}/{len} [{bar:30}] {per_sec} {msg}";
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    fn step(&mut self, step: &Progress) {
        match self {
            Self::Bar(bar) => {
                if let Some(total) = step.total {
                    bar.set_length(total);
                }
                bar.set_position(step.committed);
                bar.set_message(printable(&step.item));
            }
            Self::Lines => eprintln!("imported {}", step.committed),
        }
    }

    fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
