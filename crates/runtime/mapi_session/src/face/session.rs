//! `IMAPISession`.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{GUID, HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPISession, IMAPISession_Impl};

use super::{Context, answer, answer_entry, entry_argument, object, store};
use crate::ffi::guarded;
use crate::session::Session;

#[class(interfaces(IMAPISession))]
struct SessionFace {
    session: Arc<Session>,
}

impl Drop for SessionFace {
    fn drop(&mut self) {
        // The last reference to the session's object ends the session.
        self.session.end();
    }
}

/// The object of a session, with a reference.
///
/// # Errors
/// None in practice.
pub fn session_object(session: Arc<Session>) -> Result<*mut c_void, Failure> {
    object::<SessionFace, IMAPISession>(SessionFace { session })
}

impl SessionFace {
    fn context(&self) -> Result<Context, Failure> {
        let store = self.session.default_store()?;
        Ok(Context { session: Arc::clone(&self.session), store })
    }
}

impl IMAPISession_Impl for SessionFace {
    /// Opens the default store: without an entry identifier, or with its own.
    unsafe fn OpenMsgStore(
        &self,
        _window: usize,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        _flags: u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenMsgStore", || {
            let context = self.context()?;
            if size > 0 {
                // SAFETY: the caller passes `size` readable bytes.
                let entry = unsafe { entry_argument(size, entry) }?;
                if entry != store::store_entry_id(&context) {
                    return Err(Failure::new(Code::UNKNOWN_ENTRYID, "no provider has this store"));
                }
            }
            let opened = store::store_object(context)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, opened) }
        })
    }

    unsafe fn OpenEntry(
        &self,
        size: u32,
        entry: *const u8,
        _iid: *const GUID,
        _flags: u32,
        kind: *mut u32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        guarded("OpenEntry", || {
            let context = self.context()?;
            // SAFETY: the caller passes `size` readable bytes and writable places.
            unsafe { answer_entry(&context, entry_argument(size, entry)?, kind, place) }
        })
    }

    unsafe fn CompareEntryIDs(
        &self,
        size1: u32,
        entry1: *const u8,
        size2: u32,
        entry2: *const u8,
        _flags: u32,
        same: *mut u32,
    ) -> HRESULT {
        guarded("CompareEntryIDs", || {
            self.session.check()?;
            // SAFETY: the caller passes readable bytes and a writable place.
            unsafe {
                let one = entry_argument(size1, entry1)?;
                let two = entry_argument(size2, entry2)?;
                answer(same, u32::from(one == two))
            }
        })
    }

    unsafe fn Logoff(&self, _window: usize, _flags: u32, _reserved: u32) -> HRESULT {
        guarded("Logoff", || {
            self.session.check()?;
            self.session.end();
            Ok(())
        })
    }
}
