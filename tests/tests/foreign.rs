//! Message services of other people's libraries: the sample in C, as a profile has
//! it, as it fails, and as it is described.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Match, Restriction, SortKey};
use mapi_abi::spi::{ChangeKind, MessageStore, Query, Resolution, ResourceType, SpecialFolder};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_NEW_SESSION};
use mapi_abi::tags::{
    PR_ATTACH_DATA_BIN, PR_ATTACH_LONG_FILENAME, PR_BODY, PR_DEPTH, PR_DISPLAY_NAME,
    PR_EMAIL_ADDRESS, PR_ENTRYID, PR_MESSAGE_FLAGS, PR_SUBJECT, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_profile::{Profile, ProfileFolder, user_folder};
use mapi_session::{Client, Request, Settings, catalog};
use security::{Token, impersonation};

const NAME: PropTag = PropTag(0x6600_001F);
const MODE: PropTag = PropTag(0x6601_0003);
const BOUND: Duration = Duration::from_millis(300);
const ALONE: u32 = MAPI_EXTENDED | MAPI_NEW_SESSION;
const INF: &str = include_str!("../c/sample.inf");

struct House {
    folder: tempfile::TempDir,
}

/// The process-wide house with the sample's library; its tests take turns.
fn house() -> (&'static House, MutexGuard<'static, ()>) {
    static HOUSE: OnceLock<House> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let house = HOUSE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        registry::set_data_folder(folder.path().to_owned());
        let services = folder.path().join("services");
        std::fs::create_dir(&services).unwrap();
        let shared = ["-shared", "-fPIC"];
        let library = services.join("libsample_provider.so");
        tests::compile("cc", &shared, "sample_provider.c", &library, false);
        let newer = [&shared[..], &["-DSAMPLE_SPI_VERSION=0x00020000"]].concat();
        tests::compile("cc", &newer, "sample_provider.c", &services.join("newer.so"), false);
        std::fs::write(services.join("sample.inf"), INF).unwrap();
        tests::messaging();
        foreign_services::register(Vec::new());
        mapi_session::set_settings(Settings {
            broker: false,
            provider_bound: BOUND,
            ..Settings::default()
        });
        mapi_session::initialize(0, 0).unwrap();
        House { folder }
    });
    (house, TURN.lock().unwrap_or_else(PoisonError::into_inner))
}

impl House {
    fn services(&self) -> PathBuf {
        self.folder.path().join("services")
    }

    /// Writes a description that differs from the sample's.
    fn describe(&self, name: &str, change: impl FnOnce(String) -> String) {
        let text = change(INF.replace("SAMPLE", name));
        std::fs::write(self.services().join(format!("{name}.inf")), text).unwrap();
    }

    /// A fresh user with a profile of these services; the settings are the last
    /// one's.
    fn user(&self, services: &[&str], name: Option<&str>, mode: i32) -> String {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let user = format!("user{number}");
        let mut profile = Profile::new("Work");
        for service in services {
            let service = catalog::service(service).unwrap();
            profile.add_service(service.info(), None).unwrap();
        }
        let section = &mut profile.services.last_mut().unwrap().section;
        section.set(MODE, Value::Long(mode));
        if let Some(name) = name {
            section.set(NAME, Value::Unicode(name.into()));
        }
        let profiles = ProfileFolder::new(&user_folder(self.folder.path(), &user));
        profiles.create(&profile).unwrap();
        profiles.set_default(Some("Work")).unwrap();
        user
    }
}

fn as_user<R>(user: &str, body: impl FnOnce() -> R) -> R {
    let _identity = impersonation::impersonate(&Token::new(user, None)).unwrap();
    body()
}

fn log_on(user: &str, says: Option<&str>) -> Arc<Client> {
    let mut request = Request { profile: "Work".into(), flags: ALONE, ..Request::default() };
    if let Some(says) = says {
        request.flags |= MAPI_LOGON_UI;
        let script = Arc::new(prompt::Script::new(says).unwrap());
        request.window = mapi_session::register_prompt(script);
    }
    as_user(user, || mapi_session::logon(&request)).unwrap()
}

/// State and reason of a service.
fn state(client: &Client, service: &str) -> (&'static str, String) {
    let reports = client.session().reports();
    let report = reports.into_iter().find(|report| report.name == service).unwrap();
    (report.state, report.reason)
}

