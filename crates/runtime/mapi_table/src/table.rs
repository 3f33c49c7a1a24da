//! A table: columns, restriction, order and position over a source.
//!
//! Restricting or sorting makes nothing but a new question. The source answers it,
//! or the engine does (`plain.rs`): when the source says `TOO_COMPLEX`, and always
//! for headings and columns with a row for each value. What was evaluated is kept
//! for as long as the source's revision says.
//!
//! Nothing runs in the background, so a table is always complete.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Restriction, SortOrder};
use mapi_abi::spi::Query;
use mapi_abi::structs::{TBLSTAT_COMPLETE, TBLTYPE_DYNAMIC, TBLTYPE_SNAPSHOT};
use mapi_abi::tags::{PR_INSTANCE_KEY, PropTag};
use mapi_abi::value::{Prop, Row, Value};

use crate::bookmarks::Bookmarks;
use crate::categories::{Item, Outline, arrange, check_order, leaf_depth, mark_leaf};
use crate::changes::Membership;
use crate::evaluate;
use crate::plain::{Ask, collect, fill, instance_among};
use crate::source::{RowSource, Scope};

/// Most rows that one `QueryRows` answers.
pub const MAX_QUERY_ROWS: u32 = 1000;
/// Most columns of a table.
pub const MAX_COLUMNS: usize = 128;
/// Most keys of a sort order.
pub const MAX_SORT_KEYS: usize = 128;

/// See the module.
pub struct Table {
    pub(crate) source: Box<dyn RowSource>,
    /// What the source is asked, where it can answer.
    pub(crate) query: Query,
    pub(crate) order: SortOrder,
    pub(crate) outline: Outline,
    pub(crate) bookmarks: Bookmarks,
    pub(crate) membership: Membership,
    pub(crate) position: u64,
    /// Whether the source cannot answer the query.
    is_plain: bool,
    evaluated: Option<Evaluated>,
}

/// Rows that were evaluated here.
struct Evaluated {
    /// Of the source; without one they are for one call only.
    revision: Option<u64>,
    items: Vec<Item>,
}

/// `GetStatus`: what the table is doing, and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// `TBLSTAT_*`, always complete.
    pub state: u32,
    /// `TBLTYPE_*`: dynamic where rows follow the store, else a snapshot.
    pub kind: u32,
}

impl Table {
    /// A table over `source` with these columns, unrestricted and in the
    /// source's own order.
    pub fn new(source: Box<dyn RowSource>, columns: Vec<PropTag>) -> Self {
        Self {
            source,
            query: Query { columns, ..Query::default() },
            order: SortOrder::default(),
            outline: Outline::default(),
            bookmarks: Bookmarks::default(),
            membership: Membership::default(),
            position: 0,
            is_plain: false,
            evaluated: None,
        }
    }

    /// The same table of the associated (hidden) messages.
    pub fn of_associated(mut self) -> Self {
        self.query.associated = true;
        self
    }

    /// The columns.
    pub fn columns(&self) -> &[PropTag] {
        &self.query.columns
    }

    /// The columns, and all others that rows may have (`TBL_ALL_COLUMNS`).
    pub fn all_columns(&self) -> Vec<PropTag> {
        let mut all = self.query.columns.clone();
        for tag in self.source.all_columns() {
            if !all.contains(&tag) {
                all.push(tag);
            }
        }
        all
    }

    /// Sets the columns; position and bookmarks stay.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` without or with more than [`MAX_COLUMNS`] columns;
    /// `TOO_COMPLEX` two columns have a row for each of their values.
    pub fn set_columns(&mut self, columns: Vec<PropTag>) -> Result<(), Failure> {
        if columns.is_empty() || columns.len() > MAX_COLUMNS {
            let says = format!("a table has 1 to {MAX_COLUMNS} columns");
            return Err(Failure::new(Code::INVALID_PARAMETER, says));
        }
        instance_among(&columns)?;
        self.query.columns = columns;
        self.asks_anew();
        Ok(())
    }

    /// Sets the condition, or none; the position goes to the beginning, and
    /// bookmarks are forgotten.
    ///
    /// # Errors
    /// Those of [`evaluate::check`]; the table is then as it was.
    pub fn restrict(&mut self, restriction: Option<Restriction>) -> Result<(), Failure> {
        if let Some(restriction) = &restriction {
            evaluate::check(restriction)?;
        }
        self.query.restriction = restriction;
        self.rewind();
        Ok(())
    }

    /// Sets the order; the position goes to the beginning, bookmarks are
    /// forgotten, and headings are as the order says.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` an order that contradicts itself; `TOO_COMPLEX` more than
    /// [`MAX_SORT_KEYS`] keys.
    pub fn sort(&mut self, order: impl Into<SortOrder>) -> Result<(), Failure> {
        let order = order.into();
        check_order(&order)?;
        if order.keys.len() > MAX_SORT_KEYS {
            let says = format!("a sort order has at most {MAX_SORT_KEYS} keys");
            return Err(Failure::new(Code::TOO_COMPLEX, says));
        }
        self.query.sort.clone_from(&order.keys);
        self.order = order;
        self.outline = Outline::default();
        self.rewind();
        Ok(())
    }

    /// The order.
    pub fn sort_order(&self) -> &SortOrder {
        &self.order
    }

    /// What the table is doing, and what it shows.
    pub fn status(&self) -> Status {
        let kind = match self.source.scope() {
            Scope::Nothing => TBLTYPE_SNAPSHOT,
            _ => TBLTYPE_DYNAMIC,
        };
        Status { state: TBLSTAT_COMPLETE, kind }
    }

