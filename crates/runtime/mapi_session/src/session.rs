//! Sessions.
//!
//! # Protocol
//! A session is made by a logon and has clients: one, or several that share it.
//! It ends when its last client leaves, and for good. Whoever joins does so under
//! the lock of the clients, so that a session that has ended is never joined.
//! Its services are the session's: a service that is disabled is so for all its
//! clients, and for this session only. What providers held is let go outside of
//! every lock, each within the bound of releases.
//!
//! The identity is the one that the first logon captured. A thread that works for
//! somebody else by then changes nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_connection::Connection;
use mapi_profile::{Profile, Uid};
use observe::trace::{self, HopGuard};

use crate::client::Client;
use crate::context::UserContext;
use crate::link::Link;
use crate::live::Live;
use crate::notify::Notification;
use crate::open;
use crate::service::{Service, ServiceReport};
use crate::settings::Settings;
use crate::whose::Whose;

/// An open session as the directory lists it.
#[derive(Clone, Debug)]
pub struct SessionEntry {
    /// Number of the session in this process.
    pub id: u64,
    /// Whose it is.
    pub user: Arc<str>,
    /// Its profile.
    pub profile: String,
    /// Since when.
    pub since: SystemTime,
    /// Its clients in this process.
    pub clients: usize,
    /// Whether others can join it.
    pub is_shared: bool,
}

static DIRECTORY: Mutex<BTreeMap<u64, Weak<Session>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

fn directory() -> MutexGuard<'static, BTreeMap<u64, Weak<Session>>> {
    DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number for a session of this process.
pub fn next_id() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The sessions that are open, the oldest first.
pub fn list() -> Vec<SessionEntry> {
    let sessions: Vec<_> = directory().values().filter_map(Weak::upgrade).collect();
    sessions.iter().filter(|session| session.check().is_ok()).map(|s| s.entry()).collect()
}

/// The session of that number.
pub fn find(id: u64) -> Option<Arc<Session>> {
    directory().get(&id).and_then(Weak::upgrade).filter(|session| session.check().is_ok())
}

/// All sessions, to be ended.
pub fn all() -> Vec<Arc<Session>> {
    directory().values().filter_map(Weak::upgrade).collect()
}

/// What a session is made of.
pub struct Parts {
    /// Its number, from [`next_id`].
    pub id: u64,
    /// Whose it is.
    pub context: UserContext,
    /// Its profile, as it was found.
    pub profile: Arc<Profile>,
    /// Its services, logged on to.
    pub services: Vec<Service>,
    /// What was decided.
    pub settings: Settings,
}

/// See the module.
pub struct Session {
    parts: PartsOf,
    since: SystemTime,
    services: Mutex<Vec<Service>>,
    clients: Mutex<BTreeMap<u64, Weak<Client>>>,
    link: Mutex<Option<Link>>,
    /// Why it has ended.
    end: OnceLock<Failure>,
    /// The hop that lasts as long as the session.
    hop: Mutex<Option<HopGuard>>,
}

