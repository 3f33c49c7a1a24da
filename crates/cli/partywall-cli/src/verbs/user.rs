//! `partywall user add|list|remove`

use std::io::{BufRead, IsTerminal};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::Path;

use mapi_profile::ProfileFolder;
use security::{Accounts, Token};
use serde::Serialize;
use store_sqlite::Writer;

use super::register::prepare_data_folder;
use crate::args::{Common, User, UserVerb};
use crate::output::{Failure, json, line};

#[derive(Serialize)]
struct Listed {
    name: String,
    unix_user: Option<String>,
}

/// Opens the account database of the data folder.
pub fn accounts() -> Result<Accounts, Failure> {
    prepare_data_folder()?;
    Ok(Accounts::open(registry::data_folder())?)
}

/// See the module.
pub fn run(common: &Common, user: &User) -> Result<(), Failure> {
    let accounts = accounts()?;
    match &user.verb {
        UserVerb::Add { name, password_stdin, unix_user } => {
            let password = read_password(*password_stdin)?;
            add(&accounts, name, &password, unix_user.as_deref())
        }
        UserVerb::List => list(common, &accounts),
        UserVerb::Remove { name } => Ok(accounts.remove(name)?),
    }
}

/// Adds an account with an empty mailbox that belongs to its system user.
pub fn add(
    accounts: &Accounts,
    name: &str,
    password: &str,
    unix_user: Option<&str>,
) -> Result<(), Failure> {
    accounts.add(name, password, unix_user)?;
    let folder = mapi_session::user_folder(registry::data_folder(), name);
    let token = accounts.token(name)?;
    let made = make_mailbox(&folder, &token);
    if made.is_err() {
        // An account without a mailbox would be of no use to anybody.
        let _ = accounts.remove(name);
    }
    made
}

/// Makes the mailbox's folder for its owner, and in it, as the owner, the store
/// and the first profile.
fn make_mailbox(folder: &Path, token: &Token) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("cannot create the mailbox {}: {error}", folder.display()))
    };
    if let Some(parent) = folder.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o711).create(parent).map_err(failed)?;
    }
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        other => other.map_err(failed)?,
    }
    let owner = token.kernel().filter(|_| security::impersonation::is_privileged());
    if let Some(owner) = owner {
        chown(folder, Some(owner.uid), Some(owner.gid)).map_err(failed)?;
    }
    let _identity = security::impersonation::impersonate(token).map_err(failed)?;
    drop(Writer::open(folder, token.user())?);
    let profiles = ProfileFolder::new(folder);
    if !profiles.exists() {
        profiles.create(&mapi_session::logon::with_registered_services("Default")?)?;
    }
    Ok(())
}

fn list(common: &Common, accounts: &Accounts) -> Result<(), Failure> {
    let listed: Vec<Listed> = accounts
        .list()?
        .into_iter()
        .map(|account| Listed { name: account.name, unix_user: account.unix_user })
        .collect();
    if common.json {
        return json(&listed);
    }
    if listed.is_empty() {
        return line("no accounts yet; add one with `partywall user add NAME`");
    }
    for account in listed {
        line(&match account.unix_user {
            Some(user) => format!("{:<20} kernel user {user}", account.name),
            None => account.name,
        })?;
    }
    Ok(())
}

/// Asks on a terminal; reads a line otherwise.
fn read_password(from_stdin: bool) -> Result<String, Failure> {
    let stdin = std::io::stdin();
    if !from_stdin {
        if !stdin.is_terminal() {
            let says = "no password: give one on standard input with --password-stdin";
            return Err(Failure::new(says));
        }
        eprint!("Password (it is shown): ");
    }
    let mut text = String::new();
    stdin
        .lock()
        .read_line(&mut text)
        .map_err(|error| Failure::new(format!("cannot read the password: {error}")))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
