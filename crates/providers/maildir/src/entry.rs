//! Entry identifiers of this provider.
//!
//! Layout: 4 flag bytes (0), the store's 16-byte identity, a version byte, a kind
//! byte, then a folder's name, and for messages a zero and the base name of the
//! file. No name has a zero or a slash in it; the root of the folders is `/`.

use std::path::Path;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::{MAPI_FOLDER, MAPI_MESSAGE};
use mapi_abi::value::EntryId;

const VERSION: u8 = 1;
/// The name that stands for the root of the folders, which is no folder on disk.
pub(crate) const ROOT: &str = "/";
/// Longest identifier that is read.
const MAX_BYTES: usize = 1024;

pub(crate) type Uid = [u8; 16];

/// Identity of the store at a path.
pub(crate) fn uid_of(path: &Path) -> Uid {
    let mut hashes = [0xCBF2_9CE4_8422_2325_u64, 0x6C62_272E_07BB_0142];
    for byte in path.as_os_str().as_encoded_bytes() {
        for hash in &mut hashes {
            *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    let [first, second] = hashes;
    (u128::from(first) << 64 | u128::from(second)).to_be_bytes()
}

fn encode(uid: &Uid, kind: i32, parts: &[&str]) -> EntryId {
    let mut bytes = vec![0; 4];
    bytes.extend_from_slice(uid);
    bytes.extend_from_slice(&[VERSION, kind as u8]);
    bytes.extend_from_slice(parts.join("\0").as_bytes());
    EntryId(bytes)
}

pub(crate) fn folder(uid: &Uid, name: &str) -> EntryId {
    encode(uid, MAPI_FOLDER, &[name])
}

pub(crate) fn message(uid: &Uid, folder: &str, base: &str) -> EntryId {
    encode(uid, MAPI_MESSAGE, &[folder, base])
}

fn decode<'a>(uid: &Uid, kind: i32, entry: &'a EntryId) -> Option<&'a str> {
    let (front, name) = entry.0.split_at_checked(22).filter(|_| entry.0.len() <= MAX_BYTES)?;
    (front == encode(uid, kind, &[]).0).then_some(())?;
    std::str::from_utf8(name).ok()
}

fn invalid(thing: &str) -> Failure {
    Failure::new(Code::INVALID_ENTRYID, format!("not an identifier of a {thing} of this store"))
}

/// Whether a name is one that [`crate::places`] gives a folder.
fn is_folder(name: &str) -> bool {
    name.is_empty()
        || name == ROOT
        || name.starts_with('.') && !name.contains(['/', '\0']) && name != "." && name != ".."
}

/// The folder's name on disk.
pub(crate) fn folder_name<'a>(uid: &Uid, entry: &'a EntryId) -> Result<&'a str, Failure> {
    decode(uid, MAPI_FOLDER, entry).filter(|name| is_folder(name)).ok_or_else(|| invalid("folder"))
}

/// The folder's name and the base name of the message's file.
pub(crate) fn message_name<'a>(
    uid: &Uid,
    entry: &'a EntryId,
) -> Result<(&'a str, &'a str), Failure> {
    decode(uid, MAPI_MESSAGE, entry)
        .and_then(|names| names.split_once('\0'))
        .filter(|(folder, base)| {
            is_folder(folder)
                && *folder != ROOT
                && !base.is_empty()
                && !base.starts_with('.')
                && !base.contains(['/', '\0'])
        })
        .ok_or_else(|| invalid("message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_back_and_others_are_refused() {
        let uid = uid_of(Path::new("/home/a/Maildir"));
        let other = uid_of(Path::new("/home/b/Maildir"));
        assert_eq!(folder_name(&uid, &folder(&uid, ".A.B")), Ok(".A.B"));
        assert_eq!(message_name(&uid, &message(&uid, "", "1.a")), Ok(("", "1.a")));
        assert!(folder_name(&other, &folder(&uid, "")).is_err());
        assert!(message_name(&uid, &folder(&uid, "")).is_err());
        for name in ["..", ".", "../x", "a", ".a/../b", ".a\0b"] {
            assert!(folder_name(&uid, &folder(&uid, name)).is_err(), "{name:?}");
            assert!(message_name(&uid, &message(&uid, "", "../x")).is_err());
        }
        for end in 0..22 {
            assert!(folder_name(&uid, &EntryId(folder(&uid, "").0[..end].to_vec())).is_err());
        }
    }
}
