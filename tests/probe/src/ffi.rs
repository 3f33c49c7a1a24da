//! The plug-in's exports; `tests/c/probe.c` has the same.

#![allow(non_snake_case)]

use std::ffi::{CStr, c_char, c_void};

use com_abi::codes::{CLASS_E_CLASSNOTAVAILABLE, E_OUTOFMEMORY, E_POINTER, S_OK};
use com_abi::{CreatableClass, GUID, HRESULT};
use partywall::ffi::{CoGetApartmentType, PwRuntime};
use partywall::task;

use crate::calculator::{Calculator, ICalculator, ICalculator_Impl};

/// What the plug-in sees: the file of its runtime and the calling thread's
/// apartment.
fn report() -> String {
    let (mut kind, mut qualifier) = (-9, -9);
    // SAFETY: writable places; all bytes zero is a valid value that the look-up
    // fills in; a found file has a zero-ended name.
    unsafe {
        let code = CoGetApartmentType(&mut kind, &mut qualifier);
        let mut info: libc::Dl_info = std::mem::zeroed();
        libc::dladdr(PwRuntime(), &mut info);
        let file = CStr::from_ptr(info.dli_fname).to_string_lossy();
        format!("runtime={file} address={:p} code={:#x} kind={kind}", PwRuntime(), code.0)
    }
}

/// Writes the report, zero-ended, into `size` bytes.
///
/// # Safety
/// `text` has `size` writable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn probe_report(text: *mut c_char, size: usize) {
    let report = report();
    let count = report.len().min(size.saturating_sub(1));
    // SAFETY: forwarded from the caller.
    unsafe {
        std::ptr::copy_nonoverlapping(report.as_ptr().cast(), text, count);
        text.add(count).write(0);
    }
}

/// Called by `partywall register`: leaves the report in the file that
/// `PARTYWALL_PROBE` names.
#[unsafe(no_mangle)]
pub extern "system" fn DllRegisterServer() -> HRESULT {
    let file = std::env::var_os("PARTYWALL_PROBE").unwrap_or_default();
    let written = std::fs::write(file, report());
    HRESULT(if written.is_ok() { 0 } else { 0x8000_4005_u32 as i32 })
}

impl ICalculator_Impl for Calculator {
    unsafe fn Add(&self, one: i32, other: i32, sum: *mut i32) -> HRESULT {
        // SAFETY: the caller passes null or a writable place.
        match unsafe { sum.as_mut() } {
            Some(sum) => *sum = one.wrapping_add(other),
            None => return E_POINTER,
        }
        S_OK
    }

    unsafe fn Language(&self, name: *mut *mut u16) -> HRESULT {
        // SAFETY: the caller passes null or a writable place.
        let Some(name) = (unsafe { name.as_mut() }) else { return E_POINTER };
        *name = task::string("Rust");
        if name.is_null() { E_OUTOFMEMORY } else { S_OK }
    }
}

/// The calculator's factory. Whoever asks for it may need a proxy of what it
/// makes.
///
/// # Safety
/// `clsid` and `iid` are null or readable, `object` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DllGetClassObject(
    clsid: *const GUID,
    iid: *const GUID,
    object: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        if clsid.as_ref() != Some(&Calculator::REGISTRATION.clsid) {
            return CLASS_E_CLASSNOTAVAILABLE;
        }
        match partywall::com::describe::<ICalculator>() {
            Ok(()) => com_abi::get_class_object::<Calculator>(iid, object),
            Err(code) => code,
        }
    }
}

/// Whether the library may leave the process.
#[unsafe(no_mangle)]
pub extern "system" fn DllCanUnloadNow() -> HRESULT {
    com_abi::can_unload_now()
}
