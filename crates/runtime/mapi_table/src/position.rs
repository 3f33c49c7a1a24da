//! Moving about in a table, and finding rows.

use std::collections::HashSet;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Restriction, SortOrder};
use mapi_abi::tags::PropTag;

use crate::bookmarks::{Bookmark, Landing};
use crate::categories::Item;
use crate::evaluate::{check, meets, needed, value_of};
use crate::plain::{Ask, collect};
use crate::table::Table;

/// What `SeekRow` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// By how many rows the position moved, counted from the bookmark.
    pub rows: i64,
    /// Whether the bookmark still led to its row.
    pub landing: Landing,
}

/// Where a table stands (`QueryPosition`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The row that is read next, counted from 0.
    pub row: u64,
    /// Its part of all rows.
    pub numerator: u64,
    /// All rows, at least 1.
    pub denominator: u64,
}

impl Table {
    /// The row that is read next, counted from 0.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The position, and how far down that is.
    ///
    /// # Errors
    /// As [`Table::row_count`].
    pub fn query_position(&mut self) -> Result<Position, Failure> {
        let count = self.row_count()?;
        let row = self.position.min(count);
        Ok(Position { row, numerator: row, denominator: count.max(1) })
    }

    /// Moves by `rows` from a bookmark; stops at the ends.
    ///
    /// # Errors
    /// `INVALID_BOOKMARK`; as [`Table::row_count`].
    pub fn seek(&mut self, from: Bookmark, rows: i64) -> Result<Moved, Failure> {
        let (origin, landing) = self.resolve(from)?;
        let count = self.row_count()?;
        let origin = origin.min(count);
        self.position = origin.saturating_add_signed(rows).min(count);
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(Moved { rows: signed(self.position) - signed(origin), landing })
    }

    /// Moves to a part of the table: `numerator` of `denominator`; all of it or more
    /// is behind the last row.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` the denominator is 0; as [`Table::row_count`].
    pub fn seek_approx(&mut self, numerator: u32, denominator: u32) -> Result<(), Failure> {
        if denominator == 0 {
            let says = "a part of a table has a denominator above 0";
            return Err(Failure::new(Code::INVALID_PARAMETER, says));
        }
        let count = self.row_count()?;
        let place = u128::from(count) * u128::from(numerator) / u128::from(denominator);
        self.position = u64::try_from(place).unwrap_or(u64::MAX).min(count);
        Ok(())
    }

    /// Moves to the first row from a bookmark on that meets a condition; backwards,
    /// to the last one before it. Rows under closed headings are not looked at.
    ///
    /// # Errors
    /// `NOT_FOUND` there is none, and the position is as it was; `TOO_COMPLEX`;
    /// `INVALID_BOOKMARK`; as [`Table::row_count`].
    pub fn find_row(
        &mut self,
        condition: &Restriction,
        from: Bookmark,
        backward: bool,
    ) -> Result<Landing, Failure> {
        check(condition)?;
        if matches!(condition, Restriction::Count(..)) {
            let says = "a row is found by a condition without a count";
            return Err(Failure::new(Code::TOO_COMPLEX, says));
        }
        let (origin, landing) = self.resolve(from)?;
        let wanted = self.keys_that_meet(condition)?;
        let mut found = None;
        if !wanted.is_empty() {
            let (first, until) = if backward { (0, origin) } else { (origin, u64::MAX) };
            self.scan(first, |position, key| {
                if position >= until {
                    return false;
                }
                let is_wanted = wanted.contains(key);
                if is_wanted {
                    found = Some(position);
                }
                backward || !is_wanted
            })?;
        }
        self.position =
            found.ok_or_else(|| Failure::new(Code::NOT_FOUND, "no row meets the condition"))?;
        Ok(landing)
    }

    /// The keys of all rows that meet a condition, headings among them.
    fn keys_that_meet(&mut self, condition: &Restriction) -> Result<HashSet<Vec<u8>>, Failure> {
        let restriction = match self.query.restriction.clone() {
            // Which rows a count leaves is a matter of the table, not of a row.
            None | Some(Restriction::Count(..)) => condition.clone(),
            Some(own) => Restriction::And(vec![own, condition.clone()]),
        };
        let ask =
            Ask { restriction: Some(&restriction), order: SortOrder::default(), ..self.ask()? };
        let leaves = collect(&*self.source, &ask)?;
        let mut keys: HashSet<Vec<u8>> = leaves.into_iter().map(|leaf| leaf.key).collect();
        if self.has_headings() {
            let mut columns = Vec::new();
            needed(condition, &mut columns);
            for item in self.items()? {
                let Item::Heading(heading) = item else { continue };
                let row = heading.row(&columns);
                let values = |tag| value_of(&columns, &row, tag);
                // A heading has neither recipients nor attachments.
                let sub = |_, _: &[PropTag]| Ok(Vec::new());
                if meets(&values, condition, &sub)? {
                    keys.insert(heading.key.clone());
                }
            }
        }
        Ok(keys)
    }
}
