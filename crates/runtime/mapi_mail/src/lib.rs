//! Mail as the simple interfaces see it: a message is one value, found, read,
//! saved and sent as a whole; a session is a number.
//!
//! Simple MAPI, CMC and CDO are made of this and of the engine. What it is not: an
//! interface of its own. Codes, structures and memory are the faces' affair.

#![forbid(unsafe_code)]

mod address;
pub mod dialog;
mod failure;
mod file;
mod find;
mod letter;
mod person;
mod save;
mod sessions;
mod store;

pub use address::{Resolved, choose, resolve, resolve_all};
pub use failure::MailFailure;
pub use file::{MAX_ATTACHMENT_BYTES, TemporaryFiles, read_file};
pub use find::{Filter, Finder};
pub use letter::{Attachment, Detail, Letter, read};
pub use person::Person;
pub use save::{save, send};
pub use sessions::{MailSession, MailSessions};
pub use store::{entry_from_text, entry_to_text, mail_store, special};
