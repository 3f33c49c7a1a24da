//! The C structures and constants of Extended MAPI, Simple MAPI and CMC, with the
//! layouts of 64-bit systems and their documented names; a file for each topic.
//!
//! `ULONG` and `LONG` have 32 bits; wide characters have 16. A structure that ends
//! with an array of as many elements as its count says has an empty array there.
//! Every layout is asserted where it is declared, in the C headers, and once more
//! by `tests/layout.rs`, which asks a C compiler.

#![allow(non_snake_case, non_camel_case_types, non_upper_case_globals)] // named as documented
#![allow(missing_docs)] // members and constants, which the documentation names so

mod admin_flags;
mod cmc;
mod entry_points;
mod errors;
mod names;
mod notifications;
mod object_flags;
mod recipients;
mod restrictions;
mod session_flags;
mod simple_mapi;
mod tables;
mod values;

pub use admin_flags::*;
pub use cmc::*;
pub use entry_points::*;
pub use errors::*;
pub use names::*;
pub use notifications::*;
pub use object_flags::*;
pub use recipients::*;
pub use restrictions::*;
pub use session_flags::*;
pub use simple_mapi::*;
pub use tables::*;
pub use values::*;
