//! From what changed in a store to what changed in a table.
//!
//! What a change says is only where to look: the row is read under the table's
//! restriction, and its being there or not decides. Whether it was there before is
//! known without looking where all objects of the folder are rows; otherwise the
//! keys of the rows are remembered, from [`Table::watch`] or the first call on,
//! which then itself answers that the table changed.

use std::collections::HashSet;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{RelOp, Restriction};
use mapi_abi::spi::{Change, ChangeKind};
use mapi_abi::tags::{
    MAPI_FOLDER, MAPI_MESSAGE, MAPI_STORE, PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_ENTRYID,
};
use mapi_abi::value::{EntryId, Row, Value};

use crate::source::Scope;
use crate::table::Table;

/// Most rows that are reported one by one; more at once are "the table changed".
pub const MAX_ROW_EVENTS: usize = 32;
/// How far down a changed row is looked for, and most keys that are remembered.
pub const MAX_LOCATED_ROWS: u64 = 16_384;

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

/// What whoever looks at a table is told.
#[derive(Clone, Debug, PartialEq)]
pub enum TableEvent {
    /// The table is to be read anew.
    Changed,
    /// One row.
    Row(RowChange),
}

/// The keys of the rows when somebody looked last, where that matters.
#[derive(Debug, Default)]
pub(crate) struct Membership {
    keys: Option<HashSet<Vec<u8>>>,
}

/// An object whose row may have changed.
#[derive(Debug)]
struct Touched {
    key: Vec<u8>,
    entry: EntryId,
    /// Whether the first thing that happened to it made it a row.
    came: bool,
    went: bool,
}

/// What a change means for a table.
enum Meaning {
    Came,
    Everything,
    Nothing,
    Other,
    Went,
}

impl Table {
    /// Which events follow from what changed in the store: deleted rows first, then
    /// the others in table order.
    pub fn changes(&mut self, changes: &[Change]) -> Vec<TableEvent> {
        let touched = match self.touched(changes) {
            Some(touched) if touched.is_empty() => return Vec::new(),
            touched => touched,
        };
        self.forget_evaluated();
        let events = touched.map_or(Ok(None), |touched| self.events(&touched));
        match events {
            Ok(Some(events)) => events,
            // Reading it anew tells the client what went wrong, if anything did.
            Ok(None) | Err(_) => {
                self.membership.keys = None;
                vec![TableEvent::Changed]
            }
        }
    }

    /// Remembers the rows where that is needed, so that the next call of
    /// [`Table::changes`] can already tell which ones changed.
    ///
    /// # Errors
    /// As [`Table::row_count`].
    pub fn watch(&mut self) -> Result<(), Failure> {
        if !self.shows_all() && self.source.scope() != Scope::Nothing {
            self.membership.keys = self.all_keys()?;
        }
        Ok(())
    }

    /// The objects whose rows may have changed; `None` when they are too many or not
    /// known.
    fn touched(&self, changes: &[Change]) -> Option<Vec<Touched>> {
        let mut touched: Vec<Touched> = Vec::new();
        for change in changes {
            let meaning = self.meaning(change);
            let entry = match (&meaning, change.object_type) {
                (Meaning::Nothing, _) => continue,
                (Meaning::Everything, _) => return None,
                // A message's folder is what a hierarchy shows of it.
                (_, MAPI_MESSAGE) if self.is_hierarchy() => change.parent.clone()?,
                _ => change.entry.clone(),
            };
            let key = self.source.instance_key(&entry);
            let (came, went) = (matches!(meaning, Meaning::Came), matches!(meaning, Meaning::Went));
            match touched.iter_mut().find(|other| other.key == key) {
                Some(other) => other.went = went,
                None => touched.push(Touched { key, entry, came, went }),
            }
            if touched.len() > MAX_ROW_EVENTS {
                return None;
            }
        }
        let is_simple = !self.has_headings() && matches!(self.instance(), Ok(None));
        (is_simple || touched.is_empty()).then_some(touched)
    }

    fn is_hierarchy(&self) -> bool {
        matches!(self.source.scope(), Scope::Hierarchy { .. })
    }

    fn meaning(&self, change: &Change) -> Meaning {
        let scope = self.source.scope();
        let folder = match &scope {
            Scope::Nothing => return Meaning::Nothing,
            Scope::Contents(folder) | Scope::Search(folder) | Scope::Hierarchy { folder, .. } => {
                folder
            }
        };
        let is_own = change.entry == *folder;
        match (change.object_type, change.kind) {
            (MAPI_STORE, _) => Meaning::Everything,
            (_, ChangeKind::NewMail) => Meaning::Nothing,
            (MAPI_FOLDER, ChangeKind::Deleted | ChangeKind::SearchComplete) if is_own => {
                Meaning::Everything
            }
            (MAPI_FOLDER, _) => match scope {
                Scope::Hierarchy { deep: true, .. } if !is_own => Meaning::Other,
                Scope::Hierarchy { deep: false, .. } => in_folder(change, folder),
                _ => Meaning::Nothing,
            },
            (MAPI_MESSAGE, _) => match scope {
                Scope::Contents(_) => in_folder(change, folder),
                Scope::Search(_) => Meaning::Other,
                // How many messages a folder has is a column of its row.
                _ if self.counts_messages() && change.parent.is_some() => Meaning::Other,
                _ => Meaning::Nothing,
            },
            _ => Meaning::Nothing,
        }
    }

