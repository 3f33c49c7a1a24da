#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod book;
mod card;
mod condition;
mod entry;
mod files;
mod fold;
pub mod oracle;
mod props;
mod service;

pub use book::VcardBook;
pub use card::{Card, CardError, MAX_CARDS, MAX_LINES, parse, write};
pub use files::{MAX_FILE_BYTES, MAX_FILES};
pub use props::PR_ANR;
pub use service::{PROVIDER_NAME, SERVICE_NAME, VcardService};
