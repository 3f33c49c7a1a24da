//! CDO 1.x: `MAPI.Session` and the objects that it leads to, called by name
//! (`IDispatch`) with the documented identifiers.
//!
//! Start at [`members`](self) for the names, `thing` for what every object can do,
//! `session` for the logon. Objects are values over the engine; `ffi` makes
//! COM objects of them. A failure is an exception with the engine's code. Objects
//! are free-threaded.
//!
//! Left out: `Details`, `AddressBook` and other windows, free/busy times,
//! news articles, named properties by name sets.

mod arguments;
mod book;
mod convert;
mod ffi;
mod folder;
mod list;
mod members;
mod message;
mod messages;
mod parts;
mod session;
mod store;
mod thing;
mod trouble;

pub use ffi::register;
