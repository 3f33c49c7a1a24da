//! A logon: who gets which session, by the document's flowchart.
//!
//! The order: flags, the caller's identity, a shared session, a profile, its
//! password, its services, others' access, new mail. Each decision is a step of a
//! [`Path`]. A prompt that is cancelled changes nothing.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_profile::{Profile, ProfileFolder};

use crate::advice;
use crate::client::Client;
use crate::context::UserContext;
use crate::flags::LogonFlags;
use crate::initialize;
use crate::join;
use crate::link::{self, Link};
use crate::open::Opening;
use crate::path::{HowFound, Path, Step};
use crate::prompting::{Asker, Dialog};
use crate::service::Service;
use crate::session::{self, Parts, Session};
use crate::settings::{Settings, settings};
use crate::shared;
use crate::turn::Turn;
use crate::{catalog, spooler};

/// Longest profile name or password, in characters.
pub const MAX_CHARS: usize = 64;
/// How often a wrong profile password may be corrected.
const MAX_PASSWORD_ATTEMPTS: u32 = 3;

/// What a client asks for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// A profile's name; empty is none.
    pub profile: String,
    /// The profile's password; empty is none.
    pub password: String,
    /// `MAPI_*`.
    pub flags: u32,
    /// Whom to ask: a prompt's number, 0 for the default.
    pub window: usize,
    /// A profile that is nowhere kept, instead of a named one.
    pub temporary: Option<Profile>,
}

/// Gives a client its session.
///
/// # Errors
/// `NOT_INITIALIZED`; `UNKNOWN_FLAGS`; `LOGON_FAILED` the flags contradict each
/// other, there is no profile without asking, or its password is wrong;
/// `USER_CANCEL`; `TIMEOUT` another logon of the user takes too long.
pub fn logon(request: &Request) -> Result<Arc<Client>, Failure> {
    let mut path = Path::new();
    logon_with_path(request, &mut path)
}

/// As [`logon`], with its steps in `path`, also when it fails.
///
/// # Errors
/// As [`logon`].
pub fn logon_with_path(request: &Request, path: &mut Path) -> Result<Arc<Client>, Failure> {
    let result = begin(request, path);
    match &result {
        Ok(client) => {
            path.add(Step::Session(client.session().id()));
            client.set_path(path.clone());
            // What waits since the last session, if there is something.
            if let Err(failure) = spooler::flush(client) {
                observe::warn!("mapi", "flushing the Outbox: {failure}");
            }
        }
        Err(failure) => path.add(Step::Refused(failure.clone())),
    }
    result
}

fn refused(says: impl Into<String>) -> Failure {
    Failure::new(Code::LOGON_FAILED, says)
}

fn cancelled() -> Failure {
    Failure::new(Code::USER_CANCEL, "the user cancelled the logon")
}

fn begin(request: &Request, path: &mut Path) -> Result<Arc<Client>, Failure> {
    initialize::check()?;
    let flags = LogonFlags::new(request.flags, initialize::is_service())?;
    let is_long = |text: &str| text.chars().count() > MAX_CHARS;
    if is_long(&request.profile) || is_long(&request.password) {
        return Err(refused(format!(
            "a profile name and a password have at most {MAX_CHARS} characters"
        )));
    }
    let settings = settings();
    let context = UserContext::capture(&settings, path);
    if let Some(advice) = advice::on_logon() {
        observe::info!("mapi", "{advice}");
    }
    let asker = Asker::of_window(request.window, settings.prompt_bound);
    let is_alone = flags.new_session() && !flags.allow_others();
    let turn =
        if is_alone { Turn::none() } else { Turn::take(context.user(), flags.timeout_short())? };
    Attempt { request, flags, settings, context, asker, turn, path }.run()
}

/// One logon under way.
struct Attempt<'a> {
    request: &'a Request,
    flags: LogonFlags,
    settings: Settings,
    context: UserContext,
    asker: Asker,
    turn: Turn,
    path: &'a mut Path,
}

