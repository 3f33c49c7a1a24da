//! The services of a session and what became of each.

use std::sync::Arc;
use std::time::Duration;

use mapi_abi::codes::Failure;
use mapi_abi::spi::{ResourceType, Section};
use mapi_connection::Connection;
use mapi_profile::{Profile, Uid};

use crate::live::{Guarded, Live};
use crate::slot::Slot;

/// A service of a session.
pub struct Service {
    /// Names it in the profile.
    pub uid: Uid,
    /// Which service it is.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// What became of it.
    pub state: ServiceState,
    /// Its configuration in this session; what was asked for and is not kept is
    /// here only.
    pub section: Section,
    /// Its providers.
    pub providers: Vec<Provider>,
}

/// What became of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// It takes part.
    Live,
    /// None of its providers is called again in this session.
    Disabled(Failure),
}

/// A provider of a session.
pub struct Provider {
    /// Names it in the profile.
    pub uid: Uid,
    /// Which of its service's providers it is.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// What it is.
    pub resource_type: ResourceType,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
    /// Its own configuration.
    pub section: Section,
    /// What became of it.
    pub state: ProviderState,
}

/// What became of a provider.
pub enum ProviderState {
    /// Nobody has needed it yet.
    Waiting,
    /// Somebody logs on to it now.
    Starting,
    /// It works.
    Live(LiveProvider),
    /// It does not, its service does.
    Off(Failure),
}

/// A provider that works in a session.
pub struct LiveProvider {
    /// Its part of the user's connection list.
    pub connection: Arc<Connection<Live>>,
    /// Its store, behind the border.
    pub store: Option<Arc<Guarded>>,
    /// Its place among the sessions that it takes.
    pub slot: Option<Slot>,
}

impl LiveProvider {
    /// Lets go of it.
    ///
    /// # Errors
    /// `TIMEOUT`, with what was waited for.
    pub fn release(self, bound: Duration) -> Result<(), Failure> {
        let Self { connection, store, slot } = self;
        drop((store, slot));
        match Arc::into_inner(connection) {
            Some(connection) => connection.release(bound),
            // Somebody subscribes or unsubscribes just now, and lets go of it then.
            None => Ok(()),
        }
    }
}

impl Service {
    /// The services of a profile, before anybody logs on.
    pub fn of_profile(profile: &Profile) -> Vec<Self> {
        let provider = |provider: &mapi_profile::ProfileProvider| Provider {
            uid: provider.uid,
            name: provider.name.clone(),
            display_name: provider.display_name.clone(),
            resource_type: provider.resource_type,
            flags: provider.flags,
            section: provider.section.clone(),
            state: ProviderState::Waiting,
        };
        let service = |service: &mapi_profile::ProfileService| Self {
            uid: service.uid,
            name: service.name.clone(),
            display_name: service.display_name.clone(),
            state: ServiceState::Live,
            section: service.section.clone(),
            providers: service.providers.iter().map(provider).collect(),
        };
        profile.services.iter().map(service).collect()
    }

    /// Whether it takes part.
    pub fn is_live(&self) -> bool {
        self.state == ServiceState::Live
    }

    /// A copy with the transports that wait, which are marked; `None` without.
    pub fn take_transports(&mut self) -> Option<Self> {
        if !self.is_live() {
            return None;
        }
        let waiting = self.providers.iter_mut().filter(|provider| {
            provider.resource_type == ResourceType::Transport
                && matches!(provider.state, ProviderState::Waiting)
        });
        let providers: Vec<Provider> = waiting
            .map(|provider| {
                provider.state = ProviderState::Starting;
                Provider {
                    uid: provider.uid,
                    name: provider.name.clone(),
                    display_name: provider.display_name.clone(),
                    resource_type: provider.resource_type,
                    flags: provider.flags,
                    section: provider.section.clone(),
                    state: ProviderState::Waiting,
                }
            })
            .collect();
        (!providers.is_empty()).then(|| Self {
            uid: self.uid,
            name: self.name.clone(),
            display_name: self.display_name.clone(),
            state: ServiceState::Live,
            section: self.section.clone(),
            providers,
        })
    }

    /// Puts back what [`Service::take_transports`] answered. What still waits did
    /// not get its logon, and waits again.
    pub fn put_transports(&mut self, copy: Self) {
        self.section = copy.section;
        for started in copy.providers {
            let own = self.providers.iter_mut().find(|provider| provider.uid == started.uid);
            if let Some(provider) = own {
                provider.state = started.state;
            }
        }
    }

    /// Disables it for this session: what its providers held is answered, to be
    /// let go where nothing is locked.
    pub fn disable(&mut self, why: Failure) -> Vec<LiveProvider> {
        if !self.is_live() {
            return Vec::new();
        }
        self.state = ServiceState::Disabled(why);
        self.providers
            .iter_mut()
            .filter_map(|provider| {
                match std::mem::replace(&mut provider.state, ProviderState::Waiting) {
                    ProviderState::Live(live) => Some(live),
                    _ => None,
                }
            })
            .collect()
    }
}

impl Provider {
    /// Its configuration over its service's.
    pub fn effective(&self, service: &Section) -> Section {
        service.iter().chain(self.section.iter()).cloned().collect()
    }
}

/// A service as reports show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceReport {
    /// Its name for people.
    pub name: String,
    /// `live`, `warning` or `disabled`.
    pub state: &'static str,
    /// Why, if it is not simply live.
    pub reason: String,
}

impl ServiceReport {
    /// What is to be said of a service.
    pub fn of(service: &Service) -> Self {
        let name = service.display_name.clone();
        if let ServiceState::Disabled(why) = &service.state {
            return Self { name, state: "disabled", reason: why.to_string() };
        }
        let troubles: Vec<String> = service
            .providers
            .iter()
            .filter_map(|provider| match &provider.state {
                ProviderState::Off(why) => Some(format!("{} is off: {why}", provider.display_name)),
                ProviderState::Live(live) => live.connection.get().warning().map(str::to_owned),
                ProviderState::Waiting | ProviderState::Starting => None,
            })
            .collect();
        let state = if troubles.is_empty() { "live" } else { "warning" };
        Self { name, state, reason: troubles.join("; ") }
    }
}
