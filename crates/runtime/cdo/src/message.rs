//! `Message`: a letter and what else was set, until it is saved.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageChange, MessageCopy, PropChange, SpecialFolder};
use mapi_abi::tags::{
    MAPI_TO, MSGFLAG_READ, MSGFLAG_SUBMIT, MSGFLAG_UNSENT, PR_CONVERSATION_INDEX,
    PR_CONVERSATION_TOPIC, PR_CREATION_TIME, PR_IMPORTANCE, PR_LAST_MODIFICATION_TIME,
    PR_MESSAGE_FLAGS, PR_SENSITIVITY, PropTag,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Value as Mapi};
use mapi_mail::{Detail, Letter, Person, dialog, entry_to_text, read, resolve_all, save, special};
use mapi_session::StoreHandle;
use partywall::automation::Value;

use crate::arguments::{Arguments, number_of, text_of, truth_of};
use crate::book::AddressEntry;
use crate::convert::{date, time, to_automation};
use crate::folder::Folder;
use crate::list;
use crate::members::{self, Kind};
use crate::parts::{Attachments, Fields, Owner, Recipients};
use crate::session::{Session, entry};
use crate::store::store_id;
use crate::thing::{Answer, Thing, nothing, unknown, value};
use crate::trouble::{Trouble, failed};

/// `PR_ORIGINATOR_DELIVERY_REPORT_REQUESTED`.
const PR_DELIVERY_REPORT: PropTag = PropTag(0x0023_000B);

/// What a message is, as its client sees it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The message, once it was saved.
    pub entry: Option<EntryId>,
    /// Its folder.
    pub folder: EntryId,
    /// Most of it.
    pub letter: Letter,
    /// What else was set.
    pub extra: Vec<Prop>,
    /// What else was removed.
    pub removed: Vec<PropTag>,
}

impl Draft {
    /// Sets a property that the letter does not have.
    pub fn set(&mut self, prop: Prop) {
        self.extra.retain(|known| known.tag.id() != prop.tag.id());
        self.removed.retain(|known| known.id() != prop.tag.id());
        self.extra.push(prop);
    }
}

/// See the module.
pub struct Message {
    /// Whose it is.
    pub session: Arc<Session>,
    /// Its store.
    pub store: StoreHandle,
    draft: Mutex<Draft>,
}

impl Message {
    /// A message that is not saved yet.
    pub fn new(session: &Arc<Session>, store: StoreHandle, folder: EntryId) -> Arc<Self> {
        let letter = Letter { flags: MSGFLAG_UNSENT | MSGFLAG_READ, ..Letter::default() };
        Self::with(session, store, folder, None, letter)
    }

    fn with(
        session: &Arc<Session>,
        store: StoreHandle,
        folder: EntryId,
        entry: Option<EntryId>,
        letter: Letter,
    ) -> Arc<Self> {
        let draft = Draft { entry, folder, letter, extra: Vec::new(), removed: Vec::new() };
        Arc::new(Self { session: Arc::clone(session), store, draft: Mutex::new(draft) })
    }

    /// A message of a folder.
    pub fn open(
        session: &Arc<Session>,
        store: StoreHandle,
        folder: EntryId,
        entry: EntryId,
    ) -> Result<Arc<Self>, Trouble> {
        let letter = read(store.get()?, &entry, Detail::Whole)?;
        Ok(Self::with(session, store, folder, Some(entry), letter))
    }

    /// What it is now.
    pub fn draft(&self) -> MutexGuard<'_, Draft> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it; nothing is saved.
    pub fn change<R>(
        &self,
        body: impl FnOnce(&mut Draft) -> Result<R, Trouble>,
    ) -> Result<R, Trouble> {
        body(&mut self.draft())
    }

    /// A property that the letter does not have; `None` without a value.
    pub fn property(&self, tag: PropTag) -> Result<Option<Mapi>, Trouble> {
        let draft = self.draft();
        if let Some(own) = draft.extra.iter().find(|prop| prop.tag == tag) {
            return Ok(Some(own.value.clone()));
        }
        let Some(entry) = draft.entry.as_ref().filter(|_| !draft.removed.contains(&tag)) else {
            return Ok(None);
        };
        let row = self.store.get()?.message_props(entry, &[tag])?;
        let value = row.into_iter().next().map(|prop| prop.value);
        Ok(value.filter(|value| !matches!(value, Mapi::Error(_))))
    }

    fn shown(&self, tag: PropTag) -> Answer {
        Ok(self.property(tag)?.as_ref().and_then(to_automation).unwrap_or_default())
    }

    /// Saves it.
    pub fn update(&self) -> Result<EntryId, Trouble> {
        let mut draft = self.draft();
        let store = self.store.get()?;
        let saved = save(store, &draft.folder, draft.entry.as_ref(), &draft.letter)?;
        draft.entry = Some(saved.clone());
        let props = PropChange {
            set: std::mem::take(&mut draft.extra),
            delete: std::mem::take(&mut draft.removed),
        };
        if props != PropChange::default() {
            self.save_props(&saved, &draft.folder, props)?;
        }
        Ok(saved)
    }

