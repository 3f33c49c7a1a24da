//! CMC 1.0 over the engine: sessions are numbers, arrays end with a flag, all that
//! is answered is freed by one `cmc_free`.
//!
//! Start at [`code_of`] for what each failure becomes; `call` for sessions,
//! extensions and shown errors; `mail` and `people` for what the functions do;
//! `input` and `output` for the structures. Of extensions none is known: one that
//! is required is refused, others are passed over. Texts are UTF-8, lines end with
//! LF.

mod call;
mod ffi;
mod input;
mod mail;
mod output;
mod people;
mod refusal;

pub use ffi::cmc_free;
pub use refusal::code_of;
