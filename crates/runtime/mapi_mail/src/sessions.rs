//! Sessions that their clients know by a number.
//!
//! # Protocol
//! A session counts as a use of the subsystem from its logon to its end, so that
//! clients of these interfaces need not call `MAPIInitialize`. Whoever looks a
//! number up keeps the session alive during the call; the list is locked for the
//! look-up only.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_session::path::Path;
use mapi_session::{Client, Request};

use crate::find::Finder;

/// A use of the subsystem.
struct Use;

impl Use {
    fn begin() -> Result<Self, Failure> {
        mapi_session::initialize(0, 0)?;
        Ok(Self)
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        if let Err(failure) = mapi_session::uninitialize() {
            observe::warn!("mapi", "the end of a session: {failure}");
        }
    }
}

/// A client's part in a session. Dropping it is a logoff.
pub struct MailSession {
    // Left before the use ends: the order of the fields counts.
    client: Arc<Client>,
    finder: Mutex<Finder>,
    _use: Use,
}

impl MailSession {
    /// Logs on.
    ///
    /// # Errors
    /// As [`mapi_session::logon()`].
    pub fn open(request: &Request) -> Result<Arc<Self>, Failure> {
        Self::open_with_path(request, &mut Path::new())
    }

    /// As [`MailSession::open`], with the logon's steps in `path`.
    ///
    /// # Errors
    /// As [`MailSession::open`].
    pub fn open_with_path(request: &Request, path: &mut Path) -> Result<Arc<Self>, Failure> {
        let used = Use::begin()?;
        let client = mapi_session::logon_with_path(request, path)?;
        Ok(Arc::new(Self { client, finder: Mutex::default(), _use: used }))
    }

    /// Where the session's search through the inbox is.
    pub fn finder(&self) -> MutexGuard<'_, Finder> {
        self.finder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for MailSession {
    type Target = Arc<Client>;

    fn deref(&self) -> &Arc<Client> {
        &self.client
    }
}

impl Drop for MailSession {
    fn drop(&mut self) {
        if let Err(failure) = self.client.leave() {
            observe::warn!("mapi", "a logoff: {failure}");
        }
    }
}

/// See the module.
#[derive(Default)]
pub struct MailSessions(Mutex<(u32, BTreeMap<u32, Arc<MailSession>>)>);

impl MailSessions {
    /// None yet.
    pub const fn new() -> Self {
        Self(Mutex::new((0, BTreeMap::new())))
    }

    fn lock(&self) -> MutexGuard<'_, (u32, BTreeMap<u32, Arc<MailSession>>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a session a number, which is never 0 and nobody else's.
    pub fn add(&self, session: Arc<MailSession>) -> u32 {
        let mut guard = self.lock();
        let (last, sessions) = &mut *guard;
        loop {
            *last = last.wrapping_add(1);
            if *last != 0 && !sessions.contains_key(last) {
                break;
            }
        }
        sessions.insert(*last, session);
        *last
    }

    /// The session of a number.
    ///
    /// # Errors
    /// `INVALID_OBJECT` there is none.
    pub fn find(&self, number: u32) -> Result<Arc<MailSession>, Failure> {
        let found = self.lock().1.get(&number).cloned();
        found.ok_or_else(|| unknown(number))
    }

    /// Takes a session out: its number means nothing from now on.
    ///
    /// # Errors
    /// As [`MailSessions::find`].
    pub fn take(&self, number: u32) -> Result<Arc<MailSession>, Failure> {
        let taken = self.lock().1.remove(&number);
        taken.ok_or_else(|| unknown(number))
    }
}

fn unknown(number: u32) -> Failure {
    Failure::new(Code::INVALID_OBJECT, format!("there is no session {number}: log on first"))
}
