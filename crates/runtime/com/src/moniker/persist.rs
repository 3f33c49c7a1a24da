//! Monikers in a stream, as documented ([MS-OSHARED] 2.3.7).
//!
//! | kind | what |
//! |---|---|
//! | anti | how many it takes back, 4 bytes |
//! | class | the class, 16 bytes; length of the options in bytes, 4; the options |
//! | composite | number of parts, 4 bytes; each with its class in front |
//! | file | steps back, 2 bytes; a text; `FFFF DEAD` and 20 zeros; the text in 16-bit units when it needs them |
//! | item | two texts: the delimiter, the name |
//!
//! A text is its length in bytes, 4, and the bytes with a final zero; after that
//! zero the same in 16-bit units, when it needs them.

use com_abi::codes::{E_FAIL, E_NOINTERFACE};
use com_abi::moniker::{CLSID_COMPOSITE_MONIKER, IMoniker};
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, Interface};
use partywall::ffi::CLSCTX_INPROC_SERVER;

use super::class::Class;
use super::file::File;
use super::item::Item;
use super::{Content, MAX_COMPONENTS, MAX_TEXT_BYTES, calls, object};
use crate::activation;
use crate::stream::{read_exact, write_all};

/// What a file's text is followed by: `endServer`, `versionNumber`.
const FILE_MARK: [u8; 4] = [0xFF, 0xFF, 0xAD, 0xDE];
/// Identifies the text in 16-bit units.
const KEY_UNICODE: u16 = 3;

/// An identifier as it stands in memory.
pub fn guid_bytes(guid: &GUID) -> [u8; 16] {
    let mut bytes = [0; 16];
    let groups = guid.data1.to_le_bytes().into_iter();
    let groups = groups.chain(guid.data2.to_le_bytes()).chain(guid.data3.to_le_bytes());
    for (place, byte) in bytes.iter_mut().zip(groups.chain(guid.data4)) {
        *place = byte;
    }
    bytes
}

fn read_guid(stream: &IStream) -> Result<GUID, HRESULT> {
    Ok(GUID {
        data1: u32::from_le_bytes(read_exact(stream)?),
        data2: u16::from_le_bytes(read_exact(stream)?),
        data3: u16::from_le_bytes(read_exact(stream)?),
        data4: read_exact(stream)?,
    })
}

/// Bytes of a length that the stream gave.
fn read_bytes(stream: &IStream, count: u32) -> Result<Vec<u8>, HRESULT> {
    if count > MAX_TEXT_BYTES {
        return Err(E_FAIL);
    }
    (0..count).map(|_| read_exact::<1>(stream).map(|[byte]| byte)).collect()
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn from_units(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match *pair {
        [low, high] => u16::from_le_bytes([low, high]),
        _ => 0,
    });
    String::from_utf16_lossy(&units.collect::<Vec<u16>>())
}

/// The text in bytes, with the final zero; what they cannot say is `?`.
fn narrow(text: &str) -> Vec<u8> {
    let byte = |character: char| if character.is_ascii() { character as u8 } else { b'?' };
    text.chars().map(byte).chain([0]).collect()
}

fn text_bytes(text: &str) -> Vec<u8> {
    let mut content = narrow(text);
    if !text.is_ascii() {
        content.extend(units(text));
    }
    let mut bytes = (content.len() as u32).to_le_bytes().to_vec();
    bytes.extend(content);
    bytes
}

fn read_text(stream: &IStream) -> Result<String, HRESULT> {
    let size = u32::from_le_bytes(read_exact(stream)?);
    let bytes = read_bytes(stream, size)?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    match bytes.get(end + 1..).filter(|wide| !wide.is_empty()) {
        Some(wide) => Ok(from_units(wide)),
        None => Ok(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()),
    }
}

fn file_bytes(file: &File) -> Vec<u8> {
    let mut rest = file.path();
    let mut back = 0u16;
    while let Some(less) = rest.strip_prefix("../") {
        (rest, back) = (less, back.saturating_add(1));
    }
    let mut bytes = back.to_le_bytes().to_vec();
    let text = narrow(rest);
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text);
    bytes.extend(FILE_MARK);
    bytes.extend([0; 20]);
    if rest.is_ascii() {
        bytes.extend([0; 4]);
        return bytes;
    }
    let wide = units(rest);
    bytes.extend((wide.len() as u32 + 6).to_le_bytes());
    bytes.extend((wide.len() as u32).to_le_bytes());
    bytes.extend(KEY_UNICODE.to_le_bytes());
    bytes.extend(wide);
    bytes
}

