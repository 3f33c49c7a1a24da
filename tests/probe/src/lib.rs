//! A plug-in in Rust that reports which runtime it sees: for the one-table
//! test.

mod ffi;