fn open(client: &Arc<Client>) -> Result<mapi_session::StoreHandle, Failure> {
    let stores = client.stores().unwrap();
    let sample = stores.iter().find(|store| store.name == "Sample store").unwrap();
    client.open_store(sample.provider)
}

fn text(prop: &Prop) -> &str {
    match &prop.value {
        Value::Unicode(text) => text,
        other => panic!("{other:?}"),
    }
}

fn entry(row: &Row) -> EntryId {
    match &row[0].value {
        Value::Binary(bytes) => EntryId(bytes.clone()),
        other => panic!("{other:?}"),
    }
}

fn messages(store: &dyn MessageStore, folder: &EntryId) -> Vec<Row> {
    let query = Query { columns: vec![PR_ENTRYID, PR_SUBJECT], ..Query::default() };
    store.rows(folder, &query, 0, 100).unwrap()
}

#[test]
fn a_service_is_found_by_its_description() {
    let (house, _turn) = house();
    let service = catalog::service("SAMPLE").unwrap();
    assert!(service.is_foreign());
    let info = service.info();
    assert_eq!((&*info.display_name, &*info.providers[0].name), ("Sample messages", "SAMPLE_MS"));
    let library = house.services().join("libsample_provider.so");
    assert_eq!(Path::new(&info.library), library);
    assert!(foreign_services::known().iter().any(|known| known.service.is_ok()));
    assert_eq!(catalog::service("NOBODY").err().unwrap().code, Code::NOT_FOUND);
}

#[test]
fn folders_messages_recipients_and_attachments_are_read() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE", "SAMPLE"], Some("x"), 0);
    let client = log_on(&user, None);
    assert_eq!(state(&client, "Sample messages").0, "live");
    let handle = open(&client).unwrap();
    let store = handle.get().unwrap();
    let columns = [PR_ENTRYID, PR_DISPLAY_NAME, PR_DEPTH];
    let folders = store.hierarchy(&store.root(), &columns).unwrap();
    let shown: Vec<_> = folders.iter().map(|row| (text(&row[1]), &row[2].value)).collect();
    let depth = |depth| Value::Long(depth);
    let wanted = [("Inbox", &depth(1)), ("Archive", &depth(1)), ("Last year", &depth(2))];
    assert_eq!(shown, wanted);
    assert_eq!(store.special_folder(SpecialFolder::Inbox), Some(entry(&folders[0])));

    let inbox = entry(&folders[0]);
    let found = messages(store, &inbox);
    let subjects: Vec<_> = found.iter().map(|row| text(&row[1])).collect();
    assert_eq!(subjects, ["Hello", "Report"]);
    let page = Query { columns: vec![PR_ENTRYID, PR_SUBJECT], ..Query::default() };
    assert_eq!(store.rows(&inbox, &page, 1, 5).unwrap(), found[1..]);
    assert_eq!(store.rows(&inbox, &page, 7, 5).unwrap(), Vec::<Row>::new());
    assert_eq!(store.count(&inbox, &page), Ok(2));
    let report = entry(&found[1]);
    let props = store.message_props(&report, &[PR_BODY, PR_EMAIL_ADDRESS]).unwrap();
    assert_eq!(text(&props[0]), "With a table.");
    assert_eq!(props[1].value, Value::Error(Code::NOT_FOUND));
    assert!(store.message_tags(&report).unwrap().contains(&PR_BODY));
    let recipients = store.recipients(&report, &[PR_EMAIL_ADDRESS]).unwrap();
    assert_eq!(text(&recipients[0][0]), "reader@sample.example");

    let columns = [PR_ATTACH_LONG_FILENAME, PR_ATTACH_DATA_BIN];
    let attachments = store.attachments(&report, &columns).unwrap();
    assert_eq!(text(&attachments[0][0]), "table.csv");
    // A stream, since the provider says that it is too large for a property.
    let bytes = Value::Binary(b"one,two\n1,2\n\0".to_vec());
    assert_eq!(attachments[0][1].value, bytes);
    let alone = store.attachment_props(&report, 0, &[PR_ATTACH_DATA_BIN]).unwrap();
    assert_eq!(alone[0].value, bytes);
    let missing = store.attachment_props(&report, 3, &columns).unwrap_err();
    assert_eq!(missing.code, Code::NOT_FOUND);
    assert!(store.folder_props(&report, &columns).is_err(), "a message is no folder");
    client.leave().unwrap();
}

