//! Headings: rows that stand for all rows with the same values of some sort keys.
//!
//! A level of headings is one key, or several that are combined; a key that orders
//! headings by their largest or smallest value makes none. Values are the same
//! when they are sorted as the same: text folded. A heading shows the value of its
//! first row, and its instance key is made of the values, so that it stays the same
//! as long as there is a row below it. A heading without rows does not exist.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Aggregate, SortOrder};
use mapi_abi::structs::{TBL_COLLAPSED_CATEGORY, TBL_EXPANDED_CATEGORY, TBL_LEAF_ROW};
use mapi_abi::tags::{
    PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_DEPTH, PR_INSTANCE_KEY, PR_ROW_TYPE, PropTag,
};
use mapi_abi::value::{Prop, Row, Value};

use crate::order::{compare_folded, sort_relation};
use crate::plain::Leaf;

/// Most headings that are open or closed otherwise than the sort order says.
pub const MAX_TOGGLED_HEADINGS: usize = 16_384;
/// Longest key of a heading that spells out its values; longer ones end in a sum.
const MAX_SPELT_KEY_BYTES: usize = 64;
/// First byte of every heading's key.
const HEADING_MARK: u8 = 0xCA;

/// One row of a table with headings, or of one that was evaluated here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Heading(Heading),
    Leaf(Leaf),
}

impl Item {
    pub(crate) fn key(&self) -> &[u8] {
        match self {
            Self::Heading(heading) => &heading.key,
            Self::Leaf(leaf) => &leaf.key,
        }
    }
}

/// A row that stands for others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heading {
    pub(crate) key: Vec<u8>,
    pub(crate) depth: usize,
    pub(crate) is_open: bool,
    /// The values of its keys and of those above it.
    values: Vec<(PropTag, Option<Value>)>,
    rows: usize,
    unread: usize,
}

impl Heading {
    /// Its columns.
    pub(crate) fn row(&self, columns: &[PropTag]) -> Row {
        let long = |number: usize| Value::Long(i32::try_from(number).unwrap_or(i32::MAX));
        let kind = if self.is_open { TBL_EXPANDED_CATEGORY } else { TBL_COLLAPSED_CATEGORY };
        let column = |tag: &PropTag| {
            let value = match *tag {
                PR_CONTENT_COUNT => long(self.rows),
                PR_CONTENT_UNREAD => long(self.unread),
                PR_DEPTH => long(self.depth),
                PR_INSTANCE_KEY => Value::Binary(self.key.clone()),
                PR_ROW_TYPE => Value::Long(kind.cast_signed()),
                tag => match self.values.iter().find(|(key, _)| *key == tag) {
                    Some((_, Some(value))) => value.clone(),
                    _ => return Prop::not_found(tag),
                },
            };
            Prop::new(tag.with_type(value.prop_type()), value)
        };
        columns.iter().map(column).collect()
    }
}

/// Says of a row that it is none of the headings, as deep as `depth`.
pub(crate) fn mark_leaf(row: &mut Row, columns: &[PropTag], depth: Option<usize>) {
    for (prop, tag) in row.iter_mut().zip(columns) {
        match (*tag, depth) {
            (PR_ROW_TYPE, _) => {
                *prop = Prop::new(PR_ROW_TYPE, Value::Long(TBL_LEAF_ROW.cast_signed()));
            }
            (PR_DEPTH, Some(depth)) => {
                let depth = i32::try_from(depth).unwrap_or(i32::MAX);
                *prop = Prop::new(PR_DEPTH, Value::Long(depth));
            }
            _ => {}
        }
    }
}

/// One level of headings.
#[derive(Clone, Debug, PartialEq)]
struct Level {
    keys: Range<usize>,
    /// The key by whose extreme value the headings stand.
    aggregate: Option<(usize, Aggregate)>,
}

