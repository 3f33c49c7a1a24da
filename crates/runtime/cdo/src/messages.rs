//! `Messages` and `MessageFilter`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapi_abi::codes::Code;
use mapi_abi::restriction::{Match, RelOp, Restriction, SortKey};
use mapi_abi::spi::Query;
use mapi_abi::tags::{
    MSGFLAG_READ, PR_BODY, PR_ENTRYID, PR_IMPORTANCE, PR_MESSAGE_CLASS, PR_MESSAGE_DELIVERY_TIME,
    PR_MESSAGE_FLAGS, PR_SENDER_NAME, PR_SUBJECT, PropTag,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Value as Mapi};
use partywall::automation::Value;

use crate::arguments::{Arguments, text_of, truth_of};
use crate::convert::{date, time};
use crate::folder::Folder;
use crate::list::{self, List, Position};
use crate::members::{self, Kind};
use crate::message::Message;
use crate::session::Session;
use crate::thing::{Answer, Thing, unknown, value};
use crate::trouble::{Trouble, failed};

/// What messages must meet.
#[derive(Clone, Debug, Default)]
struct Conditions {
    texts: Vec<(i32, String)>,
    unread: Option<bool>,
    first: Option<FileTime>,
    last: Option<FileTime>,
    not: bool,
    or: bool,
}

/// The property that a filter's text is looked for in.
fn text_tag(member: i32) -> Option<PropTag> {
    Some(match member {
        members::SUBJECT => PR_SUBJECT,
        members::TEXT => PR_BODY,
        members::TYPE => PR_MESSAGE_CLASS,
        members::SENDER => PR_SENDER_NAME,
        _ => return None,
    })
}

impl Conditions {
    fn restriction(&self) -> Option<Restriction> {
        let mut all: Vec<Restriction> = Vec::new();
        for (member, text) in &self.texts {
            let tag = text_tag(*member)?;
            let kind = if tag == PR_MESSAGE_CLASS { Match::Full } else { Match::Substring };
            all.push(Restriction::Content { tag, text: text.clone(), kind, ignore_case: true });
        }
        all.extend(self.unread.map(|unread| Restriction::BitMask {
            tag: PR_MESSAGE_FLAGS,
            mask: MSGFLAG_READ as u32,
            non_zero: !unread,
        }));
        for (op, moment) in [(RelOp::Ge, self.first), (RelOp::Le, self.last)] {
            let tag = PR_MESSAGE_DELIVERY_TIME;
            let met = |moment| Restriction::Property { tag, op, value: Mapi::SysTime(moment) };
            all.extend(moment.map(met));
        }
        if all.is_empty() {
            return None;
        }
        let joined = if self.or { Restriction::Or(all) } else { Restriction::And(all) };
        Some(if self.not { Restriction::Not(Box::new(joined)) } else { joined })
    }
}

#[derive(Debug, Default)]
struct View {
    conditions: Conditions,
    sort: Option<SortKey>,
}

/// The messages of a folder.
pub struct Messages {
    folder: Arc<Folder>,
    view: Arc<Mutex<View>>,
    position: Position,
}

fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Messages {
    /// Those of a folder.
    pub fn new(folder: &Arc<Folder>) -> Self {
        Self { folder: Arc::clone(folder), view: Arc::default(), position: Position::default() }
    }

    fn query(&self) -> Query {
        let view = lock(&self.view);
        Query {
            columns: vec![PR_ENTRYID],
            restriction: view.conditions.restriction(),
            sort: view.sort.into_iter().collect(),
            associated: false,
        }
    }

    fn sort(&self, order: i32, tag: i32) -> Answer {
        // None 0, ascending 1, descending 2.
        lock(&self.view).sort = match order {
            0 => None,
            _ => Some(SortKey { tag: PropTag(tag as u32), descending: order == 2 }),
        };
        self.position.set(0);
        Ok(Value::Empty)
    }

    fn add(&self, arguments: &Arguments) -> Answer {
        let folder = &self.folder;
        let made = Message::new(&folder.session, folder.store.clone(), folder.entry.clone());
        made.change(|draft| {
            draft.letter.subject = arguments.text(0)?;
            draft.letter.body = arguments.text(1)?;
            draft.letter.class = arguments.text(2)?;
            if arguments.get(3).is_some() {
                let importance = Mapi::Long(arguments.number(3, 1)?);
                draft.set(Prop::new(PR_IMPORTANCE, importance));
            }
            Ok(())
        })?;
        value(made)
    }
}

