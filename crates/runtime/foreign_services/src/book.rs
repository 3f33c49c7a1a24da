//! A provider's address book as the engine sees it: each method is work for the
//! provider's thread, with arguments of its own.
//!
//! Names are looked up in the contents of the containers, by `PR_ANR` where the
//! provider restricts by it and by all rows where it does not; which of them is
//! meant is decided here, so that it is the same for all providers.

use com_abi::{GUID, IUnknown, Interface};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IABContainer, IABLogon, IABProvider, IDistList, IMAPIProp, IMAPITable};
use mapi_abi::restriction::{RelOp, Restriction};
use mapi_abi::spi::{AddressBook, Container, PropChange, Query, Resolution};
use mapi_abi::structs::{
    AB_MODIFIABLE, CONVENIENT_DEPTH, KEEP_OPEN_READWRITE, MAPI_MODIFY, MAPI_UNICODE,
};
use mapi_abi::tags::{
    MAPI_ABCONT, MAPI_DISTLIST, PR_CONTAINER_FLAGS, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_PARENT_ENTRYID, PropTag,
};
use mapi_abi::value::{EntryId, Row, Value};

use crate::objects::{answered, check};
use crate::props::{change, props_of, tags_of};
use crate::reading::bytes_of;
use crate::table;
use crate::worker::Worker;

/// What a name means to an address book, as a condition.
const PR_ANR: PropTag = PropTag(0x360C_001F);
/// The template that new mail users of a container are made with.
const PR_DEF_CREATE_MAILUSER: PropTag = PropTag(0x3612_0102);
/// Most entries of a container that a name is looked up among.
const MAX_LOOKED_AT: u64 = 1 << 16;
/// Most entries that a name may mean.
const MAX_MEANT: usize = 256;

/// What a logon opened; it never leaves its thread.
pub struct OpenedBook {
    /// The address book's side of the session.
    pub logon: IABLogon,
    /// What the library offers.
    pub provider: IABProvider,
}

/// The last acts of a provider's thread.
pub fn log_off(opened: OpenedBook) {
    let OpenedBook { logon, provider } = opened;
    // SAFETY: a writable place. What is answered does not matter any more.
    unsafe {
        let _ = logon.Logoff(0);
        drop(logon);
        let mut flags = 0;
        let _ = provider.Shutdown(&mut flags);
    }
}

impl OpenedBook {
    /// Opens an entry or, without an identifier, the root; answers what it is, too.
    fn open<I: Interface>(&self, entry: &EntryId, flags: u32) -> Result<(I, u32), Failure> {
        let mut kind = 0u32;
        // SAFETY: the identifier's bytes, no interface in particular, writable
        // places; every interface is an `IUnknown`.
        let object: IUnknown = unsafe {
            answered(&self.logon, "OpenEntry", |place| {
                let null = core::ptr::null::<GUID>();
                let bytes = if entry.0.is_empty() { null.cast() } else { entry.0.as_ptr() };
                let size = entry.0.len() as u32;
                self.logon.OpenEntry(size, bytes, null, flags, &mut kind, place)
            })
        }?;
        let object = object.cast::<I>().map_err(|_| {
            Failure::new(Code::INVALID_ENTRYID, "the identifier names an object of another kind")
        })?;
        Ok((object, kind))
    }

    fn container(&self, entry: &EntryId, flags: u32) -> Result<IABContainer, Failure> {
        let (container, kind) = self.open(entry, flags)?;
        if kind == MAPI_ABCONT as u32 {
            return Ok(container);
        }
        Err(Failure::new(Code::NOT_FOUND, "the identifier names no container"))
    }

    fn containers(&self) -> Result<Vec<Container>, Failure> {
        let root = self.container(&EntryId(Vec::new()), 0)?;
        let below = |flags: u32| -> Result<IMAPITable, Failure> {
            // SAFETY: a writable place; the answer is a table.
            unsafe {
                answered(&**root, "GetHierarchyTable", |place| root.GetHierarchyTable(flags, place))
            }
        };
        let table = match below(MAPI_UNICODE | CONVENIENT_DEPTH) {
            Err(failure) if matches!(failure.code, Code::NO_SUPPORT | Code::UNKNOWN_FLAGS) => {
                below(MAPI_UNICODE)
            }
            other => other,
        }?;
        let columns = [PR_ENTRYID, PR_DISPLAY_NAME, PR_CONTAINER_FLAGS];
        let rows = table::all(&table, &columns)?;
        let one = |row: &Row| {
            let entry = EntryId(bytes_of(row, PR_ENTRYID)?.to_vec());
            let name = match row.get(1).map(|prop| &prop.value) {
                Some(Value::Unicode(name)) => name.clone(),
                _ => String::new(),
            };
            let flags = match row.get(2).map(|prop| &prop.value) {
                Some(Value::Long(flags)) => *flags as u32,
                _ => 0,
            };
            Some(Container { entry, name, is_modifiable: flags & AB_MODIFIABLE != 0 })
        };
        Ok(rows.iter().filter_map(one).collect())
    }

