//! Logging on to the services of a profile, one after the other.
//!
//! Address books come before stores; transports wait until they are needed. What
//! each answer leads to is [`attempt`]'s to say; here it is done. Nobody's turn is
//! taken and nothing is locked while a question is open.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Logon, MessageService, OpenedProvider, ResourceType, Section, ServiceContext, ServiceFlags,
};
use mapi_abi::tags::PR_PROFILE_CREDENTIALS;
use mapi_abi::value::Value;
use mapi_connection::{Connection, Holder, ListKey};
use mapi_profile::Uid;

use crate::attempt::{self, AfterAsking, AfterConfiguring, AfterLogon, Answer};
use crate::bounded;
use crate::catalog;
use crate::configuration;
use crate::context::{UserContext, work_as};
use crate::live::{Guarded, Live, epoch, guarded};
use crate::path::{Answered, Path, Step};
use crate::prompting::{Asker, NoSheet};
use crate::service::{LiveProvider, ProviderState, Service};
use crate::session::Session;
use crate::settings::Settings;
use crate::slot;
use crate::turn::Turn;
use crate::whose::Whose;

/// `PR_PROFILE_CREDENTIALS`: asked for at each logon, never kept.
pub const CREDENTIALS_ASKED: i32 = 2;

/// One opening of a profile's services.
pub struct Opening<'a> {
    /// Whose session it will be.
    pub context: &'a UserContext,
    /// What is decided.
    pub settings: &'a Settings,
    /// The profile's name.
    pub profile: &'a str,
    /// The session's number.
    pub session: u64,
    /// Who may be asked, if anybody.
    pub asker: Option<&'a Asker>,
    /// The user's turn.
    pub turn: &'a mut Turn,
    /// The way so far.
    pub path: &'a mut Path,
    /// Sections that entry points changed.
    pub changed: Vec<(Uid, Section)>,
}

