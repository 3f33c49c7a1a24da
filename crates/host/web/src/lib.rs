#![doc = include_str!("../README.md")]

mod answer;
mod auth;
mod byte_range;
mod clock;
mod config;
mod connection;
mod content_type;
mod control_block;
mod extension;
mod ffi;
mod host;
mod incoming;
mod janitor;
mod outgoing;
mod pool;
mod request;
mod route;
mod service;
mod static_files;
mod table;
mod thread_runtime;
mod variables;
mod watcher;
mod worker;
mod worker_state;

pub use config::{App, AuthScheme, Config, Threads, Timeouts};
pub use extension::{ExtensionState, UnloadError};
pub use host::{Drained, Host, HostState, WorkerReport};
pub use worker_state::WorkerState;
