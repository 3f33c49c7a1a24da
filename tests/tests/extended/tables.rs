//! Tables: bookmarks, headings, search folders.

use mapi_abi::build::Arguments;
use mapi_abi::codes::Code;
use mapi_abi::interfaces::{IMAPIFolder, IMAPITable};
use mapi_abi::restriction::{Match, Restriction, SortKey, SortOrder};
use mapi_abi::structs::{BOOKMARK_BEGINNING, FOLDER_SEARCH, MAPI_UNICODE};
use mapi_abi::tags::{PR_CONTENT_COUNT, PR_ROW_TYPE, PR_SENDER_NAME, PR_SUBJECT, PropTag};
use mapi_abi::value::{Prop, Row, Value};

use crate::way::{
    all_rows, contents, create, entry_id, house, inbox, logon, ok, open, save, set, store, take,
    taken, texts, user,
};

fn filled() -> (mapi_abi::interfaces::IMAPISession, mapi_abi::interfaces::IMsgStore, IMAPIFolder) {
    let session = logon(&user());
    let store = store(&session);
    let inbox = inbox(&store);
    for number in 0..12 {
        let message = create(&inbox, false);
        let sender = ["anna", "berta", "carla"][number % 3];
        set(
            &message,
            &[
                Prop::text(PR_SUBJECT, format!("subject {number:02}")),
                Prop::text(PR_SENDER_NAME, sender),
            ],
        );
        save(&message);
    }
    (session, store, inbox)
}

fn columns(table: &IMAPITable, tags: &[PropTag]) {
    let mut arguments = Arguments::new();
    // SAFETY: a valid list.
    ok(unsafe { table.SetColumns(arguments.tags(tags), 0) });
}

fn rows(table: &IMAPITable, count: i32) -> Vec<Row> {
    let mut set = std::ptr::null_mut();
    // SAFETY: a writable place; the set is ours.
    unsafe {
        ok(table.QueryRows(count, 0, &mut set));
        take(set)
    }
}

fn by_subject(restriction: &str) -> Restriction {
    Restriction::Content {
        tag: PR_SUBJECT,
        text: restriction.into(),
        kind: Match::Substring,
        ignore_case: true,
    }
}

#[test]
fn a_bookmark_stays_at_its_row_and_says_when_that_is_gone() {
    let _house = house();
    let (_session, _store, inbox) = filled();
    let table = contents(&inbox);
    let order = [SortKey { tag: PR_SUBJECT, descending: false }];
    let mut arguments = Arguments::new();
    columns(&table, &[PR_SUBJECT, mapi_abi::tags::PR_ENTRYID]);
    let mut mark = 0;
    let row = |count: i32| {
        let found = rows(&table, count);
        texts(&found, 0)
    };
    // SAFETY: valid structures and writable places.
    unsafe {
        ok(table.SortTable(arguments.sort_order(&order), 0));
        ok(table.FindRow(arguments.restriction(&by_subject("T 07")), 0, 0));
        ok(table.CreateBookmark(&mut mark));
        assert_eq!(row(1), ["subject 07"]);
        ok(table.SeekRow(BOOKMARK_BEGINNING as usize, 0, std::ptr::null_mut()));
        assert_eq!(row(1), ["subject 00"]);
        ok(table.SeekRow(mark, 1, std::ptr::null_mut()));
        assert_eq!(row(1), ["subject 08"]);
        assert_eq!(row(-2), ["subject 07", "subject 08"]);
        let missing = arguments.restriction(&by_subject("nothing"));
        assert_eq!(table.FindRow(missing, 0, 0), Code::NOT_FOUND.hresult());
        // The row goes; the bookmark says so.
        ok(table.SeekRow(mark, 0, std::ptr::null_mut()));
        let gone = match &rows(&table, 1)[0][1].value {
            Value::Binary(bytes) => mapi_abi::value::EntryId(bytes.clone()),
            other => panic!("{other:?}"),
        };
        let list = arguments.entry_list(&[gone]);
        ok(inbox.DeleteMessages(list.cast(), 0, std::ptr::null_mut(), 0));
        let code = table.SeekRow(mark, 0, std::ptr::null_mut());
        assert_eq!(code, Code::POSITION_CHANGED.hresult());
        assert_eq!(row(1), ["subject 08"]);
        ok(table.FreeBookmark(mark));
        let code = table.SeekRow(mark, 0, std::ptr::null_mut());
        assert_eq!(code, Code::INVALID_BOOKMARK.hresult());
    }
}

#[test]
fn headings_are_opened_and_closed() {
    let _house = house();
    let (_session, _store, inbox) = filled();
    let table = contents(&inbox);
    let order = SortOrder {
        keys: vec![
            SortKey { tag: PR_SENDER_NAME, descending: false },
            SortKey { tag: PR_SUBJECT, descending: true },
        ],
        categories: 1,
        expanded: 0,
        ..SortOrder::default()
    };
    let tags = [PR_SENDER_NAME, PR_CONTENT_COUNT, PR_ROW_TYPE, mapi_abi::tags::PR_INSTANCE_KEY];
    let headings = all_rows(&table, &tags, &order);
    assert_eq!(texts(&headings, 0), ["anna", "berta", "carla"]);
    assert!(headings.iter().all(|row| row[1].value == Value::Long(4)));
    assert!(headings.iter().all(|row| row[2].value == Value::Long(4)), "collapsed");
    let Value::Binary(key) = &headings[1][3].value else { panic!("no key") };
    let (mut set, mut more) = (std::ptr::null_mut(), 0);
    // SAFETY: so many readable bytes and writable places.
    let below = unsafe {
        ok(table.ExpandRow(key.len() as u32, key.as_ptr(), 2, 0, &mut set, &mut more));
        take(set)
    };
    assert_eq!((below.len(), more), (2, 2));
    let mut count = 0;
    // SAFETY: a writable place.
    ok(unsafe { table.GetRowCount(0, &mut count) });
    assert_eq!(count, 7);
    let mut gone = 0;
    // SAFETY: so many readable bytes and a writable place.
    ok(unsafe { table.CollapseRow(key.len() as u32, key.as_ptr(), 0, &mut gone) });
    assert_eq!(gone, 4);
}

#[test]
fn a_search_folder_shows_what_meets_its_condition() {
    let _house = house();
    let (_session, store, inbox) = filled();
    let root: IMAPIFolder = open(&store, None);
    let name: Vec<u16> = "Suche".encode_utf16().chain([0]).collect();
    let (null, mut raw) = (std::ptr::null(), std::ptr::null_mut());
    // SAFETY: zero-ended texts and a writable place.
    ok(unsafe {
        root.CreateFolder(FOLDER_SEARCH, name.as_ptr(), null, null.cast(), MAPI_UNICODE, &mut raw)
    });
    let search: IMAPIFolder = taken(raw);
    let mut arguments = Arguments::new();
    let condition = arguments.restriction(&by_subject("subject 1"));
    let folders = arguments.entry_list(&[entry_id(&inbox)]);
    // SAFETY: valid structures.
    ok(unsafe { search.SetSearchCriteria(condition, folders.cast(), 0) });
    let found = || {
        let order = SortOrder::from(vec![SortKey { tag: PR_SUBJECT, descending: false }]);
        texts(&all_rows(&contents(&search), &[PR_SUBJECT], &order), 0)
    };
    assert_eq!(found(), ["subject 10", "subject 11"]);
    let message = create(&inbox, false);
    set(&message, &[Prop::text(PR_SUBJECT, "Subject 1 more")]);
    save(&message);
    assert_eq!(found(), ["Subject 1 more", "subject 10", "subject 11"]);
}
