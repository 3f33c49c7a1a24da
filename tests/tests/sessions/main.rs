//! Logons: every answer of a provider, every flag, every answer of a person.
#![allow(missing_docs)]

mod delegation;
mod outcomes;
mod profiles;
mod scripted;
mod sharing;
mod spooling;
mod stores;
