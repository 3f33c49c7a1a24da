//! Each kind of source, with mail of our own writing.

use std::path::PathBuf;

use crate::home::{Home, NOW};
use mail_import::{
    BATCH_BYTES, BATCH_MESSAGES, FolderReport, Options, Progress, Report, Skipped, Source, import,
};
use mapi_abi::tags::*;
use mapi_abi::value::{FileTime, Value};
use store_sqlite::Writer;

fn folder(name: &str, read: u64) -> FolderReport {
    FolderReport { name: name.to_owned(), read }
}

fn skipped(item: impl Into<String>, reason: &str) -> Skipped {
    Skipped { item: item.into(), reason: reason.to_owned() }
}

#[test]
fn the_report_is_written_as_the_contract_has_it() {
    let report =
        Report { read: 1, skipped: vec![skipped("a", "empty")], folders: vec![folder("Inbox", 1)] };
    assert_eq!(
        serde_json::to_string(&report).expect("text"),
        r#"{"read":1,"skipped":[{"item":"a","reason":"empty"}],"folders":[{"name":"Inbox","read":1}]}"#
    );
}

#[test]
fn a_single_message_goes_to_the_inbox_and_twice_if_imported_twice() {
    let home = Home::new();
    let file = home.file(
        "a.eml",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: Jürgen <j@x>\n\nx\n".as_bytes(),
    );
    let source = Source::Eml(file);
    let expected = Report { read: 1, skipped: vec![], folders: vec![folder("Inbox", 1)] };
    assert_eq!(home.read(&source), expected);
    assert_eq!(home.read(&source), expected);
    let rows = home.rows("Inbox", &[PR_SUBJECT, PR_SENDER_NAME, PR_MESSAGE_FLAGS]);
    let row = vec![
        Value::Unicode("Grüße".to_owned()),
        Value::Unicode("Jürgen".to_owned()),
        Value::Long(0),
    ];
    assert_eq!(rows, [row.clone(), row]);
}

#[test]
fn an_empty_message_file_is_skipped_by_name() {
    let home = Home::new();
    let file = home.file("a.eml", b"");
    let report = home.read(&Source::Eml(file.clone()));
    assert_eq!(report.read, 0);
    assert_eq!(report.skipped, [skipped(file.display().to_string(), "empty")]);
}

#[test]
fn a_message_without_a_header_is_read_and_arrives_now() {
    let home = Home::new();
    let file = home.file("a.eml", b"just words\n");
    assert_eq!(home.read(&Source::Eml(file)).read, 1);
    let rows = home.rows("Inbox", &[PR_BODY, PR_MESSAGE_DELIVERY_TIME]);
    let now = Value::SysTime(FileTime::from_unix_seconds(NOW));
    assert_eq!(rows, [[Value::Unicode("just words\n".to_owned()), now]]);
}

#[test]
fn a_message_that_is_too_large_is_skipped_by_name() {
    let home = Home::new();
    let mut raw = b"Subject: large\n\n".to_vec();
    raw.resize(mime::MAX_MESSAGE_BYTES + 1, b'x');
    let file = home.file("a.eml", &raw);
    let report = home.read(&Source::Eml(file));
    assert_eq!(report.read, 0);
    assert_eq!(report.skipped[0].reason, "larger than 64 MiB, the limit for one message");
}

#[test]
fn sources_that_cannot_be_read_are_refused_with_file_and_cause() {
    let home = Home::new();
    let missing = home.path().join("missing");
    let empty = home.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    let text = home.file("text", b"Subject: no mbox\n\n");
    type Kind = fn(PathBuf) -> Source;
    let cases: [(Kind, &PathBuf, &str); 8] = [
        (Source::Eml, &missing, "No such file or directory"),
        (Source::Mbox, &missing, "No such file or directory"),
        (Source::Maildir, &missing, "No such file or directory"),
        (Source::Eml, &empty, "it is a directory, not a file"),
        (Source::Mbox, &empty, "it is a directory, not a file"),
        (Source::Mbox, &text, "not an mbox: does not begin with \"From \""),
        (Source::Maildir, &text, "Not a directory"),
        (Source::Maildir, &empty, "not a Maildir: it has neither cur nor new"),
    ];
    for (kind, path, cause) in cases {
        let says = home.refusal(&kind(path.clone()));
        assert!(says.contains(cause) && says.contains(&path.display().to_string()), "{says}");
    }
}

#[test]
fn an_mbox_goes_to_the_folder_of_its_name_with_its_flags() {
    let home = Home::new();
    let file = home.file(
        "old.mail.mbox",
        b"From a\nSubject: 1\nStatus: RO\n\n>From me\n\nFrom b\n\nFrom c\nSubject: 3\nX-Status: F\n\n",
    );
    let report = home.read(&Source::Mbox(file));
    // The second has an empty header and nothing else: not even that byte is left.
    assert_eq!(
        report,
        Report {
            read: 2,
            skipped: vec![skipped("old.mail.mbox: message 2 at byte 40", "empty")],
            folders: vec![folder("old.mail", 2)],
        }
    );
    let rows = home.rows("old.mail", &[PR_BODY, PR_MESSAGE_FLAGS, PR_MSG_STATUS]);
    let text = |text: &str| Value::Unicode(text.to_owned());
    assert_eq!(
        rows,
        [
            [text("From me\n"), Value::Long(MSGFLAG_READ), Value::Long(0)],
            [text(""), Value::Long(0), Value::Long(MSGSTATUS_TAGGED)],
        ]
    );
}

