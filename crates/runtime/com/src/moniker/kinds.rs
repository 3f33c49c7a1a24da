//! What every kind of moniker does: the table of methods and kinds.

use core::ffi::c_void;

use com_abi::WideString;
use com_abi::codes::{
    E_NOTIMPL, MK_E_NEEDGENERIC, MK_E_NOINVERSE, MK_E_NOSTORAGE, MK_E_UNAVAILABLE,
};
use com_abi::moniker::{IMoniker, IParseDisplayName};
use com_abi::{FILETIME, GUID, HRESULT};

use super::{Binding, Content, anti, calls, compare, composite, object};

impl Content {
    /// `IMoniker::BindToObject`; `own` is the moniker that says this.
    ///
    /// # Errors
    /// As documented for the kind.
    pub fn bind(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
        iid: &GUID,
    ) -> Result<*mut c_void, HRESULT> {
        match self {
            Self::Anti(_) => Err(E_NOTIMPL),
            Self::Class(class) => class.bind(at, iid),
            Self::Composite(parts) => composite::bind(own, parts, at, iid),
            Self::File(file) => file.bind(own, at, iid),
            Self::Item(item) => item.bind(own, at, iid),
        }
    }

    /// `IMoniker::BindToStorage`.
    ///
    /// # Errors
    /// As documented for the kind.
    pub fn bind_storage(&self, at: &Binding<'_>, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        match self {
            Self::Anti(_) => Err(E_NOTIMPL),
            Self::Class(class) => class.bind(at, iid),
            Self::Composite(parts) => composite::bind_storage(parts, at, iid),
            Self::File(_) => Err(MK_E_NOSTORAGE),
            Self::Item(item) => item.bind_storage(at, iid),
        }
    }

    /// `IMoniker::ComposeWith`; none when both take each other back.
    ///
    /// # Errors
    /// `MK_E_NEEDGENERIC`; as documented for the kind.
    pub fn compose(
        &self,
        own: &IMoniker,
        right: &IMoniker,
        not_generic: bool,
    ) -> Result<Option<IMoniker>, HRESULT> {
        let simple = match self {
            Self::Anti(_) => None,
            Self::Composite(parts) => composite::without_last(parts, right),
            Self::File(file) => file.compose(right),
            Self::Class(_) | Self::Item(_) => anti::after_one(right),
        };
        match simple {
            Some(answer) => answer,
            None if not_generic => Err(MK_E_NEEDGENERIC),
            None => composite::generic(Some(own), Some(right)),
        }
    }

    /// `IMoniker::IsEqual`.
    pub fn is_equal(&self, other: &IMoniker) -> bool {
        let Some(other) = object::content_of(other) else { return false };
        match (self, &other) {
            (Self::Composite(parts), Self::Composite(others)) => {
                let pairs = parts.iter().zip(others);
                parts.len() == others.len() && { pairs }.all(|(a, b)| calls::is_equal(a, b))
            }
            (Self::Composite(_), _) | (_, Self::Composite(_)) => false,
            _ => compare::content_data(self) == compare::content_data(&other),
        }
    }

    /// `IMoniker::IsRunning`.
    ///
    /// # Errors
    /// As documented for the kind.
    pub fn is_running(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
        newly: Option<&IMoniker>,
    ) -> Result<bool, HRESULT> {
        match self {
            Self::Anti(_) => Ok(false),
            Self::Class(_) => Err(E_NOTIMPL),
            Self::Composite(parts) => composite::is_running(own, parts, at, newly),
            Self::File(_) => compare::is_running_alone(own, at, newly),
            Self::Item(item) => item.is_running(own, at, newly),
        }
    }

    /// `IMoniker::GetTimeOfLastChange`.
    ///
    /// # Errors
    /// As documented for the kind.
    pub fn time_of_last_change(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
    ) -> Result<FILETIME, HRESULT> {
        match self {
            Self::Anti(_) => Err(E_NOTIMPL),
            Self::Class(_) => Err(MK_E_UNAVAILABLE),
            Self::Composite(parts) => composite::time_of_last_change(own, parts, at),
            Self::File(file) => file.time_of_last_change(own, at),
            Self::Item(item) => item.time_of_last_change(own, at),
        }
    }

    /// `IMoniker::Inverse`.
    ///
    /// # Errors
    /// `MK_E_NOINVERSE`.
    pub fn inverse(&self) -> Result<Option<IMoniker>, HRESULT> {
        match self {
            Self::Anti(_) => Err(MK_E_NOINVERSE),
            Self::Composite(parts) => composite::inverse(parts),
            Self::Class(_) | Self::File(_) | Self::Item(_) => anti::make().map(Some),
        }
    }

    /// `IMoniker::GetDisplayName`.
    ///
    /// # Errors
    /// Those of a composite's parts.
    pub fn display_name(&self, at: &Binding<'_>) -> Result<String, HRESULT> {
        match self {
            Self::Anti(count) => Ok(anti::DISPLAY_NAME.repeat(*count as usize)),
            Self::Class(class) => Ok(class.display_name()),
            Self::Composite(parts) => composite::display_name(parts, at),
            Self::File(file) => Ok(file.path().to_owned()),
            Self::Item(item) => Ok(item.display_name()),
        }
    }

    /// `IMoniker::ParseDisplayName`.
    ///
    /// # Errors
    /// `MK_E_SYNTAX`; as documented for the kind.
    pub fn parse_after(&self, own: &IMoniker, at: &Binding<'_>, name: &str) -> calls::Parsed {
        match self {
            Self::Anti(_) => Err(E_NOTIMPL),
            Self::Class(class) => class.parse_after(at, name),
            Self::Composite(parts) => composite::parse_after(parts, at, name),
            Self::File(file) => file.parse_after(own, at, name),
            Self::Item(_) => item_parse(own, at, name),
        }
    }
}

/// An item reads names by its object.
fn item_parse(own: &IMoniker, at: &Binding<'_>, name: &str) -> calls::Parsed {
    let parser: IParseDisplayName = calls::bind_to(own, at)?;
    calls::parse_by(&parser, at.context, &WideString::new(name))
}
