//! The message services that every program with this runtime has.

#![forbid(unsafe_code)]

use std::sync::Arc;

use file_drop::FileDropService;
use maildir::MaildirService;
use mapi_abi::spi::MessageService;
use store_sqlite::SqliteService;
use vcard_book::VcardService;

/// Those that a new profile has without further choice.
pub fn default_services() -> Vec<Arc<dyn MessageService>> {
    vec![
        Arc::new(SqliteService::new()),
        Arc::new(VcardService::new()),
        Arc::new(FileDropService::new()),
    ]
}

/// The others.
pub fn other_services() -> Vec<Arc<dyn MessageService>> {
    vec![Arc::new(MaildirService::new())]
}
