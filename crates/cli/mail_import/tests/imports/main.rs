//! Imports from outside: sources of our own writing, real mail, a killed import.

mod home;
mod kill;
mod real_mail;
mod sources;