    fn contents(&self, container: &EntryId, query: &Query) -> Result<IMAPITable, Failure> {
        let container = self.container(container, 0)?;
        // SAFETY: a writable place; the answer is a table.
        let table: IMAPITable = unsafe {
            answered(&**container, "GetContentsTable", |place| {
                container.GetContentsTable(MAPI_UNICODE, place)
            })
        }?;
        table::narrow(&table, query)?;
        Ok(table)
    }

    fn members(&self, entry: &EntryId) -> Result<Vec<EntryId>, Failure> {
        let (list, kind) = self.open::<IDistList>(entry, 0)?;
        if kind != MAPI_DISTLIST as u32 {
            return Err(Failure::new(Code::INVALID_ENTRYID, "the entry is no distribution list"));
        }
        // SAFETY: a writable place; the answer is a table.
        let table: IMAPITable = unsafe {
            answered(&**list, "GetContentsTable", |place| {
                list.GetContentsTable(MAPI_UNICODE, place)
            })
        }?;
        let rows = table::all(&table, &[PR_ENTRYID])?;
        let entry = |row: &Row| Some(EntryId(bytes_of(row, PR_ENTRYID)?.to_vec()));
        Ok(rows.iter().filter_map(entry).collect())
    }

    fn save(
        &self,
        container: &EntryId,
        entry: Option<&EntryId>,
        props: Row,
    ) -> Result<EntryId, Failure> {
        let object: IMAPIProp = match entry {
            Some(entry) => self.open(entry, MAPI_MODIFY)?.0,
            None => self.create(container)?,
        };
        change(&object, &PropChange { set: props, delete: Vec::new() })?;
        // SAFETY: no pointers.
        check(&object, "SaveChanges", unsafe { object.SaveChanges(KEEP_OPEN_READWRITE) })?;
        let row = props_of(&object, &[PR_ENTRYID])?;
        let entry = bytes_of(&row, PR_ENTRYID).map(|bytes| EntryId(bytes.to_vec()));
        entry.ok_or_else(|| Failure::new(Code::CALL_FAILED, "the provider gives it no identifier"))
    }

    fn create(&self, container: &EntryId) -> Result<IMAPIProp, Failure> {
        let container = self.container(container, MAPI_MODIFY)?;
        let row = props_of(&container, &[PR_DEF_CREATE_MAILUSER])?;
        let template = bytes_of(&row, PR_DEF_CREATE_MAILUSER).ok_or_else(|| {
            Failure::new(Code::NO_ACCESS, "the container has no template for new entries")
        })?;
        let (size, bytes) = (template.len() as u32, template.as_ptr());
        // SAFETY: the identifier's bytes and a writable place; the answer has
        // properties.
        unsafe {
            answered(&**container, "CreateEntry", |place| {
                container.CreateEntry(size, bytes, 0, place)
            })
        }
    }

    fn delete(&self, entries: &[EntryId]) -> Result<(), Failure> {
        for entry in entries {
            let (object, _) = self.open::<IMAPIProp>(entry, 0)?;
            let row = props_of(&object, &[PR_PARENT_ENTRYID])?;
            let parent = bytes_of(&row, PR_PARENT_ENTRYID).ok_or_else(|| {
                Failure::new(Code::NO_ACCESS, "the provider names no container of the entry")
            })?;
            let container = self.container(&EntryId(parent.to_vec()), MAPI_MODIFY)?;
            let mut arguments = Arguments::new();
            let list = arguments.entry_list(std::slice::from_ref(entry));
            // SAFETY: a valid list, which lives as long as `arguments`.
            let code = unsafe { container.DeleteEntries(list, 0) };
            check(&**container, "DeleteEntries", code)?;
        }
        Ok(())
    }

    fn resolve(&self, name: &str, columns: &[PropTag]) -> Result<Resolution, Failure> {
        let asked: Vec<PropTag> =
            [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS].iter().chain(columns).copied().collect();
        let (mut exact, mut meant) = (Vec::new(), Vec::new());
        for container in self.containers()? {
            for mut row in self.like(&container.entry, name, &asked)? {
                let likeness = likeness(&row[..2], name);
                row.drain(..2);
                match likeness {
                    Some(true) => exact.push(row),
                    Some(false) => meant.push(row),
                    None => {}
                }
            }
        }
        let mut found = if exact.is_empty() { meant } else { exact };
        found.dedup();
        found.truncate(MAX_MEANT);
        Ok(match found.len() {
            0 => Resolution::Unresolved,
            1 => Resolution::Resolved(found.swap_remove(0)),
            _ => Resolution::Ambiguous(found),
        })
    }

