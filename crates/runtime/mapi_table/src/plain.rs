//! Plain evaluation: reads all rows of a source, looks at each, and sorts what
//! meets the restriction.
//!
//! Only keys are kept of a row; its columns are read when it is shown. What can be
//! pushed down is: a restriction that the source knows, when only the order or the
//! headings are too complex for it. Columns with `MV_INSTANCE` give a row for each
//! value, and one without the value where there is none.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{RelOp, Restriction, SortOrder};
use mapi_abi::spi::Query;
use mapi_abi::tags::types::{MV_FLAG, MV_INSTANCE};
use mapi_abi::tags::{MSGFLAG_READ, PR_ENTRYID, PR_INSTANCE_KEY, PR_MESSAGE_FLAGS, PropTag};
use mapi_abi::value::{EntryId, Prop, Row, Value};

use crate::evaluate::{meets, needed, value_of};
use crate::order::{compare_folded, sorted_as, values_of};
use crate::source::RowSource;

/// Most rows that a table is evaluated over: above that, `TABLE_TOO_BIG`.
pub const MAX_PLAIN_ROWS: u64 = 1_000_000;
/// Rows that are read at once.
const PAGE_ROWS: u32 = 1024;

/// What is asked of a table, in whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) restriction: Option<&'a Restriction>,
    pub(crate) order: SortOrder,
    pub(crate) associated: bool,
    /// The property that has a row for each of its values.
    pub(crate) instance: Option<PropTag>,
}

/// A row that meets the restriction.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    /// Its instance key, with the number of the value where there are several.
    pub(crate) key: Vec<u8>,
    /// Its place among the unrestricted rows in order of arrival, if known.
    arrival: Option<u64>,
    /// Whether its key is its entry identifier.
    by_entry: bool,
    /// Which value of the property with a row for each.
    nth: Option<u32>,
    /// Values of the sort keys, as they are sorted.
    pub(crate) sorted: Vec<Option<Value>>,
    /// Values of the sort keys as they are, where there are headings.
    pub(crate) shown: Vec<Option<Value>>,
    pub(crate) is_unread: bool,
}

/// The property that has a row for each value, as its source calls it.
pub(crate) fn whole(tag: PropTag) -> PropTag {
    match tag.prop_type() {
        kind if kind & MV_INSTANCE != 0 => tag.with_type(kind & !MV_INSTANCE | MV_FLAG),
        _ => tag,
    }
}

/// The one property among these with a row for each value.
///
/// # Errors
/// `TOO_COMPLEX` when there are several.
pub(crate) fn instance_among(tags: &[PropTag]) -> Result<Option<PropTag>, Failure> {
    let mut with = tags.iter().filter(|tag| tag.prop_type() & MV_INSTANCE != 0);
    let Some(first) = with.next() else { return Ok(None) };
    if with.any(|tag| tag != first) {
        let says = "only one column may have a row for each of its values";
        return Err(Failure::new(Code::TOO_COMPLEX, says));
    }
    Ok(Some(*first))
}

/// All rows that meet what is asked, in its order. The restriction was checked.
pub(crate) fn collect(source: &dyn RowSource, ask: &Ask<'_>) -> Result<Vec<Leaf>, Failure> {
    collect_at_most(source, ask, MAX_PLAIN_ROWS)
}

