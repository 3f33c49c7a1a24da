//! The message service: one provider of stores in files.
//!
//! It asks for nothing: the logon says in which folder a mailbox is kept. A
//! profile may say another folder ([`PR_PROFILE_PATH`]) or another mailbox
//! ([`PR_PROFILE_MAILBOX`]); the file's owner and mode and what the store says of
//! itself decide about access, as everywhere.

use std::path::Path;
use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Logon, MessageService, Opened, OpenedProvider, ProviderInfo, ResourceType, Section,
    ServiceContext, ServiceFlags, ServiceInfo, Sheet,
};
use mapi_abi::tags::{PR_PROFILE_MAILBOX, PR_PROFILE_PATH, PR_PROFILE_SESSION_LIMIT};
use mapi_abi::value::Value;

use crate::database::StoreAt;
use crate::store::SqliteStore;

/// The service's name in `*.inf` files.
pub const SERVICE_NAME: &str = "PWSTORE";
/// The provider's section in `*.inf` files.
pub const PROVIDER_NAME: &str = "PWSTORE_MDB";

/// `STATUS_DEFAULT_OUTBOUND`: its identity is what mail is sent as.
const DEFAULT_OUTBOUND: u32 = 0x1;
/// `STATUS_DEFAULT_STORE`: it can be the session's default store.
const DEFAULT_STORE: u32 = 0x2;

/// The message service of stores in SQLite files.
#[derive(Clone, Debug)]
pub struct SqliteService {
    info: ServiceInfo,
}

impl Default for SqliteService {
    fn default() -> Self {
        Self::new()
    }
}

impl SqliteService {
    /// The service.
    pub fn new() -> Self {
        let provider = ProviderInfo {
            name: PROVIDER_NAME.to_owned(),
            display_name: "Partywall message store".to_owned(),
            resource_type: ResourceType::Store,
            flags: DEFAULT_OUTBOUND | DEFAULT_STORE,
        };
        Self {
            info: ServiceInfo {
                name: SERVICE_NAME.to_owned(),
                display_name: "Partywall message store".to_owned(),
                library: "store_sqlite".to_owned(),
                is_single: false,
                providers: vec![provider],
            },
        }
    }
}

impl MessageService for SqliteService {
    fn info(&self) -> &ServiceInfo {
        &self.info
    }

    fn configure(
        &self,
        _context: ServiceContext,
        _flags: ServiceFlags,
        _section: &mut Section,
        _sheet: &dyn Sheet,
    ) -> Result<(), Failure> {
        Ok(())
    }

    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        if provider != PROVIDER_NAME {
            let says = format!("{SERVICE_NAME} has no provider {provider:?}, only {PROVIDER_NAME}");
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        let store = SqliteStore::open(StoreAt {
            folder: logon.section.text(PR_PROFILE_PATH).map_or(logon.folder, Path::new),
            mailbox: logon.section.text(PR_PROFILE_MAILBOX).unwrap_or(logon.mailbox),
            access: logon.access,
        })?;
        Ok(Opened::Store(Arc::new(store)).into())
    }

    fn session_limit(&self, section: &Section) -> Option<u32> {
        match section.get(PR_PROFILE_SESSION_LIMIT) {
            Some(Value::Long(limit)) => u32::try_from(*limit).ok().filter(|limit| *limit > 0),
            _ => None,
        }
    }
}
