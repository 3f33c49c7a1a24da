//! The store provider of the process and where it keeps a user's data.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mapi_abi::spi::StoreProvider;

static PROVIDER: OnceLock<Arc<dyn StoreProvider>> = OnceLock::new();

/// Sets the provider of default stores; false when one was set already.
pub fn register_store_provider(provider: Arc<dyn StoreProvider>) -> bool {
    PROVIDER.set(provider).is_ok()
}

/// The provider of default stores.
pub(crate) fn store_provider() -> Option<&'static Arc<dyn StoreProvider>> {
    PROVIDER.get()
}

/// The folder in which providers keep the data of `user`, below the data
/// folder. Account names have no path separators; capitals do not count in
/// them, so the folder's name is in small letters.
pub fn user_folder(data: &Path, user: &str) -> PathBuf {
    data.join("mail").join(user.to_ascii_lowercase())
}
