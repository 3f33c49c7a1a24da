//! Classes in the registry, under the Windows names, and the libraries that
//! register themselves.

use core::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use com_abi::codes::{
    E_FAIL, REGDB_E_BADTHREADINGMODEL, REGDB_E_CLASSNOTREG, REGDB_E_READREGDB, REGDB_E_WRITEREGDB,
};
use com_abi::global_table::CLSID_STD_GLOBAL_INTERFACE_TABLE;
use com_abi::{
    CreatableClass, GUID, HRESULT, ThreadingModel, format_guid, get_class_object, parse_guid,
};
use observe::error;
use registry::{Change, Registry, RegistryError};

use crate::library::Use;
use crate::process;

/// A class that a library registers.
pub struct ClassEntry {
    /// The class.
    pub clsid: GUID,
    /// `Partywall.Mail`.
    pub progid: String,
    /// Name for people.
    pub name: String,
    /// The registry's `ThreadingModel`.
    pub threading: Option<String>,
    /// The library.
    pub file: PathBuf,
    /// The application that the class belongs to.
    pub app_id: Option<GUID>,
    /// Whether that application may run in a surrogate process.
    pub has_surrogate: bool,
}

/// What activation needs to know of a class.
#[derive(Debug)]
pub struct InprocServer {
    /// Where its factory comes from.
    pub source: Source,
    /// Where its objects live.
    pub threading: ThreadingModel,
}

/// `DllGetClassObject` of one class.
pub type GetClassObject = unsafe fn(*const GUID, *mut *mut c_void) -> HRESULT;

/// Where a class's factory comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The program itself.
    Builtin(GetClassObject),
    /// A library.
    Library(PathBuf),
}

/// Classes of the program itself; they come before the registry.
static BUILTIN: RwLock<Vec<(GUID, ThreadingModel, GetClassObject)>> = RwLock::new(Vec::new());
/// Their names for people who write scripts.
static BUILTIN_NAMES: RwLock<Vec<(&str, GUID)>> = RwLock::new(Vec::new());

/// Makes a class of the program known to this process, under its identifier,
/// its name and with its model, without the registry.
pub fn register_builtin<T: CreatableClass>() {
    let registration = T::REGISTRATION;
    let mut builtin = BUILTIN.write().unwrap_or_else(PoisonError::into_inner);
    builtin.push((registration.clsid, registration.threading, get_class_object::<T>));
    let mut names = BUILTIN_NAMES.write().unwrap_or_else(PoisonError::into_inner);
    names.push((registration.progid, registration.clsid));
}

/// The program's own class of a name, in any capitals.
pub fn builtin_by_name(progid: &str) -> Option<GUID> {
    let names = BUILTIN_NAMES.read().unwrap_or_else(PoisonError::into_inner);
    let is_it = |(name, _): &&(&str, GUID)| !name.is_empty() && name.eq_ignore_ascii_case(progid);
    names.iter().find(is_it).map(|(_, clsid)| *clsid)
}

/// As [`register_builtin`], for a class object that makes no objects.
#[cfg(all(test, not(loom)))]
pub fn register_builtin_object(clsid: GUID, get: GetClassObject) {
    let mut builtin = BUILTIN.write().unwrap_or_else(PoisonError::into_inner);
    builtin.push((clsid, ThreadingModel::Both, get));
}

fn builtin(clsid: &GUID) -> Option<InprocServer> {
    if *clsid == CLSID_STD_GLOBAL_INTERFACE_TABLE {
        let source = Source::Builtin(crate::ffi::global_table::class_object);
        return Some(InprocServer { source, threading: ThreadingModel::Both });
    }
    if let Some(get) = crate::ffi::names::factory_of(clsid) {
        return Some(InprocServer {
            source: Source::Builtin(get),
            threading: ThreadingModel::Both,
        });
    }
    #[cfg(not(loom))]
    if let Some(get) = crate::synchronize::factory_of(clsid) {
        let source = Source::Builtin(get);
        return Some(InprocServer { source, threading: ThreadingModel::Both });
    }
    let builtin = BUILTIN.read().unwrap_or_else(PoisonError::into_inner);
    let (_, threading, get) = *builtin.iter().find(|(known, ..)| known == clsid)?;
    Some(InprocServer { source: Source::Builtin(get), threading })
}

