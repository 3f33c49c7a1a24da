//! Tables: a position over rows that somebody else finds.
//!
//! A [`Table`] keeps what `IMAPITable` calls its state (columns, restriction,
//! sort order, position) and asks a [`RowSource`] for slices. Restricting or
//! sorting puts the position back to the beginning and makes nothing but a new
//! question; the source answers it as well as it can (a store provider in SQL).

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Restriction, SortKey};
use mapi_abi::spi::Query;
use mapi_abi::tags::PropTag;
use mapi_abi::value::Row;

/// Most rows that one `QueryRows` answers.
pub const MAX_QUERY_ROWS: u32 = 1000;
/// Most columns of a table.
pub const MAX_COLUMNS: usize = 128;

/// Where a table's rows come from.
pub trait RowSource: Send + Sync {
    /// How many rows meet the query's restriction.
    ///
    /// # Errors
    /// The source's.
    fn count(&self, query: &Query) -> Result<u64, Failure>;

    /// At most `limit` rows from row `start` of the query on.
    ///
    /// # Errors
    /// The source's.
    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure>;
}

/// What happened to a row of a table that somebody looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum RowChange {
    /// It is new: its columns, and the instance key of the row before it.
    Added {
        /// Its columns.
        row: Row,
        /// The instance key of the row before it; `None` for the first.
        prior: Option<Vec<u8>>,
    },
    /// It is gone: its instance key.
    Deleted(Vec<u8>),
    /// It is different: as [`RowChange::Added`].
    Modified {
        /// Its columns.
        row: Row,
        /// The instance key of the row before it; `None` for the first.
        prior: Option<Vec<u8>>,
    },
}

/// A position that stays in a table (`BOOKMARK_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bookmark {
    /// Before the first row.
    Beginning,
    /// The row that is read next.
    Current,
    /// Behind the last row.
    End,
}

/// See the module.
pub struct Table {
    source: Box<dyn RowSource>,
    query: Query,
    position: u64,
}

impl Table {
    /// A table over `source` with these columns, unrestricted and in the
    /// source's own order.
    pub fn new(source: Box<dyn RowSource>, columns: Vec<PropTag>) -> Self {
        Self { source, query: Query { columns, ..Query::default() }, position: 0 }
    }

    /// The columns.
    pub fn columns(&self) -> &[PropTag] {
        &self.query.columns
    }

    /// Sets the columns.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` without or with more than [`MAX_COLUMNS`] columns.
    pub fn set_columns(&mut self, columns: Vec<PropTag>) -> Result<(), Failure> {
        if columns.is_empty() || columns.len() > MAX_COLUMNS {
            let says = format!("a table has 1 to {MAX_COLUMNS} columns");
            return Err(Failure::new(Code::INVALID_PARAMETER, says));
        }
        self.query.columns = columns;
        Ok(())
    }

    /// Sets the condition, or none; the position goes to the beginning.
    pub fn restrict(&mut self, restriction: Option<Restriction>) {
        self.query.restriction = restriction;
        self.position = 0;
    }

    /// Sets the order; the position goes to the beginning.
    pub fn sort(&mut self, keys: Vec<SortKey>) {
        self.query.sort = keys;
        self.position = 0;
    }

    /// How many rows there are now.
    ///
    /// # Errors
    /// The source's.
    pub fn row_count(&self) -> Result<u64, Failure> {
        self.source.count(&self.query)
    }

    /// The row that is read next, counted from 0.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Moves by `rows` from a bookmark and answers by how many rows it moved;
    /// stops at the ends.
    ///
    /// # Errors
    /// The source's.
    pub fn seek(&mut self, from: Bookmark, rows: i64) -> Result<i64, Failure> {
        let count = self.row_count()?;
        let origin = match from {
            Bookmark::Beginning => 0,
            Bookmark::Current => self.position.min(count),
            Bookmark::End => count,
        };
        self.position = origin.saturating_add_signed(rows).min(count);
        Ok(i64::try_from(self.position).unwrap_or(i64::MAX)
            - i64::try_from(origin).unwrap_or(i64::MAX))
    }

