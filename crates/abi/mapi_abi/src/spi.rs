//! What message services and their providers offer to the engine, in safe Rust.
//!
//! # Contract
//! - A service is shared by every session. What its providers open at a logon
//!   belongs to one user and is shared by that user's sessions.
//! - Identity: the logon says who logs on and whose data is meant. A provider
//!   never looks at the calling thread to find that out; the files it opens are
//!   opened on the calling thread, which has the user's kernel identity where the
//!   process may take it.
//! - Any method may be called from any thread, several at a time.
//! - Rows are values; a table keeps its own position and asks for slices.
//! - Errors are [`Failure`](crate::codes::Failure)s: a documented code and a
//!   sentence. A panic is caught at the border and counts as `CALL_FAILED`.
//!
//! Foreign providers, which speak the interfaces of `mapispi.h`, are brought to
//! these traits by the engine.

mod book;
mod feed;
mod service;
mod store;
mod transport;

pub use book::{AddressBook, Container, Resolution};
pub use feed::{Change, ChangeFeed, ChangeKind};
pub use service::{
    Access, Field, Logon, MessageService, Opened, OpenedProvider, ProviderInfo, ResourceType,
    Section, ServiceContext, ServiceFlags, ServiceInfo, Sheet, SheetAnswer, is_secure,
};
pub use store::{
    AttachmentChange, FolderDeletion, FolderKind, MessageChange, MessageCopy, MessageStore, Name,
    NewFolder, PropChange, Query, SearchCriteria, SearchState, SpecialFolder, StoreChange,
};
pub use transport::{Envelope, Recipient, RecipientResult, Sent, Transport};