/// Which levels a sort order has.
fn levels(order: &SortOrder) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for at in 0..order.keys.len() {
        let aggregate = order.aggregates.iter().find(|(key, _)| *key == at);
        let is_key = at < order.categories && aggregate.is_none();
        match (levels.last_mut(), aggregate) {
            (Some(level), Some(aggregate)) if level.keys.end == at => {
                level.aggregate = Some(*aggregate);
            }
            (Some(level), _) if is_key && order.combined.contains(&at) && level.keys.end == at => {
                level.keys.end = at + 1;
            }
            _ if is_key => levels.push(Level { keys: at..at + 1, aggregate: None }),
            _ => {}
        }
    }
    levels
}

/// Refuses an order that contradicts itself.
pub(crate) fn check_order(order: &SortOrder) -> Result<(), Failure> {
    let keys = order.keys.len();
    let is_key = |key: &usize| *key > 0 && *key < keys;
    let fits = order.expanded <= order.categories
        && order.categories <= keys
        && order.combined.iter().all(is_key)
        && order.aggregates.iter().all(|(key, _)| is_key(key));
    if fits {
        return Ok(());
    }
    let says = "a sort order has no more headings than keys, opens no more than it has, \
                and begins with a key of its own";
    Err(Failure::new(Code::INVALID_PARAMETER, says))
}

/// Which headings are open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Headings that are not as their level says.
    pub(crate) toggled: BTreeSet<Vec<u8>>,
}

impl Outline {
    fn is_open(&self, key: &[u8], depth: usize, order: &SortOrder) -> bool {
        (depth < order.expanded) != self.toggled.contains(key)
    }

    /// Opens what is closed and closes what is open.
    pub(crate) fn toggle(&mut self, key: &[u8]) -> Result<(), Failure> {
        if self.toggled.remove(key) {
            return Ok(());
        }
        if self.toggled.len() >= MAX_TOGGLED_HEADINGS {
            let says = "too many headings were opened or closed one by one: sort anew";
            return Err(Failure::new(Code::NOT_ENOUGH_RESOURCES, says));
        }
        self.toggled.insert(key.to_vec());
        Ok(())
    }
}

/// How deep the rows below all headings stand.
pub(crate) fn leaf_depth(order: &SortOrder) -> usize {
    levels(order).len()
}

/// All rows that can be seen: headings, and what stands below open ones. The rows
/// are sorted by all keys.
pub(crate) fn arrange(leaves: Vec<Leaf>, order: &SortOrder, outline: &Outline) -> Vec<Item> {
    let levels = levels(order);
    if levels.is_empty() {
        return leaves.into_iter().map(Item::Leaf).collect();
    }
    let mut items = Vec::new();
    let arranger = Arranger { levels: &levels, order, outline };
    arranger.add(leaves, 0, &[HEADING_MARK], &mut items);
    items
}

struct Arranger<'a> {
    levels: &'a [Level],
    order: &'a SortOrder,
    outline: &'a Outline,
}

