//! Entry identifiers of this provider.
//!
//! Layout: 4 flag bytes (0), the book's 16-byte identity, a version byte, a kind
//! byte, then for cards the file's name, a zero, and the card's key.

use std::path::Path;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::{MAPI_ABCONT, MAPI_MAILUSER};
use mapi_abi::value::EntryId;

const VERSION: u8 = 1;
const FRONT_BYTES: usize = 22;

pub(crate) type Uid = [u8; 16];

/// Identity of the book at a path.
pub(crate) fn uid_of(path: &Path) -> Uid {
    let mut hashes = [0x6C62_272E_07BB_0142_u64, 0xCBF2_9CE4_8422_2325];
    for byte in path.as_os_str().as_encoded_bytes() {
        for hash in &mut hashes {
            *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    let [first, second] = hashes;
    (u128::from(first) << 64 | u128::from(second)).to_be_bytes()
}

fn encode(uid: &Uid, kind: i32, name: &str) -> EntryId {
    let mut bytes = vec![0; 4];
    bytes.extend_from_slice(uid);
    bytes.extend_from_slice(&[VERSION, kind as u8]);
    bytes.extend_from_slice(name.as_bytes());
    EntryId(bytes)
}

pub(crate) fn container(uid: &Uid) -> EntryId {
    encode(uid, MAPI_ABCONT, "")
}

pub(crate) fn card(uid: &Uid, file: &str, key: &str) -> EntryId {
    encode(uid, MAPI_MAILUSER, &format!("{file}\0{key}"))
}

/// File and key of a card.
pub(crate) fn card_name<'a>(uid: &Uid, entry: &'a EntryId) -> Result<(&'a str, &'a str), Failure> {
    let invalid = || Failure::new(Code::INVALID_ENTRYID, "not an entry of this address book");
    let (front, name) = entry.0.split_at_checked(FRONT_BYTES).ok_or_else(invalid)?;
    if front != encode(uid, MAPI_MAILUSER, "").0 {
        return Err(invalid());
    }
    let name = std::str::from_utf8(name).map_err(|_| invalid())?;
    let is_file = |(file, _): &(&str, &str)| !file.contains('/') && !file.starts_with('.');
    name.split_once('\0').filter(is_file).ok_or_else(invalid)
}
