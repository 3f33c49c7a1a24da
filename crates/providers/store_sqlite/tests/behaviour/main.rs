//! What a store does, by subject.

mod conditions;
mod feed;
mod files;
mod folders;
mod home;
mod kill;
mod messages;
mod mirror;
mod names;
mod search;
mod service;
