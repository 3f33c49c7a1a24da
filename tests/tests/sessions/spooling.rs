//! Between stores and transports: sent, waiting, refused, killed in between.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use file_drop::FileDrop;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Envelope, Logon, MessageChange, MessageService, Opened, OpenedProvider, PropChange,
    ProviderInfo, Query, RecipientResult, ResourceType, Section, Sent, ServiceContext,
    ServiceFlags, ServiceInfo, Sheet, SpecialFolder, Transport,
};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_FORCE_DOWNLOAD, MAPI_NEW_SESSION, MAPI_NO_MAIL};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::{Client, StoreHandle, abort_submit, download, flush, submit};
use message_props::{long, text};

use crate::scripted::{House, as_user, house, request, settings};

/// What the scripted transport does when it is handed a message.
enum Does {
    Answers(Vec<RecipientResult>),
    Panics,
}

/// Addresses and bytes of one call.
type Handed = (Vec<String>, Vec<u8>);

#[derive(Default)]
struct Script {
    does: VecDeque<Does>,
    seen: Vec<Handed>,
}

static SCRIPT: Mutex<Option<Script>> = Mutex::new(None);

fn expect(does: Vec<Does>) {
    *SCRIPT.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(Script { does: does.into(), seen: Vec::new() });
}

fn seen() -> Vec<Handed> {
    let script = SCRIPT.lock().unwrap_or_else(PoisonError::into_inner);
    script.as_ref().map(|script| script.seen.clone()).unwrap_or_default()
}

struct Postman;

impl Transport for Postman {
    fn address_types(&self) -> Vec<String> {
        vec!["smtp".into()]
    }

    fn submit(&self, envelope: &Envelope<'_>) -> Result<Sent, Failure> {
        let does = {
            let mut script = SCRIPT.lock().unwrap_or_else(PoisonError::into_inner);
            let script = script.get_or_insert_default();
            let addresses = envelope.recipients.iter().map(|one| one.address.clone()).collect();
            script.seen.push((addresses, envelope.message.to_vec()));
            script.does.pop_front()
        };
        match does {
            Some(Does::Answers(recipients)) => Ok(Sent { recipients }),
            Some(Does::Panics) => panic!("as the script says"),
            None => Err(Failure::new(Code::NETWORK_ERROR, "the postman is not there")),
        }
    }

    fn poll(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        Err(Failure::new(Code::NETWORK_ERROR, "the postman is not there"))
    }

    fn received(&self, _name: &str) -> Result<(), Failure> {
        Ok(())
    }
}

/// When a process ends itself, as if it had been killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dies {
    WhenAccepted,
    WhenStored,
}

struct Mortal(FileDrop, Dies);

impl Transport for Mortal {
    fn address_types(&self) -> Vec<String> {
        self.0.address_types()
    }

    fn submit(&self, envelope: &Envelope<'_>) -> Result<Sent, Failure> {
        let sent = self.0.submit(envelope)?;
        if self.1 == Dies::WhenAccepted {
            std::process::abort();
        }
        Ok(sent)
    }

    fn poll(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        self.0.poll()
    }

    fn received(&self, name: &str) -> Result<(), Failure> {
        if self.1 == Dies::WhenStored {
            std::process::abort();
        }
        self.0.received(name)
    }
}

