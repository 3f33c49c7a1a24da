//! The binary contract of the messaging subsystem.
//!
//! What it is: property tags, values, codes, restrictions, the C structures and
//! interfaces of Extended MAPI in their documented layouts, and the interface
//! that providers offer to the engine. What it is not: the engine
//! (`runtime/mapi_session`) and the stores (`providers/`).

pub mod build;
pub mod cmc_codes;
pub mod codes;
pub mod interfaces;
pub mod read;
pub mod restriction;
pub mod simple_codes;
pub mod spi;
pub mod structs;
pub mod tags;
pub mod value;
