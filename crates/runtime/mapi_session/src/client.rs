//! A client's part in a session: its own permission to ask, its own mail
//! behaviour, its own notifications. Several share one session's profile,
//! credentials and services.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::ResourceType;
use mapi_profile::Uid;

use crate::flags::LogonFlags;
use crate::link::Link;
use crate::live::Live;
use crate::notify::Sinks;
use crate::open::Opening;
use crate::path::Path;
use crate::prompting::Asker;
use crate::service::{ProviderState, Service, ServiceState};
use crate::session::Session;
use crate::store::{StoreHandle, StoreInfo};
use crate::turn::Turn;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// See the module.
pub struct Client {
    id: u64,
    session: Arc<Session>,
    flags: LogonFlags,
    asker: Asker,
    path: Mutex<Path>,
    sinks: Sinks,
    gone: OnceLock<Failure>,
}

impl Client {
    /// A client of `session`.
    ///
    /// # Errors
    /// As [`Session::check`].
    pub fn join(
        session: &Arc<Session>,
        flags: LogonFlags,
        asker: Asker,
    ) -> Result<Arc<Self>, Failure> {
        let client = Arc::new(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            session: Arc::clone(session),
            flags,
            asker,
            path: Mutex::new(Path::new()),
            sinks: Sinks::new(),
            gone: OnceLock::new(),
        });
        session.add(&client)?;
        Ok(client)
    }

    /// Its number in this process.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Its session.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Its flags.
    pub fn flags(&self) -> LogonFlags {
        self.flags
    }

    /// Whom it may ask, if anybody.
    pub fn asker(&self) -> Option<&Asker> {
        self.flags.may_ask().then_some(&self.asker)
    }

    /// Its sinks.
    pub fn sinks(&self) -> &Sinks {
        &self.sinks
    }

    /// Keeps the path of its logon.
    pub(crate) fn set_path(&self, path: Path) {
        *self.path.lock().unwrap_or_else(PoisonError::into_inner) = path;
    }

    /// The path of its logon.
    pub fn path(&self) -> Path {
        self.path.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Refuses once the client has logged off or its session has ended.
    ///
    /// # Errors
    /// `INVALID_OBJECT`; `END_OF_SESSION`.
    pub fn check(&self) -> Result<(), Failure> {
        match self.gone.get() {
            Some(gone) => Err(gone.clone()),
            None => self.session.check(),
        }
    }

    /// Leaves the session; everything opened through this client answers
    /// `INVALID_OBJECT` from now on. Doing it twice changes nothing.
    ///
    /// # Errors
    /// `TIMEOUT` a provider was not let go within the bound; the client has left
    /// all the same.
    pub fn leave(&self) -> Result<(), Failure> {
        let gone = Failure::new(Code::INVALID_OBJECT, "the session was logged off");
        if self.gone.set(gone).is_err() {
            return Ok(());
        }
        self.sinks.close();
        self.session.remove(self.id)
    }

    /// The stores of the session, the default one first.
    ///
    /// # Errors
    /// As [`Client::check`].
    pub fn stores(&self) -> Result<Vec<StoreInfo>, Failure> {
        self.check()?;
        Ok(self.session.with_services(|services| StoreInfo::of_services(services)))
    }

    /// The default store.
    ///
    /// # Errors
    /// As [`Client::check`]; `NOT_FOUND` the profile has no store that works,
    /// with the reason of the one that does not.
    pub fn default_store(self: &Arc<Self>) -> Result<StoreHandle, Failure> {
        let stores = self.stores()?;
        match stores.iter().find(|store| store.is_live) {
            Some(store) => self.open_store(store.provider),
            None => Err(self.why_no_store()),
        }
    }

    fn why_no_store(&self) -> Failure {
        let reasons: Vec<_> = self
            .session
            .reports()
            .into_iter()
            .filter(|report| report.state == "disabled")
            .map(|report| format!("{}: {}", report.name, report.reason))
            .collect();
        let says = if reasons.is_empty() {
            "the profile has no message store".to_owned()
        } else {
            format!("no message store works in this session: {}", reasons.join("; "))
        };
        Failure::new(Code::NOT_FOUND, says)
    }

    /// Opens the store of a provider of the session.
    ///
    /// # Errors
    /// As [`Client::check`]; `NOT_FOUND` there is none or it does not work.
    pub fn open_store(self: &Arc<Self>, provider: Uid) -> Result<StoreHandle, Failure> {
        self.check()?;
        StoreHandle::open(self, provider)
    }

    /// Another user's store, by rights that its owner or the administrator
    /// delegated to this one.
    ///
    /// # Errors
    /// As [`Client::check`]; `NO_ACCESS` nothing was delegated; `NOT_FOUND` there
    /// is no such account or it has no store.
    pub fn open_mailbox(self: &Arc<Self>, mailbox: &str) -> Result<StoreHandle, Failure> {
        self.check()?;
        StoreHandle::open_mailbox(self, mailbox)
    }

    /// Asks all clients that share the session, in whatever program, to leave it:
    /// their sinks hear of an error of the session.
    pub fn ask_all_to_leave(&self) {
        if self.session.with_link(Link::ask_all_to_leave) != Some(true) {
            self.session.tell_to_leave();
        }
    }

    /// What works of a kind, with its service; transports are logged on to now,
    /// if nobody has needed them yet.
    ///
    /// # Errors
    /// As [`Client::check`]; `TIMEOUT`.
    pub fn live(&self, resource_type: ResourceType) -> Result<Vec<(Uid, Arc<Live>)>, Failure> {
        self.check()?;
        if resource_type == ResourceType::Transport {
            self.start_transports()?;
        }
        Ok(self.session.with_services(|services| {
            let live = services.iter().filter(|service| service.is_live()).flat_map(|service| {
                service.providers.iter().filter_map(|provider| match &provider.state {
                    ProviderState::Live(live) if provider.resource_type == resource_type => {
                        Some((service.uid, Arc::clone(live.connection.get())))
                    }
                    _ => None,
                })
            });
            live.collect()
        }))
    }

    /// Logs on to the transports that wait, one caller at a time. Each service is
    /// opened as a copy, so that nothing is locked while a provider works.
    fn start_transports(&self) -> Result<(), Failure> {
        let session = &self.session;
        let mut turn = Turn::take(&format!("transports of {}", session.id()), false)?;
        while let Some(mut copy) =
            session.with_services(|services| services.iter_mut().find_map(Service::take_transports))
        {
            let mut path = Path::new();
            let mut opening = Opening {
                context: session.context(),
                settings: session.settings(),
                profile: &session.profile().name,
                session: session.id(),
                asker: self.asker(),
                turn: &mut turn,
                path: &mut path,
                changed: Vec::new(),
            };
            let result = opening.kind(&mut copy, ResourceType::Transport);
            let uid = copy.uid;
            let disabled = match &copy.state {
                ServiceState::Disabled(why) => Some(why.clone()),
                ServiceState::Live => None,
            };
            session.with_services(|services| {
                if let Some(service) = services.iter_mut().find(|service| service.uid == uid) {
                    service.put_transports(copy);
                }
            });
            if let Some(why) = disabled {
                session.disable(uid, &why);
            }
            result?;
        }
        Ok(())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Err(failure) = self.leave() {
            observe::warn!("mapi", "leaving session {}: {failure}", self.session.id());
        }
    }
}
