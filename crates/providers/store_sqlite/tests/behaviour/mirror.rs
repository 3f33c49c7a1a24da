//! Whoever follows a feed knows what is in the store: generated changes by several
//! logons at once, and a mirror that is told of them.

use std::collections::BTreeMap;

use mapi_abi::spi::{
    Change, ChangeKind, FolderDeletion, FolderKind, MessageCopy, MessageStore, Name, Query,
};
use mapi_abi::tags::{MAPI_FOLDER, PR_ENTRYID, PR_PARENT_ENTRYID};
use mapi_abi::value::EntryId;
use store_sqlite::SqliteStore;

use crate::home::{Home, WRITE, check_integrity, entry, new_folder, new_message, open};

const CHANGES: usize = 150;
const WRITERS: u64 = 3;

/// A small linear generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn pick(&mut self, from: &[EntryId]) -> EntryId {
        from[self.below(from.len())].clone()
    }
}

/// Each object with the folder that it is in.
type Places = BTreeMap<EntryId, EntryId>;

/// What is below the root.
fn seen(store: &SqliteStore) -> Places {
    let rows = store.hierarchy(&store.root(), &[PR_ENTRYID, PR_PARENT_ENTRYID]).expect("rows");
    let pairs = |rows: Vec<mapi_abi::value::Row>| {
        rows.into_iter().map(|row| (entry(&row[0]), entry(&row[1]))).collect::<Vec<_>>()
    };
    let mut places: Places = pairs(rows).into_iter().collect();
    let query = Query { columns: vec![PR_ENTRYID, PR_PARENT_ENTRYID], ..Query::default() };
    for folder in places.keys().cloned().collect::<Vec<_>>() {
        // Another logon may have deleted the folder since.
        let rows = store.rows(&folder, &query, 0, u32::MAX).unwrap_or_default();
        places.extend(pairs(rows));
    }
    places
}

/// One change; what another logon made impossible meanwhile is refused.
fn change(store: &SqliteStore, dice: &mut Dice) {
    let now = seen(store);
    let is_folder = |entry: &EntryId| store.folder_props(entry, &[]).is_ok();
    let (folders, messages): (Vec<EntryId>, Vec<EntryId>) = now.into_keys().partition(is_folder);
    let (folder, other) = (dice.pick(&folders), dice.pick(&folders));
    let list = messages.get(dice.below(messages.len().max(1))).cloned().map(|one| vec![one]);
    let list = list.unwrap_or_default();
    let is_move = dice.below(2) == 0;
    let name = dice.below(1000).to_string();
    let _refused = match dice.below(9) {
        0 => store.create_folder(&new_folder(&folder, &name, FolderKind::Generic)).map(drop),
        1 => store.move_folder(&folder, &other, None),
        2 => store.delete_folder(&folder, FolderDeletion { messages: true, folders: true }),
        3 => store.delete_messages(&list),
        4 | 5 => store
            .copy_messages(&MessageCopy { messages: &list, target: &folder, is_move })
            .map(drop),
        _ => store.save_message(&new_message(&folder, vec![])).map(drop),
    };
}

fn follow(mirror: &mut Places, change: Change) {
    match change.kind {
        ChangeKind::Created | ChangeKind::Moved => {
            mirror.insert(change.entry, change.parent.expect("a place"));
        }
        ChangeKind::Deleted => {
            let was = mirror.remove(&change.entry);
            assert!(was.is_some(), "what is deleted was there");
        }
        ChangeKind::Modified if change.object_type != MAPI_FOLDER => {
            assert!(mirror.contains_key(&change.entry), "what is changed is there");
        }
        _ => {}
    }
}

#[test]
fn whoever_follows_a_feed_knows_where_everything_is() {
    let home = Home::new();
    let mut feed = home.store.feed().expect("a feed");
    let mut mirror = seen(&home.store);
    std::thread::scope(|scope| {
        let folder = home.folder.path();
        let writers: Vec<_> = (0..WRITERS)
            .map(|seed| {
                scope.spawn(move || {
                    let (store, mut dice) = (open(folder, WRITE), Dice(seed));
                    (0..CHANGES).for_each(|_| change(&store, &mut dice));
                })
            })
            .collect();
        while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            for change in feed.changes().expect("changes") {
                follow(&mut mirror, change);
            }
        }
    });
    for change in feed.changes().expect("changes") {
        follow(&mut mirror, change);
    }
    assert_eq!(mirror, seen(&home.store));
    check_integrity(home.folder.path());
}

#[test]
fn names_that_several_make_at_once_have_one_identifier_each() {
    let home = Home::new();
    let folder = home.folder.path();
    let make = |from: i32| {
        let store = open(folder, WRITE);
        (from..from + 60)
            .map(|id| store.ids_from_names(&[Name::Id { set: [1; 16], id: id % 60 }], true))
            .for_each(|made| drop(made.expect("an identifier")));
    };
    std::thread::scope(|scope| {
        for from in [0, 20, 40] {
            scope.spawn(move || make(from));
        }
    });
    let all = home.store.all_names().expect("names");
    assert_eq!(all.len(), 60);
    let ids: Vec<u16> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (0x8000..0x8000 + 60).collect::<Vec<u16>>());
}
