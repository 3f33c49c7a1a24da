//! Component libraries: loaded once, by their full path, and unloaded when nobody
//! needs them.
//!
//! # Protocol
//! A library stays while one of these holds:
//! - a thread is inside one of its entry points, or makes an object with a factory
//!   that is not the caller's yet: it has a [`Use`], which is counted;
//! - an apartment that its classes live in has not given it up;
//! - it says by `DllCanUnloadNow` that objects or locks are left, or does not
//!   export that;
//! - an interface that it has described may be in use (`description`).
//!
//! An apartment gives libraries up in `CoFreeUnusedLibraries`. What lives in an
//! STA is given up at once, for no other thread runs it; for everything else the
//! apartment has to ask again when a delay is over, for the thread that released
//! the last object may be inside the library still. A use in between cancels that.
//! The decision is made under the lock, and only if no other use had begun and
//! not ended when the library was asked, and none has begun since: an object that
//! was being made then may not have been counted by the library's answer. The
//! loader is called outside the lock, since the library's own code runs then. Who
//! loads the same file meanwhile gets a handle of their own from the loader.
//!
//! A library with thread-local destructors that have not run stays mapped, which
//! is the loader's doing.

use core::ffi::c_void;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use com_abi::codes::{CO_E_DLLNOTFOUND, CO_E_ERRORINDLL, E_UNEXPECTED, S_OK};
use com_abi::{GUID, HRESULT, IClassFactory, IUnknown, Interface, ThreadingModel};

use crate::apartment::{self, Apartment};
use crate::class::{InprocServer, Source};
use crate::{description, ffi};

/// Delay that is used when none is given.
pub const STANDARD_DELAY: Duration = Duration::from_secs(600);

type DllGetClassObject =
    unsafe extern "system" fn(*const GUID, *const GUID, *mut *mut c_void) -> HRESULT;
/// `DllRegisterServer`, `DllUnregisterServer`, `DllCanUnloadNow`.
type DllEntry = unsafe extern "system" fn() -> HRESULT;

/// An apartment whose objects a library makes.
struct Owner {
    apartment: u64,
    /// Other threads may be inside the library.
    shared: bool,
    /// When it may be given up, once the library has allowed it.
    until: Option<Instant>,
}

struct Module {
    handle: usize,
    /// Uses that have not ended.
    busy: usize,
    /// Uses that ever began.
    uses: u64,
    owners: Vec<Owner>,
}

impl Module {
    fn begin(&mut self, file: &Path) -> Use {
        self.busy += 1;
        self.uses += 1;
        Use { file: file.to_owned(), handle: self.handle }
    }
}

static LOADED: Mutex<Option<HashMap<PathBuf, Module>>> = Mutex::new(None);

fn loaded() -> MutexGuard<'static, Option<HashMap<PathBuf, Module>>> {
    LOADED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a library loaded.
pub struct Use {
    file: PathBuf,
    handle: usize,
}

impl Drop for Use {
    fn drop(&mut self) {
        if let Some(module) = loaded().as_mut().and_then(|all| all.get_mut(&self.file)) {
            module.busy -= 1;
        }
    }
}

impl Use {
    /// Loads a library, or finds it loaded.
    ///
    /// # Errors
    /// The loader's sentence.
    pub fn begin(file: &Path) -> Result<Self, String> {
        if let Some(known) = Self::of_loaded(file) {
            return Ok(known);
        }
        let path = CString::new(file.as_os_str().as_bytes())
            .map_err(|_| "its name contains a zero byte".to_owned())?;
        // The library's initialisers run here, so nothing is locked.
        let handle = ffi::open_library(&path)?;
        let (begun, known) = {
            let mut all = loaded();
            let all = all.get_or_insert_default();
            let known = all.contains_key(file);
            let fresh = || Module { handle, busy: 0, uses: 0, owners: Vec::new() };
            let module = all.entry(file.to_owned()).or_insert_with(fresh);
            (module.begin(file), known)
        };
        // Somebody was faster.
        if known {
            ffi::close_library(handle);
        }
        Ok(begun)
    }

