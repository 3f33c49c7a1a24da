//! Simple MAPI over the engine: sessions are handles, messages are structures.
//!
//! Start at [`code_of`] for what each failure becomes; `session` for handles and
//! the logon of a single call; `mail` and `people` for what the functions do;
//! `input` and `output` for the structures. There is no window for writing mail:
//! where a dialog is asked for, the prompt of the session is, and without one the
//! answer is `MAPI_E_NOT_SUPPORTED`.
//!
//! Texts are bytes in UTF-8, or 16-bit units in the functions that end with W.

mod ffi;
mod input;
mod mail;
mod output;
mod people;
mod refusal;
mod session;
mod time;

pub use ffi::MAPILogoff;
pub use refusal::code_of;
