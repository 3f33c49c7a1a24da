//! The message service.

use mapi_abi::codes::Code;
use mapi_abi::spi::{
    Field, Logon, MessageService, Opened, ResourceType, Section, ServiceContext, ServiceFlags,
    Sheet, SheetAnswer,
};
use mapi_abi::tags::{PR_PROFILE_MAILBOX, PR_PROFILE_PATH, PR_PROFILE_SESSION_LIMIT};
use mapi_abi::value::Value;
use store_sqlite::{PROVIDER_NAME, SERVICE_NAME, SqliteService};

use crate::home::{READ, WRITE};

struct NoSheet;

impl Sheet for NoSheet {
    fn show(&self, _: &str, _: &str, _: &[Field]) -> SheetAnswer {
        panic!("the service asks for nothing")
    }
}

fn key(service: &SqliteService, logon: &Logon<'_>) -> Result<[u8; 16], Code> {
    match service.logon(PROVIDER_NAME, logon).map_err(|failure| failure.code)?.opened {
        Opened::Store(store) => Ok(store.record_key()),
        _ => panic!("a store was asked for"),
    }
}

#[test]
fn the_service_needs_no_configuration_and_opens_the_logons_store() {
    let service = SqliteService::new();
    let info = service.info();
    assert_eq!((info.name.as_str(), info.library.as_str()), (SERVICE_NAME, "store_sqlite"));
    let providers: Vec<_> =
        info.providers.iter().map(|one| (&*one.name, one.resource_type)).collect();
    assert_eq!(providers, [(PROVIDER_NAME, ResourceType::Store)]);
    let mut section = Section::new();
    let flags = ServiceFlags::UI_ALLOWED;
    service.configure(ServiceContext::Configure, flags, &mut section, &NoSheet).expect("nothing");
    let [here, there] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let logon = Logon {
        user: "alice",
        mailbox: "alice",
        folder: here.path(),
        section: &section,
        access: READ,
    };
    assert_eq!(key(&service, &logon), Err(Code::NOT_FOUND));
    let first = key(&service, &Logon { access: WRITE, ..logon }).expect("a new store");
    assert_eq!(key(&service, &logon), Ok(first));
    let unknown = service.logon("OTHER", &logon).err().expect("no such provider");
    assert_eq!(unknown.code, Code::NOT_FOUND);

    let mut section = Section::new();
    let path = there.path().to_str().expect("a path").to_owned();
    section.set(PR_PROFILE_PATH, Value::Unicode(path));
    section.set(PR_PROFILE_MAILBOX, Value::Unicode("bob".to_owned()));
    let elsewhere = Logon { section: &section, access: WRITE, ..logon };
    assert_ne!(key(&service, &elsewhere), Ok(first));
    section.remove(PR_PROFILE_MAILBOX);
    let foreign = Logon { section: &section, access: WRITE, ..logon };
    assert_eq!(key(&service, &foreign), Err(Code::NO_ACCESS));
}

#[test]
fn the_limit_of_sessions_is_what_the_profile_says() {
    let service = SqliteService::new();
    let limit = |value| {
        let mut section = Section::new();
        section.set(PR_PROFILE_SESSION_LIMIT, value);
        service.session_limit(&section)
    };
    assert_eq!(limit(Value::Long(3)), Some(3));
    assert_eq!(limit(Value::Long(0)), None);
    assert_eq!(limit(Value::Null), None);
    assert_eq!(service.session_limit(&Section::new()), None);
}
