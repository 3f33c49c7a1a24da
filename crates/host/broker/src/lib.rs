//! The broker of one user: where programs that share a mail session meet.
//!
//! It keeps what a program that joins needs to know, who the members are, and
//! nothing of the mail itself: each program opens the stores with its own rights.
//! A member is a connection, so a program that is killed has left; a broker that
//! is killed takes its sessions with it, and every member learns it from its
//! connection.
//!
//! - [`state`]: the rules, without sockets;
//! - [`serve`]: the process: one thread, one socket in the user's folder, members
//!   of the same user only.

#![deny(unsafe_code)]

mod ffi;
mod serve;
pub mod state;

pub use serve::{ServeError, serve};

/// Name of the socket in the user's folder.
pub const SOCKET: &str = "broker.sock";