#[test]
fn what_a_provider_cannot_do_is_too_complex_or_not_supported() {
    let (house, _turn) = house();
    let client = log_on(&house.user(&["SAMPLE"], Some("x"), 0), None);
    let handle = open(&client).unwrap();
    let store = handle.get().unwrap();
    let inbox = store.special_folder(SpecialFolder::Inbox).unwrap();
    let condition = Restriction::Content {
        tag: PR_SUBJECT,
        text: "Rep".into(),
        kind: Match::Prefix,
        ignore_case: false,
    };
    let columns = vec![PR_ENTRYID, PR_SUBJECT];
    let restricted =
        Query { restriction: Some(condition), columns: columns.clone(), ..Query::default() };
    let sort = vec![SortKey { tag: PR_SUBJECT, descending: true }];
    let sorted = Query { sort, columns, ..Query::default() };
    for query in [restricted, sorted] {
        let refused = store.rows(&inbox, &query, 0, 10).unwrap_err();
        assert_eq!(refused.code, Code::TOO_COMPLEX, "{refused}");
    }
    let refused = store.delete_messages(&[entry(&messages(store, &inbox)[0])]).unwrap_err();
    assert_eq!(refused.code, Code::NO_SUPPORT);
    assert_eq!(state(&client, "Sample messages").0, "live", "a refusal breaks nothing");
    client.leave().unwrap();
}

#[test]
fn what_changes_is_told_through_the_support_object() {
    let (house, _turn) = house();
    let client = log_on(&house.user(&["SAMPLE"], Some("x"), 0), None);
    let handle = open(&client).unwrap();
    let store = handle.get().unwrap();
    let mut feed = store.feed().unwrap();
    let inbox = store.special_folder(SpecialFolder::Inbox).unwrap();
    let hello = entry(&messages(store, &inbox)[0]);
    let flags = |store: &dyn MessageStore| {
        store.message_props(&hello, &[PR_MESSAGE_FLAGS]).unwrap()[0].value.clone()
    };
    assert_eq!(flags(store), Value::Long(0));
    store.set_read(std::slice::from_ref(&hello), true).unwrap();
    assert_eq!(flags(store), Value::Long(1));
    let changes = feed.changes().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].kind, &changes[0].entry), (ChangeKind::Modified, &hello));
    assert_eq!(feed.changes(), Ok(Vec::new()));
    client.leave().unwrap();
}

#[test]
fn logons_leave_no_buffer_and_no_thread_behind() {
    let (house, _turn) = house();
    let user = house.user(&["SAMPLE"], Some("x"), 0);
    let visit = || {
        let client = log_on(&user, None);
        let handle = open(&client).unwrap();
        let store = handle.get().unwrap();
        let inbox = store.special_folder(SpecialFolder::Inbox).unwrap();
        let report = entry(&messages(store, &inbox)[1]);
        store.attachments(&report, &[PR_ATTACH_DATA_BIN]).unwrap();
        store.recipients(&report, &[PR_EMAIL_ADDRESS]).unwrap();
        assert!(store.message_props(&EntryId(vec![9]), &[PR_BODY]).is_err());
        drop(handle);
        client.leave().unwrap();
    };
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    visit();
    let before = (extended_mapi::live_buffers(), threads());
    (0..20).for_each(|_| visit());
    assert_eq!(extended_mapi::live_buffers(), before.0);
    // The threads of hanging providers of other tests are not counted anew.
    assert!(threads() <= before.1 + 1, "{} and {}", before.1, threads());
}

#[test]
fn the_program_lists_services_that_are_described() {
    let (house, _turn) = house();
    let data = house.folder.path().to_str().unwrap();
    let output = tests::partywall(&["--data", data, "profile", "services"]);
    let listed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    assert!(listed.contains("SAMPLE       Sample messages"), "{listed}");
}

