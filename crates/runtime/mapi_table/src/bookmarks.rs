//! Bookmarks: positions that stay with their row.
//!
//! A bookmark keeps the keys of its row and of a few after it. When another row
//! stands at its position, the row is looked for; when it is gone, the first of
//! those after it that is still there takes its place.

use std::collections::BTreeMap;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Query;
use mapi_abi::tags::{PR_ENTRYID, PR_INSTANCE_KEY};

use crate::categories::Item;
use crate::plain::key_of;
use crate::table::Table;

/// Most bookmarks of a table.
pub const MAX_BOOKMARKS: usize = 256;
/// How many rows after its own a bookmark keeps.
const NEIGHBOURS: u32 = 16;
/// The first number of a bookmark that is made.
const FIRST_NUMBER: u32 = 3;
/// Keys that are read at once, at first and at most.
const SCAN_ROWS: (u32, u32) = (256, 65_536);

/// A position that stays in a table (`BOOKMARK_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bookmark {
    /// Before the first row.
    Beginning,
    /// The row that is read next.
    Current,
    /// Behind the last row.
    End,
    /// One that was made, by its number.
    Made(u32),
}

/// Whether a bookmark still led to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landing {
    /// It did.
    Exact,
    /// Its row is gone; the next one took its place (`POSITION_CHANGED`).
    PositionChanged,
}

impl Landing {
    /// As a result code.
    pub const fn code(self) -> Code {
        match self {
            Self::Exact => Code::OK,
            Self::PositionChanged => Code::POSITION_CHANGED,
        }
    }
}

#[derive(Clone, Debug)]
struct Kept {
    position: u64,
    /// The key of its row, then those after it; none behind the last row.
    keys: Vec<Vec<u8>>,
}

/// The bookmarks of a table.
#[derive(Debug)]
pub(crate) struct Bookmarks {
    kept: BTreeMap<u32, Kept>,
    next: u32,
}

impl Default for Bookmarks {
    fn default() -> Self {
        Self { kept: BTreeMap::new(), next: FIRST_NUMBER }
    }
}

impl Bookmarks {
    /// Forgets all of them; their numbers are not used again.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }
}

fn no_such_bookmark() -> Failure {
    Failure::new(Code::INVALID_BOOKMARK, "there is no such bookmark: sorting forgets them")
}

impl Table {
    /// Makes a bookmark at the position.
    ///
    /// # Errors
    /// `UNABLE_TO_COMPLETE` there are [`MAX_BOOKMARKS`] already; the source's.
    pub fn create_bookmark(&mut self) -> Result<Bookmark, Failure> {
        let position = self.position;
        self.bookmark_at(position)
    }

    pub(crate) fn bookmark_at(&mut self, position: u64) -> Result<Bookmark, Failure> {
        let number = self.bookmarks.next;
        if self.bookmarks.kept.len() >= MAX_BOOKMARKS || number == u32::MAX {
            let says = format!("a table has at most {MAX_BOOKMARKS} bookmarks: free some");
            return Err(Failure::new(Code::UNABLE_TO_COMPLETE, says));
        }
        let keys = self.keys(position, NEIGHBOURS + 1)?;
        self.bookmarks.kept.insert(number, Kept { position, keys });
        self.bookmarks.next += 1;
        Ok(Bookmark::Made(number))
    }

    /// Forgets a bookmark. Those that every table has stay.
    ///
    /// # Errors
    /// `INVALID_BOOKMARK` there is no such one.
    pub fn free_bookmark(&mut self, bookmark: Bookmark) -> Result<(), Failure> {
        let Bookmark::Made(number) = bookmark else { return Ok(()) };
        self.bookmarks.kept.remove(&number).map(|_| ()).ok_or_else(no_such_bookmark)
    }

    /// The position that a bookmark means now.
    pub(crate) fn resolve(&mut self, bookmark: Bookmark) -> Result<(u64, Landing), Failure> {
        let number = match bookmark {
            Bookmark::Beginning => return Ok((0, Landing::Exact)),
            Bookmark::Current => return Ok((self.position, Landing::Exact)),
            Bookmark::End => return Ok((self.row_count()?, Landing::Exact)),
            Bookmark::Made(number) => number,
        };
        let kept = self.bookmarks.kept.get(&number).ok_or_else(no_such_bookmark)?.clone();
        let (position, landing) = self.find_kept(&kept)?;
        let keys = match landing {
            Landing::Exact => kept.keys,
            // From now on it is the other row's.
            Landing::PositionChanged => self.keys(position, NEIGHBOURS + 1)?,
        };
        self.bookmarks.kept.insert(number, Kept { position, keys });
        Ok((position, landing))
    }

    fn find_kept(&mut self, kept: &Kept) -> Result<(u64, Landing), Failure> {
        let Some(own) = kept.keys.first() else {
            return Ok((self.row_count()?, Landing::Exact));
        };
        if self.keys(kept.position, 1)?.first() == Some(own) {
            return Ok((kept.position, Landing::Exact));
        }
        let mut found: Vec<Option<u64>> = vec![None; kept.keys.len()];
        self.scan(0, |position, key| {
            if let Some(place) = kept.keys.iter().position(|kept| kept == key) {
                found[place] = Some(position);
            }
            found[0].is_none()
        })?;
        if let Some(position) = found[0] {
            return Ok((position, Landing::Exact));
        }
        let count = self.row_count()?;
        let next = found.into_iter().flatten().next();
        Ok((next.unwrap_or_else(|| kept.position.min(count)), Landing::PositionChanged))
    }

    /// The keys of at most `limit` rows from row `start` on.
    pub(crate) fn keys(&mut self, start: u64, limit: u32) -> Result<Vec<Vec<u8>>, Failure> {
        if self.is_evaluated_here()? {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            let items = self.items()?.iter().skip(start).take(limit as usize);
            return Ok(items.map(|item| Item::key(item).to_vec()).collect());
        }
        let query = Query { columns: vec![PR_INSTANCE_KEY, PR_ENTRYID], ..self.query.clone() };
        let rows = self.source.rows(&query, start, limit)?;
        let key = |row| key_of(&query.columns, row).map(|(key, _)| key).unwrap_or_default();
        Ok(rows.iter().map(key).collect())
    }

    /// Shows the key of each row from row `start` on until `wants` has enough.
    pub(crate) fn scan(
        &mut self,
        start: u64,
        mut wants: impl FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), Failure> {
        let (mut at, mut limit) = (start, SCAN_ROWS.0);
        if self.is_evaluated_here()? {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            for item in self.items()?.iter().skip(start) {
                if !wants(at, item.key()) {
                    break;
                }
                at += 1;
            }
            return Ok(());
        }
        loop {
            let keys = self.keys(at, limit)?;
            for key in &keys {
                if !wants(at, key) {
                    return Ok(());
                }
                at += 1;
            }
            if keys.len() < limit as usize {
                return Ok(());
            }
            limit = limit.saturating_mul(16).min(SCAN_ROWS.1);
        }
    }
}