    /// The rows of a container among which a name may be.
    fn like(
        &self,
        container: &EntryId,
        name: &str,
        columns: &[PropTag],
    ) -> Result<Vec<Row>, Failure> {
        let value = Value::Unicode(name.to_owned());
        let condition = Restriction::Property { tag: PR_ANR, op: RelOp::Eq, value };
        let narrowed = Query { restriction: Some(condition), ..Query::default() };
        let table = match self.contents(container, &narrowed) {
            Err(failure) if failure.code == Code::TOO_COMPLEX => {
                self.contents(container, &Query::default())
            }
            other => other,
        }?;
        table::rows(&table, columns, 0, MAX_LOOKED_AT)
    }
}

/// Whether a name is one of the texts, or the beginning of a word of one.
fn likeness(texts: &[mapi_abi::value::Prop], name: &str) -> Option<bool> {
    let wanted = name.trim().to_lowercase();
    if wanted.is_empty() {
        return None;
    }
    let folded = texts.iter().filter_map(|prop| match &prop.value {
        Value::Unicode(text) => Some(text.to_lowercase()),
        _ => None,
    });
    let is_like = |text: &String| {
        let mut words = text.char_indices().filter(|(at, c)| {
            let before = text.get(..*at).and_then(|text| text.chars().next_back());
            c.is_alphanumeric() && before.is_none_or(|before| !before.is_alphanumeric())
        });
        words.any(|(at, _)| text.get(at..).is_some_and(|rest| rest.starts_with(&wanted)))
    };
    let mut like = None;
    for text in folded {
        if text == wanted {
            return Some(true);
        }
        if is_like(&text) {
            like = Some(false);
        }
    }
    like
}

/// See the module.
pub struct ForeignBook(Worker<OpenedBook>);

impl ForeignBook {
    /// The address book of a worker.
    pub fn new(worker: Worker<OpenedBook>) -> Self {
        Self(worker)
    }
}

impl AddressBook for ForeignBook {
    fn containers(&self) -> Result<Vec<Container>, Failure> {
        self.0.call("a provider's containers", |opened| opened.containers())
    }

    fn count(&self, container: &EntryId, query: &Query) -> Result<u64, Failure> {
        let (container, query) = (container.clone(), query.clone());
        self.0.call("a provider to count", move |opened| {
            let unsorted = Query { sort: Vec::new(), ..query };
            table::count(&opened.contents(&container, &unsorted)?)
        })
    }

    fn rows(
        &self,
        container: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        let (container, query) = (container.clone(), query.clone());
        self.0.call("a provider's entries", move |opened| {
            let table = opened.contents(&container, &query)?;
            table::rows(&table, &query.columns, start, u64::from(limit))
        })
    }

    fn entry_props(&self, entry: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let (entry, tags) = (entry.clone(), tags.to_vec());
        self.0.call("a provider's entry", move |opened| {
            props_of(&opened.open::<IMAPIProp>(&entry, 0)?.0, &tags)
        })
    }

    fn entry_tags(&self, entry: &EntryId) -> Result<Vec<PropTag>, Failure> {
        let entry = entry.clone();
        self.0.call("a provider's entry", move |opened| {
            tags_of(&opened.open::<IMAPIProp>(&entry, 0)?.0)
        })
    }

    fn members(&self, entry: &EntryId) -> Result<Vec<EntryId>, Failure> {
        let entry = entry.clone();
        self.0.call("a provider's list", move |opened| opened.members(&entry))
    }

    fn save_entry(
        &self,
        container: &EntryId,
        entry: Option<&EntryId>,
        props: &Row,
    ) -> Result<EntryId, Failure> {
        let (container, entry, props) = (container.clone(), entry.cloned(), props.clone());
        self.0.call("a provider to save an entry", move |opened| {
            opened.save(&container, entry.as_ref(), props)
        })
    }

    fn delete_entries(&self, entries: &[EntryId]) -> Result<(), Failure> {
        let entries = entries.to_vec();
        self.0.call("a provider to delete entries", move |opened| opened.delete(&entries))
    }

    fn resolve(&self, name: &str, columns: &[PropTag]) -> Result<Resolution, Failure> {
        let (name, columns) = (name.to_owned(), columns.to_vec());
        self.0.call("a provider to look up a name", move |opened| opened.resolve(&name, &columns))
    }
}

#[cfg(test)]
mod tests {
    use mapi_abi::value::Prop;

    use super::*;

    #[test]
    fn a_name_is_meant_as_a_whole_or_from_the_beginning_of_a_word() {
        let texts = [
            Prop::text(PR_DISPLAY_NAME, "Ada Lovelace"),
            Prop::text(PR_EMAIL_ADDRESS, "ada@house.example"),
        ];
        for (name, wanted) in [
            ("ada lovelace", Some(true)),
            ("ADA@house.example", Some(true)),
            ("love", Some(false)),
            ("house", Some(false)),
            ("ovelace", None),
            (" ", None),
        ] {
            assert_eq!(likeness(&texts, name), wanted, "{name}");
        }
    }
}