    /// Waits until nothing is under way, which is at once.
    pub fn wait(&self) -> Status {
        self.status()
    }

    /// Stops what is under way, which is nothing.
    pub fn abort(&mut self) {}

    fn rewind(&mut self) {
        self.position = 0;
        self.bookmarks.clear();
        self.asks_anew();
    }

    fn asks_anew(&mut self) {
        self.is_plain = false;
        self.membership = Membership::default();
        self.forget_evaluated();
    }

    pub(crate) fn forget_evaluated(&mut self) {
        self.evaluated = None;
    }

    /// How many rows there are now, headings and what they show included.
    ///
    /// # Errors
    /// The source's; `TABLE_TOO_BIG` more rows than can be evaluated here.
    pub fn row_count(&mut self) -> Result<u64, Failure> {
        if !self.must_evaluate()? {
            match self.source.count(&self.query) {
                Err(failure) if failure.code == Code::TOO_COMPLEX => self.is_plain = true,
                answer => return answer,
            }
        }
        Ok(self.items()?.len() as u64)
    }

    fn must_evaluate(&self) -> Result<bool, Failure> {
        Ok(self.is_plain || self.has_headings() || self.instance()?.is_some())
    }

    /// Whether rows are under headings.
    pub(crate) fn has_headings(&self) -> bool {
        leaf_depth(&self.order) > 0
    }

    /// The property with a row for each value, if there is one.
    pub(crate) fn instance(&self) -> Result<Option<PropTag>, Failure> {
        let sorted = self.order.keys.iter().map(|key| key.tag);
        let tags: Vec<PropTag> = self.query.columns.iter().copied().chain(sorted).collect();
        instance_among(&tags)
    }

    /// What is asked, when it is answered here.
    pub(crate) fn ask(&self) -> Result<Ask<'_>, Failure> {
        Ok(Ask {
            restriction: self.query.restriction.as_ref(),
            order: self.order.clone(),
            associated: self.query.associated,
            instance: self.instance()?,
        })
    }

    /// The rows, evaluated here.
    pub(crate) fn items(&mut self) -> Result<&[Item], Failure> {
        let revision = self.source.revision()?;
        let is_good = |kept: &Evaluated| revision.is_some() && kept.revision == revision;
        if !self.evaluated.as_ref().is_some_and(is_good) {
            let leaves = collect(&*self.source, &self.ask()?)?;
            let items = arrange(leaves, &self.order, &self.outline);
            self.evaluated = Some(Evaluated { revision, items });
        }
        Ok(self.evaluated.as_ref().map_or(&[], |evaluated| &evaluated.items))
    }

    /// Whether the rows are evaluated here; asks the source when that is not known.
    pub(crate) fn is_evaluated_here(&mut self) -> Result<bool, Failure> {
        if !self.must_evaluate()? {
            match self.source.rows(&self.query, 0, 0) {
                Err(failure) if failure.code == Code::TOO_COMPLEX => self.is_plain = true,
                answer => return answer.map(|_| false),
            }
        }
        Ok(true)
    }

    /// At most `limit` rows from row `start` on, with the table's columns.
    pub(crate) fn page(&mut self, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        if !self.must_evaluate()? {
            match self.source.rows(&self.query, start, limit) {
                Err(failure) if failure.code == Code::TOO_COMPLEX => self.is_plain = true,
                Err(failure) => return Err(failure),
                Ok(mut rows) => {
                    let columns = &self.query.columns;
                    rows.iter_mut().for_each(|row| mark_leaf(row, columns, None));
                    return Ok(rows);
                }
            }
        }
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let shown: Vec<Item> =
            self.items()?.iter().skip(start).take(limit as usize).cloned().collect();
        let mut rows = Vec::with_capacity(shown.len());
        for item in &shown {
            rows.push(self.row_of(item)?);
        }
        Ok(rows)
    }

    /// The columns of a row that was evaluated here. One that was deleted since has
    /// its key and nothing else, so that positions stay what they are.
    pub(crate) fn row_of(&self, item: &Item) -> Result<Row, Failure> {
        let columns = &self.query.columns;
        match item {
            Item::Heading(heading) => Ok(heading.row(columns)),
            Item::Leaf(leaf) => {
                let found = fill(&*self.source, &self.ask()?, columns, leaf)?;
                let mut row = found.unwrap_or_else(|| gone(columns, &leaf.key));
                let depth = self.has_headings().then(|| leaf_depth(&self.order));
                mark_leaf(&mut row, columns, depth);
                Ok(row)
            }
        }
    }

    /// Reads rows: forwards from the position for a positive `count`, those
    /// before it for a negative one, in table order either way. The position
    /// follows unless `stay`. Fewer rows than asked for is no error.
    ///
    /// # Errors
    /// As [`Table::row_count`].
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
            _ => self.page(start, limit)?,
        };
        if !stay {
            self.position = if count < 0 { start } else { start + rows.len() as u64 };
        }
        Ok(rows)
    }
}

fn gone(columns: &[PropTag], key: &[u8]) -> Row {
    let column = |tag: &PropTag| match *tag {
        PR_INSTANCE_KEY => Prop::new(*tag, Value::Binary(key.to_vec())),
        tag => Prop::not_found(tag),
    };
    columns.iter().map(column).collect()
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (query, order) = (&self.query, &self.order);
        f.debug_struct("Table").field("query", query).field("order", order).finish_non_exhaustive()
    }
}

// The tests of the engine as a whole.
#[cfg(test)]
mod tests;
