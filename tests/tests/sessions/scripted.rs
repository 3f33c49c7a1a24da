//! A service that answers as it is told, and a house for it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Field, Logon, MessageService, OpenedProvider, ProviderInfo, ResourceType, Section,
    ServiceContext, ServiceFlags, ServiceInfo, Sheet, SheetAnswer,
};
use mapi_abi::tags::{PR_PROFILE_PASSWORD, PR_PROFILE_PATH, PR_PROFILE_USER};
use mapi_abi::value::Value;
use mapi_profile::{Profile, ProfileFolder, user_folder};
use mapi_session::{Request, Settings};
use security::{Token, impersonation};
use store_sqlite::SqliteService;

/// What a provider does when it is logged on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Works,
    Fails(Code),
    Panics,
    Hangs,
}

/// What the entry point does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Configures {
    /// It changes nothing and says that all is well.
    Nothing,
    /// It changes something without asking.
    Itself,
    /// It shows its sheet when it may, else something is missing.
    Asks,
    /// The same, for a password.
    Password,
}

#[derive(Default)]
pub struct Script {
    pub logons: VecDeque<Does>,
    pub configures: Option<Configures>,
    /// What was called, in order.
    pub calls: Vec<String>,
}

/// A service with two stores: the first does what the script says, the second
/// works.
pub struct Scripted {
    info: ServiceInfo,
    script: Mutex<Script>,
    inner: SqliteService,
    is_foreign: bool,
}

impl Scripted {
    fn new(name: &str, is_foreign: bool) -> Self {
        let provider = |suffix: &str, resource_type| ProviderInfo {
            name: format!("{name}_{suffix}"),
            display_name: format!("{name} {suffix}"),
            resource_type,
            flags: 0,
        };
        let info = ServiceInfo {
            name: name.into(),
            display_name: name.into(),
            library: "test".into(),
            is_single: false,
            providers: vec![
                provider("GOOD", ResourceType::Store),
                provider("BAD", ResourceType::Store),
            ],
        };
        Self { info, script: Mutex::default(), inner: SqliteService::new(), is_foreign }
    }

    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what happens next and forgets what happened before.
    pub fn expect(&self, logons: &[Does], configures: Configures) {
        let logons = logons.iter().copied().collect();
        *self.script() = Script { logons, configures: Some(configures), calls: Vec::new() };
    }
}

impl MessageService for Scripted {
    fn info(&self) -> &ServiceInfo {
        &self.info
    }

    fn configure(
        &self,
        context: ServiceContext,
        flags: ServiceFlags,
        section: &mut Section,
        sheet: &dyn Sheet,
    ) -> Result<(), Failure> {
        assert_eq!(context, ServiceContext::Configure);
        let configures = {
            let mut script = self.script();
            script.calls.push(format!("configure {:#x}", flags.0));
            script.configures.unwrap_or(Configures::Nothing)
        };
        match configures {
            Configures::Nothing => Ok(()),
            Configures::Itself => {
                let many = section.iter().count();
                let times = self.script().calls.len();
                section.set(PR_PROFILE_USER, Value::Unicode(format!("{many} {times}")));
                Ok(())
            }
            Configures::Asks | Configures::Password => {
                let may = flags.has(ServiceFlags::UI_ALLOWED) || flags.has(ServiceFlags::UI_ALWAYS);
                if !may {
                    return Err(Failure::new(Code::UNCONFIGURED, "the user is not known"));
                }
                let (tag, name) = match configures {
                    Configures::Password => (PR_PROFILE_PASSWORD, "password"),
                    _ => (PR_PROFILE_USER, "user"),
                };
                let field = Field {
                    tag,
                    name,
                    label: name.into(),
                    value: String::new(),
                    is_required: true,
                };
                match sheet.show("Test", "Who are you?", &[field]) {
                    SheetAnswer::Filled(values) => {
                        section.set(tag, Value::Unicode(values[0].clone()));
                        Ok(())
                    }
                    SheetAnswer::Cancelled => {
                        Err(Failure::new(Code::USER_CANCEL, "the user cancelled"))
                    }
                    SheetAnswer::Nobody => Err(Failure::new(Code::UNCONFIGURED, "nobody answered")),
                }
            }
        }
    }

    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        let does = if provider.ends_with("_BAD") {
            let mut script = self.script();
            script.calls.push("logon".into());
            script.logons.pop_front().unwrap_or(Does::Works)
        } else {
            Does::Works
        };
        match does {
            Does::Works => {
                let mut section = Section::new();
                let path = logon.folder.join(provider);
                section.set(PR_PROFILE_PATH, Value::Unicode(path.display().to_string()));
                std::fs::create_dir_all(&path).unwrap();
                let access = mapi_abi::spi::Access { write: true, create: true };
                self.inner.logon(
                    store_sqlite::PROVIDER_NAME,
                    &Logon { section: &section, access, ..*logon },
                )
            }
            Does::Fails(code) => Err(Failure::new(code, "as the script says")),
            Does::Panics => panic!("as the script says"),
            Does::Hangs => {
                std::thread::sleep(std::time::Duration::from_secs(30));
                Err(Failure::new(Code::CALL_FAILED, "too late"))
            }
        }
    }

    fn is_foreign(&self) -> bool {
        self.is_foreign
    }
}

