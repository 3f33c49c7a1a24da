//! Who the threads are, and how they log on and off.

use std::fmt;
use std::str::FromStr;

/// The name of the hidden verb under which a program runs the child.
pub const VERB: &str = "historical-pollers";

/// A set-up of the document, or of its older notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// No thread impersonates anybody.
    None,
    /// All threads impersonate the same user: the document's work-around.
    OneUser,
    /// Each thread impersonates another user: the document's hang.
    Several,
    /// One thread logs on and off before its poller has started: the hang of the
    /// older version.
    StartUpRace,
}

impl SetUp {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::OneUser, Self::Several, Self::StartUpRace];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::OneUser => "one-user",
            Self::Several => "several",
            Self::StartUpRace => "start-up-race",
        }
    }

    /// Whether it is one that hangs.
    pub fn hangs(self) -> bool {
        matches!(self, Self::Several | Self::StartUpRace)
    }
}

impl fmt::Display for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SetUp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|set_up| set_up.name() == text);
        found.ok_or_else(|| {
            format!("no set-up is called {text:?}: use {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}
