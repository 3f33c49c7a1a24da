//! Mail that other people's programs wrote.

use std::path::{Path, PathBuf};

use crate::home::{Home, folder_named, real_mail};
use mail_import::{FolderReport, Source};
use mapi_abi::spi::{MessageStore, Query};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Value};

fn folder(name: &str, read: u64) -> FolderReport {
    FolderReport { name: name.to_owned(), read }
}

fn text(text: &str) -> Value {
    Value::Unicode(text.to_owned())
}

/// All files below `folder`, in the order of their names.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_maildir_is_imported_with_its_folders_and_flags() {
    let Some(data) = real_mail() else { return };
    let home = Home::new();
    let report = home.read(&Source::Maildir(data.join("maildir")));
    assert_eq!((report.read, report.skipped.len()), (6, 0));
    assert_eq!(
        report.folders,
        [folder("Inbox", 2), folder("My Folder", 2), folder("My Folder/Nested Folder", 2)]
    );
    let columns = [PR_SUBJECT, PR_MESSAGE_FLAGS, PR_MSG_STATUS];
    let row =
        |subject: &str, flags, status| vec![text(subject), Value::Long(flags), Value::Long(status)];
    let attached = MSGFLAG_HASATTACH;
    assert_eq!(
        home.rows("Inbox", &columns),
        [
            row("Internet Digest, volume 42", MSGFLAG_READ | attached, MSGSTATUS_DELMARKED),
            row("Sample message", MSGFLAG_READ, 0),
        ]
    );
    let replied_draft = MSGSTATUS_ANSWERED | MSGSTATUS_DRAFT;
    assert_eq!(
        home.rows("My Folder", &columns),
        [
            row(
                "[Fwd: Map of Argentina with Description]",
                MSGFLAG_UNSENT | attached,
                replied_draft | MSGSTATUS_DELMARKED,
            ),
            row("Formatted text mail", attached, 0),
        ]
    );
    assert_eq!(
        home.rows("Nested Folder", &columns),
        [
            row("A multipart example", attached, MSGSTATUS_TAGGED | MSGSTATUS_PASSED),
            row("whatever", MSGFLAG_UNSENT | attached, replied_draft | MSGSTATUS_TAGGED),
        ]
    );
}

/// Counted without the code under test. For `content-length.mbox.txt` three ways
/// give the same number: lines that begin with "From "; those of them before a
/// line that is a header field, so that none is a sentence which merely stands at
/// a line's beginning; lines that begin with "Content-Length:", one a message,
/// since embedded messages have none here. Four lengths (messages 0, 1, 2 and 4)
/// are too short and stop inside the body; the others end at the next "From "
/// line or the end of the file, and none reaches past one: trusting the lengths
/// cannot swallow a message here, and distrusting them cannot split one.
fn independent_counts(mbox: &[u8]) -> [usize; 3] {
    let lines: Vec<&[u8]> = mbox.split(|&byte| byte == b'\n').collect();
    let is_field = |line: &[u8]| {
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        name.len() < line.len() && !name.contains(&b' ')
    };
    let marks = lines.iter().filter(|line| line.starts_with(b"From "));
    let before_fields =
        lines.windows(2).filter(|pair| pair[0].starts_with(b"From ") && is_field(pair[1]));
    let lengths = lines.iter().filter(|line| line.starts_with(b"Content-Length:"));
    [marks.count(), before_fields.count(), lengths.count()]
}

#[test]
fn mbox_files_give_the_messages_that_an_independent_count_finds() {
    let Some(data) = real_mail() else { return };
    let home = Home::new();
    for (name, read) in [("content-length.mbox", 29), ("simple.mbox", 3), ("issue1189.mbox", 4)] {
        let file = data.join("mbox").join(format!("{name}.txt"));
        let counts = independent_counts(&std::fs::read(&file).expect("a file"));
        assert_eq!(counts[0], read, "{name}");
        let report = home.read(&Source::Mbox(file));
        assert_eq!((report.read, report.skipped.len()), (read as u64, 0), "{name}");
        assert_eq!(report.folders, [folder(name, read as u64)]);
    }
    let counted = std::fs::read(data.join("mbox/content-length.mbox.txt")).expect("a file");
    assert_eq!(independent_counts(&counted), [29, 29, 29]);
    let subjects: Vec<Value> =
        home.rows("content-length.mbox", &[PR_SUBJECT]).into_iter().flatten().collect();
    assert_eq!(subjects[0], text("Re: mailusr1@navstar1 3.0b6gold #1"));
    assert_eq!(subjects[28], text("RE: problem with relative urls and applets"));
}

