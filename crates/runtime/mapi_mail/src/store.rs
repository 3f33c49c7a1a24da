//! The store of a client whose mail is meant, and message identifiers as text.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::SpecialFolder;
use mapi_abi::value::EntryId;
use mapi_session::{Client, StoreHandle};

/// The default store.
///
/// # Errors
/// `UNCONFIGURED` its service lacks something that it needs to know;
/// `SESSION_LIMIT` it takes no more sessions; `FAILONEPROVIDER` its service is disabled for another reason, which is said;
/// `NOT_FOUND` the profile has no store; those of the session.
pub fn mail_store(client: &Arc<Client>) -> Result<StoreHandle, Failure> {
    let why = match client.default_store() {
        Ok(store) => return Ok(store),
        Err(why) if why.code == Code::NOT_FOUND => why,
        Err(why) => return Err(why),
    };
    let stores = client.stores()?;
    let reasons: Vec<_> =
        stores.iter().filter_map(|store| client.open_store(store.provider).err()).collect();
    // What somebody can do something about is said first.
    let has_own_code =
        |failure: &&Failure| matches!(failure.code, Code::UNCONFIGURED | Code::SESSION_LIMIT);
    if let Some(reason) = reasons.iter().find(has_own_code) {
        return Err(Failure::new(reason.code, why.says));
    }
    match reasons.first() {
        Some(_) => Err(Failure::new(Code::FAILONEPROVIDER, why.says)),
        None => Err(why),
    }
}

/// A folder with a part to play.
///
/// # Errors
/// `NOT_FOUND` the store has none; those of the store.
pub fn special(store: &StoreHandle, which: SpecialFolder) -> Result<EntryId, Failure> {
    store.get()?.special_folder(which).ok_or_else(|| {
        Failure::new(Code::NOT_FOUND, format!("the message store has no folder {which:?}"))
    })
}

/// An identifier as hexadecimal text.
pub fn entry_to_text(entry: &EntryId) -> String {
    use std::fmt::Write;
    entry.0.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The identifier that a text stands for; `None` for another text.
pub fn entry_from_text(text: &str) -> Option<EntryId> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    let bytes = digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8);
    Some(EntryId(bytes.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_comes_back_from_its_text() {
        let entry = EntryId(vec![0, 0xAF, 1]);
        assert_eq!(entry_to_text(&entry), "00AF01");
        assert_eq!(entry_from_text("00af01"), Some(entry));
        for wrong in ["", "0", "0g", "é0", "00 "] {
            assert_eq!(entry_from_text(wrong), None, "{wrong:?}");
        }
    }
}
