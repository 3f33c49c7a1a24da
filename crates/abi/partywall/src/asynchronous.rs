//! Calls that are begun and finished later.

use core::ops::Deref;
use core::ptr::null_mut;
use core::time::Duration;

use com_abi::asynchronous::{ICallFactory, ICancelMethodCalls, ISynchronize, Twin};
use com_abi::codes::{E_NOINTERFACE, RPC_S_CALLPENDING};
use com_abi::{HRESULT, Interface};

use crate::com::{Described, describe, ok};
use crate::ffi::INFINITE;

/// A call object: `Begin_…` and `Finish_…` of the asynchronous interface `A` are its
/// methods, and one call at a time is between the two.
///
/// It belongs to the apartment that it was made in. Dropped before `Finish_…`, it
/// leaves the call to itself.
#[derive(Debug)]
pub struct Call<A> {
    asynchronous: A,
    settled: ISynchronize,
}

impl<A: Twin> Call<A>
where
    A::Synchronous: Described,
{
    /// A call object for an object in another apartment.
    ///
    /// # Errors
    /// `E_NOINTERFACE` when the object is this apartment's own.
    pub fn new(object: &A::Synchronous) -> Result<Self, HRESULT> {
        describe::<A::Synchronous>()?;
        let factory: ICallFactory = object.cast().map_err(|error| error.code())?;
        let mut raw = null_mut();
        // SAFETY: readable identifiers and a writable place; no outer object.
        ok(unsafe { factory.CreateCall(&A::IID, null_mut(), &A::IID, &mut raw) })?;
        if raw.is_null() {
            return Err(E_NOINTERFACE);
        }
        // SAFETY: the call succeeded, so this is `A` with a reference of ours.
        let asynchronous = unsafe { A::from_raw(raw) };
        let settled = asynchronous.cast().map_err(|error| error.code())?;
        Ok(Self { asynchronous, settled })
    }

    /// Waits for the answer, at most that long, and serves the calls of a
    /// single-threaded apartment meanwhile; whether it is there.
    ///
    /// # Errors
    /// The system's, when it cannot wait.
    pub fn wait(&self, longest: Duration) -> Result<bool, HRESULT> {
        let milliseconds = u32::try_from(longest.as_millis()).unwrap_or(INFINITE);
        // SAFETY: plain numbers.
        match unsafe { self.settled.Wait(0, milliseconds) } {
            RPC_S_CALLPENDING => Ok(false),
            code => ok(code).map(|()| true),
        }
    }

    /// Asks for the end of the call; `Finish_…` waits for it that long yet.
    ///
    /// # Errors
    /// `RPC_E_CALL_COMPLETE` when the answer is there or nothing was begun;
    /// `RPC_E_CALL_CANCELED` when that was done already.
    pub fn cancel(&self, patience: Duration) -> Result<(), HRESULT> {
        let means: ICancelMethodCalls = self.asynchronous.cast().map_err(|error| error.code())?;
        let seconds = u32::try_from(patience.as_secs()).unwrap_or(u32::MAX);
        // SAFETY: a plain number.
        ok(unsafe { means.Cancel(seconds) })
    }
}

impl<A> Deref for Call<A> {
    type Target = A;
    fn deref(&self) -> &A {
        &self.asynchronous
    }
}
