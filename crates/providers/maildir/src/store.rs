//! A Maildir behind the interface of stores.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::SortKey;
use mapi_abi::spi::{
    ChangeFeed, FolderDeletion, FolderKind, MessageChange, MessageCopy, MessageStore, Name,
    NewFolder, PropChange, Query, SearchCriteria, SearchState, SpecialFolder, StoreChange,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, Prop, Row, Value};
use message_props::Parts;
use mime::maildir::Flags;

use crate::disk::{failed, synchronise};
use crate::entry::{self, ROOT, Uid, folder_name};
use crate::feed::Feed;
use crate::index::{Index, Indexed};
use crate::message::{self, HEAVY, pick};
use crate::messages::attachment_rows;
use crate::places::{self, Place};
use crate::writer;

/// An open Maildir.
pub struct Maildir {
    pub(crate) path: PathBuf,
    pub(crate) uid: Uid,
    pub(crate) writable: bool,
    pub(crate) index: Index,
}

fn no_support(says: &str) -> Failure {
    Failure::new(Code::NO_SUPPORT, format!("a Maildir has no {says}"))
}

/// The value that rows are sorted by, text folded.
fn order(left: Option<&Value>, right: Option<&Value>) -> Ordering {
    let fold = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    match (left, right) {
        (Some(Value::Unicode(left)), Some(Value::Unicode(right))) => fold(left).cmp(&fold(right)),
        (Some(Value::SysTime(left)), Some(Value::SysTime(right))) => left.cmp(right),
        (Some(Value::Long(left)), Some(Value::Long(right))) => left.cmp(right),
        (Some(Value::Boolean(left)), Some(Value::Boolean(right))) => left.cmp(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

fn is_sortable(key: &SortKey) -> bool {
    let simple = [types::PT_UNICODE, types::PT_SYSTIME, types::PT_LONG, types::PT_BOOLEAN];
    simple.contains(&key.tag.prop_type()) && !HEAVY.contains(&key.tag)
}

impl Maildir {
    /// Opens the Maildir at `path`.
    ///
    /// # Errors
    /// `NOT_FOUND` there is none; `CORRUPT_DATA` it is damaged; `NO_ACCESS`; disk
    /// errors.
    pub fn open(path: &Path, writable: bool) -> Result<Self, Failure> {
        let path = fs::canonicalize(path).map_err(|error| failed("opening", path, &error))?;
        let parts = ["cur", "new"].map(|part| path.join(part));
        if parts.iter().all(|part| !part.exists()) {
            let says = format!("{} is no Maildir: it has neither cur nor new", path.display());
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        for part in parts.iter().chain([&path.join("tmp")]) {
            if part.exists() && !part.is_dir() {
                let says = format!("{} is no folder: repair the Maildir", part.display());
                return Err(Failure::new(Code::CORRUPT_DATA, says));
            }
            if !part.exists() && writable {
                fs::create_dir(part).map_err(|error| failed("making", part, &error))?;
            }
        }
        for part in &parts {
            fs::read_dir(part).map_err(|error| failed("listing", part, &error))?;
        }
        Ok(Self { uid: entry::uid_of(&path), path, writable, index: Index::default() })
    }

    pub(crate) fn check_writable(&self) -> Result<(), Failure> {
        let says = "the Maildir was opened for reading only";
        if self.writable { Ok(()) } else { Err(Failure::new(Code::NO_ACCESS, says)) }
    }

    /// The name on disk of a folder that exists.
    pub(crate) fn folder<'a>(&self, entry: &'a EntryId) -> Result<(&'a str, PathBuf), Failure> {
        let name = folder_name(&self.uid, entry)?;
        let path = places::path(&self.path, name);
        if !path.join("cur").is_dir() {
            let says = "the folder does not exist any more";
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        Ok((name, path))
    }

    /// A folder that holds messages.
    pub(crate) fn target<'a>(&self, entry: &'a EntryId) -> Result<(&'a str, PathBuf), Failure> {
        let found = self.folder(entry)?;
        if found.0 == ROOT {
            let says = "the root of the folders holds no messages: choose a folder below it";
            return Err(Failure::new(Code::NO_SUPPORT, says));
        }
        Ok(found)
    }

    fn check_query(query: &Query) -> Result<(), Failure> {
        let is_simple = query.restriction.is_none() && query.sort.iter().all(is_sortable);
        let says = "a Maildir sorts by what headers say and restricts nothing itself";
        if is_simple { Ok(()) } else { Err(Failure::new(Code::TOO_COMPLEX, says)) }
    }
}

impl MessageStore for Maildir {
    fn record_key(&self) -> [u8; 16] {
        self.uid
    }

    fn support_mask(&self) -> u32 {
        use support::*;
        let write = STORE_MODIFY_OK | STORE_CREATE_OK;
        let rights = if self.writable { write } else { STORE_READONLY };
        rights | STORE_ENTRYID_UNIQUE | STORE_ATTACH_OK | STORE_NOTIFY_OK | STORE_UNICODE_OK
    }

    fn root(&self) -> EntryId {
        entry::folder(&self.uid, ROOT)
    }

    fn special_folder(&self, which: SpecialFolder) -> Option<EntryId> {
        let name = places::special(which)?;
        if !places::path(&self.path, name).join("cur").is_dir() {
            let made = self.check_writable().and_then(|()| places::make(&self.path, name));
            // Somebody else may have made it just now.
            if made.is_err() && !places::path(&self.path, name).join("cur").is_dir() {
                return None;
            }
        }
        Some(entry::folder(&self.uid, name))
    }

    fn hierarchy(&self, parent: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let (name, _) = self.folder(parent)?;
        let all = places::all(&self.path)?;
        let below = places::below(&all, name);
        let row = |place: &Place| Ok(pick(&self.folder_values(place, &all)?, columns));
        below.iter().map(row).collect()
    }

    fn folder_props(&self, folder: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        let place = self.place(self.folder(folder)?.0)?;
        Ok(pick(&self.folder_values(&place, &places::all(&self.path)?)?, tags))
    }

    fn folder_tags(&self, folder: &EntryId) -> Result<Vec<PropTag>, Failure> {
        let place = self.place(self.folder(folder)?.0)?;
        let values = self.folder_values(&place, &places::all(&self.path)?)?;
        Ok(values.iter().map(|prop| prop.tag).collect())
    }

    fn change_folder(&self, folder: &EntryId, change: &PropChange) -> Result<StoreChange, Failure> {
        let (name, _) = self.folder(folder)?;
        self.check_writable()?;
        let mut refused: StoreChange =
            change.delete.iter().map(|tag| (*tag, Code::NO_SUPPORT)).collect();
        for prop in &change.set {
            match (&prop.value, prop.tag) {
                (Value::Unicode(display), PR_DISPLAY_NAME) => {
                    let place = self.place(name)?;
                    if place.display != *display {
                        self.check_changeable(name)?;
                        self.rename(name, &places::child(&place.parent, display)?)?;
                    }
                }
                (_, tag) => refused.push((tag, Code::NO_SUPPORT)),
            }
        }
        Ok(refused)
    }

    fn create_folder(&self, folder: &NewFolder<'_>) -> Result<EntryId, Failure> {
        self.check_writable()?;
        if folder.kind == FolderKind::Search {
            return Err(no_support("search folders"));
        }
        let (parent, _) = self.folder(folder.parent)?;
        let name = places::child(parent, folder.name)?;
        match places::make(&self.path, &name) {
            Err(failure) if failure.code == Code::COLLISION && folder.open_if_exists => {}
            made => made?,
        }
        Ok(entry::folder(&self.uid, &name))
    }

    fn delete_folder(&self, folder: &EntryId, also: FolderDeletion) -> Result<(), Failure> {
        let (name, path) = self.folder(folder)?;
        self.check_changeable(name)?;
        let below = places::below(&places::all(&self.path)?, name);
        if !below.is_empty() && !also.folders {
            return Err(Failure::new(Code::HAS_FOLDERS, "the folder has folders in it"));
        }
        if !also.messages && !crate::listing::list(&path)?.0.is_empty() {
            return Err(Failure::new(Code::HAS_MESSAGES, "the folder has messages in it"));
        }
        // The deepest first: killed between, no folder stands without its parent.
        let names = below.iter().rev().map(|place| place.name.as_str()).chain([name]);
        for path in names.map(|name| self.path.join(name)) {
            fs::remove_dir_all(&path).map_err(|error| failed("removing", &path, &error))?;
        }
        synchronise(&self.path).map_err(|error| failed("synchronising", &self.path, &error))
    }

    fn move_folder(
        &self,
        folder: &EntryId,
        target: &EntryId,
        name: Option<&str>,
    ) -> Result<(), Failure> {
        let (from, _) = self.folder(folder)?;
        let (to, _) = self.folder(target)?;
        self.check_changeable(from)?;
        if to == from || to.starts_with(&format!("{from}.")) {
            return Err(Failure::new(Code::FOLDER_CYCLE, "a folder cannot be below itself"));
        }
        let place = self.place(from)?;
        self.rename(from, &places::child(to, name.unwrap_or(&place.display))?)
    }

    fn count(&self, folder: &EntryId, query: &Query) -> Result<u64, Failure> {
        let (name, path) = self.folder(folder)?;
        Self::check_query(query)?;
        if query.associated || name == ROOT {
            return Ok(0);
        }
        Ok(self.index.messages(name, &path)?.len() as u64)
    }

    fn rows(
        &self,
        folder: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        let (name, path) = self.folder(folder)?;
        Self::check_query(query)?;
        if query.associated || name == ROOT {
            return Ok(Vec::new());
        }
        let messages = self.index.messages(name, &path)?;
        let mut rows: Vec<(Vec<Prop>, Indexed)> = messages
            .into_iter()
            .map(|message| (self.indexed_values(name, &message), message))
            .collect();
        let value = |props: &[Prop], tag| -> Option<Value> {
            props.iter().find(|prop| prop.tag == tag).map(|prop| prop.value.clone())
        };
        for key in query.sort.iter().rev() {
            rows.sort_by(|(left, _), (right, _)| {
                let order = order(value(left, key.tag).as_ref(), value(right, key.tag).as_ref());
                if key.descending { order.reverse() } else { order }
            });
        }
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let needs_all = query.columns.iter().any(|tag| HEAVY.contains(tag));
        let page = rows.into_iter().skip(start).take(limit as usize);
        Ok(page
            .map(|(props, message)| {
                let whole = needs_all.then(|| entry::message(&self.uid, name, &message.base));
                let whole = whole.and_then(|entry| self.load(&entry).ok());
                pick(&whole.map_or(props, |(props, ..)| props), &query.columns)
            })
            .collect())
    }

    fn message_props(&self, message: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        Ok(pick(&self.load(message)?.0, tags))
    }

    fn message_tags(&self, message: &EntryId) -> Result<Vec<PropTag>, Failure> {
        Ok(self.load(message)?.0.iter().map(|prop| prop.tag).collect())
    }

    fn original(&self, message: &EntryId) -> Result<Option<Vec<u8>>, Failure> {
        Ok(Some(self.load(message)?.2))
    }

    fn recipients(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let parts = self.load(message)?.1;
        Ok(parts.recipients.iter().map(|row| pick(row, columns)).collect())
    }

    fn attachments(&self, message: &EntryId, columns: &[PropTag]) -> Result<Vec<Row>, Failure> {
        let parts = self.load(message)?.1;
        Ok(attachment_rows(&parts).iter().map(|(_, row)| pick(row, columns)).collect())
    }

    fn attachment_props(
        &self,
        message: &EntryId,
        number: u32,
        tags: &[PropTag],
    ) -> Result<Row, Failure> {
        Ok(pick(&self.attachment(message, number)?, tags))
    }

    fn attachment_tags(&self, message: &EntryId, number: u32) -> Result<Vec<PropTag>, Failure> {
        Ok(self.attachment(message, number)?.iter().map(|prop| prop.tag).collect())
    }

    fn save_message(&self, change: &MessageChange<'_>) -> Result<EntryId, Failure> {
        self.check_writable()?;
        if change.associated {
            return Err(no_support("associated messages"));
        }
        if let Some(message) = change.message {
            return self.change_message(message, change);
        }
        let (name, folder) = self.target(change.folder)?;
        let usual = change.original.is_none();
        let flags = Flags { seen: usual, draft: usual, ..Flags::default() };
        let flags = message::changed_flags(flags, &change.props.set);
        let bytes = writer::compose(Parts::default(), change);
        let base = writer::write(&folder, flags, &bytes)?;
        Ok(entry::message(&self.uid, name, &base))
    }

    fn delete_messages(&self, messages: &[EntryId]) -> Result<(), Failure> {
        self.check_writable()?;
        for message in messages {
            match self.remove(message) {
                Err(failure) if failure.code != Code::NOT_FOUND => return Err(failure),
                _ => {}
            }
        }
        Ok(())
    }

    fn copy_messages(&self, copy: &MessageCopy<'_>) -> Result<Vec<EntryId>, Failure> {
        self.check_writable()?;
        copy.messages.iter().map(|message| self.copy_one(message, copy)).collect()
    }

    fn set_read(&self, messages: &[EntryId], read: bool) -> Result<(), Failure> {
        self.check_writable()?;
        messages
            .iter()
            .try_for_each(|one| self.set_flags(one, |flags| Flags { seen: read, ..flags }))
    }

    fn ids_from_names(&self, _: &[Name], _: bool) -> Result<Vec<Option<u16>>, Failure> {
        Err(no_support("named properties"))
    }

    fn names_from_ids(&self, _: &[u16]) -> Result<Vec<Option<Name>>, Failure> {
        Err(no_support("named properties"))
    }

    fn all_names(&self) -> Result<Vec<(u16, Name)>, Failure> {
        Err(no_support("named properties"))
    }

    fn set_search(&self, _: &EntryId, _: Option<&SearchCriteria>) -> Result<(), Failure> {
        Err(no_support("search folders"))
    }

    fn search(&self, _: &EntryId) -> Result<(SearchCriteria, SearchState), Failure> {
        Err(no_support("search folders"))
    }

    fn feed(&self) -> Result<Box<dyn ChangeFeed>, Failure> {
        Ok(Box::new(Feed::open(self.path.clone(), self.uid)?))
    }
}
