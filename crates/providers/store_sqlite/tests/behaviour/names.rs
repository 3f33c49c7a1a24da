//! Named properties.

use mapi_abi::codes::Code;
use mapi_abi::spi::{MessageStore, Name};
use mapi_abi::tags::PropTag;
use mapi_abi::value::Prop;
use store_sqlite::{FIRST_NAMED_ID, MAX_NAMED_PROPERTIES};

use crate::home::{Home, WRITE, open, text};

fn by_number(id: i32) -> Name {
    Name::Id { set: [7; 16], id }
}

fn by_text(text: &str) -> Name {
    Name::Text { set: [7; 16], text: text.to_owned() }
}

#[test]
fn a_name_keeps_its_identifier_for_ever_and_means_a_property() {
    let home = Home::new();
    let names = [by_number(1), by_text("a"), by_text("A"), by_number(1)];
    assert_eq!(home.store.ids_from_names(&names, false), Ok(vec![None; 4]));
    let ids = home.store.ids_from_names(&names, true).expect("identifiers");
    let first = FIRST_NAMED_ID;
    assert_eq!(ids, [Some(first), Some(first + 1), Some(first + 2), Some(first)]);
    let tag = PropTag(u32::from(first) << 16 | 31);
    let message = home.message(&home.inbox(), vec![Prop::text(tag, "named")]);
    let store = open(home.folder.path(), WRITE);
    assert_eq!(store.ids_from_names(&names, false), Ok(ids));
    assert_eq!(
        store.names_from_ids(&[first + 1, first + 9, 1]),
        Ok(vec![Some(by_text("a")), None, None])
    );
    let all = vec![(first, by_number(1)), (first + 1, by_text("a")), (first + 2, by_text("A"))];
    assert_eq!(store.all_names(), Ok(all));
    assert_eq!(home.props(&message, &[tag]), [text("named")]);
}

#[test]
fn names_are_made_up_to_their_limit_and_then_none_of_a_call() {
    let home = Home::new();
    let most = i32::from(MAX_NAMED_PROPERTIES);
    let names: Vec<Name> = (0..most - 1).map(by_number).collect();
    home.store.ids_from_names(&names, true).expect("identifiers");
    let two = [by_text("last"), by_text("one more")];
    let failure = home.store.ids_from_names(&two, true).expect_err("one too many");
    assert_eq!(failure.code, Code::TOO_BIG);
    assert_eq!(home.store.ids_from_names(&two, false), Ok(vec![None, None]));
    assert_eq!(home.store.ids_from_names(&two[..1], true), Ok(vec![Some(0xFFFE)]));
}
