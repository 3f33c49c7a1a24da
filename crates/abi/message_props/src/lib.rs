//! Messages of the internet as properties, recipients and attachments of the
//! messaging subsystem, and back.
//!
//! What it is: one rule for every store and for the spooler. What it is not:
//! parsing (`mime`) or keeping (the stores). No I/O, no clock.
//!
//! Limits: those of `mime`. What a header cannot say is left out on the way back:
//! properties that [`MESSAGE_TAGS`], [`RECIPIENT_TAGS`] and [`ATTACHMENT_TAGS`] do
//! not name.
#![forbid(unsafe_code)]

mod incoming;
mod named;
mod outgoing;

pub use incoming::{Parts, SMTP, change_of};
pub use named::{NamedRecipient, recipients_in, recipients_of};
pub use outgoing::{ATTACHMENT_TAGS, MESSAGE_TAGS, RECIPIENT_TAGS, long, outgoing_of, text};
