//! Texts of calls, and the two forms of text properties.

use com_abi::from_wide;
use mapi_abi::structs::MAPI_UNICODE;
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{
    PT_ERROR, PT_MV_STRING8, PT_MV_UNICODE, PT_STRING8, PT_UNICODE, PT_UNSPECIFIED,
};
use mapi_abi::value::{Prop, Row, Value};

/// Text of an argument; null is empty.
///
/// # Safety
/// `text` is null or zero-ended, of 16-bit units with `MAPI_UNICODE`.
pub unsafe fn text_argument(text: *const u16, flags: u32) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: forwarded from the caller.
    unsafe {
        if flags & MAPI_UNICODE != 0 {
            from_wide(text)
        } else {
            std::ffi::CStr::from_ptr(text.cast()).to_string_lossy().into_owned()
        }
    }
}

/// The tags under which the engine knows what a client asks for: texts are
/// Unicode there. A tag without a type gets the one of `known`.
pub fn asked(tags: &[PropTag], known: impl Fn(u16) -> Option<PropTag>) -> Vec<PropTag> {
    let one = |tag: &PropTag| match tag.prop_type() {
        PT_STRING8 => tag.with_type(PT_UNICODE),
        PT_MV_STRING8 => tag.with_type(PT_MV_UNICODE),
        PT_UNSPECIFIED => known(tag.id()).unwrap_or(*tag),
        _ => *tag,
    };
    tags.iter().map(one).collect()
}

/// A row in the types that a client asked for: a text whose tag said bytes, or
/// said nothing while the call is not one of Unicode, becomes bytes.
pub fn answered(row: &mut Row, tags: &[PropTag], flags: u32) {
    for (prop, tag) in row.iter_mut().zip(tags) {
        let bytes = match tag.prop_type() {
            PT_STRING8 | PT_MV_STRING8 => true,
            PT_UNSPECIFIED => flags & MAPI_UNICODE == 0,
            _ => false,
        };
        if bytes {
            to_bytes(prop);
        }
        if prop.tag.prop_type() == PT_ERROR {
            prop.tag = tag.with_type(PT_ERROR);
        }
    }
}

fn to_bytes(prop: &mut Prop) {
    match &mut prop.value {
        Value::Unicode(text) => {
            prop.value = Value::String8(std::mem::take(text).into_bytes());
            prop.tag = prop.tag.with_type(PT_STRING8);
        }
        Value::MvUnicode(list) => {
            let list = std::mem::take(list).into_iter().map(String::into_bytes).collect();
            prop.value = Value::MvString8(list);
            prop.tag = prop.tag.with_type(PT_MV_STRING8);
        }
        _ => {}
    }
}

/// A property that a client sets, as the engine keeps it.
pub fn received(prop: Prop) -> Prop {
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

#[cfg(test)]
mod tests {
    use mapi_abi::tags::{PR_BODY, PR_SUBJECT};

    use super::*;

    #[test]
    fn texts_come_in_the_form_that_was_asked_for() {
        let bytes = PR_SUBJECT.with_type(PT_STRING8);
        let nothing = PR_BODY.with_type(PT_UNSPECIFIED);
        let tags = [bytes, PR_SUBJECT, nothing];
        let known = |id| (id == PR_BODY.id()).then_some(PR_BODY);
        assert_eq!(asked(&tags, known), [PR_SUBJECT, PR_SUBJECT, PR_BODY]);
        let row = || -> Row {
            [PR_SUBJECT, PR_SUBJECT, PR_BODY].map(|tag| Prop::text(tag, "ü")).to_vec()
        };
        let types = |flags| {
            let mut row = row();
            answered(&mut row, &tags, flags);
            row.iter().map(|prop| prop.tag.prop_type()).collect::<Vec<_>>()
        };
        assert_eq!(types(MAPI_UNICODE), [PT_STRING8, PT_UNICODE, PT_UNICODE]);
        assert_eq!(types(0), [PT_STRING8, PT_UNICODE, PT_STRING8]);
        let set = received(Prop::new(bytes, Value::String8("ü".into())));
        assert_eq!(set, Prop::text(PR_SUBJECT, "ü"));
    }

    #[test]
    fn a_missing_value_keeps_its_error() {
        let tags = [PR_SUBJECT.with_type(PT_STRING8)];
        let mut row = vec![Prop::not_found(PR_SUBJECT)];
        answered(&mut row, &tags, 0);
        assert_eq!(row, [Prop::not_found(PR_SUBJECT)]);
    }
}