type Opens = Box<dyn Fn(&Logon<'_>) -> Result<Arc<dyn Transport>, Failure> + Send + Sync>;

struct OneTransport {
    info: ServiceInfo,
    opens: Opens,
}

fn transport_service(name: &str, provider: &str, opens: Opens) -> Arc<OneTransport> {
    let provider = ProviderInfo {
        name: provider.into(),
        display_name: name.into(),
        resource_type: ResourceType::Transport,
        flags: 0,
    };
    let info = ServiceInfo {
        name: name.into(),
        display_name: name.into(),
        library: "test".into(),
        is_single: false,
        providers: vec![provider],
    };
    Arc::new(OneTransport { info, opens })
}

impl MessageService for OneTransport {
    fn info(&self) -> &ServiceInfo {
        &self.info
    }

    fn configure(
        &self,
        _: ServiceContext,
        _: ServiceFlags,
        _: &mut Section,
        _: &dyn Sheet,
    ) -> Result<(), Failure> {
        Ok(())
    }

    fn logon(&self, _: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        Ok(Opened::Transport((self.opens)(logon)?).into())
    }
}

/// The house, with transports.
fn post_house() -> (&'static House, std::sync::MutexGuard<'static, ()>) {
    static ONCE: OnceLock<()> = OnceLock::new();
    let (house, turn) = house();
    ONCE.get_or_init(|| {
        let add = mapi_session::catalog::register_service;
        let opens: Opens = Box::new(|_| Ok(Arc::new(Postman) as _));
        assert!(add(transport_service("POSTMAN", "POSTMAN_XP", opens)));
    });
    expect(Vec::new());
    (house, turn)
}

fn logon(user: &str, flags: u32) -> Arc<Client> {
    let asked = request("Work", MAPI_EXTENDED | MAPI_NEW_SESSION | flags);
    as_user(user, || mapi_session::logon(&asked)).expect("a session")
}

fn folder(store: &StoreHandle, which: SpecialFolder) -> EntryId {
    store.get().expect("a store").special_folder(which).expect("a folder")
}

const COLUMNS: [PropTag; 6] =
    [PR_ENTRYID, PR_SUBJECT, PR_MESSAGE_FLAGS, PR_BODY, PR_SENDER_EMAIL_ADDRESS, PR_MESSAGE_CLASS];

fn rows(store: &StoreHandle, which: SpecialFolder) -> Vec<Row> {
    let query = Query { columns: COLUMNS.to_vec(), ..Query::default() };
    store.get().expect("a store").rows(&folder(store, which), &query, 0, 100).expect("rows")
}

fn entry(row: &Row) -> EntryId {
    match &row[0].value {
        Value::Binary(bytes) => EntryId(bytes.clone()),
        other => panic!("{other:?}"),
    }
}

fn counts(store: &StoreHandle) -> [usize; 4] {
    [SpecialFolder::Inbox, SpecialFolder::Outbox, SpecialFolder::SentItems, SpecialFolder::Drafts]
        .map(|which| rows(store, which).len())
}

/// Writes a message to these addresses into the drafts.
fn draft(store: &StoreHandle, subject: &str, to: &[&str], more: Vec<Prop>) -> EntryId {
    let recipient = |(number, address): (i32, &&str)| {
        vec![
            Prop::new(PR_ROWID, Value::Long(number)),
            Prop::new(PR_RECIPIENT_TYPE, Value::Long(MAPI_TO)),
            Prop::text(PR_DISPLAY_NAME, *address),
            Prop::text(PR_ADDRTYPE, "SMTP"),
            Prop::text(PR_EMAIL_ADDRESS, *address),
        ]
    };
    let mut set = vec![Prop::text(PR_SUBJECT, subject), Prop::text(PR_BODY, "Grüße")];
    set.extend(more);
    let change = MessageChange {
        message: None,
        folder: &folder(store, SpecialFolder::Drafts),
        associated: false,
        props: PropChange { set, delete: Vec::new() },
        recipients: Some((0..).zip(to).map(recipient).collect()),
        attachments: Vec::new(),
        expected: None,
        original: None,
    };
    store.get().expect("a store").save_message(&change).expect("a message")
}

fn at(user: &str) -> String {
    format!("{user}@partywall.test")
}

#[test]
fn what_one_user_sends_another_receives() {
    let (house, _turn) = post_house();
    let [ada, bob] = [(); 2].map(|()| house.user(&["PWSTORE", "PWDROP"]));
    let of_ada = logon(&ada, 0);
    let store = of_ada.default_store().unwrap();
    // Bob's folders are there once he has logged on.
    let of_bob = logon(&bob, 0);
    let message = draft(&store, "lunch", &[&at(&bob)], Vec::new());
    submit(&store, &message).unwrap();
    assert_eq!(counts(&store), [0, 0, 1, 0]);
    let sent = &rows(&store, SpecialFolder::SentItems)[0];
    let flags = long(sent, PR_MESSAGE_FLAGS).unwrap();
    assert_eq!(flags & (MSGFLAG_SUBMIT | MSGFLAG_UNSENT), 0);
    assert_eq!(download(&of_bob), Ok(1));
    assert_eq!(download(&of_bob), Ok(0));
    let inbox = of_bob.default_store().unwrap();
    let came = rows(&inbox, SpecialFolder::Inbox);
    assert_eq!(text(&came[0], PR_SUBJECT), Some("lunch"));
    assert_eq!(text(&came[0], PR_BODY), Some("Grüße"));
    assert_eq!(text(&came[0], PR_SENDER_EMAIL_ADDRESS), Some(at(&ada).as_str()));
    assert_eq!(long(&came[0], PR_MESSAGE_FLAGS), Some(0), "unread, and sent");
    let original = inbox.get().unwrap().original(&entry(&came[0])).unwrap().unwrap();
    assert!(original.starts_with(b"Date: "));
    // With the flag, a logon fetches what is there.
    submit(&store, &draft(&store, "again", &[&at(&bob)], Vec::new())).unwrap();
    let later = logon(&bob, MAPI_FORCE_DOWNLOAD).default_store().unwrap();
    assert_eq!(rows(&later, SpecialFolder::Inbox).len(), 2);
}

#[test]
fn a_message_needs_recipients_and_is_submitted_once() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE"]);
    let client = logon(&user, 0);
    let store = client.default_store().unwrap();
    let empty = draft(&store, "to nobody", &[], Vec::new());
    assert_eq!(submit(&store, &empty).unwrap_err().code, Code::NO_RECIPIENTS);
    assert_eq!(abort_submit(&store, &empty).unwrap_err().code, Code::NOT_IN_QUEUE);
    submit(&store, &draft(&store, "waits", &["a@x"], Vec::new())).unwrap();
    assert_eq!(counts(&store), [0, 1, 0, 1], "there is no transport");
    let waiting = entry(&rows(&store, SpecialFolder::Outbox)[0]);
    assert_eq!(submit(&store, &waiting).unwrap_err().code, Code::SUBMITTED);
    abort_submit(&store, &waiting).unwrap();
    assert_eq!(abort_submit(&store, &waiting).unwrap_err().code, Code::NOT_IN_QUEUE);
    assert_eq!(flush(&client), Ok(0));
    assert_eq!(counts(&store), [0, 1, 0, 1], "taken back is not gone");
}