fn collect_at_most(source: &dyn RowSource, ask: &Ask<'_>, most: u64) -> Result<Vec<Leaf>, Failure> {
    let (count, restriction) = match ask.restriction {
        Some(Restriction::Count(count, inner)) => (Some(*count), Some(&**inner)),
        other => (None, other),
    };
    let mut tags = Vec::new();
    if let Some(restriction) = restriction {
        needed(restriction, &mut tags);
    }
    let mut leaves = match restriction {
        Some(restriction) if !tags.iter().any(|tag| tag.prop_type() & MV_INSTANCE != 0) => {
            match Reader::new(source, ask, Vec::new(), None).read(Some(restriction), most) {
                Err(failure) if failure.code == Code::TOO_COMPLEX => {
                    Reader::new(source, ask, tags, Some(restriction)).read(None, most)?
                }
                answer => answer?,
            }
        }
        restriction => Reader::new(source, ask, tags, restriction).read(None, most)?,
    };
    // Stable: ties keep the order of arrival.
    leaves.sort_by(|left, right| compare_folded(&left.sorted, &right.sorted, &ask.order.keys));
    if let Some(count) = count {
        leaves.truncate(count as usize);
    }
    Ok(leaves)
}

/// One reading of all rows.
struct Reader<'a> {
    source: &'a dyn RowSource,
    ask: &'a Ask<'a>,
    /// What is looked at here, not by the source.
    restriction: Option<&'a Restriction>,
    /// Columns as they are asked of the source.
    columns: Vec<PropTag>,
}

impl<'a> Reader<'a> {
    fn new(
        source: &'a dyn RowSource,
        ask: &'a Ask<'a>,
        tags: Vec<PropTag>,
        restriction: Option<&'a Restriction>,
    ) -> Self {
        let mut columns = vec![PR_INSTANCE_KEY, PR_ENTRYID];
        let sorted = ask.order.keys.iter().map(|key| key.tag);
        let flags = (ask.order.categories > 0).then_some(PR_MESSAGE_FLAGS);
        for tag in tags.into_iter().chain(sorted).chain(flags).chain(ask.instance) {
            if !columns.contains(&whole(tag)) {
                columns.push(whole(tag));
            }
        }
        Self { source, ask, restriction, columns }
    }

    fn read(&self, pushed: Option<&Restriction>, most: u64) -> Result<Vec<Leaf>, Failure> {
        let query = Query {
            columns: self.columns.clone(),
            restriction: pushed.cloned(),
            sort: Vec::new(),
            associated: self.ask.associated,
        };
        let (mut leaves, mut start) = (Vec::new(), 0);
        loop {
            let rows = self.source.rows(&query, start, PAGE_ROWS)?;
            for (at, row) in rows.iter().enumerate() {
                let arrival = pushed.is_none().then_some(start + at as u64);
                self.take(row, arrival, &mut leaves)?;
            }
            start += rows.len() as u64;
            if start.max(leaves.len() as u64) > most {
                let says = format!("the table has more than {most} rows: restrict it first");
                return Err(Failure::new(Code::TABLE_TOO_BIG, says));
            }
            if rows.len() < PAGE_ROWS as usize {
                return Ok(leaves);
            }
        }
    }

    fn take(&self, row: &Row, arrival: Option<u64>, leaves: &mut Vec<Leaf>) -> Result<(), Failure> {
        let Some(instance) = self.ask.instance else {
            return self.take_one(row, arrival, None, leaves);
        };
        let list = value_of(&self.columns, row, whole(instance)).and_then(values_of);
        match list {
            Some(values) if !values.is_empty() => {
                (0_u32..).zip(&values).try_for_each(|(nth, value)| {
                    self.take_one(row, arrival, Some((nth, value)), leaves)
                })
            }
            _ => self.take_one(row, arrival, None, leaves),
        }
    }

