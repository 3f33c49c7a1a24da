//! `Session`.

use std::sync::{Arc, Mutex, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::SpecialFolder;
use mapi_abi::structs::{
    MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_NEW_SESSION, MAPI_NO_MAIL, MAPI_USE_DEFAULT,
};
use mapi_abi::tags::{PR_ENTRYID, PR_PARENT_ENTRYID, PR_PROFILE_MAILBOX, PR_PROFILE_SERVER};
use mapi_abi::value::{EntryId, Value as Mapi};
use mapi_mail::{MailSession, Person, entry_from_text, mail_store, special};
use mapi_profile::{Profile, Uid};
use mapi_session::logon::with_registered_services;
use mapi_session::{Request, StoreHandle};
use partywall::automation::Value;

use crate::arguments::Arguments;
use crate::book::{AddressEntry, AddressLists};
use crate::folder::Folder;
use crate::list;
use crate::members::{self, Kind};
use crate::message::Message;
use crate::store::{Store, Stores, store_id};
use crate::thing::{Answer, Thing, unknown, value};
use crate::trouble::{Trouble, failed};

/// The version whose members these are.
const VERSION: &str = "1.2.1";

/// See the module.
#[derive(Default)]
pub struct Session {
    mail: Mutex<Option<Arc<MailSession>>>,
}

impl Session {
    /// The session of the engine.
    pub fn mail(&self) -> Result<Arc<MailSession>, Trouble> {
        let mail = self.mail.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let says = "nobody is logged on: call Logon first";
        let mail = mail.ok_or_else(|| failed(Code::NOT_INITIALIZED, says))?;
        mail.check()?;
        Ok(mail)
    }

    fn logon(&self, arguments: &Arguments) -> Answer {
        let (profile, dialog, new) =
            (arguments.text(0)?, arguments.truth(2, true)?, arguments.truth(3, true)?);
        let window = arguments.number(4, 0)?;
        let window = usize::try_from(window).map_err(|_| {
            failed(Code::INVALID_PARAMETER, "ParentWindow is the number of no prompt")
        })?;
        let info = arguments.text(6)?;
        let temporary = if info.is_empty() { None } else { Some(temporary(&info)?) };
        let mut flags = MAPI_EXTENDED;
        for (is_so, flag) in [
            (dialog, MAPI_LOGON_UI),
            (new || temporary.is_some(), MAPI_NEW_SESSION),
            (arguments.truth(5, false)?, MAPI_NO_MAIL),
            (profile.is_empty(), MAPI_USE_DEFAULT),
        ] {
            flags |= if is_so { flag } else { 0 };
        }
        // 1 is the window that is active, whatever that is here.
        let window = if window == 1 && !dialog { 0 } else { window };
        // The password is ignored, as it is documented.
        let password = String::new();
        let request = Request { profile, password, flags, window, temporary };
        let mail = MailSession::open(&request)?;
        *self.mail.lock().unwrap_or_else(PoisonError::into_inner) = Some(mail);
        Ok(Value::Empty)
    }

    fn logoff(&self) -> Answer {
        self.mail()?;
        let mail = self.mail.lock().unwrap_or_else(PoisonError::into_inner).take();
        mail.map_or(Ok(()), |mail| mail.leave())?;
        Ok(Value::Empty)
    }

    fn special(self: &Arc<Self>, which: SpecialFolder) -> Answer {
        let mail = self.mail()?;
        let store = mail_store(&mail)?;
        let entry = special(&store, which)?;
        value(Folder::new(self, store, entry))
    }

    /// The store of an identifier; none is the default one.
    pub fn store(&self, id: &str) -> Result<StoreHandle, Trouble> {
        let mail = self.mail()?;
        if id.is_empty() {
            return Ok(mail_store(&mail)?);
        }
        let uid = entry_from_text(id).and_then(|entry| <[u8; 16]>::try_from(entry.0).ok());
        let uid = uid.ok_or_else(|| failed(Code::INVALID_ENTRYID, "this is no store's ID"))?;
        Ok(mail.open_store(Uid(uid))?)
    }

    fn folder(self: &Arc<Self>, id: &str, store: &str) -> Answer {
        let (store, entry) = (self.store(store)?, entry(id)?);
        store.get()?.folder_props(&entry, &[PR_ENTRYID])?;
        value(Folder::new(self, store, entry))
    }

    fn message(self: &Arc<Self>, id: &str, store: &str) -> Answer {
        let (store, entry) = (self.store(store)?, entry(id)?);
        let row = store.get()?.message_props(&entry, &[PR_PARENT_ENTRYID])?;
        let folder = match row.into_iter().next().map(|prop| prop.value) {
            Some(Mapi::Binary(folder)) => EntryId(folder),
            _ => store.get()?.root(),
        };
        value(Message::open(self, store, folder, entry)?)
    }

    fn default_folder(self: &Arc<Self>, number: i32) -> Answer {
        self.special(match number {
            1 => SpecialFolder::Inbox,
            2 => SpecialFolder::Outbox,
            3 => SpecialFolder::SentItems,
            4 => SpecialFolder::DeletedItems,
            _ => return Err(failed(Code::NOT_FOUND, "the store has no folder of this kind")),
        })
    }
}

/// The identifier of a folder or message.
pub fn entry(id: &str) -> Result<EntryId, Trouble> {
    entry_from_text(id).ok_or_else(|| failed(Code::INVALID_ENTRYID, "this is no object's ID"))
}

/// A profile from a server and a mailbox, with a line between.
fn temporary(info: &str) -> Result<Profile, Trouble> {
    let (server, mailbox) = info.split_once('\n').ok_or_else(|| {
        failed(Code::INVALID_PARAMETER, "ProfileInfo is a server, a line feed and a mailbox")
    })?;
    let random =
        Uid::new()?.0.iter().take(4).fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    let mut profile = with_registered_services(&format!("temporary {random}"))?;
    for service in &mut profile.services {
        service.section.set(PR_PROFILE_SERVER, Mapi::Unicode(server.trim().to_owned()));
        service.section.set(PR_PROFILE_MAILBOX, Mapi::Unicode(mailbox.trim().to_owned()));
    }
    Ok(profile)
}

impl Thing for Session {
    fn kind(&self) -> Kind {
        Kind::SESSION
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        self
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        None
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::LOGON => self.logon(arguments),
            members::VERSION => Ok(Value::text(VERSION)),
            members::OPERATING_SYSTEM => Ok(Value::text("Linux")),
            members::SET_LOCALE_IDS => Ok(Value::Empty),
            _ => {
                // Nothing else is to be had before the logon.
                let mail = self.mail()?;
                match member {
                    members::LOGOFF => self.logoff(),
                    members::NAME => Ok(Value::text(&mail.session().profile().name)),
                    members::CURRENT_USER => {
                        let name = mail.session().context().user().to_owned();
                        let person = Person { name, ..Person::default() };
                        value(AddressEntry::new(&self, person))
                    }
                    members::INBOX => self.special(SpecialFolder::Inbox),
                    members::OUTBOX => self.special(SpecialFolder::Outbox),
                    members::GET_DEFAULT_FOLDER => self.default_folder(arguments.number(0, 1)?),
                    members::GET_FOLDER => self.folder(&arguments.text(0)?, &arguments.text(1)?),
                    members::GET_MESSAGE => self.message(&arguments.text(0)?, &arguments.text(1)?),
                    members::INFO_STORES => {
                        let stores = Arc::new(Stores::new(&self));
                        match arguments.get(0) {
                            Some(index) => list::item(&stores, index),
                            None => value(stores),
                        }
                    }
                    members::GET_INFO_STORE => {
                        let id = arguments.text(0)?;
                        let id = match id.is_empty() {
                            true => store_id(self.store("")?.provider()),
                            false => id,
                        };
                        value(Store::find(&self, &id)?)
                    }
                    members::ADDRESS_LISTS => {
                        let lists = Arc::new(AddressLists::new(&self)?);
                        match arguments.get(0) {
                            Some(index) => list::item(&lists, index),
                            None => value(lists),
                        }
                    }
                    members::GET_ADDRESS_ENTRY => {
                        value(AddressEntry::find(&self, &arguments.text(0)?)?)
                    }
                    members::COMPARE_IDS => {
                        let (one, other) =
                            (entry(&arguments.text(0)?)?, entry(&arguments.text(1)?)?);
                        Ok(Value::Bool(one == other))
                    }
                    members::DELIVER_NOW => {
                        mapi_session::download(&mail)?;
                        Ok(Value::Empty)
                    }
                    members::GET_ADDRESS_LIST | members::GET_OPTION | members::SET_OPTION => {
                        Err(Failure::new(Code::NO_SUPPORT, "this is not offered here").into())
                    }
                    _ => unknown(),
                }
            }
        }
    }
}
