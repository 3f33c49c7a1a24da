//! A client's open store.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Change, ChangeFeed, FolderDeletion, MessageChange, MessageCopy, MessageStore, Name, NewFolder,
    PropChange, Query, ResourceType, SearchCriteria, SearchState, SpecialFolder, StoreChange,
};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{EntryId, Row};
use mapi_connection::{Connection, Subscriber};
use mapi_profile::Uid;

use crate::client::Client;
use crate::entry::StoreName;
use crate::live::{Guarded, Live, store_methods};
use crate::notify::{Interest, Notification, Sink, SinkQueue};
use crate::service::{ProviderState, Service, ServiceState};
use crate::whose::Whose;

/// `SERVICE_DEFAULT_STORE`'s counterpart of a provider.
const STATUS_DEFAULT_STORE: u32 = 0x2;
/// `STATUS_NO_DEFAULT_STORE`.
const STATUS_NO_DEFAULT_STORE: u32 = 0x40;

/// A store of a session, as the store table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreInfo {
    /// Its service.
    pub service: Uid,
    /// Its provider.
    pub provider: Uid,
    /// Its name for people.
    pub name: String,
    /// Its service's name.
    pub service_name: String,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
    /// Whether it works.
    pub is_live: bool,
    /// Whether it is the default store.
    pub is_default: bool,
}

impl StoreInfo {
    /// The stores of a session, the default one first: the first that works and
    /// does not refuse to be it, unless one says that it is.
    pub fn of_services(services: &[Service]) -> Vec<Self> {
        let mut stores: Vec<Self> = services
            .iter()
            .flat_map(|service| {
                let of_store = |provider: &&crate::service::Provider| {
                    provider.resource_type == ResourceType::Store
                };
                service.providers.iter().filter(of_store).map(|provider| Self {
                    service: service.uid,
                    provider: provider.uid,
                    name: provider.display_name.clone(),
                    service_name: service.name.clone(),
                    flags: provider.flags,
                    is_live: service.is_live() && matches!(provider.state, ProviderState::Live(_)),
                    is_default: false,
                })
            })
            .collect();
        let said = |store: &Self| store.is_live && store.flags & STATUS_DEFAULT_STORE != 0;
        let can = |store: &Self| store.is_live && store.flags & STATUS_NO_DEFAULT_STORE == 0;
        let default = stores.iter().position(said).or_else(|| stores.iter().position(can));
        if let Some(at) = default {
            let mut store = stores.remove(at);
            store.is_default = true;
            stores.insert(0, store);
        }
        stores
    }
}

/// Puts what a poller found into a sink's queue.
struct Feed(Arc<SinkQueue>);

impl Subscriber for Feed {
    fn changed(&self, changes: &[Change]) {
        for change in changes {
            self.0.push(Notification::Object(change.clone()));
        }
    }

    fn broken(&self, failure: &Failure) {
        self.0.push(Notification::Critical(failure.clone()));
    }
}

/// See the module; cloning is cheap.
#[derive(Clone)]
pub struct StoreHandle {
    client: Arc<Client>,
    service: Uid,
    provider: Uid,
    store: Arc<Guarded>,
    /// If it is another's mailbox.
    delegated: Option<Delegated>,
}

#[derive(Clone)]
struct Delegated {
    mailbox: Arc<str>,
    connection: Arc<Connection<Live>>,
}

impl StoreHandle {
    pub(crate) fn open(client: &Arc<Client>, provider: Uid) -> Result<Self, Failure> {
        let found = client.session().with_services(|services| {
            services.iter().find_map(|service| {
                let own = service.providers.iter().find(|own| own.uid == provider)?;
                Some(match (&service.state, &own.state) {
                    (ServiceState::Disabled(why), _) | (_, ProviderState::Off(why)) => {
                        Err(why.clone())
                    }
                    (_, ProviderState::Live(live)) => {
                        live.store.clone().map(|store| (service.uid, store)).ok_or_else(|| {
                            Failure::new(Code::NOT_FOUND, "the provider has no store")
                        })
                    }
                    _ => Err(Failure::new(Code::NOT_FOUND, "nobody logged on to the store")),
                })
            })
        });
        let unknown = || Failure::new(Code::NOT_FOUND, "the session has no such store");
        let (service, store) = found.ok_or_else(unknown)??;
        Ok(Self { client: Arc::clone(client), service, provider, store, delegated: None })
    }