/// Path of a class's key.
pub fn class_key(clsid: &GUID) -> String {
    format!("HKEY_CLASSES_ROOT\\CLSID\\{}", format_guid(clsid))
}

fn app_key(app_id: &GUID) -> String {
    format!("HKEY_CLASSES_ROOT\\AppID\\{}", format_guid(app_id))
}

/// The program's own class, else `CLSID\{…}\InprocServer32`.
///
/// # Errors
/// `REGDB_E_CLASSNOTREG`, `REGDB_E_BADTHREADINGMODEL`, `REGDB_E_READREGDB`.
pub fn inproc_server(clsid: &GUID) -> Result<InprocServer, HRESULT> {
    if let Some(server) = builtin(clsid) {
        return Ok(server);
    }
    in_library(clsid, "InprocServer32")
}

/// `CLSID\{…}\InprocHandler32`: the library that stands in for a server
/// elsewhere.
///
/// # Errors
/// As [`inproc_server`].
pub fn inproc_handler(clsid: &GUID) -> Result<InprocServer, HRESULT> {
    in_library(clsid, "InprocHandler32")
}

fn in_library(clsid: &GUID, kind: &str) -> Result<InprocServer, HRESULT> {
    let key = format!("{}\\{kind}", class_key(clsid));
    let file = value(&key, "")?.ok_or(REGDB_E_CLASSNOTREG)?;
    let threading = match value(&key, "ThreadingModel")? {
        None => ThreadingModel::None,
        Some(text) => ThreadingModel::parse(&text).ok_or(REGDB_E_BADTHREADINGMODEL)?,
    };
    Ok(InprocServer { source: Source::Library(unquoted(&file).into()), threading })
}

/// Where the part of an object that lives with its clients comes from: the
/// program's own class, else `InprocHandler32`, else `InprocServer32`.
///
/// # Errors
/// As [`inproc_server`].
pub fn handler(clsid: &GUID) -> Result<InprocServer, HRESULT> {
    match builtin(clsid) {
        Some(server) => Ok(server),
        None => inproc_handler(clsid).or_else(|_| inproc_server(clsid)),
    }
}

/// A path as it stands in the registry, where quotation marks around it are
/// usual.
fn unquoted(path: &str) -> &str {
    let path = path.trim();
    path.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(path)
}

/// Whether the registry has a key for the class.
///
/// # Errors
/// `REGDB_E_READREGDB`.
pub fn is_registered(clsid: &GUID) -> Result<bool, HRESULT> {
    registry()?.has_key(&class_key(clsid)).map_err(|error| unreadable(&error))
}

/// The registry.
///
/// # Errors
/// `REGDB_E_READREGDB` when it cannot be opened.
pub fn registry() -> Result<&'static Registry, HRESULT> {
    process::registry().ok_or(REGDB_E_READREGDB)
}

/// A value of a key; the default value has the empty name.
///
/// # Errors
/// `REGDB_E_READREGDB`.
pub fn value(key: &str, name: &str) -> Result<Option<String>, HRESULT> {
    registry()?.value(key, name).map_err(|error| unreadable(&error))
}

pub fn unreadable(error: &RegistryError) -> HRESULT {
    error!("com", "{error}");
    REGDB_E_READREGDB
}