    /// Reads rows: forwards from the position for a positive `count`, those
    /// before it for a negative one, in table order either way. The position
    /// follows unless `stay`. Fewer rows than asked for is no error.
    ///
    /// # Errors
    /// The source's.
    pub fn query_rows(&mut self, count: i32, stay: bool) -> Result<Vec<Row>, Failure> {
        let wanted = count.unsigned_abs().min(MAX_QUERY_ROWS);
        let (start, limit) = if count < 0 {
            let back = self.position.min(u64::from(wanted));
            (self.position - back, u32::try_from(back).unwrap_or(wanted))
        } else {
            (self.position, wanted)
        };
        let rows = match limit {
            0 => Vec::new(),
            _ => self.source.rows(&self.query, start, limit)?,
        };
        if !stay {
            self.position = if count < 0 { start } else { start + rows.len() as u64 };
        }
        Ok(rows)
    }
}

/// Rows that are there already, in an order that cannot be changed: what a
/// hierarchy or an attachment table is made of.
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

    fn checked(&self, query: &Query) -> Result<Vec<Row>, Failure> {
        if query.restriction.is_some() || !query.sort.is_empty() {
            let says = "this table can neither be restricted nor sorted";
            return Err(Failure::new(Code::NO_SUPPORT, says));
        }
        (self.rows)(&query.columns)
    }
}

impl<F> RowSource for StaticRows<F>
where
    F: Fn(&[PropTag]) -> Result<Vec<Row>, Failure> + Send + Sync,
{
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        Ok(self.checked(query)?.len() as u64)
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        let rows = self.checked(query)?;
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        Ok(rows.into_iter().skip(start).take(limit as usize).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapi_abi::tags::PR_DEPTH;
    use mapi_abi::value::{Prop, Value};

    fn table(count: i32) -> Table {
        let rows = move |_: &[PropTag]| {
            Ok((0..count).map(|n| vec![Prop { tag: PR_DEPTH, value: Value::Long(n) }]).collect())
        };
        Table::new(Box::new(StaticRows::new(rows)), vec![PR_DEPTH])
    }

    fn numbers(rows: &[Row]) -> Vec<i32> {
        let number = |row: &Row| match row[0].value {
            Value::Long(number) => number,
            _ => -1,
        };
        rows.iter().map(number).collect()
    }

    #[test]
    fn rows_are_read_forwards_and_backwards() {
        let mut table = table(5);
        assert_eq!(numbers(&table.query_rows(2, false).unwrap()), [0, 1]);
        assert_eq!(numbers(&table.query_rows(2, true).unwrap()), [2, 3]);
        assert_eq!(numbers(&table.query_rows(9, false).unwrap()), [2, 3, 4]);
        assert_eq!(numbers(&table.query_rows(1, false).unwrap()), [0; 0]);
        assert_eq!(numbers(&table.query_rows(-2, false).unwrap()), [3, 4]);
        assert_eq!(numbers(&table.query_rows(-9, false).unwrap()), [0, 1, 2]);
        assert_eq!(table.position(), 0);
    }

    #[test]
    fn seeking_stops_at_the_ends() {
        let mut table = table(5);
        assert_eq!(table.seek(Bookmark::Beginning, 3).unwrap(), 3);
        assert_eq!(table.seek(Bookmark::Current, 9).unwrap(), 2);
        assert_eq!(table.seek(Bookmark::End, -9).unwrap(), -5);
        assert_eq!(table.seek(Bookmark::Beginning, i64::MIN).unwrap(), 0);
    }

    #[test]
    fn restricting_a_static_table_is_refused() {
        let mut table = table(1);
        table.restrict(Some(Restriction::Exist(PR_DEPTH)));
        assert_eq!(table.row_count().unwrap_err().code, Code::NO_SUPPORT);
        table.restrict(None);
        assert_eq!(table.row_count().unwrap(), 1);
        assert!(table.set_columns(Vec::new()).is_err());
        assert!(table.set_columns(vec![PR_DEPTH; MAX_COLUMNS]).is_ok());
        assert!(table.set_columns(vec![PR_DEPTH; MAX_COLUMNS + 1]).is_err());
    }
}
