//! What the registry says of a class, and identifiers as text.

use windows_core::{GUID, HRESULT};

use crate::object::{Class, Controlling};

/// `ThreadingModel` of an in-process class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadingModel {
    /// No value: the class lives in the main STA.
    None,
    /// The class lives in an STA.
    Apartment,
    /// The class lives in the MTA.
    Free,
    /// The class lives wherever its creator does.
    Both,
    /// The class lives in the neutral apartment.
    Neutral,
}

impl ThreadingModel {
    /// The registry's text; none for [`ThreadingModel::None`].
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Apartment => Some("Apartment"),
            Self::Free => Some("Free"),
            Self::Both => Some("Both"),
            Self::Neutral => Some("Neutral"),
        }
    }

    /// The model that the registry's text names, in any case; `None` when the
    /// text names no model.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Apartment, Self::Free, Self::Both, Self::Neutral]
            .into_iter()
            .find(|model| model.text().is_some_and(|name| name.eq_ignore_ascii_case(text)))
    }
}

/// A class's entry in the registry.
#[derive(Clone, Copy, Debug)]
pub struct Registration {
    /// Its identifier.
    pub clsid: GUID,
    /// Its name for people who write scripts, like `Partywall.Mail`.
    pub progid: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Where its objects live.
    pub threading: ThreadingModel,
    /// The application that it belongs to.
    pub app_id: Option<GUID>,
    /// Whether that application may run in a surrogate process.
    pub has_surrogate: bool,
}

/// A class that can be created by its identifier.
pub trait CreatableClass: Class {
    /// Its entry in the registry.
    const REGISTRATION: Registration;

    /// A new value. `controlling` is what objects that it aggregates are made
    /// with.
    ///
    /// # Errors
    /// What `CreateInstance` is to answer.
    fn create(controlling: Controlling) -> Result<Self, HRESULT>;
}

/// The text of an identifier: `{5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010}`.
pub fn format_guid(guid: &GUID) -> String {
    format!("{{{guid:?}}}")
}

/// The identifier that a text with or without braces names.
pub fn parse_guid(text: &str) -> Option<GUID> {
    let inner = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}')?,
        None => text,
    };
    let well_formed = inner.len() == 36
        && inner.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if !well_formed {
        return None;
    }
    let digits: String = inner.chars().filter(|c| *c != '-').collect();
    u128::from_str_radix(&digits, 16).ok().map(GUID::from_u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_its_text() {
        let guid = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C000010);
        let text = format_guid(&guid);
        assert_eq!(text, "{5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010}");
        assert_eq!(parse_guid(&text), Some(guid));
        assert_eq!(parse_guid("5f0b6a10-3c1e-4b7a-9e52-7a1d0c000010"), Some(guid));
        assert_eq!(parse_guid("{5F0B6A10-3C1E-4B7A-9E52-7A1D0C000010"), None);
        assert_eq!(parse_guid("5F0B6A10 3C1E 4B7A 9E52 7A1D0C000010"), None);
    }

    #[test]
    fn a_threading_model_is_read_without_regard_to_case() {
        assert_eq!(ThreadingModel::parse("apartment"), Some(ThreadingModel::Apartment));
        assert_eq!(ThreadingModel::parse("Rental"), None);
    }
}
