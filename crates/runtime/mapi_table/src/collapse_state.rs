//! Which headings are open, and a row, as bytes that a client keeps.
//!
//! Layout: version byte, 8 bytes that name the sort order, the row's key, the count
//! of headings that are not as the order says (32 bits), their keys. A key is its
//! length in 16 bits and its bytes. Numbers are little endian. Bytes that were not
//! made here are refused, never followed.

use std::collections::BTreeSet;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::SortOrder;

use crate::categories::MAX_TOGGLED_HEADINGS;

/// The layout that is written and read.
const VERSION: u8 = 1;
/// Longest key of a row or heading.
pub const MAX_KEY_BYTES: usize = 4096;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollapseState {
    /// Names the sort order that it belongs to.
    pub order: u64,
    /// Instance key of the row that the client looks at.
    pub row: Vec<u8>,
    /// Instance keys of the headings that are not as the sort order says.
    pub toggled: BTreeSet<Vec<u8>>,
}

/// Names a sort order.
pub(crate) fn name_of(order: &SortOrder) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let text = format!("{order:?}");
    text.bytes().fold(BASIS, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(PRIME))
}

impl CollapseState {
    /// As bytes.
    ///
    /// # Errors
    /// `TOO_BIG` a key is longer than [`MAX_KEY_BYTES`], or there are more than
    /// [`MAX_TOGGLED_HEADINGS`].
    pub fn encode(&self) -> Result<Vec<u8>, Failure> {
        let too_big = || Failure::new(Code::TOO_BIG, "the state is too large to be kept");
        let count = u32::try_from(self.toggled.len()).map_err(|_| too_big())?;
        if self.toggled.len() > MAX_TOGGLED_HEADINGS {
            return Err(too_big());
        }
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.order.to_le_bytes());
        let put = |bytes: &mut Vec<u8>, key: &[u8]| {
            let length = u16::try_from(key.len()).map_err(|_| too_big())?;
            if key.len() > MAX_KEY_BYTES {
                return Err(too_big());
            }
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(key);
            Ok(())
        };
        put(&mut bytes, &self.row)?;
        bytes.extend_from_slice(&count.to_le_bytes());
        for key in &self.toggled {
            put(&mut bytes, key)?;
        }
        Ok(bytes)
    }

    /// From bytes.
    ///
    /// # Errors
    /// `VERSION` another layout; `CORRUPT_DATA` not what [`CollapseState::encode`]
    /// makes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        let mut rest = bytes;
        if take::<1>(&mut rest)? != [VERSION] {
            let says = "the state was kept by another version: read the table anew";
            return Err(Failure::new(Code::VERSION, says));
        }
        let order = u64::from_le_bytes(take(&mut rest)?);
        let row = take_key(&mut rest)?;
        let count = u32::from_le_bytes(take(&mut rest)?) as usize;
        if count > MAX_TOGGLED_HEADINGS {
            return Err(damaged());
        }
        let mut toggled = BTreeSet::new();
        for _ in 0..count {
            let key = take_key(&mut rest)?;
            // In ascending order, so that a state has one form only.
            if toggled.last().is_some_and(|last| *last >= key) {
                return Err(damaged());
            }
            toggled.insert(key);
        }
        if rest.is_empty() { Ok(Self { order, row, toggled }) } else { Err(damaged()) }
    }
}

fn damaged() -> Failure {
    Failure::new(Code::CORRUPT_DATA, "these bytes are no state of a table: pass them unchanged")
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Failure> {
    let (front, back) = rest.split_first_chunk::<N>().ok_or_else(damaged)?;
    *rest = back;
    Ok(*front)
}

fn take_key(rest: &mut &[u8]) -> Result<Vec<u8>, Failure> {
    let length = usize::from(u16::from_le_bytes(take(rest)?));
    if length > MAX_KEY_BYTES {
        return Err(damaged());
    }
    let (key, back) = rest.split_at_checked(length).ok_or_else(damaged)?;
    *rest = back;
    Ok(key.to_vec())
}

/// The oracle of the fuzzer and of the tests: what can be read is written as the
/// same bytes.
///
/// # Panics
/// When it is not.
pub fn oracle(bytes: &[u8]) {
    if let Ok(state) = CollapseState::decode(bytes) {
        assert_eq!(state.encode().as_deref().ok(), Some(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapi_abi::restriction::SortKey;
    use mapi_abi::tags::PR_SUBJECT;

    fn state(headings: usize, key_bytes: usize) -> CollapseState {
        let key = |at: usize| {
            let mut key = vec![0; key_bytes.max(4)];
            key[..4].copy_from_slice(&u32::try_from(at).unwrap().to_be_bytes());
            key
        };
        CollapseState { order: 7, row: vec![1, 2], toggled: (0..headings).map(key).collect() }
    }

    #[test]
    fn a_state_survives_its_bytes_up_to_its_limits() {
        for state in [state(0, 4), state(3, MAX_KEY_BYTES), state(MAX_TOGGLED_HEADINGS, 4)] {
            let bytes = state.encode().unwrap();
            assert_eq!(CollapseState::decode(&bytes).unwrap(), state);
            oracle(&bytes);
        }
        for state in [state(1, MAX_KEY_BYTES + 1), state(MAX_TOGGLED_HEADINGS + 1, 4)] {
            assert_eq!(state.encode().unwrap_err().code, Code::TOO_BIG);
        }
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let bytes = state(3, 8).encode().unwrap();
        for length in 0..bytes.len() {
            assert!(CollapseState::decode(&bytes[..length]).is_err(), "{length}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(CollapseState::decode(&longer).unwrap_err().code, Code::CORRUPT_DATA);
        let mut newer = bytes.clone();
        newer[0] = VERSION + 1;
        assert_eq!(CollapseState::decode(&newer).unwrap_err().code, Code::VERSION);
        let mut many = state(0, 0).encode().unwrap();
        let at = many.len() - 4;
        many[at..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(CollapseState::decode(&many).unwrap_err().code, Code::CORRUPT_DATA);
        for at in 0..bytes.len() {
            for flip in [1, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                oracle(&damaged);
            }
        }
    }

    #[test]
    fn sort_orders_have_names_of_their_own() {
        let by_subject = SortOrder::from(vec![SortKey { tag: PR_SUBJECT, descending: false }]);
        let mut with_headings = by_subject.clone();
        with_headings.categories = 1;
        assert_ne!(name_of(&by_subject), name_of(&with_headings));
        assert_eq!(name_of(&by_subject), name_of(&by_subject.clone()));
    }
}