#[test]
fn without_mail_a_message_waits_for_the_next_session() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE", "POSTMAN"]);
    let quiet = logon(&user, MAPI_NO_MAIL);
    let store = quiet.default_store().unwrap();
    submit(&store, &draft(&store, "later", &["a@x"], Vec::new())).unwrap();
    assert_eq!(flush(&quiet), Ok(0));
    assert_eq!((counts(&store), seen().len()), ([0, 1, 0, 0], 0));
    expect(vec![Does::Answers(vec![RecipientResult::Accepted])]);
    let next = logon(&user, 0);
    assert_eq!(counts(&next.default_store().unwrap()), [0, 0, 1, 0], "the logon sent it");
}

#[test]
fn whoever_waits_is_tried_again_and_the_others_are_not() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE", "POSTMAN"]);
    let client = logon(&user, 0);
    let store = client.default_store().unwrap();
    let later = || RecipientResult::Later("busy".into());
    expect(vec![
        Does::Answers(vec![RecipientResult::Accepted, later()]),
        Does::Answers(vec![RecipientResult::Accepted]),
    ]);
    submit(&store, &draft(&store, "two", &["a@x", "b@x"], Vec::new())).unwrap();
    assert_eq!(counts(&store), [0, 1, 0, 0]);
    let waiting = entry(&rows(&store, SpecialFolder::Outbox)[0]);
    assert_eq!(abort_submit(&store, &waiting).unwrap_err().code, Code::UNABLE_TO_ABORT);
    assert_eq!(flush(&client), Ok(1));
    assert_eq!(counts(&store), [0, 0, 1, 0]);
    let seen = seen();
    assert_eq!(seen[0].0, ["a@x", "b@x"]);
    assert_eq!(seen[1].0, ["b@x"]);
    assert_eq!(seen[0].1, seen[1].1, "the same bytes");
}

#[test]
fn who_cannot_be_reached_is_reported_to_the_sender() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE", "POSTMAN", "PWDROP"]);
    let client = logon(&user, 0);
    let store = client.default_store().unwrap();
    expect(vec![Does::Answers(vec![
        RecipientResult::NotMine,
        RecipientResult::Refused("nobody lives there".into()),
        RecipientResult::NotMine,
    ])]);
    let (own, to) = (at(&user), "b@x");
    submit(&store, &draft(&store, "three", &[&own, to, "c@y"], Vec::new())).unwrap();
    assert_eq!(counts(&store), [1, 0, 1, 0]);
    let report = &rows(&store, SpecialFolder::Inbox)[0];
    assert_eq!(text(report, PR_SUBJECT), Some("Undeliverable: three"));
    assert_eq!(text(report, PR_MESSAGE_CLASS), Some("REPORT.IPM.Note.NDR"));
    let body = text(report, PR_BODY).unwrap();
    assert!(body.contains("b@x") && body.contains("nobody lives there"), "{body}");
    assert!(body.contains("c@y") && body.contains("no transport"), "{body}");
    assert!(!body.contains(&own), "{body}");
    assert_eq!(download(&client), Ok(1), "the second transport had the first address");
}

#[test]
fn a_transport_that_fails_or_panics_loses_nothing() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE", "POSTMAN"]);
    let client = logon(&user, 0);
    let store = client.default_store().unwrap();
    submit(&store, &draft(&store, "x", &["a@x"], Vec::new())).unwrap();
    assert_eq!(counts(&store), [0, 1, 0, 0]);
    assert_eq!(download(&client), Ok(0), "it is passed over");
    expect(vec![Does::Panics]);
    assert_eq!(flush(&client), Ok(0));
    assert_eq!(client.session().reports()[1].state, "disabled");
    assert_eq!((flush(&client), seen().len()), (Ok(0), 1), "it is not called again");
    expect(vec![Does::Answers(vec![RecipientResult::Accepted])]);
    // The next session has a transport of its own, and sends what waited.
    assert_eq!(counts(&logon(&user, 0).default_store().unwrap()), [0, 0, 1, 0]);
}

