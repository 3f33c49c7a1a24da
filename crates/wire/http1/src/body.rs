//! Decodes the body of a request as its bytes arrive.
//!
//! RFC 9112 sections 6.3 (message body length) and 7.1 (chunked coding, chunk
//! extensions, trailers). Extensions and trailers are checked, bounded and
//! dropped. Never consumes a byte behind the body, so a pipelined request stays
//! where it is. All sizes are 64-bit with checked arithmetic.

use crate::limits::{
    DEFAULT_MAX_BODY_BYTES, MAX_CHUNK_EXTENSION_BYTES, MAX_CHUNK_LINE_BYTES, MAX_CHUNK_SIZE_DIGITS,
    MAX_TRAILER_BYTES,
};
use crate::reject::Reject;
use crate::syntax::{is_token_byte, is_value_byte};

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFraming {
    /// No body.
    None,
    /// Exactly this many bytes.
    Length(u64),
    /// Chunks, ended by an empty one.
    Chunked,
}

/// What one call of [`BodyDecoder::decode`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes taken from the input.
    pub consumed: usize,
    /// Body bytes put at the start of the output.
    pub produced: usize,
    /// Whether the body is complete; further calls consume nothing.
    pub done: bool,
}

/// Takes socket bytes, gives body bytes.
///
/// Call [`BodyDecoder::decode`] until it is done; when it neither consumed nor
/// produced anything it needs more input or more room.
#[derive(Clone, Debug)]
pub struct BodyDecoder {
    state: State,
    limit: u64,
    produced: u64,
    line_bytes: usize,
    extension_bytes: usize,
    trailer_bytes: usize,
}

/// Where in the body the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In a body of known length, this many bytes to go.
    Length(u64),
    /// In the hex digits of a chunk size.
    Size { value: u64, digits: usize },
    /// In white space after a chunk size; only an extension may follow.
    SizePad { value: u64 },
    /// In a chunk extension.
    Extension { value: u64 },
    /// After the CR of a chunk line.
    SizeLf { value: u64 },
    /// In chunk data, this many bytes to go.
    Data(u64),
    /// Before the CR after chunk data.
    DataCr,
    /// Before the LF after chunk data.
    DataLf,
    /// At the start of a trailer line.
    Trailer,
    /// In the name of a trailer field.
    TrailerName,
    /// In the value of a trailer field.
    TrailerValue,
    /// After the CR of a trailer field.
    TrailerLf,
    /// After the CR of the closing empty line.
    LastLf,
    /// Behind the body.
    Done,
    /// Refused; stays so.
    Failed(Reject),
}

const BAD_SIZE: Reject = Reject::bad("a chunk size is not a hexadecimal 64-bit number");
const BAD_CHUNK_LINE: Reject = Reject::bad("a chunk size line is malformed");
const BAD_CHUNK_END: Reject = Reject::bad("chunk data must be followed by CR and LF");
const BAD_TRAILER: Reject = Reject::bad("a trailer field is malformed");
const TOO_LARGE: Reject = Reject::new(413, "the request body is larger than this server accepts");

impl BodyDecoder {
    /// A decoder with the default size limit.
    #[must_use]
    pub const fn new(framing: BodyFraming) -> Self {
        Self::with_limit(framing, DEFAULT_MAX_BODY_BYTES)
    }

    /// A decoder that refuses bodies of more than `max_body_bytes` with 413; a
    /// declared length beyond it is refused by the first `decode`.
    #[must_use]
    pub const fn with_limit(framing: BodyFraming, max_body_bytes: u64) -> Self {
        let state = match framing {
            BodyFraming::None | BodyFraming::Length(0) => State::Done,
            BodyFraming::Length(length) if length > max_body_bytes => State::Failed(TOO_LARGE),
            BodyFraming::Length(length) => State::Length(length),
            BodyFraming::Chunked => State::Size { value: 0, digits: 0 },
        };
        Self {
            state,
            limit: max_body_bytes,
            produced: 0,
            line_bytes: 0,
            extension_bytes: 0,
            trailer_bytes: 0,
        }
    }

    /// Whether the whole body has been decoded.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Body bytes produced so far.
    #[must_use]
    pub const fn produced_bytes(&self) -> u64 {
        self.produced
    }

    /// Bytes still to come, known only for a body of declared length.
    #[must_use]
    pub const fn remaining_bytes(&self) -> Option<u64> {
        match self.state {
            State::Length(left) => Some(left),
            State::Done => Some(0),
            _ => None,
        }
    }