    fn of_loaded(file: &Path) -> Option<Self> {
        let mut all = loaded();
        Some(all.as_mut()?.get_mut(file)?.begin(file))
    }

    fn symbol(&self, name: &CStr) -> Option<*mut c_void> {
        ffi::find_symbol(self.handle, name)
    }

    /// Calls `DllRegisterServer` or another entry point without arguments; `None`
    /// when the library does not export it.
    pub fn call(&self, name: &CStr) -> Option<HRESULT> {
        let symbol = self.symbol(name)?;
        // SAFETY: that is the documented type of these entry points.
        let entry: DllEntry = unsafe { core::mem::transmute(symbol) };
        // SAFETY: takes no arguments; the library stays loaded.
        Some(unsafe { entry() })
    }

    fn class_object(&self, clsid: &GUID, iid: &GUID) -> Result<IUnknown, HRESULT> {
        let symbol = self.symbol(c"DllGetClassObject").ok_or(CO_E_ERRORINDLL)?;
        // SAFETY: that is the entry point's documented type.
        let entry: DllGetClassObject = unsafe { core::mem::transmute(symbol) };
        // SAFETY: readable identifiers and a writable place.
        answered(|place| unsafe { entry(clsid, iid, place) })
    }

    /// The library's objects live in this thread's apartment from now on.
    fn enter_apartment(&self, model: ThreadingModel) {
        let Ok(here) = apartment::current() else { return };
        let shared = !matches!(model, ThreadingModel::None | ThreadingModel::Apartment);
        let mut all = loaded();
        let Some(module) = all.as_mut().and_then(|all| all.get_mut(&self.file)) else { return };
        for owner in &mut module.owners {
            owner.until = None;
        }
        match module.owners.iter_mut().find(|owner| owner.apartment == here.id()) {
            Some(owner) => owner.shared |= shared,
            None => module.owners.push(Owner { apartment: here.id(), shared, until: None }),
        }
    }
}

/// The interface that an entry point answers with.
fn answered(ask: impl FnOnce(*mut *mut c_void) -> HRESULT) -> Result<IUnknown, HRESULT> {
    let mut raw = core::ptr::null_mut();
    let code = ask(&mut raw);
    if code.is_err() {
        return Err(code);
    }
    if raw.is_null() {
        return Err(E_UNEXPECTED);
    }
    // SAFETY: the entry point answered with an interface and a reference; every
    // interface begins with `IUnknown`.
    Ok(unsafe { IUnknown::from_raw(raw) })
}

/// Does something with an interface of a class's class object, which is what `iid`
/// says whatever its type; the library stays loaded meanwhile.
///
/// # Errors
/// `CO_E_DLLNOTFOUND`, `CO_E_ERRORINDLL`, what the library answers, or `then`.
pub fn with_class_object<R>(
    server: &InprocServer,
    clsid: &GUID,
    iid: &GUID,
    then: impl FnOnce(IUnknown) -> Result<R, HRESULT>,
) -> Result<R, HRESULT> {
    match &server.source {
        // SAFETY: readable identifiers and a writable place.
        Source::Builtin(get) => then(answered(|place| unsafe { get(iid, place) })?),
        Source::Library(file) => {
            let library = Use::begin(file).map_err(|says| {
                observe::error!("com", "cannot load {}: {says}", file.display());
                CO_E_DLLNOTFOUND
            })?;
            let object = library.class_object(clsid, iid)?;
            library.enter_apartment(server.threading);
            then(object)
        }
    }
}

/// Makes an object of a class, of this thread's apartment; the answer is the
/// interface `iid`, whatever its type says.
///
/// # Errors
/// As [`with_class_object`], or what the factory answers.
pub fn create(
    server: &InprocServer,
    clsid: &GUID,
    outer: *mut c_void,
    iid: &GUID,
) -> Result<IUnknown, HRESULT> {
    with_class_object(server, clsid, &IClassFactory::IID, |object| {
        // SAFETY: that is the interface that was asked for.
        let factory = unsafe { IClassFactory::from_raw(object.into_raw()) };
        crate::class_factory::create(&factory, outer, iid)
    })
}

