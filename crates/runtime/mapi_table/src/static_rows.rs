//! Rows that are there already: what a hierarchy, an attachment or a status table
//! is made of. They are restricted and sorted plainly.

use mapi_abi::codes::Failure;
use mapi_abi::restriction::Restriction;
use mapi_abi::spi::Query;
use mapi_abi::tags::{PR_INSTANCE_KEY, PropTag};
use mapi_abi::value::{Prop, Row, Value};

use crate::evaluate::{check, meets, needed, no_sub_rows, value_of};
use crate::order::{compare_folded, sorted_as};
use crate::source::RowSource;

/// Rows that `rows` answers for given columns, in order of arrival. A row without a
/// `PR_INSTANCE_KEY` is given its number as one.
pub struct StaticRows<F> {
    rows: F,
}

impl<F> StaticRows<F>
where
    F: Fn(&[PropTag]) -> Result<Vec<Row>, Failure> + Send + Sync,
{
    /// Rows that `rows` answers for given columns.
    pub fn new(rows: F) -> Self {
        Self { rows }
    }
}

impl<F> RowSource for StaticRows<F>
where
    F: Fn(&[PropTag]) -> Result<Vec<Row>, Failure> + Send + Sync,
{
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        let without_columns = Query { columns: Vec::new(), ..query.clone() };
        Ok(answer(&self.rows, &without_columns)?.len() as u64)
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        let rows = answer(&self.rows, query)?;
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        Ok(rows.into_iter().skip(start).take(limit as usize).collect())
    }
}

/// Answers all rows with given columns.
type AllRows<'a> = dyn Fn(&[PropTag]) -> Result<Vec<Row>, Failure> + 'a;

/// All rows that a query asks for, from a function that answers all rows.
pub(crate) fn answer(all: &AllRows<'_>, query: &Query) -> Result<Vec<Row>, Failure> {
    let mut columns = query.columns.clone();
    if let Some(restriction) = &query.restriction {
        check(restriction)?;
        needed(restriction, &mut columns);
    }
    for key in &query.sort {
        if !columns.contains(&key.tag) {
            columns.push(key.tag);
        }
    }
    let mut rows = all(&columns)?;
    number(&mut rows, &columns);
    let mut most = usize::MAX;
    if let Some(restriction) = &query.restriction {
        if let Restriction::Count(count, _) = restriction {
            most = *count as usize;
        }
        rows = meeting(rows, &columns, restriction)?;
    }
    if !query.sort.is_empty() {
        let sorted = |row: &Row| -> Vec<Option<Value>> {
            query.sort.iter().map(|key| value_of(&columns, row, key.tag).map(sorted_as)).collect()
        };
        let mut with: Vec<_> = rows.into_iter().map(|row| (sorted(&row), row)).collect();
        with.sort_by(|left, right| compare_folded(&left.0, &right.0, &query.sort));
        rows = with.into_iter().map(|(_, row)| row).collect();
    }
    rows.truncate(most);
    rows.iter_mut().for_each(|row| row.truncate(query.columns.len()));
    Ok(rows)
}

fn number(rows: &mut [Row], columns: &[PropTag]) {
    let Some(place) = columns.iter().position(|tag| *tag == PR_INSTANCE_KEY) else { return };
    for (row, number) in rows.iter_mut().zip(0_u32..) {
        let Some(prop) = row.get_mut(place) else { continue };
        if matches!(prop.value, Value::Error(_)) {
            let key = Value::Binary(number.to_be_bytes().to_vec());
            *prop = Prop::new(PR_INSTANCE_KEY, key);
        }
    }
}

fn meeting(
    rows: Vec<Row>,
    columns: &[PropTag],
    restriction: &Restriction,
) -> Result<Vec<Row>, Failure> {
    let mut kept = Vec::new();
    for row in rows {
        if meets(&|tag| value_of(columns, &row, tag), restriction, &no_sub_rows)? {
            kept.push(row);
        }
    }
    Ok(kept)
}
