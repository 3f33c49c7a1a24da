//! Rows in memory for the tests: a source that answers what it is told to.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::Restriction;
use mapi_abi::spi::Query;
use mapi_abi::tags::{
    PR_ENTRYID, PR_IMPORTANCE, PR_INSTANCE_KEY, PR_MESSAGE_FLAGS, PR_SUBJECT, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};

use crate::source::{RowSource, Scope};
use crate::static_rows::answer;
use crate::table::Table;

/// A property with several values.
pub(crate) const PR_WORDS: PropTag = PropTag(0x8001_101F);

/// A message: number, subject, importance, read.
pub(crate) type Message = (u32, &'static str, i32, bool);

/// What a source answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Able {
    All,
    Nothing,
    Restrict,
}

#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) rows: Arc<Mutex<Vec<Message>>>,
    pub(crate) able: Able,
    pub(crate) revision: Option<Arc<AtomicU64>>,
    pub(crate) questions: Arc<AtomicU32>,
}

pub(crate) fn entry(number: u32) -> EntryId {
    EntryId(number.to_be_bytes().to_vec())
}

pub(crate) fn folder() -> EntryId {
    EntryId(vec![0xF0])
}

impl Sample {
    pub(crate) fn new(rows: &[Message], able: Able) -> Self {
        Self {
            rows: Arc::new(Mutex::new(rows.to_vec())),
            able,
            revision: None,
            questions: Arc::default(),
        }
    }

    pub(crate) fn table(&self) -> Table {
        Table::new(Box::new(self.clone()), vec![PR_ENTRYID, PR_SUBJECT])
    }

    pub(crate) fn set(&self, rows: &[Message]) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = rows.to_vec();
    }

    fn check(&self, query: &Query) -> Result<(), Failure> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        let is_key = |r: &Restriction| matches!(r, Restriction::Property { tag, .. } if *tag == PR_INSTANCE_KEY);
        let can = match self.able {
            Able::All => true,
            Able::Nothing => query.restriction.is_none() && query.sort.is_empty(),
            Able::Restrict => {
                query.sort.is_empty() || query.restriction.as_ref().is_some_and(is_key)
            }
        };
        can.then_some(()).ok_or_else(|| Failure::new(Code::TOO_COMPLEX, "too much for this one"))
    }

    fn all(&self, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rows.iter().map(|row| columns.iter().map(|tag| prop(row, *tag)).collect()).collect())
    }
}

fn prop(row: &Message, tag: PropTag) -> Prop {
    let (number, subject, importance, read) = *row;
    let value = match tag {
        PR_ENTRYID | PR_INSTANCE_KEY => Value::Binary(entry(number).0),
        PR_SUBJECT if !subject.is_empty() => Value::Unicode(subject.to_owned()),
        PR_IMPORTANCE => Value::Long(importance),
        PR_MESSAGE_FLAGS => Value::Long(i32::from(read)),
        PR_WORDS if !subject.is_empty() => {
            Value::MvUnicode(subject.split(' ').map(str::to_owned).collect())
        }
        tag => return Prop::not_found(tag),
    };
    Prop::new(tag, value)
}

impl RowSource for Sample {
    fn count(&self, query: &Query) -> Result<u64, Failure> {
        self.check(query)?;
        Ok(answer(&|columns| self.all(columns), query)?.len() as u64)
    }

    fn rows(&self, query: &Query, start: u64, limit: u32) -> Result<Vec<Row>, Failure> {
        self.check(query)?;
        let rows = answer(&|columns| self.all(columns), query)?;
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        Ok(rows.into_iter().skip(start).take(limit as usize).collect())
    }

    fn revision(&self) -> Result<Option<u64>, Failure> {
        Ok(self.revision.as_ref().map(|number| number.load(Ordering::Relaxed)))
    }

    fn scope(&self) -> Scope {
        Scope::Contents(folder())
    }
}

/// The numbers of rows whose first column is the entry identifier; headings have 0.
pub(crate) fn numbers(rows: &[Row]) -> Vec<u32> {
    let number = |row: &Row| match &row[0].value {
        Value::Binary(bytes) => u32::from_be_bytes(bytes[..4].try_into().unwrap_or_default()),
        _ => 0,
    };
    rows.iter().map(number).collect()
}
