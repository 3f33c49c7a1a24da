//! The path of a logon through the document's flowchart, for `--explain`.

use std::fmt;

use mapi_abi::codes::Failure;

/// One decision, or what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The caller was captured.
    Caller(String),
    /// One user, whoever calls.
    SingleUser(String),
    /// `MAPI_NEW_SESSION`: no shared session is looked for.
    NewSession,
    /// A shared session was joined.
    Joined {
        /// Its profile.
        profile: String,
        /// Whether another program opened it.
        elsewhere: bool,
        /// Whether the client named another profile, which does not count.
        ignored: bool,
    },
    /// There is no shared session.
    NoShared,
    /// A profile was found, and how.
    Profile(String, HowFound),
    /// The logon dialog was shown and answered.
    LogonDialog(Answered),
    /// The password dialog was shown and answered.
    PasswordDialog(Answered),
    /// The wizard was shown and answered.
    Wizard(Answered),
    /// The profile's password was right, or it needs none.
    Password(bool),
    /// A service showed its sheet before anybody logged on.
    ServiceSheet(String, Answered),
    /// A provider answered.
    Provider {
        /// Its service.
        service: String,
        /// Its own name.
        provider: String,
        /// What it answered; `None` is success.
        failure: Option<Failure>,
        /// Whether it was the second attempt.
        is_second: bool,
    },
    /// The user was told of a failure.
    Told(String, Answered),
    /// A service's entry point was called to configure it.
    Configured {
        /// Which.
        service: String,
        /// What it answered.
        failure: Option<Failure>,
        /// Whether it may ask.
        may_ask: bool,
        /// Whether it changed something.
        changed: bool,
    },
    /// A provider is off, its service stays.
    ProviderOff(String, String),
    /// A whole service is disabled for this session.
    Disabled(String, String),
    /// The session can be joined by others.
    Published,
    /// New mail was fetched: so many messages.
    Downloaded(u32),
    /// Done: the session's number.
    Session(u64),
    /// Refused.
    Refused(Failure),
}

/// How a profile was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowFound {
    /// The client named it.
    Named,
    /// It is the default one.
    Default,
    /// It was chosen in the dialog.
    Chosen,
    /// It was made just now.
    Made,
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was answered.
    Answered,
    /// Try again as it is.
    Retry,
    /// Correct something first.
    Correct,
    /// The user cancelled.
    Cancelled,
    /// Nobody answered in time, or nobody is there.
    Nobody,
}

impl Step {
    /// A shared session was joined by a client that named a profile, or none.
    pub fn joined(profile: &str, elsewhere: bool, named: &str) -> Self {
        let ignored = !named.is_empty() && named != profile;
        Self::Joined { profile: profile.to_owned(), elsewhere, ignored }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered => "answered",
            Self::Retry => "the user wants to try again",
            Self::Correct => "the user wants to correct it",
            Self::Cancelled => "the user cancelled",
            Self::Nobody => "nobody answered",
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller(user) => write!(f, "the caller is {user}"),
            Self::SingleUser(user) => {
                write!(f, "no user accounts here: the one user {user}, without a check")
            }
            Self::NewSession => write!(f, "MAPI_NEW_SESSION? yes: no shared session is looked for"),
            Self::Joined { profile, elsewhere, ignored } => {
                let place = if *elsewhere { "another program's" } else { "this program's" };
                write!(f, "a shared session? yes: {place}, with profile {profile}, is joined")?;
                if *ignored {
                    f.write_str("; the name and password given do not count")?;
                }
                Ok(())
            }
            Self::NoShared => write!(f, "a shared session? no"),
            Self::Profile(name, how) => {
                let how = match how {
                    HowFound::Named => "was named",
                    HowFound::Default => "is the default one",
                    HowFound::Chosen => "was chosen",
                    HowFound::Made => "was made",
                };
                write!(f, "a profile? {name} {how}")
            }
            Self::LogonDialog(answered) => write!(f, "the logon dialog is shown: {answered}"),
            Self::PasswordDialog(answered) => {
                write!(f, "the password dialog is shown: {answered}")
            }
            Self::Wizard(answered) => {
                write!(f, "there is no profile, the wizard is shown: {answered}")
            }
            Self::Password(true) => write!(f, "the profile's password? right, or none is needed"),
            Self::Password(false) => write!(f, "the profile's password? missing or wrong"),
            Self::ServiceSheet(service, answered) => {
                write!(f, "MAPI_SERVICE_UI_ALWAYS: the sheet of {service} is shown: {answered}")
            }
            Self::Provider { service, provider, failure, is_second } => {
                let attempt = if *is_second { "tried again" } else { "logs on" };
                match failure {
                    None => write!(f, "{service}: {provider} {attempt}: it works"),
                    Some(failure) => write!(f, "{service}: {provider} {attempt}: {failure}"),
                }
            }
            Self::Told(service, answered) => {
                write!(f, "{service}: the user is told of the failure: {answered}")
            }
            Self::Configured { service, failure, may_ask, changed } => {
                let how = if *may_ask { "and may ask" } else { "without asking" };
                write!(f, "{service}: is configured {how}: ")?;
                match failure {
                    Some(failure) => write!(f, "{failure}"),
                    None if *changed => f.write_str("it changed something"),
                    None => f.write_str("it changed nothing"),
                }
            }
            Self::ProviderOff(service, provider) => {
                write!(f, "{service}: {provider} is off for this session, the others stay")
            }
            Self::Disabled(service, why) => {
                write!(f, "{service}: the whole service is disabled for this session: {why}")
            }
            Self::Published => write!(f, "MAPI_ALLOW_OTHERS? yes: others can join the session"),
            Self::Downloaded(count) => {
                write!(f, "MAPI_FORCE_DOWNLOAD? yes: {count} new messages were fetched")
            }
            Self::Session(id) => write!(f, "the session {id}"),
            Self::Refused(failure) => write!(f, "refused: {failure}"),
        }
    }
}

/// The steps so far.
#[derive(Clone, Debug, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// No steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step.
    pub fn add(&mut self, step: Step) {
        self.0.push(step);
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The steps as sentences.
    pub fn sentences(&self) -> Vec<String> {
        self.0.iter().map(Step::to_string).collect()
    }
}
