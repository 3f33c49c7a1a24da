//! Extended MAPI: the interfaces of `mapix.h` over the engine, one file for each
//! object, and the C functions that lead to them.
//!
//! Methods check their pointers, ask the engine, and build the answer in
//! buffers that the client frees. A failure's sentence goes to the log and to
//! `GetLastError`, its code to the client. All objects are free-threaded. Once a
//! client has logged off, every object of it answers `MAPI_E_INVALID_OBJECT`.
//!
//! Texts are 16-bit units with `MAPI_UNICODE` and bytes in UTF-8 without.

mod admin;
mod answer;
mod attachment;
mod block;
mod book;
mod buffer;
mod context;
mod draft;
mod ffi;
mod folder;
mod last_error;
mod loose_section;
mod message;
mod prop;
mod session;
mod sink;
mod status;
mod store;
mod stream;
mod table;
mod text;
mod thread_sink;
mod utility;

pub use block::Block;
pub use buffer::{buffer, free, live_buffers, more};
pub use last_error::{get_last_error, guarded};
pub use loose_section::loose_section_object;
pub use session::{lifted_session_object, session_object};
pub use table::free_table_object;
pub use text::{received, text_argument};
