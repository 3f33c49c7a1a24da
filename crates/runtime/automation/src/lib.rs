//! The automation library of a process: strings, variants and their
//! conversions, safe arrays, variant time.
//!
//! # Start here
//! - [`strings`]: `BSTR` memory, which is counted so that a leak shows;
//! - [`variant`]: what a variant owns, copying it and letting go of it;
//! - [`convert`]: one type into another; `number`, `parse` and `text` are its
//!   steps, `README.md` its table;
//! - [`mod@array`] and [`element`]: descriptors and what stands in them;
//! - [`late`], [`type_info`]: calls by name, from an interface's description;
//! - `ffi`: the exported C functions, which only check, catch and forward.
//!
//! # Not here
//! The layouts (`com_abi::automation`), values with an owner
//! (`partywall::automation`), type libraries and records.

pub mod array;
pub mod convert;
pub mod date;
pub mod element;
mod ffi;
pub mod late;
pub mod number;
mod parse;
pub mod strings;
mod text;
pub mod type_info;
pub mod variant;

pub use array::live_arrays;
pub use strings::live_strings;
