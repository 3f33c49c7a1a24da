//! `Folders` and `Folder`.

use std::sync::Arc;

use mapi_abi::codes::Code;
use mapi_abi::spi::{FolderDeletion, FolderKind, NewFolder, PropChange};
use mapi_abi::tags::{PR_DEPTH, PR_DISPLAY_NAME, PR_ENTRYID, PR_PARENT_ENTRYID};
use mapi_abi::value::{EntryId, Prop, Value as Mapi};
use mapi_mail::entry_to_text;
use mapi_session::StoreHandle;
use partywall::automation::Value;

use crate::arguments::{Arguments, text_of};
use crate::list::{self, List, Position};
use crate::members::{self, Kind};
use crate::messages::Messages;
use crate::parts::{Fields, Owner};
use crate::session::{Session, entry};
use crate::store::{Store, store_id};
use crate::thing::{Answer, Thing, unknown, value};
use crate::trouble::{Trouble, failed};

/// A folder.
pub struct Folder {
    /// Whose it is.
    pub session: Arc<Session>,
    /// Its store.
    pub store: StoreHandle,
    /// Which.
    pub entry: EntryId,
}

impl Folder {
    /// A folder of a store.
    pub fn new(session: &Arc<Session>, store: StoreHandle, entry: EntryId) -> Arc<Self> {
        Arc::new(Self { session: Arc::clone(session), store, entry })
    }

    fn name(&self) -> Answer {
        let row = self.store.get()?.folder_props(&self.entry, &[PR_DISPLAY_NAME])?;
        match row.into_iter().next().map(|prop| prop.value) {
            Some(Mapi::Unicode(name)) => Ok(Value::text(&name)),
            _ => Ok(Value::text("")),
        }
    }

    fn move_to(&self, folder: &str) -> Answer {
        self.store.get()?.move_folder(&self.entry, &entry(folder)?, None)?;
        Ok(Value::Empty)
    }
}

impl Thing for Folder {
    fn kind(&self) -> Kind {
        Kind::FOLDER
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        let id = store_id(self.store.provider());
        Store::find(&self.session, &id).ok().map(|store| store as _)
    }

    fn id(&self) -> Option<String> {
        Some(entry_to_text(&self.entry))
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        match member {
            members::ID => Ok(Value::text(&entry_to_text(&self.entry))),
            members::NAME => self.name(),
            members::STORE_ID => Ok(Value::text(&store_id(self.store.provider()))),
            members::FOLDER_ID => {
                let row = self.store.get()?.folder_props(&self.entry, &[PR_PARENT_ENTRYID])?;
                match row.into_iter().next().map(|prop| prop.value) {
                    Some(Mapi::Binary(parent)) => Ok(Value::text(&entry_to_text(&EntryId(parent)))),
                    _ => Ok(Value::text("")),
                }
            }
            members::FOLDERS => {
                let folders = Arc::new(Folders { folder: self, position: Position::default() });
                match arguments.get(0) {
                    Some(index) => list::item(&folders, index),
                    None => value(folders),
                }
            }
            members::MESSAGES => {
                let messages = Arc::new(Messages::new(&self));
                match arguments.get(0) {
                    Some(index) => list::item(&messages, index),
                    None => value(messages),
                }
            }
            members::FIELDS => Fields::answer(Owner::Folder(self), arguments),
            members::UPDATE => Ok(Value::Empty),
            members::MOVE_TO => self.move_to(&arguments.text(0)?),
            members::COPY_TO => Err(failed(Code::NO_SUPPORT, "folders are not copied here")),
            members::DELETE => {
                let also = FolderDeletion { messages: true, folders: true };
                self.store.get()?.delete_folder(&self.entry, also)?;
                Ok(Value::Empty)
            }
            _ => unknown(),
        }
    }

    fn put(&self, member: i32, new: &Value) -> Result<(), Trouble> {
        if member != members::NAME {
            return unknown().map(drop);
        }
        let set = vec![Prop::text(PR_DISPLAY_NAME, text_of(new)?)];
        let change = PropChange { set, delete: Vec::new() };
        let refused = self.store.get()?.change_folder(&self.entry, &change)?;
        match refused.first() {
            Some((_, code)) => Err(failed(*code, "the folder keeps its name")),
            None => Ok(()),
        }
    }
}

/// The folders directly below a folder.
pub struct Folders {
    folder: Arc<Folder>,
    position: Position,
}

impl Folders {
    fn all(&self) -> Result<Vec<(EntryId, String)>, Trouble> {
        let columns = [PR_ENTRYID, PR_DISPLAY_NAME, PR_DEPTH];
        let rows = self.folder.store.get()?.hierarchy(&self.folder.entry, &columns)?;
        let mut all = Vec::new();
        for row in rows {
            let mut values = row.into_iter().map(|prop| prop.value);
            let (entry, name, depth) = (values.next(), values.next(), values.next());
            if let (Some(Mapi::Binary(entry)), Some(Mapi::Unicode(name)), Some(Mapi::Long(1))) =
                (entry, name, depth)
            {
                all.push((EntryId(entry), name));
            }
        }
        Ok(all)
    }
}

impl List for Folders {
    fn position(&self) -> &Position {
        &self.position
    }

    fn count(&self) -> Result<usize, Trouble> {
        Ok(self.all()?.len())
    }

    fn item(self: Arc<Self>, at: usize) -> Answer {
        let gone = || failed(Code::NOT_FOUND, "the folder is gone");
        let (entry, _) = self.all()?.into_iter().nth(at).ok_or_else(gone)?;
        value(Folder::new(&self.folder.session, self.folder.store.clone(), entry))
    }

    fn find(&self, name: &str) -> Result<Option<usize>, Trouble> {
        let wanted = name.to_lowercase();
        Ok(self.all()?.iter().position(|(_, name)| name.to_lowercase() == wanted))
    }
}

impl Thing for Folders {
    fn kind(&self) -> Kind {
        Kind::FOLDERS
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.folder.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::clone(&self.folder) as _)
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        let store = &self.folder.store;
        match member {
            members::ADD => {
                let name = text_of(arguments.needed(0)?)?;
                let made = store.get()?.create_folder(&NewFolder {
                    parent: &self.folder.entry,
                    name: &name,
                    comment: "",
                    kind: FolderKind::Generic,
                    open_if_exists: false,
                })?;
                value(Folder::new(&self.folder.session, store.clone(), made))
            }
            members::DELETE => {
                for (entry, _) in self.all()? {
                    let also = FolderDeletion { messages: true, folders: true };
                    store.get()?.delete_folder(&entry, also)?;
                }
                Ok(Value::Empty)
            }
            members::SORT => Err(failed(Code::NO_SUPPORT, "folders stand in their own order")),
            _ => list::call(&self, member, arguments),
        }
    }
}
