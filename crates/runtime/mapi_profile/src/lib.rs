//! Profiles: which message services a user's sessions have, and how each is
//! configured.
//!
//! # Files
//! Below the user's folder ([`user_folder`]), in `profiles/`:
//! - `NAME.toml`: a profile, readable and writable by hand;
//! - `NAME.secret`: its secure properties (passwords), for the owner only, and
//!   never in the readable file;
//! - `default`: the name of the default profile;
//! - `made`: says that there was a profile once;
//! - `lock`: held while something is changed.
//!
//! A file is replaced as a whole, so that a reader sees the old or the new one.
//! Everything is done with the calling thread's rights: whoever calls works as
//! the owner. A session keeps the profile that it found; changes count from the
//! next session on.

mod folder;
mod password;
mod profile;
mod text;
mod uid;
mod value_text;

pub use folder::{ProfileEntry, ProfileFolder, user_folder};
pub use password::Password;
pub use profile::{
    MAX_NAME_CHARS, MAX_SERVICES, Profile, ProfileProvider, ProfileService, check_name,
};
pub use text::{from_text, secrets_to_text, to_text, with_secrets};
pub use uid::Uid;
pub use value_text::{tag_from_text, tag_to_text, value_from_text, value_to_text};
