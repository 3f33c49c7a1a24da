//! A card as properties, and what of them can be set.

use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Row, Value};

use crate::card::Card;

/// What an ambiguous name is looked for in; only in restrictions.
pub const PR_ANR: PropTag = PropTag(0x360C_001F);

/// `PR_ADDRTYPE` of a group of an address book.
const GROUP_TYPE: &str = "MAPIPDL";
/// `DT_MAILUSER` and `DT_PRIVATE_DISTLIST`.
const DISPLAY_TYPES: [i32; 2] = [0, 5];

/// All properties of a card.
pub(crate) fn of_card(entry: &EntryId, card: &Card) -> Row {
    let is_group = card.is_group();
    let address = card.texts("EMAIL").into_iter().next().unwrap_or_default();
    let kind = if is_group { GROUP_TYPE } else { "SMTP" };
    let [user, list] = DISPLAY_TYPES;
    let mut row = of_address(entry, &card.display_name(), kind, &address);
    row.push(Prop::new(
        PR_OBJECT_TYPE,
        Value::Long(if is_group { MAPI_DISTLIST } else { MAPI_MAILUSER }),
    ));
    row.push(Prop::new(PR_DISPLAY_TYPE, Value::Long(if is_group { list } else { user })));
    let telephone = card.text_with("TEL", "WORK").or_else(|| card.text("TEL"));
    let texts = [
        (PR_GIVEN_NAME, card.component("N", 1)),
        (PR_SURNAME, card.component("N", 0)),
        (PR_COMPANY_NAME, card.component("ORG", 0)),
        (PR_TITLE, card.text("TITLE")),
        (PR_COMMENT, card.text("NOTE")),
        (PR_BUSINESS_TELEPHONE_NUMBER, telephone),
    ];
    row.extend(texts.into_iter().filter_map(|(tag, text)| Some(Prop::text(tag, text?))));
    row
}

/// A member that is no card: only an address.
pub(crate) fn of_member(entry: &EntryId, address: &str) -> Row {
    let mut row = of_address(entry, address, "SMTP", address);
    row.push(Prop::new(PR_OBJECT_TYPE, Value::Long(MAPI_MAILUSER)));
    row.push(Prop::new(PR_DISPLAY_TYPE, Value::Long(DISPLAY_TYPES[0])));
    row
}

fn of_address(entry: &EntryId, name: &str, kind: &str, address: &str) -> Row {
    let id = || Value::Binary(entry.0.clone());
    let search = format!("{kind}:{}\0", address.to_uppercase()).into_bytes();
    let mut row = vec![
        Prop::new(PR_ENTRYID, id()),
        Prop::new(PR_INSTANCE_KEY, id()),
        Prop::new(PR_RECORD_KEY, id()),
        Prop::new(PR_SEARCH_KEY, Value::Binary(search)),
        Prop::text(PR_DISPLAY_NAME, name),
        Prop::text(PR_ADDRTYPE, kind),
        Prop::text(PR_EMAIL_ADDRESS, address),
    ];
    if !address.is_empty() {
        row.push(Prop::text(PR_SMTP_ADDRESS, address));
    }
    row
}

/// Sets what of `props` a card can say.
pub(crate) fn apply(card: &mut Card, props: &Row) {
    for prop in props {
        let Value::Unicode(text) = &prop.value else {
            if prop.tag == PR_OBJECT_TYPE && prop.value == Value::Long(MAPI_DISTLIST) {
                card.set("KIND", "group");
            }
            continue;
        };
        match prop.tag {
            PR_DISPLAY_NAME => card.set("FN", text),
            PR_EMAIL_ADDRESS | PR_SMTP_ADDRESS => card.set("EMAIL", text),
            PR_GIVEN_NAME => card.set_component("N", 1, text),
            PR_SURNAME => card.set_component("N", 0, text),
            PR_COMPANY_NAME => card.set_component("ORG", 0, text),
            PR_TITLE => card.set("TITLE", text),
            PR_COMMENT => card.set("NOTE", text),
            PR_BUSINESS_TELEPHONE_NUMBER => card.set("TEL", text),
            _ => {}
        }
    }
}

/// The values of these columns.
pub(crate) fn pick(props: &Row, columns: &[PropTag]) -> Row {
    let one = |tag: &PropTag| {
        let same = |prop: &&Prop| {
            prop.tag == *tag
                || prop.tag.id() == tag.id() && tag.prop_type() == types::PT_UNSPECIFIED
        };
        props.iter().find(same).cloned().unwrap_or_else(|| Prop::not_found(*tag))
    };
    columns.iter().map(one).collect()
}
