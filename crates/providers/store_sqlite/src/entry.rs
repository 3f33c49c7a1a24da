//! Entry identifiers of this provider.
//!
//! Layout: 4 flag bytes (0, as a permanent identifier has them), the store's
//! 16-byte uid, a version byte, a kind byte, the row's number in 8 bytes, most
//! significant first. Bytes of the same store and kind sort like row numbers.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE};
use mapi_abi::value::EntryId;

/// Length of an identifier in bytes.
pub(crate) const ENTRY_ID_BYTES: usize = 30;
/// The layout that is written and read.
const VERSION: u8 = 1;

/// Identifies a store, made at random when it is created.
pub(crate) type Uid = [u8; 16];

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Folder,
    Message,
}

impl Kind {
    pub(crate) const fn object_type(self) -> i32 {
        match self {
            Self::Folder => MAPI_FOLDER,
            Self::Message => MAPI_MESSAGE,
        }
    }
}

pub(crate) fn encode(uid: &Uid, kind: Kind, row: i64) -> EntryId {
    let mut bytes = Vec::with_capacity(ENTRY_ID_BYTES);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(uid);
    bytes.push(VERSION);
    bytes.push(kind.object_type() as u8);
    bytes.extend_from_slice(&row.to_be_bytes());
    EntryId(bytes)
}

/// The row that `bytes` names, if they are this store's identifier of that kind.
pub(crate) fn decode(uid: &Uid, kind: Kind, bytes: &[u8]) -> Option<i64> {
    let (row, front) = (bytes.last_chunk::<8>()?, bytes.get(..bytes.len() - 8)?);
    let row = i64::from_be_bytes(*row);
    let expected = encode(uid, kind, row);
    (expected.0 == [front, &row.to_be_bytes()].concat() && row > 0).then_some(row)
}

pub(crate) fn row_of(uid: &Uid, kind: Kind, entry: &EntryId) -> Result<i64, Failure> {
    let thing = match kind {
        Kind::Folder => "folder",
        Kind::Message => "message",
    };
    decode(uid, kind, &entry.0).ok_or_else(|| {
        Failure::new(
            Code::INVALID_ENTRYID,
            format!("not an entry identifier of a {thing} of this store"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_only_by_the_store_and_kind_that_made_it() {
        let uid = [7; 16];
        let entry = encode(&uid, Kind::Message, 0x0102);
        assert_eq!(decode(&uid, Kind::Message, &entry.0), Some(0x0102));
        assert_eq!(decode(&uid, Kind::Folder, &entry.0), None);
        assert_eq!(decode(&[8; 16], Kind::Message, &entry.0), None);
        for damaged in 0..22 {
            let mut bytes = entry.0.clone();
            bytes[damaged] ^= 1;
            assert_eq!(decode(&uid, Kind::Message, &bytes), None, "byte {damaged}");
        }
        for length in 0..entry.0.len() {
            assert_eq!(decode(&uid, Kind::Message, &entry.0[..length]), None);
        }
        assert_eq!(decode(&uid, Kind::Message, &encode(&uid, Kind::Message, -1).0), None);
    }
}
