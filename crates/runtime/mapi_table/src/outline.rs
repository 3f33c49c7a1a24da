//! Opening and closing headings, and keeping which are open.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::value::Row;

use crate::bookmarks::Bookmark;
use crate::categories::{Heading, Item, Outline};
use crate::collapse_state::{CollapseState, name_of};
use crate::table::{MAX_QUERY_ROWS, Table};

/// What opening a heading showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Expanded {
    /// The first of the rows below it.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: u64,
}

fn no_such_heading() -> Failure {
    Failure::new(Code::NOT_FOUND, "no heading has this instance key: read the table anew")
}

impl Table {
    /// Opens a heading, and answers at most `limit` of the rows below it; with rows
    /// answered the position goes behind them. One that is open stays so.
    ///
    /// # Errors
    /// `NOT_FOUND` no heading has that key; `NOT_ENOUGH_RESOURCES`; as
    /// [`Table::row_count`].
    pub fn expand_row(&mut self, key: &[u8], limit: u32) -> Result<Expanded, Failure> {
        let (place, was_open, _) = self.heading(key)?;
        if !was_open {
            self.toggle(key)?;
        }
        let (_, _, below) = self.heading(key)?;
        let first = place + 1;
        let shown = below.min(u64::from(limit.min(MAX_QUERY_ROWS)));
        let rows = match u32::try_from(shown).unwrap_or(MAX_QUERY_ROWS) {
            0 => Vec::new(),
            limit => self.page(first, limit)?,
        };
        let more = below - rows.len() as u64;
        if limit > 0 {
            self.position = first + rows.len() as u64;
        } else if !was_open && self.position > place {
            self.position += below;
        }
        Ok(Expanded { rows, more })
    }

    /// Closes a heading, and answers how many rows went. A position among them goes
    /// to the row behind the heading. One that is closed stays so.
    ///
    /// # Errors
    /// `NOT_FOUND` no heading has that key; `NOT_ENOUGH_RESOURCES`; as
    /// [`Table::row_count`].
    pub fn collapse_row(&mut self, key: &[u8]) -> Result<u64, Failure> {
        let (place, is_open, below) = self.heading(key)?;
        if !is_open {
            return Ok(0);
        }
        self.toggle(key)?;
        if self.position > place {
            self.position = self.position.saturating_sub(below).max(place + 1);
        }
        Ok(below)
    }

    /// Which headings are open, and a row to come back to, as bytes.
    ///
    /// # Errors
    /// `NO_SUPPORT` the table has no headings; `TOO_BIG`.
    pub fn collapse_state(&self, row: &[u8]) -> Result<Vec<u8>, Failure> {
        self.check_headings()?;
        let toggled = self.outline.toggled.clone();
        CollapseState { order: name_of(&self.order), row: row.to_vec(), toggled }.encode()
    }

    /// Opens and closes headings as they were, and answers a bookmark at the row
    /// that was named, or behind the last row when it is gone or not to be seen.
    ///
    /// # Errors
    /// `NO_SUPPORT` the table has no headings; `VERSION`, `CORRUPT_DATA` no such
    /// bytes; `UNABLE_TO_COMPLETE` they are of another sort order, or there are too
    /// many bookmarks.
    pub fn set_collapse_state(&mut self, bytes: &[u8]) -> Result<Bookmark, Failure> {
        self.check_headings()?;
        let state = CollapseState::decode(bytes)?;
        if state.order != name_of(&self.order) {
            let says = "the state is of another sort order: sort as it was first";
            return Err(Failure::new(Code::UNABLE_TO_COMPLETE, says));
        }
        self.outline = Outline { toggled: state.toggled };
        self.forget_evaluated();
        let place = self.items()?.iter().position(|item| item.key() == state.row);
        match place {
            Some(place) => self.bookmark_at(place as u64),
            None => {
                let count = self.row_count()?;
                self.bookmark_at(count)
            }
        }
    }

    fn check_headings(&self) -> Result<(), Failure> {
        if self.has_headings() {
            return Ok(());
        }
        Err(Failure::new(Code::NO_SUPPORT, "the table has no headings: sort it with some"))
    }

    fn toggle(&mut self, key: &[u8]) -> Result<(), Failure> {
        self.outline.toggle(key)?;
        self.forget_evaluated();
        Ok(())
    }

    /// Where a heading stands, whether it is open, and how many rows are to be seen
    /// below it.
    fn heading(&mut self, key: &[u8]) -> Result<(u64, bool, u64), Failure> {
        if !self.has_headings() {
            return Err(no_such_heading());
        }
        let items = self.items()?;
        let found = items.iter().enumerate().find_map(|(place, item)| match item {
            Item::Heading(heading) if heading.key == key => Some((place, heading)),
            _ => None,
        });
        let (place, heading): (usize, &Heading) = found.ok_or_else(no_such_heading)?;
        let is_below = |item: &&Item| match item {
            Item::Heading(other) => other.depth > heading.depth,
            Item::Leaf(_) => true,
        };
        let below = items.iter().skip(place + 1).take_while(is_below).count();
        Ok((place as u64, heading.is_open, below as u64))
    }
}
