//! Extended MAPI through its interfaces: what a C program would call.
#![allow(missing_docs)]
#![allow(non_snake_case, non_upper_case_globals)] // members and constants keep their C names

mod administration;
mod messages;
mod notifications;
mod tables;
mod way;
