//! What a message consists of: recipients, attachments, fields. A folder has
//! fields too.

use std::sync::Arc;

use mapi_abi::codes::Code;
use mapi_abi::spi::PropChange;
use mapi_abi::tags::{MAPI_TO, PropTag};
use mapi_abi::value::Value as Mapi;
use mapi_mail::{Attachment, Person, entry_to_text, read_file, resolve_all};
use partywall::automation::Value;

use crate::arguments::{Arguments, number_of, text_of};
use crate::book::AddressEntry;
use crate::convert::{to_automation, to_mapi};
use crate::folder::Folder;
use crate::list::{self, List, Position};
use crate::members::{self, Kind};
use crate::message::Message;
use crate::session::Session;
use crate::thing::{Answer, Thing, nothing, unknown, value};
use crate::trouble::{Trouble, failed};

fn gone(what: &str) -> Trouble {
    failed(Code::NOT_FOUND, &format!("the {what} is gone"))
}

/// Defines a collection of a message's parts.
macro_rules! collection {
    ($(#[$doc:meta])* $list:ident, $kind:ident, $item:ident, $field:ident, $member:ident) => {
        $(#[$doc])*
        pub struct $list {
            message: Arc<Message>,
            position: Position,
        }

        impl $list {
            /// Those of a message.
            pub fn new(message: &Arc<Message>) -> Self {
                Self { message: Arc::clone(message), position: Position::default() }
            }
        }

        impl List for $list {
            fn position(&self) -> &Position {
                &self.position
            }

            fn count(&self) -> Result<usize, Trouble> {
                Ok(self.message.draft().letter.$field.len())
            }

            fn item(self: Arc<Self>, at: usize) -> Answer {
                value(Arc::new($item { message: Arc::clone(&self.message), at }))
            }

            fn find(&self, name: &str) -> Result<Option<usize>, Trouble> {
                let draft = self.message.draft();
                let has_name = |one: &_| has_name(one, name);
                Ok(draft.letter.$field.iter().position(has_name))
            }
        }

        impl Thing for $list {
            fn kind(&self) -> Kind {
                Kind::$kind
            }

            fn session(self: Arc<Self>) -> Arc<Session> {
                Arc::clone(&self.message.session)
            }

            fn parent(&self) -> Option<Arc<dyn Thing>> {
                Some(Arc::clone(&self.message) as _)
            }

            fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
                match member {
                    members::DELETE => {
                        self.message.draft().letter.$field.clear();
                        Ok(Value::Empty)
                    }
                    member => self.$member(member, arguments),
                }
            }
        }
    };
}

trait Named {
    fn name(&self) -> &str;
}

impl Named for Person {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Attachment {
    fn name(&self) -> &str {
        &self.name
    }
}

fn has_name(one: &impl Named, name: &str) -> bool {
    one.name().eq_ignore_ascii_case(name)
}

collection! {
    /// Those who get a message.
    Recipients, RECIPIENTS, Recipient, recipients, own
}

collection! {
    /// What is attached to a message.
    Attachments, ATTACHMENTS, AttachmentFace, attachments, own
}

impl Recipients {
    fn add(&self, arguments: &Arguments) -> Answer {
        let (name, address) = (arguments.text(0)?, arguments.text(1)?);
        let mut person = match address.is_empty() {
            true => Person { name, ..Person::default() },
            false => Person::one_off(&name, &address),
        };
        person.kind = arguments.number(2, MAPI_TO)?;
        let id = arguments.text(3)?;
        if !id.is_empty() {
            person =
                Person { kind: person.kind, ..AddressEntry::person(&self.message.session, &id)? };
        }
        let at = self.message.change(|draft| {
            draft.letter.recipients.push(person);
            Ok(draft.letter.recipients.len() - 1)
        })?;
        value(Arc::new(Recipient { message: Arc::clone(&self.message), at }))
    }

    fn unresolved(&self, from: usize) -> Answer {
        let draft = self.message.draft();
        let mut people = draft.letter.recipients.iter().enumerate().skip(from);
        let found = people.find(|(_, person)| !person.is_resolved()).map(|(at, _)| at);
        drop(draft);
        match found {
            Some(at) => {
                self.position.set(at + 1);
                value(Arc::new(Recipient { message: Arc::clone(&self.message), at }))
            }
            None => nothing(),
        }
    }

    fn own(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::ADD => self.add(arguments),
            members::ADD_MULTIPLE => {
                let (names, kind) = (arguments.text(0)?, arguments.number(1, MAPI_TO)?);
                let names = names.split(';').map(str::trim).filter(|name| !name.is_empty());
                let people =
                    names.map(|name| Person { kind, name: name.to_owned(), ..Person::default() });
                self.message.draft().letter.recipients.extend(people);
                Ok(Value::Empty)
            }
            members::RESOLVE => {
                let mail = self.message.session.mail()?;
                let may_ask = arguments.truth(0, true)?;
                self.message.change(|draft| {
                    Ok(resolve_all(&mail, &mut draft.letter.recipients, may_ask)?)
                })?;
                Ok(Value::Empty)
            }
            members::RESOLVED => {
                let draft = self.message.draft();
                Ok(Value::Bool(draft.letter.recipients.iter().all(Person::is_resolved)))
            }
            members::GET_FIRST_UNRESOLVED => self.unresolved(0),
            members::GET_NEXT_UNRESOLVED => self.unresolved(self.position.get()),
            _ => list::call(&self, member, arguments),
        }
    }
}

/// One of those who get a message.
pub struct Recipient {
    message: Arc<Message>,
    at: usize,
}

impl Recipient {
    fn person(&self) -> Result<Person, Trouble> {
        let person = self.message.draft().letter.recipients.get(self.at).cloned();
        person.ok_or_else(|| gone("recipient"))
    }
}

impl Thing for Recipient {
    fn kind(&self) -> Kind {
        Kind::RECIPIENT
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.message.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::new(Recipients::new(&self.message)))
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        let person = self.person()?;
        match member {
            members::ID => Ok(Value::text(&entry_to_text(&mapi_abi::value::EntryId(person.entry)))),
            members::NAME => Ok(Value::text(&person.name)),
            members::INDEX => Ok(Value::I4(self.at as i32 + 1)),
            members::ADDRESS => Ok(Value::text(&person.full_address())),
            members::TYPE => Ok(Value::I4(person.kind)),
            members::DISPLAY_TYPE => Ok(Value::I4(person.display_type)),
            members::ADDRESS_ENTRY => value(AddressEntry::new(&self.message.session, person)),
            members::RESOLVE => {
                let mail = self.message.session.mail()?;
                let mut found = [person];
                resolve_all(&mail, &mut found, arguments.truth(0, true)?)?;
                let [found] = found;
                self.message.change(|draft| {
                    let place = draft.letter.recipients.get_mut(self.at);
                    *place.ok_or_else(|| gone("recipient"))? = found;
                    Ok(Value::Empty)
                })
            }
            members::DELETE => {
                self.message.draft().letter.recipients.remove(self.at);
                Ok(Value::Empty)
            }
            _ => unknown(),
        }
    }

    fn put(&self, member: i32, new: &Value) -> Result<(), Trouble> {
        self.message.change(|draft| {
            let person = draft.letter.recipients.get_mut(self.at);
            let person = person.ok_or_else(|| gone("recipient"))?;
            match member {
                members::NAME => person.name = text_of(new)?,
                members::TYPE => person.kind = number_of(new)?,
                members::ADDRESS => {
                    let (kind, found) =
                        (person.kind, Person::one_off(&person.name, &text_of(new)?));
                    *person = Person { kind, ..found };
                }
                _ => return unknown().map(drop),
            }
            Ok(())
        })
    }
}