    fn take_one(
        &self,
        row: &Row,
        arrival: Option<u64>,
        value: Option<(u32, &Value)>,
        leaves: &mut Vec<Leaf>,
    ) -> Result<(), Failure> {
        let values = |tag: PropTag| match value {
            Some((_, value)) if Some(tag) == self.ask.instance => Some(value),
            _ if tag.prop_type() & MV_INSTANCE != 0 => None,
            _ => value_of(&self.columns, row, tag),
        };
        if let Some(restriction) = self.restriction {
            let sub = |table, columns: &[PropTag]| match values(PR_ENTRYID) {
                Some(Value::Binary(entry)) => {
                    self.source.sub_rows(&EntryId(entry.clone()), table, columns)
                }
                _ => Ok(Vec::new()),
            };
            if !meets(&values, restriction, &sub)? {
                return Ok(());
            }
        }
        let (mut key, by_entry) = key_of(&self.columns, row).unwrap_or_default();
        let nth = value.map(|(nth, _)| nth);
        key.extend(nth.iter().flat_map(|nth| nth.to_be_bytes()));
        let keys = &self.ask.order.keys;
        let unread = value_of(&self.columns, row, PR_MESSAGE_FLAGS);
        leaves.push(Leaf {
            key,
            arrival,
            by_entry,
            nth,
            sorted: keys.iter().map(|key| values(key.tag).map(sorted_as)).collect(),
            shown: if self.ask.order.categories > 0 {
                keys.iter().map(|key| values(key.tag).cloned()).collect()
            } else {
                Vec::new()
            },
            is_unread: matches!(unread, Some(Value::Long(flags)) if flags & MSGFLAG_READ == 0),
        });
        Ok(())
    }
}

/// The key of a row, and whether it is the entry identifier.
pub(crate) fn key_of(columns: &[PropTag], row: &Row) -> Option<(Vec<u8>, bool)> {
    [(PR_INSTANCE_KEY, false), (PR_ENTRYID, true)].into_iter().find_map(|(tag, by_entry)| {
        match value_of(columns, row, tag) {
            Some(Value::Binary(key)) => Some((key.clone(), by_entry)),
            _ => None,
        }
    })
}

/// The columns of a row; `None` when it is gone since.
pub(crate) fn fill(
    source: &dyn RowSource,
    ask: &Ask<'_>,
    columns: &[PropTag],
    leaf: &Leaf,
) -> Result<Option<Row>, Failure> {
    let own_columns = columns.len();
    let key_tag = if leaf.by_entry { PR_ENTRYID } else { PR_INSTANCE_KEY };
    let mut asked: Vec<PropTag> = columns.iter().map(|tag| whole(*tag)).collect();
    asked.push(key_tag);
    let key = match leaf.nth {
        Some(_) => leaf.key.get(..leaf.key.len() - size_of::<u32>()).unwrap_or_default(),
        None => &leaf.key,
    };
    let is_it =
        Restriction::Property { tag: key_tag, op: RelOp::Eq, value: Value::Binary(key.to_vec()) };
    let mut query = Query {
        columns: asked,
        restriction: Some(is_it),
        associated: ask.associated,
        ..Query::default()
    };
    let found = match (source.rows(&query, 0, 1), leaf.arrival) {
        (Err(failure), Some(arrival)) if failure.code == Code::TOO_COMPLEX => {
            query.restriction = None;
            source.rows(&query, arrival, 1)?
        }
        (answer, _) => answer?,
    };
    let Some(mut row) = found.into_iter().next() else { return Ok(None) };
    let found_key = row.pop().map(|prop| prop.value);
    if found_key != Some(Value::Binary(key.to_vec())) {
        return Ok(None);
    }
    row.truncate(own_columns);
    for (prop, tag) in row.iter_mut().zip(columns) {
        if tag.prop_type() & MV_INSTANCE != 0 {
            *prop = one_of(*tag, &prop.value, leaf.nth);
        } else if *tag == PR_INSTANCE_KEY {
            prop.value = Value::Binary(leaf.key.clone());
        }
    }
    Ok(Some(row))
}

/// The value of a row that has one of several; its type is that of one value.
fn one_of(tag: PropTag, list: &Value, nth: Option<u32>) -> Prop {
    let value = nth.and_then(|nth| values_of(list)?.into_iter().nth(nth as usize));
    match value {
        Some(value) => Prop::new(tag.with_type(value.prop_type()), value),
        None => Prop::not_found(tag),
    }
}

#[cfg(test)]
mod tests;
