//! A reference to an object that any thread may keep.

use core::marker::PhantomData;
use core::ptr::null_mut;

use com_abi::codes::E_NOINTERFACE;
use com_abi::marshal::IAgileReference;
use com_abi::{HRESULT, Interface};

use crate::com::{Described, describe, ok};
use crate::ffi::connections::RoGetAgileReference;

/// An object of some apartment, to be kept and sent anywhere; whoever wants to
/// call it resolves it. Unlike a [`Parcel`](crate::Parcel) it may be resolved any
/// number of times.
///
/// It keeps the object until it is dropped, on whatever thread, or until the
/// object's apartment ends.
#[derive(Clone, Debug)]
pub struct AgileRef<I> {
    reference: IAgileReference,
    content: PhantomData<fn() -> I>,
}

// SAFETY: the runtime's references are agile: every thread may use and release
// them.
unsafe impl<I> Send for AgileRef<I> {}
// SAFETY: as above.
unsafe impl<I> Sync for AgileRef<I> {}

impl<I: Described> AgileRef<I> {
    /// A reference to the object of `interface`, which belongs to this thread's
    /// apartment.
    ///
    /// # Errors
    /// `CO_E_NOTINITIALIZED` on a thread without an apartment,
    /// `CO_E_NOT_SUPPORTED` for an object that must not leave its apartment.
    pub fn new(interface: &I) -> Result<Self, HRESULT> {
        describe::<I>()?;
        let mut raw = null_mut();
        // SAFETY: a readable identifier, a live interface, a writable place.
        ok(unsafe { RoGetAgileReference(0, &I::IID, interface.as_raw(), &mut raw) })?;
        if raw.is_null() {
            return Err(E_NOINTERFACE);
        }
        // SAFETY: the call succeeded: a reference with a reference of ours.
        let reference = unsafe { IAgileReference::from_raw(raw) };
        Ok(Self { reference, content: PhantomData })
    }

    /// The interface for this thread's apartment: the object's own where it may
    /// be called directly, else a proxy.
    ///
    /// # Errors
    /// `CO_E_NOTINITIALIZED` on a thread without an apartment,
    /// `CO_E_OBJNOTCONNECTED` when the object's apartment has ended.
    pub fn resolve(&self) -> Result<I, HRESULT> {
        let mut raw = null_mut();
        // SAFETY: a readable identifier and a writable place.
        ok(unsafe { self.reference.Resolve(&I::IID, &mut raw) })?;
        if raw.is_null() {
            return Err(E_NOINTERFACE);
        }
        // SAFETY: the call succeeded: `I` with a reference of ours.
        Ok(unsafe { I::from_raw(raw) })
    }
}
