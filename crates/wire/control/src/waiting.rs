//! One wait of a process, as it is told to whoever asks why something hangs.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | the waiting thread |
//! | 4 | the thread it waits for, 0 when unknown |
//! | 8 | since how many milliseconds |
//! | 1 | bit 0: that thread has it in hand; bit 1: the waiting one serves meanwhile; bit 2: it runs again |
//! | 1 | length of the apartment's name |
//! | 1 | length of the identity's name, 0 for the process's own |
//! | … | both names, then what it waits for, UTF-8 |

use crate::ControlError;

const HAS_BEGUN: u8 = 1;
const SERVES: u8 = 2;
const IS_RUNNING: u8 = 4;
/// Bytes before the texts.
const FIXED_BYTES: usize = 4 // thread
    + 4 // holder
    + 8 // age
    + 1 // flags
    + 1 // length of the apartment
    + 1; // length of the identity

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The waiting thread.
    pub tid: i32,
    /// The thread it waits for, 0 when unknown.
    pub holder: i32,
    /// Since how many milliseconds.
    pub age_ms: u64,
    /// Whether that thread has it in hand, rather than in its queue.
    pub has_begun: bool,
    /// Whether the waiting thread serves calls meanwhile.
    pub serves: bool,
    /// Whether it runs again within its waits.
    pub is_running: bool,
    /// The waiting thread's apartment.
    pub apartment: String,
    /// As whom it works; empty for the process itself.
    pub identity: String,
    /// What it waits for.
    pub what: String,
}

/// As much of a text as has room in a length of one byte.
pub(crate) fn short(text: &str) -> &str {
    let end = (0..=text.len().min(255)).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

impl Waiting {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (apartment, identity) = (short(&self.apartment), short(&self.identity));
        let flags = u8::from(self.has_begun) * HAS_BEGUN
            + u8::from(self.serves) * SERVES
            + u8::from(self.is_running) * IS_RUNNING;
        let mut bytes = Vec::with_capacity(FIXED_BYTES + self.what.len());
        bytes.extend(self.tid.to_le_bytes());
        bytes.extend(self.holder.to_le_bytes());
        bytes.extend(self.age_ms.to_le_bytes());
        bytes.extend([flags, apartment.len() as u8, identity.len() as u8]);
        bytes.extend(apartment.bytes().chain(identity.bytes()).chain(self.what.bytes()));
        bytes
    }

    pub(crate) fn decode(payload: &[u8], malformed: ControlError) -> Result<Self, ControlError> {
        let mut rest = payload;
        let mut take = |count: usize| {
            let (taken, after) = rest.split_at_checked(count).ok_or(malformed)?;
            rest = after;
            Ok::<_, ControlError>(taken)
        };
        let number = |bytes: &[u8]| bytes.try_into().map(i32::from_le_bytes).unwrap_or_default();
        let (tid, holder) = (number(take(4)?), number(take(4)?));
        let age_ms = take(8)?.try_into().map(u64::from_le_bytes).unwrap_or_default();
        let (flags, apartment, identity) = match *take(3)? {
            [flags, apartment, identity] if flags < 8 => (flags, apartment, identity),
            _ => return Err(malformed),
        };
        let text =
            |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| malformed);
        let apartment = text(take(apartment.into())?)?;
        let identity = text(take(identity.into())?)?;
        Ok(Self {
            tid,
            holder,
            age_ms,
            has_begun: flags & HAS_BEGUN != 0,
            serves: flags & SERVES != 0,
            is_running: flags & IS_RUNNING != 0,
            apartment,
            identity,
            what: text(rest)?,
        })
    }
}
