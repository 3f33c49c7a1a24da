//! A plug-in in Rust that reports which runtime it sees, for the one-table test,
//! and has a class for clients in C and C++.

mod calculator;
mod ffi;
