//! `IProviderAdmin`: the providers of one service.

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IProviderAdmin, IProviderAdmin_Impl};
use mapi_abi::read;
use mapi_abi::structs::{MAPI_MODIFY, MAPIERROR, MAPIUID, SPropValue};
use mapi_profile::{ProfileProvider, Uid};
use mapi_session::catalog;

use super::section::section_object;
use super::services::{provider_table, section_of};
use super::{Owner, uid_argument};
use crate::context::{answer, object, optional, refused};
use crate::last_error::{get_last_error, guarded};
use crate::text::{received, text_argument};

#[class(interfaces(IProviderAdmin))]
struct ProviderAdmin {
    owner: Owner,
    profile: String,
    service: Uid,
}

/// The object of a service's providers, with a reference.
pub fn provider_admin_object(
    owner: Owner,
    profile: String,
    service: Uid,
) -> Result<*mut c_void, Failure> {
    object::<ProviderAdmin, IProviderAdmin>(ProviderAdmin { owner, profile, service })
}

impl IProviderAdmin_Impl for ProviderAdmin {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { get_last_error(result, flags, error) }
    }

    unsafe fn GetProviderTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetProviderTable", || {
            let profile = self.owner.load(&self.profile)?;
            let made = provider_table(profile, Some(self.service))?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn CreateProvider(
        &self,
        provider: *const u16,
        count: u32,
        props: *const SPropValue,
        _window: usize,
        flags: u32,
        uid: *mut MAPIUID,
    ) -> HRESULT {
        guarded("CreateProvider", || {
            // SAFETY: forwarded from the caller.
            let (name, given) = unsafe {
                let given =
                    read::props(props, count).map_err(refused("the properties cannot be read"))?;
                (text_argument(provider, flags), given)
            };
            let made = self.owner.change(&self.profile, |profile| {
                let service = profile.service_mut(self.service)?;
                let known = catalog::service(&service.name)?;
                let info = known.info().providers.iter().find(|info| info.name == name);
                let info = info.ok_or_else(|| {
                    let says = format!("{} has no provider {name}", service.name);
                    Failure::new(Code::NOT_FOUND, says)
                })?;
                let uid = Uid::new()?;
                service.providers.push(ProfileProvider {
                    uid,
                    name: info.name.clone(),
                    display_name: info.display_name.clone(),
                    resource_type: info.resource_type,
                    flags: info.flags,
                    section: given.into_iter().map(received).collect(),
                });
                Ok(uid)
            })?;
            // SAFETY: null or writable.
            unsafe { optional(uid, MAPIUID { ab: made.0 }) };
            Ok(())
        })
    }

    unsafe fn DeleteProvider(&self, uid: *const MAPIUID) -> HRESULT {
        guarded("DeleteProvider", || {
            // SAFETY: forwarded from the caller.
            let uid = unsafe { uid_argument(uid) }?;
            self.owner.change(&self.profile, |profile| {
                let service = profile.service_mut(self.service)?;
                let before = service.providers.len();
                service.providers.retain(|provider| provider.uid != uid);
                if service.providers.len() == before {
                    return Err(Failure::new(Code::NOT_FOUND, "there is no such provider"));
                }
                Ok(())
            })
        })
    }

    unsafe fn OpenProfileSection(
        &self,
        uid: *const MAPIUID,
        _iid: *const GUID,
        flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenProfileSection", || {
            // SAFETY: forwarded from the caller.
            let which = unsafe { section_of(uid) };
            let write = flags & MAPI_MODIFY != 0;
            let made = section_object(self.owner.clone(), &self.profile, which, write)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }
}
