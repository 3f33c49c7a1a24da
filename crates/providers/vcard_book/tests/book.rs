//! vCard files as an address book.

use std::fs;
use std::path::Path;

use mapi_abi::codes::Code;
use mapi_abi::restriction::{Match, RelOp, Restriction, SortKey};
use mapi_abi::spi::{
    Access, AddressBook, Field, Logon, MessageService, Opened, Query, Resolution, Section,
    ServiceContext, ServiceFlags, Sheet, SheetAnswer,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Row, Value};
use vcard_book::{MAX_FILE_BYTES, PR_ANR, PROVIDER_NAME, VcardBook, VcardService};

fn card(uid: &str, name: &str, address: &str) -> String {
    format!("BEGIN:VCARD\nVERSION:3.0\nUID:{uid}\nFN:{name}\nEMAIL:{address}\nEND:VCARD\n")
}

fn people() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: String| fs::write(folder.path().join(name), text).expect("a file");
    put("ada.vcf", card("1", "Ada Lovelace", "ada@x"));
    put("two.vcf", card("2", "Bob Ada", "bob@x") + &card("3", "Jörg Müller", "jm@y"));
    let group = "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nUID:g\nFN:Friends\n\
        MEMBER:urn:uuid:3\nMEMBER:mailto:ADA@x\nMEMBER:mailto:eve@z\nMEMBER:urn:uuid:9\nEND:VCARD\n";
    put("group.vcf", group.to_owned());
    put("notes.txt", "no card".to_owned());
    folder
}

fn open(path: &Path) -> VcardBook {
    let (book, warning) = VcardBook::open(path, true).expect("a book");
    assert_eq!(warning, None);
    book
}

fn container(book: &VcardBook) -> EntryId {
    book.containers().expect("containers").remove(0).entry
}

fn names(book: &VcardBook, restriction: Option<Restriction>) -> Vec<String> {
    let sort = vec![SortKey { tag: PR_DISPLAY_NAME, descending: false }];
    let columns = vec![PR_DISPLAY_NAME];
    let query = Query { columns, restriction, sort, associated: false };
    let rows = book.rows(&container(book), &query, 0, 100).expect("rows");
    assert_eq!(book.count(&container(book), &query), Ok(rows.len() as u64));
    rows.iter().map(|row| text(row, PR_DISPLAY_NAME)).collect()
}

fn text(row: &Row, tag: PropTag) -> String {
    match row.iter().find(|prop| prop.tag == tag).map(|prop| &prop.value) {
        Some(Value::Unicode(text)) => text.clone(),
        other => panic!("{other:?}"),
    }
}

fn resolved(book: &VcardBook, name: &str) -> Vec<String> {
    match book.resolve(name, &[PR_DISPLAY_NAME]).expect("an answer") {
        Resolution::Unresolved => Vec::new(),
        Resolution::Resolved(row) => vec![text(&row, PR_DISPLAY_NAME)],
        Resolution::Ambiguous(rows) => rows.iter().map(|row| text(row, PR_DISPLAY_NAME)).collect(),
    }
}

#[test]
fn a_name_means_the_exact_one_or_those_whose_words_begin_so() {
    let home = people();
    let book = open(home.path());
    assert_eq!(resolved(&book, "ada"), ["Ada Lovelace", "Bob Ada"]);
    assert_eq!(resolved(&book, " ADA LOVELACE "), ["Ada Lovelace"]);
    assert_eq!(resolved(&book, "lo ad"), ["Ada Lovelace"]);
    assert_eq!(resolved(&book, "MÜL"), ["Jörg Müller"]);
    assert_eq!(resolved(&book, "jm@y"), ["Jörg Müller"]);
    assert_eq!(resolved(&book, "friends"), ["Friends"]);
    for nobody in ["da", "", "x", "ada lovelace x"] {
        assert_eq!(resolved(&book, nobody), [""; 0], "{nobody}");
    }
}

#[test]
fn a_table_is_restricted_and_sorted() {
    let home = people();
    let book = open(home.path());
    assert_eq!(names(&book, None), ["Ada Lovelace", "Bob Ada", "Friends", "Jörg Müller"]);
    let anr = |text: &str| Restriction::Property {
        tag: PR_ANR,
        op: RelOp::Eq,
        value: Value::Unicode(text.into()),
    };
    assert_eq!(names(&book, Some(anr("ada"))), ["Ada Lovelace", "Bob Ada"]);
    let content = Restriction::Content {
        tag: PR_EMAIL_ADDRESS,
        text: "@X".into(),
        kind: Match::Substring,
        ignore_case: true,
    };
    let both = Restriction::And(vec![content, Restriction::Not(Box::new(anr("bob")))]);
    assert_eq!(names(&book, Some(both)), ["Ada Lovelace"]);
    let lists = Restriction::Property {
        tag: PR_OBJECT_TYPE,
        op: RelOp::Eq,
        value: Value::Long(MAPI_DISTLIST),
    };
    assert_eq!(names(&book, Some(lists)), ["Friends"]);
    let first = Restriction::Count(1, Box::new(anr("ada")));
    assert_eq!(names(&book, Some(first)), ["Ada Lovelace"]);
    let unknown = book.count(&EntryId(vec![1]), &Query::default());
    assert_eq!(unknown.unwrap_err().code, Code::INVALID_ENTRYID);
}

