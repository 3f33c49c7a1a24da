//! Whose data a provider opens: the user's own, or another's by delegated rights.

use std::path::PathBuf;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Access, Section};
use mapi_abi::tags::{PR_PROFILE_MAILBOX, PR_PROFILE_PATH};
use mapi_profile::user_folder;
use security::{Accounts, Token};

use crate::context::UserContext;
use crate::delegation::{self, Rights};

/// A mailbox and how it is opened.
#[derive(Clone, Debug)]
pub struct Whose {
    /// The name of its owner.
    pub mailbox: String,
    /// The folder of its data.
    pub folder: PathBuf,
    /// As whom the provider works: its owner, whose files they are.
    pub token: Token,
    /// What may be done with it.
    pub access: Access,
}

impl Whose {
    /// The mailbox that a provider's configuration names, the user's own without.
    ///
    /// # Errors
    /// `NO_ACCESS` it is another's and nothing was delegated; `NOT_FOUND` there is
    /// no such account.
    pub fn of(context: &UserContext, section: &Section) -> Result<Self, Failure> {
        // A path that somebody wrote down has to be there.
        let create = section.text(PR_PROFILE_PATH).is_none();
        match section.text(PR_PROFILE_MAILBOX) {
            Some(other) if !other.eq_ignore_ascii_case(context.user()) => {
                Self::delegated(context, other)
            }
            _ => Ok(Self {
                mailbox: context.user().to_owned(),
                folder: context.folder().to_owned(),
                token: context.token().clone(),
                access: Access { write: true, create },
            }),
        }
    }

    /// Another's mailbox.
    ///
    /// # Errors
    /// As [`Whose::of`].
    pub fn delegated(context: &UserContext, mailbox: &str) -> Result<Self, Failure> {
        let data = registry::data_folder();
        let rights = delegation::rights(data, mailbox, context.user())?.ok_or_else(|| {
            let says = format!(
                "{} may not open the mailbox of {mailbox}; `partywall user grant` allows it",
                context.user()
            );
            Failure::new(Code::NO_ACCESS, says)
        })?;
        let token = Accounts::open(data)
            .and_then(|accounts| accounts.token(mailbox))
            .map_err(|error| Failure::new(Code::NOT_FOUND, error.to_string()))?;
        Ok(Self {
            mailbox: token.user().to_string(),
            folder: user_folder(data, mailbox),
            token,
            access: Access { write: rights == Rights::Write, create: false },
        })
    }
}