#[test]
fn an_empty_mbox_is_valid() {
    let home = Home::new();
    let file = home.file("none.mbox", b"");
    let report = home.read(&Source::Mbox(file));
    assert_eq!(report, Report { read: 0, skipped: vec![], folders: vec![folder("none", 0)] });
}

#[test]
fn a_maildir_keeps_folders_flags_and_what_it_cannot_read() {
    let home = Home::new();
    for (name, bytes) in [
        ("m/cur/1700000001.a:2,S", &b"Subject: seen\n\n"[..]),
        ("m/cur/1700000002.b:2,", b"Subject: unread\n\n"),
        ("m/new/1700000003.c", b"Subject: new\n\n"),
        ("m/new/1700000004.d", b""),
        ("m/new/.hidden", b"Subject: hidden\n\n"),
        ("m/tmp/1700000005.e", b"Subject: not delivered\n\n"),
        ("m/.Entw&APw-rfe.Alt/cur/1.x:2,DFPRT", b"Subject: all\n\n"),
        ("m/.notes/file", b"no folder"),
        ("m/dovecot.index", b"no folder"),
    ] {
        home.file(name, bytes);
    }
    std::fs::create_dir(home.path().join("m/cur/dir")).expect("a folder");
    let report = home.read(&Source::Maildir(home.path().join("m")));
    assert_eq!(
        report,
        Report {
            read: 4,
            skipped: vec![
                skipped("cur/dir", "it is a directory, not a file"),
                skipped("new/1700000004.d", "empty"),
            ],
            folders: vec![folder("Inbox", 3), folder("Entwürfe/Alt", 1)],
        }
    );
    let columns = [PR_MESSAGE_FLAGS, PR_MSG_STATUS, PR_MESSAGE_DELIVERY_TIME];
    let time = |seconds| Value::SysTime(FileTime::from_unix_seconds(seconds));
    let plain = |flags, seconds| vec![Value::Long(flags), Value::Long(0), time(seconds)];
    assert_eq!(
        home.rows("Inbox", &columns),
        [plain(MSGFLAG_READ, 1_700_000_001), plain(0, 1_700_000_002), plain(0, 1_700_000_003)]
    );
    let all = MSGSTATUS_DRAFT
        | MSGSTATUS_TAGGED
        | MSGSTATUS_PASSED
        | MSGSTATUS_ANSWERED
        | MSGSTATUS_DELMARKED;
    assert_eq!(
        home.rows("Alt", &columns),
        [[Value::Long(MSGFLAG_UNSENT), Value::Long(all), time(1)]]
    );
}

#[test]
fn a_maildir_folder_that_the_store_cannot_name_is_skipped_by_name() {
    let home = Home::new();
    home.file("m/cur/1.a", b"Subject: kept\n\n");
    let deep = ".a".repeat(store_sqlite::MAX_FOLDER_DEPTH + 1);
    home.file(&format!("m/{deep}/cur/1.b"), b"Subject: lost\n\n");
    let report = home.read(&Source::Maildir(home.path().join("m")));
    assert_eq!(report.read, 1);
    assert!(report.skipped[0].reason.contains("nested deeper"), "{report:?}");
}

fn progress_of(messages: usize, bytes: usize) -> Vec<Progress> {
    let home = Home::new();
    let message = format!("From a\nSubject: s\n\n{}\n\n", "x".repeat(bytes));
    let file = home.file("p.mbox", message.repeat(messages).as_bytes());
    let mut writer = Writer::open(&home.store_folder(), "alice").expect("a writer");
    let mut seen = Vec::new();
    let mut progress = |event: Progress| {
        let inside = home.rows("p", &[]).len() as u64;
        assert_eq!(inside, event.committed, "others see what was reported");
        seen.push(event);
    };
    let source = Source::Mbox(file);
    import(&source, &mut writer, &Options { now: NOW }, &mut progress).expect("a report");
    seen
}

#[test]
fn progress_counts_what_is_durable_a_batch_at_a_time() {
    let committed = |events: Vec<Progress>| -> Vec<u64> {
        events.into_iter().map(|event| event.committed).collect()
    };
    let limit = BATCH_MESSAGES as u64;
    assert_eq!(committed(progress_of(BATCH_MESSAGES, 1)), [limit]);
    assert_eq!(committed(progress_of(BATCH_MESSAGES + 1, 1)), [limit, limit + 1]);
    assert_eq!(committed(progress_of(3, BATCH_BYTES / 2)), [2, 3]);
    assert_eq!(committed(progress_of(0, 1)), Vec::<u64>::new());
    let last = progress_of(2, 1).pop().expect("an event");
    assert_eq!(last.item, "p.mbox: message 2 at byte 22");
}
