//! `IMsgServiceAdmin` and its second form.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMsgServiceAdmin_Impl, IMsgServiceAdmin2, IMsgServiceAdmin2_Impl};
use mapi_abi::read;
use mapi_abi::spi::{MessageService, Section, ServiceContext, ServiceFlags};
use mapi_abi::structs::{
    MAPI_MODIFY, MAPIERROR, MAPIUID, SERVICE_UI_ALLOWED, SERVICE_UI_ALWAYS, SPropValue,
};
use mapi_abi::tags::{
    PR_DISPLAY_NAME, PR_INSTANCE_KEY, PR_PROVIDER_DISPLAY, PR_PROVIDER_ORDINAL, PR_PROVIDER_UID,
    PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_SERVICE_DLL_NAME, PR_SERVICE_NAME, PR_SERVICE_UID,
    PropTag,
};
use mapi_abi::value::{Prop, Row, Value};
use mapi_profile::{Profile, ProfileService, Uid};
use mapi_session::{catalog, sheet_of_window};
use mapi_table::{StaticRows, Table};

use super::providers::provider_admin_object;
use super::section::{SectionOf, section_object};
use super::{Owner, uid_argument};
use crate::context::{answer, object, optional, refused};
use crate::last_error::{get_last_error, guarded};
use crate::table::free_table_object;
use crate::text::{received, text_argument};

const SERVICE_TAGS: [PropTag; 6] = [
    PR_SERVICE_UID,
    PR_SERVICE_NAME,
    PR_DISPLAY_NAME,
    PR_INSTANCE_KEY,
    PR_SERVICE_DLL_NAME,
    PR_RESOURCE_FLAGS,
];
const PROVIDER_TAGS: [PropTag; 9] = [
    PR_PROVIDER_UID,
    PR_SERVICE_UID,
    PR_SERVICE_NAME,
    PR_DISPLAY_NAME,
    PR_PROVIDER_DISPLAY,
    PR_PROVIDER_ORDINAL,
    PR_INSTANCE_KEY,
    PR_RESOURCE_TYPE,
    PR_RESOURCE_FLAGS,
];
/// `MUID_PROFILE_INSTANCE`: the profile's own section.
const PROFILE_INSTANCE: [u8; 16] = [
    0xF8, 0x06, 0x0A, 0x7C, 0x5D, 0x6B, 0x10, 0x1B, 0xB0, 0x45, 0x08, 0x00, 0x2B, 0x2F, 0xB5, 0xA0,
];
/// `SERVICE_SINGLE_COPY`.
const SINGLE_COPY: i32 = 0x2;

#[class(interfaces(IMsgServiceAdmin2))]
struct ServiceAdmin {
    owner: Owner,
    profile: String,
}

/// The object of a profile's services, with a reference.
pub fn service_admin_object(owner: Owner, profile: String) -> Result<*mut c_void, Failure> {
    object::<ServiceAdmin, IMsgServiceAdmin2>(ServiceAdmin { owner, profile })
}

/// Which section an identifier means; null and `MUID_PROFILE_INSTANCE` mean the
/// profile's own.
///
/// # Safety
/// `uid` is null or readable.
pub unsafe fn section_of(uid: *const MAPIUID) -> SectionOf {
    // SAFETY: forwarded from the caller.
    match unsafe { uid.as_ref() } {
        Some(uid) if uid.ab != PROFILE_INSTANCE => SectionOf::Part(Uid(uid.ab)),
        _ => SectionOf::Profile,
    }
}

impl ServiceAdmin {
    fn create(&self, name: &str, display_name: &str) -> Result<Uid, Failure> {
        let service = catalog::service(name)?;
        let display_name = Some(display_name).filter(|name| !name.is_empty());
        self.owner.change(&self.profile, |profile| {
            let uid = profile.add_service(service.info(), display_name)?;
            let section = &mut profile.service_mut(uid)?.section;
            let sheet = sheet_of_window(0);
            let flags = ServiceFlags::default();
            match service.configure(ServiceContext::Create, flags, section, &sheet) {
                // Without a user interface it is configured later.
                Err(failure) if matches!(failure.code, Code::UNCONFIGURED | Code::NO_SUPPORT) => {
                    Ok(uid)
                }
                other => other.map(|()| uid),
            }
        })
    }

    /// Configures a service with properties and, if need be, a person; nothing is
    /// locked while they are asked.
    fn configure(
        &self,
        uid: Uid,
        window: usize,
        flags: u32,
        given: Vec<Prop>,
    ) -> Result<(), Failure> {
        let profile = self.owner.load(&self.profile)?;
        let own = profile.service(uid)?;
        let service = catalog::service(&own.name)?;
        let mut section: Section = own.section.clone();
        for prop in given {
            section.set(prop.tag, prop.value);
        }
        let flags = ServiceFlags(flags & (SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS));
        let sheet = sheet_of_window(window);
        service.configure(ServiceContext::Configure, flags, &mut section, &sheet)?;
        self.owner.change(&self.profile, |profile| {
            profile.service_mut(uid)?.section = section;
            Ok(())
        })
    }
}

