//! Messages of a Maildir: read whole, changed, moved, removed.

use std::fs;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageChange, MessageCopy};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use message_props::Parts;
use mime::maildir::{Flags, with_flags};

use crate::disk::{link_and_remove, synchronise, unique_name};
use crate::entry::{self, message_name};
use crate::index::Indexed;
use crate::message::{self, pick};
use crate::places;
use crate::store::Maildir;
use crate::writer;

impl Maildir {
    /// What every message says of itself and of where it is.
    pub(crate) fn own_values(
        &self,
        name: &str,
        base: &str,
        file: &str,
        has_attach: bool,
    ) -> Vec<Prop> {
        let own = entry::message(&self.uid, name, base).0;
        let mut props = vec![
            Prop::new(PR_ENTRYID, Value::Binary(own.clone())),
            Prop::new(PR_INSTANCE_KEY, Value::Binary(own.clone())),
            Prop::new(PR_RECORD_KEY, Value::Binary(own)),
            Prop::new(PR_SEARCH_KEY, Value::Binary(base.as_bytes().to_vec())),
            Prop::new(PR_PARENT_ENTRYID, Value::Binary(entry::folder(&self.uid, name).0)),
            Prop::new(PR_STORE_RECORD_KEY, Value::Binary(self.uid.to_vec())),
        ];
        props.extend(message::state(Flags::from_file_name(file), has_attach, self.writable));
        props
    }

    pub(crate) fn indexed_values(&self, name: &str, message: &Indexed) -> Vec<Prop> {
        let has_attach = message
            .props
            .iter()
            .any(|prop| prop.tag == PR_HASATTACH && prop.value == Value::Boolean(true));
        let mut props = self.own_values(name, &message.base, &message.placed.name, has_attach);
        props.extend(message.props.iter().cloned());
        props
    }

    /// Everything of a message, and what it consists of.
    pub(crate) fn load(&self, message: &EntryId) -> Result<(Vec<Prop>, Parts, Vec<u8>), Failure> {
        let (name, base) = message_name(&self.uid, message)?;
        let folder = places::path(&self.path, name);
        let (file, raw, metadata) =
            self.index.with_file((name, &folder), base, |placed, path| {
                let (raw, metadata) = message::read(path)?;
                Ok((placed.name.clone(), raw, metadata))
            })?;
        let parts = message::parts(&raw, &metadata);
        let mut props = self.own_values(name, base, &file, !parts.attachments.is_empty());
        props.extend(message::props(&parts, &metadata));
        Ok((props, parts, raw))
    }

    /// Gives a message's file other flags; from `new` it goes to `cur`.
    pub(crate) fn set_flags(
        &self,
        message: &EntryId,
        change: impl Fn(Flags) -> Flags,
    ) -> Result<(), Failure> {
        let (name, base) = message_name(&self.uid, message)?;
        let folder = places::path(&self.path, name);
        self.index.with_file((name, &folder), base, |placed, path| {
            let flags = change(Flags::from_file_name(&placed.name));
            let target = folder.join("cur").join(with_flags(&placed.name, flags));
            if target == path {
                return Ok(());
            }
            fs::rename(path, &target)?;
            synchronise(&folder.join("cur"))?;
            if placed.is_new { synchronise(&folder.join("new")) } else { Ok(()) }
        })
    }

    pub(crate) fn change_message(
        &self,
        old: &EntryId,
        change: &MessageChange<'_>,
    ) -> Result<EntryId, Failure> {
        let (props, parts, _) = self.load(old).map_err(|failure| match failure.code {
            Code::NOT_FOUND => Failure::new(Code::OBJECT_DELETED, failure.says),
            _ => failure,
        })?;
        let time = pick(&props, &[PR_LAST_MODIFICATION_TIME]);
        let is_other = |expected: FileTime| {
            time.first().is_some_and(|prop| prop.value != Value::SysTime(expected))
        };
        if change.expected.is_some_and(is_other) {
            let says = "somebody else changed the message since it was opened";
            return Err(Failure::new(Code::OBJECT_CHANGED, says));
        }
        if !writer::is_about_contents(change) {
            self.set_flags(old, |flags| message::changed_flags(flags, &change.props.set))?;
            return Ok(old.clone());
        }
        let (name, base) = message_name(&self.uid, old)?;
        let folder = places::path(&self.path, name);
        let flags = self.index.with_file((name, &folder), base, |placed, _| {
            Ok(Flags::from_file_name(&placed.name))
        })?;
        let flags = message::changed_flags(flags, &change.props.set);
        let made = writer::write(&folder, flags, &writer::compose(parts, change))?;
        // Whoever removed the old one meanwhile wanted it to go; the new one stays.
        self.remove(old).or_else(|failure| match failure.code {
            Code::NOT_FOUND => Ok(()),
            _ => Err(failure),
        })?;
        Ok(entry::message(&self.uid, name, &made))
    }

    pub(crate) fn remove(&self, message: &EntryId) -> Result<(), Failure> {
        let (name, base) = message_name(&self.uid, message)?;
        let folder = places::path(&self.path, name);
        self.index.with_file((name, &folder), base, |_, path| {
            fs::remove_file(path)?;
            path.parent().map_or(Ok(()), synchronise)
        })
    }

    pub(crate) fn copy_one(
        &self,
        message: &EntryId,
        copy: &MessageCopy<'_>,
    ) -> Result<EntryId, Failure> {
        let (name, base) = message_name(&self.uid, message)?;
        let (target, target_path) = self.target(copy.target)?;
        if copy.is_move && name == target {
            return Ok(message.clone());
        }
        let folder = places::path(&self.path, name);
        let made = unique_name();
        self.index.with_file((name, &folder), base, |placed, path| {
            let flags = Flags::from_file_name(&placed.name);
            let to = target_path.join("cur").join(with_flags(&made, flags));
            link_and_remove(path, &to, !copy.is_move)
        })?;
        Ok(entry::message(&self.uid, target, &made))
    }

    pub(crate) fn attachment(&self, message: &EntryId, number: u32) -> Result<Row, Failure> {
        let rows = attachment_rows(&self.load(message)?.1);
        let found = rows.into_iter().find(|(known, _)| *known == number);
        let gone = || Failure::new(Code::NOT_FOUND, "the message has no attachment of that number");
        found.map(|(_, row)| row).ok_or_else(gone)
    }
}

/// The attachments with what follows from them.
pub(crate) fn attachment_rows(parts: &Parts) -> Vec<(u32, Row)> {
    let row = |change: &mapi_abi::spi::AttachmentChange| {
        let mut row = change.props.set.clone();
        let size = row.iter().find_map(|prop| match &prop.value {
            Value::Binary(bytes) if prop.tag == PR_ATTACH_DATA_BIN => Some(bytes.len()),
            _ => None,
        });
        let size = i32::try_from(size.unwrap_or_default()).unwrap_or(i32::MAX);
        let number = i32::try_from(change.number).unwrap_or(i32::MAX);
        row.push(Prop::new(PR_ATTACH_NUM, Value::Long(number)));
        row.push(Prop::new(PR_ATTACH_SIZE, Value::Long(size)));
        (change.number, row)
    };
    parts.attachments.iter().map(row).collect()
}
