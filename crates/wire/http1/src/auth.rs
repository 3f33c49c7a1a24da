//! Reads the `Authorization` field: its scheme, Basic credentials, and the
//! tokens of NTLM and Negotiate.
//!
//! RFC 7617 (Basic), RFC 9110 section 11.6.2, RFC 4648 section 4 (base64). Does
//! not check a password or understand a token. Sizes are those of ISAPI's
//! authentication buffers, so what passes here fits there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::limits::{MAX_AUTH_TOKEN_BYTES, MAX_PASSWORD_BYTES, MAX_USER_BYTES};
use crate::syntax::{is_token, trim};

/// Why an `Authorization` field cannot be used. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthError {
    /// The credentials are not base64.
    Base64,
    /// A control character in user or password, or no user at all.
    Malformed,
    /// No colon between user and password.
    NoColon,
    /// User, password or token is longer than the limits allow.
    TooLong,
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64 => "the credentials must be base64",
            Self::Malformed => "the credentials need a user and no control characters",
            Self::NoColon => "the credentials must be user and password with a colon between",
            Self::TooLong => "the credentials are longer than this server accepts",
        })
    }
}

impl std::error::Error for AuthError {}

/// A user and password sent with the Basic scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    /// The part before a backslash in the user, if any.
    pub domain: Option<String>,
    /// The user without its domain; never empty.
    pub user: String,
    /// The password, possibly empty.
    pub password: String,
}

impl fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicCredentials")
            .field("domain", &self.domain)
            .field("user", &self.user)
            .field("password", &"…")
            .finish()
    }
}

impl BasicCredentials {
    /// Reads the value of an `Authorization` field; `None` when its scheme is
    /// not Basic. Text that is not UTF-8 is taken as ISO 8859-1, as old clients
    /// send it.
    ///
    /// # Errors
    ///
    /// [`AuthError`] when the scheme is Basic and the rest is unusable.
    pub fn parse(value: &[u8]) -> Result<Option<Self>, AuthError> {
        let Some((scheme, credentials)) = auth_scheme(value) else { return Ok(None) };
        if !scheme.eq_ignore_ascii_case("basic") {
            return Ok(None);
        }
        // Base64 grows by a third, so anything longer cannot fit decoded.
        if credentials.len() > (MAX_USER_BYTES + 1 + MAX_PASSWORD_BYTES).div_ceil(3) * 4 {
            return Err(AuthError::TooLong);
        }
        let decoded = STANDARD.decode(credentials).map_err(|_| AuthError::Base64)?;
        let colon = decoded.iter().position(|&b| b == b':').ok_or(AuthError::NoColon)?;
        let (user, rest) = decoded.split_at(colon);
        let user = text(user);
        let password = text(rest.get(1..).unwrap_or_default());
        if user.len() > MAX_USER_BYTES || password.len() > MAX_PASSWORD_BYTES {
            return Err(AuthError::TooLong);
        }
        let (domain, user) = match user.split_once('\\') {
            Some((domain, user)) => (Some(domain.to_owned()), user.to_owned()),
            None => (None, user),
        };
        if user.is_empty()
            || [&user, &password].into_iter().chain(&domain).any(|text| has_control(text))
        {
            return Err(AuthError::Malformed);
        }
        Ok(Some(Self { domain, user, password }))
    }
}

/// Splits an `Authorization` value into its scheme and the rest; `None` when it
/// does not begin with a scheme.
#[must_use]
pub fn auth_scheme(value: &[u8]) -> Option<(&str, &[u8])> {
    let value = trim(value);
    let end = value.iter().position(|&b| b == b' ').unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    if !is_token(scheme) {
        return None;
    }
    Some((std::str::from_utf8(scheme).ok()?, trim(rest)))
}

/// Decodes the base64 token that follows NTLM or Negotiate.
///
/// # Errors
///
/// [`AuthError::TooLong`] or [`AuthError::Base64`].
pub fn auth_token(credentials: &[u8]) -> Result<Vec<u8>, AuthError> {
    if credentials.len() > MAX_AUTH_TOKEN_BYTES.div_ceil(3) * 4 {
        return Err(AuthError::TooLong);
    }
    let token = STANDARD.decode(credentials).map_err(|_| AuthError::Base64)?;
    if token.len() > MAX_AUTH_TOKEN_BYTES { Err(AuthError::TooLong) } else { Ok(token) }
}

fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    }
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(plain: &[u8]) -> Result<Option<BasicCredentials>, AuthError> {
        BasicCredentials::parse(format!("Basic {}", STANDARD.encode(plain)).as_bytes())
    }

    #[test]
    fn basic_credentials_are_domain_user_and_password() {
        let got = basic(b"WORK\\alice:se:cret").unwrap().unwrap();
        assert_eq!(got.domain.as_deref(), Some("WORK"));
        assert_eq!((got.user.as_str(), got.password.as_str()), ("alice", "se:cret"));
        assert!(!format!("{got:?}").contains("cret"));
        let got = BasicCredentials::parse(b"bAsIc  dXNlcjo=").unwrap().unwrap();
        assert_eq!((got.domain, got.user.as_str(), got.password.as_str()), (None, "user", ""));
        assert_eq!(basic(b"j\xfcrgen:p").unwrap().unwrap().user, "j\u{fc}rgen");
    }

    #[test]
    fn unusable_basic_credentials_are_refused_each_for_its_reason() {
        assert_eq!(BasicCredentials::parse(b"Basic !!!"), Err(AuthError::Base64));
        assert_eq!(basic(b"nocolon"), Err(AuthError::NoColon));
        assert_eq!(basic(b":password"), Err(AuthError::Malformed));
        assert_eq!(basic(b"W\\:password"), Err(AuthError::Malformed));
        assert_eq!(basic(b"a\0b:c"), Err(AuthError::Malformed));
        assert_eq!(basic(b"a:c\r\n"), Err(AuthError::Malformed));
        assert_eq!(BasicCredentials::parse(b"NTLM TlRMTVNTUAAB"), Ok(None));
        assert_eq!(BasicCredentials::parse(b""), Ok(None));
    }

    #[test]
    fn user_and_password_fill_their_buffers_and_no_more() {
        let user = "u".repeat(MAX_USER_BYTES);
        let password = "p".repeat(MAX_PASSWORD_BYTES);
        let got = basic(format!("{user}:{password}").as_bytes()).unwrap().unwrap();
        assert_eq!((got.user, got.password), (user.clone(), password.clone()));
        assert_eq!(basic(format!("{user}u:").as_bytes()), Err(AuthError::TooLong));
        assert_eq!(basic(format!("u:{password}p").as_bytes()), Err(AuthError::TooLong));
        assert_eq!(basic(format!("{user}{password}u:pp").as_bytes()), Err(AuthError::TooLong));
    }

    #[test]
    fn a_token_decodes_up_to_its_limit() {
        let token = vec![7_u8; MAX_AUTH_TOKEN_BYTES];
        assert_eq!(auth_token(STANDARD.encode(&token).as_bytes()), Ok(token.clone()));
        let longer = [token.as_slice(), &[7]].concat();
        assert_eq!(auth_token(STANDARD.encode(longer).as_bytes()), Err(AuthError::TooLong));
        assert_eq!(auth_scheme(b" Negotiate abc= "), Some(("Negotiate", &b"abc="[..])));
        assert_eq!(auth_token(b"a?"), Err(AuthError::Base64));
    }
}
