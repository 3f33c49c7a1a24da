//! Connection lists: whoever uses the same thing of the same owner shares a list,
//! and each list has a poller that asks what changed.
//!
//! It is the answer to a hang. There, lists were found by a digest of an identity,
//! a poller searched for its list under whatever identity its thread happened to
//! have, and ended without a word when it found none; whoever released a store
//! then waited for it for ever. Here:
//!
//! - A list is found by its whole key: identity, server, profile.
//! - An identity is a value that was captured at logon. It is moved into the list
//!   and with it into the poller. Nothing reads a thread's credentials later.
//! - A poller is bound to its list at birth and works as its owner for its whole
//!   life. It never searches.
//! - Its start is complete before anybody gets a connection, and its end is
//!   signalled once, however it comes.
//! - Whoever waits for it says so, and for a bounded time.
//!
//! The protocol is written in `list.rs`. This crate does not deliver
//! notifications to sinks; a [`Subscriber`] is called on the poller's thread and
//! must be quick.

mod connection;
mod entry;
#[cfg(not(any(loom, shuttle)))]
mod ffi;
mod key;
mod list;
mod lists;
mod poller;
mod process;
mod roll;
mod sync;
mod table;

#[cfg(all(test, not(any(loom, shuttle))))]
mod fixture_tests;
#[cfg(all(test, not(any(loom, shuttle))))]
mod list_tests;
#[cfg(all(test, loom))]
mod model_tests;
#[cfg(all(test, shuttle))]
mod schedule_tests;

pub use connection::{Connection, SubscriptionId};
pub use entry::{HolderEntry, ListEntry, PollerState};
pub use key::{Holder, ListKey};
pub use lists::{Lists, Opened, Settings, Subscriber};
pub use process::{configure, connect, detached_pollers, drain, lists};