    fn save_props(
        &self,
        message: &EntryId,
        folder: &EntryId,
        props: PropChange,
    ) -> Result<(), Failure> {
        let change = MessageChange {
            message: Some(message),
            folder,
            associated: false,
            props,
            recipients: None,
            attachments: Vec::new(),
            expected: None,
            original: None,
        };
        self.store.get()?.save_message(&change).map(drop)
    }

    fn send(&self, has_dialog: bool) -> Answer {
        let mail = self.session.mail()?;
        let user = mail.session().context().user().to_owned();
        self.change(|draft| {
            if has_dialog {
                dialog::compose(&mail, &mut draft.letter)?;
            }
            if draft.letter.recipients.is_empty() {
                return Err(failed(Code::NO_RECIPIENTS, "the message has no recipients"));
            }
            resolve_all(&mail, &mut draft.letter.recipients, has_dialog)?;
            draft.letter.sent = Some(FileTime::from_system(SystemTime::now()));
            draft.letter.flags |= MSGFLAG_UNSENT;
            let me = || Person { name: user, ..Person::default() };
            draft.letter.sender.get_or_insert_with(me);
            Ok(())
        })?;
        let mut saved = self.update()?;
        let outbox = special(&self.store, SpecialFolder::Outbox)?;
        if self.draft().folder != outbox {
            saved = self.transfer(&saved, &outbox, true)?;
        }
        mapi_session::submit(&self.store, &saved)?;
        Ok(Value::Empty)
    }

    fn transfer(
        &self,
        message: &EntryId,
        target: &EntryId,
        is_move: bool,
    ) -> Result<EntryId, Trouble> {
        let messages = std::slice::from_ref(message);
        let copy = MessageCopy { messages, target, is_move };
        let made = self.store.get()?.copy_messages(&copy)?.into_iter().next();
        let made = made.ok_or_else(|| failed(Code::NOT_FOUND, "the message is gone"))?;
        if is_move {
            let mut draft = self.draft();
            draft.entry = Some(made.clone());
            draft.folder = target.clone();
        }
        Ok(made)
    }

    fn saved(&self) -> Result<EntryId, Trouble> {
        let entry = self.draft().entry.clone();
        entry.ok_or_else(|| failed(Code::NOT_FOUND, "the message was not saved: call Update"))
    }

    /// A new message that answers this one, or passes it on.
    fn answer_to(&self, prefix: &str, recipients: Vec<Person>, files: bool) -> Answer {
        let outbox = special(&self.store, SpecialFolder::Outbox)?;
        let made = Self::new(&self.session, self.store.clone(), outbox);
        let letter = self.draft().letter.clone();
        made.change(|draft| {
            let has_prefix = letter.subject.to_lowercase().starts_with(&prefix.to_lowercase());
            draft.letter.subject = match has_prefix {
                true => letter.subject,
                false => format!("{prefix}{}", letter.subject),
            };
            draft.letter.body = letter.body;
            draft.letter.recipients = recipients;
            if files {
                draft.letter.attachments = letter.attachments;
            }
            Ok(())
        })?;
        value(made)
    }

    fn reply(&self, all: bool) -> Answer {
        let letter = self.draft().letter.clone();
        let mut people: Vec<Person> = letter.sender.into_iter().collect();
        people.iter_mut().for_each(|person| person.kind = MAPI_TO);
        if all {
            people.extend(letter.recipients);
        }
        self.answer_to("RE: ", people, false)
    }

    fn method(self: &Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::SEND => self.send(arguments.truth(1, false)?),
            members::UPDATE => self.update().map(|_| Value::Empty),
            members::DELETE => {
                let entry = self.saved()?;
                let deleted = self.store.get()?.special_folder(SpecialFolder::DeletedItems);
                match deleted.filter(|_| arguments.truth(0, false).unwrap_or(false)) {
                    Some(target) => drop(self.transfer(&entry, &target, true)?),
                    None => self.store.get()?.delete_messages(&[entry])?,
                }
                Ok(Value::Empty)
            }
            members::MOVE_TO | members::COPY_TO => {
                let (message, target) = (self.saved()?, entry(&arguments.text(0)?)?);
                let made = self.transfer(&message, &target, member == members::MOVE_TO)?;
                let (session, store) = (&self.session, self.store.clone());
                value(Self::open(session, store, target, made)?)
            }
            members::FORWARD => self.answer_to("FW: ", Vec::new(), true),
            members::REPLY => self.reply(false),
            members::REPLY_ALL => self.reply(true),
            members::RECIPIENTS => {
                let list = Arc::new(Recipients::new(self));
                match arguments.get(0) {
                    Some(index) => list::item(&list, index),
                    None => value(list),
                }
            }
            members::ATTACHMENTS => {
                let list = Arc::new(Attachments::new(self));
                match arguments.get(0) {
                    Some(index) => list::item(&list, index),
                    None => value(list),
                }
            }
            members::FIELDS => Fields::answer(Owner::Message(Arc::clone(self)), arguments),
            _ => unknown(),
        }
    }
}

