//! The exported functions of monikers. What each does is documented in the SDK
//! (`partywall::ffi::names`), whose declarations these match.

#![allow(non_snake_case)]

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{E_INVALIDARG, E_NOINTERFACE, E_POINTER, MK_E_SYNTAX, S_OK};
use com_abi::moniker::{BindOptions, IMoniker};
use com_abi::wide_units;
use com_abi::{
    GUID, HRESULT, IClassFactory, IClassFactory_Impl, IUnknown, Interface, class, from_wide,
    new_interface,
};

use super::{guarded, guarded_pointer};
use crate::moniker::class::Class;
use crate::moniker::file::File;
use crate::moniker::item::Item;
use crate::moniker::object::{answer_moniker, lent, make};
use crate::moniker::{
    Answer, Binding, Content, anti, bind_context, calls, compare, composite, parse,
};
use crate::{activation, class_file};

/// Answers a moniker; a panic is an unexpected failure.
///
/// # Safety
/// `place` is null or writable.
unsafe fn guarded_moniker(place: *mut *mut c_void, body: impl FnOnce() -> Answer) -> HRESULT {
    // SAFETY: forwarded from the caller.
    guarded(|| Ok(unsafe { answer_moniker(place, body) }))
}

/// See the SDK.
///
/// # Safety
/// `context` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateBindCtx(reserved: u32, context: *mut *mut c_void) -> HRESULT {
    if context.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(context, || match reserved {
            0 => bind_context::make().map(Interface::into_raw),
            _ => Err(E_INVALIDARG),
        })
    }
}