struct PartsOf {
    id: u64,
    context: UserContext,
    profile: Arc<Profile>,
    settings: Settings,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// A session without clients; whoever makes it adds the first.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { id, context, profile, services, settings } = parts;
        let hop = trace::current().map(|trace| trace.hop("session", context.token().user()));
        let session = Arc::new(Self {
            parts: PartsOf { id, context, profile, settings },
            since: SystemTime::now(),
            services: Mutex::new(services),
            clients: Mutex::new(BTreeMap::new()),
            link: Mutex::new(None),
            end: OnceLock::new(),
            hop: Mutex::new(hop),
        });
        directory().insert(id, Arc::downgrade(&session));
        session
    }

    /// Its number in this process.
    pub fn id(&self) -> u64 {
        self.parts.id
    }

    /// Whose it is.
    pub fn context(&self) -> &UserContext {
        &self.parts.context
    }

    /// Its profile.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.parts.profile
    }

    /// What was decided when it began.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    fn entry(&self) -> SessionEntry {
        SessionEntry {
            id: self.id(),
            user: Arc::clone(self.context().token().user()),
            profile: self.profile().name.clone(),
            since: self.since,
            clients: self.clients().len(),
            is_shared: self.is_shared(),
        }
    }

    /// Whether others can join it.
    pub fn is_shared(&self) -> bool {
        lock(&self.link).is_some()
    }

    /// Says by which link others join it.
    pub fn set_link(&self, link: Link) {
        *lock(&self.link) = Some(link);
    }

    /// Runs `body` with the link, if there is one.
    pub fn with_link<R>(&self, body: impl FnOnce(&Link) -> R) -> Option<R> {
        lock(&self.link).as_ref().map(body)
    }

    /// Refuses once the session has ended.
    ///
    /// # Errors
    /// `INVALID_OBJECT` it was logged off; `END_OF_SESSION` the broker is gone.
    pub fn check(&self) -> Result<(), Failure> {
        match self.end.get() {
            Some(why) => Err(why.clone()),
            None => Ok(()),
        }
    }

    /// Its clients in this process.
    pub fn clients(&self) -> Vec<Arc<Client>> {
        lock(&self.clients).values().filter_map(Weak::upgrade).collect()
    }

    /// Tells the clients of a shared session that somebody asks them to leave it.
    pub fn tell_to_leave(&self) {
        if !self.is_shared() {
            return;
        }
        let says = "somebody asks all who share the session to log off";
        let told = Notification::Critical(Failure::new(Code::END_OF_SESSION, says));
        for client in self.clients() {
            client.sinks().tell(&told);
        }
    }

    /// Adds a client.
    ///
    /// # Errors
    /// As [`Session::check`].
    pub fn add(&self, client: &Arc<Client>) -> Result<(), Failure> {
        let mut clients = lock(&self.clients);
        self.check()?;
        clients.insert(client.id(), Arc::downgrade(client));
        Ok(())
    }

    /// Takes a client out; the last one's going ends the session.
    ///
    /// # Errors
    /// `TIMEOUT` a provider was not let go within the bound.
    pub fn remove(&self, client: u64) -> Result<(), Failure> {
        {
            let mut clients = lock(&self.clients);
            if clients.remove(&client).is_none() || !clients.is_empty() {
                return Ok(());
            }
            // Under the lock, so that nobody joins what ends.
            self.say_end(Failure::new(Code::INVALID_OBJECT, "the session was logged off"));
        }
        self.release()
    }

    fn say_end(&self, why: Failure) {
        let _ = self.end.set(why);
        directory().remove(&self.id());
    }

    /// Ends the session for all its clients.
    ///
    /// # Errors
    /// As [`Session::remove`].
    pub fn end(&self, why: Failure) -> Result<(), Failure> {
        {
            let _clients = lock(&self.clients);
            self.say_end(why);
        }
        self.release()
    }

    fn release(&self) -> Result<(), Failure> {
        let link = lock(&self.link).take();
        drop(link);
        let services = std::mem::take(&mut *lock(&self.services));
        let mut result = Ok(());
        for mut service in services {
            let over = Failure::new(Code::INVALID_OBJECT, "the session was logged off");
            for live in service.disable(over) {
                let released = live.release(self.settings().release_bound);
                result = result.and(released);
            }
        }
        let hop = lock(&self.hop).take();
        drop(hop);
        result
    }

    /// Looks at the services, or changes them; nothing is called meanwhile.
    pub fn with_services<R>(&self, body: impl FnOnce(&mut Vec<Service>) -> R) -> R {
        body(&mut lock(&self.services))
    }

    /// Opens another's mailbox with a service of this session; it belongs to
    /// whoever keeps the answer, until the session ends.
    ///
    /// # Errors
    /// The provider's.
    pub fn mailbox(
        &self,
        whose: &Whose,
        service: Uid,
        name: &str,
    ) -> Result<Arc<Connection<Live>>, Failure> {
        open::mailbox(self, whose, service, name).map(Arc::new)
    }

    /// What is to be said of each service.
    pub fn reports(&self) -> Vec<ServiceReport> {
        lock(&self.services).iter().map(ServiceReport::of).collect()
    }

    /// Disables a service for the rest of the session.
    pub fn disable(&self, uid: Uid, why: &Failure) {
        let released = {
            let mut services = lock(&self.services);
            let service = services.iter_mut().find(|service| service.uid == uid);
            let Some(service) = service else { return };
            if service.is_live() {
                observe::warn!("mapi", "{} is disabled from now on: {why}", service.display_name);
            }
            service.disable(why.clone())
        };
        for live in released {
            if let Err(failure) = live.release(self.settings().release_bound) {
                observe::warn!("mapi", "letting go of a disabled service: {failure}");
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.say_end(Failure::new(Code::INVALID_OBJECT, "the session was let go"));
        if let Err(failure) = self.release() {
            observe::warn!("mapi", "ending session {}: {failure}", self.id());
        }
    }
}
