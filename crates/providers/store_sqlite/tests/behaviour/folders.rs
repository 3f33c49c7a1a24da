//! Folders are made, changed, moved and deleted.

use mapi_abi::codes::Code;
use mapi_abi::spi::{
    FolderDeletion, FolderKind, MessageStore, NewFolder, PropChange, SpecialFolder,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Value};

use crate::home::{Home, READ, new_folder, open, text, values};

const ALL: FolderDeletion = FolderDeletion { messages: true, folders: true };
const NOTHING: FolderDeletion = FolderDeletion { messages: false, folders: false };

#[test]
fn special_folders_are_there_and_the_finder_is_not_among_the_users() {
    let home = Home::new();
    let rows = home.store.hierarchy(&home.store.root(), &[PR_ENTRYID]).expect("rows");
    let shown: Vec<EntryId> = rows.iter().map(|row| crate::home::entry(&row[0])).collect();
    for part in [
        SpecialFolder::Inbox,
        SpecialFolder::Outbox,
        SpecialFolder::SentItems,
        SpecialFolder::DeletedItems,
        SpecialFolder::Drafts,
    ] {
        assert!(shown.contains(&home.special(part)), "{part:?}");
    }
    assert!(!shown.contains(&home.special(SpecialFolder::Finder)));
    assert_eq!(shown.len(), 5);
}

#[test]
fn a_new_folder_has_what_it_was_made_with() {
    let home = Home::new();
    let root = home.store.root();
    let made = NewFolder { comment: "c", ..new_folder(&root, "New", FolderKind::Generic) };
    let folder = home.store.create_folder(&made).expect("a folder");
    let tags = [PR_DISPLAY_NAME, PR_COMMENT, PR_FOLDER_TYPE, PR_CONTENT_COUNT, PR_PARENT_ENTRYID];
    let props = values(home.store.folder_props(&folder, &tags).expect("properties"));
    let expected =
        [text("New"), text("c"), Value::Long(1), Value::Long(0), Value::Binary(root.0.clone())];
    assert_eq!(props, expected);
    let failure = home.store.create_folder(&made).expect_err("taken");
    assert_eq!(failure.code, Code::COLLISION);
    let again = NewFolder { open_if_exists: true, ..made };
    assert_eq!(home.store.create_folder(&again).expect("the same"), folder);
    let other_kind = NewFolder { kind: FolderKind::Search, ..again };
    assert_eq!(home.store.create_folder(&other_kind).expect_err("taken").code, Code::COLLISION);
    let nameless = new_folder(&root, "", FolderKind::Generic);
    assert_eq!(home.store.create_folder(&nameless).expect_err("").code, Code::INVALID_PARAMETER);
}

#[test]
fn a_folders_properties_change_and_computed_ones_are_refused() {
    let home = Home::new();
    let folder = home.folder(&home.store.root(), "A", FolderKind::Generic);
    home.folder(&home.store.root(), "B", FolderKind::Generic);
    let own = PropTag(0x6601_0003);
    let modified = |folder| home.store.folder_props(folder, &[PR_LAST_MODIFICATION_TIME]);
    let before = modified(&folder).expect("a time");
    let change = PropChange {
        set: vec![
            Prop::text(PR_DISPLAY_NAME, "C"),
            Prop::text(PR_CONTAINER_CLASS, "IPF.Note"),
            Prop::new(PR_CONTENT_COUNT, Value::Long(7)),
            Prop::new(own, Value::Long(3)),
            Prop::new(PR_COMMENT, Value::Long(3)),
        ],
        delete: vec![PR_ENTRYID],
    };
    let refused = home.store.change_folder(&folder, &change).expect("changed");
    assert_eq!(
        refused,
        [
            (PR_CONTENT_COUNT, Code::COMPUTED),
            (PR_COMMENT, Code::UNEXPECTED_TYPE),
            (PR_ENTRYID, Code::COMPUTED)
        ]
    );
    let tags = [PR_DISPLAY_NAME, PR_CONTAINER_CLASS, PR_CONTENT_COUNT, own];
    let props = values(home.store.folder_props(&folder, &tags).expect("properties"));
    assert_eq!(props, [text("C"), text("IPF.Note"), Value::Long(0), Value::Long(3)]);
    assert_ne!(modified(&folder).expect("a time"), before);
    let all = home.store.folder_tags(&folder).expect("tags");
    assert!(all.contains(&own) && all.contains(&PR_CONTAINER_CLASS));
    let rename = |name: &str| PropChange {
        set: vec![Prop::text(PR_DISPLAY_NAME, name)],
        delete: Vec::new(),
    };
    let taken = home.store.change_folder(&folder, &rename("B")).expect_err("taken");
    assert_eq!(taken.code, Code::COLLISION);
    let kept = home.store.change_folder(&home.inbox(), &rename("Mine")).expect("refused");
    assert_eq!(kept, [(PR_DISPLAY_NAME, Code::NO_ACCESS)]);
}

