//! The status table and `IMAPIStatus`.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::{HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp_Impl, IMAPIStatus, IMAPIStatus_Impl};
use mapi_abi::tags::{
    MAPI_STATUS, PR_DISPLAY_NAME, PR_ENTRYID, PR_INSTANCE_KEY, PR_OBJECT_TYPE, PR_PROVIDER_DISPLAY,
    PR_PROVIDER_DLL_NAME, PR_RESOURCE_FLAGS, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE, PR_ROWID,
    PR_STATUS_CODE, PR_STATUS_STRING, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_session::Client;
use mapi_session::status::{self, FLUSH_QUEUES, StatusRow};
use mapi_table::{StaticRows, Table};

use crate::context::object;
use crate::last_error::guarded;
use crate::prop::{Bag, prop_methods};
use crate::table::table_object;

const STATUS_TAGS: [PropTag; 13] = [
    PR_DISPLAY_NAME,
    PR_STATUS_CODE,
    PR_STATUS_STRING,
    PR_RESOURCE_TYPE,
    PR_RESOURCE_METHODS,
    PR_RESOURCE_FLAGS,
    PR_PROVIDER_DLL_NAME,
    PR_PROVIDER_DISPLAY,
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_OBJECT_TYPE,
    PR_ROWID,
    mapi_abi::tags::PR_SERVICE_NAME,
];
/// Tells identifiers of status objects from all others; they hold in this session
/// only, as their first flags say.
const STATUS_UID: [u8; 16] = *b"Partywall.Status";
const THIS_SESSION: [u8; 4] = [0xB0, 0, 0, 0];

fn entry_of(row: &StatusRow) -> EntryId {
    EntryId([&THIS_SESSION[..], &STATUS_UID, &row.key].concat())
}

/// The key of a status object's identifier, if it is one.
pub fn key_of(entry: &EntryId) -> Option<[u8; 16]> {
    let rest = entry.0.strip_prefix(&THIS_SESSION)?.strip_prefix(&STATUS_UID)?;
    rest.try_into().ok()
}

fn values(row: &StatusRow, number: usize, columns: &[PropTag]) -> Row {
    let one = |tag: &PropTag| {
        let value = match *tag {
            PR_DISPLAY_NAME | PR_PROVIDER_DISPLAY => Value::Unicode(row.name.clone()),
            PR_STATUS_CODE => Value::Long(row.code),
            PR_STATUS_STRING => Value::Unicode(row.says.clone()),
            PR_RESOURCE_TYPE => Value::Long(row.resource_type),
            PR_RESOURCE_METHODS => Value::Long(row.methods),
            PR_RESOURCE_FLAGS => Value::Long(row.flags as i32),
            PR_PROVIDER_DLL_NAME => Value::Unicode(row.library.clone()),
            PR_ENTRYID => Value::Binary(entry_of(row).0),
            PR_INSTANCE_KEY => Value::Binary(row.key.to_vec()),
            PR_OBJECT_TYPE => Value::Long(MAPI_STATUS),
            PR_ROWID => Value::Long(number as i32),
            _ => return Prop::not_found(*tag),
        };
        Prop::new(*tag, value)
    };
    columns.iter().map(one).collect()
}

/// The status table of a client's session, with a reference.
pub fn status_table(client: &Arc<Client>) -> Result<*mut c_void, Failure> {
    // The transports are started before the table is there.
    status::rows(client)?;
    let own = Arc::clone(client);
    let rows = move |columns: &[PropTag]| {
        let rows = status::rows(&own)?;
        Ok(rows.iter().enumerate().map(|(at, row)| values(row, at, columns)).collect())
    };
    let table = Table::new(Box::new(StaticRows::new(rows)), STATUS_TAGS.to_vec());
    table_object(client, table, None)
}

#[class(interfaces(IMAPIStatus))]
struct StatusFace {
    client: Arc<Client>,
    key: [u8; 16],
}

/// The object of a status row, with a reference.
///
/// # Errors
/// `NOT_FOUND` the session has no such row.
pub fn status_object(client: &Arc<Client>, key: [u8; 16]) -> Result<*mut c_void, Failure> {
    let face = StatusFace { client: Arc::clone(client), key };
    face.row()?;
    object::<StatusFace, IMAPIStatus>(face)
}

impl StatusFace {
    fn row(&self) -> Result<(usize, StatusRow), Failure> {
        let rows = status::rows(&self.client)?;
        let found = rows.into_iter().enumerate().find(|(_, row)| row.key == self.key);
        found.ok_or_else(|| Failure::new(Code::NOT_FOUND, "the session has no such status"))
    }
}

impl Bag for StatusFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        let (at, row) = self.row()?;
        let there = values(&row, at, &STATUS_TAGS);
        let is_there = |prop: &Prop| !matches!(prop.value, Value::Error(_));
        Ok(there.into_iter().filter(is_there).map(|prop| prop.tag).collect())
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        let (at, row) = self.row()?;
        Ok(values(&row, at, tags))
    }
}

impl IMAPIProp_Impl for StatusFace {
    prop_methods!();
}

impl IMAPIStatus_Impl for StatusFace {
    unsafe fn ValidateState(&self, _window: usize, _flags: u32) -> HRESULT {
        // The state is found whenever somebody asks.
        guarded("ValidateState", || self.row().map(drop))
    }

    unsafe fn FlushQueues(
        &self,
        _window: usize,
        _size: u32,
        _transport: *const u8,
        _flags: u32,
    ) -> HRESULT {
        guarded("FlushQueues", || {
            let (_, row) = self.row()?;
            if row.methods & FLUSH_QUEUES == 0 {
                return Err(Failure::new(Code::NO_SUPPORT, "it has no queues"));
            }
            mapi_session::flush(&self.client)?;
            mapi_session::download(&self.client).map(drop)
        })
    }
}
