//! One file for each verb.

pub mod call;
pub mod completions;
pub mod demo;
pub mod error;
pub mod historical_pollers;
pub mod mail;
pub mod matrix;
pub mod profile;
pub mod reg;
pub mod register;
pub mod serve;
pub mod session;
pub mod session_broker;
pub mod tour;
pub mod user;
pub mod web_process;
pub mod why;
