//! Dialogs, as questions to the prompt of a session.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Field, Sheet, SheetAnswer};
use mapi_abi::tags::{MAPI_BCC, MAPI_CC, MAPI_TO, PR_BODY, PR_DISPLAY_TO, PR_SUBJECT, PropTag};
use mapi_session::Client;

use crate::letter::Letter;
use crate::person::Person;

fn nobody() -> Failure {
    let says = "there is nobody to show a dialog to: log on with one, or leave it out";
    Failure::new(Code::NO_SUPPORT, says)
}

fn field(tag: PropTag, name: &'static str, label: &str, value: String) -> Field {
    Field { tag, name, label: label.to_owned(), value, is_required: false }
}

/// Shows a sheet and answers what was filled in.
fn show(
    session: &Arc<Client>,
    title: &str,
    says: &str,
    fields: &[Field],
) -> Result<Vec<String>, Failure> {
    let asker = session.asker().ok_or_else(nobody)?;
    match asker.show(title, says, fields) {
        SheetAnswer::Filled(values) => Ok(values),
        SheetAnswer::Cancelled => {
            Err(Failure::new(Code::USER_CANCEL, "the user cancelled the dialog"))
        }
        SheetAnswer::Nobody => Err(nobody()),
    }
}

/// Names as a person writes them.
fn joined(people: &[Person], kind: i32) -> String {
    let of_kind = people.iter().filter(|person| person.kind == kind);
    of_kind.map(|person| person.name.as_str()).collect::<Vec<_>>().join("; ")
}

/// The people whom a person wrote down: those that were there before, and new
/// ones, who are yet to be resolved.
fn split(text: &str, kind: i32, before: &[Person]) -> Vec<Person> {
    let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
    let one = |name: &str| {
        let known = before.iter().find(|person| person.kind == kind && person.name == name);
        let fresh = || Person { kind, name: name.to_owned(), ..Person::default() };
        known.cloned().unwrap_or_else(fresh)
    };
    names.map(one).collect()
}

/// Lets the user change a message before it is sent.
///
/// # Errors
/// `USER_CANCEL`; `NO_SUPPORT` there is nobody to ask.
pub fn compose(session: &Arc<Client>, letter: &mut Letter) -> Result<(), Failure> {
    let fields = [
        field(PR_DISPLAY_TO, "to", "To", joined(&letter.recipients, MAPI_TO)),
        field(PR_SUBJECT, "subject", "Subject", letter.subject.clone()),
        field(PR_BODY, "text", "Text", letter.body.clone()),
    ];
    let says = format!("A message is about to be sent with {} files.", letter.attachments.len());
    let values: Result<[String; 3], _> =
        show(session, "Send a message", &says, &fields)?.try_into();
    let [to, subject, body] = values.map_err(|_| nobody())?;
    let mut recipients = split(&to, MAPI_TO, &letter.recipients);
    recipients.extend(letter.recipients.drain(..).filter(|person| person.kind != MAPI_TO));
    letter.recipients = recipients;
    letter.subject = subject;
    letter.body = body;
    Ok(())
}

/// The address dialog with one to three lists.
///
/// # Errors
/// As [`compose`].
pub fn address(
    session: &Arc<Client>,
    caption: &str,
    lists: u32,
    label: &str,
    people: &[Person],
) -> Result<Vec<Person>, Failure> {
    let kinds = [(MAPI_TO, "to", "To"), (MAPI_CC, "cc", "Cc"), (MAPI_BCC, "bcc", "Bcc")];
    let shown = &kinds[..kinds.len().min(lists as usize)];
    let fields = shown.iter().map(|(kind, name, usual)| {
        // A single list may have a name of its own.
        let label = if lists == 1 && !label.is_empty() { label } else { usual };
        field(PR_DISPLAY_TO, name, label, joined(people, *kind))
    });
    let caption = if caption.is_empty() { "Address book" } else { caption };
    let fields: Vec<Field> = fields.collect();
    let values =
        show(session, caption, "Who shall get it? Names, with semicolons between.", &fields)?;
    let mut chosen: Vec<Person> = shown
        .iter()
        .zip(&values)
        .flat_map(|((kind, ..), text)| split(text, *kind, people))
        .collect();
    let hidden =
        people.iter().filter(|person| !shown.iter().any(|(kind, ..)| *kind == person.kind));
    chosen.extend(hidden.cloned());
    Ok(chosen)
}

/// Shows what is known of a person.
///
/// # Errors
/// `NO_SUPPORT` there is nobody to show it to.
pub fn details(session: &Arc<Client>, person: &Person) -> Result<(), Failure> {
    let says = format!("{}: {}", person.name, person.full_address());
    match show(session, "Details of a recipient", &says, &[]) {
        // Looking is all that there is to do.
        Err(failure) if failure.code == Code::USER_CANCEL => Ok(()),
        other => other.map(drop),
    }
}

/// Shows a sentence; whether somebody has seen it.
pub fn tell(session: &Arc<Client>, title: &str, says: &str) -> bool {
    match show(session, title, says, &[]) {
        Ok(_) => true,
        Err(failure) => failure.code == Code::USER_CANCEL,
    }
}
