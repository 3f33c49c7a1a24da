//! Extended MAPI through its interfaces: what a C program would call.
#![allow(missing_docs)]

mod administration;
mod messages;
mod notifications;
mod tables;
mod way;
