//! Sessions.
//!
//! # Protocol
//! A session is open from its logon until `Logoff`, or until the last reference
//! to its object goes; then it is ended, for good. Everything that was opened
//! through it asks it first, and answers `MAPI_E_INVALID_OBJECT` once it has
//! ended. The store is opened when it is first asked for, under the session's
//! own identity, which the logon captured: a thread that works for somebody else
//! by then changes nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageStore, StoreLogon, StoreProvider};
use observe::trace::{self, HopGuard};
use security::{Token, impersonation};

use crate::provider::{store_provider, user_folder};

/// An open session as the directory lists it.
#[derive(Clone, Debug)]
pub struct SessionEntry {
    /// Number of the session in this process.
    pub id: u64,
    /// Whose it is.
    pub user: Arc<str>,
    /// Since when.
    pub since: SystemTime,
}

static DIRECTORY: Mutex<BTreeMap<u64, SessionEntry>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

fn directory() -> MutexGuard<'static, BTreeMap<u64, SessionEntry>> {
    DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sessions that are open, the oldest first.
pub fn list() -> Vec<SessionEntry> {
    directory().values().cloned().collect()
}

/// See the module.
pub struct Session {
    id: u64,
    token: Token,
    ended: AtomicBool,
    store: Mutex<Option<Arc<dyn MessageStore>>>,
    /// The hop that lasts as long as the session.
    hop: Mutex<Option<HopGuard>>,
}

impl Session {
    /// Opens a session for whoever `token` names.
    pub(crate) fn open(token: Token) -> Arc<Self> {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let hop = trace::current().map(|trace| trace.hop("session", token.user()));
        let entry = SessionEntry { id, user: Arc::clone(token.user()), since: SystemTime::now() };
        directory().insert(id, entry);
        Arc::new(Self {
            id,
            token,
            ended: AtomicBool::new(false),
            store: Mutex::new(None),
            hop: Mutex::new(hop),
        })
    }

    /// Whose session it is.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Refuses once the session has ended.
    ///
    /// # Errors
    /// `INVALID_OBJECT`.
    pub fn check(&self) -> Result<(), Failure> {
        if self.ended.load(Ordering::Acquire) {
            return Err(Failure::new(Code::INVALID_OBJECT, "the session was logged off"));
        }
        Ok(())
    }

    /// The user's default store.
    ///
    /// # Errors
    /// `INVALID_OBJECT` after the end; `NO_ACCESS` when the system refuses the
    /// user's identity; the provider's.
    pub fn default_store(&self) -> Result<Arc<dyn MessageStore>, Failure> {
        self.check()?;
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = &*store {
            return Ok(Arc::clone(store));
        }
        let provider = store_provider().ok_or_else(|| {
            Failure::new(Code::NO_SUPPORT, "no message store provider is registered")
        })?;
        let opened: Arc<dyn MessageStore> = open_store(provider, &self.token)?.into();
        *store = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// Ends the session. Doing it twice changes nothing.
    pub fn end(&self) {
        if self.ended.swap(true, Ordering::AcqRel) {
            return;
        }
        directory().remove(&self.id);
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(store);
        let hop = self.hop.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(hop);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

fn open_store(
    provider: &Arc<dyn StoreProvider>,
    token: &Token,
) -> Result<Box<dyn MessageStore>, Failure> {
    let _identity = impersonation::impersonate(token).map_err(|error| {
        let says = format!("the system refuses the identity of {}: {error}", token.user());
        Failure::new(Code::NO_ACCESS, says)
    })?;
    let folder = user_folder(registry::data_folder(), token.user());
    provider.logon(StoreLogon { user: token.user(), folder: &folder, write: true, create: false })
}
