//! What the functions about recipients do, in safe values.

use mapi_abi::simple_codes::SimpleCode;
use mapi_abi::tags::MAPI_TO;
use mapi_mail::dialog;
use mapi_mail::{MailFailure, MailSession, Person, Resolved, choose, resolve, resolve_all};

use crate::mail::MAPI_DIALOG;
use crate::refusal::Refusal;

/// Most lists of the address dialog.
const MAX_EDIT_FIELDS: u32 = 4;

/// Lets the user change who gets a message.
pub fn address(
    session: &MailSession,
    caption: &str,
    lists: u32,
    label: &str,
    people: &[Person],
) -> Result<Vec<Person>, Refusal> {
    if lists > MAX_EDIT_FIELDS {
        let says = format!("there are 0 to {MAX_EDIT_FIELDS} edit fields, not {lists}");
        return Err(Refusal::new(SimpleCode::INVALID_EDITFIELDS, says));
    }
    let mut chosen = dialog::address(session, caption, lists, label, people)?;
    resolve_all(session, &mut chosen, true)?;
    Ok(chosen)
}

/// Shows a person.
pub fn details(session: &MailSession, person: &Person) -> Result<(), Refusal> {
    if !person.is_resolved() && person.entry.is_empty() {
        let says = "the recipient was not resolved: call MAPIResolveName first";
        return Err(Refusal::new(SimpleCode::INVALID_RECIPS, says));
    }
    Ok(dialog::details(session, person)?)
}

/// Whom a name means.
pub fn resolve_name(session: &MailSession, name: &str, flags: u32) -> Result<Person, Refusal> {
    let mut person = match resolve(session, name)? {
        Resolved::Nobody => return Err(MailFailure::UnknownRecipient(name.to_owned()).into()),
        Resolved::One(person) => person,
        Resolved::Several(several) if flags & MAPI_DIALOG != 0 => choose(session, name, several)?,
        Resolved::Several(_) => {
            return Err(MailFailure::AmbiguousRecipient(name.to_owned()).into());
        }
    };
    person.kind = MAPI_TO;
    Ok(person)
}