impl List for Messages {
    fn position(&self) -> &Position {
        &self.position
    }

    fn count(&self) -> Result<usize, Trouble> {
        Ok(self.folder.store.get()?.count(&self.folder.entry, &self.query())? as usize)
    }

    fn item(self: Arc<Self>, at: usize) -> Answer {
        let rows = self.folder.store.get()?;
        let rows = rows.rows(&self.folder.entry, &self.query(), at as u64, 1)?;
        match rows.into_iter().flatten().next().map(|prop| prop.value) {
            Some(Mapi::Binary(entry)) => {
                let Folder { session, store, entry: folder } = &*self.folder;
                value(Message::open(session, store.clone(), folder.clone(), EntryId(entry))?)
            }
            _ => Err(failed(Code::NOT_FOUND, "the message is gone")),
        }
    }
}

impl Thing for Messages {
    fn kind(&self) -> Kind {
        Kind::MESSAGES
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.folder.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::clone(&self.folder) as _)
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::ADD => self.add(arguments),
            members::SORT => {
                let tag = arguments.number(1, PR_MESSAGE_DELIVERY_TIME.0 as i32)?;
                self.sort(arguments.number(0, 1)?, tag)
            }
            members::FILTER => value(Arc::new(MessageFilter { messages: self })),
            members::DELETE => {
                let (store, query) = (self.folder.store.get()?, self.query());
                let rows = store.rows(&self.folder.entry, &query, 0, u32::MAX)?;
                let entries = rows.into_iter().flatten().filter_map(|prop| match prop.value {
                    Mapi::Binary(entry) => Some(EntryId(entry)),
                    _ => None,
                });
                store.delete_messages(&entries.collect::<Vec<_>>())?;
                Ok(Value::Empty)
            }
            _ => list::call(&self, member, arguments),
        }
    }
}

/// Which messages a collection shows.
pub struct MessageFilter {
    messages: Arc<Messages>,
}

impl Thing for MessageFilter {
    fn kind(&self) -> Kind {
        Kind::FILTER
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.messages.folder.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::clone(&self.messages) as _)
    }

    fn call(self: Arc<Self>, member: i32, _arguments: &Arguments) -> Answer {
        let conditions = lock(&self.messages.view).conditions.clone();
        let moment = |moment: Option<FileTime>| Ok(moment.map_or(Value::Empty, date));
        match member {
            members::UNREAD => Ok(conditions.unread.map_or(Value::Empty, Value::Bool)),
            members::NOT => Ok(Value::Bool(conditions.not)),
            members::OR => Ok(Value::Bool(conditions.or)),
            members::TIME_FIRST => moment(conditions.first),
            members::TIME_LAST => moment(conditions.last),
            member if text_tag(member).is_some() => {
                let known = conditions.texts.iter().find(|(known, _)| *known == member);
                Ok(known.map_or(Value::Empty, |(_, text)| Value::text(text)))
            }
            _ => unknown(),
        }
    }

    fn put(&self, member: i32, new: &Value) -> Result<(), Trouble> {
        let mut view = lock(&self.messages.view);
        let conditions = &mut view.conditions;
        match member {
            members::UNREAD => conditions.unread = Some(truth_of(new)?),
            members::NOT => conditions.not = truth_of(new)?,
            members::OR => conditions.or = truth_of(new)?,
            members::TIME_FIRST => conditions.first = Some(time(new)?),
            members::TIME_LAST => conditions.last = Some(time(new)?),
            member if text_tag(member).is_some() => {
                let text = text_of(new)?;
                conditions.texts.retain(|(known, _)| *known != member);
                conditions.texts.push((member, text));
            }
            _ => return unknown().map(drop),
        }
        self.messages.position.set(0);
        Ok(())
    }
}
