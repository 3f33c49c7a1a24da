#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod apply;
mod changes;
mod codec;
mod columns;
mod contents;
mod criteria;
mod database;
mod derived;
mod entry;
mod failure;
mod feed;
#[allow(unsafe_code)]
mod ffi;
mod folders;
mod messages;
mod migration;
mod names;
mod notice;
pub mod oracle;
mod order;
mod recipients;
mod schema;
mod search;
mod select;
mod service;
mod sizes;
mod store;
mod stored;
mod text;
mod writer;

pub use changes::CHANGES_KEPT;
pub use columns::{PR_CHANGE_NUMBER, PR_PREVIEW};
pub use database::{BUSY_TIMEOUT, STORE_FILE, StoreAt};
pub use feed::FEED_INTERVAL;
pub use names::{FIRST_NAMED_ID, MAX_NAMED_PROPERTIES};
pub use notice::NOTICE_FILE;
pub use order::MAX_SORT_KEYS;
pub use recipients::MAX_RECIPIENTS;
pub use schema::{
    DELETED_ITEMS, DRAFTS, FINDER, INBOX, MAX_FOLDER_DEPTH, MAX_FOLDER_NAME_CHARS, OUTBOX,
    ROOT_NAME, SCHEMA_VERSION, SENT_ITEMS,
};
pub use search::MAX_SEARCH_FOLDERS;
pub use select::MAX_COLUMNS;
pub use service::{PROVIDER_NAME, SERVICE_NAME, SqliteService};
pub use store::SqliteStore;
pub use text::normalized_subject;
pub use writer::{Envelope, FolderId, MAX_PREVIEW_CHARS, MessageId, Writer};