impl Opening<'_> {
    /// Logs on to address books, then to stores.
    ///
    /// # Errors
    /// `TIMEOUT` of the turn. What a provider answers is no error here.
    pub fn all(&mut self, services: &mut [Service]) -> Result<(), Failure> {
        for resource_type in [ResourceType::AddressBook, ResourceType::Store] {
            for service in services.iter_mut() {
                self.kind(service, resource_type)?;
            }
        }
        Ok(())
    }

    /// Logs on to the providers of one kind that nobody has needed yet.
    ///
    /// # Errors
    /// As [`Opening::all`].
    pub fn kind(
        &mut self,
        service: &mut Service,
        resource_type: ResourceType,
    ) -> Result<(), Failure> {
        for at in 0..service.providers.len() {
            let provider = &service.providers[at];
            let is_wanted = provider.resource_type == resource_type
                && matches!(provider.state, ProviderState::Waiting);
            if is_wanted && service.is_live() {
                self.provider(service, at)?;
            }
        }
        Ok(())
    }

    fn provider(&mut self, service: &mut Service, at: usize) -> Result<(), Failure> {
        let mut is_second = false;
        loop {
            let result = self.log_on(service, at);
            self.path.add(Step::Provider {
                service: service.display_name.clone(),
                provider: service.providers[at].display_name.clone(),
                failure: result.as_ref().err().cloned(),
                is_second,
            });
            let (answer, failure) = match result {
                Ok(live) => {
                    service.providers[at].state = ProviderState::Live(live);
                    return Ok(());
                }
                Err(failure) => (Answer::of(&failure), failure),
            };
            match attempt::after_logon(answer, is_second, self.asker.is_some()) {
                AfterLogon::Live => return Ok(()),
                AfterLogon::ProviderOff => {
                    let (name, off) = (&service.display_name, &service.providers[at].display_name);
                    self.path.add(Step::ProviderOff(name.clone(), off.clone()));
                    service.providers[at].state = ProviderState::Off(failure);
                    return Ok(());
                }
                AfterLogon::Disable => return self.disable(service, failure),
                AfterLogon::Configure { failed } => {
                    let after =
                        self.configure(service, failed, self.may_ask_to_configure(failed))?;
                    if let Err(why) = after {
                        // What the first logon said explains more than that
                        // nothing could be corrected.
                        let why = if failed { failure } else { why };
                        return self.disable(service, why);
                    }
                }
                AfterLogon::Ask { correct } => {
                    if !self.ask(service, at, &failure, correct)? {
                        return self.disable(service, failure);
                    }
                }
            }
            is_second = true;
        }
    }

    /// A silent call of the entry point after a failed logon never asks.
    fn may_ask_to_configure(&self, failed: bool) -> bool {
        self.asker.is_some() && !failed
    }

    /// Tells the user; whether there is a second logon.
    fn ask(
        &mut self,
        service: &mut Service,
        at: usize,
        failure: &Failure,
        correct: bool,
    ) -> Result<bool, Failure> {
        let Some(asker) = self.asker else { return Ok(false) };
        let (name, provider) = (&service.display_name, &service.providers[at].display_name);
        let (decision, answered) =
            self.turn.paused(|| asker.failed(name, provider, failure, correct))?;
        self.path.add(Step::Told(name.clone(), answered));
        match attempt::after_asking(decision) {
            AfterAsking::LogOn => Ok(true),
            AfterAsking::Disable => Ok(false),
            AfterAsking::Configure => Ok(self.configure(service, true, true)?.is_ok()),
        }
    }

    /// Calls the entry point; the inner error is why there is no second logon.
    fn configure(
        &mut self,
        service: &mut Service,
        failed: bool,
        may_ask: bool,
    ) -> Result<Result<(), Failure>, Failure> {
        let mut flags = ServiceFlags::default();
        if may_ask {
            flags = if failed { ServiceFlags::UI_ALWAYS } else { ServiceFlags::UI_ALLOWED };
        }
        if failed {
            flags = flags | ServiceFlags::LOGON_FAILED;
        }
        let before = service.section.clone();
        let result = self.entry_point(service, flags, may_ask)?;
        let changed = service.section != before;
        if changed && result.is_ok() {
            self.remember(service);
        }
        self.path.add(Step::Configured {
            service: service.display_name.clone(),
            failure: result.as_ref().err().cloned(),
            may_ask,
            changed,
        });
        let silent = failed && !may_ask;
        Ok(match attempt::after_configuring(result.is_ok(), changed, silent) {
            AfterConfiguring::LogOn => Ok(()),
            AfterConfiguring::Disable => Err(result
                .err()
                .unwrap_or_else(|| Failure::new(Code::LOGON_FAILED, "nothing could be corrected"))),
        })
    }

    /// Shows a service's sheet before anybody logs on.
    ///
    /// # Errors
    /// `TIMEOUT` of the turn.
    pub fn sheet(&mut self, service: &mut Service) -> Result<(), Failure> {
        let before = service.section.clone();
        let result = self.entry_point(service, ServiceFlags::UI_ALWAYS, true)?;
        let answered = match &result {
            Ok(()) => Answered::Answered,
            Err(failure) if failure.code == Code::USER_CANCEL => Answered::Cancelled,
            Err(_) => Answered::Nobody,
        };
        self.path.add(Step::ServiceSheet(service.display_name.clone(), answered));
        if result.is_ok() && service.section != before {
            self.remember(service);
        }
        Ok(())
    }

    fn entry_point(
        &mut self,
        service: &mut Service,
        flags: ServiceFlags,
        may_ask: bool,
    ) -> Result<Result<(), Failure>, Failure> {
        let found = match catalog::service(&service.name) {
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut section = service.section.clone();
        let context = ServiceContext::Configure;
        let result = match self.asker.filter(|_| may_ask) {
            Some(asker) => self
                .turn
                .paused(|| guarded(|| found.configure(context, flags, &mut section, asker)))?,
            None => guarded(|| found.configure(context, flags, &mut section, &NoSheet)),
        };
        if result.is_ok() {
            service.section = section;
        }
        Ok(result)
    }

    /// What an entry point changed goes into the profile; what is asked for at
    /// each logon does not.
    fn remember(&mut self, service: &Service) {
        let asked =
            service.section.get(PR_PROFILE_CREDENTIALS) == Some(&Value::Long(CREDENTIALS_ASKED));
        let kept = service
            .section
            .iter()
            .filter(|prop| !(asked && mapi_abi::spi::is_secure(prop.tag)))
            .cloned()
            .collect();
        self.changed.retain(|(uid, _)| *uid != service.uid);
        self.changed.push((service.uid, kept));
    }

    fn disable(&mut self, service: &mut Service, why: Failure) -> Result<(), Failure> {
        self.path.add(Step::Disabled(service.display_name.clone(), why.to_string()));
        observe::warn!("mapi", "{} is disabled for this session: {why}", service.display_name);
        for live in service.disable(why) {
            if let Err(failure) = live.release(self.settings.release_bound) {
                observe::warn!("mapi", "letting go of {}: {failure}", service.display_name);
            }
        }
        Ok(())
    }

    fn log_on(&self, service: &Service, at: usize) -> Result<LiveProvider, Failure> {
        let provider = &service.providers[at];
        let found = catalog::service(&service.name)?;
        let section = provider.effective(&service.section);
        let whose = Whose::of(self.context, &section)?;
        let slot = self.slot(&*found, service, provider.resource_type, &section)?;
        let key = ListKey {
            owner: self.context.token().clone(),
            // Another configuration is another list, and so is what comes after a
            // provider that broke.
            server: format!(
                "{}/{}/{}/{}",
                service.display_name,
                provider.uid,
                configuration::number(provider.uid, &section),
                epoch()
            )
            .into(),
            profile: self.profile.into(),
        };
        let holder = Holder { session: self.session, what: service.display_name.as_str().into() };
        let name = provider.name.clone();
        let (context, settings) = (self.context, self.settings);
        let connection = mapi_connection::connect(key, holder, None, |_| {
            let works_as = whose.token.clone();
            let opened = log_on(found, name, section, context, whose, settings)?;
            Ok(Live::new(works_as, opened))
        })?;
        let store = Guarded::new(connection.get()).map(Arc::new);
        Ok(LiveProvider { connection: Arc::new(connection), store, slot })
    }

    fn slot(
        &self,
        found: &dyn MessageService,
        service: &Service,
        resource_type: ResourceType,
        section: &Section,
    ) -> Result<Option<slot::Slot>, Failure> {
        if resource_type != ResourceType::Store {
            return Ok(None);
        }
        let Some(limit) = found.session_limit(section).or(self.settings.sessions_per_user) else {
            return Ok(None);
        };
        let _identity = self.context.work()?;
        let holder = format!(
            "session {} of {} in process {}",
            self.session,
            self.context.user(),
            std::process::id()
        );
        slot::take(self.context.folder(), &service.name, limit, &holder).map(Some)
    }
}