#[test]
fn an_mbox_that_begins_with_a_byte_order_mark_is_refused() {
    let Some(data) = real_mail() else { return };
    let says = Home::new().refusal(&Source::Mbox(data.join("mbox/unmunged.mbox.txt")));
    assert!(
        says.ends_with("unmunged.mbox.txt: not an mbox: does not begin with \"From \""),
        "{says}"
    );
}

#[test]
fn every_file_of_real_mail_is_read_or_skipped_by_name() {
    let Some(data) = real_mail() else { return };
    let mut all = Vec::new();
    files(&data.join("eml"), &mut all);
    files(&data.join("tnef"), &mut all);
    let home = Home::new();
    let (mut messages, mut others) = (0, 0);
    for file in all {
        let is_empty = file.metadata().expect("metadata").len() == 0;
        let report = home.read(&Source::Eml(file.clone()));
        assert_eq!(report.read, u64::from(!is_empty), "{}", file.display());
        assert_eq!(report.skipped.len() as u64, 1 - report.read);
        let is_message = file.extension().is_some_and(|extension| extension == "eml");
        *(if is_message { &mut messages } else { &mut others }) += report.read;
    }
    assert_eq!(messages, 49, "16 messages, 10 of the RFCs, 23 malformed ones");
    assert!(others > 0, "other files are text without a header");
    assert_eq!(home.rows("Inbox", &[]).len() as u64, messages + others);
}

/// Name, type and size of an attachment.
type Attached<'a> = (&'a str, &'a str, usize);

/// The attachments of the first message in the Inbox.
fn attachments(home: &Home) -> Vec<(String, String, usize)> {
    let store = home.store();
    let inbox = folder_named(&store, "Inbox");
    let query = Query { columns: vec![PR_ENTRYID], ..Query::default() };
    let rows = store.rows(&inbox, &query, 0, 1).expect("rows");
    let Value::Binary(entry) = &rows[0][0].value else { panic!("an entry identifier is bytes") };
    let columns = [PR_ATTACH_LONG_FILENAME, PR_ATTACH_MIME_TAG, PR_ATTACH_DATA_BIN];
    let rows = store.attachments(&EntryId(entry.clone()), &columns).expect("rows");
    rows.into_iter()
        .map(|row| {
            let string = |value: &Value| match value {
                Value::Unicode(text) => text.clone(),
                _ => String::new(),
            };
            let Value::Binary(data) = &row[2].value else { panic!("data is bytes") };
            (string(&row[0].value), string(&row[1].value), data.len())
        })
        .collect()
}

#[test]
fn attachments_have_the_size_of_their_decoded_parts() {
    let Some(data) = real_mail() else { return };
    // Sizes as Python's email package decodes the same parts.
    let tnef = ("winmail.dat", "application/ms-tnef");
    let octets = "application/octet-stream";
    let cases: [(&str, &[Attached<'_>]); 5] = [
        ("tnefEml1.eml", &[(tnef.0, tnef.1, 51_735)]),
        ("tnefWithMsgInside.eml", &[(tnef.0, tnef.1, 42_151)]),
        ("Attachments.eml", &[("License.txt", octets, 27_315)]),
        (
            "EmailWithAttandEmbedded.eml",
            &[
                ("image001.png", "image/png", 140_647),
                ("image002.png", "image/png", 44_513),
                ("TxtAttachmnet.txt", octets, 31),
            ],
        ),
        ("TestAppointment.eml", &[("", "text/calendar", 1_665)]),
    ];
    for (file, expected) in cases {
        let home = Home::new();
        home.read(&Source::Eml(data.join("eml").join(file)));
        let expected: Vec<(String, String, usize)> = expected
            .iter()
            .map(|(name, kind, size)| ((*name).to_owned(), (*kind).to_owned(), *size))
            .collect();
        assert_eq!(attachments(&home), expected, "{file}");
    }
}

#[test]
fn a_tnef_attachment_begins_with_its_signature() {
    let Some(data) = real_mail() else { return };
    for file in ["tnefEml1.eml", "tnefWithMsgInside.eml"] {
        let raw = std::fs::read(data.join("eml").join(file)).expect("a file");
        let message = mime::decode(&raw).expect("a message");
        let signature = 0x223E_9F78_u32.to_le_bytes();
        assert!(message.attachments[0].bytes.starts_with(&signature), "{file}");
    }
}
