//! Search folders.

use mapi_abi::codes::Code;
use mapi_abi::restriction::{Match, RelOp, Restriction};
use mapi_abi::spi::{
    FolderDeletion, FolderKind, MessageCopy, MessageStore, SearchCriteria, SearchState,
    SpecialFolder,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Value};

use crate::home::{Home, WRITE, new_folder, new_message, open, values};

fn about(text: &str) -> Restriction {
    Restriction::Content {
        tag: PR_SUBJECT,
        text: text.to_owned(),
        kind: Match::Substring,
        ignore_case: true,
    }
}

fn subject(text: &str) -> Vec<Prop> {
    vec![Prop::text(PR_SUBJECT, text)]
}

struct Found {
    home: Home,
    search: EntryId,
    top: EntryId,
    inner: EntryId,
}

/// Two folders, one below the other, and a search folder below the Finder.
fn searching(recursive: bool) -> Found {
    let home = Home::new();
    let top = home.folder(&home.store.root(), "Top", FolderKind::Generic);
    let inner = home.folder(&top, "Inner", FolderKind::Generic);
    let search = home.folder(&home.special(SpecialFolder::Finder), "Lunch", FolderKind::Search);
    let criteria =
        SearchCriteria { restriction: about("lunch"), folders: vec![top.clone()], recursive };
    home.store.set_search(&search, Some(&criteria)).expect("set");
    Found { home, search, top, inner }
}

#[test]
fn a_search_folder_shows_what_meets_its_criteria_now() {
    for (recursive, state) in [(false, 1), (true, 5)] {
        let Found { home, search, top, inner } = searching(recursive);
        assert_eq!(home.found(&search, None), []);
        let here = home.message(&top, subject("Lunch?"));
        let below = home.message(&inner, subject("Re: LUNCH"));
        home.message(&top, subject("supper"));
        home.message(&home.inbox(), subject("lunch elsewhere"));
        let mut hidden = new_message(&top, subject("lunch, hidden"));
        hidden.associated = true;
        home.store.save_message(&hidden).expect("a message");
        let mut expected = vec![here.clone()];
        expected.extend(recursive.then(|| below.clone()));
        assert_eq!(home.found(&search, None), expected);
        let both = Some(about("re:"));
        assert_eq!(home.found(&search, both).len(), usize::from(recursive));
        let tags = [PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_FOLDER_TYPE];
        let count = Value::Long(i32::try_from(expected.len()).expect("few"));
        home.store.set_read(&expected, false).expect("unread");
        let props = values(home.store.folder_props(&search, &tags).expect("properties"));
        assert_eq!(props, [count.clone(), count, Value::Long(2)]);
        let (criteria, said) = home.store.search(&search).expect("criteria");
        assert_eq!((criteria.folders, criteria.recursive), (vec![top.clone()], recursive));
        assert_eq!((criteria.restriction, said), (about("lunch"), SearchState(state)));
        home.store.delete_messages(&[here]).expect("deleted");
        assert_eq!(home.found(&search, None).len(), expected.len() - 1);
    }
}

#[test]
fn a_stopped_search_folder_stays_as_it_was_but_for_what_is_deleted() {
    let Found { home, search, top, .. } = searching(true);
    let [first, second] = ["lunch 1", "lunch 2"].map(|text| home.message(&top, subject(text)));
    home.store.set_search(&search, None).expect("stopped");
    home.message(&top, subject("lunch 3"));
    home.store.delete_messages(&[second]).expect("deleted");
    assert_eq!(home.found(&search, None), [first]);
    let (criteria, state) = home.store.search(&search).expect("criteria");
    assert_eq!(state, SearchState(4));
    home.store.set_search(&search, Some(&criteria)).expect("running again");
    assert_eq!(home.found(&search, None).len(), 2);
}

#[test]
fn deleting_a_search_folder_deletes_no_messages() {
    let Found { home, search, top, .. } = searching(true);
    let message = home.message(&top, subject("lunch"));
    home.store.delete_folder(&search, FolderDeletion::default()).expect("deleted");
    assert_eq!(home.found(&top, None), [message]);
    assert_eq!(home.store.search(&search).expect_err("gone").code, Code::NOT_FOUND);
}

#[test]
fn a_search_folder_holds_nothing_itself_and_searches_survive_a_logon() {
    let Found { home, search, top, .. } = searching(false);
    let message = home.message(&top, subject("lunch"));
    let refused = home.store.save_message(&new_message(&search, vec![])).expect_err("no");
    assert_eq!(refused.code, Code::NO_ACCESS);
    let list = std::slice::from_ref(&message);
    let copy = MessageCopy { messages: list, target: &search, is_move: true };
    assert_eq!(home.store.copy_messages(&copy).expect_err("no").code, Code::NO_ACCESS);
    let below = new_folder(&search, "x", FolderKind::Generic);
    assert_eq!(home.store.create_folder(&below).expect_err("no").code, Code::NO_ACCESS);
    let Home { folder, store } = home;
    drop(store);
    let home = Home { store: open(folder.path(), WRITE), folder };
    assert_eq!(home.found(&search, None), [message]);
}

#[test]
fn criteria_that_cannot_be_evaluated_are_refused() {
    let Found { home, search, top, .. } = searching(false);
    let set = |folder: &EntryId, restriction, folders| {
        let criteria = SearchCriteria { restriction, folders, recursive: false };
        home.store.set_search(folder, Some(&criteria)).map_err(|failure| failure.code)
    };
    let pattern = Restriction::Property {
        tag: PR_SUBJECT,
        op: RelOp::Re,
        value: Value::Unicode("l*".to_owned()),
    };
    assert_eq!(set(&search, pattern, vec![]), Err(Code::TOO_COMPLEX));
    let counted = Restriction::Count(1, Box::new(about("x")));
    assert_eq!(set(&search, counted, vec![]), Err(Code::TOO_COMPLEX));
    assert_eq!(set(&search, about("x"), vec![search.clone()]), Err(Code::TOO_COMPLEX));
    assert_eq!(set(&top, about("x"), vec![]), Err(Code::NO_SUPPORT));
    let many = |count| vec![top.clone(); count];
    let most = store_sqlite::MAX_SEARCH_FOLDERS;
    assert_eq!(set(&search, about("lunch"), many(most + 1)), Err(Code::TOO_COMPLEX));
    let (criteria, _) = home.store.search(&search).expect("what was set before");
    assert_eq!(criteria.folders, std::slice::from_ref(&top));
    assert_eq!(set(&search, about("lunch"), many(most)), Ok(()));
    let new = home.folder(&home.special(SpecialFolder::Finder), "New", FolderKind::Search);
    assert_eq!(home.store.search(&new).expect_err("nothing set").code, Code::NOT_INITIALIZED);
    assert_eq!(home.found(&new, None), []);
    assert_eq!(home.store.search(&top).expect_err("generic").code, Code::NO_SUPPORT);
}