impl Attachments {
    fn own(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        if member != members::ADD {
            return list::call(&self, member, arguments);
        }
        let (mut name, source) = (arguments.text(0)?, arguments.text(3)?);
        let data = if source.is_empty() { Vec::new() } else { read_file(&source)? };
        if name.is_empty() {
            name = source.rsplit('/').next().unwrap_or_default().to_owned();
        }
        let position = arguments.number(1, -1)?;
        let size = data.len() as u32;
        let made = Attachment { name, position, data, size, method: 1, ..Attachment::default() };
        let at = self.message.change(|draft| {
            draft.letter.attachments.push(made);
            Ok(draft.letter.attachments.len() - 1)
        })?;
        value(Arc::new(AttachmentFace { message: Arc::clone(&self.message), at }))
    }
}

/// One attachment of a message.
pub struct AttachmentFace {
    message: Arc<Message>,
    at: usize,
}

impl AttachmentFace {
    fn change<R>(
        &self,
        body: impl FnOnce(&mut Attachment) -> Result<R, Trouble>,
    ) -> Result<R, Trouble> {
        self.message.change(|draft| {
            let attachment = draft.letter.attachments.get_mut(self.at);
            body(attachment.ok_or_else(|| gone("attachment"))?)
        })
    }
}

impl Thing for AttachmentFace {
    fn kind(&self) -> Kind {
        Kind::ATTACHMENT
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.message.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::new(Attachments::new(&self.message)))
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        if member == members::DELETE {
            self.change(|_| Ok(()))?;
            self.message.draft().letter.attachments.remove(self.at);
            return Ok(Value::Empty);
        }
        self.change(|attachment| match member {
            members::NAME => Ok(Value::text(&attachment.name)),
            members::INDEX => Ok(Value::I4(self.at as i32 + 1)),
            members::POSITION => Ok(Value::I4(attachment.position)),
            members::TYPE => Ok(Value::I4(attachment.method)),
            members::SOURCE => Ok(Value::text("")),
            members::READ_FROM_FILE => {
                attachment.data = read_file(&text_of(arguments.needed(0)?)?)?;
                attachment.size = attachment.data.len() as u32;
                Ok(Value::Empty)
            }
            members::WRITE_TO_FILE => {
                let path = text_of(arguments.needed(0)?)?;
                std::fs::write(&path, &attachment.data).map_err(|error| {
                    failed(Code::DISK_ERROR, &format!("cannot write {path}: {error}"))
                })?;
                Ok(Value::Empty)
            }
            _ => unknown(),
        })
    }

    fn put(&self, member: i32, new: &Value) -> Result<(), Trouble> {
        self.change(|attachment| {
            match member {
                members::NAME => attachment.name = text_of(new)?,
                members::POSITION => attachment.position = number_of(new)?,
                members::SOURCE => attachment.data = read_file(&text_of(new)?)?,
                _ => return unknown().map(drop),
            }
            Ok(())
        })
    }
}

