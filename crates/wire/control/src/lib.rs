//! The private messages between the processes of one house: between the
//! supervisor and those that it starts, and to whoever asks a process what its
//! threads wait for and which mail sessions it has. These are not component calls.
//!
//! A message is a head of four bytes and a payload:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, [`VERSION`] |
//! | 1 | kind |
//! | 2 | length of the payload, little endian, at most [`MAX_PAYLOAD_BYTES`] |
//!
//! Both ends are of one program and one version; a message that does not fit is
//! an error and ends the conversation.

#![forbid(unsafe_code)]

mod session;
mod waiting;

use std::fmt;

pub use session::Session;
pub use waiting::Waiting;

/// Version of the messages.
pub const VERSION: u8 = 1;
/// Longest payload.
pub const MAX_PAYLOAD_BYTES: usize = 1024;
const HEAD_BYTES: usize = 1 /* version */ + 1 /* kind */ + 2 /* length */;

const READY: u8 = 1;
const DRAIN: u8 = 2;
const DRAINED: u8 = 3;
const WAITING: u8 = 4;
const END: u8 = 5;
const SESSION: u8 = 6;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// To a process: finish what was begun and end.
    Drain,
    /// From a process that ends: how many requests were cut off.
    Drained {
        /// Requests whose bound was over.
        cut: u32,
    },
    /// From a process: it serves.
    Ready {
        /// Where, as text.
        address: String,
    },
    /// To whoever asked: one mail session of this process.
    Session(Session),
    /// To whoever asked: one wait of this process.
    Waiting(Waiting),
    /// To whoever asked: that was all.
    End,
}

/// A message that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// The other end speaks another version.
    Version(u8),
    /// No such kind, or a payload that its kind does not have.
    Malformed(u8),
    /// A payload longer than [`MAX_PAYLOAD_BYTES`].
    TooLong(usize),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(found) => {
                write!(f, "control message of version {found}, this program speaks {VERSION}")
            }
            Self::Malformed(kind) => write!(f, "malformed control message of kind {kind}"),
            Self::TooLong(bytes) => write!(f, "control message of {bytes} bytes"),
        }
    }
}

impl std::error::Error for ControlError {}

impl Message {
    /// The message's bytes.
    ///
    /// # Errors
    /// [`ControlError::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, ControlError> {
        let (kind, payload) = match self {
            Self::Drain => (DRAIN, Vec::new()),
            Self::Drained { cut } => (DRAINED, cut.to_le_bytes().to_vec()),
            Self::Ready { address } => (READY, address.clone().into_bytes()),
            Self::Waiting(waiting) => (WAITING, waiting.encode()),
            Self::Session(session) => (SESSION, session.encode()),
            Self::End => (END, Vec::new()),
        };
        let length = u16::try_from(payload.len())
            .ok()
            .filter(|_| payload.len() <= MAX_PAYLOAD_BYTES)
            .ok_or(ControlError::TooLong(payload.len()))?;
        let mut bytes = vec![VERSION, kind];
        bytes.extend(length.to_le_bytes());
        bytes.extend(payload);
        Ok(bytes)
    }

    /// The message at the beginning of `bytes` and how many it takes; nothing
    /// when more bytes are needed.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, ControlError> {
        let Some((&[version, kind, low, high], rest)) = bytes.split_first_chunk::<HEAD_BYTES>()
        else {
            return Ok(None);
        };
        if version != VERSION {
            return Err(ControlError::Version(version));
        }
        let length = usize::from(u16::from_le_bytes([low, high]));
        if length > MAX_PAYLOAD_BYTES {
            return Err(ControlError::TooLong(length));
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let malformed = ControlError::Malformed(kind);
        let message = match kind {
            READY => {
                let address = std::str::from_utf8(payload).map_err(|_| malformed)?;
                Self::Ready { address: address.to_owned() }
            }
            DRAIN if payload.is_empty() => Self::Drain,
            END if payload.is_empty() => Self::End,
            WAITING => Self::Waiting(Waiting::decode(payload, malformed)?),
            SESSION => Self::Session(Session::decode(payload, malformed)?),
            DRAINED => {
                let cut = payload.try_into().map_err(|_| malformed)?;
                Self::Drained { cut: u32::from_le_bytes(cut) }
            }
            _ => return Err(malformed),
        };
        Ok(Some((message, HEAD_BYTES + length)))
    }
}

/// Decodes anything; for fuzzing. What decodes must encode to the same bytes.
///
/// # Panics
/// When it does not.
pub fn oracle(bytes: &[u8]) {
    if let Ok(Some((message, taken))) = Message::decode(bytes) {
        let encoded = message.encode();
        assert_eq!(encoded.as_deref(), Ok(bytes.get(..taken).unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_its_bytes_however_they_arrive() {
        for message in [
            Message::Drain,
            Message::Drained { cut: 7 },
            Message::Ready { address: "127.0.0.1:8080".into() },
            Message::Waiting(Waiting {
                tid: 7,
                holder: 8,
                age_ms: 1 << 40,
                has_begun: true,
                serves: false,
                is_running: true,
                apartment: "main-sta".into(),
                identity: "älice".into(),
                what: "a mutex".into(),
            }),
            Message::Session(Session {
                id: 7,
                since: 1 << 33,
                clients: 2,
                is_shared: true,
                user: "älice".into(),
                profile: "Größe".into(),
            }),
            Message::End,
        ] {
            let bytes = message.encode().unwrap();
            for end in 0..bytes.len() {
                assert_eq!(Message::decode(&bytes[..end]), Ok(None));
            }
            let mut followed = bytes.clone();
            followed.extend([9, 9]);
            assert_eq!(Message::decode(&followed), Ok(Some((message, bytes.len()))));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Message::decode(&[2, 1, 0, 0]), Err(ControlError::Version(2)));
        assert_eq!(Message::decode(&[1, 9, 0, 0]), Err(ControlError::Malformed(9)));
        assert_eq!(Message::decode(&[1, DRAIN, 1, 0, 0]), Err(ControlError::Malformed(DRAIN)));
        assert_eq!(Message::decode(&[1, DRAINED, 1, 0, 0]), Err(ControlError::Malformed(DRAINED)));
        assert_eq!(Message::decode(&[1, READY, 1, 0, 0xFF]), Err(ControlError::Malformed(READY)));
        let ready = |bytes| Message::Ready { address: "a".repeat(bytes) };
        assert!(ready(MAX_PAYLOAD_BYTES).encode().is_ok());
        let too_long = ControlError::TooLong(MAX_PAYLOAD_BYTES + 1);
        assert_eq!(ready(MAX_PAYLOAD_BYTES + 1).encode(), Err(too_long));
        assert_eq!(Message::decode(&[1, READY, 0x01, 0x04]), Err(too_long));
    }

    #[test]
    fn no_bytes_break_the_decoder() {
        for kind in 0..=6 {
            for length in 0..=24u8 {
                for fill in [0, 1, 0x7F, 0xFF] {
                    let mut bytes = vec![VERSION, kind, length, 0];
                    bytes.extend(std::iter::repeat_n(fill, 24));
                    (0..=bytes.len()).for_each(|end| oracle(&bytes[..end]));
                }
            }
        }
    }
}