#[test]
fn an_address_book_is_read_and_names_are_looked_up_in_it() {
    let (house, _turn) = house();
    let client = log_on(&house.user(&["SAMPLE"], Some("x"), 0), None);
    let books = client.live(ResourceType::AddressBook).unwrap();
    let book = books.iter().find_map(|(_, live)| live.book()).unwrap();
    let containers = book.containers().unwrap();
    let [people] = &containers[..] else { panic!("{containers:?}") };
    assert_eq!((&*people.name, people.is_modifiable), ("Sample people", false));
    let columns = vec![PR_ENTRYID, PR_DISPLAY_NAME];
    let query = Query { columns: columns.clone(), ..Query::default() };
    assert_eq!(book.count(&people.entry, &query), Ok(2));
    let rows = book.rows(&people.entry, &query, 0, 10).unwrap();
    assert_eq!(rows.iter().map(|row| text(&row[1])).collect::<Vec<_>>(), ["Ada", "Adam"]);
    let address = book.entry_props(&entry(&rows[1]), &[PR_EMAIL_ADDRESS]).unwrap();
    assert_eq!(text(&address[0]), "adam@sample.example");
    // A whole name wins over one that only begins like it.
    assert_eq!(book.resolve("ada", &columns), Ok(Resolution::Resolved(rows[0].clone())));
    assert_eq!(book.resolve("AD", &columns), Ok(Resolution::Ambiguous(rows.clone())));
    assert_eq!(book.resolve("nobody", &columns), Ok(Resolution::Unresolved));
    let refused = book.members(&entry(&rows[0])).unwrap_err();
    assert_eq!(refused.code, Code::INVALID_ENTRYID);
    assert!(book.entry_props(&EntryId(vec![1, 2, 3]), &columns).is_err());
    client.leave().unwrap();
}

#[test]
fn clients_in_c_see_the_store_through_the_documented_interfaces() {
    let (house, _turn) = house();
    house.describe("FIRST", |text| text.replace("STATUS_NO_DEFAULT_STORE", "0x0"));
    let user = house.user(&["FIRST"], Some("x"), 0);
    let session = as_user(&user, || partywall::mapi::Session::logon().unwrap());
    let store = session.default_store().unwrap();
    let inbox = store.folder(&store.receive_folder().unwrap()).unwrap();
    let table = inbox.contents().unwrap();
    table.set_columns(&[PR_ENTRYID, PR_SUBJECT]).unwrap();
    // The provider neither restricts nor sorts; the engine does.
    table.sort(&[SortKey { tag: PR_SUBJECT, descending: true }]).unwrap();
    let rows = table.all_rows().unwrap();
    assert_eq!(rows.iter().map(|row| text(&row[1])).collect::<Vec<_>>(), ["Report", "Hello"]);
    let condition = Restriction::Content {
        tag: PR_SUBJECT,
        text: "hel".into(),
        kind: Match::Prefix,
        ignore_case: true,
    };
    table.restrict(&condition).unwrap();
    assert_eq!(table.row_count(), Ok(1));
    let report = store.message(&entry(&rows[0])).unwrap();
    assert_eq!(text(&report.props(&[PR_BODY]).unwrap()[0]), "With a table.");
    assert_eq!(report.attachments().unwrap().row_count(), Ok(1));
    let bytes = report.attachment_props(0, &[PR_ATTACH_DATA_BIN]).unwrap();
    assert!(matches!(&bytes[0].value, Value::Binary(bytes) if bytes.starts_with(b"one,two")));
}

#[test]
fn a_service_that_lacks_something_asks_for_it_when_it_may() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE", "SAMPLE"], None, 0);
    let client = log_on(&user, None);
    let (found, reason) = state(&client, "Sample messages");
    assert_eq!(found, "disabled");
    assert!(reason.contains("the sample has no name"), "the provider's own sentence: {reason}");
    client.leave().unwrap();

    for (says, wanted) in [("cancel", "disabled"), ("", "disabled"), ("ok name=Mine", "live")] {
        let client = log_on(&user, Some(says));
        assert_eq!(state(&client, "Sample messages").0, wanted, "{says:?}");
        client.leave().unwrap();
    }
    let profiles = ProfileFolder::new(&user_folder(house.folder.path(), &user));
    let profile = as_user(&user, || profiles.load("Work").unwrap());
    assert_eq!(profile.services[1].section.text(NAME), Some("Mine"), "the answer is kept");
    let client = log_on(&user, None);
    assert_eq!(state(&client, "Sample messages").0, "live");
    client.leave().unwrap();
}

