//! Contexts with properties: how one is asked for, and the interface of a program's
//! own interceptors. Partywall's own; COM+ kept the like of it to itself.

#![allow(non_snake_case)]

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

/// The call comes into the context.
pub const PW_CROSSING_IN: u32 = 0;
/// The call goes out of it.
pub const PW_CROSSING_OUT: u32 = 1;

/// A call that crosses the border of a context.
#[derive(Debug)]
#[repr(C)]
pub struct PwCrossing {
    /// `PW_CROSSING_…`.
    pub direction: u32,
    /// The method's place in the vtable, from 0.
    pub method: u32,
    /// The interface; all zero when it is not known.
    pub iid: GUID,
    /// The chain of calls it belongs to.
    pub causality: GUID,
    /// The thread that crosses.
    pub thread: u32,
    /// The context's name, zero-ended.
    pub context: *const u16,
}

/// Is told of each call that crosses the border of a context, in both directions.
///
/// Asked and told by the thread that crosses, inside the context, in its activity and
/// with its identity; so it has to be agile (`IAgileObject`), and must not call out
/// of the context.
#[crate::interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C000020")]
pub unsafe trait IPwInterceptor: IUnknown {
    /// A call is about to cross; a failure refuses it and becomes its result.
    unsafe fn Enter(&self, call: *const PwCrossing) -> HRESULT;
    /// A call that was let pass has ended.
    unsafe fn Leave(&self, call: *const PwCrossing, result: HRESULT);
}

/// The property is not looked at.
pub const PW_SYNCHRONIZATION_DISABLED: u32 = 0;
/// Never synchronised.
pub const PW_SYNCHRONIZATION_NOT_SUPPORTED: u32 = 1;
/// In the creator's activity, if it is in one.
pub const PW_SYNCHRONIZATION_SUPPORTED: u32 = 2;
/// In the creator's activity, or a new one.
pub const PW_SYNCHRONIZATION_REQUIRED: u32 = 3;
/// In a new activity.
pub const PW_SYNCHRONIZATION_REQUIRES_NEW: u32 = 4;

/// Calls run as the thread that serves them.
pub const PW_IDENTITY_CALLER: u32 = 0;
/// Calls run as who made the context: who it impersonated then, else the process.
pub const PW_IDENTITY_CREATOR: u32 = 1;

/// What a new context is asked to be. Zero means "no matter" everywhere
/// but in `size` and `apartment`.
#[derive(Debug)]
#[repr(C)]
pub struct PwContextProperties {
    /// Bytes of this structure.
    pub size: u32,
    /// `APTTYPE_CURRENT`, `_MTA`, `_NA` or `_MAINSTA`: where it is.
    pub apartment: i32,
    /// `PW_SYNCHRONIZATION_…`.
    pub synchronization: u32,
    /// How long a call waits to enter, in milliseconds; 0 for a minute.
    pub timeout_ms: u32,
    /// `PW_IDENTITY_…`.
    pub identity: u32,
    /// The least `RPC_C_AUTHN_LEVEL_…` of a call.
    pub authentication_level: u32,
    /// Its name, zero-ended; null for none.
    pub name: *const u16,
    /// Not 0 when each call into it is a hop of the caller's trace.
    pub is_traced: u32,
    /// How many users there are.
    pub user_count: u32,
    /// The accounts that may call, zero-ended; null for everybody.
    pub users: *const *const u16,
    /// How many interceptors there are.
    pub interceptor_count: u32,
    /// 0.
    pub reserved: u32,
    /// Objects with `IPwInterceptor` that are agile; each gets a reference.
    pub interceptors: *const *mut c_void,
}

impl Default for PwContextProperties {
    /// A context of the current apartment without properties.
    fn default() -> Self {
        Self {
            size: size_of::<Self>() as u32,
            apartment: crate::context::APTTYPE_CURRENT,
            synchronization: PW_SYNCHRONIZATION_DISABLED,
            timeout_ms: 0,
            identity: PW_IDENTITY_CALLER,
            authentication_level: 0,
            name: core::ptr::null(),
            is_traced: 0,
            user_count: 0,
            users: core::ptr::null(),
            interceptor_count: 0,
            reserved: 0,
            interceptors: core::ptr::null(),
        }
    }
}

const _: () = assert!(size_of::<PwContextProperties>() == 64 && size_of::<PwCrossing>() == 56);
