//! Who somebody is: accounts, tokens, impersonation, and the threads that must
//! not inherit an identity by accident.
//!
//! Identity is data. A [`Token`] is captured once, where somebody is
//! authenticated, and travels as a value with the request, the call, the
//! session; no part of the runtime looks at a thread later to find out whom it
//! works for. Where the process may, a thread also takes the token's uid and
//! gids for the time of a call ([`impersonation`]).

pub mod accounts;
mod ffi;
pub mod impersonation;
pub mod spawner;
mod token;
mod verified;

pub use accounts::{Account, AccountError, Accounts};
pub use token::{KernelIdentity, Token};
