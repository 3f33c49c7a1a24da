#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod flags;
mod merge;
pub mod oracle;
mod parse;
mod services;
mod value;

pub use error::{InfError, MAX_SHOWN_CHARS};
pub use merge::merge;
pub use parse::{
    Entry, InfFile, MAX_ENTRIES, MAX_FILE_BYTES, MAX_LINE_BYTES, MAX_SECTIONS, Section, parse,
};
pub use services::{
    ExtraSection, Kind, MAX_PROVIDERS, Provider, SINGLE_COPY, Service, Services, read,
};
pub use value::{Prop, Value};
