//! `IProfAdmin`.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IProfAdmin, IProfAdmin_Impl};
use mapi_abi::structs::{MAPI_DEFAULT_SERVICES, MAPIERROR};
use mapi_abi::tags::{PR_DEFAULT_PROFILE, PR_DISPLAY_NAME, PR_INSTANCE_KEY, PropTag};
use mapi_abi::value::{Prop, Row, Value};
use mapi_profile::{Password, Profile};
use mapi_table::{StaticRows, Table};

use super::Owner;
use super::services::service_admin_object;
use crate::context::{answer, object};
use crate::last_error::{get_last_error, guarded};
use crate::table::free_table_object;
use crate::text::text_argument;

const PROFILE_TAGS: [PropTag; 3] = [PR_DISPLAY_NAME, PR_DEFAULT_PROFILE, PR_INSTANCE_KEY];

#[class(interfaces(IProfAdmin))]
struct ProfileAdmin(Owner);

/// The object of profile administration, with a reference.
pub fn profile_admin_object(owner: Owner) -> Result<*mut c_void, Failure> {
    owner.check()?;
    object::<ProfileAdmin, IProfAdmin>(ProfileAdmin(owner))
}

/// Refuses a wrong password of a profile.
fn check_password(profile: &Profile, given: &str) -> Result<(), Failure> {
    match &profile.password {
        Some(password) if !password.is(given) => {
            let says = format!("that is not the password of the profile {}", profile.name);
            Err(Failure::new(Code::NO_ACCESS, says))
        }
        _ => Ok(()),
    }
}

fn password(plain: &str) -> Result<Option<Password>, Failure> {
    if plain.is_empty() { Ok(None) } else { Password::new(plain).map(Some) }
}

impl IProfAdmin_Impl for ProfileAdmin {
    unsafe fn GetLastError(
        &self,
        result: HRESULT,
        flags: u32,
        error: *mut *mut MAPIERROR,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { get_last_error(result, flags, error) }
    }

    unsafe fn GetProfileTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetProfileTable", || {
            // A static table: what was there when it was asked for.
            let listed = Arc::new(self.0.with(|profiles| profiles.list())?);
            let rows = move |columns: &[PropTag]| -> Result<Vec<Row>, Failure> {
                let row = |entry: &mapi_profile::ProfileEntry| {
                    let one = |tag: &PropTag| match *tag {
                        PR_DISPLAY_NAME => Prop::text(*tag, &*entry.name),
                        PR_DEFAULT_PROFILE => Prop::new(*tag, Value::Boolean(entry.is_default)),
                        PR_INSTANCE_KEY => {
                            Prop::new(*tag, Value::Binary(entry.name.clone().into_bytes()))
                        }
                        _ => Prop::not_found(*tag),
                    };
                    columns.iter().map(one).collect()
                };
                Ok(listed.iter().map(row).collect())
            };
            let table = Table::new(Box::new(StaticRows::new(rows)), PROFILE_TAGS.to_vec());
            let made = free_table_object(table)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }

    unsafe fn CreateProfile(
        &self,
        profile: *const u16,
        secret: *const u16,
        _window: usize,
        flags: u32,
    ) -> HRESULT {
        guarded("CreateProfile", || {
            // SAFETY: forwarded from the caller.
            let (name, plain) =
                unsafe { (text_argument(profile, flags), text_argument(secret, flags)) };
            let mut made = if flags & MAPI_DEFAULT_SERVICES != 0 {
                mapi_session::logon::with_registered_services(&name)?
            } else {
                Profile::new(&name)
            };
            made.password = password(&plain)?;
            self.0.with(|profiles| profiles.create(&made))
        })
    }

    unsafe fn DeleteProfile(&self, profile: *const u16, flags: u32) -> HRESULT {
        guarded("DeleteProfile", || {
            // SAFETY: forwarded from the caller.
            let name = unsafe { text_argument(profile, flags) };
            self.0.with(|profiles| profiles.delete(&name))
        })
    }

    unsafe fn ChangeProfilePassword(
        &self,
        profile: *const u16,
        old: *const u16,
        new: *const u16,
        flags: u32,
    ) -> HRESULT {
        guarded("ChangeProfilePassword", || {
            // SAFETY: forwarded from the caller.
            let (name, old, new) = unsafe {
                let text = |text| text_argument(text, flags);
                (text(profile), text(old), text(new))
            };
            self.0.change(&name, |profile| {
                check_password(profile, &old)?;
                profile.password = password(&new)?;
                Ok(())
            })
        })
    }

    unsafe fn CopyProfile(
        &self,
        profile: *const u16,
        secret: *const u16,
        copy: *const u16,
        _window: usize,
        flags: u32,
    ) -> HRESULT {
        guarded("CopyProfile", || {
            // SAFETY: forwarded from the caller.
            let (name, plain, copy) = unsafe {
                let text = |text| text_argument(text, flags);
                (text(profile), text(secret), text(copy))
            };
            check_password(&*self.0.load(&name)?, &plain)?;
            self.0.with(|profiles| profiles.copy(&name, &copy))
        })
    }

    unsafe fn RenameProfile(
        &self,
        profile: *const u16,
        secret: *const u16,
        new_name: *const u16,
        _window: usize,
        flags: u32,
    ) -> HRESULT {
        guarded("RenameProfile", || {
            // SAFETY: forwarded from the caller.
            let (name, plain, new) = unsafe {
                let text = |text| text_argument(text, flags);
                (text(profile), text(secret), text(new_name))
            };
            check_password(&*self.0.load(&name)?, &plain)?;
            self.0.with(|profiles| profiles.rename(&name, &new))
        })
    }

    unsafe fn SetDefaultProfile(&self, profile: *const u16, flags: u32) -> HRESULT {
        guarded("SetDefaultProfile", || {
            // SAFETY: forwarded from the caller.
            let name = unsafe { text_argument(profile, flags) };
            let name = Some(&*name).filter(|name| !name.is_empty());
            self.0.with(|profiles| profiles.set_default(name))
        })
    }

    unsafe fn AdminServices(
        &self,
        profile: *const u16,
        secret: *const u16,
        _window: usize,
        flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("AdminServices", || {
            // SAFETY: forwarded from the caller.
            let (name, plain) =
                unsafe { (text_argument(profile, flags), text_argument(secret, flags)) };
            let profile = self.0.load(&name)?;
            check_password(&profile, &plain)?;
            let made = service_admin_object(self.0.clone(), profile.name.clone())?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }
}
