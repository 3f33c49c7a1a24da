//! What the functions about recipients do, in safe values.

use mapi_abi::structs::{
    CMC_LOOKUP_ADDRESSING_UI, CMC_LOOKUP_DETAILS_UI, CMC_LOOKUP_RESOLVE_IDENTITY,
    CMC_LOOKUP_RESOLVE_PREFIX_SEARCH, CMC_LOOKUP_RESOLVE_UI,
};
use mapi_mail::{MailFailure, MailSession, Person, Resolved, choose, dialog, resolve, resolve_all};

use crate::refusal::Refusal;

/// Lists of the addressing dialog.
const LISTS: u32 = 3;

/// Whom names mean, or who the user is, as the flags say.
pub fn look_up(
    session: &MailSession,
    given: &[Person],
    flags: u32,
) -> Result<Vec<Person>, Refusal> {
    if flags & CMC_LOOKUP_ADDRESSING_UI != 0 {
        let mut chosen = dialog::address(session, "", LISTS, "", given)?;
        resolve_all(session, &mut chosen, true)?;
        return Ok(chosen);
    }
    if flags & CMC_LOOKUP_RESOLVE_IDENTITY != 0 {
        return Ok(vec![identity(session)?]);
    }
    if flags & CMC_LOOKUP_DETAILS_UI != 0 {
        for person in given {
            dialog::details(session, person)?;
        }
        return Ok(given.to_vec());
    }
    let mut found = Vec::new();
    for person in given {
        let all = match resolve(session, &person.name)? {
            Resolved::Nobody => {
                return Err(MailFailure::UnknownRecipient(person.name.clone()).into());
            }
            Resolved::One(one) => vec![one],
            Resolved::Several(all) if flags & CMC_LOOKUP_RESOLVE_PREFIX_SEARCH != 0 => all,
            Resolved::Several(all) if flags & CMC_LOOKUP_RESOLVE_UI != 0 => {
                vec![choose(session, &person.name, all)?]
            }
            Resolved::Several(_) => {
                return Err(MailFailure::AmbiguousRecipient(person.name.clone()).into());
            }
        };
        found.extend(all.into_iter().map(|one| Person { kind: person.kind, ..one }));
    }
    Ok(found)
}

/// The user of the session, as the address books know them, else by name.
fn identity(session: &MailSession) -> Result<Person, Refusal> {
    let user = session.session().context().user().to_owned();
    Ok(match resolve(session, &user)? {
        Resolved::One(person) => person,
        _ => Person { name: user, ..Person::default() },
    })
}