    /// Decodes as much of `input` as fits into `output`. With an empty `output`
    /// it still takes framing bytes, so the end of a body read exactly to its
    /// last byte is found.
    ///
    /// # Errors
    ///
    /// 400 when the chunked coding is malformed, 413 when the body is too large,
    /// 431 when its trailers are. Body bytes before the fault are given first and
    /// the refusal by the next call; every later call repeats it.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Progress, Reject> {
        let mut progress = Progress::default();
        loop {
            let rest = input.get(progress.consumed..).unwrap_or_default();
            match self.state {
                // Body bytes before the fault are handed over first.
                State::Failed(_) if progress.produced > 0 => return Ok(progress),
                State::Failed(reject) => return Err(reject),
                State::Done => {
                    progress.done = true;
                    return Ok(progress);
                }
                State::Length(left) | State::Data(left) => {
                    let room = output.get_mut(progress.produced..).unwrap_or_default();
                    let taken = copy(rest, room, left);
                    if taken == 0 {
                        return Ok(progress);
                    }
                    progress.consumed += taken;
                    progress.produced += taken;
                    self.advance_data(left, taken as u64);
                }
                _ => {
                    let Some(&byte) = rest.first() else { return Ok(progress) };
                    progress.consumed += 1;
                    match self.framing_byte(byte) {
                        Ok(state) => self.state = state,
                        Err(reject) => self.state = State::Failed(reject),
                    }
                }
            }
        }
    }

    fn advance_data(&mut self, left: u64, taken: u64) {
        let left = left.saturating_sub(taken);
        self.produced = self.produced.saturating_add(taken);
        self.state = match (self.state, left) {
            (State::Length(_), 0) => State::Done,
            (State::Length(_), _) => State::Length(left),
            (_, 0) => State::DataCr,
            _ => State::Data(left),
        };
    }

    fn framing_byte(&mut self, byte: u8) -> Result<State, Reject> {
        match self.state {
            State::Size { .. }
            | State::SizePad { .. }
            | State::Extension { .. }
            | State::SizeLf { .. } => self.chunk_line_byte(byte),
            State::DataCr if byte == b'\r' => Ok(State::DataLf),
            State::DataLf if byte == b'\n' => {
                self.line_bytes = 0;
                Ok(State::Size { value: 0, digits: 0 })
            }
            State::DataCr | State::DataLf => Err(BAD_CHUNK_END),
            State::LastLf if byte == b'\n' => Ok(State::Done),
            _ => self.trailer_byte(byte),
        }
    }

    fn chunk_line_byte(&mut self, byte: u8) -> Result<State, Reject> {
        if byte != b'\r' && byte != b'\n' {
            self.line_bytes += 1;
            if self.line_bytes > MAX_CHUNK_LINE_BYTES {
                return Err(Reject::bad("a chunk size line is longer than this server accepts"));
            }
        }
        match (self.state, byte) {
            (State::Size { digits: 0, .. }, b'\r' | b' ' | b'\t' | b';') => Err(BAD_SIZE),
            (State::Size { value, .. }, b' ' | b'\t') => Ok(State::SizePad { value }),
            (State::Size { value, digits }, _) if byte.is_ascii_hexdigit() => {
                let value = size_digit(value, byte).ok_or(BAD_SIZE)?;
                if digits >= MAX_CHUNK_SIZE_DIGITS {
                    return Err(BAD_SIZE);
                }
                Ok(State::Size { value, digits: digits + 1 })
            }
            (State::SizePad { value }, b' ' | b'\t') => Ok(State::SizePad { value }),
            (State::Size { value, .. } | State::SizePad { value }, b';') => {
                Ok(State::Extension { value })
            }
            (State::Size { value, .. } | State::Extension { value }, b'\r') => {
                Ok(State::SizeLf { value })
            }
            (State::Size { .. }, _) => Err(BAD_SIZE),
            (State::Extension { value }, _) if is_value_byte(byte) => {
                self.extension_bytes += 1;
                if self.extension_bytes > MAX_CHUNK_EXTENSION_BYTES {
                    return Err(Reject::bad("the chunk extensions are too long"));
                }
                Ok(State::Extension { value })
            }
            (State::SizeLf { value }, b'\n') => self.start_chunk(value),
            _ => Err(BAD_CHUNK_LINE),
        }
    }

    fn start_chunk(&self, size: u64) -> Result<State, Reject> {
        if size == 0 {
            return Ok(State::Trailer);
        }
        match self.produced.checked_add(size) {
            Some(total) if total <= self.limit => Ok(State::Data(size)),
            _ => Err(TOO_LARGE),
        }
    }

    fn trailer_byte(&mut self, byte: u8) -> Result<State, Reject> {
        // The CRLF of the closing empty line is not part of the trailer section.
        if (self.state, byte) == (State::Trailer, b'\r') {
            return Ok(State::LastLf);
        }
        self.trailer_bytes += 1;
        if self.trailer_bytes > MAX_TRAILER_BYTES {
            return Err(Reject::new(431, "the trailer section is larger than this server accepts"));
        }
        match (self.state, byte) {
            (State::TrailerName, b':') => Ok(State::TrailerValue),
            (State::Trailer | State::TrailerName, _) if is_token_byte(byte) => {
                Ok(State::TrailerName)
            }
            (State::TrailerValue, b'\r') => Ok(State::TrailerLf),
            (State::TrailerValue, _) if is_value_byte(byte) => Ok(State::TrailerValue),
            (State::TrailerLf, b'\n') => Ok(State::Trailer),
            _ => Err(BAD_TRAILER),
        }
    }
}

fn size_digit(value: u64, digit: u8) -> Option<u64> {
    let digit = char::from(digit).to_digit(16)?;
    value.checked_mul(16)?.checked_add(u64::from(digit))
}

/// Copies as much as input, room and `left` allow and says how much that was.
fn copy(input: &[u8], room: &mut [u8], left: u64) -> usize {
    let most = usize::try_from(left).unwrap_or(usize::MAX);
    let count = input.len().min(room.len()).min(most);
    if let (Some(to), Some(from)) = (room.get_mut(..count), input.get(..count)) {
        to.copy_from_slice(from);
    }
    count
}
