//! Profiles and sessions on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Sessions.
#[derive(Debug, Args)]
pub struct Session {
    /// What to do.
    #[command(subcommand)]
    pub verb: SessionVerb,
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionVerb {
    /// Log on, and say which way the logon took and what became of each service.
    ///
    /// Without --new-session the session is shared: other programs of the user
    /// join it without being asked anything, until `partywall session logoff`.
    Logon(SessionLogon),
    /// List the sessions of the data folder's processes and the shared ones.
    List,
    /// End a session, for all its programs.
    Logoff {
        /// Its number, as `session list` shows it.
        id: String,
    },
}

/// A logon.
#[derive(Clone, Debug, Args)]
pub struct SessionLogon {
    /// Which logon call.
    #[arg(long, value_enum, default_value = "mapi")]
    pub via: Via,
    /// The profile; the default one otherwise.
    #[arg(long, value_name = "P")]
    pub profile: Option<String>,
    /// Whom to ask: none, terminal, console, or script:FILE with one answer a line
    /// [default: terminal, if there is one].
    #[arg(long, value_name = "WHOM")]
    pub ui: Option<Ui>,
    /// A session of one's own, which ends with this command.
    #[arg(long)]
    pub new_session: bool,
    /// Stay logged on until standard input ends.
    #[arg(long)]
    pub hold: bool,
    /// Print the path through the document's flowchart.
    #[arg(long)]
    pub explain: bool,
    /// As which account; as the process's own user otherwise.
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
}

/// The four logon calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Via {
    /// MAPILogonEx.
    Mapi,
    /// MAPILogon of Simple MAPI.
    Simple,
    /// cmc_logon.
    Cmc,
    /// Session.Logon of the automation library.
    Cdo,
}

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ui {
    /// Nobody.
    None,
    /// Whoever sits at the terminal.
    Terminal,
    /// The console's page.
    Console,
    /// A file with answers.
    Script(PathBuf),
}

impl std::str::FromStr for Ui {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "terminal" => Ok(Self::Terminal),
            "console" => Ok(Self::Console),
            _ => match text.strip_prefix("script:") {
                Some(file) if !file.is_empty() => Ok(Self::Script(file.into())),
                _ => Err("write none, terminal, console or script:FILE".into()),
            },
        }
    }
}

/// Profiles.
#[derive(Debug, Args)]
pub struct Profile {
    /// Whose; the process's own user otherwise.
    #[arg(long, global = true, value_name = "NAME")]
    pub user: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub verb: ProfileVerb,
}

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileVerb {
    /// Make a profile, with the default services unless others are named.
    Create {
        /// Its name: letters, digits, underscores, blanks inside.
        name: String,
        /// A service that it has; can be repeated. `none` is none.
        #[arg(long = "service", value_name = "SERVICE")]
        services: Vec<String>,
        /// Give it the password that is read from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the profiles; the default one has a mark.
    List,
    /// Delete a profile; sessions that use it keep what they have.
    Delete {
        /// Its name.
        name: String,
    },
    /// Say which profile is the default one, or make one that.
    Default {
        /// Its name.
        name: Option<String>,
    },
    /// Add a message service to a profile.
    AddService {
        /// The profile.
        profile: String,
        /// The service, like PWSTORE.
        service: String,
        /// What it is to know: path, server, mailbox, user, password, credentials,
        /// session_limit, address, or eight hexadecimal digits.
        #[arg(value_name = "KEY=VALUE")]
        settings: Vec<String>,
    },
    /// List a profile's services and what they know; without a profile, the
    /// services that there are.
    Services {
        /// The profile.
        profile: Option<String>,
    },
}
