//! Item monikers: a part of what stands before them, by a name that it knows.

use core::ffi::c_void;

use com_abi::codes::{
    E_INVALIDARG, E_NOINTERFACE, MK_E_INTERMEDIATEINTERFACENOTSUPPORTED, MK_E_NOTBINDABLE,
    MK_E_UNAVAILABLE, S_OK,
};
use com_abi::moniker::{IMoniker, IOleItemContainer};
use com_abi::{FILETIME, GUID, HRESULT, Interface, WideString};

use super::{Binding, calls, compare, composite};
use crate::running_objects;

/// What an item moniker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What separates the name from what stands before it.
    pub delimiter: String,
    /// The part's name; case does not count.
    pub name: String,
}

impl Item {
    /// The text for people.
    pub fn display_name(&self) -> String {
        format!("{}{}", self.delimiter, self.name)
    }

    /// The object that the part belongs to.
    fn container(at: &Binding<'_>, left: &IMoniker) -> Result<IOleItemContainer, HRESULT> {
        let alone = Binding { context: at.context, left: None };
        calls::bind_to(left, &alone).map_err(|code| match code {
            E_NOINTERFACE => MK_E_INTERMEDIATEINTERFACENOTSUPPORTED,
            other => other,
        })
    }

    /// The part; one that stands alone may be in the running object table.
    ///
    /// # Errors
    /// `E_INVALIDARG` when nothing stands before it;
    /// `MK_E_INTERMEDIATEINTERFACENOTSUPPORTED` when that has no parts; what it
    /// answers.
    pub fn bind(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
        iid: &GUID,
    ) -> Result<*mut c_void, HRESULT> {
        let Some(left) = at.left else {
            return running_objects::object(own, iid).map_err(|code| match code {
                MK_E_UNAVAILABLE => E_INVALIDARG,
                other => other,
            });
        };
        let container = Self::container(at, left)?;
        let (name, speed) = (WideString::new(&self.name), calls::speed(at.context)?);
        let (context, name) = (at.context.as_raw(), name.as_ptr());
        // SAFETY: live interfaces, zero-ended text, a writable place.
        calls::pointer(|place| unsafe { container.GetObject(name, speed, context, iid, place) })
    }

    /// Where the part is kept.
    ///
    /// # Errors
    /// As [`Item::bind`].
    pub fn bind_storage(&self, at: &Binding<'_>, iid: &GUID) -> Result<*mut c_void, HRESULT> {
        let container = Self::container(at, at.left.ok_or(E_INVALIDARG)?)?;
        let name = WideString::new(&self.name);
        let (context, name) = (at.context.as_raw(), name.as_ptr());
        // SAFETY: as above.
        calls::pointer(|place| unsafe { container.GetObjectStorage(name, context, iid, place) })
    }

    /// Whether the part runs. Nothing is started to find out.
    ///
    /// # Errors
    /// What the container answers.
    pub fn is_running(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
        newly: Option<&IMoniker>,
    ) -> Result<bool, HRESULT> {
        let Some(left) = at.left else { return compare::is_running_alone(own, at, newly) };
        let alone = Binding { context: at.context, left: None };
        if !calls::is_running(left, &alone, None)? {
            return Ok(false);
        }
        let container = Self::container(at, left)?;
        let name = WideString::new(&self.name);
        // SAFETY: a live interface and zero-ended text.
        Ok(unsafe { container.IsRunning(name.as_ptr()) } == S_OK)
    }

    /// When the part was changed: as the running object table knows, else when
    /// what it belongs to was.
    ///
    /// # Errors
    /// `MK_E_NOTBINDABLE` when nothing stands before it; the left moniker's.
    pub fn time_of_last_change(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
    ) -> Result<FILETIME, HRESULT> {
        let left = at.left.ok_or(MK_E_NOTBINDABLE)?;
        let whole = composite::generic(Some(left), Some(own))?.ok_or(MK_E_NOTBINDABLE)?;
        match running_objects::time_of_last_change(&whole) {
            Err(MK_E_UNAVAILABLE) => {
                let alone = Binding { context: at.context, left: None };
                calls::time_of_last_change(left, &alone)
            }
            known => known,
        }
    }
}
