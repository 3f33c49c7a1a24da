//! Anti monikers: `\..` takes back what stands before it.

use com_abi::HRESULT;
use com_abi::moniker::{IMoniker, MKSYS_ANTIMONIKER};

use super::{Content, calls, object};

/// The text of one for people.
pub const DISPLAY_NAME: &str = "\\..";

/// One that takes back a single moniker.
///
/// # Errors
/// None in practice.
pub fn make() -> Result<IMoniker, HRESULT> {
    object::make(Content::Anti(1))
}

/// What is left of an anti moniker that has taken one back; nothing when it
/// is another moniker.
pub fn after_one(right: &IMoniker) -> Option<Result<Option<IMoniker>, HRESULT>> {
    match object::content_of(right) {
        Some(Content::Anti(0 | 1)) => Some(Ok(None)),
        Some(Content::Anti(more)) => Some(object::make(Content::Anti(more - 1)).map(Some)),
        Some(_) => None,
        None => (calls::system_kind(right) == MKSYS_ANTIMONIKER).then_some(Ok(None)),
    }
}