/// Whose fields they are.
#[derive(Clone)]
pub enum Owner {
    /// A message's.
    Message(Arc<Message>),
    /// A folder's.
    Folder(Arc<Folder>),
}

impl Owner {
    fn thing(&self) -> Arc<dyn Thing> {
        match self {
            Self::Message(message) => Arc::clone(message) as _,
            Self::Folder(folder) => Arc::clone(folder) as _,
        }
    }

    fn tags(&self) -> Result<Vec<PropTag>, Trouble> {
        match self {
            Self::Folder(folder) => Ok(folder.store.get()?.folder_tags(&folder.entry)?),
            Self::Message(message) => {
                let draft = message.draft().clone();
                let mut tags = match &draft.entry {
                    Some(entry) => message.store.get()?.message_tags(entry)?,
                    None => Vec::new(),
                };
                tags.retain(|tag| !draft.removed.contains(tag));
                let fresh = draft.extra.iter().map(|prop| prop.tag);
                let fresh: Vec<_> = fresh.filter(|tag| !tags.contains(tag)).collect();
                tags.extend(fresh);
                Ok(tags)
            }
        }
    }

    fn get(&self, tag: PropTag) -> Result<Option<Mapi>, Trouble> {
        match self {
            Self::Message(message) => message.property(tag),
            Self::Folder(folder) => {
                let row = folder.store.get()?.folder_props(&folder.entry, &[tag])?;
                let value = row.into_iter().next().map(|prop| prop.value);
                Ok(value.filter(|value| !matches!(value, Mapi::Error(_))))
            }
        }
    }