fn service_row(service: &ProfileService, columns: &[PropTag]) -> Row {
    let known = catalog::service(&service.name).ok();
    let is_single = known.as_ref().is_some_and(|known| known.info().is_single);
    let one = |tag: &PropTag| {
        let value = match *tag {
            PR_SERVICE_UID | PR_INSTANCE_KEY => Value::Binary(service.uid.0.to_vec()),
            PR_SERVICE_NAME => Value::Unicode(service.name.clone()),
            PR_DISPLAY_NAME => Value::Unicode(service.display_name.clone()),
            PR_SERVICE_DLL_NAME => match &known {
                Some(known) => Value::Unicode(known.info().library.clone()),
                None => return Prop::not_found(*tag),
            },
            PR_RESOURCE_FLAGS => Value::Long(if is_single { SINGLE_COPY } else { 0 }),
            _ => return Prop::not_found(*tag),
        };
        Prop::new(*tag, value)
    };
    columns.iter().map(one).collect()
}

/// The providers of a profile, or of one of its services.
pub fn provider_rows(profile: &Profile, only: Option<Uid>, columns: &[PropTag]) -> Vec<Row> {
    let services = profile.services.iter().filter(|one| only.is_none_or(|uid| uid == one.uid));
    let each = services
        .flat_map(|service| service.providers.iter().map(move |provider| (service, provider)));
    each.enumerate()
        .map(|(ordinal, (service, provider))| {
            let one = |tag: &PropTag| {
                let value = match *tag {
                    PR_PROVIDER_UID | PR_INSTANCE_KEY => Value::Binary(provider.uid.0.to_vec()),
                    PR_SERVICE_UID => Value::Binary(service.uid.0.to_vec()),
                    PR_SERVICE_NAME => Value::Unicode(service.name.clone()),
                    PR_DISPLAY_NAME => Value::Unicode(service.display_name.clone()),
                    PR_PROVIDER_DISPLAY => Value::Unicode(provider.display_name.clone()),
                    PR_PROVIDER_ORDINAL => Value::Long(ordinal as i32),
                    PR_RESOURCE_TYPE => Value::Long(provider.resource_type.number()),
                    PR_RESOURCE_FLAGS => Value::Long(provider.flags as i32),
                    _ => return Prop::not_found(*tag),
                };
                Prop::new(*tag, value)
            };
            columns.iter().map(one).collect()
        })
        .collect()
}

/// A snapshot of the providers as a table.
pub fn provider_table(profile: Arc<Profile>, only: Option<Uid>) -> Result<*mut c_void, Failure> {
    let rows = move |columns: &[PropTag]| Ok(provider_rows(&profile, only, columns));
    free_table_object(Table::new(Box::new(StaticRows::new(rows)), PROVIDER_TAGS.to_vec()))
}

