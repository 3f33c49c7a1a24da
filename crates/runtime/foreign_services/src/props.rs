//! Properties of a provider's objects, in the types that were asked for.

use com_abi::stream::IStream;
use com_abi::{HRESULT, Interface};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::IMAPIProp;
use mapi_abi::read;
use mapi_abi::spi::{PropChange, StoreChange};
use mapi_abi::structs::{MAPI_UNICODE, SPropProblemArray, SPropValue};
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{
    PT_BINARY, PT_MV_STRING8, PT_MV_UNICODE, PT_OBJECT, PT_STRING8, PT_UNICODE, PT_UNSPECIFIED,
};
use mapi_abi::value::{Prop, Row, Value};

use crate::objects::{Taken, answered, check};

/// Most properties of one answer.
const MAX_PROPS: u32 = 4096;
/// Largest value that is read through a stream, in bytes.
const MAX_STREAM_BYTES: usize = 1 << 30;
/// Bytes of a stream that are read at once.
const CHUNK: usize = 64 << 10;

/// A text in the form that the engine knows.
fn to_unicode(prop: Prop) -> Prop {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    match prop.value {
        Value::String8(bytes) => {
            Prop::new(prop.tag.with_type(PT_UNICODE), Value::Unicode(text(bytes)))
        }
        Value::MvString8(list) => {
            let list = list.into_iter().map(text).collect();
            Prop::new(prop.tag.with_type(PT_MV_UNICODE), Value::MvUnicode(list))
        }
        _ => prop,
    }
}

/// Reads properties; one that is not understood is an error value.
///
/// # Safety
/// `first` is null or `count` valid structures.
pub unsafe fn row(first: *const SPropValue, count: u32) -> Result<Row, Failure> {
    if count == 0 {
        return Ok(Row::new());
    }
    if first.is_null() || count > MAX_PROPS {
        let says = "the provider answers with properties that are not there";
        return Err(Failure::new(Code::CORRUPT_DATA, says));
    }
    // SAFETY: forwarded from the caller.
    let list = unsafe { core::slice::from_raw_parts(first, count as usize) };
    let one = |prop: &SPropValue| {
        // SAFETY: as above.
        let read = unsafe { read::prop(prop) };
        read.map_or_else(|code| Prop::error(PropTag(prop.ulPropTag), code), to_unicode)
    };
    Ok(list.iter().map(one).collect())
}

/// One property for each tag, in their order.
pub fn fitted(row: &[Prop], tags: &[PropTag]) -> Row {
    let same_order = row.len() == tags.len()
        && row.iter().zip(tags).all(|(prop, tag)| prop.tag.id() == tag.id());
    let one = |(at, tag): (usize, &PropTag)| {
        let known = |prop: &&Prop| prop.tag.id() == tag.id();
        let found = if same_order { row.get(at) } else { row.iter().find(known) };
        match found {
            Some(Prop { value: Value::Error(code), .. }) => Prop::error(*tag, *code),
            Some(prop) if tag.prop_type() == PT_UNSPECIFIED => prop.clone(),
            Some(prop) if prop.value.prop_type() == tag.prop_type() => {
                Prop::new(*tag, prop.value.clone())
            }
            Some(_) => Prop::error(*tag, Code::UNEXPECTED_TYPE),
            None => Prop::not_found(*tag),
        }
    };
    tags.iter().enumerate().map(one).collect()
}

/// Values of an object's properties; large ones are read through streams.
///
/// # Errors
/// The object's.
pub fn props_of(object: &IMAPIProp, tags: &[PropTag]) -> Result<Row, Failure> {
    if tags.is_empty() {
        return Ok(Row::new());
    }
    let mut arguments = Arguments::new();
    let (mut count, mut place) = (0, core::ptr::null_mut());
    // SAFETY: a valid list and writable places.
    let code =
        unsafe { object.GetProps(arguments.tags(tags), MAPI_UNICODE, &mut count, &mut place) };
    let taken = Taken(place);
    check(object, "GetProps", code)?;
    // SAFETY: the object answered with so many.
    let mut row = fitted(&unsafe { row(taken.0, count) }?, tags);
    for (prop, tag) in row.iter_mut().zip(tags) {
        let is_large = matches!(prop.value, Value::Error(Code::NOT_ENOUGH_MEMORY));
        if is_large && matches!(tag.prop_type(), PT_BINARY | PT_UNICODE) {
            *prop = streamed(object, *tag)?;
        }
    }
    Ok(row)
}