/// See the SDK.
///
/// # Safety
/// Both texts are null or zero-ended, `moniker` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateItemMoniker(
    delimiter: *const u16,
    item: *const u16,
    moniker: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller; a null delimiter is none.
    unsafe {
        guarded_moniker(moniker, || {
            if item.is_null() {
                return Err(E_INVALIDARG);
            }
            let item = Item { delimiter: from_wide(delimiter), name: from_wide(item) };
            Ok((S_OK, Some(make(Content::Item(item))?)))
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `path` is null or zero-ended, `moniker` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFileMoniker(
    path: *const u16,
    moniker: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_moniker(moniker, || {
            if path.is_null() {
                return Err(MK_E_SYNTAX);
            }
            Ok((S_OK, Some(make(Content::File(File::new(&from_wide(path))?))?)))
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `clsid` is null or readable, `moniker` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateClassMoniker(
    clsid: *const GUID,
    moniker: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_moniker(moniker, || {
            let clsid = *clsid.as_ref().ok_or(E_INVALIDARG)?;
            Ok((S_OK, Some(make(Content::Class(Class { clsid, options: String::new() }))?)))
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `moniker` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateAntiMoniker(moniker: *mut *mut c_void) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { guarded_moniker(moniker, || Ok((S_OK, Some(anti::make()?)))) }
}

/// See the SDK.
///
/// # Safety
/// `first` and `rest` are null or live monikers, `moniker` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateGenericComposite(
    first: *mut c_void,
    rest: *mut c_void,
    moniker: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_moniker(moniker, || {
            let first = IMoniker::from_raw_borrowed(&first);
            Ok((S_OK, composite::generic(first, IMoniker::from_raw_borrowed(&rest))?))
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `own` and `other` are null or live monikers, `prefix` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MonikerCommonPrefixWith(
    own: *mut c_void,
    other: *mut c_void,
    prefix: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { guarded_moniker(prefix, || compare::generic_prefix(lent(&own)?, lent(&other)?)) }
}

/// See the SDK.
///
/// # Safety
/// `source` and `other` are null or live monikers, `path` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MonikerRelativePathTo(
    source: *mut c_void,
    other: *mut c_void,
    path: *mut *mut c_void,
    _reserved: i32,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { guarded_moniker(path, || compare::generic_relative(lent(&source)?, lent(&other)?)) }
}

/// See the SDK.
///
/// # Safety
/// `context` is null or a live context, `name` null or zero-ended, `eaten` and
/// `moniker` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MkParseDisplayName(
    context: *mut c_void,
    name: *const u16,
    eaten: *mut u32,
    moniker: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_moniker(moniker, || {
            let eaten = eaten.as_mut().ok_or(E_INVALIDARG)?;
            *eaten = 0;
            if name.is_null() {
                return Err(E_INVALIDARG);
            }
            let parsed = parse::display_name(lent(&context)?, wide_units(name), eaten)?;
            Ok((S_OK, Some(parsed)))
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `moniker` is null or a live moniker, `iid` null or readable, `object` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BindMoniker(
    moniker: *mut c_void,
    _options: u32,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let (moniker, iid) = (lent(&moniker)?, iid.as_ref().ok_or(E_INVALIDARG)?);
            let context = bind_context::make()?;
            calls::bind(moniker, &Binding { context: &context, left: None }, iid)
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `name` is null or zero-ended, `options` null or as large as it says, `iid` null
/// or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CoGetObject(
    name: *const u16,
    options: *const BindOptions,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let iid = iid.as_ref().ok_or(E_INVALIDARG)?;
            if name.is_null() {
                return Err(E_INVALIDARG);
            }
            let context = bind_context::make()?;
            if !options.is_null() {
                calls::ok(context.SetBindOptions(options))?;
            }
            let moniker = parse::display_name(&context, wide_units(name), &mut 0)?;
            calls::bind(&moniker, &Binding { context: &context, left: None }, iid)
        })
    }
}

/// See the SDK.
///
/// # Safety
/// `path` is null or zero-ended, `clsid` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetClassFile(path: *const u16, clsid: *mut GUID) -> HRESULT {
    guarded(|| {
        // SAFETY: forwarded from the caller.
        let clsid = unsafe { clsid.as_mut() }.ok_or(E_INVALIDARG)?;
        *clsid = GUID::default();
        if path.is_null() {
            return Err(E_INVALIDARG);
        }
        // SAFETY: checked for null; the caller passes zero-ended text.
        *clsid = class_file::of_file(&unsafe { from_wide(path) })?;
        Ok(S_OK)
    })
}

/// The factory of one kind of moniker: what it makes is empty until it is loaded.
#[class(interfaces(IClassFactory))]
struct Factory(GUID);

impl IClassFactory_Impl for Factory {
    unsafe fn CreateInstance(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        if object.is_null() || iid.is_null() {
            return E_POINTER;
        }
        if !outer.is_null() {
            return com_abi::codes::CLASS_E_NOAGGREGATION;
        }
        // SAFETY: checked for null; the caller passes what the interface says.
        unsafe {
            guarded_pointer(object, || {
                let empty = Content::of_class(&self.0).ok_or(E_NOINTERFACE)?;
                let made = make(empty)?;
                activation::ask(&made, &*iid)
            })
        }
    }

    unsafe fn LockServer(&self, _: i32) -> HRESULT {
        S_OK
    }
}

/// `DllGetClassObject` of a kind of moniker.
///
/// # Safety
/// `iid` is null or readable, `object` null or writable.
unsafe fn class_object(kind: GUID, iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
    if iid.is_null() {
        return E_POINTER;
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        guarded_pointer(object, || {
            let factory: IUnknown = new_interface(Factory(kind))?;
            let mut raw = null_mut();
            factory.query(iid, &mut raw).ok().map_err(|error| error.code())?;
            Ok(raw)
        })
    }
}

macro_rules! class_objects {
    ($($name:ident = $kind:ident;)*) => {
        $(unsafe fn $name(iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { class_object(com_abi::moniker::$kind, iid, object) }
        })*

        /// `DllGetClassObject` of a class of monikers.
        pub fn factory_of(clsid: &GUID) -> Option<crate::class::GetClassObject> {
            match *clsid {
                $(com_abi::moniker::$kind => Some($name),)*
                _ => None,
            }
        }
    };
}

class_objects! {
    anti_factory = CLSID_ANTI_MONIKER;
    class_factory = CLSID_CLASS_MONIKER;
    composite_factory = CLSID_COMPOSITE_MONIKER;
    file_factory = CLSID_FILE_MONIKER;
    item_factory = CLSID_ITEM_MONIKER;
}
