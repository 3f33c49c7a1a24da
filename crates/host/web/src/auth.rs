//! Who sent a request: Basic credentials against the accounts.
//!
//! RFC 7617. Credentials are checked wherever they are given, also where none
//! are needed: a wrong password opens nothing. A fault of the account database
//! is a failure, never access. NTLM and Negotiate are not offered.
//!
//! Hashing a password takes tens of milliseconds and megabytes by design, so at
//! most [`MAX_CHECKS`] are made at once and the wait for a place is bounded.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http1::{BasicCredentials, RequestHead};
use security::{Accounts, Token};

use crate::config::AuthScheme;
use crate::request::Caller;

/// Passwords checked at once; each takes 19 MiB while it is.
pub const MAX_CHECKS: usize = 4;
/// How long a request waits for its check to begin.
const CHECK_WAIT: Duration = Duration::from_secs(10);

/// What is to be done with a request.
#[derive(Debug)]
pub enum Verdict {
    /// Answer it.
    Pass(Caller),
    /// Ask for credentials.
    Challenge,
    /// Answer this status: nobody could be authenticated.
    Fail(u16, &'static str),
}

/// Checks credentials.
pub struct Authenticator {
    accounts: Arc<Accounts>,
    domain: String,
    challenge: String,
    checks: Mutex<usize>,
    check_ended: Condvar,
}

impl Authenticator {
    /// For these accounts.
    pub fn new(accounts: Arc<Accounts>, domain: &str, realm: &str) -> Self {
        let realm: String = realm
            .chars()
            .filter(|c| c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\'))
            .collect();
        Self {
            accounts,
            domain: domain.to_owned(),
            challenge: format!("Basic realm=\"{realm}\", charset=\"UTF-8\""),
            checks: Mutex::new(0),
            check_ended: Condvar::new(),
        }
    }

    /// The value of `WWW-Authenticate`.
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    /// Finds out who sent the request.
    pub fn identify(
        &self,
        head: &RequestHead,
        peer: SocketAddr,
        schemes: &[AuthScheme],
        nobody: &Token,
    ) -> Verdict {
        let anonymous = schemes.contains(&AuthScheme::Anonymous);
        let nobody = || Caller { token: nobody.clone(), password: String::new(), scheme: "" };
        let mut fields = head.headers("authorization");
        let Some(field) = fields.next() else {
            return if anonymous { Verdict::Pass(nobody()) } else { Verdict::Challenge };
        };
        if fields.next().is_some() {
            return Verdict::Fail(
                400,
                "a request must not carry more than one Authorization field",
            );
        }
        match BasicCredentials::parse(field) {
            Ok(Some(credentials)) => self.check(credentials, peer),
            // Of another scheme, which the extension may understand; it gives
            // no more than no credentials do.
            Ok(None) if anonymous => Verdict::Pass(nobody()),
            Ok(None) => Verdict::Challenge,
            Err(error) => {
                observe::warn!("web", "credentials from {peer} are refused: {error}");
                Verdict::Challenge
            }
        }
    }

    fn check(&self, credentials: BasicCredentials, peer: SocketAddr) -> Verdict {
        let own = credentials.domain.as_deref().is_none_or(|domain| {
            domain.is_empty() || domain == "." || domain.eq_ignore_ascii_case(&self.domain)
        });
        let Some(_place) = self.begin_check() else {
            return Verdict::Fail(503, "too many passwords are being checked");
        };
        // A name of another domain takes as long as one that is not known.
        let name = if own { credentials.user.as_str() } else { "" };
        match self.accounts.authenticate(name, &credentials.password) {
            Ok(Some(token)) => {
                Verdict::Pass(Caller { token, password: credentials.password, scheme: "Basic" })
            }
            Ok(None) => {
                observe::warn!("web", "{} from {peer} is refused", credentials.user);
                Verdict::Challenge
            }
            Err(error) => {
                observe::error!("web", "cannot check {}: {error}", credentials.user);
                Verdict::Fail(500, "the accounts cannot be read")
            }
        }
    }

    fn begin_check(&self) -> Option<Place<'_>> {
        let until = Instant::now() + CHECK_WAIT;
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        while *checks >= MAX_CHECKS {
            let left = until.checked_duration_since(Instant::now())?;
            let _wait = observe::wait::begin("a password check to end", None);
            let waited = self.check_ended.wait_timeout(checks, left);
            checks = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *checks += 1;
        Some(Place { of: self })
    }
}

/// A place among the checks.
struct Place<'a> {
    of: &'a Authenticator,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.of.checks.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.of.check_ended.notify_one();
    }
}
