#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod disk;
mod entry;
mod feed;
#[allow(unsafe_code)]
mod ffi;
mod folders;
mod index;
mod listing;
mod message;
mod messages;
mod places;
mod service;
mod store;
mod writer;

pub use feed::{FEED_INTERVAL, UNWATCHED_INTERVAL};
pub use index::MAX_INDEXED;
pub use service::{MaildirService, PROVIDER_NAME, SERVICE_NAME};
pub use store::Maildir;
