//! The messaging engine: sessions, and the objects through which a client sees
//! a store.
//!
//! # Start here
//! - [`mod@logon`]: the decision procedure of `MAPILogonEx`;
//! - `open`: logging on to services, with one retry, and disabling them;
//! - [`session`], [`client`]: what a session is, and a client's part in it;
//! - [`link`], [`exchange`], `join`: sessions that programs share;
//! - [`notify`]: sinks and the threads that call them;
//! - [`submit`], [`download`]: between stores and transports.
//!
//! A session has its user's token from its logon on; nothing is read from a
//! thread afterwards. Services are registered by the program, so that the engine
//! knows none of them.

mod advice;
pub mod attempt;
mod bounded;
pub mod catalog;
pub mod client;
mod configuration;
mod context;
pub mod delegation;
pub mod entry;
pub mod exchange;
mod flags;
mod initialize;
mod join;
pub mod link;
mod live;
pub mod logon;
pub mod notify;
mod open;
pub mod path;
mod prompting;
mod service;
pub mod session;
mod settings;
mod shared;
mod slot;
mod spooler;
pub mod status;
mod store;
mod turn;
mod whose;

pub use client::Client;
pub use context::{SINGLE_USER, UserContext};
pub use initialize::{check as check_initialized, initialize, uninitialize};
pub use live::{Guarded, Live};
pub use logon::{Request, logon, logon_with_path};
pub use mapi_profile::user_folder;
pub use prompting::{forget_prompt, register_prompt, set_default_prompt, sheet_of_window};
pub use service::{Provider, ProviderState, Service, ServiceReport, ServiceState};
pub use settings::{Settings, set_settings, settings};
pub use spooler::{DEFAULT_DOMAIN, abort_submit, download, flush, submit};
pub use store::{StoreHandle, StoreInfo};
