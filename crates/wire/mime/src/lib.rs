#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod compose;
mod header;
pub mod maildir;
pub mod mbox;
mod message;
mod multipart;
pub mod oracle;
mod preview;
mod transfer;

pub use compose::{MAX_WRITTEN_ADDRESS_CHARS, Outgoing, encode};
pub use message::{
    Attachment, DecodeError, Importance, MAX_ATTACHMENTS, MAX_DISPLAY_CHARS, MAX_HEADER_BYTES,
    MAX_MESSAGE_BYTES, Mailbox, Message, decode,
};
pub use multipart::{MAX_PART_DEPTH, MAX_PARTS};
pub use preview::{MAX_PREVIEW_SOURCE_BYTES, preview};