impl IMsgServiceAdmin_Impl for ServiceAdmin {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { get_last_error(result, flags, error) }
    }

    unsafe fn GetMsgServiceTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetMsgServiceTable", || {
            let profile = self.owner.load(&self.profile)?;
            let rows = move |columns: &[PropTag]| -> Result<Vec<Row>, Failure> {
                let mut services: Vec<_> = profile.services.iter().collect();
                services.sort_by_key(|service| service.display_name.to_lowercase());
                Ok(services.into_iter().map(|one| service_row(one, columns)).collect())
            };
            let table = Table::new(Box::new(StaticRows::new(rows)), SERVICE_TAGS.to_vec());
            let made = free_table_object(table)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn CreateMsgService(
        &self,
        service: *const u16,
        display_name: *const u16,
        _window: usize,
        flags: u32,
    ) -> HRESULT {
        guarded("CreateMsgService", || {
            // SAFETY: forwarded from the caller.
            let (name, display) =
                unsafe { (text_argument(service, flags), text_argument(display_name, flags)) };
            self.create(&name, &display).map(drop)
        })
    }

    unsafe fn DeleteMsgService(&self, uid: *const MAPIUID) -> HRESULT {
        guarded("DeleteMsgService", || {
            // SAFETY: forwarded from the caller.
            let uid = unsafe { uid_argument(uid) }?;
            let sheet = sheet_of_window(0);
            self.owner.change(&self.profile, |profile| {
                let mut gone = profile.remove_service(uid)?;
                let Ok(service) = catalog::service(&gone.name) else { return Ok(()) };
                let flags = ServiceFlags::default();
                // It is told, and cannot keep itself.
                let _ = service.configure(ServiceContext::Delete, flags, &mut gone.section, &sheet);
                Ok(())
            })
        })
    }

    unsafe fn CopyMsgService(
        &self,
        uid: *const MAPIUID,
        display_name: *const u16,
        _copied: *const GUID,
        _target_iid: *const GUID,
        target: *mut c_void,
        _window: usize,
        flags: u32,
    ) -> HRESULT {
        guarded("CopyMsgService", || {
            // SAFETY: forwarded from the caller.
            let (uid, display) =
                unsafe { (uid_argument(uid)?, text_argument(display_name, flags)) };
            if !target.is_null() {
                let says = "a service is copied within its profile";
                return Err(Failure::new(Code::NO_SUPPORT, says));
            }
            self.owner.change(&self.profile, |profile| {
                let own = profile.service(uid)?.clone();
                let service = catalog::service(&own.name)?;
                let display = Some(&*display).filter(|name| !name.is_empty());
                let copy = profile.add_service(service.info(), display)?;
                let copy = profile.service_mut(copy)?;
                copy.section = own.section;
                for (new, old) in copy.providers.iter_mut().zip(own.providers) {
                    new.section = old.section;
                }
                Ok(())
            })
        })
    }

    unsafe fn RenameMsgService(
        &self,
        uid: *const MAPIUID,
        flags: u32,
        display_name: *const u16,
    ) -> HRESULT {
        guarded("RenameMsgService", || {
            // SAFETY: forwarded from the caller.
            let (uid, display) =
                unsafe { (uid_argument(uid)?, text_argument(display_name, flags)) };
            self.owner.change(&self.profile, |profile| {
                profile.service_mut(uid)?.display_name = display;
                Ok(())
            })
        })
    }

    unsafe fn ConfigureMsgService(
        &self,
        uid: *const MAPIUID,
        window: usize,
        flags: u32,
        count: u32,
        props: *const SPropValue,
    ) -> HRESULT {
        guarded("ConfigureMsgService", || {
            // SAFETY: forwarded from the caller.
            let (uid, given) = unsafe {
                let given =
                    read::props(props, count).map_err(refused("the properties cannot be read"))?;
                (uid_argument(uid)?, given)
            };
            let given = given.into_iter().map(received).collect();
            self.configure(uid, window, flags, given)
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

    unsafe fn MsgServiceTransportOrder(
        &self,
        count: u32,
        uids: *const MAPIUID,
        _flags: u32,
    ) -> HRESULT {
        guarded("MsgServiceTransportOrder", || {
            if uids.is_null() && count > 0 || count as usize > mapi_profile::MAX_SERVICES {
                return Err(crate::context::invalid("the order cannot be read"));
            }
            let order: Vec<Uid> = match count {
                0 => Vec::new(),
                // SAFETY: so many readable identifiers of the caller's.
                _ => unsafe { core::slice::from_raw_parts(uids, count as usize) }
                    .iter()
                    .map(|uid| Uid(uid.ab))
                    .collect(),
            };
            self.owner.change(&self.profile, |profile| {
                let place = |service: &ProfileService| {
                    let named = |uid: &Uid| service.providers.iter().any(|one| one.uid == *uid);
                    order.iter().position(named).unwrap_or(usize::MAX)
                };
                // Services that are not named keep their order, after the others.
                profile.services.sort_by_key(place);
                Ok(())
            })
        })
    }

    unsafe fn AdminProviders(
        &self,
        uid: *const MAPIUID,
        _flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("AdminProviders", || {
            // SAFETY: forwarded from the caller.
            let uid = unsafe { uid_argument(uid) }?;
            self.owner.load(&self.profile)?.service(uid)?;
            let made = provider_admin_object(self.owner.clone(), self.profile.clone(), uid)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn GetProviderTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetProviderTable", || {
            let made = provider_table(self.owner.load(&self.profile)?, None)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }
}

impl IMsgServiceAdmin2_Impl for ServiceAdmin {
    unsafe fn CreateMsgServiceEx(
        &self,
        service: *const u16,
        display_name: *const u16,
        _window: usize,
        flags: u32,
        uid: *mut MAPIUID,
    ) -> HRESULT {
        guarded("CreateMsgServiceEx", || {
            // SAFETY: forwarded from the caller.
            let (name, display) =
                unsafe { (text_argument(service, flags), text_argument(display_name, flags)) };
            let made = self.create(&name, &display)?;
            // SAFETY: null or writable.
            unsafe { optional(uid, MAPIUID { ab: made.0 }) };
            Ok(())
        })
    }
}