/// The services of this process.
pub struct House {
    pub folder: tempfile::TempDir,
    pub bad: Arc<Scripted>,
    pub foreign: Arc<Scripted>,
}

/// The process-wide house; its tests take turns.
pub fn house() -> (&'static House, MutexGuard<'static, ()>) {
    static HOUSE: OnceLock<House> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let house = HOUSE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        registry::set_data_folder(folder.path().to_owned());
        let bad = Arc::new(Scripted::new("TEST", false));
        let foreign = Arc::new(Scripted::new("FOREIGN", true));
        let catalog = mapi_session::catalog::register_service;
        assert!(mapi_session::catalog::register_default_service(Arc::new(SqliteService::new())));
        assert!(catalog(Arc::clone(&bad) as _) && catalog(Arc::clone(&foreign) as _));
        for service in built_in_services::default_services() {
            catalog(service);
        }
        mapi_session::catalog::register(Vec::new(), built_in_services::other_services());
        mapi_session::initialize(0, 0).unwrap();
        House { folder, bad, foreign }
    });
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    mapi_session::set_settings(settings());
    (house, turn)
}

/// Settings without the broker and with short bounds.
pub fn settings() -> Settings {
    Settings {
        broker: false,
        provider_bound: std::time::Duration::from_millis(200),
        ..Settings::default()
    }
}

impl House {
    pub fn user_folder(&self, user: &str) -> PathBuf {
        user_folder(self.folder.path(), user)
    }

    pub fn profiles(&self, user: &str) -> ProfileFolder {
        ProfileFolder::new(&self.user_folder(user))
    }

    /// A fresh user with one profile of these services, in this order.
    pub fn user(&self, services: &[&str]) -> String {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let user = format!("user{number}");
        let mut profile = Profile::new("Work");
        for name in services {
            let service = mapi_session::catalog::service(name).unwrap();
            profile.add_service(service.info(), None).unwrap();
        }
        self.profiles(&user).create(&profile).unwrap();
        user
    }
}

/// Runs `body` as a user of ours.
pub fn as_user<R>(user: &str, body: impl FnOnce() -> R) -> R {
    let _identity = impersonation::impersonate(&Token::new(user, None)).unwrap();
    body()
}

/// A request with a name and flags.
pub fn request(profile: &str, flags: u32) -> Request {
    Request { profile: profile.into(), flags, ..Request::default() }
}

/// A prompt's number that stands for a script of answers.
pub fn person(script: &str) -> usize {
    mapi_session::register_prompt(Arc::new(prompt::Script::new(script).unwrap()))
}