#[test]
fn each_failure_disables_the_service_with_its_own_error_and_no_other() {
    let (house, _turn) = house();
    for (mode, code, says) in [
        (1, "MAPI_E_TIMEOUT", "did not answer within 300 ms"),
        (2, "MAPI_E_VERSION", "another version"),
        (3, "MAPI_E_NETWORK_ERROR", "server does not answer"),
        (4, "MAPI_E_CORRUPT_DATA", "damaged"),
    ] {
        let since = Instant::now();
        let client = log_on(&house.user(&["PWSTORE", "SAMPLE"], Some("x"), mode), None);
        let (found, reason) = state(&client, "Sample messages");
        assert_eq!(found, "disabled", "mode {mode}: {reason}");
        assert!(reason.contains(code) && reason.contains(says), "mode {mode}: {reason}");
        assert!(since.elapsed() < Duration::from_secs(5));
        assert_eq!(state(&client, "Partywall message store").0, "live");
        assert!(client.default_store().unwrap().get().is_ok());
        client.leave().unwrap();
    }
}

#[test]
fn a_read_that_hangs_ends_with_its_bound_and_disables_the_service() {
    let (house, _turn) = house();
    let client = log_on(&house.user(&["PWSTORE", "SAMPLE"], Some("x"), 5), None);
    assert_eq!(state(&client, "Sample messages").0, "live");
    let handle = open(&client).unwrap();
    let store = handle.get().unwrap();
    let mut feed = store.feed().unwrap();
    let root = store.root();
    let since = Instant::now();
    let failed = store.hierarchy(&root, &[PR_ENTRYID]).unwrap_err();
    assert_eq!(failed.code, Code::END_OF_SESSION);
    assert!(failed.says.contains("did not answer within 300 ms"), "{failed}");
    assert!(since.elapsed() >= BOUND);
    // Nobody calls it again, and nobody waits again.
    let again = Instant::now();
    let failed = handle.get().err().unwrap();
    assert_eq!(failed.code, Code::END_OF_SESSION);
    assert_eq!(feed.changes().unwrap_err().code, Code::END_OF_SESSION);
    assert!(again.elapsed() < BOUND);
    assert_eq!(state(&client, "Sample messages").0, "disabled");
    assert!(open(&client).is_err());
    let own = client.default_store().unwrap();
    assert!(own.get().unwrap().hierarchy(&own.get().unwrap().root(), &[PR_ENTRYID]).is_ok());
    client.leave().unwrap();
}

#[test]
fn a_description_that_leads_nowhere_says_where_it_leads() {
    let (house, _turn) = house();
    let entry = "PR_SERVICE_SO_NAME=sample_provider";
    house.describe("LOST", |text| text.replace(entry, "PR_SERVICE_SO_NAME=no_such_thing"));
    house.describe("NEWER", |text| text.replace(entry, "PR_SERVICE_SO_NAME=newer"));
    house.describe("NOENTRY", |text| text.replace("=ServiceEntry", "=NoSuchEntry"));
    house.describe("TEXT", |text| text.replace(entry, "PR_SERVICE_SO_NAME=./sample.inf"));
    for (service, name, wanted) in [
        ("LOST", Some("x"), ["no_such_thing", "looked for at"]),
        ("NEWER", Some("x"), ["MAPI_E_VERSION", "0x20000"]),
        ("NOENTRY", None, ["does not export NoSuchEntry", "libsample_provider.so"]),
        ("TEXT", Some("x"), ["cannot load", "sample.inf"]),
    ] {
        let client = log_on(&house.user(&["PWSTORE", service], name, 0), None);
        let (found, reason) = state(&client, "Sample messages");
        assert_eq!(found, "disabled", "{service}: {reason}");
        assert!(wanted.iter().all(|part| reason.contains(part)), "{service}: {reason}");
        client.leave().unwrap();
    }
    let wrong = house.services().join("wrong.inf");
    std::fs::write(&wrong, "[Services]\nWRONG=Wrong\n").unwrap();
    let failed = catalog::service("WRONG").err().unwrap();
    std::fs::remove_file(&wrong).unwrap();
    assert_eq!(failed.code, Code::CORRUPT_DATA);
    assert!(failed.says.contains("wrong.inf: line 2") && failed.says.contains("add [WRONG]"));
}
