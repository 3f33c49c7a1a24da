//! The message services that every program with this runtime has.

#![forbid(unsafe_code)]

use std::sync::Arc;

use mapi_abi::spi::MessageService;
use store_sqlite::SqliteService;

/// Those that a new profile has without further choice.
pub fn default_services() -> Vec<Arc<dyn MessageService>> {
    vec![Arc::new(SqliteService::new())]
}

/// The others.
pub fn other_services() -> Vec<Arc<dyn MessageService>> {
    Vec::new()
}
