//! The classes, and their methods with C's signatures: they check their arguments
//! and forward to `answers`.

#![allow(non_snake_case)]

mod by_name;

use core::ffi::c_void;

use com_abi::automation::SafeArray;
use com_abi::codes::{E_OUTOFMEMORY, E_POINTER, S_OK};
use com_abi::{Class, HRESULT, Interface, class, from_wide, new_interface};
use echo_abi::{IEcho, IEcho_Impl, IEchoDispatch, IEchoDispatch_Impl, IEchoSink};
use partywall::task;

use crate::answers;

/// Writes an answer to its place.
///
/// # Safety
/// `place` is null or writable.
unsafe fn give<T>(place: *mut T, answer: Result<T, HRESULT>) -> HRESULT {
    if place.is_null() {
        return E_POINTER;
    }
    match answer {
        Ok(answer) => {
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { place.write(answer) };
            S_OK
        }
        Err(code) => code,
    }
}

/// Text of the task allocator.
fn text(text: &str) -> Result<*mut u16, HRESULT> {
    let copy = task::string(text);
    if copy.is_null() { Err(E_OUTOFMEMORY) } else { Ok(copy) }
}

/// `Clone` of a class.
///
/// # Safety
/// As [`give`].
unsafe fn clone<T: Class + IEcho_Impl + Default>(copy: *mut *mut c_void) -> HRESULT {
    let made = new_interface::<T, IEcho>(T::default()).map(Interface::into_raw);
    // SAFETY: forwarded from the caller.
    unsafe { give(copy, made) }
}

/// # Safety
/// `sink` is null or a live sink.
unsafe fn call_back(sink: *mut c_void, times: u32) -> HRESULT {
    // SAFETY: forwarded from the caller.
    let Some(sink) = (unsafe { IEchoSink::from_raw_borrowed(&sink) }) else { return E_POINTER };
    // SAFETY: plain numbers.
    (1..=times).map(|n| unsafe { sink.Called(n) }).find(|code| code.is_err()).unwrap_or(S_OK)
}

/// # Safety
/// The places are null or writable.
unsafe fn who_am_i(
    user: *mut *mut u16,
    levels: [*mut u32; 2],
    thread: *mut i64,
    apartment: *mut u32,
) -> HRESULT {
    let [authn_level, imp_level] = levels;
    if user.is_null() || thread.is_null() || apartment.is_null() {
        return E_POINTER;
    }
    if authn_level.is_null() || imp_level.is_null() {
        return E_POINTER;
    }
    let caller = match answers::caller() {
        Ok(caller) => caller,
        Err(code) => return code,
    };
    // SAFETY: checked for null; the caller passes writable places.
    unsafe {
        authn_level.write(caller.authn_level);
        imp_level.write(caller.imp_level);
        thread.write(caller.thread);
        apartment.write(caller.apartment);
        give(user, text(&caller.user))
    }
}

macro_rules! classes {
    ($($name:ident, $clsid:literal, $progid:literal, $threading:literal;)*) => {$(
        /// See the crate.
        #[class(
            clsid = $clsid,
            progid = $progid,
            name = "Partywall echo",
            threading = $threading,
            appid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C000000",
            surrogate,
            interfaces(IEcho, IEchoDispatch),
            dual(IEchoDispatch)
        )]
        #[derive(Default)]
        pub struct $name;

        impl IEcho_Impl for $name {
            unsafe fn Echo(&self, text: *const u16, reply: *mut *mut u16) -> HRESULT {
                if text.is_null() {
                    return E_POINTER;
                }
                // SAFETY: forwarded from the caller.
                unsafe { give(reply, self::text(&from_wide(text))) }
            }

            unsafe fn Add(&self, a: i32, b: i32, sum: *mut i32) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { give(sum, answers::add(a, b)) }
            }

            unsafe fn Sum(&self, count: u32, values: *const i32, total: *mut i64) -> HRESULT {
                let values = match (count, values.is_null()) {
                    (0, _) => &[],
                    (_, true) => return E_POINTER,
                    // SAFETY: the caller passes that many values.
                    _ => unsafe { core::slice::from_raw_parts(values, count as usize) },
                };
                // SAFETY: forwarded from the caller.
                unsafe { give(total, Ok(answers::sum(values))) }
            }

            unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { clone::<Self>(copy) }
            }

            unsafe fn CallBack(&self, sink: *mut c_void, times: u32) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { call_back(sink, times) }
            }

            unsafe fn WhoAmI(
                &self,
                user: *mut *mut u16,
                authn_level: *mut u32,
                imp_level: *mut u32,
                thread: *mut i64,
                apartment: *mut u32,
            ) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { who_am_i(user, [authn_level, imp_level], thread, apartment) }
            }

            unsafe fn Sleep(&self, ms: u32) -> HRESULT {
                // SAFETY: a plain number.
                unsafe { partywall::ffi::Sleep(ms) };
                S_OK
            }

            unsafe fn Fault(&self, kind: u32) -> HRESULT {
                answers::fault(kind)
            }
        }

        impl IEchoDispatch_Impl for $name {
            unsafe fn Echo(&self, text: *mut u16, reply: *mut *mut u16) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { give(reply, by_name::copy(text)) }
            }

            unsafe fn Add(&self, a: i32, b: i32, sum: *mut i32) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { give(sum, answers::add(a, b)) }
            }

            unsafe fn Sum(&self, values: *mut SafeArray, total: *mut i64) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { give(total, by_name::values(values).map(answers::sum)) }
            }

            unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT {
                let made = new_interface::<Self, IEchoDispatch>(Self);
                // SAFETY: forwarded from the caller.
                unsafe { give(copy, made.map(Interface::into_raw)) }
            }

            unsafe fn WhoAmI(&self, who: *mut *mut SafeArray) -> HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { give(who, by_name::caller()) }
            }
        }
    )*};
}

classes! {
    EchoMain, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C000001", "Partywall.Echo.Main", "None";
    EchoApartment, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C000002", "Partywall.Echo.Apartment", "Apartment";
    EchoFree, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C000003", "Partywall.Echo.Free", "Free";
    EchoBoth, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C000004", "Partywall.Echo.Both", "Both";
    EchoNeutral, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C000005", "Partywall.Echo.Neutral", "Neutral";
}
