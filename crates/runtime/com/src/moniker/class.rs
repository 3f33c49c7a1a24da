//! Class monikers: a class, as `clsid:5F0B6A10-…:`.

use core::ffi::c_void;

use com_abi::moniker::{IClassActivator, IParseDisplayName};
use com_abi::{GUID, HRESULT, Interface, WideString, format_guid, parse_guid};

use super::{Binding, calls};
use crate::activation;

/// What a class moniker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// The class.
    pub clsid: GUID,
    /// What stands in its text between the class and the last colon.
    pub options: String,
}

/// What the text begins with.
const LEAD: &str = "clsid:";

impl Class {
    /// The text for people.
    pub fn display_name(&self) -> String {
        let clsid = format_guid(&self.clsid);
        format!("{LEAD}{}{}:", clsid.trim_matches(['{', '}']), self.options)
    }

    /// Reads such a text, which may have braces, and the bytes that it takes.
    pub fn parse(text: &str) -> Option<(Self, usize)> {
        let lead = text.get(..LEAD.len()).filter(|lead| lead.eq_ignore_ascii_case(LEAD))?;
        let rest = text.get(lead.len()..)?;
        let end = rest.find(':')?;
        let inner = rest.get(..end)?;
        let at = inner.find(';').unwrap_or(inner.len());
        let (clsid, options) = inner.split_at_checked(at)?;
        let class = Self { clsid: parse_guid(clsid)?, options: options.to_owned() };
        Some((class, lead.len() + end + 1))
    }

    /// The class object; by the object that stands before it, if there is one.
    ///
    /// # Errors
    /// Those of activation; what the object answers.
    pub fn bind(&self, at: &Binding<'_>, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        let options = calls::options(at.context)?;
        let Some(left) = at.left else {
            return activation::class_object(&self.clsid, options.class_context, iid);
        };
        let alone = Binding { context: at.context, left: None };
        let activator: IClassActivator = calls::bind_to(left, &alone)?;
        let (context, locale) = (options.class_context, options.locale);
        // SAFETY: a live interface, readable identifiers, a writable place.
        calls::pointer(|place| unsafe {
            activator.GetClassObject(&self.clsid, context, locale, iid, place)
        })
    }

    /// Lets the class object read what follows.
    ///
    /// # Errors
    /// As [`Class::bind`]; the parser's.
    pub fn parse_after(&self, at: &Binding<'_>, name: &str) -> calls::Parsed {
        let raw = self.bind(at, &IParseDisplayName::IID)?;
        // SAFETY: the answer is that interface with a reference.
        let parser = unsafe { IParseDisplayName::from_raw(raw) };
        calls::parse_by(&parser, at.context, &WideString::new(name))
    }
}
