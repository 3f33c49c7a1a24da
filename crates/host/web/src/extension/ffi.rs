//! A loaded extension library and the calls into it.
//!
//! ELF has no entry point call of its own with a reason, so `DllMain` is looked
//! up and called here: 1 after loading, 0 before closing.

use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;

use isapi_abi::{
    DLL_PROCESS_ATTACH, DLL_PROCESS_DETACH, DllMain, ExtensionControlBlock, GetExtensionVersion,
    HSE_MAX_EXT_DLL_NAME_LEN, HSE_TERM_MUST_UNLOAD, HttpExtensionProc, TerminateExtension,
    VersionInfo,
};

use crate::thread_runtime;

/// A library that was loaded and has registered. Dropping it terminates and
/// closes it; nobody may be inside.
pub struct Library {
    handle: Handle,
    proc: HttpExtensionProc,
    terminate: Option<TerminateExtension>,
    dll_main: Option<DllMain>,
    description: String,
}

/// An open library; dropping it closes it.
struct Handle(NonNull<c_void>);

// SAFETY: a handle of dlopen may be used from any thread.
unsafe impl Send for Handle {}
// SAFETY: as above; closing it needs sole ownership.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: open, and closed once only.
        unsafe { libc::dlclose(self.0.as_ptr()) };
    }
}

fn loader_error() -> String {
    // SAFETY: the text is valid until this thread's next call of the loader.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return "the loader gives no reason".into();
    }
    // SAFETY: not null, so zero-ended.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

impl Handle {
    fn open(path: &Path) -> Result<Self, String> {
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|e| e.to_string())?;
        // SAFETY: zero-ended; the library's initialisers run, which is what
        // configuring an extension asks for.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        NonNull::new(handle).map(Self).ok_or_else(loader_error)
    }

    fn symbol(&self, name: &CStr) -> Option<NonNull<c_void>> {
        // SAFETY: open library, zero-ended name.
        NonNull::new(unsafe { libc::dlsym(self.0.as_ptr(), name.as_ptr()) })
    }
}

impl Library {
    /// Loads, attaches and registers.
    pub fn load(path: &Path) -> Result<Self, String> {
        let handle = Handle::open(path)?;
        let missing = |name: &str| format!("it does not export {name}");
        let version =
            handle.symbol(c"GetExtensionVersion").ok_or_else(|| missing("GetExtensionVersion"))?;
        let proc =
            handle.symbol(c"HttpExtensionProc").ok_or_else(|| missing("HttpExtensionProc"))?;
        // SAFETY: the extension contract gives these exports these signatures.
        let (version, proc, terminate, dll_main) = unsafe {
            (
                std::mem::transmute::<NonNull<c_void>, GetExtensionVersion>(version),
                std::mem::transmute::<NonNull<c_void>, HttpExtensionProc>(proc),
                handle
                    .symbol(c"TerminateExtension")
                    .map(|f| std::mem::transmute::<NonNull<c_void>, TerminateExtension>(f)),
                handle
                    .symbol(c"DllMain")
                    .map(|f| std::mem::transmute::<NonNull<c_void>, DllMain>(f)),
            )
        };
        let mut library =
            Self { handle, proc, terminate: None, dll_main: None, description: String::new() };
        if let Some(dll_main) = dll_main {
            thread_runtime::set_last_error(0);
            // SAFETY: the contract's signature; the handle is the library's own.
            let attached = unsafe {
                dll_main(library.handle.0.as_ptr(), DLL_PROCESS_ATTACH, std::ptr::null_mut())
            };
            if attached == 0 {
                return Err(format!("DllMain refuses{}", last_error()));
            }
            // From here on dropping it detaches.
            library.dll_main = Some(dll_main);
        }
        library.description = register(version)?;
        library.terminate = terminate;
        Ok(library)
    }

    /// What the extension says of itself.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Calls `HttpExtensionProc`.
    pub fn call(&self, block: &mut ExtensionControlBlock) -> u32 {
        // SAFETY: the contract's signature; the block is valid and the
        // extension's alone during the call.
        unsafe { (self.proc)(block) }
    }
}

fn last_error() -> String {
    match thread_runtime::last_error() {
        0 => String::new(),
        code => format!(", last error {code}"),
    }
}

/// Calls `GetExtensionVersion`; the extension's description.
fn register(version: GetExtensionVersion) -> Result<String, String> {
    let mut info =
        VersionInfo { dwExtensionVersion: 0, lpszExtensionDesc: [0; HSE_MAX_EXT_DLL_NAME_LEN] };
    thread_runtime::set_last_error(0);
    // SAFETY: the contract's signature, a writable structure.
    if unsafe { version(&mut info) } == 0 {
        return Err(format!("GetExtensionVersion refuses{}", last_error()));
    }
    let bytes: Vec<u8> =
        info.lpszExtensionDesc.iter().map(|&c| c.cast_unsigned()).take_while(|&b| b != 0).collect();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Drop for Library {
    fn drop(&mut self) {
        if let Some(terminate) = self.terminate {
            // SAFETY: the contract's signature. The answer does not matter when
            // the library must go.
            unsafe { terminate(HSE_TERM_MUST_UNLOAD) };
        }
        if let Some(dll_main) = self.dll_main {
            // SAFETY: as in `load`.
            unsafe {
                dll_main(self.handle.0.as_ptr(), DLL_PROCESS_DETACH, std::ptr::null_mut());
            }
        }
    }
}
