//! `partywall mail import|folders|list|read|send`

mod import;
mod listing;
mod send;

use mapi_abi::codes::Code;
use mapi_abi::spi::Access;
use store_sqlite::{SqliteStore, StoreAt};

use super::user::accounts;
use crate::args::{Common, Mail, MailVerb};
use crate::output::Failure;

/// See the module.
pub fn run(common: &Common, mail: &Mail) -> Result<(), Failure> {
    match &mail.verb {
        MailVerb::Folders { user } => listing::folders(common, user),
        MailVerb::Import(import) => import::run(common, import),
        MailVerb::List { user, folder } => listing::messages(common, user, folder),
        MailVerb::Send(request) => send::run(request),
        MailVerb::Read { user, id, raw } => listing::read(common, user, id, *raw),
    }
}

/// Runs `body` with a user's store. The operator at the command line needs no
/// password; where the process may, the user's kernel identity is taken.
fn with_store<T>(
    user: &str,
    write: bool,
    body: impl FnOnce(&SqliteStore) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let token = accounts()?.token(user)?;
    let _identity = security::impersonation::impersonate(&token)
        .map_err(|error| Failure::new(format!("cannot work as {user}: {error}")))?;
    let folder = mapi_session::user_folder(registry::data_folder(), token.user());
    let access = Access { write, create: false };
    let at = StoreAt { folder: &folder, mailbox: token.user(), access };
    let store = SqliteStore::open(at).map_err(|failure| match failure.code {
        Code::NOT_FOUND => Failure::with_code(
            format!("{user} has no mailbox in {}", folder.display()),
            failure.code.0 as u32,
        ),
        _ => failure.into(),
    })?;
    body(&store)
}
