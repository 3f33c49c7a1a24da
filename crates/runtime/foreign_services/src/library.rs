//! Libraries of services: loaded once, by path, and kept for ever, since nobody can
//! tell when a provider's last object and thread are gone.

use core::ffi::c_void;
use std::collections::HashMap;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use mapi_abi::codes::{Code, Failure};

use crate::ffi;
use crate::fragments::candidates;

static LOADED: Mutex<Option<HashMap<PathBuf, usize>>> = Mutex::new(None);

/// A loaded library.
#[derive(Clone, Debug)]
pub struct Library {
    /// Where it is.
    pub path: PathBuf,
    handle: usize,
}

/// Where a library is that a description names.
///
/// # Errors
/// `NOT_FOUND` with the places.
pub fn place(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let places = candidates(folder, name);
    if let Some(found) = places.iter().find(|place| place.is_file()) {
        return Ok(found.clone());
    }
    let looked: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    let says = format!("there is no library {name}; it was looked for at {}", looked.join(", "));
    Err(Failure::new(Code::NOT_FOUND, says))
}

impl Library {
    /// Loads the library that a description in `folder` names, or finds it loaded.
    /// Its initialisers run, so nothing is locked meanwhile.
    ///
    /// # Errors
    /// `NOT_FOUND` it is nowhere; `CORRUPT_DATA` the loader refuses it.
    pub fn load(folder: &Path, name: &str) -> Result<Self, Failure> {
        let found = place(folder, name)?;
        let path = found.canonicalize().unwrap_or(found);
        if let Some(handle) = known(&path) {
            return Ok(Self { path, handle });
        }
        let says = |says: &str| {
            let says = format!("cannot load {}: {says}", path.display());
            Failure::new(Code::CORRUPT_DATA, says)
        };
        let text = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| says("its name contains a zero byte"))?;
        let handle = ffi::open_library(&text).map_err(|error| says(&error))?;
        // Who was faster has the same handle of the loader.
        let mut all = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = *all.get_or_insert_default().entry(path.clone()).or_insert(handle);
        Ok(Self { path, handle })
    }

    /// Address of what it exports.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn symbol(&self, name: &str) -> Result<*mut c_void, Failure> {
        let found = CString::new(name).ok().and_then(|name| ffi::find_symbol(self.handle, &name));
        found.ok_or_else(|| {
            let says = format!("{} does not export {name}", self.path.display());
            Failure::new(Code::NOT_FOUND, says)
        })
    }

    /// What the library's entry points are told that it is.
    pub fn instance(&self) -> *mut c_void {
        self.handle as *mut c_void
    }
}

fn known(path: &Path) -> Option<usize> {
    LOADED.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.get(path).copied()
}
