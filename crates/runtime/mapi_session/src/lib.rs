//! The messaging engine: sessions, and the objects through which a client sees
//! a store.
//!
//! # Start here
//! - [`session`]: what a session is, and the directory of those that are open;
//! - [`logon`]: the decision procedure of `MAPILogonEx`;
//! - `face`: the interfaces of Extended MAPI over the engine;
//! - `ffi`: the exported C functions and the buffers that clients free.
//!
//! A session has its user's token from its logon on; nothing is read from a
//! thread afterwards. Providers are registered by the program, so that the
//! engine knows none of them.

mod face;
mod ffi;
pub mod logon;
mod provider;
pub mod session;

pub use ffi::live_buffers;
pub use provider::{register_store_provider, user_folder};