impl Arranger<'_> {
    fn add(&self, mut leaves: Vec<Leaf>, depth: usize, above: &[u8], items: &mut Vec<Item>) {
        let Some(level) = self.levels.get(depth) else {
            return items.extend(leaves.into_iter().map(Item::Leaf));
        };
        // By this level alone: what was sorted before decides among equals.
        leaves.sort_by(|left, right| self.compare(left, right, level.keys.clone()));
        let mut groups: Vec<Vec<Leaf>> = Vec::new();
        for leaf in leaves {
            match groups.last_mut() {
                Some(group)
                    if group.first().is_some_and(|first| {
                        self.compare(first, &leaf, level.keys.clone()).is_eq()
                    }) =>
                {
                    group.push(leaf);
                }
                _ => groups.push(vec![leaf]),
            }
        }
        if let Some((key, which)) = level.aggregate {
            let keys = self.order.keys.get(key..=key).unwrap_or_default();
            let value = |group: &[Leaf]| {
                extreme(group, key, which).and_then(|row| row.sorted.get(key)?.clone())
            };
            let mut with: Vec<_> =
                groups.into_iter().map(|group| ([value(&group)], group)).collect();
            with.sort_by(|left, right| compare_folded(&left.0, &right.0, keys));
            groups = with.into_iter().map(|(_, group)| group).collect();
        }
        for group in groups {
            self.add_heading(group, depth, above, items);
        }
    }

    fn add_heading(&self, rows: Vec<Leaf>, depth: usize, above: &[u8], items: &mut Vec<Item>) {
        let (Some(level), Some(first)) = (self.levels.get(depth), rows.first()) else { return };
        let mut spelt = above.to_vec();
        for value in first.sorted.get(level.keys.clone()).unwrap_or_default() {
            spell(value.as_ref(), &mut spelt);
        }
        let key = short(&spelt);
        let is_open = self.outline.is_open(&key, depth, self.order);
        let is_aggregate = |at| self.order.aggregates.iter().any(|(key, _)| *key == at);
        let mut values: Vec<(PropTag, Option<Value>)> = (0..level.keys.end)
            .filter(|at| !is_aggregate(*at))
            .filter_map(|at| Some((self.order.keys.get(at)?.tag, first.shown.get(at)?.clone())))
            .collect();
        if let Some((at, which)) = level.aggregate
            && let Some(key) = self.order.keys.get(at)
        {
            let value = extreme(&rows, at, which).and_then(|row| row.shown.get(at)?.clone());
            values.push((key.tag, value));
        }
        let unread = rows.iter().filter(|row| row.is_unread).count();
        items.push(Item::Heading(Heading {
            key,
            depth,
            is_open,
            values,
            rows: rows.len(),
            unread,
        }));
        if is_open {
            self.add(rows, depth + 1, &spelt, items);
        }
    }

    fn compare(&self, left: &Leaf, right: &Leaf, range: Range<usize>) -> Ordering {
        let keys = self.order.keys.get(range.clone()).unwrap_or_default();
        let left = left.sorted.get(range.clone()).unwrap_or_default();
        compare_folded(left, right.sorted.get(range).unwrap_or_default(), keys)
    }
}

/// The row with the largest or smallest value of a key.
fn extreme(rows: &[Leaf], key: usize, which: Aggregate) -> Option<&Leaf> {
    let mut found: Option<(&Value, &Leaf)> = None;
    for row in rows {
        let Some(value) = row.sorted.get(key).and_then(Option::as_ref) else { continue };
        let is_better = found.is_none_or(|(found, _)| match which {
            Aggregate::Max => sort_relation(value, found).is_gt(),
            Aggregate::Min => sort_relation(value, found).is_lt(),
        });
        if is_better {
            found = Some((value, row));
        }
    }
    found.map(|(_, row)| row)
}

/// A value in bytes that no other value has.
fn spell(value: Option<&Value>, out: &mut Vec<u8>) {
    let Some(value) = value else { return out.push(0) };
    let mut bytes = Vec::new();
    match value {
        Value::Unicode(text) => bytes.extend_from_slice(text.as_bytes()),
        Value::Binary(list) => bytes.extend_from_slice(list),
        Value::Long(number) => bytes.extend_from_slice(&number.to_be_bytes()),
        Value::SysTime(time) => bytes.extend_from_slice(&time.0.to_be_bytes()),
        Value::Boolean(truth) => bytes.push(u8::from(*truth)),
        // Rare as headings; the text of a value tells it from others of its type.
        other => bytes.extend_from_slice(format!("{other:?}").as_bytes()),
    }
    out.push(1);
    out.extend_from_slice(&value.prop_type().to_be_bytes());
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(&bytes);
}

/// A key of bounded length: FNV-1a with 128 bits stands for what is left out.
fn short(spelt: &[u8]) -> Vec<u8> {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    if spelt.len() <= MAX_SPELT_KEY_BYTES {
        return spelt.to_vec();
    }
    let sum = spelt.iter().fold(BASIS, |sum, byte| (sum ^ u128::from(*byte)).wrapping_mul(PRIME));
    let kept = MAX_SPELT_KEY_BYTES - size_of_val(&sum);
    [spelt.get(..kept).unwrap_or_default(), &sum.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests;