/// Changes the registry.
///
/// # Errors
/// `REGDB_E_WRITEREGDB`.
pub fn change<T>(what: impl FnOnce(&Change<'_>) -> Result<T, RegistryError>) -> Result<T, HRESULT> {
    let registry = process::registry().ok_or(REGDB_E_WRITEREGDB)?;
    registry.change(what).map_err(|error| {
        error!("com", "{error}");
        REGDB_E_WRITEREGDB
    })
}

/// Writes a class.
///
/// # Errors
/// `REGDB_E_WRITEREGDB`.
pub fn register(entry: &ClassEntry) -> Result<(), HRESULT> {
    let class = class_key(&entry.clsid);
    let server = format!("{class}\\InprocServer32");
    let progid = format!("HKEY_CLASSES_ROOT\\{}", entry.progid);
    change(|change| {
        // Values that an earlier version of the library left must not stay.
        delete_everywhere(change, &class)?;
        change.set(&class, "", &entry.name)?;
        change.set(&server, "", &entry.file.to_string_lossy())?;
        if let Some(threading) = &entry.threading {
            change.set(&server, "ThreadingModel", threading)?;
        }
        if let Some(app_id) = &entry.app_id {
            change.set(&class, "AppID", &format_guid(app_id))?;
            if entry.has_surrogate {
                // Empty: the system's own surrogate.
                change.set(&app_key(app_id), "DllSurrogate", "")?;
            }
        }
        change.set(&format!("{class}\\ProgID"), "", &entry.progid)?;
        change.set(&progid, "", &entry.name)?;
        change.set(&format!("{progid}\\CLSID"), "", &format_guid(&entry.clsid))
    })
}

/// Takes a class out.
///
/// # Errors
/// `REGDB_E_WRITEREGDB`.
pub fn unregister(entry: &ClassEntry) -> Result<(), HRESULT> {
    let own_app = entry.app_id.filter(|app_id| !is_shared(app_id, &entry.clsid));
    change(|change| {
        if let Some(app_id) = &own_app {
            delete_everywhere(change, &app_key(app_id))?;
        }
        delete_everywhere(change, &class_key(&entry.clsid))?;
        delete_everywhere(change, &format!("HKEY_CLASSES_ROOT\\{}", entry.progid))
    })
}

/// Whether another class than this one belongs to the application.
fn is_shared(app_id: &GUID, clsid: &GUID) -> bool {
    let classes = "HKEY_CLASSES_ROOT\\CLSID";
    let Some(registry) = process::registry() else { return false };
    let others = registry.subkeys(classes).unwrap_or_default();
    others.iter().filter(|other| parse_guid(other) != Some(*clsid)).any(|other| {
        let value = registry.value(&format!("{classes}\\{other}"), "AppID");
        value.ok().flatten().and_then(|text| parse_guid(&text)) == Some(*app_id)
    })
}

/// Deletes a key below HKEY_CLASSES_ROOT, and the machine's that it may hide.
fn delete_everywhere(change: &Change<'_>, key: &str) -> Result<(), RegistryError> {
    while change.delete(key)? {}
    Ok(())
}

/// Loads a component library and lets it register its classes.
///
/// # Errors
/// A sentence that names the file and the cause.
pub fn register_library(file: &Path) -> Result<(), String> {
    call_self_registration(file, c"DllRegisterServer")
}

/// Loads a component library and lets it take its classes out.
///
/// # Errors
/// A sentence that names the file and the cause.
pub fn unregister_library(file: &Path) -> Result<(), String> {
    call_self_registration(file, c"DllUnregisterServer")
}

fn call_self_registration(file: &Path, entry: &std::ffi::CStr) -> Result<(), String> {
    let shown = file.display();
    let file = file.canonicalize().map_err(|error| format!("cannot find {shown}: {error}"))?;
    let library = Use::begin(&file).map_err(|says| format!("cannot load {shown}: {says}"))?;
    let code = library.call(entry).unwrap_or_else(|| {
        error!("com", "{shown} does not export {}", entry.to_string_lossy());
        E_FAIL
    });
    if code.is_ok() {
        return Ok(());
    }
    let name = entry.to_string_lossy();
    Err(format!("{name} of {shown} failed with {:#010x}", code.0))
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn quotation_marks_around_a_path_do_not_belong_to_it() {
        assert_eq!(unquoted("\"/opt/my libs/liba.so\""), "/opt/my libs/liba.so");
        assert_eq!(unquoted(" /opt/liba.so "), "/opt/liba.so");
        assert_eq!(unquoted("\"/opt/liba.so"), "\"/opt/liba.so");
        assert_eq!(unquoted("\""), "\"");
    }
}
