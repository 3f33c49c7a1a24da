//! An interface on its way to another apartment of this process.

use core::marker::PhantomData;
use core::ptr::null_mut;

use com_abi::codes::E_NOINTERFACE;
use com_abi::stream::{IStream, STREAM_SEEK_SET};
use com_abi::{HRESULT, Interface};

use crate::com::{Described, describe, ok};
use crate::ffi;

/// An interface in a stream, packed by the thread that may use it, to be sent to
/// a thread that wants to.
///
/// The packet holds a reference on the object until it is opened or dropped.
/// Both want a thread that is in an apartment: a packet that is dropped elsewhere
/// keeps the object until its apartment ends.
#[must_use = "a packet that nobody opens gives the object up again"]
pub struct Parcel<I> {
    /// At its beginning; `None` once it was opened.
    stream: Option<IStream>,
    content: PhantomData<fn() -> I>,
}

// SAFETY: the stream is the runtime's own, which any thread may use; what it
// holds is not a pointer but the means to get one.
unsafe impl<I> Send for Parcel<I> {}

impl<I: Described> Parcel<I> {
    /// Packs an interface.
    ///
    /// # Errors
    /// `CO_E_NOTINITIALIZED` on a thread without an apartment, `E_NOINTERFACE`
    /// when the object does not have it.
    pub fn pack(interface: &I) -> Result<Self, HRESULT> {
        describe::<I>()?;
        let mut raw = null_mut();
        // SAFETY: a readable identifier, a live interface, a writable place.
        ok(unsafe {
            ffi::CoMarshalInterThreadInterfaceInStream(&I::IID, interface.as_raw(), &mut raw)
        })?;
        if raw.is_null() {
            return Err(E_NOINTERFACE);
        }
        // SAFETY: the call succeeded: a stream with a reference of ours.
        Ok(Self { stream: Some(unsafe { IStream::from_raw(raw) }), content: PhantomData })
    }

    /// The interface for this thread's apartment: the object's own where it may
    /// be called directly, else a proxy.
    ///
    /// # Errors
    /// `CO_E_NOTINITIALIZED` on a thread without an apartment,
    /// `CO_E_OBJNOTCONNECTED` when the object's apartment has ended.
    pub fn open(mut self) -> Result<I, HRESULT> {
        let stream = self.stream.take().ok_or(E_NOINTERFACE)?;
        let mut raw = null_mut();
        // SAFETY: the call takes over the stream's reference; a readable
        // identifier and a writable place.
        ok(unsafe { ffi::CoGetInterfaceAndReleaseStream(stream.into_raw(), &I::IID, &mut raw) })?;
        if raw.is_null() {
            return Err(E_NOINTERFACE);
        }
        // SAFETY: the call succeeded: `I` with a reference of ours.
        Ok(unsafe { I::from_raw(raw) })
    }
}

impl<I> Drop for Parcel<I> {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            // SAFETY: a live stream; null is allowed for the new position. A
            // refusal leaves the reference to the apartment's end, as documented.
            unsafe {
                let _ = stream.Seek(0, STREAM_SEEK_SET, null_mut());
                let _ = ffi::CoReleaseMarshalData(stream.as_raw());
            }
        }
    }
}
