//! Looking through a folder, one message after the other.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{Match, Restriction, SortKey};
use mapi_abi::spi::{MessageStore, Query};
use mapi_abi::tags::{
    MSGFLAG_READ, PR_ENTRYID, PR_MESSAGE_CLASS, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS,
};
use mapi_abi::value::{EntryId, Row, Value};

/// Rows that are read at once.
const PAGE: u32 = 256;

/// Which messages are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A class, with the classes below it; empty is all mail between people.
    pub class: String,
    /// Only those that were not read.
    pub unread_only: bool,
}

impl Filter {
    fn query(&self) -> Query {
        let content = |text: String, kind| Restriction::Content {
            tag: PR_MESSAGE_CLASS,
            text,
            kind,
            ignore_case: true,
        };
        let restriction = match &*self.class {
            "" => content("IPM".to_owned(), Match::Prefix),
            class => Restriction::Or(vec![
                content(class.to_owned(), Match::Full),
                content(format!("{class}."), Match::Prefix),
            ]),
        };
        Query {
            columns: vec![PR_ENTRYID, PR_MESSAGE_FLAGS],
            restriction: Some(restriction),
            sort: vec![SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: false }],
            associated: false,
        }
    }
}

fn found(row: &Row) -> Option<(EntryId, bool)> {
    match row.as_slice() {
        [entry, flags] => match (&entry.value, &flags.value) {
            (Value::Binary(entry), Value::Long(flags)) => {
                Some((EntryId(entry.clone()), flags & MSGFLAG_READ == 0))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Finds messages in the order in which they arrived. It remembers where it was:
/// a message that is deleted after it was found does not stop the search.
#[derive(Debug, Default)]
pub struct Finder {
    last: Option<(String, EntryId, u64)>,
}

impl Finder {
    /// The first message that is meant, or the next one after `seed`.
    ///
    /// # Errors
    /// `INVALID_ENTRYID` there is no such seed in the folder; the store's.
    pub fn next(
        &mut self,
        store: &dyn MessageStore,
        folder: &EntryId,
        filter: &Filter,
        seed: Option<&EntryId>,
    ) -> Result<Option<EntryId>, Failure> {
        let query = filter.query();
        let mut start = match seed {
            None => 0,
            Some(seed) => self.after(store, folder, filter, seed)?,
        };
        loop {
            let rows = store.rows(folder, &query, start, PAGE)?;
            for (at, row) in (start..).zip(&rows) {
                match found(row) {
                    Some((entry, is_unread)) if is_unread || !filter.unread_only => {
                        self.last = Some((filter.class.clone(), entry.clone(), at));
                        return Ok(Some(entry));
                    }
                    _ => {}
                }
            }
            if rows.len() < PAGE as usize {
                return Ok(None);
            }
            start += rows.len() as u64;
        }
    }

    /// All that are meant, from the first or from behind `seed`, at most `most`.
    ///
    /// # Errors
    /// As [`Finder::next`].
    pub fn list(
        &mut self,
        store: &dyn MessageStore,
        folder: &EntryId,
        filter: &Filter,
        seed: Option<&EntryId>,
        most: usize,
    ) -> Result<Vec<EntryId>, Failure> {
        let query = filter.query();
        let mut list = Vec::new();
        let mut start = match seed {
            None => 0,
            Some(seed) => self.after(store, folder, filter, seed)?,
        };
        loop {
            let rows = store.rows(folder, &query, start, PAGE)?;
            let meant = rows.iter().filter_map(found);
            let meant = meant.filter(|(_, is_unread)| *is_unread || !filter.unread_only);
            list.extend(meant.map(|(entry, _)| entry).take(most - list.len()));
            if rows.len() < PAGE as usize || list.len() >= most {
                return Ok(list);
            }
            start += rows.len() as u64;
        }
    }

    /// The place behind `seed`.
    fn after(
        &self,
        store: &dyn MessageStore,
        folder: &EntryId,
        filter: &Filter,
        seed: &EntryId,
    ) -> Result<u64, Failure> {
        let query = filter.query();
        let is_at = |at| -> Result<bool, Failure> {
            let rows = store.rows(folder, &query, at, 1)?;
            Ok(rows.first().and_then(found).is_some_and(|(entry, _)| entry == *seed))
        };
        let known =
            self.last.as_ref().filter(|(class, entry, _)| *class == filter.class && entry == seed);
        if let Some((_, _, at)) = known
            && is_at(*at)?
        {
            return Ok(at + 1);
        }
        let mut start = 0;
        loop {
            let rows = store.rows(folder, &query, start, PAGE)?;
            let is_it = |row: &Row| found(row).is_some_and(|(entry, _)| entry == *seed);
            if let Some(at) = rows.iter().position(is_it) {
                return Ok(start + at as u64 + 1);
            }
            if rows.len() < PAGE as usize {
                break;
            }
            start += rows.len() as u64;
        }
        match known {
            // It is gone: what followed it has its place.
            Some((_, _, at)) => Ok(*at),
            None => Err(Failure::new(Code::INVALID_ENTRYID, "the seed is no message here")),
        }
    }
}