    /// Changes a field; a folder's is kept at once.
    fn change(&self, change: PropChange) -> Result<(), Trouble> {
        match self {
            Self::Message(message) => message.change(|draft| {
                change.set.into_iter().for_each(|prop| draft.set(prop));
                for tag in change.delete {
                    draft.extra.retain(|prop| prop.tag.id() != tag.id());
                    draft.removed.push(tag);
                }
                Ok(())
            }),
            Self::Folder(folder) => {
                let refused = folder.store.get()?.change_folder(&folder.entry, &change)?;
                refused.first().map_or(Ok(()), |(_, code)| {
                    Err(failed(*code, "the folder does not take this field"))
                })
            }
        }
    }
}

/// The fields of an object.
pub struct Fields {
    owner: Owner,
    position: Position,
}

impl Fields {
    /// All fields, or the one of a tag, which need not have a value among them.
    pub fn answer(owner: Owner, arguments: &Arguments) -> Answer {
        let fields = Arc::new(Self { owner, position: Position::default() });
        match arguments.get(0) {
            None => value(fields),
            Some(index) => fields.one(index),
        }
    }

    fn one(self: &Arc<Self>, index: &Value) -> Answer {
        match number_of(index) {
            // Tags are larger than any index.
            Ok(tag) if tag as u32 > 0xFFFF => {
                let tag = PropTag(tag as u32);
                if self.owner.get(tag)?.is_none() {
                    return Err(failed(Code::NOT_FOUND, "the object does not have this field"));
                }
                value(Arc::new(Field { owner: self.owner.clone(), tag }))
            }
            _ => list::item(self, index),
        }
    }
}

impl List for Fields {
    fn position(&self) -> &Position {
        &self.position
    }

    fn count(&self) -> Result<usize, Trouble> {
        Ok(self.owner.tags()?.len())
    }

    fn item(self: Arc<Self>, at: usize) -> Answer {
        let tag = self.owner.tags()?.get(at).copied().ok_or_else(|| gone("field"))?;
        value(Arc::new(Field { owner: self.owner.clone(), tag }))
    }
}

impl Thing for Fields {
    fn kind(&self) -> Kind {
        Kind::FIELDS
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        self.owner.thing().session()
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(self.owner.thing())
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::ITEM => self.one(arguments.needed(0)?),
            members::ADD => {
                // With a tag in place of a name, the value follows it.
                let tag = PropTag(number_of(arguments.needed(0)?)? as u32);
                let new = arguments.get(1).map_or_else(|| arguments.needed(2), Ok)?;
                let set = vec![to_mapi(tag, new)?];
                self.owner.change(PropChange { set, delete: Vec::new() })?;
                value(Arc::new(Field { owner: self.owner.clone(), tag }))
            }
            _ => list::call(&self, member, arguments),
        }
    }
}

/// A field.
pub struct Field {
    owner: Owner,
    tag: PropTag,
}

impl Thing for Field {
    fn kind(&self) -> Kind {
        Kind::FIELD
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        self.owner.thing().session()
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::new(Fields { owner: self.owner.clone(), position: Position::default() }))
    }

    fn call(self: Arc<Self>, member: i32, _arguments: &Arguments) -> Answer {
        match member {
            members::ID => Ok(Value::I4(self.tag.0 as i32)),
            members::NAME => Ok(Value::text("")),
            members::INDEX => {
                let at = self.owner.tags()?.iter().position(|tag| *tag == self.tag);
                Ok(Value::I4(at.map_or(0, |at| at as i32 + 1)))
            }
            members::TYPE => Ok(Value::I4(i32::from(self.tag.prop_type()))),
            members::VALUE => match self.owner.get(self.tag)? {
                Some(found) => Ok(to_automation(&found).unwrap_or_default()),
                None => Ok(Value::Empty),
            },
            members::DELETE => {
                let delete = vec![self.tag];
                self.owner.change(PropChange { set: Vec::new(), delete })?;
                Ok(Value::Empty)
            }
            _ => unknown(),
        }
    }

    fn put(&self, member: i32, new: &Value) -> Result<(), Trouble> {
        if member != members::VALUE {
            return unknown().map(drop);
        }
        let set = vec![to_mapi(self.tag, new)?];
        self.owner.change(PropChange { set, delete: Vec::new() })
    }
}