#[test]
fn members_of_a_group_are_entries_or_addresses() {
    let home = people();
    let book = open(home.path());
    let entry = |name: &str| match book.resolve(name, &[PR_ENTRYID]).expect("an answer") {
        Resolution::Resolved(row) => match &row[0].value {
            Value::Binary(bytes) => EntryId(bytes.clone()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let members = book.members(&entry("friends")).expect("members");
    let of = |member: &EntryId| {
        text(&book.entry_props(member, &[PR_EMAIL_ADDRESS]).expect("a row"), PR_EMAIL_ADDRESS)
    };
    assert_eq!(members.iter().map(of).collect::<Vec<_>>(), ["jm@y", "ada@x", "eve@z"]);
    assert_eq!(book.members(&entry("bob ada")).unwrap_err().code, Code::INVALID_ENTRYID);
    assert_eq!(book.delete_entries(&members[2..]).unwrap_err().code, Code::NO_ACCESS);
    assert!(book.entry_tags(&members[0]).expect("tags").contains(&PR_ADDRTYPE));
}

fn changes_are_kept(path: &Path) {
    let book = open(path);
    let before = names(&book, None).len();
    let props = vec![
        Prop::text(PR_DISPLAY_NAME, "Carol, C."),
        Prop::text(PR_EMAIL_ADDRESS, "c@x"),
        Prop::text(PR_SURNAME, "Dane"),
    ];
    let made = book.save_entry(&container(&book), None, &props).expect("saved");
    let changed = vec![Prop::text(PR_TITLE, "Boss"), Prop::text(PR_GIVEN_NAME, "Carol")];
    let same = book.save_entry(&container(&book), Some(&made), &changed).expect("changed");
    assert_eq!(same, made);
    let again = open(path);
    let columns = [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_SURNAME, PR_GIVEN_NAME, PR_TITLE];
    let row = again.entry_props(&made, &columns).expect("a row");
    let texts = columns.map(|tag| text(&row, tag));
    assert_eq!(texts, ["Carol, C.", "c@x", "Dane", "Carol", "Boss"]);
    again.delete_entries(std::slice::from_ref(&made)).expect("deleted");
    assert_eq!(book.entry_props(&made, &[]).unwrap_err().code, Code::NOT_FOUND);
    assert_eq!(again.delete_entries(&[made]).unwrap_err().code, Code::NOT_FOUND);
    assert_eq!(names(&book, None).len(), before);
}

#[test]
fn entries_are_made_changed_and_deleted_in_a_folder_and_in_a_file() {
    let home = people();
    changes_are_kept(home.path());
    changes_are_kept(&home.path().join("two.vcf"));
    let (readable, _) = VcardBook::open(home.path(), false).expect("a book");
    let refused = readable.save_entry(&container(&readable), None, &Vec::new());
    assert_eq!(refused.unwrap_err().code, Code::NO_ACCESS);
    assert!(!readable.containers().expect("containers")[0].is_modifiable);
}

#[test]
fn what_others_write_is_seen_and_what_is_damaged_is_named() {
    let home = people();
    let book = open(home.path());
    fs::write(home.path().join("late.vcf"), card("5", "Late", "l@x")).expect("a file");
    assert_eq!(resolved(&book, "late"), ["Late"]);
    fs::write(home.path().join("bad.vcf"), "BEGIN:VCARD\nFN:x\n").expect("a file");
    let large = fs::File::create(home.path().join("large.vcf")).expect("a file");
    large.set_len(MAX_FILE_BYTES + 1).expect("a length");
    let (book, warning) = VcardBook::open(home.path(), true).expect("a book");
    let warning = warning.expect("a warning");
    assert!(warning.contains("bad.vcf (a card has no end)"), "{warning}");
    assert!(warning.contains("large.vcf") && !warning.contains("ada.vcf"), "{warning}");
    assert_eq!(names(&book, None).len(), 5);
}

struct Says(SheetAnswer);

impl Sheet for Says {
    fn show(&self, _: &str, _: &str, fields: &[Field]) -> SheetAnswer {
        assert_eq!(fields[0].name, "path");
        self.0.clone()
    }
}

#[test]
fn the_service_knows_where_contacts_are_without_being_told() {
    let service = VcardService::new();
    let home = tempfile::tempdir().expect("a folder");
    let logon = |section: &Section, create| {
        let folder = home.path();
        let access = Access { write: true, create };
        let logon = Logon { user: "ada", mailbox: "ada", folder, section, access };
        let opened = service.logon(PROVIDER_NAME, &logon).map_err(|failure| failure.code)?;
        assert!(matches!(opened.opened, Opened::AddressBook(_)));
        Ok(opened.warning)
    };
    let mut section = Section::new();
    assert_eq!(logon(&section, false), Err(Code::UNCONFIGURED));
    assert_eq!(logon(&section, true), Ok(None));
    assert!(home.path().join("contacts").is_dir());
    assert_eq!(logon(&section, false), Ok(None));
    let mut configure = |flags, answer| {
        let context = ServiceContext::Configure;
        service
            .configure(context, flags, &mut section, &Says(answer))
            .map_err(|failure| failure.code)
    };
    assert_eq!(configure(ServiceFlags::UI_ALLOWED, SheetAnswer::Cancelled), Ok(()), "not asked");
    let always = ServiceFlags::UI_ALWAYS;
    assert_eq!(configure(always, SheetAnswer::Cancelled), Err(Code::USER_CANCEL));
    assert_eq!(configure(always, SheetAnswer::Filled(vec!["/nowhere".into()])), Ok(()));
    assert_eq!(logon(&section, true), Err(Code::NOT_FOUND));
}
