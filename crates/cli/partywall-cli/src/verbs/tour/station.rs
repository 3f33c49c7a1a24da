//! A station and what a visit of it shows.

use serde::Serialize;

use super::house::House;

/// What a station does: what was seen, or why the sentence is not borne out.
pub type Visit = fn(&mut House) -> Result<String, String>;

/// A station.
pub struct Station {
    /// Short name for the command line.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// Which document: `com`, `dcom`, `isapi`, `sessions`, `hang`.
    pub document: &'static str,
    /// A sentence of it.
    pub quote: &'static str,
    /// How to see the same by hand.
    pub command: &'static str,
    /// What is done.
    pub visit: Visit,
}

/// What a visit showed, in the contract's form.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The station.
    pub station: &'static str,
    /// Its document.
    pub document: &'static str,
    /// Its sentence.
    pub quote: &'static str,
    /// The equivalent command.
    pub command: &'static str,
    /// Whether the sentence is borne out.
    pub ok: bool,
    /// What happened.
    pub seen: String,
}

impl Station {
    /// Visits the station.
    pub fn visit(&self, house: &mut House) -> Shown {
        let (ok, seen) = match (self.visit)(house) {
            Ok(seen) => (true, seen),
            Err(seen) => (false, seen),
        };
        let Self { id, document, quote, command, .. } = *self;
        Shown { station: id, document, quote, command, ok, seen }
    }
}
