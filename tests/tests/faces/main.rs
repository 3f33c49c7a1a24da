//! The four faces of the engine: the same logons and outcomes through each, and
//! mail through those that are about mail.
#![allow(missing_docs)]

mod c_clients;
mod cdo_mail;
mod cmc_mail;
mod face;
mod late;
mod logons;
#[path = "../sessions/scripted.rs"]
#[allow(dead_code)] // the sessions' tests need more of it
mod scripted;
mod simple_mail;
mod store;
