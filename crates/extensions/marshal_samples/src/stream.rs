//! What the samples put into streams: numbers and short texts.

use core::ffi::c_void;
use core::ptr::null_mut;

use com_abi::codes::{E_INVALIDARG, RPC_E_INVALID_OBJREF, STG_E_READFAULT};
use com_abi::stream::IStream;
use com_abi::{HRESULT, Interface};

/// Longest text, in 16-bit units.
pub const MAX_TEXT_UNITS: usize = 4096;

/// A result code as a result.
///
/// # Errors
/// The code, if it is one of failure.
pub fn done(code: HRESULT) -> Result<(), HRESULT> {
    if code.is_err() { Err(code) } else { Ok(()) }
}

/// The stream of a method's argument.
///
/// # Errors
/// `E_INVALIDARG` for null.
///
/// # Safety
/// `raw` is null or a live stream that outlives the answer.
pub unsafe fn borrowed(raw: &*mut c_void) -> Result<&IStream, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { IStream::from_raw_borrowed(raw) }.ok_or(E_INVALIDARG)
}

/// Writes a number.
///
/// # Errors
/// The stream's.
pub fn write_number(stream: &IStream, number: i32) -> Result<(), HRESULT> {
    let bytes = number.to_le_bytes();
    // SAFETY: that many readable bytes; null is allowed for the count.
    done(unsafe { stream.Write(bytes.as_ptr().cast(), bytes.len() as u32, null_mut()) })
}

/// Writes a text.
///
/// # Errors
/// The stream's.
pub fn write_text(stream: &IStream, text: &[u16]) -> Result<(), HRESULT> {
    write_number(stream, text.len() as i32)?;
    let bytes: Vec<u8> = text.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    // SAFETY: as above.
    done(unsafe { stream.Write(bytes.as_ptr().cast(), bytes.len() as u32, null_mut()) })
}

fn read(stream: &IStream, bytes: &mut [u8]) -> Result<(), HRESULT> {
    let (size, mut count) = (bytes.len() as u32, 0);
    // SAFETY: that many writable bytes and a writable place.
    done(unsafe { stream.Read(bytes.as_mut_ptr().cast(), size, &mut count) })?;
    if count == size { Ok(()) } else { Err(STG_E_READFAULT) }
}

/// Reads a number.
///
/// # Errors
/// `STG_E_READFAULT` at the stream's end; the stream's.
pub fn read_number(stream: &IStream) -> Result<i32, HRESULT> {
    let mut bytes = [0; 4];
    read(stream, &mut bytes)?;
    Ok(i32::from_le_bytes(bytes))
}

/// Reads a text.
///
/// # Errors
/// `RPC_E_INVALID_OBJREF` for one that is too long; otherwise as
/// [`read_number`].
pub fn read_text(stream: &IStream) -> Result<Vec<u16>, HRESULT> {
    let units = usize::try_from(read_number(stream)?).ok();
    let units = units.filter(|units| *units <= MAX_TEXT_UNITS).ok_or(RPC_E_INVALID_OBJREF)?;
    let mut bytes = vec![0; units * 2];
    read(stream, &mut bytes)?;
    let unit =
        |pair: &[u8]| pair.iter().rev().fold(0u16, |unit, byte| unit << 8 | u16::from(*byte));
    Ok(bytes.chunks(2).map(unit).collect())
}

/// Bytes of a text of so many units.
pub const fn text_bytes(units: usize) -> u32 {
    (4 + units * 2) as u32
}
