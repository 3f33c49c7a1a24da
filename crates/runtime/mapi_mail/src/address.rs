//! Names of recipients, looked up in the address books of a session.

use std::sync::Arc;

use mapi_abi::codes::Failure;
use mapi_abi::spi::{Field, Resolution, ResourceType, Sheet, SheetAnswer};
use mapi_abi::tags::PR_DISPLAY_NAME;
use mapi_session::Client;

use crate::failure::MailFailure;
use crate::person::Person;

/// Most people who are offered for a choice.
const MAX_OFFERED: usize = 20;

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// Nobody.
    Nobody,
    /// This person.
    One(Person),
    /// One of these.
    Several(Vec<Person>),
}

/// Looks a name or address up: in the address books of the session in their
/// order, and then an address is somebody with that address.
///
/// # Errors
/// Those of the session and of the address books.
pub fn resolve(client: &Arc<Client>, name: &str) -> Result<Resolved, Failure> {
    let name = name.trim();
    let mut several = Vec::new();
    if !name.is_empty() {
        for (_, live) in client.live(ResourceType::AddressBook)? {
            let Some(book) = live.book() else { continue };
            match live.call(|| book.resolve(name, &Person::COLUMNS))? {
                Resolution::Unresolved => {}
                Resolution::Ambiguous(rows) => several.extend(rows.iter().map(Person::from_row)),
                Resolution::Resolved(row) => return Ok(Resolved::One(Person::from_row(&row))),
            }
        }
    }
    Ok(if !several.is_empty() {
        Resolved::Several(several)
    } else if Person::is_address(name) {
        Resolved::One(Person::one_off("", name))
    } else {
        Resolved::Nobody
    })
}

/// Resolves all recipients that have no address; what is found keeps its kind.
///
/// # Errors
/// `UnknownRecipient`, `AmbiguousRecipient` unless the user, who is asked where
/// `may_ask` and the session allow it, chooses; as [`resolve`]; `USER_CANCEL`.
pub fn resolve_all(
    client: &Arc<Client>,
    people: &mut [Person],
    may_ask: bool,
) -> Result<(), MailFailure> {
    for person in people.iter_mut().filter(|person| !person.is_resolved()) {
        let found = match resolve(client, &person.name)? {
            Resolved::Nobody => return Err(MailFailure::UnknownRecipient(person.name.clone())),
            Resolved::One(found) => found,
            Resolved::Several(several) if may_ask => choose(client, &person.name, several)?,
            Resolved::Several(_) => {
                return Err(MailFailure::AmbiguousRecipient(person.name.clone()));
            }
        };
        *person = Person { kind: person.kind, ..found };
    }
    Ok(())
}

/// Asks the user whom a name means, if the session may ask.
///
/// # Errors
/// `USER_CANCEL`; `AmbiguousRecipient` nobody answers or is there to be asked, or
/// the answer is none of them.
pub fn choose(
    client: &Arc<Client>,
    name: &str,
    several: Vec<Person>,
) -> Result<Person, MailFailure> {
    let ambiguous = || MailFailure::AmbiguousRecipient(name.to_owned());
    let asker = client.asker().ok_or_else(ambiguous)?;
    let offered = several.iter().take(MAX_OFFERED).enumerate();
    let offered = offered
        .map(|(at, one)| format!("{}. {} ({})", at + 1, one.name, one.full_address()))
        .collect::<Vec<_>>();
    let field = Field {
        tag: PR_DISPLAY_NAME,
        name: "number",
        label: "Number".to_owned(),
        value: String::new(),
        is_required: true,
    };
    let says = format!("{name} means several: {}.", offered.join(", "));
    match asker.show("Choose a recipient", &says, &[field]) {
        SheetAnswer::Filled(values) => {
            let number = values.first().and_then(|text| text.trim().parse::<usize>().ok());
            let at = number.and_then(|number| number.checked_sub(1)).ok_or_else(ambiguous)?;
            several.into_iter().take(MAX_OFFERED).nth(at).ok_or_else(ambiguous)
        }
        SheetAnswer::Cancelled => Err(Failure::new(
            mapi_abi::codes::Code::USER_CANCEL,
            "the user cancelled the choice of a recipient",
        )
        .into()),
        SheetAnswer::Nobody => Err(ambiguous()),
    }
}
