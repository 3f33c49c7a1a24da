//! Message services of other people's libraries: found in `*.inf` files, loaded,
//! and brought from the interfaces of `mapispi.h` to the engine's traits.
//!
//! # Start here
//! - `fragments`: which services there are, and where their libraries are;
//! - `service`: a service as the engine sees it; `configure`, its entry point;
//! - `worker`: the thread that calls a provider, and what becomes of one that does
//!   not answer;
//! - `store`, `reading`, `writing`, `feed`: a message store;
//! - `book`: an address book;
//! - `support`, `admin`, `sheet`: what providers are given.
//!
//! # Invariants
//! - A provider is called by its own thread only, one call at a time, with
//!   arguments that the call owns, so that whoever waits may go at any time.
//! - A provider that did not answer in time is never called again; its thread is
//!   left to it, and all that was lent to it stays valid for it.
//! - A library stays loaded until the process ends.
//!
//! A library that crashes takes its process along; who does not trust one gives it
//! a process of its own. `docs/message-services.md` is for those who write one.

mod admin;
mod book;
mod configure;
mod feed;
mod ffi;
mod fragments;
mod invalid;
mod library;
mod objects;
mod props;
mod reading;
mod service;
mod sheet;
mod sink;
mod store;
mod support;
mod table;
mod worker;
mod writing;

pub use fragments::{Known, known, register, standard_folders};
pub use service::ForeignService;
pub use store::ForeignStore;