#[test]
fn where_the_copy_goes_is_the_senders_choice() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE", "POSTMAN"]);
    let client = logon(&user, 0);
    let store = client.default_store().unwrap();
    let accepts = || Does::Answers(vec![RecipientResult::Accepted]);
    expect(vec![accepts(), accepts()]);
    let gone = vec![Prop::new(PR_DELETE_AFTER_SUBMIT, Value::Boolean(true))];
    submit(&store, &draft(&store, "no copy", &["a@x"], gone)).unwrap();
    assert_eq!(counts(&store), [0, 0, 0, 0]);
    let drafts = folder(&store, SpecialFolder::Drafts);
    let there = vec![Prop::new(PR_SENTMAIL_ENTRYID, Value::Binary(drafts.0))];
    submit(&store, &draft(&store, "there", &["a@x"], there)).unwrap();
    assert_eq!(counts(&store), [0, 0, 0, 1]);
}

#[test]
fn of_many_that_flush_at_once_one_sends() {
    let (house, _turn) = post_house();
    let user = house.user(&["PWSTORE", "POSTMAN"]);
    let client = logon(&user, MAPI_NO_MAIL);
    let store = client.default_store().unwrap();
    for number in 0..5 {
        submit(&store, &draft(&store, &number.to_string(), &["a@x"], Vec::new())).unwrap();
    }
    let accepts = || Does::Answers(vec![RecipientResult::Accepted]);
    expect((0..20).map(|_| accepts()).collect());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| logon(&user, 0));
        }
    });
    assert_eq!(flush(&logon(&user, 0)), Ok(0));
    assert_eq!((counts(&store), seen().len()), ([0, 0, 5, 0], 5));
}

const DATA: &str = "PARTYWALL_TEST_SPOOL_DATA";
const DOES: &str = "PARTYWALL_TEST_SPOOL_DOES";

/// The other process: sends or fetches, and ends in the middle of it.
#[test]
fn the_process_that_ends_in_between() {
    let Some(data) = std::env::var_os(DATA).map(PathBuf::from) else {
        println!("skipped: runs only as the other process of another test");
        return;
    };
    let does = std::env::var(DOES).unwrap();
    let (does, user) = does.split_once(' ').unwrap();
    registry::set_data_folder(data);
    let dies = if does == "send" { Dies::WhenAccepted } else { Dies::WhenStored };
    let opens: Opens =
        Box::new(move |logon| Ok(Arc::new(Mortal(FileDrop::open(logon)?, dies)) as _));
    let add = mapi_session::catalog::register_service;
    assert!(add(Arc::new(store_sqlite::SqliteService::new())));
    assert!(add(transport_service("PWDROP", file_drop::PROVIDER_NAME, opens)));
    mapi_session::initialize(0, 0).unwrap();
    mapi_session::set_settings(settings());
    let client = logon(user, 0);
    if does == "fetch" {
        let _ = download(&client);
    }
    panic!("it should have ended");
}

fn ends_in_between(house: &House, does: &str) {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["spooling::the_process_that_ends_in_between", "--exact", "--nocapture"])
        .env(DATA, house.folder.path())
        .env(DOES, does)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(status.signal(), Some(libc::SIGABRT), "{status:?}");
}

#[test]
fn who_is_killed_in_between_neither_loses_nor_doubles_a_message() {
    let (house, _turn) = post_house();
    let [ada, bob] = [(); 2].map(|()| house.user(&["PWSTORE", "PWDROP"]));
    let of_bob = logon(&bob, 0);
    let store = logon(&ada, MAPI_NO_MAIL).default_store().unwrap();
    submit(&store, &draft(&store, "once", &[&at(&bob)], Vec::new())).unwrap();
    // The transport has it, and the sender does not know.
    ends_in_between(house, &format!("send {ada}"));
    assert_eq!(counts(&store), [0, 1, 0, 0]);
    // Bob's store has it, and the transport does not know.
    ends_in_between(house, &format!("fetch {bob}"));
    let inbox = of_bob.default_store().unwrap();
    assert_eq!(rows(&inbox, SpecialFolder::Inbox).len(), 1);
    assert_eq!(download(&of_bob), Ok(0));
    // Sent once more, it is known by its name.
    drop(logon(&ada, 0));
    assert_eq!(counts(&store), [0, 0, 1, 0]);
    assert_eq!(download(&of_bob), Ok(0));
    assert_eq!(rows(&inbox, SpecialFolder::Inbox).len(), 1);
}
