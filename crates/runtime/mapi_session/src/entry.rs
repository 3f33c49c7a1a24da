//! Entry identifiers of stores, as they leave the engine.
//!
//! A store's identifier names its provider in the profile, so that it finds the
//! same store in the next session too; one of another's mailbox names that.
//!
//! Layout: 4 flag bytes (0), 16 fixed bytes, a version byte, a kind
//! byte, then the provider's 16 bytes, or the name of a mailbox in UTF-8.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::value::EntryId;
use mapi_profile::Uid;

use crate::store::StoreHandle;

/// Tells identifiers of stores from all others.
const STORE_UID: [u8; 16] = *b"Partywall.Stores";
const VERSION: u8 = 1;
const KIND_PROVIDER: u8 = 1;
const KIND_MAILBOX: u8 = 2;
/// Longest name of a mailbox, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// What an identifier of a store names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreName {
    /// A provider of the profile.
    Provider(Uid),
    /// Another user's mailbox.
    Mailbox(String),
}

impl StoreName {
    /// As an entry identifier.
    pub fn encode(&self) -> EntryId {
        let (kind, rest) = match self {
            Self::Provider(uid) => (KIND_PROVIDER, &uid.0[..]),
            Self::Mailbox(name) => (KIND_MAILBOX, name.as_bytes()),
        };
        EntryId([&[0; 4], &STORE_UID[..], &[VERSION, kind], rest].concat())
    }

    /// From an entry identifier; `None` if it is not one of a store.
    ///
    /// # Errors
    /// `INVALID_ENTRYID` it is one of a store, and damaged.
    pub fn decode(entry: &EntryId) -> Result<Option<Self>, Failure> {
        let Some((flags, rest)) = entry.0.split_first_chunk::<4>() else { return Ok(None) };
        let Some(rest) = rest.strip_prefix(&STORE_UID) else { return Ok(None) };
        let damaged = || Failure::new(Code::INVALID_ENTRYID, "a store's identifier is damaged");
        let name = match rest {
            [VERSION, KIND_PROVIDER, uid @ ..] => {
                Some(Self::Provider(Uid(uid.try_into().map_err(|_| damaged())?)))
            }
            [VERSION, KIND_MAILBOX, name @ ..] if name.len() <= MAX_NAME_BYTES => {
                let name = String::from_utf8(name.to_vec()).map_err(|_| damaged())?;
                Some(Self::Mailbox(name)).filter(|_| !rest[2..].is_empty())
            }
            _ => None,
        };
        match name {
            Some(name) if *flags == [0; 4] => Ok(Some(name)),
            _ => Err(damaged()),
        }
    }
}

/// The identifier of an open store.
///
/// # Errors
/// As [`StoreHandle::get`].
pub fn of_store(handle: &StoreHandle) -> Result<EntryId, Failure> {
    handle.get()?;
    Ok(handle.name().encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_names_its_store_or_is_refused() {
        for name in [StoreName::Provider(Uid([7; 16])), StoreName::Mailbox("alice".into())] {
            let entry = name.encode();
            assert_eq!(StoreName::decode(&entry), Ok(Some(name)));
            for at in 0..22 {
                let mut damaged = entry.clone();
                damaged.0[at] ^= 1;
                assert!(
                    !matches!(StoreName::decode(&damaged), Ok(Some(found)) if found.encode() != damaged)
                );
            }
        }
        let whole = StoreName::Provider(Uid([7; 16])).encode();
        for end in 0..whole.0.len() {
            let part = EntryId(whole.0[..end].to_vec());
            assert!(!matches!(StoreName::decode(&part), Ok(Some(_))), "{end}");
        }
        let long = StoreName::Mailbox("x".repeat(MAX_NAME_BYTES)).encode();
        assert!(StoreName::decode(&long).unwrap().is_some());
        let longer = StoreName::Mailbox("x".repeat(MAX_NAME_BYTES + 1)).encode();
        assert!(StoreName::decode(&longer).is_err());
        assert_eq!(StoreName::decode(&EntryId(vec![1, 2, 3])), Ok(None));
    }
}
