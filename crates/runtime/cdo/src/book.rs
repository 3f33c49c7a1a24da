//! `AddressLists`, `AddressList`, `AddressEntries`, `AddressEntry`.

use std::sync::Arc;

use mapi_abi::codes::Code;
use mapi_abi::spi::{AddressBook, Container, Query, ResourceType};
use mapi_abi::value::EntryId;
use mapi_mail::{Person, entry_to_text};
use mapi_session::Live;
use partywall::automation::Value;

use crate::arguments::Arguments;
use crate::list::{self, List, Position};
use crate::members::{self, Kind};
use crate::session::{Session, entry};
use crate::thing::{Answer, Thing, unknown, value};
use crate::trouble::{Trouble, failed};

fn book_of(live: &Arc<Live>) -> Result<&Arc<dyn AddressBook>, Trouble> {
    live.book().ok_or_else(|| failed(Code::NOT_FOUND, "the address book is gone"))
}

fn query() -> Query {
    Query { columns: Person::COLUMNS.to_vec(), ..Query::default() }
}

/// All containers of all address books.
pub struct AddressLists {
    session: Arc<Session>,
    lists: Vec<Arc<AddressList>>,
    position: Position,
}

impl AddressLists {
    /// Those of a session, as they are now.
    pub fn new(session: &Arc<Session>) -> Result<Self, Trouble> {
        let mut lists = Vec::new();
        for (_, live) in session.mail()?.live(ResourceType::AddressBook)? {
            let book = book_of(&live)?;
            for container in live.call(|| book.containers())? {
                let index = lists.len() + 1;
                let (session, live) = (Arc::clone(session), Arc::clone(&live));
                lists.push(Arc::new(AddressList { session, live, container, index }));
            }
        }
        Ok(Self { session: Arc::clone(session), lists, position: Position::default() })
    }
}

impl List for AddressLists {
    fn position(&self) -> &Position {
        &self.position
    }

    fn count(&self) -> Result<usize, Trouble> {
        Ok(self.lists.len())
    }

    fn item(self: Arc<Self>, at: usize) -> Answer {
        let found = self.lists.get(at).cloned();
        value(found.ok_or_else(|| failed(Code::NOT_FOUND, "there is no such list"))?)
    }

    fn find(&self, name: &str) -> Result<Option<usize>, Trouble> {
        let is_it = |list: &Arc<AddressList>| list.container.name.eq_ignore_ascii_case(name);
        Ok(self.lists.iter().position(is_it))
    }
}

/// A container of an address book.
pub struct AddressList {
    session: Arc<Session>,
    live: Arc<Live>,
    container: Container,
    index: usize,
}

/// The entries of a container.
pub struct AddressEntries {
    list: Arc<AddressList>,
    position: Position,
}

impl List for AddressEntries {
    fn position(&self) -> &Position {
        &self.position
    }

    fn count(&self) -> Result<usize, Trouble> {
        let (book, container) = (book_of(&self.list.live)?, &self.list.container.entry);
        Ok(self.list.live.call(|| book.count(container, &query()))? as usize)
    }

    fn item(self: Arc<Self>, at: usize) -> Answer {
        let (book, container) = (book_of(&self.list.live)?, &self.list.container.entry);
        let rows = self.list.live.call(|| book.rows(container, &query(), at as u64, 1))?;
        let row = rows.first().ok_or_else(|| failed(Code::NOT_FOUND, "the entry is gone"))?;
        value(AddressEntry::new(&self.list.session, Person::from_row(row)))
    }
}

/// A person of an address book, or with an address of their own.
pub struct AddressEntry {
    session: Arc<Session>,
    person: Person,
}

impl AddressEntry {
    /// A person.
    pub fn new(session: &Arc<Session>, person: Person) -> Arc<Self> {
        Arc::new(Self { session: Arc::clone(session), person })
    }

    /// The entry of an identifier.
    pub fn find(session: &Arc<Session>, id: &str) -> Result<Arc<Self>, Trouble> {
        Ok(Self::new(session, Self::person(session, id)?))
    }

    /// The person of an identifier.
    pub fn person(session: &Arc<Session>, id: &str) -> Result<Person, Trouble> {
        let entry = entry(id)?;
        for (_, live) in session.mail()?.live(ResourceType::AddressBook)? {
            let book = book_of(&live)?;
            if let Ok(row) = live.call(|| book.entry_props(&entry, &Person::COLUMNS)) {
                return Ok(Person::from_row(&row));
            }
        }
        Err(failed(Code::NOT_FOUND, "no address book has this entry"))
    }
}

macro_rules! things {
    ($($name:ident, $kind:ident, $session:expr, $parent:expr;)*) => {$(
        impl Thing for $name {
            fn kind(&self) -> Kind {
                Kind::$kind
            }

            fn session(self: Arc<Self>) -> Arc<Session> {
                let session: fn(&Self) -> &Arc<Session> = $session;
                Arc::clone(session(&self))
            }

            fn parent(&self) -> Option<Arc<dyn Thing>> {
                let parent: fn(&Self) -> Arc<dyn Thing> = $parent;
                Some(parent(self))
            }

            fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
                self.own(member, arguments)
            }
        }
    )*};
}

things! {
    AddressLists, ADDRESS_LISTS, |lists| &lists.session, |lists| Arc::clone(&lists.session) as _;
    AddressList, ADDRESS_LIST, |list| &list.session, |list| Arc::clone(&list.session) as _;
    AddressEntries, ADDRESS_ENTRIES, |all| &all.list.session, |all| Arc::clone(&all.list) as _;
    AddressEntry, ADDRESS_ENTRY, |one| &one.session, |one| Arc::clone(&one.session) as _;
}

impl AddressLists {
    fn own(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        list::call(&self, member, arguments)
    }
}

impl AddressEntries {
    fn own(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        list::call(&self, member, arguments)
    }
}

impl AddressList {
    fn own(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::ID => Ok(Value::text(&entry_to_text(&self.container.entry))),
            members::NAME => Ok(Value::text(&self.container.name)),
            members::INDEX => Ok(Value::I4(self.index as i32)),
            members::IS_READ_ONLY => Ok(Value::Bool(!self.container.is_modifiable)),
            members::ADDRESS_ENTRIES => {
                let all = Arc::new(AddressEntries { list: self, position: Position::default() });
                match arguments.get(0) {
                    Some(index) => list::item(&all, index),
                    None => value(all),
                }
            }
            _ => unknown(),
        }
    }
}

impl AddressEntry {
    fn own(self: Arc<Self>, member: i32, _arguments: &Arguments) -> Answer {
        let person = &self.person;
        match member {
            members::ID => Ok(Value::text(&entry_to_text(&EntryId(person.entry.clone())))),
            members::NAME => Ok(Value::text(&person.name)),
            members::ADDRESS => Ok(Value::text(&person.address)),
            members::TYPE => Ok(Value::text(&person.address_type)),
            members::DISPLAY_TYPE => Ok(Value::I4(person.display_type)),
            _ => unknown(),
        }
    }
}
