//! There and back.

use super::*;
use crate::codes::Code;
use crate::read;
use crate::restriction::{
    Aggregate, MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, Match, RelOp, Restriction, SortKey,
    SortOrder,
};
use crate::spi::Name;
use crate::tags::{PR_BODY, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_SUBJECT, PropTag};
use crate::value::{EntryId, FileTime};

fn there_and_back(restriction: &Restriction) -> Result<Option<Restriction>, Code> {
    let mut arguments = Arguments::new();
    let built = arguments.restriction(restriction);
    // SAFETY: the structure lives as long as `arguments`.
    unsafe { read::restriction(built) }
}

#[test]
fn a_restriction_survives_its_c_form() {
    let text = |kind, ignore_case| Restriction::Content {
        tag: PR_SUBJECT,
        text: "Grüße 𝄞".into(),
        kind,
        ignore_case,
    };
    let whole = Restriction::And(vec![
        Restriction::Or(vec![text(Match::Prefix, true), text(Match::Full, false)]),
        Restriction::Not(Box::new(text(Match::Substring, true))),
        Restriction::Exist(PR_BODY),
        Restriction::BitMask { tag: PR_MESSAGE_FLAGS, mask: 1, non_zero: true },
        Restriction::Property {
            tag: PR_MESSAGE_DELIVERY_TIME,
            op: RelOp::Ge,
            value: Value::SysTime(FileTime(77)),
        },
        Restriction::And(Vec::new()),
        Restriction::CompareProps { op: RelOp::Lt, left: PR_SUBJECT, right: PR_BODY },
        Restriction::Size { op: RelOp::Gt, tag: PR_BODY, bytes: 9 },
        Restriction::ContentBytes {
            tag: crate::tags::PR_ENTRYID,
            bytes: vec![1, 0, 2],
            kind: Match::Prefix,
        },
        Restriction::Comment(None),
        Restriction::Comment(Some(Box::new(Restriction::Exist(PR_BODY)))),
        Restriction::Sub {
            table: crate::tags::PR_MESSAGE_RECIPIENTS,
            condition: Box::new(text(Match::Full, true)),
        },
        Restriction::Count(3, Box::new(Restriction::Exist(PR_BODY))),
        Restriction::Property {
            tag: PropTag(0x8001_101F),
            op: RelOp::Re,
            value: Value::MvUnicode(vec!["a".into(), String::new()]),
        },
    ]);
    assert_eq!(there_and_back(&whole), Ok(Some(whole)));
}

#[test]
fn a_value_of_every_type_survives_its_c_form() {
    let values = [
        Value::AppTime(1.5),
        Value::Binary(vec![0, 1]),
        Value::Boolean(true),
        Value::Currency(-5),
        Value::Double(0.25),
        Value::Error(Code::NOT_FOUND),
        Value::Guid([7; 16]),
        Value::I2(-2),
        Value::I8(i64::MIN),
        Value::Long(-3),
        Value::MvBinary(vec![vec![], vec![1, 2]]),
        Value::MvDouble(vec![1.0, -1.0]),
        Value::MvGuid(vec![[1; 16], [2; 16]]),
        Value::MvI2(vec![1, -1]),
        Value::MvI8(vec![1, -1]),
        Value::MvLong(vec![1, -1]),
        Value::MvString8(vec![b"a".to_vec(), Vec::new()]),
        Value::MvSysTime(vec![FileTime(1), FileTime(2)]),
        Value::MvUnicode(vec!["𝄞".into(), String::new()]),
        Value::Null,
        Value::Object,
        Value::R4(0.5),
        Value::String8(b"text".to_vec()),
        Value::SysTime(FileTime(9)),
        Value::Unicode("Grüße".into()),
    ];
    for value in values {
        let mut arguments = Arguments::new();
        let wanted = Prop { tag: PropTag(0x6700_0000).with_type(value.prop_type()), value };
        let built = arguments.props(std::slice::from_ref(&wanted));
        // SAFETY: the structure lives as long as `arguments`.
        let read = unsafe { read::props(built, 1) };
        assert_eq!(read, Ok(vec![wanted]));
    }
}

#[test]
fn depth_and_number_are_bounded() {
    let deep = |depth: usize| {
        (1..depth).fold(Restriction::Exist(PR_BODY), |r, _| Restriction::Not(Box::new(r)))
    };
    assert!(there_and_back(&deep(MAX_RESTRICTION_DEPTH)).is_ok());
    assert_eq!(there_and_back(&deep(MAX_RESTRICTION_DEPTH + 1)), Err(Code::TOO_COMPLEX));
    let wide = |nodes: usize| Restriction::And(vec![Restriction::Exist(PR_BODY); nodes - 1]);
    assert!(there_and_back(&wide(MAX_RESTRICTION_NODES)).is_ok());
    assert_eq!(there_and_back(&wide(MAX_RESTRICTION_NODES + 1)), Err(Code::TOO_COMPLEX));
}