impl Thing for Message {
    fn kind(&self) -> Kind {
        Kind::MESSAGE
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        let folder = self.draft().folder.clone();
        Some(Folder::new(&self.session, self.store.clone(), folder))
    }

    fn id(&self) -> Option<String> {
        self.draft().entry.as_ref().map(entry_to_text)
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        let letter = || self.draft().letter.clone();
        let moment = |moment: Option<FileTime>| Ok(moment.map_or(Value::Empty, date));
        let flag = |flag: i32| Ok(Value::Bool(self.draft().letter.flags & flag != 0));
        match member {
            members::ID => Ok(Value::text(&self.id().unwrap_or_default())),
            members::SUBJECT => Ok(Value::text(&letter().subject)),
            members::TEXT => Ok(Value::text(&letter().body)),
            members::TYPE => Ok(Value::text(match &*letter().class {
                "" => "IPM.Note",
                class => class,
            })),
            members::SIZE => Ok(Value::I4(i32::try_from(letter().size).unwrap_or(i32::MAX))),
            members::TIME_RECEIVED => moment(letter().received),
            members::TIME_SENT => moment(letter().sent),
            members::UNREAD => Ok(Value::Bool(!letter().is_read())),
            members::SENT => Ok(Value::Bool(letter().flags & MSGFLAG_UNSENT == 0)),
            members::SUBMITTED => flag(MSGFLAG_SUBMIT),
            members::READ_RECEIPT => Ok(Value::Bool(letter().wants_receipt)),
            members::SENDER => match letter().sender {
                Some(sender) => value(AddressEntry::new(&self.session, sender)),
                None => nothing(),
            },
            members::CONVERSATION => Ok(Value::text(&letter().conversation)),
            members::ENCRYPTED | members::SIGNED => Ok(Value::Bool(false)),
            members::STORE_ID => Ok(Value::text(&store_id(self.store.provider()))),
            members::FOLDER_ID => Ok(Value::text(&entry_to_text(&self.draft().folder))),
            members::CONVERSATION_TOPIC => self.shown(PR_CONVERSATION_TOPIC),
            members::CONVERSATION_INDEX => self.shown(PR_CONVERSATION_INDEX),
            members::IMPORTANCE => match self.property(PR_IMPORTANCE)? {
                Some(Mapi::Long(importance)) => Ok(Value::I4(importance)),
                _ => Ok(Value::I4(1)),
            },
            members::SENSITIVITY => match self.property(PR_SENSITIVITY)? {
                Some(Mapi::Long(sensitivity)) => Ok(Value::I4(sensitivity)),
                _ => Ok(Value::I4(0)),
            },
            members::DELIVERY_RECEIPT => {
                let wants = self.property(PR_DELIVERY_REPORT)?;
                Ok(Value::Bool(wants == Some(Mapi::Boolean(true))))
            }
            members::TIME_CREATED => self.shown(PR_CREATION_TIME),
            members::TIME_LAST_MODIFIED => self.shown(PR_LAST_MODIFICATION_TIME),
            member => self.method(member, arguments),
        }
    }

    fn put(&self, member: i32, new: &Value) -> Result<(), Trouble> {
        if member == members::UNREAD {
            let unread = truth_of(new)?;
            let entry = self.draft().entry.clone();
            if let Some(entry) = entry {
                self.store.get()?.set_read(&[entry], !unread)?;
            }
            let flags = &mut self.draft().letter.flags;
            *flags = if unread { *flags & !MSGFLAG_READ } else { *flags | MSGFLAG_READ };
            return Ok(());
        }
        self.change(|draft| {
            let letter = &mut draft.letter;
            match member {
                members::SUBJECT => letter.subject = text_of(new)?,
                members::TEXT => letter.body = text_of(new)?,
                members::TYPE => letter.class = text_of(new)?,
                members::CONVERSATION => letter.conversation = text_of(new)?,
                members::READ_RECEIPT => letter.wants_receipt = truth_of(new)?,
                members::TIME_RECEIVED => letter.received = Some(time(new)?),
                members::TIME_SENT => letter.sent = Some(time(new)?),
                members::IMPORTANCE => {
                    draft.set(Prop::new(PR_IMPORTANCE, Mapi::Long(number_of(new)?)));
                }
                members::SENSITIVITY => {
                    draft.set(Prop::new(PR_SENSITIVITY, Mapi::Long(number_of(new)?)));
                }
                members::DELIVERY_RECEIPT => {
                    draft.set(Prop::new(PR_DELIVERY_REPORT, Mapi::Boolean(truth_of(new)?)));
                }
                members::CONVERSATION_TOPIC => {
                    draft.set(Prop::text(PR_CONVERSATION_TOPIC, text_of(new)?));
                }
                members::SENT => {
                    let sent = truth_of(new)?;
                    let flags = letter.flags & !MSGFLAG_UNSENT;
                    letter.flags = if sent { flags } else { flags | MSGFLAG_UNSENT };
                    draft.set(Prop::new(PR_MESSAGE_FLAGS, Mapi::Long(draft.letter.flags)));
                }
                _ => return unknown().map(drop),
            }
            Ok(())
        })
    }
}
