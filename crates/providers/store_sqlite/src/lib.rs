#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod columns;
mod contents;
mod database;
mod entry;
mod failure;
mod schema;
mod service;
mod store;
mod text;
mod writer;

pub use columns::PR_PREVIEW;
pub use contents::{MAX_COLUMNS, MAX_SORT_KEYS};
pub use database::{BUSY_TIMEOUT, STORE_FILE, StoreAt};
pub use schema::{
    DELETED_ITEMS, DRAFTS, INBOX, MAX_FOLDER_DEPTH, MAX_FOLDER_NAME_CHARS, ROOT_NAME,
    SCHEMA_VERSION, SENT_ITEMS,
};
pub use service::{PROVIDER_NAME, SERVICE_NAME, SqliteService};
pub use store::SqliteStore;
pub use text::normalized_subject;
pub use writer::{Envelope, FolderId, MAX_PREVIEW_CHARS, MessageId, Writer};
