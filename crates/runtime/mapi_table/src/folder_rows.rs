//! The tables of a folder: its messages, and the folders below it.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageStore, Query};
use mapi_abi::tags::{PR_DEPTH, PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_RECIPIENTS, PropTag};
use mapi_abi::value::{EntryId, Row, Value};

use crate::source::{RowSource, Scope};
use crate::static_rows::answer;

/// The messages of a folder.
pub struct ContentsRows {
    store: Arc<dyn MessageStore>,
    folder: EntryId,
    is_search: bool,
}

impl ContentsRows {
    /// Of `folder`; whether it is a search folder decides which changes matter.
    pub fn new(store: Arc<dyn MessageStore>, folder: EntryId, is_search: bool) -> Self {
        Self { store, folder, is_search }
    }
}

impl RowSource for ContentsRows {
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        self.store.count(&self.folder, query)
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        self.store.rows(&self.folder, query, start, limit)
    }

    fn sub_rows(
        &self,
        entry: &EntryId,
        table: PropTag,
        columns: &[PropTag],
    ) -> Result<Vec<Row>, Failure> {
        match table {
            PR_MESSAGE_RECIPIENTS => self.store.recipients(entry, columns),
            PR_MESSAGE_ATTACHMENTS => self.store.attachments(entry, columns),
            _ => Err(Failure::new(Code::TOO_COMPLEX, "messages have no such table")),
        }
    }

    fn scope(&self) -> Scope {
        if self.is_search {
            Scope::Search(self.folder.clone())
        } else {
            Scope::Contents(self.folder.clone())
        }
    }
}

/// The folders below a folder.
pub struct HierarchyRows {
    store: Arc<dyn MessageStore>,
    folder: EntryId,
    deep: bool,
}

impl HierarchyRows {
    /// Those directly below `folder`, or all of them (`CONVENIENT_DEPTH`).
    pub fn new(store: Arc<dyn MessageStore>, folder: EntryId, deep: bool) -> Self {
        Self { store, folder, deep }
    }

    fn all(&self, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        if self.deep {
            return self.store.hierarchy(&self.folder, columns);
        }
        let mut with_depth = columns.to_vec();
        with_depth.push(PR_DEPTH);
        let mut rows = self.store.hierarchy(&self.folder, &with_depth)?;
        rows.retain_mut(|row| row.pop().is_some_and(|depth| depth.value == Value::Long(1)));
        Ok(rows)
    }
}

impl RowSource for HierarchyRows {
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        let without_columns = Query { columns: Vec::new(), ..query.clone() };
        Ok(answer(&|columns| self.all(columns), &without_columns)?.len() as u64)
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        let rows = answer(&|columns| self.all(columns), query)?;
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        Ok(rows.into_iter().skip(start).take(limit as usize).collect())
    }

    fn scope(&self) -> Scope {
        Scope::Hierarchy { folder: self.folder.clone(), deep: self.deep }
    }
}
