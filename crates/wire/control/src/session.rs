//! One mail session of a process, as it is told to whoever asks.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | its number in the process |
//! | 8 | since when, seconds since 1970 |
//! | 4 | its clients in the process |
//! | 1 | 1 when others can join it |
//! | 1 | length of the user's name |
//! | … | user and profile, UTF-8 |

use crate::ControlError;

/// Bytes before the texts.
const FIXED_BYTES: usize = 8 + 8 + 4 + 1 + 1;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Its number in the process.
    pub id: u64,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Its clients in the process.
    pub clients: u32,
    /// Whether others can join it.
    pub is_shared: bool,
    /// Whose it is.
    pub user: String,
    /// Its profile.
    pub profile: String,
}

impl Session {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let user = crate::waiting::short(&self.user);
        let mut bytes = Vec::new();
        bytes.extend(self.id.to_le_bytes());
        bytes.extend(self.since.to_le_bytes());
        bytes.extend(self.clients.to_le_bytes());
        bytes.push(u8::from(self.is_shared));
        bytes.push(user.len() as u8);
        bytes.extend(user.as_bytes());
        bytes.extend(self.profile.as_bytes());
        bytes
    }

    pub(crate) fn decode(payload: &[u8], malformed: ControlError) -> Result<Self, ControlError> {
        let (fixed, texts) = payload.split_first_chunk::<FIXED_BYTES>().ok_or(malformed)?;
        let (id, rest) = fixed.split_first_chunk::<8>().ok_or(malformed)?;
        let (since, rest) = rest.split_first_chunk::<8>().ok_or(malformed)?;
        let (clients, rest) = rest.split_first_chunk::<4>().ok_or(malformed)?;
        let (&[shared @ (0 | 1), length], []) = rest.split_first_chunk::<2>().ok_or(malformed)?
        else {
            return Err(malformed);
        };
        let (user, profile) = texts.split_at_checked(usize::from(length)).ok_or(malformed)?;
        let text =
            |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| malformed);
        Ok(Self {
            id: u64::from_le_bytes(*id),
            since: u64::from_le_bytes(*since),
            clients: u32::from_le_bytes(*clients),
            is_shared: shared == 1,
            user: text(user)?,
            profile: text(profile)?,
        })
    }
}
