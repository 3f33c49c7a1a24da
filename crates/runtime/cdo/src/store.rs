//! `InfoStores` and `InfoStore`.

use std::sync::Arc;

use mapi_abi::codes::Code;
use mapi_abi::value::EntryId;
use mapi_mail::entry_to_text;
use mapi_profile::Uid;
use mapi_session::StoreInfo;
use partywall::automation::Value;

use crate::arguments::Arguments;
use crate::folder::Folder;
use crate::list::{self, List, Position};
use crate::members::{self, Kind};
use crate::session::Session;
use crate::thing::{Answer, Thing, unknown, value};
use crate::trouble::{Trouble, failed};

/// What a store is known by.
pub fn store_id(provider: Uid) -> String {
    entry_to_text(&EntryId(provider.0.to_vec()))
}

/// All stores of a session.
pub struct Stores {
    session: Arc<Session>,
    position: Position,
}

impl Stores {
    /// Those of a session.
    pub fn new(session: &Arc<Session>) -> Self {
        Self { session: Arc::clone(session), position: Position::default() }
    }

    fn infos(&self) -> Result<Vec<StoreInfo>, Trouble> {
        Ok(self.session.mail()?.stores()?)
    }
}

impl List for Stores {
    fn position(&self) -> &Position {
        &self.position
    }

    fn count(&self) -> Result<usize, Trouble> {
        Ok(self.infos()?.len())
    }

    fn item(self: Arc<Self>, at: usize) -> Answer {
        match self.infos()?.into_iter().nth(at) {
            Some(info) => value(Arc::new(Store { session: Arc::clone(&self.session), info })),
            None => Err(failed(Code::NOT_FOUND, "the store is gone")),
        }
    }

    fn find(&self, name: &str) -> Result<Option<usize>, Trouble> {
        Ok(self.infos()?.iter().position(|info| info.name.eq_ignore_ascii_case(name)))
    }
}

impl Thing for Stores {
    fn kind(&self) -> Kind {
        Kind::STORES
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::clone(&self.session) as _)
    }

    fn call(self: Arc<Self>, member: i32, arguments: &Arguments) -> Answer {
        list::call(&self, member, arguments)
    }
}

/// A store.
pub struct Store {
    session: Arc<Session>,
    info: StoreInfo,
}

impl Store {
    /// The store of an identifier.
    pub fn find(session: &Arc<Session>, id: &str) -> Result<Arc<Self>, Trouble> {
        let stores = session.mail()?.stores()?;
        let info = stores.into_iter().find(|info| store_id(info.provider).eq_ignore_ascii_case(id));
        let info = info.ok_or_else(|| failed(Code::NOT_FOUND, "there is no such store"))?;
        Ok(Arc::new(Self { session: Arc::clone(session), info }))
    }
}

impl Thing for Store {
    fn kind(&self) -> Kind {
        Kind::STORE
    }

    fn session(self: Arc<Self>) -> Arc<Session> {
        Arc::clone(&self.session)
    }

    fn parent(&self) -> Option<Arc<dyn Thing>> {
        Some(Arc::new(Stores::new(&self.session)))
    }

    fn id(&self) -> Option<String> {
        Some(store_id(self.info.provider))
    }

    fn call(self: Arc<Self>, member: i32, _arguments: &Arguments) -> Answer {
        match member {
            members::ID => Ok(Value::text(&store_id(self.info.provider))),
            members::NAME => Ok(Value::text(&self.info.name)),
            members::PROVIDER_NAME => Ok(Value::text(&self.info.service_name)),
            members::ROOT_FOLDER => {
                let store = self.session.mail()?.open_store(self.info.provider)?;
                let root = store.get()?.root();
                value(Folder::new(&self.session, store, root))
            }
            _ => unknown(),
        }
    }
}
