//! The plug-in's exports; `tests/c/probe.c` has the same.

#![allow(non_snake_case)]

use std::ffi::{CStr, c_char};

use partywall::com_abi::HRESULT;
use partywall::ffi::{CoGetApartmentType, PwRuntime};

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