impl Attempt<'_> {
    fn run(mut self) -> Result<Arc<Client>, Failure> {
        if self.flags.new_session() {
            self.path.add(Step::NewSession);
        } else if let Some(client) = self.join()? {
            return Ok(client);
        } else {
            self.path.add(Step::NoShared);
        }
        let profile = self.profile()?;
        self.password(&profile)?;
        let (id, services) = self.services(&profile)?;
        self.finish(profile, id, services)
    }

    /// Joins a shared session, if there is one.
    fn join(&mut self) -> Result<Option<Arc<Client>>, Failure> {
        let named = &self.request.profile;
        let session = match shared::find(&self.context) {
            Some(session) => {
                self.path.add(Step::joined(&session.profile().name, false, named));
                session
            }
            None => {
                let found = join::from_elsewhere(&self.context, &self.settings, named, self.path)?;
                let Some(session) = found else { return Ok(None) };
                session
            }
        };
        // It may have ended just now.
        Ok(Client::join(&session, self.flags, self.asker.clone()).ok())
    }

    fn profile(&mut self) -> Result<Arc<Profile>, Failure> {
        if let Some(temporary) = &self.request.temporary {
            self.path.add(Step::Profile(temporary.name.clone(), HowFound::Made));
            return Ok(Arc::new(temporary.clone()));
        }
        let profiles = self.context.profiles();
        let (found, how) = {
            let _identity = self.context.work()?;
            make_first(&profiles, &self.context)?;
            self.without_asking(&profiles)?
        };
        let (found, how) = match found {
            Ok(name) => (name, how),
            Err(why) => self.ask_for_profile(&profiles, &why)?,
        };
        let profile = {
            let _identity = self.context.work()?;
            profiles.load(&found)
        };
        let profile = profile.map_err(|failure| match failure.code {
            Code::NOT_FOUND => refused(failure.says),
            _ => failure,
        })?;
        self.path.add(Step::Profile(profile.name.clone(), how));
        Ok(profile)
    }

    /// The profile that needs no question; or why there is none.
    #[allow(clippy::type_complexity)]
    fn without_asking(
        &self,
        profiles: &ProfileFolder,
    ) -> Result<(Result<String, String>, HowFound), Failure> {
        let named = &self.request.profile;
        if !named.is_empty() {
            let found = match profiles.load(named) {
                Err(failure) if failure.code == Code::NOT_FOUND => {
                    Err(format!("there is no profile {named:?}"))
                }
                Err(failure) if failure.code == Code::INVALID_PARAMETER => Err(failure.says),
                Err(failure) => return Err(failure),
                Ok(profile) => Ok(profile.name.clone()),
            };
            return Ok((found, HowFound::Named));
        }
        if self.flags.use_default() {
            let default = profiles.default_name()?;
            let none = format!("{} has no default profile", self.context.user());
            return Ok((default.ok_or(none), HowFound::Default));
        }
        let says = "no profile was named; MAPI_USE_DEFAULT takes the default one";
        Ok((Err(says.to_owned()), HowFound::Named))
    }

    fn ask_for_profile(
        &mut self,
        profiles: &ProfileFolder,
        why: &str,
    ) -> Result<(String, HowFound), Failure> {
        if !self.flags.logon_ui() {
            return Err(refused(why));
        }
        let (known, default) = {
            let _identity = self.context.work()?;
            (profiles.list()?, profiles.default_name()?)
        };
        if known.is_empty() {
            return self.wizard(profiles);
        }
        let names: Vec<String> = known.into_iter().map(|entry| entry.name).collect();
        let preselected = default.filter(|_| !self.flags.explicit_profile());
        let mut says = match self.request.profile.is_empty() {
            true => String::new(),
            false => format!("{why}. "),
        };
        loop {
            let asker = &self.asker;
            let dialog =
                self.turn.paused(|| asker.profile(&names, preselected.as_deref(), &says))?;
            self.path.add(Step::LogonDialog(dialog.answered()));
            match dialog {
                Dialog::Cancelled => return Err(cancelled()),
                Dialog::Nobody => return Err(refused(why)),
                Dialog::Answered(name) => {
                    let folded = name.to_lowercase();
                    if let Some(name) = names.iter().find(|known| known.to_lowercase() == folded) {
                        return Ok((name.clone(), HowFound::Chosen));
                    }
                    says = format!("There is no profile {name:?}. ");
                }
            }
        }
    }

    fn wizard(&mut self, profiles: &ProfileFolder) -> Result<(String, HowFound), Failure> {
        let offered: Vec<String> =
            catalog::services().iter().map(|known| known.info().display_name.clone()).collect();
        let asker = &self.asker;
        let dialog = self.turn.paused(|| asker.wizard(&offered))?;
        self.path.add(Step::Wizard(dialog.answered()));
        match dialog {
            Dialog::Cancelled => Err(cancelled()),
            Dialog::Nobody => Err(refused(format!("{} has no profile", self.context.user()))),
            Dialog::Answered(name) => {
                let _identity = self.context.work()?;
                profiles.create(&with_registered_services(&name)?)?;
                Ok((name, HowFound::Made))
            }
        }
    }

    fn password(&mut self, profile: &Profile) -> Result<(), Failure> {
        let Some(password) = &profile.password else {
            if !self.request.password.is_empty() && self.request.temporary.is_none() {
                let says = "the profile has no password, so none may be given";
                return Err(refused(says));
            }
            self.path.add(Step::Password(true));
            return Ok(());
        };
        let mut given = self.request.password.clone();
        for _ in 0..MAX_PASSWORD_ATTEMPTS {
            if !given.is_empty() && password.is(&given) {
                self.path.add(Step::Password(true));
                return Ok(());
            }
            self.path.add(Step::Password(false));
            if !self.flags.may_ask() {
                break;
            }
            let (asker, was_wrong) = (&self.asker, !given.is_empty());
            let dialog = self.turn.paused(|| asker.password(&profile.name, was_wrong))?;
            self.path.add(Step::PasswordDialog(dialog.answered()));
            match dialog {
                Dialog::Cancelled => return Err(cancelled()),
                Dialog::Nobody => break,
                Dialog::Answered(typed) => given = typed,
            }
        }
        if !given.is_empty() && password.is(&given) {
            self.path.add(Step::Password(true));
            return Ok(());
        }
        Err(refused(format!("the password of the profile {} is missing or wrong", profile.name)))
    }

    fn services(&mut self, profile: &Arc<Profile>) -> Result<(u64, Vec<Service>), Failure> {
        let id = session::next_id();
        let mut services = Service::of_profile(profile);
        let mut opening = Opening {
            context: &self.context,
            settings: &self.settings,
            profile: &profile.name,
            session: id,
            asker: self.flags.may_ask().then_some(&self.asker),
            turn: &mut self.turn,
            path: self.path,
            changed: Vec::new(),
        };
        if self.flags.service_ui_always() && self.flags.may_ask() {
            for service in &mut services {
                opening.sheet(service)?;
            }
        }
        opening.all(&mut services)?;
        let changed = opening.changed;
        if !changed.is_empty() && self.request.temporary.is_none() {
            self.keep(&profile.name, changed)?;
        }
        Ok((id, services))
    }

    /// Keeps what entry points changed, for the next session too.
    fn keep(
        &self,
        profile: &str,
        changed: Vec<(mapi_profile::Uid, mapi_abi::spi::Section)>,
    ) -> Result<(), Failure> {
        let _identity = self.context.work()?;
        let kept = self.context.profiles().change(profile, |profile| {
            for (uid, section) in changed {
                if let Ok(service) = profile.service_mut(uid) {
                    service.section = section;
                }
            }
            Ok(())
        });
        if let Err(failure) = kept {
            // The session can work all the same.
            observe::warn!("mapi", "the profile {profile} does not keep its changes: {failure}");
        }
        Ok(())
    }

    fn finish(
        mut self,
        profile: Arc<Profile>,
        id: u64,
        services: Vec<Service>,
    ) -> Result<Arc<Client>, Failure> {
        let context = self.context.clone();
        let settings = self.settings.clone();
        let session = Session::new(Parts { id, context, profile, services, settings });
        let client = Client::join(&session, self.flags, self.asker.clone())?;
        if self.flags.allow_others() {
            match self.publish(&session)? {
                None => self.path.add(Step::Published),
                // Somebody was faster while a question was open: what was set up
                // first is what is shared.
                Some(other) if !self.flags.new_session() => {
                    drop((client, session));
                    return Client::join(&other, self.flags, self.asker.clone());
                }
                Some(_) => {}
            }
        }
        if self.flags.force_download() {
            let count = spooler::download(&client)?;
            self.path.add(Step::Downloaded(count));
        }
        Ok(client)
    }

    /// Lets others join; answers the session that they join already.
    fn publish(&mut self, session: &Arc<Session>) -> Result<Option<Arc<Session>>, Failure> {
        if let Err(other) = shared::publish(session) {
            return Ok(Some(other));
        }
        session.set_link(Link::Here);
        if let Some(exchange) = link::exchange().filter(|_| self.settings.broker)
            && let Err(failure) = join::publish(&*exchange, session)
        {
            // Within the process it is shared all the same.
            observe::warn!("mapi", "other programs cannot join the session: {failure}");
        }
        Ok(None)
    }
}

/// Makes the profile of a user who has a store from before there were profiles.
fn make_first(profiles: &ProfileFolder, context: &UserContext) -> Result<(), Failure> {
    if profiles.exists() || !context.folder().join("store.db").is_file() {
        return Ok(());
    }
    match profiles.create(&with_registered_services("Default")?) {
        // Another logon was faster.
        Err(failure) if failure.code == Code::NO_ACCESS && profiles.exists() => Ok(()),
        other => other,
    }
}

/// A profile with the services that a profile has without further choice.
///
/// # Errors
/// `NOT_ENOUGH_RESOURCES`.
pub fn with_registered_services(name: &str) -> Result<Profile, Failure> {
    let mut profile = Profile::new(name);
    for service in catalog::default_services() {
        profile.add_service(service.info(), None)?;
    }
    Ok(profile)
}