fn read_file(stream: &IStream) -> Result<File, HRESULT> {
    let back = u16::from_le_bytes(read_exact(stream)?);
    let mut text = read_text(stream)?;
    if read_exact(stream)? != FILE_MARK {
        return Err(E_FAIL);
    }
    read_exact::<20>(stream)?;
    if u32::from_le_bytes(read_exact(stream)?) != 0 {
        let size = u32::from_le_bytes(read_exact(stream)?);
        if u16::from_le_bytes(read_exact(stream)?) != KEY_UNICODE {
            return Err(E_FAIL);
        }
        text = from_units(&read_bytes(stream, size)?);
    }
    File::new(&format!("{}{text}", "../".repeat(back.into())))
}

/// Writes what a moniker says.
///
/// # Errors
/// The stream's; those of a composite's parts.
pub fn save(content: &Content, stream: &IStream) -> Result<(), HRESULT> {
    let bytes = match content {
        Content::Anti(count) => count.to_le_bytes().to_vec(),
        Content::Class(class) => {
            let options = units(&class.options);
            let mut bytes = guid_bytes(&class.clsid).to_vec();
            bytes.extend((options.len() as u32).to_le_bytes());
            bytes.extend(options);
            bytes
        }
        Content::Composite(parts) => {
            write_all(stream, &(parts.len() as u32).to_le_bytes())?;
            return parts.iter().try_for_each(|part| save_with_class(stream, part));
        }
        Content::File(file) => file_bytes(file),
        Content::Item(item) => {
            let mut bytes = text_bytes(&item.delimiter);
            bytes.extend(text_bytes(&item.name));
            bytes
        }
    };
    write_all(stream, &bytes)
}

/// Bytes that [`save`] writes.
///
/// # Errors
/// Those of a composite's parts.
pub fn size(content: &Content) -> Result<u64, HRESULT> {
    let stream = crate::stream::memory_stream()?;
    save(content, &stream)?;
    crate::stream::position(&stream)
}

/// Reads what a moniker of the same kind as `kind` says.
///
/// # Errors
/// `E_FAIL` for what cannot be a moniker; the stream's.
pub fn load(kind: &Content, stream: &IStream) -> Result<Content, HRESULT> {
    Ok(match kind {
        Content::Anti(_) => Content::Anti(u32::from_le_bytes(read_exact(stream)?)),
        Content::Class(_) => {
            let clsid = read_guid(stream)?;
            let size = u32::from_le_bytes(read_exact(stream)?);
            let options = from_units(&read_bytes(stream, size)?);
            Content::Class(Class { clsid, options })
        }
        Content::Composite(_) => {
            let count = u32::from_le_bytes(read_exact(stream)?) as usize;
            if !(2..=MAX_COMPONENTS).contains(&count) {
                return Err(E_FAIL);
            }
            let parts = (0..count).map(|_| load_part(stream));
            Content::Composite(parts.collect::<Result<_, HRESULT>>()?)
        }
        Content::File(_) => Content::File(read_file(stream)?),
        Content::Item(_) => {
            let delimiter = read_text(stream)?;
            Content::Item(Item { delimiter, name: read_text(stream)? })
        }
    })
}

/// Writes a moniker with its class in front (`OleSaveToStream`).
///
/// # Errors
/// The stream's and the moniker's.
pub fn save_with_class(stream: &IStream, moniker: &IMoniker) -> Result<(), HRESULT> {
    write_all(stream, &guid_bytes(&calls::class_id(moniker)?))?;
    // SAFETY: live interfaces.
    calls::ok(unsafe { moniker.Save(stream.as_raw(), 1) })
}

/// A part of a composite, which is none itself: so the depth is bounded.
fn load_part(stream: &IStream) -> Result<IMoniker, HRESULT> {
    match read_guid(stream)? {
        CLSID_COMPOSITE_MONIKER => Err(E_FAIL),
        clsid => load_class(stream, &clsid),
    }
}

/// Reads a moniker with its class in front (`OleLoadFromStream`).
///
/// # Errors
/// The stream's; those of activation and of the moniker.
pub fn load_with_class(stream: &IStream) -> Result<IMoniker, HRESULT> {
    let clsid = read_guid(stream)?;
    load_class(stream, &clsid)
}

fn load_class(stream: &IStream, clsid: &GUID) -> Result<IMoniker, HRESULT> {
    if let Some(kind) = Content::of_class(clsid) {
        return object::make(load(&kind, stream)?);
    }
    let null = core::ptr::null_mut();
    let raw = activation::create_instance(clsid, null, CLSCTX_INPROC_SERVER, &IMoniker::IID)?;
    if raw.is_null() {
        return Err(E_NOINTERFACE);
    }
    // SAFETY: the answer is that interface with a reference.
    let moniker = unsafe { IMoniker::from_raw(raw) };
    // SAFETY: live interfaces.
    calls::ok(unsafe { moniker.Load(stream.as_raw()) })?;
    Ok(moniker)
}
