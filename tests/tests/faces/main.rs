//! The four faces of the engine: the same logons and outcomes through each, and
//! mail through those that are about mail.
#![allow(missing_docs)]

mod cmc_mail;
mod face;
mod logons;
#[path = "../sessions/scripted.rs"]
mod scripted;
mod simple_mail;
mod store;
