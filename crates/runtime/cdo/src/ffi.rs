//! The COM objects: `IDispatch` over any [`Thing`], and the enumerator of
//! collections.

#![allow(non_snake_case)]

use core::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

use com_abi::automation::{
    Bstr, DISPATCH_PROPERTYPUT, DISPATCH_PROPERTYPUTREF, DISPID_UNKNOWN, DispParams, ExcepInfo,
    IDispatch, IDispatch_Impl, Variant,
};
use com_abi::codes::{
    DISP_E_BADINDEX, DISP_E_BADPARAMCOUNT, DISP_E_EXCEPTION, DISP_E_MEMBERNOTFOUND,
    DISP_E_PARAMNOTFOUND, DISP_E_UNKNOWNNAME, E_POINTER, S_FALSE, S_OK,
};
use com_abi::object::value_of;
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, from_wide, interface, new_interface};
use partywall::automation::Value;

use crate::arguments::Arguments;
use crate::session::Session;
use crate::thing::{self, Answer, Thing};
use crate::trouble::Trouble;

/// Most arguments of a call.
const MAX_ARGUMENTS: u32 = 64;

/// Makes `MAPI.Session` known to this process.
pub fn register() {
    com::register_builtin::<Face>();
}

/// An object of CDO. Made by itself, it is a session.
#[class(
    clsid = "3FA7DEB3-6438-101B-ACC1-00AA00423326",
    progid = "MAPI.Session",
    name = "A session of messaging",
    threading = "Both",
    interfaces(IDispatch)
)]
pub struct Face {
    thing: Arc<dyn Thing>,
}

impl Default for Face {
    fn default() -> Self {
        Self { thing: Arc::new(Session::default()) }
    }
}

/// The COM object of a thing.
pub fn object(thing: Arc<dyn Thing>) -> Result<IDispatch, HRESULT> {
    new_interface::<Face, IDispatch>(Face { thing })
}

/// The thing of a value, if it is an object of ours.
pub fn thing_of(value: &Value) -> Option<Arc<dyn Thing>> {
    let Value::Dispatch(Some(object)) = value else { return None };
    let unknown: IUnknown = object.cast().ok()?;
    // SAFETY: a live object; another class's is not answered.
    unsafe { value_of::<Face>(&unknown) }.map(|face| Arc::clone(&face.thing))
}

impl Face {
    /// The arguments in their places, and a property's new value.
    unsafe fn arguments(
        &self,
        given: *const DispParams,
        names: &str,
        is_put: bool,
    ) -> Result<(Arguments, Option<Value>), Trouble> {
        // SAFETY: the caller passes null or valid parameters.
        let Some(given) = (unsafe { given.as_ref() }) else {
            return Ok((Arguments::default(), None));
        };
        let places = names.split(',').filter(|name| !name.is_empty()).count();
        if given.cArgs > MAX_ARGUMENTS || given.cNamedArgs > given.cArgs {
            return Err(Trouble::plain(DISP_E_BADPARAMCOUNT));
        }
        let mut values: Vec<Option<Value>> = vec![None; places];
        let mut put = None;
        let (count, named) = (given.cArgs as usize, given.cNamedArgs as usize);
        for at in 0..count {
            // SAFETY: that many initialised variants, the last argument first.
            let read = unsafe { Value::read(&*given.rgvarg.add(at)) };
            let value = read.map_err(Trouble::plain)?;
            // A new value has the only name of a call that sets.
            if is_put && (at < named || named == 0) && put.is_none() {
                put = Some(value);
                continue;
            }
            let place = if at < named {
                // SAFETY: that many names.
                usize::try_from(unsafe { *given.rgdispidNamedArgs.add(at) })
                    .map_err(|_| Trouble::plain(DISP_E_PARAMNOTFOUND))?
            } else {
                count - 1 - at
            };
            let wrong = if at < named { DISP_E_PARAMNOTFOUND } else { DISP_E_BADPARAMCOUNT };
            *values.get_mut(place).ok_or(Trouble::plain(wrong))? = Some(value);
        }
        Ok((Arguments::new(values), put))
    }

    unsafe fn run(&self, member: i32, flags: u16, given: *const DispParams) -> Answer {
        let known = self.thing.kind().numbered(member);
        let (_, id, names) = known.ok_or(Trouble::plain(DISP_E_MEMBERNOTFOUND))?;
        let is_put = flags & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF) != 0;
        // SAFETY: forwarded from the caller.
        let (arguments, put) = unsafe { self.arguments(given, names, is_put) }?;
        if is_put {
            let new = put.ok_or(Trouble::plain(DISP_E_BADPARAMCOUNT))?;
            self.thing.put(*id, &new)?;
            return Ok(Value::Empty);
        }
        thing::call(&self.thing, *id, &arguments)
    }
}

impl IDispatch_Impl for Face {
    unsafe fn GetTypeInfoCount(&self, count: *mut u32) -> HRESULT {
        if count.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { count.write(0) };
        S_OK
    }