    fn counts_messages(&self) -> bool {
        self.query.columns.iter().any(|tag| [PR_CONTENT_COUNT, PR_CONTENT_UNREAD].contains(tag))
    }

    /// Whether all objects of the folder are rows.
    fn shows_all(&self) -> bool {
        let is_whole = match self.source.scope() {
            Scope::Contents(_) => !self.query.associated,
            Scope::Hierarchy { deep, .. } => !deep && !self.counts_messages(),
            Scope::Nothing | Scope::Search(_) => false,
        };
        is_whole && self.query.restriction.is_none()
    }

    fn events(&mut self, touched: &[Touched]) -> Result<Option<Vec<TableEvent>>, Failure> {
        if !self.shows_all() && self.membership.keys.is_none() {
            self.membership.keys = self.all_keys()?;
            return Ok(Some(vec![TableEvent::Changed]));
        }
        let mut events = Vec::new();
        let mut present = Vec::new();
        for object in touched {
            let was_there = match &self.membership.keys {
                Some(keys) => keys.contains(&object.key),
                None => !object.came,
            };
            // Whoever went away may be back, or never have come.
            let certainly_gone = object.went && self.shows_all();
            match if certainly_gone { None } else { self.row_now(object)? } {
                Some(row) => present.push((object, row, was_there)),
                None if was_there => {
                    let deleted = RowChange::Deleted(object.key.clone());
                    events.push(TableEvent::Row(deleted));
                }
                None => {}
            }
        }
        let Some(placed) = self.place(present)? else { return Ok(None) };
        if let Some(keys) = &mut self.membership.keys {
            for object in touched {
                keys.remove(&object.key);
            }
            keys.extend(placed.iter().map(|placed| placed.key.clone()));
        }
        for Placed { row, prior, was_there, .. } in placed {
            let change = if was_there {
                RowChange::Modified { row, prior }
            } else {
                RowChange::Added { row, prior }
            };
            events.push(TableEvent::Row(change));
        }
        Ok(Some(events))
    }

    /// The keys of all rows, if they are not too many to be remembered.
    fn all_keys(&mut self) -> Result<Option<HashSet<Vec<u8>>>, Failure> {
        let mut keys = HashSet::new();
        let mut fits = true;
        self.scan(0, |position, key| {
            fits = position < MAX_LOCATED_ROWS;
            if fits {
                keys.insert(key.to_vec());
            }
            fits
        })?;
        Ok(fits.then_some(keys))
    }

    /// The row of an object, if it is one.
    fn row_now(&mut self, object: &Touched) -> Result<Option<Row>, Failure> {
        if !self.is_evaluated_here()? {
            let is_it = Restriction::Property {
                tag: PR_ENTRYID,
                op: RelOp::Eq,
                value: Value::Binary(object.entry.0.clone()),
            };
            let mut query = self.query.clone();
            query.sort.clear();
            query.restriction = Some(match query.restriction.take() {
                None => is_it,
                Some(own) => Restriction::And(vec![own, is_it]),
            });
            match self.source.rows(&query, 0, 1) {
                Err(failure) if failure.code == Code::TOO_COMPLEX => {}
                answer => return Ok(answer?.pop()),
            }
        }
        let mut place = None;
        self.scan(0, |position, key| {
            place = (key == object.key).then_some(position);
            place.is_none()
        })?;
        match place {
            Some(place) => Ok(self.page(place, 1)?.pop()),
            None => Ok(None),
        }
    }

    /// Where rows stand, in table order; `None` when that is too far down.
    fn place(
        &mut self,
        present: Vec<(&Touched, Row, bool)>,
    ) -> Result<Option<Vec<Placed>>, Failure> {
        let mut open = present;
        let mut placed = Vec::with_capacity(open.len());
        if open.is_empty() {
            return Ok(Some(placed));
        }
        let mut prior: Option<Vec<u8>> = None;
        self.scan(0, |position, key| {
            if let Some(at) = open.iter().position(|(object, ..)| object.key == key) {
                let (_, row, was_there) = open.swap_remove(at);
                placed.push(Placed { key: key.to_vec(), row, prior: prior.clone(), was_there });
            }
            prior = Some(key.to_vec());
            !open.is_empty() && position + 1 < MAX_LOCATED_ROWS
        })?;
        Ok(open.is_empty().then_some(placed))
    }
}

struct Placed {
    key: Vec<u8>,
    row: Row,
    prior: Option<Vec<u8>>,
    was_there: bool,
}

/// What a change of an object means for the table of one folder.
fn in_folder(change: &Change, folder: &EntryId) -> Meaning {
    let is_here = change.parent.as_ref() == Some(folder);
    let was_here = change.old_parent.as_ref() == Some(folder);
    match change.kind {
        ChangeKind::Moved if is_here && was_here => Meaning::Other,
        ChangeKind::Moved if is_here => Meaning::Came,
        ChangeKind::Moved if was_here => Meaning::Went,
        ChangeKind::Created if is_here => Meaning::Came,
        ChangeKind::Deleted if is_here => Meaning::Went,
        ChangeKind::Modified if is_here => Meaning::Other,
        _ => Meaning::Nothing,
    }
}

#[cfg(test)]
mod tests;
