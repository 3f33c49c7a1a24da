//! What a program decides for its sessions (`[mapi]` of the configuration).

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether a session belongs to whoever the calling thread works for. If
    /// not, there is one user, whoever asks, and nobody is checked: the
    /// platforms of the document that have no accounts.
    pub user_accounts: bool,
    /// Most sessions that one user may have; none by default.
    pub sessions_per_user: Option<u32>,
    /// Longest wait of Release and Logoff.
    pub release_bound: Duration,
    /// Longest wait for a person.
    pub prompt_bound: Duration,
    /// Longest wait for a provider that runs on a thread of its own.
    pub provider_bound: Duration,
    /// Whether sessions are shared with other programs, through the broker.
    pub broker: bool,
    /// The program that can be the broker; the first `partywall` in PATH without.
    pub broker_program: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_accounts: true,
            sessions_per_user: None,
            release_bound: Duration::from_secs(5),
            prompt_bound: Duration::from_secs(120),
            provider_bound: Duration::from_secs(10),
            broker: true,
            broker_program: None,
        }
    }
}

static SETTINGS: Mutex<Option<Settings>> = Mutex::new(None);

/// Decides for all sessions that begin from now on.
pub fn set_settings(settings: Settings) {
    *SETTINGS.lock().unwrap_or_else(PoisonError::into_inner) = Some(settings);
}

/// What was decided, or the defaults.
pub fn settings() -> Settings {
    SETTINGS.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
}
