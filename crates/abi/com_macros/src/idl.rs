//! `#[idl(…)]`: what an IDL file says in brackets, on a trait, a method, a
//! parameter, a field or an arm.
//!
//! `attributes` reads the words, `types` joins them with the Rust type to a
//! description, `derive` is `#[derive(Idl)]`.

mod attributes;
mod derive;
mod types;

pub use attributes::{Amount, Attributes, Kind, MethodAttributes, TraitAttributes};
pub use derive::expand as derive;
pub use types::{Context, Scope, pointers, suggests_out};