#[test]
fn tags_and_orders_survive_their_c_form() {
    let mut arguments = Arguments::new();
    let tags = [PR_SUBJECT, PR_BODY, PR_MESSAGE_FLAGS];
    let keys = [
        SortKey { tag: PR_SUBJECT, descending: false },
        SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true },
    ];
    let (built_tags, built_keys) = (arguments.tags(&tags), arguments.sort_order(&keys));
    // SAFETY: both live as long as `arguments`.
    unsafe {
        assert_eq!(read::tags(built_tags), Ok(Some(tags.to_vec())));
        assert_eq!(read::sort_order(built_keys), Ok(keys.to_vec().into()));
        assert_eq!(read::tags(core::ptr::null()), Ok(None));
        assert_eq!(read::sort_order(core::ptr::null()), Ok(SortOrder::default()));
        assert_eq!(read::restriction(core::ptr::null()), Ok(None));
    }
}

/// Blocks that stay until the end; the first `fails_at` calls get memory.
fn allocator(
    blocks: &mut Vec<Box<[u128]>>,
    fails_at: usize,
) -> impl FnMut(usize) -> *mut u8 + use<'_> {
    move |bytes| {
        if blocks.len() == fails_at {
            return core::ptr::null_mut();
        }
        blocks.push(vec![u128::MAX; bytes.div_ceil(16).max(1)].into_boxed_slice());
        blocks.last_mut().map_or(core::ptr::null_mut(), |block| block.as_mut_ptr().cast())
    }
}

fn headed() -> SortOrder {
    let key = |tag, descending| SortKey { tag, descending };
    SortOrder {
        keys: vec![
            key(PR_SUBJECT, false),
            key(PR_BODY, false),
            key(PR_MESSAGE_DELIVERY_TIME, true),
            key(PR_MESSAGE_FLAGS, false),
        ],
        categories: 3,
        expanded: 1,
        combined: vec![1],
        aggregates: vec![(2, Aggregate::Max), (3, Aggregate::Min)],
    }
}

#[test]
fn an_order_with_headings_survives_its_c_form() {
    let mut arguments = Arguments::new();
    let built = arguments.headed_order(&headed());
    // SAFETY: it lives as long as `arguments`.
    unsafe {
        assert_eq!(((*built).cSorts, (*built).cCategories, (*built).cExpanded), (4, 3, 1));
        assert_eq!(read::sort_order(built), Ok(headed()));
    }
}

/// A sort order in words, as C writes it.
fn order_of(words: &[u32]) -> Result<SortOrder, Code> {
    // SAFETY: as many keys as the words say.
    unsafe { read::sort_order(words.as_ptr().cast()) }
}

#[test]
fn an_order_that_contradicts_itself_is_refused() {
    let tag = PR_SUBJECT.0;
    assert_eq!(order_of(&[1, 2, 0, tag, 0]), Err(Code::INVALID_PARAMETER));
    assert_eq!(order_of(&[1, 1, 2, tag, 0]), Err(Code::INVALID_PARAMETER));
    assert_eq!(order_of(&[1, 1, 1, tag, TABLE_SORT_COMBINE]), Err(Code::INVALID_PARAMETER));
    let both = TABLE_SORT_CATEG_MAX | TABLE_SORT_CATEG_MIN;
    assert_eq!(order_of(&[1, 0, 0, tag, both]), Err(Code::INVALID_PARAMETER));
    assert_eq!(order_of(&[1, 0, 0, tag, 0x10]), Err(Code::TOO_COMPLEX));
    let keys = |count: u32| {
        let pairs = (0..count).flat_map(|_| [tag, 0]);
        order_of(&[count, 0, 0].into_iter().chain(pairs).collect::<Vec<_>>())
    };
    assert_eq!(keys(read::MAX_COLUMNS).map(|order| order.keys.len()), Ok(512));
    assert_eq!(keys(read::MAX_COLUMNS + 1), Err(Code::INVALID_PARAMETER));
}

