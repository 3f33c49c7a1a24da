//! The context in which monikers are bound: options, the objects that were bound
//! on the way and are kept until the context goes, and objects under names for
//! whoever is bound.

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use com_abi::codes::{E_FAIL, E_INVALIDARG, E_POINTER, MK_E_NOTBOUND, S_FALSE, S_OK};
use com_abi::moniker::{BindOptions, IBindCtx, IBindCtx_Impl};
use com_abi::{HRESULT, IUnknown, Interface, class, from_wide, new_interface};

use super::enumerate;
use super::object::{answer, lent};
use crate::ffi::running_objects::table;

/// Bytes of `BIND_OPTS`, the least that a caller may know.
const LEAST_OPTIONS: u32 = 16;

#[derive(Default)]
struct State {
    options: BindOptions,
    bound: Vec<IUnknown>,
    /// By name, in the order of registration.
    named: Vec<(String, IUnknown)>,
}

#[class(interfaces(IBindCtx))]
struct BindContext(Mutex<State>);

/// A new one.
///
/// # Errors
/// None in practice.
pub fn make() -> Result<IBindCtx, HRESULT> {
    new_interface(BindContext(Mutex::default()))
}

impl BindContext {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name that a key is.
///
/// # Safety
/// `key` is null or zero-ended.
unsafe fn name(key: *const u16) -> Result<String, HRESULT> {
    // SAFETY: forwarded from the caller.
    if key.is_null() { Err(E_INVALIDARG) } else { Ok(unsafe { from_wide(key) }) }
}

fn coded(body: impl FnOnce() -> Result<HRESULT, HRESULT>) -> HRESULT {
    body().unwrap_or_else(|code| code)
}

/// How many bytes of the options the caller's structure has.
///
/// # Safety
/// `options` is null or has at least its size, which is readable.
unsafe fn known_bytes(options: *const BindOptions) -> Result<usize, HRESULT> {
    if options.is_null() {
        return Err(E_POINTER);
    }
    // SAFETY: forwarded from the caller; the size stands in front.
    let size = unsafe { (&raw const (*options).size).read() };
    if size < LEAST_OPTIONS {
        return Err(E_INVALIDARG);
    }
    Ok(size as usize)
}

impl IBindCtx_Impl for BindContext {
    unsafe fn RegisterObjectBound(&self, object: *mut c_void) -> HRESULT {
        // SAFETY: the caller passes null, which is ignored, or a live interface.
        if let Some(object) = unsafe { IUnknown::from_raw_borrowed(&object) } {
            self.state().bound.push(object.clone());
        }
        S_OK
    }

    unsafe fn RevokeObjectBound(&self, object: *mut c_void) -> HRESULT {
        coded(|| {
            // SAFETY: the caller passes null or a live interface.
            let object = unsafe { lent::<IUnknown>(&object)? };
            let taken = {
                let mut state = self.state();
                let at = state.bound.iter().position(|known| known == object);
                state.bound.remove(at.ok_or(MK_E_NOTBOUND)?)
            };
            drop(taken);
            Ok(S_OK)
        })
    }

    unsafe fn ReleaseBoundObjects(&self) -> HRESULT {
        let taken = std::mem::take(&mut self.state().bound);
        drop(taken);
        S_OK
    }

    unsafe fn SetBindOptions(&self, options: *const BindOptions) -> HRESULT {
        coded(|| {
            let mut state = self.state();
            // SAFETY: the caller passes a structure of the size that it says; as
            // many bytes are copied as both have, and any bytes are valid.
            unsafe {
                let size = known_bytes(options)?;
                if size > size_of::<BindOptions>() {
                    return Err(E_INVALIDARG);
                }
                let place = (&raw mut state.options).cast::<u8>();
                core::ptr::copy_nonoverlapping(options.cast(), place, size);
            }
            state.options.size = size_of::<BindOptions>() as u32;
            Ok(S_OK)
        })
    }

    unsafe fn GetBindOptions(&self, options: *mut BindOptions) -> HRESULT {
        coded(|| {
            let state = self.state();
            // SAFETY: as above; the caller's size stays.
            unsafe {
                let size = known_bytes(options)?;
                let count = size.min(size_of::<BindOptions>());
                core::ptr::copy_nonoverlapping(
                    (&raw const state.options).cast::<u8>(),
                    options.cast(),
                    count,
                );
                (&raw mut (*options).size).write(size as u32);
            }
            Ok(S_OK)
        })
    }

    unsafe fn GetRunningObjectTable(&self, place: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { answer(place, || Ok((S_OK, table()?.into_raw()))) }
    }

    unsafe fn RegisterObjectParam(&self, key: *const u16, object: *mut c_void) -> HRESULT {
        coded(|| {
            // SAFETY: the caller passes null or what the interface says.
            let (key, object) = unsafe { (name(key)?, lent::<IUnknown>(&object)?.clone()) };
            let before = {
                let mut state = self.state();
                match state.named.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => Some(std::mem::replace(known, object)),
                    None => {
                        state.named.push((key, object));
                        None
                    }
                }
            };
            drop(before);
            Ok(S_OK)
        })
    }

    unsafe fn GetObjectParam(&self, key: *const u16, object: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller passes null or what the interface says.
        unsafe {
            answer(object, || {
                let key = name(key)?;
                let state = self.state();
                let found = state.named.iter().find(|(known, _)| *known == key);
                let (_, object) = found.ok_or(E_FAIL)?;
                Ok((S_OK, object.clone().into_raw()))
            })
        }
    }

    unsafe fn EnumObjectParam(&self, keys: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe {
            answer(keys, || {
                let names = self.state().named.iter().map(|(name, _)| name.clone()).collect();
                Ok((S_OK, enumerate::texts(names)?.into_raw()))
            })
        }
    }

    unsafe fn RevokeObjectParam(&self, key: *const u16) -> HRESULT {
        coded(|| {
            // SAFETY: the caller passes null or zero-ended text.
            let key = unsafe { name(key)? };
            let taken = {
                let mut state = self.state();
                let at = state.named.iter().position(|(known, _)| *known == key);
                at.map(|at| state.named.remove(at))
            };
            Ok(if taken.is_some() { S_OK } else { S_FALSE })
        })
    }
}
