//! `IProviderAdmin` over one section: what an entry point is given. There is one
//! section for a service here; each of its providers leads to it.

use core::ffi::c_void;
use std::sync::{Arc, Mutex};

use com_abi::{GUID, HRESULT, class, new_interface};
use extended_mapi::{free_table_object, get_last_error, guarded, loose_section_object};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IProviderAdmin, IProviderAdmin_Impl};
use mapi_abi::spi::{Section, ServiceInfo};
use mapi_abi::structs::{MAPIERROR, MAPIUID};
use mapi_abi::tags::{
    PR_DISPLAY_NAME, PR_INSTANCE_KEY, PR_PROVIDER_ORDINAL, PR_PROVIDER_UID, PR_RESOURCE_FLAGS,
    PR_RESOURCE_TYPE, PR_SERVICE_NAME, PropTag,
};
use mapi_abi::value::{Prop, Row, Value};
use mapi_table::{StaticRows, Table};

const TAGS: [PropTag; 7] = [
    PR_PROVIDER_UID,
    PR_INSTANCE_KEY,
    PR_DISPLAY_NAME,
    PR_SERVICE_NAME,
    PR_PROVIDER_ORDINAL,
    PR_RESOURCE_TYPE,
    PR_RESOURCE_FLAGS,
];

#[class(interfaces(IProviderAdmin))]
struct Admin {
    info: ServiceInfo,
    section: Arc<Mutex<Section>>,
}

/// An administration of a service's providers.
///
/// # Errors
/// `NOT_ENOUGH_MEMORY`.
pub fn admin(info: &ServiceInfo, section: &Arc<Mutex<Section>>) -> Result<IProviderAdmin, Failure> {
    let admin = Admin { info: info.clone(), section: Arc::clone(section) };
    new_interface::<Admin, IProviderAdmin>(admin)
        .map_err(|code| Failure::new(Code(code.0), "there is no memory for the administration"))
}

/// What names a provider here: its place.
fn uid(at: usize) -> [u8; 16] {
    (at as u128 + 1).to_be_bytes()
}

fn rows(info: &ServiceInfo, columns: &[PropTag]) -> Vec<Row> {
    let row = |(at, provider): (usize, &mapi_abi::spi::ProviderInfo)| -> Row {
        let value = |tag: PropTag| match tag {
            PR_PROVIDER_UID | PR_INSTANCE_KEY => Some(Value::Binary(uid(at).to_vec())),
            PR_DISPLAY_NAME => Some(Value::Unicode(provider.display_name.clone())),
            PR_SERVICE_NAME => Some(Value::Unicode(info.name.clone())),
            PR_PROVIDER_ORDINAL => Some(Value::Long(at as i32)),
            PR_RESOURCE_TYPE => Some(Value::Long(provider.resource_type.number())),
            PR_RESOURCE_FLAGS => Some(Value::Long(provider.flags as i32)),
            _ => None,
        };
        let one = |tag: &PropTag| {
            value(*tag).map_or_else(|| Prop::not_found(*tag), |value| Prop::new(*tag, value))
        };
        columns.iter().map(one).collect()
    };
    info.providers.iter().enumerate().map(row).collect()
}

fn no_place() -> Failure {
    Failure::new(Code::INVALID_PARAMETER, "the place for the answer is null")
}

impl IProviderAdmin_Impl for Admin {
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
            if place.is_null() {
                return Err(no_place());
            }
            let info = self.info.clone();
            let rows = StaticRows::new(move |columns: &[PropTag]| Ok(rows(&info, columns)));
            let made = free_table_object(Table::new(Box::new(rows), TAGS.to_vec()))?;
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { place.write(made) };
            Ok(())
        })
    }

    unsafe fn OpenProfileSection(
        &self,
        of: *const MAPIUID,
        _iid: *const GUID,
        _flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenProfileSection", || {
            if place.is_null() {
                return Err(no_place());
            }
            // SAFETY: null or readable.
            let known = match unsafe { of.as_ref() } {
                None => true,
                Some(of) => (0..self.info.providers.len()).any(|at| uid(at) == of.ab),
            };
            if !known {
                return Err(Failure::new(Code::NOT_FOUND, "the service has no such section"));
            }
            let made = loose_section_object(&self.section)?;
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { place.write(made) };
            Ok(())
        })
    }
}
