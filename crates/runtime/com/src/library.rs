//! Component libraries: loaded once, by their full path, and kept.
//!
//! A library is not unloaded: a live object, a thread-local with a destructor or
//! a thread of its own would leave a pointer into nothing. `DllCanUnloadNow` and
//! its delays come with the rest of activation.

use core::ffi::c_void;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use com_abi::codes::{CO_E_DLLNOTFOUND, CO_E_ERRORINDLL, E_UNEXPECTED};
use com_abi::{GUID, HRESULT, IClassFactory, Interface};

use crate::class::Source;
use crate::ffi;

type DllGetClassObject =
    unsafe extern "system" fn(*const GUID, *const GUID, *mut *mut c_void) -> HRESULT;
type DllRegister = unsafe extern "system" fn() -> HRESULT;

/// A loaded library. Copies name the same one.
#[derive(Clone, Copy)]
pub struct Library {
    handle: usize,
}

static LOADED: Mutex<Option<HashMap<PathBuf, Library>>> = Mutex::new(None);

impl Library {
    /// Loads a library, or finds it loaded.
    ///
    /// # Errors
    /// The loader's sentence.
    pub fn load(file: &Path) -> Result<Self, String> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = loaded.get_or_insert_default();
        if let Some(library) = loaded.get(file) {
            return Ok(*library);
        }
        let path = CString::new(file.as_os_str().as_bytes())
            .map_err(|_| "its name contains a zero byte".to_owned())?;
        let library = Self { handle: ffi::open_library(&path)? };
        loaded.insert(file.to_owned(), library);
        Ok(library)
    }

    fn symbol(self, name: &CStr) -> Option<*mut c_void> {
        ffi::find_symbol(self.handle, name)
    }

    /// Calls `DllRegisterServer` or `DllUnregisterServer`; `None` when the
    /// library does not export it.
    pub fn call_registration(self, name: &CStr) -> Option<HRESULT> {
        let symbol = self.symbol(name)?;
        // SAFETY: that is the documented type of both entry points.
        let entry: DllRegister = unsafe { core::mem::transmute(symbol) };
        // SAFETY: takes no arguments; the library stays loaded.
        Some(unsafe { entry() })
    }

    /// The factory of a class.
    ///
    /// # Errors
    /// `CO_E_ERRORINDLL` without the entry point, or what it answers.
    pub fn class_factory(self, clsid: &GUID) -> Result<IClassFactory, HRESULT> {
        let symbol = self.symbol(c"DllGetClassObject").ok_or(CO_E_ERRORINDLL)?;
        // SAFETY: that is the entry point's documented type.
        let entry: DllGetClassObject = unsafe { core::mem::transmute(symbol) };
        // SAFETY: readable identifiers and a writable place.
        factory_of(|iid, place| unsafe { entry(clsid, iid, place) })
    }
}

/// The factory that an entry point answers with.
fn factory_of(
    ask: impl FnOnce(*const GUID, *mut *mut c_void) -> HRESULT,
) -> Result<IClassFactory, HRESULT> {
    let raw = object_of(&IClassFactory::IID, ask)?;
    // SAFETY: the entry point answered with a factory and a reference.
    Ok(unsafe { IClassFactory::from_raw(raw) })
}

/// The interface of a class object that an entry point answers with.
fn object_of(
    iid: &GUID,
    ask: impl FnOnce(*const GUID, *mut *mut c_void) -> HRESULT,
) -> Result<*mut c_void, HRESULT> {
    let mut raw = core::ptr::null_mut();
    let code = ask(iid, &mut raw);
    if code.is_err() {
        return Err(code);
    }
    if raw.is_null() { Err(E_UNEXPECTED) } else { Ok(raw) }
}

/// An interface of a class's class object, with a reference: what is not made to
/// make objects, like a proxy/stub factory.
///
/// # Errors
/// As [`class_factory`].
pub fn class_object(source: &Source, clsid: &GUID, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    match source {
        // SAFETY: readable identifiers and a writable place.
        Source::Builtin(get) => object_of(iid, |iid, place| unsafe { get(iid, place) }),
        Source::Library(file) => {
            let library = load(file)?;
            let symbol = library.symbol(c"DllGetClassObject").ok_or(CO_E_ERRORINDLL)?;
            // SAFETY: that is the entry point's documented type.
            let entry: DllGetClassObject = unsafe { core::mem::transmute(symbol) };
            // SAFETY: readable identifiers and a writable place.
            object_of(iid, |iid, place| unsafe { entry(clsid, iid, place) })
        }
    }
}

fn load(file: &Path) -> Result<Library, HRESULT> {
    Library::load(file).map_err(|says| {
        observe::error!("com", "cannot load {}: {says}", file.display());
        CO_E_DLLNOTFOUND
    })
}

/// The factory of a class.
///
/// # Errors
/// `CO_E_DLLNOTFOUND`, `CO_E_ERRORINDLL`, or what the library answers.
pub fn class_factory(source: &Source, clsid: &GUID) -> Result<IClassFactory, HRESULT> {
    match source {
        // SAFETY: readable identifiers and a writable place.
        Source::Builtin(get) => factory_of(|iid, place| unsafe { get(iid, place) }),
        Source::Library(file) => load(file)?.class_factory(clsid),
    }
}