#[test]
fn recipients_survive_their_c_form() {
    let rows = vec![
        vec![Prop::text(PR_SUBJECT, "Grüße"), Prop::new(PR_MESSAGE_FLAGS, Value::Long(1))],
        Vec::new(),
        vec![Prop::text(PR_BODY, "")],
    ];
    let mut arguments = Arguments::new();
    let built = arguments.adr_list(&rows);
    // SAFETY: it lives as long as `arguments`.
    unsafe {
        assert_eq!(read::adr_list(built), Ok(rows));
        assert!(read::adr_entries(built).is_ok_and(|list| list[1].rgPropVals.is_null()));
        assert_eq!(read::adr_list(arguments.adr_list(&[])), Ok(Vec::new()));
        assert_eq!(read::adr_list(core::ptr::null()), Err(Code::INVALID_PARAMETER));
    }
}

#[test]
fn the_number_of_recipients_is_bounded() {
    let most = read::MAX_RECIPIENTS as usize;
    let mut arguments = Arguments::new();
    let (full, over) = (
        arguments.adr_list(&vec![Vec::new(); most]),
        arguments.adr_list(&vec![Vec::new(); most + 1]),
    );
    // SAFETY: both live as long as `arguments`.
    unsafe {
        assert!(read::adr_entries(full).is_ok_and(|list| list.len() == most));
        assert!(read::adr_entries(over).is_err_and(|code| code == Code::INVALID_PARAMETER));
    }
}

#[test]
fn entry_identifiers_survive_their_c_form() {
    let entries = vec![EntryId(vec![0; 4]), EntryId(vec![1, 2, 3])];
    let mut arguments = Arguments::new();
    let (built, empty) = (arguments.entry_list(&entries), arguments.entry_list(&[]));
    // SAFETY: both live as long as `arguments`.
    unsafe {
        assert_eq!(read::entry_list(built), Ok(entries));
        assert_eq!(read::entry_list(empty), Ok(Vec::new()));
        assert_eq!(read::entry_list(core::ptr::null()), Err(Code::INVALID_PARAMETER));
        (*built).lpbin.write(SBinary { cb: 0, lpb: core::ptr::null_mut() });
        assert_eq!(read::entry_list(built), Err(Code::INVALID_ENTRYID));
        (*built).cValues = read::MAX_ENTRIES + 1;
        assert_eq!(read::entry_list(built), Err(Code::INVALID_PARAMETER));
    }
}

#[test]
fn names_survive_their_c_form() {
    let names = vec![
        Name::Id { set: [7; 16], id: -2 },
        Name::Text { set: [8; 16], text: "Schlüssel".into() },
    ];
    let mut arguments = Arguments::new();
    let built = arguments.names(&names);
    // SAFETY: it lives as long as `arguments`.
    unsafe {
        assert_eq!(read::names(built.cast_const().cast(), 2), Ok(names));
        (**built).ulKind = 2;
        let first = built.cast_const().cast();
        assert_eq!(read::names(first, 1), Err(Code::INVALID_PARAMETER));
        assert_eq!(read::names(first, read::MAX_NAMES + 1), Err(Code::INVALID_PARAMETER));
        assert_eq!(read::names(core::ptr::null(), 1), Err(Code::INVALID_PARAMETER));
        assert_eq!(read::names(core::ptr::null(), 0), Ok(Vec::new()));
    }
}

#[test]
fn problems_survive_their_c_form() {
    let wanted = vec![(0, PR_BODY, Code::NO_ACCESS), (7, PR_SUBJECT, Code::COMPUTED)];
    let mut blocks = Vec::new();
    let built = problems(&wanted, &mut allocator(&mut blocks, 1));
    // SAFETY: it lives as long as `blocks`.
    let read = unsafe { read::problems(built.unwrap_or(core::ptr::null_mut())) };
    assert_eq!(read, Ok(wanted));
}

type Build<'a> = &'a dyn Fn(Allocator<'_>) -> Option<*mut u8>;

#[test]
fn an_answer_is_the_block_that_was_asked_for_first() {
    let condition = Restriction::Not(Box::new(Restriction::Exist(PR_BODY)));
    let (entries, name) = ([EntryId(vec![1; 4])], [Some(Name::Id { set: [1; 16], id: 5 }), None]);
    let builds: [Build<'_>; 5] = [
        &|a| Some(restriction(&condition, a)?.cast()),
        &|a| Some(entry_list(&entries, a)?.cast()),
        &|a| Some(names(&name, a)?.cast()),
        &|a| Some(tags(&[PR_BODY], a)?.cast()),
        &|a| Some(sort_order(&headed(), a)?.cast()),
    ];
    for build in builds {
        let mut blocks = Vec::new();
        let built = build(&mut allocator(&mut blocks, usize::MAX));
        assert_eq!(built, blocks.first_mut().map(|first| first.as_mut_ptr().cast()));
        for enough in 0..blocks.len() {
            assert_eq!(build(&mut allocator(&mut Vec::new(), enough)), None);
        }
    }
}