/// All tags of an object that have values.
///
/// # Errors
/// The object's.
pub fn tags_of(object: &IMAPIProp) -> Result<Vec<PropTag>, Failure> {
    let mut place = core::ptr::null_mut();
    // SAFETY: a writable place; the answer is ours.
    let tags = unsafe {
        let code = object.GetPropList(MAPI_UNICODE, &mut place);
        let taken = Taken(place);
        check(object, "GetPropList", code)?;
        read::tags(taken.0).map_err(|code| Failure::new(code, "the provider lists no tags"))?
    };
    let one = |tag: PropTag| match tag.prop_type() {
        PT_STRING8 => tag.with_type(PT_UNICODE),
        PT_MV_STRING8 => tag.with_type(PT_MV_UNICODE),
        _ => tag,
    };
    let has_value = |tag: &PropTag| tag.prop_type() != PT_OBJECT;
    Ok(tags.unwrap_or_default().into_iter().map(one).filter(has_value).collect())
}

fn streamed(object: &IMAPIProp, tag: PropTag) -> Result<Prop, Failure> {
    // SAFETY: a readable identifier; the answer is the interface it names.
    let stream: IStream = unsafe {
        answered(object, "OpenProperty", |place| {
            object.OpenProperty(tag.0, &IStream::IID, 0, 0, place)
        })
    }?;
    let mut bytes = Vec::new();
    let mut chunk = vec![0u8; CHUNK];
    loop {
        let mut read = 0;
        // SAFETY: so many writable bytes, and a writable place.
        let code: HRESULT =
            unsafe { stream.Read(chunk.as_mut_ptr().cast(), CHUNK as u32, &mut read) };
        if code.is_err() {
            return Err(Failure::new(Code(code.0), "the provider's stream cannot be read"));
        }
        let Some(more) = chunk.get(..read as usize).filter(|more| !more.is_empty()) else { break };
        bytes.extend_from_slice(more);
        if bytes.len() > MAX_STREAM_BYTES {
            let says = format!("a property of the provider has more than {MAX_STREAM_BYTES} bytes");
            return Err(Failure::new(Code::TOO_BIG, says));
        }
    }
    Ok(match tag.prop_type() {
        PT_UNICODE => {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            let text = String::from_utf16_lossy(&units);
            Prop::text(tag, text.trim_end_matches('\0'))
        }
        _ => Prop::new(tag, Value::Binary(bytes)),
    })
}

/// Sets and removes properties; answers those that the object refused.
///
/// # Errors
/// The object's.
pub fn change(object: &IMAPIProp, change: &PropChange) -> Result<StoreChange, Failure> {
    let mut refused = StoreChange::new();
    if !change.set.is_empty() {
        let mut arguments = Arguments::new();
        let (built, mut problems) = (arguments.props(&change.set), core::ptr::null_mut());
        // SAFETY: so many structures, which live as long as `arguments`; a writable
        // place.
        let code = unsafe { object.SetProps(change.set.len() as u32, built, &mut problems) };
        refused.extend(taken_problems(&Taken(problems.cast())));
        check(object, "SetProps", code)?;
    }
    if !change.delete.is_empty() {
        let mut arguments = Arguments::new();
        let mut problems = core::ptr::null_mut();
        // SAFETY: a valid list and a writable place.
        let code = unsafe { object.DeleteProps(arguments.tags(&change.delete), &mut problems) };
        refused.extend(taken_problems(&Taken(problems.cast())));
        check(object, "DeleteProps", code)?;
    }
    Ok(refused)
}

fn taken_problems(taken: &Taken<SPropProblemArray>) -> StoreChange {
    // SAFETY: null or a valid structure of ours.
    let problems = unsafe { read::problems(taken.0) }.unwrap_or_default();
    problems.into_iter().map(|(_, tag, code)| (tag, code)).collect()
}

#[cfg(test)]
mod tests {
    use mapi_abi::tags::{PR_BODY, PR_MESSAGE_SIZE, PR_SUBJECT};

    use super::*;

    #[test]
    fn a_row_is_given_the_order_and_the_types_that_were_asked_for() {
        let bytes = Prop::new(PR_SUBJECT.with_type(PT_STRING8), Value::String8(b"x".to_vec()));
        let row = vec![to_unicode(bytes), Prop::text(PR_MESSAGE_SIZE, "no number")];
        let fitted = fitted(&row, &[PR_BODY, PR_MESSAGE_SIZE, PR_SUBJECT]);
        let wrong = Prop::error(PR_MESSAGE_SIZE, Code::UNEXPECTED_TYPE);
        assert_eq!(fitted, [Prop::not_found(PR_BODY), wrong, Prop::text(PR_SUBJECT, "x")]);
    }
}
