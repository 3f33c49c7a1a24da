//! The configuration file. Every key has a default; a key that does not exist
//! is an error that names it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mapi_session::Settings;
use serde::Deserialize;

use crate::output::Failure;
use crate::sizes;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The web host.
    pub web: Web,
    /// Identities.
    pub security: toml::Table,
    /// The wire.
    pub rpc: toml::Table,
    /// Components across machines.
    pub dcom: toml::Table,
    /// Messaging.
    pub mapi: Mapi,
}

/// `[mapi]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapi {
    /// Whether each account has sessions of its own; without, there is one user,
    /// and nobody is checked.
    pub user_accounts: bool,
    /// Most sessions of a user; 0 is no limit.
    pub sessions_per_user: u32,
    /// Longest wait of Release and Logoff.
    pub release_bound: Span,
    /// Longest wait for a person.
    pub prompt_bound: Span,
    /// Longest wait for a provider that is not the program's own.
    pub provider_bound: Span,
    /// Whether other programs can join shared sessions.
    pub broker: bool,
}

impl Default for Mapi {
    fn default() -> Self {
        let settings = Settings::default();
        Self {
            user_accounts: settings.user_accounts,
            sessions_per_user: 0,
            release_bound: Span(settings.release_bound),
            prompt_bound: Span(settings.prompt_bound),
            provider_bound: Span(settings.provider_bound),
            broker: settings.broker,
        }
    }
}

impl Mapi {
    /// As the engine takes it.
    pub fn settings(&self) -> Settings {
        Settings {
            user_accounts: self.user_accounts,
            sessions_per_user: Some(self.sessions_per_user).filter(|limit| *limit > 0),
            release_bound: self.release_bound.0,
            prompt_bound: self.prompt_bound.0,
            provider_bound: self.provider_bound.0,
            broker: self.broker,
            broker_program: std::env::current_exe().ok(),
        }
    }
}

/// `[web]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Workers.
    pub threads: Threads,
    /// Folder of static files; none by default.
    pub root: Option<PathBuf>,
    /// Ways to say who one is: `anonymous`, `basic`.
    pub auth: Vec<String>,
    /// Logging.
    pub log: toml::Table,
    /// Extensions.
    pub app: Vec<App>,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            threads: Threads::default(),
            root: None,
            auth: vec!["anonymous".into(), "basic".into()],
            log: toml::Table::new(),
            app: Vec::new(),
        }
    }
}

/// `[web.threads]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Threads {
    /// Workers that are there from the start.
    pub min: usize,
    /// Most workers.
    pub max: usize,
    /// Stack of a worker.
    pub stack: Size,
}

impl Default for Threads {
    fn default() -> Self {
        Self { min: 12, max: 64, stack: Size(1 << 20) }
    }
}

/// `[[web.app]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Path, like `/mail/`.
    pub path: String,
    /// Library: a path, or a name that is searched for.
    pub extension: PathBuf,
    /// Ways to say who one is, instead of the host's.
    pub auth: Option<Vec<String>>,
    /// How long the extension stays loaded without a request.
    pub idle: Option<Span>,
}

/// A duration like `20m`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        sizes::duration(&text)
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not a duration: write 500ms, 20s, 5m or 2h"))
    }
}

/// A size in bytes: a number, or a text like `1MiB`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "SizeText")]
pub struct Size(pub usize);

#[derive(Deserialize)]
#[serde(untagged)]
enum SizeText {
    Number(usize),
    Text(String),
}

impl TryFrom<SizeText> for Size {
    type Error = String;

    fn try_from(text: SizeText) -> Result<Self, String> {
        match text {
            SizeText::Number(number) => Ok(Self(number)),
            SizeText::Text(text) => sizes::bytes(&text)
                .map(Self)
                .ok_or_else(|| format!("{text:?} is not a size: write 4096, 256KiB or 1MiB")),
        }
    }
}

/// Reads the file; the defaults without one.
///
/// # Errors
/// A sentence that names the file, the line and the key.
pub fn load(file: Option<&Path>) -> Result<Config, Failure> {
    let Some(file) = file else { return Ok(Config::default()) };
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    let config: Config =
        toml::from_str(&text).map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    check(&config).map_err(|says| Failure::new(format!("{shown}: {says}")))?;
    Ok(config)
}

fn check(config: &Config) -> Result<(), String> {
    let threads = &config.web.threads;
    if threads.min == 0 || threads.min > threads.max || threads.max > 4096 {
        return Err("web.threads: use 1 ≤ min ≤ max ≤ 4096".into());
    }
    if threads.stack.0 < 64 << 10 {
        return Err("web.threads.stack: a worker needs at least 64KiB".into());
    }
    for app in &config.web.app {
        if !app.path.starts_with('/') || !app.path.ends_with('/') {
            return Err(format!("web.app: path {:?} must begin and end with '/'", app.path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_default_and_a_wrong_one_is_named() {
        let config: Config = toml::from_str("").unwrap();
        assert_eq!(config.web.threads.min, 12);
        let error = toml::from_str::<Config>("[web]\nrot = \"x\"").unwrap_err().to_string();
        assert!(error.contains("rot"), "{error}");
        let text = "[web.threads]\nstack = \"256KiB\"\n[[web.app]]\npath = \"/a/\"\n\
                    extension = \"liba.so\"\nidle = \"20m\"";
        let config: Config = toml::from_str(text).unwrap();
        assert_eq!(config.web.threads.stack.0, 256 << 10);
        assert_eq!(config.web.app[0].idle.unwrap().0, Duration::from_secs(1200));
        assert!(toml::from_str::<Config>("[web.threads]\nstack = \"256KB\"").is_err());
        let text = "[mapi]\nuser_accounts = false\nsessions_per_user = 3\nrelease_bound = \"2s\"";
        let settings = toml::from_str::<Config>(text).unwrap().mapi.settings();
        assert!(!settings.user_accounts && settings.broker);
        assert_eq!(settings.sessions_per_user, Some(3));
        assert_eq!(settings.release_bound, Duration::from_secs(2));
        assert_eq!(Mapi::default().settings().sessions_per_user, None);
    }
}
