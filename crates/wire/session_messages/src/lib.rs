//! The private messages between programs that share a mail session and the
//! broker of their user. These are not component calls.
//!
//! A message is a head of six bytes and a payload:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, [`VERSION`] |
//! | 1 | kind |
//! | 4 | length of the payload, little endian, at most [`MAX_PAYLOAD_BYTES`] |
//!
//! Numbers are little endian, texts and bytes have a length of four bytes. What a
//! session is (profile, credentials) is bytes that only its programs read. A
//! message that does not fit is an error and ends the conversation.

#![forbid(unsafe_code)]

mod fields;
#[cfg(test)]
mod tests;

use std::fmt;

use fields::{Reader, Writer};

/// Version of the messages.
pub const VERSION: u8 = 1;
/// Longest payload.
pub const MAX_PAYLOAD_BYTES: usize = 128 << 10;
/// Longest text.
pub const MAX_TEXT_BYTES: usize = 1024;
const HEAD_BYTES: usize = 1 /* version */ + 1 /* kind */ + 4 /* length */;

/// A shared session as the broker lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number at this broker.
    pub number: u64,
    /// Its profile.
    pub profile: String,
    /// Seconds since 1970 when it was published.
    pub since: u64,
    /// Whether it stays without programs, until somebody logs it off.
    pub is_kept: bool,
    /// The programs that share it: process and name.
    pub programs: Vec<(u32, String)>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// To the broker: the shared session, if there is one.
    Join {
        /// The program's name, for lists.
        program: String,
    },
    /// From the broker: this one, and whoever asked is a member now.
    Joined {
        /// Its number.
        number: u64,
        /// Its profile.
        profile: String,
        /// What its first program said of it.
        session: Vec<u8>,
    },
    /// From the broker: there is none.
    None,
    /// To the broker: this is the shared session from now on.
    Publish {
        /// The program's name, for lists.
        program: String,
        /// Its profile.
        profile: String,
        /// What programs that join need to know.
        session: Vec<u8>,
    },
    /// From the broker: it is, and whoever published it is a member.
    Published {
        /// Its number.
        number: u64,
    },
    /// From the broker: there is one already.
    Exists,
    /// From a member: all members shall leave.
    AskAllToLeave,
    /// To a member: it is asked to leave.
    Leave,
    /// From a member: the session stays when its last program ends.
    Keep,
    /// From the broker: done.
    Done,
    /// To the broker: which sessions there are.
    List,
    /// From the broker: one of them.
    Entry(Listed),
    /// From the broker: that was all.
    End,
    /// To the broker: the session ends, for all its programs.
    LogOff {
        /// Its number.
        number: u64,
    },
    /// To a member: the session has ended.
    Ended,
}

/// A message that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// The other end speaks another version.
    Version(u8),
    /// No such kind, or a payload that its kind does not have.
    Malformed(u8),
    /// A payload longer than [`MAX_PAYLOAD_BYTES`], or a text longer than
    /// [`MAX_TEXT_BYTES`].
    TooLong(usize),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(found) => {
                write!(f, "session message of version {found}, this program speaks {VERSION}")
            }
            Self::Malformed(kind) => write!(f, "malformed session message of kind {kind}"),
            Self::TooLong(bytes) => write!(f, "session message with {bytes} bytes"),
        }
    }
}

impl std::error::Error for MessageError {}

impl Message {
    const fn kind(&self) -> u8 {
        match self {
            Self::Join { .. } => 1,
            Self::Joined { .. } => 2,
            Self::None => 3,
            Self::Publish { .. } => 4,
            Self::Published { .. } => 5,
            Self::Exists => 6,
            Self::AskAllToLeave => 7,
            Self::Leave => 8,
            Self::Keep => 9,
            Self::Done => 10,
            Self::List => 11,
            Self::Entry(_) => 12,
            Self::End => 13,
            Self::LogOff { .. } => 14,
            Self::Ended => 15,
        }
    }

    /// The message as bytes.
    ///
    /// # Errors
    /// [`MessageError::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        let mut out = Writer::new();
        match self {
            Self::Join { program } => out.text(program)?,
            Self::Joined { number, profile, session } => {
                out.number(*number);
                out.text(profile)?;
                out.bytes(session);
            }
            Self::Publish { program, profile, session } => {
                out.text(program)?;
                out.text(profile)?;
                out.bytes(session);
            }
            Self::Published { number } | Self::LogOff { number } => out.number(*number),
            Self::Entry(listed) => {
                out.number(listed.number);
                out.text(&listed.profile)?;
                out.number(listed.since);
                out.number(u64::from(listed.is_kept));
                for (pid, program) in &listed.programs {
                    out.number(u64::from(*pid));
                    out.text(program)?;
                }
            }
            _ => {}
        }
        let payload = out.finish();
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(MessageError::TooLong(payload.len()));
        }
        let length = (payload.len() as u32).to_le_bytes();
        Ok([&[VERSION, self.kind()][..], &length, &payload].concat())
    }

    /// The first message of `bytes` and how many of them it has; `None` when it
    /// is not whole yet.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, MessageError> {
        let Some((head, rest)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
            return match bytes.first() {
                Some(&version) if version != VERSION => Err(MessageError::Version(version)),
                _ => Ok(None),
            };
        };
        let [version, kind, length @ ..] = *head;
        if version != VERSION {
            return Err(MessageError::Version(version));
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > MAX_PAYLOAD_BYTES {
            return Err(MessageError::TooLong(length));
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let mut reader = Reader::new(payload);
        let message = Self::of_kind(kind, &mut reader).ok_or(MessageError::Malformed(kind))?;
        if !reader.is_at_end() {
            return Err(MessageError::Malformed(kind));
        }
        Ok(Some((message, HEAD_BYTES + length)))
    }

    fn of_kind(kind: u8, payload: &mut Reader<'_>) -> Option<Self> {
        Some(match kind {
            1 => Self::Join { program: payload.text()? },
            2 => Self::Joined {
                number: payload.number()?,
                profile: payload.text()?,
                session: payload.bytes()?,
            },
            3 => Self::None,
            4 => Self::Publish {
                program: payload.text()?,
                profile: payload.text()?,
                session: payload.bytes()?,
            },
            5 => Self::Published { number: payload.number()? },
            6 => Self::Exists,
            7 => Self::AskAllToLeave,
            8 => Self::Leave,
            9 => Self::Keep,
            10 => Self::Done,
            11 => Self::List,
            12 => {
                let (number, profile) = (payload.number()?, payload.text()?);
                let since = payload.number()?;
                let is_kept = match payload.number()? {
                    0 => false,
                    1 => true,
                    _ => return None,
                };
                let mut programs = Vec::new();
                while !payload.is_at_end() {
                    programs.push((u32::try_from(payload.number()?).ok()?, payload.text()?));
                }
                Self::Entry(Listed { number, profile, since, is_kept, programs })
            }
            13 => Self::End,
            14 => Self::LogOff { number: payload.number()? },
            15 => Self::Ended,
            _ => return None,
        })
    }
}
