#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod disk;
mod place;
mod service;
mod transport;

pub use place::DEFAULT_DOMAIN;
pub use service::{FileDropService, PROVIDER_NAME, SERVICE_NAME};
pub use transport::{FileDrop, MAX_POLLED, MAX_POLLED_BYTES, TEMPORARY_AGE};
