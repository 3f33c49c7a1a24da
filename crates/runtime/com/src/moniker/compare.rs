//! What two monikers have in common, and the bytes by which the running object
//! table tells them apart.

use com_abi::codes::{
    E_OUTOFMEMORY, MK_E_NOPREFIX, MK_E_NOTBINDABLE, MK_S_HIM, MK_S_ME, MK_S_US, S_OK,
};
use com_abi::moniker::{IMoniker, IROTData};
use com_abi::{HRESULT, Interface};

use super::persist::guid_bytes;
use super::{Answer, Binding, Content, bind_context, calls, composite, object};
use crate::running_objects;

/// Most bytes that a moniker is compared by.
const MAX_DATA: u32 = 1 << 20;

/// What a moniker is compared by: its own data, else its class and its text.
///
/// # Errors
/// What the moniker answers.
pub fn data(moniker: &IMoniker) -> Result<Vec<u8>, HRESULT> {
    if let Some(content) = object::content_of(moniker) {
        return content_data(&content);
    }
    if let Ok(own) = moniker.cast::<IROTData>() {
        return own_data(&own);
    }
    let context = bind_context::make()?;
    let name = calls::display_name(moniker, &Binding { context: &context, left: None })?;
    let mut data = guid_bytes(&calls::class_id(moniker)?).to_vec();
    data.extend(units(&name.to_uppercase()));
    Ok(data)
}

fn own_data(moniker: &IROTData) -> Result<Vec<u8>, HRESULT> {
    let (mut size, mut needed) = (256, 0);
    loop {
        let mut data = vec![0; size as usize];
        // SAFETY: that many writable bytes and a writable place.
        let code = unsafe { moniker.GetComparisonData(data.as_mut_ptr(), size, &mut needed) };
        if code.is_ok() {
            data.truncate(needed as usize);
            return Ok(data);
        }
        if code != E_OUTOFMEMORY || needed <= size || needed > MAX_DATA {
            return Err(code);
        }
        size = needed;
    }
}

fn units(text: &str) -> impl Iterator<Item = u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes)
}

/// What one of the system's monikers is compared by. The case of an item does not
/// count.
///
/// # Errors
/// Those of a composite's parts.
pub fn content_data(content: &Content) -> Result<Vec<u8>, HRESULT> {
    let mut bytes = guid_bytes(&content.clsid()).to_vec();
    match content {
        Content::Anti(count) => bytes.extend(count.to_le_bytes()),
        Content::Class(class) => {
            bytes.extend(guid_bytes(&class.clsid));
            bytes.extend(units(&class.options));
        }
        Content::Composite(parts) => {
            for part in parts {
                bytes.extend(data(part)?);
            }
        }
        Content::File(file) => bytes.extend(units(file.path())),
        Content::Item(item) => {
            bytes.extend(units(&item.delimiter.to_uppercase()));
            bytes.extend(units(&item.name.to_uppercase()));
        }
    }
    Ok(bytes)
}

/// A number that equal monikers share.
///
/// # Errors
/// Those of a composite's parts.
pub fn hash(content: &Content) -> Result<u32, HRESULT> {
    if let Content::Composite(parts) = content {
        let hashes = parts.iter().map(calls::hash);
        return hashes.into_iter().try_fold(0u32, |all, hash| Ok(all.rotate_left(1) ^ hash?));
    }
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    Ok(content_data(content)?.into_iter().fold(0x811C_9DC5, fold))
}

/// Whether an object runs whose name stands alone.
///
/// # Errors
/// What the moniker answers.
pub fn is_running_alone(
    own: &IMoniker,
    at: &Binding<'_>,
    newly: Option<&IMoniker>,
) -> Result<bool, HRESULT> {
    match (at.left, newly) {
        (Some(_), _) => Ok(false),
        (None, Some(newly)) => Ok(calls::is_equal(own, newly)),
        (None, None) => running_objects::is_running(own),
    }
}

/// `IMoniker::CommonPrefixWith` of one of the system's.
///
/// # Errors
/// `MK_E_NOPREFIX`.
pub fn prefix(own: &IMoniker, content: &Content, other: &IMoniker) -> Answer {
    if let (Content::File(file), Some(Content::File(its))) = (content, object::content_of(other)) {
        return file.prefix(own, other, &its);
    }
    generic_prefix(own, other)
}

/// Number of parts at the beginning that are the same.
fn common(parts: &[IMoniker], others: &[IMoniker]) -> usize {
    parts.iter().zip(others).take_while(|(one, other)| calls::is_equal(one, other)).count()
}

/// `MonikerCommonPrefixWith`: part by part; of two paths that differ, the common
/// one.
///
/// # Errors
/// `MK_E_NOPREFIX`; what the monikers answer.
pub fn generic_prefix(own: &IMoniker, other: &IMoniker) -> Answer {
    let (parts, others) = (calls::components(own)?, calls::components(other)?);
    let count = common(&parts, &others);
    let (mine, its) = (parts.get(count), others.get(count));
    let (Some(mine), Some(its)) = (mine, its) else {
        return Ok(match (mine, its) {
            (None, None) => (MK_S_US, Some(own.clone())),
            (None, Some(_)) => (MK_S_ME, Some(own.clone())),
            _ => (MK_S_HIM, Some(other.clone())),
        });
    };
    let mut shared: Vec<IMoniker> = parts.iter().take(count).cloned().collect();
    if let (Some(Content::File(_)), Some(Content::File(_))) =
        (object::content_of(mine), object::content_of(its))
        && let Ok((code, Some(path))) = calls::common_prefix(mine, its)
    {
        match code {
            MK_S_ME if count + 1 == parts.len() => return Ok((MK_S_ME, Some(own.clone()))),
            MK_S_HIM if count + 1 == others.len() => return Ok((MK_S_HIM, Some(other.clone()))),
            _ => shared.push(path),
        }
    }
    match composite::join(shared)? {
        Some(shared) => Ok((S_OK, Some(shared))),
        None => Err(MK_E_NOPREFIX),
    }
}

/// `IMoniker::RelativePathTo` of one of the system's.
///
/// # Errors
/// `MK_E_NOTBINDABLE` of an item.
pub fn relative(own: &IMoniker, content: &Content, other: &IMoniker) -> Answer {
    match (content, object::content_of(other)) {
        (Content::File(file), Some(Content::File(its))) => file.relative(other, &its),
        (Content::Anti(_), _) => Ok((MK_S_HIM, Some(other.clone()))),
        (Content::Item(_), _) => Err(MK_E_NOTBINDABLE),
        _ => generic_relative(own, other),
    }
}

/// `MonikerRelativePathTo`: back by the inverse of what differs, and forth; the
/// other one itself when nothing is shared.
///
/// # Errors
/// `MK_E_NOINVERSE`; what the monikers answer.
pub fn generic_relative(own: &IMoniker, other: &IMoniker) -> Answer {
    let (parts, others) = (calls::components(own)?, calls::components(other)?);
    let count = common(&parts, &others);
    if count == 0 {
        return Ok((MK_S_HIM, Some(other.clone())));
    }
    let rest: Vec<IMoniker> = parts.into_iter().skip(count).collect();
    let back = composite::inverse(&rest)?;
    let forth = composite::join(others.into_iter().skip(count).collect())?;
    Ok((S_OK, composite::generic(back.as_ref(), forth.as_ref())?))
}