/// Another's mailbox, by the store provider of a service of the session.
///
/// # Errors
/// The provider's.
pub fn mailbox(
    session: &Session,
    whose: &Whose,
    service: Uid,
    name: &str,
) -> Result<Connection<Live>, Failure> {
    let found = catalog::service(name)?;
    let stores = found.info().providers.iter();
    let provider = stores
        .clone()
        .find(|provider| provider.resource_type == ResourceType::Store)
        .ok_or_else(|| Failure::new(Code::NO_SUPPORT, "the service has no store"))?
        .name
        .clone();
    let context = session.context();
    let key = ListKey {
        owner: context.token().clone(),
        server: format!("{service}/{provider}/mailbox {}", whose.mailbox).into(),
        profile: session.profile().name.as_str().into(),
    };
    let what = format!("the mailbox of {}", whose.mailbox).into();
    let holder = Holder { session: session.id(), what };
    mapi_connection::connect(key, holder, None, |_| {
        let (settings, section) = (session.settings(), Section::new());
        let opened = log_on(found, provider, section, context, whose.clone(), settings)?;
        Ok(Live::new(whose.token.clone(), opened))
    })
}

/// Logs on to a provider, on a thread of its own if it is foreign.
fn log_on(
    service: Arc<dyn MessageService>,
    provider: String,
    section: Section,
    context: &UserContext,
    whose: Whose,
    settings: &Settings,
) -> Result<OpenedProvider, Failure> {
    let user = context.user().to_owned();
    let is_foreign = service.is_foreign();
    let token = whose.token.clone();
    let body = move || {
        service.logon(
            &provider,
            &Logon {
                user: &user,
                mailbox: &whose.mailbox,
                folder: &whose.folder,
                section: &section,
                access: whose.access,
            },
        )
    };
    if is_foreign {
        bounded::run("a provider to log on", &token, settings.provider_bound, body)
    } else {
        let _identity = work_as(&token)?;
        guarded(body)
    }
}