    /// Opens another's mailbox with the session's default kind of store.
    pub(crate) fn open_mailbox(client: &Arc<Client>, mailbox: &str) -> Result<Self, Failure> {
        let session = client.session();
        let whose = Whose::delegated(session.context(), mailbox)?;
        let store = client
            .stores()?
            .into_iter()
            .find(|store| store.is_default)
            .ok_or_else(|| Failure::new(Code::NOT_FOUND, "the session has no default store"))?;
        let live = session.mailbox(&whose, store.service, &store.service_name)?;
        let guarded = Guarded::new(live.get()).map(Arc::new);
        let guarded =
            guarded.ok_or_else(|| Failure::new(Code::NOT_FOUND, "the mailbox has no store"))?;
        Ok(Self {
            client: Arc::clone(client),
            service: store.service,
            provider: store.provider,
            store: guarded,
            delegated: Some(Delegated { mailbox: whose.mailbox.into(), connection: live }),
        })
    }

    /// Whose part of the session it belongs to.
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Its provider in the profile.
    pub fn provider(&self) -> Uid {
        self.provider
    }

    /// What its identifier names.
    pub fn name(&self) -> StoreName {
        match &self.delegated {
            Some(other) => StoreName::Mailbox(other.mailbox.to_string()),
            None => StoreName::Provider(self.provider),
        }
    }

    /// The name of its owner.
    pub fn owner(&self) -> &str {
        self.store.owner()
    }

    /// Tells a sink of what changes in the store; the answer is the connection's
    /// number among those of the client.
    ///
    /// # Errors
    /// As [`StoreHandle::get`]; `NO_SUPPORT` the store tells nothing.
    pub fn advise(&self, interest: Interest, sink: Arc<dyn Sink>) -> Result<usize, Failure> {
        self.get()?;
        self.client.sinks().advise(interest, sink, |queue| {
            let connection = self.connection()?;
            let id = connection.subscribe(Arc::new(Feed(queue)))?;
            let connection = Arc::downgrade(&connection);
            Ok(Some(Box::new(move || {
                // A list that has ended has no subscribers.
                if let Some(connection) = connection.upgrade() {
                    let _ = connection.unsubscribe(id);
                }
            })))
        })
    }

    fn connection(&self) -> Result<Arc<Connection<Live>>, Failure> {
        if let Some(other) = &self.delegated {
            return Ok(Arc::clone(&other.connection));
        }
        let found = self.client.session().with_services(|services| {
            let mut providers = services.iter().flat_map(|service| &service.providers);
            let own = providers.find(|provider| provider.uid == self.provider)?;
            match &own.state {
                ProviderState::Live(live) => Some(Arc::clone(&live.connection)),
                _ => None,
            }
        });
        found.ok_or_else(|| Failure::new(Code::INVALID_OBJECT, "the store was let go"))
    }

    /// The store, while it may be used.
    ///
    /// # Errors
    /// `INVALID_OBJECT`, `END_OF_SESSION` the session is over; the reason why its
    /// service was disabled.
    pub fn get(&self) -> Result<&dyn MessageStore, Failure> {
        self.client.check()?;
        if let Some(broken) = self.store.broken() {
            self.client.session().disable(self.service, broken);
        }
        let disabled = self.client.session().with_services(|services| {
            let own = services.iter().find(|service| service.uid == self.service);
            own.and_then(|service| match &service.state {
                ServiceState::Disabled(why) => Some(why.clone()),
                ServiceState::Live => None,
            })
        });
        match disabled {
            Some(why) => Err(why),
            None => Ok(&*self.store),
        }
    }
}

impl StoreHandle {
    fn checked<R>(
        &self,
        body: impl FnOnce(&dyn MessageStore) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        body(self.get()?)
    }
}

/// A store whose every call asks first whether it may still be used.
impl MessageStore for StoreHandle {
    fn record_key(&self) -> [u8; 16] {
        self.checked(|store| Ok(store.record_key())).unwrap_or_default()
    }

    fn support_mask(&self) -> u32 {
        self.checked(|store| Ok(store.support_mask())).unwrap_or_default()
    }

    fn root(&self) -> EntryId {
        self.checked(|store| Ok(store.root())).unwrap_or_else(|_| EntryId(Vec::new()))
    }

    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId> {
        self.checked(|store| Ok(store.special_folder(which))).ok().flatten()
    }

    store_methods!(Self::checked);
}