/// The apartment ends: what it has not given up may be given up by any other.
pub fn forget(apartment: &Arc<Apartment>) {
    for module in loaded().iter_mut().flat_map(HashMap::values_mut) {
        module.owners.retain(|owner| owner.apartment != apartment.id());
    }
}

/// Gives up what the apartment of this thread, and those that the runtime serves
/// itself, do not need any more, as of `now`. On a thread without an apartment
/// nothing happens.
pub fn free_unused(delay: Duration, now: Instant) {
    let Ok(here) = apartment::current() else { return };
    sweep(&here, delay, now);
    for host in crate::host::hosts() {
        if !Arc::ptr_eq(&host, &here) {
            let what = "a host apartment to give its libraries up";
            let _ = crate::call::run(&host, what, || sweep(&host, delay, now));
        }
    }
}

/// Asks the libraries of an apartment and unloads those that nobody needs. On a
/// thread of the apartment.
fn sweep(apartment: &Arc<Apartment>, delay: Duration, now: Instant) {
    // What is no single thread's may be given up by any.
    let shared = crate::host::shared();
    let ours: Vec<u64> = shared.iter().chain([apartment]).map(|one| one.id()).collect();
    let is_ours = |module: &Module| {
        let mut owners = module.owners.iter();
        module.owners.is_empty() || owners.any(|owner| ours.contains(&owner.apartment))
    };
    let files: Vec<PathBuf> = {
        let all = loaded();
        let found = all.iter().flatten().filter(|(_, module)| is_ours(module));
        found.map(|(file, _)| file.clone()).collect()
    };
    for file in files {
        let Some(answer) = Answer::of(&file) else { continue };
        if let Some(handle) = give_up(&file, &answer, &Terms { ours: &ours, delay, now }) {
            observe::info!("com", "{} is unloaded", file.display());
            ffi::close_library(handle);
        }
    }
}

/// What a library answers to whether it can be unloaded.
pub struct Answer {
    is_needed: bool,
    /// The uses when it was asked, this question included.
    uses: u64,
    /// An address inside it.
    inside: usize,
}

impl Answer {
    /// Asks a library; `None` when it is not loaded.
    pub fn of(file: &Path) -> Option<Self> {
        let (library, uses, is_alone) = {
            let mut all = loaded();
            let module = all.as_mut()?.get_mut(file)?;
            (module.begin(file), module.uses, module.busy == 1)
        };
        let is_idle = library.call(c"DllCanUnloadNow") == Some(S_OK);
        let inside = library.symbol(c"DllCanUnloadNow").map_or(0, |address| address as usize);
        let is_described = description::in_use(inside as *const c_void) > 0;
        Some(Self { is_needed: !is_alone || !is_idle || is_described, uses, inside })
    }
}

/// What a library is given up under.
pub struct Terms<'a> {
    /// The apartments that give it up.
    pub ours: &'a [u64],
    pub delay: Duration,
    pub now: Instant,
}

/// Takes an apartment, or the library itself, out of the list; answers what the
/// loader has to close.
pub fn give_up(file: &Path, answer: &Answer, terms: &Terms<'_>) -> Option<usize> {
    let mut all = loaded();
    let all = all.as_mut()?;
    let module = all.get_mut(file)?;
    if answer.is_needed || module.uses != answer.uses {
        module.owners.iter_mut().for_each(|owner| owner.until = None);
        return None;
    }
    module.owners.retain_mut(|owner| {
        let is_ours = terms.ours.contains(&owner.apartment);
        let delay = if owner.shared { terms.delay } else { Duration::ZERO };
        let until = owner.until.filter(|_| !terms.delay.is_zero()).unwrap_or(terms.now + delay);
        if is_ours {
            owner.until = Some(until);
        }
        !is_ours || until > terms.now
    });
    // Proxies that were made meanwhile keep it; it is asked again then.
    let is_unused = module.owners.is_empty() && module.busy == 0;
    if is_unused && description::forget_library(answer.inside as *const c_void) {
        return all.remove(file).map(|module| module.handle);
    }
    None
}
