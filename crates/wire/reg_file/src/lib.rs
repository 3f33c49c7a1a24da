#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod file;
pub mod oracle;
mod parse;
mod path;
mod text;
mod value;
mod write;

pub use error::{Cause, ParseError, WriteError};
pub use file::{Entry, RegFile, Setting};
pub use parse::{MAX_CONTINUATION_LINES, MAX_DATA_BYTES, MAX_KEYS, MAX_VALUES, parse};
pub use path::{canonical_path, check_value_name, root};
pub use text::{MAX_FILE_BYTES, MAX_LINE_BYTES};
pub use value::Value;
pub use write::{write, write_bytes};