    unsafe fn GetTypeInfo(&self, _index: u32, _locale: u32, info: *mut *mut c_void) -> HRESULT {
        if info.is_null() {
            return E_POINTER;
        }
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { info.write(core::ptr::null_mut()) };
        DISP_E_BADINDEX
    }

    unsafe fn GetIDsOfNames(
        &self,
        _iid: *const GUID,
        names: *const *const u16,
        count: u32,
        _locale: u32,
        identifiers: *mut i32,
    ) -> HRESULT {
        if names.is_null() || identifiers.is_null() {
            return E_POINTER;
        }
        let mut member = None;
        let mut code = S_OK;
        for at in 0..count as usize {
            // SAFETY: that many texts and places.
            let name = unsafe { *names.add(at) };
            if name.is_null() {
                return E_POINTER;
            }
            // SAFETY: a zero-ended text.
            let name = unsafe { from_wide(name) };
            let found = if at == 0 {
                member = self.thing.kind().named(&name);
                member.map(|(_, id, _)| *id)
            } else {
                let names = member.map_or("", |(.., names)| *names);
                let place = names.split(',').position(|known| known.eq_ignore_ascii_case(&name));
                place.map(|place| place as i32)
            };
            if found.is_none() {
                code = DISP_E_UNKNOWNNAME;
            }
            // SAFETY: as above.
            unsafe { identifiers.add(at).write(found.unwrap_or(DISPID_UNKNOWN)) };
        }
        code
    }

    unsafe fn Invoke(
        &self,
        member: i32,
        _iid: *const GUID,
        _locale: u32,
        flags: u16,
        arguments: *mut DispParams,
        result: *mut Variant,
        exception: *mut ExcepInfo,
        _wrong_argument: *mut u32,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        match unsafe { self.run(member, flags, arguments) } {
            Ok(value) => {
                if !result.is_null() {
                    // SAFETY: checked for null; the caller passes a writable place.
                    unsafe { result.write(value.into_variant()) };
                }
                S_OK
            }
            Err(trouble) if trouble.is_plain || exception.is_null() => trouble.code,
            Err(trouble) => {
                observe::info!("mapi", "MAPI.Session: {}", trouble.says);
                let told = ExcepInfo {
                    bstrSource: Bstr::from("MAPI.Session"),
                    bstrDescription: Bstr::from(&*trouble.says),
                    scode: trouble.code.0,
                    ..ExcepInfo::default()
                };
                // SAFETY: checked for null; the caller passes a writable place.
                unsafe { exception.write(told) };
                DISP_E_EXCEPTION
            }
        }
    }
}

/// Elements of a collection, one after the other.
#[interface("00020404-0000-0000-C000-000000000046")]
pub unsafe trait IEnumVARIANT: IUnknown {
    /// Writes the next elements and how many there were.
    unsafe fn Next(&self, count: u32, elements: *mut Variant, fetched: *mut u32) -> HRESULT;
    /// Passes elements over.
    unsafe fn Skip(&self, count: u32) -> HRESULT;
    /// Begins again.
    unsafe fn Reset(&self) -> HRESULT;
    /// Another enumerator at the same place.
    unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT;
}

#[class(interfaces(IEnumVARIANT))]
struct Enumerator {
    values: Vec<Value>,
    at: Mutex<usize>,
}

/// An enumerator of values.
pub fn enumerator(values: Vec<Value>) -> Answer {
    let made = new_interface::<Enumerator, IEnumVARIANT>(Enumerator { values, at: Mutex::new(0) });
    let unknown = made.and_then(|made| made.cast().map_err(|error| error.code()));
    unknown.map(|unknown| Value::Unknown(Some(unknown))).map_err(Trouble::plain)
}

impl IEnumVARIANT_Impl for Enumerator {
    unsafe fn Next(&self, count: u32, elements: *mut Variant, fetched: *mut u32) -> HRESULT {
        if elements.is_null() || (fetched.is_null() && count != 1) {
            return E_POINTER;
        }
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut written = 0;
        for value in self.values.iter().skip(*at).take(count as usize) {
            // SAFETY: room for as many as were asked for.
            unsafe { elements.add(written).write(value.clone().into_variant()) };
            written += 1;
        }
        *at += written;
        if !fetched.is_null() {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { fetched.write(written as u32) };
        }
        if written == count as usize { S_OK } else { S_FALSE }
    }

    unsafe fn Skip(&self, count: u32) -> HRESULT {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let end = at.saturating_add(count as usize);
        *at = end.min(self.values.len());
        if *at == end { S_OK } else { S_FALSE }
    }

    unsafe fn Reset(&self) -> HRESULT {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = 0;
        S_OK
    }

    unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT {
        if copy.is_null() {
            return E_POINTER;
        }
        let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let twin = Self { values: self.values.clone(), at: Mutex::new(at) };
        match new_interface::<Self, IEnumVARIANT>(twin) {
            Ok(twin) => {
                // SAFETY: checked for null; the caller passes a writable place.
                unsafe { copy.write(twin.into_raw()) };
                S_OK
            }
            Err(code) => code,
        }
    }
}