#[test]
fn a_folder_goes_only_with_what_may_go_too() {
    let home = Home::new();
    let top = home.folder(&home.store.root(), "Top", FolderKind::Generic);
    let inner = home.folder(&top, "Inner", FolderKind::Generic);
    let message = home.message(&inner, vec![]);
    let delete = |folder: &EntryId, also| {
        home.store.delete_folder(folder, also).map_err(|failure| failure.code)
    };
    assert_eq!(delete(&top, NOTHING), Err(Code::HAS_FOLDERS));
    assert_eq!(delete(&inner, NOTHING), Err(Code::HAS_MESSAGES));
    let folders = FolderDeletion { messages: false, folders: true };
    assert_eq!(delete(&top, folders), Err(Code::HAS_MESSAGES));
    assert!(home.store.message_props(&message, &[]).is_ok(), "nothing is half done");
    assert_eq!(delete(&top, ALL), Ok(()));
    assert_eq!(delete(&top, ALL), Err(Code::NOT_FOUND));
    let failure = home.store.message_props(&message, &[]).expect_err("gone with its folder");
    assert_eq!(failure.code, Code::NOT_FOUND);
    for part in [SpecialFolder::Inbox, SpecialFolder::Finder] {
        assert_eq!(delete(&home.special(part), ALL), Err(Code::NO_ACCESS));
    }
    assert_eq!(delete(&home.store.root(), ALL), Err(Code::NO_ACCESS));
}

#[test]
fn a_folder_moves_with_all_that_is_in_it_but_not_below_itself() {
    let home = Home::new();
    let root = home.store.root();
    let [a, b] = ["A", "B"].map(|name| home.folder(&root, name, FolderKind::Generic));
    let inner = home.folder(&a, "Inner", FolderKind::Generic);
    let message = home.message(&inner, vec![]);
    let shift = |folder: &EntryId, target: &EntryId, name| {
        home.store.move_folder(folder, target, name).map_err(|failure| failure.code)
    };
    assert_eq!(shift(&a, &inner, None), Err(Code::FOLDER_CYCLE));
    assert_eq!(shift(&a, &a, None), Err(Code::FOLDER_CYCLE));
    assert_eq!(shift(&inner, &root, Some("B")), Err(Code::COLLISION));
    assert_eq!(shift(&home.inbox(), &a, None), Err(Code::NO_ACCESS));
    assert_eq!(shift(&a, &b, Some("Z")), Ok(()));
    let rows = home.store.hierarchy(&b, &[PR_DISPLAY_NAME, PR_DEPTH]).expect("rows");
    let seen: Vec<Vec<Value>> = rows.into_iter().map(values).collect();
    assert_eq!(seen, [[text("Z"), Value::Long(1)], [text("Inner"), Value::Long(2)]]);
    assert!(home.store.message_props(&message, &[]).is_ok());
}

#[test]
fn folders_are_not_nested_deeper_by_moving_them() {
    let home = Home::new();
    let mut deep = home.store.root();
    for _ in 1..store_sqlite::MAX_FOLDER_DEPTH {
        deep = home.folder(&deep, "x", FolderKind::Generic);
    }
    let last = home.folder(&deep, "last", FolderKind::Generic);
    let new = new_folder(&last, "one more", FolderKind::Generic);
    assert_eq!(home.store.create_folder(&new).expect_err("").code, Code::INVALID_PARAMETER);
    let high = home.folder(&home.store.root(), "high", FolderKind::Generic);
    home.folder(&high, "inner", FolderKind::Generic);
    let failure = home.store.move_folder(&high, &deep, None).expect_err("one too deep");
    assert_eq!(failure.code, Code::INVALID_PARAMETER);
}

#[test]
fn a_logon_for_reading_refuses_every_change_and_says_so_in_its_mask() {
    let home = Home::new();
    let inbox = home.inbox();
    let message = home.message(&inbox, vec![]);
    let both = support::STORE_MODIFY_OK | support::STORE_CREATE_OK;
    assert_eq!(home.store.support_mask() & (both | support::STORE_READONLY), both);
    let store = open(home.folder.path(), READ);
    assert_eq!(store.support_mask() & (both | support::STORE_READONLY), support::STORE_READONLY);
    let list = std::slice::from_ref(&message);
    let copy = mapi_abi::spi::MessageCopy { messages: list, target: &inbox, is_move: false };
    let name = mapi_abi::spi::Name::Id { set: [1; 16], id: 1 };
    for result in [
        store.create_folder(&new_folder(&inbox, "x", FolderKind::Generic)).map(drop),
        store.delete_folder(&inbox, ALL),
        store.move_folder(&inbox, &store.root(), None),
        store.change_folder(&inbox, &PropChange::default()).map(drop),
        store.save_message(&crate::home::new_message(&inbox, vec![])).map(drop),
        store.delete_messages(list),
        store.copy_messages(&copy).map(drop),
        store.set_read(list, false),
        store.set_search(&inbox, None),
        store.ids_from_names(std::slice::from_ref(&name), true).map(drop),
    ] {
        assert_eq!(result.expect_err("a refusal").code, Code::NO_ACCESS);
    }
    assert_eq!(store.ids_from_names(&[name], false), Ok(vec![None]));
}
