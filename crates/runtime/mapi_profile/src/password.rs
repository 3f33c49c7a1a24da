//! A profile's own password: kept as an argon2id hash, which its file shows.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use mapi_abi::codes::{Code, Failure};

/// The hash of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Hashes a password.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` when it is empty or cannot be hashed.
    pub fn new(plain: &str) -> Result<Self, Failure> {
        if plain.is_empty() {
            return Err(Failure::new(Code::INVALID_PARAMETER, "the password is empty"));
        }
        let hash = Argon2::default().hash_password(plain.as_bytes()).map_err(|error| {
            let says = format!("the password cannot be hashed: {error}");
            Failure::new(Code::INVALID_PARAMETER, says)
        })?;
        Ok(Self(hash.to_string()))
    }

    /// What a file says; it is looked at when somebody logs on.
    pub(crate) fn from_hash(hash: &str) -> Self {
        Self(hash.to_owned())
    }

    pub(crate) fn hash(&self) -> &str {
        &self.0
    }

    /// Whether `plain` is the password; takes some tens of milliseconds.
    pub fn is(&self, plain: &str) -> bool {
        PasswordHash::new(&self.0)
            .is_ok_and(|hash| Argon2::default().verify_password(plain.as_bytes(), &hash).is_ok())
    }
}
