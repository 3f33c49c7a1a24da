//! Property sheets: a display table as fields that a person fills in.
//!
//! Labels, edits and check boxes count; what else a table has is for windows. The
//! person is asked by whoever waits for the entry point, on their thread.

use std::collections::BTreeSet;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp, IMAPITable};
use mapi_abi::spi::{Field, PropChange, SheetAnswer};
use mapi_abi::structs::MAPI_UNICODE;
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{PT_BOOLEAN, PT_LONG, PT_STRING8, PT_UNICODE};
use mapi_abi::value::{Prop, Row, Value};

use crate::configure::Event;
use crate::props::{change, props_of};
use crate::table;

const PR_CONTROL_FLAGS: PropTag = PropTag(0x3F00_0003);
const PR_CONTROL_STRUCTURE: PropTag = PropTag(0x3F01_0102);
const PR_CONTROL_TYPE: PropTag = PropTag(0x3F02_0003);

/// `PR_CONTROL_TYPE`.
const DTCT_LABEL: i32 = 0;
const DTCT_EDIT: i32 = 1;
const DTCT_CHECKBOX: i32 = 5;
/// `PR_CONTROL_FLAGS`.
const DT_REQUIRED: i32 = 4;

/// Most controls of a sheet.
const MAX_CONTROLS: u64 = 256;
/// Most names of fields in a process; they are never forgotten.
const MAX_NAMES: usize = 4096;

static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// A name that lives for ever, as scripts know fields by.
fn for_ever(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    if names.len() >= MAX_NAMES {
        return "value";
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}

/// The name in scripts of a field with a label: its first word.
fn script_name(label: &str, tag: PropTag) -> &'static str {
    let word: String = label
        .chars()
        .skip_while(|c| !c.is_alphanumeric())
        .take_while(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if word.is_empty() { for_ever(&format!("{:08x}", tag.0)) } else { for_ever(&word) }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}

/// The text at the offset that stands first in a control's structure.
fn text(bytes: &[u8]) -> Option<String> {
    let (start, flags) = (word(bytes, 0)? as usize, word(bytes, 4)?);
    let rest = bytes.get(start..)?;
    let text = if flags & MAPI_UNICODE != 0 {
        let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        String::from_utf16_lossy(&units)
    } else {
        let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
        String::from_utf8_lossy(rest.get(..end)?).into_owned()
    };
    let text: String = text.chars().filter(|c| *c != '&' && !c.is_control()).collect();
    Some(text.trim().trim_end_matches(':').to_owned())
}

/// The fields of a display table, without values.
fn fields(rows: &[Row]) -> Vec<Field> {
    let (mut fields, mut label) = (Vec::<Field>::new(), String::new());
    for row in rows {
        let [kind, flags, structure] = &row[..] else { continue };
        let (Value::Long(kind), Value::Binary(structure)) = (&kind.value, &structure.value) else {
            continue;
        };
        let tag = match *kind {
            DTCT_LABEL => {
                label = text(structure).unwrap_or_default();
                continue;
            }
            DTCT_EDIT => word(structure, 12),
            DTCT_CHECKBOX => {
                label = text(structure).unwrap_or_default();
                word(structure, 8)
            }
            _ => None,
        };
        let Some(tag) = tag.map(PropTag) else { continue };
        let tag = if tag.prop_type() == PT_STRING8 { tag.with_type(PT_UNICODE) } else { tag };
        let name = script_name(&label, tag);
        let is_taken = fields.iter().any(|known| known.name == name);
        fields.push(Field {
            tag,
            name: if is_taken { for_ever(&format!("{:08x}", tag.0)) } else { name },
            label: std::mem::take(&mut label),
            value: String::new(),
            is_required: matches!(flags.value, Value::Long(flags) if flags & DT_REQUIRED != 0),
        });
    }
    fields
}

fn shown(value: &Value) -> String {
    match value {
        Value::Unicode(text) => text.clone(),
        Value::Long(number) => number.to_string(),
        Value::Boolean(set) => u8::from(*set).to_string(),
        _ => String::new(),
    }
}

/// What somebody typed as a value of the property's type.
fn typed(field: &Field, text: &str) -> Result<Prop, Failure> {
    let wrong = || {
        let says = format!("{} is not a value of {}", text, field.label);
        Failure::new(Code::BAD_VALUE, says)
    };
    let value = match field.tag.prop_type() {
        PT_UNICODE => Value::Unicode(text.to_owned()),
        PT_LONG => Value::Long(text.trim().parse().map_err(|_| wrong())?),
        PT_BOOLEAN => Value::Boolean(matches!(text.trim(), "1" | "yes" | "true")),
        _ => return Err(wrong()),
    };
    Ok(Prop::new(field.tag, value))
}

/// Shows a sheet and waits; what was filled in is set in `data`.
///
/// # Errors
/// `USER_CANCEL`; `UNCONFIGURED` nobody answered, or something is missing; what
/// `data` answers.
pub fn show(
    sheets: &Sender<Event>,
    title: &str,
    display: &IMAPITable,
    data: &IMAPIProp,
) -> Result<(), Failure> {
    let columns = [PR_CONTROL_TYPE, PR_CONTROL_FLAGS, PR_CONTROL_STRUCTURE];
    let mut fields = fields(&table::rows(display, &columns, 0, MAX_CONTROLS)?);
    let tags: Vec<PropTag> = fields.iter().map(|field| field.tag).collect();
    for (field, prop) in fields.iter_mut().zip(props_of(data, &tags)?) {
        field.value = shown(&prop.value);
    }
    let (reply, answered) = channel();
    let asked = Event::Sheet { title: title.to_owned(), fields: fields.clone(), reply };
    let nobody = || Failure::new(Code::UNCONFIGURED, "nobody filled the sheet in");
    sheets.send(asked).map_err(|_| nobody())?;
    let filled = match answered.recv() {
        Ok(SheetAnswer::Filled(values)) => values,
        Ok(SheetAnswer::Cancelled) => {
            return Err(Failure::new(Code::USER_CANCEL, "the user cancelled"));
        }
        Ok(SheetAnswer::Nobody) | Err(_) => return Err(nobody()),
    };
    let missing = |(field, value): &(&Field, &String)| field.is_required && value.is_empty();
    if let Some((field, _)) = fields.iter().zip(&filled).find(missing) {
        return Err(Failure::new(Code::UNCONFIGURED, format!("{} is missing", field.label)));
    }
    let props = fields.iter().zip(&filled).map(|(field, value)| typed(field, value));
    let set = props.collect::<Result<Vec<_>, _>>()?;
    change(data, &PropChange { set, delete: Vec::new() })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(kind: i32, flags: i32, structure: Vec<u8>) -> Row {
        vec![
            Prop::new(PR_CONTROL_TYPE, Value::Long(kind)),
            Prop::new(PR_CONTROL_FLAGS, Value::Long(flags)),
            Prop::new(PR_CONTROL_STRUCTURE, Value::Binary(structure)),
        ]
    }

    fn label(text: &str) -> Vec<u8> {
        let words = [8u32, 0].into_iter().flat_map(u32::to_le_bytes);
        words.chain(text.bytes()).chain([0]).collect()
    }

    #[test]
    fn labels_name_the_fields_after_them() {
        let edit = |tag: u32| [16, 0, 9, tag].into_iter().flat_map(u32::to_le_bytes).collect();
        let found = fields(&[
            control(DTCT_LABEL, 0, label("&Mailbox name:")),
            control(DTCT_EDIT, DT_REQUIRED, edit(0x6600_001E)),
            control(DTCT_EDIT, 0, edit(0x6601_0003)),
            control(DTCT_EDIT, 0, vec![1, 2]),
            control(7, 0, label("a button")),
        ]);
        let [name, other] = &found[..] else { panic!("{found:?}") };
        assert_eq!((name.name, &*name.label, name.is_required), ("mailbox", "Mailbox name", true));
        assert_eq!(name.tag, PropTag(0x6600_001F), "texts are Unicode here");
        assert_eq!((other.name, other.is_required), ("66010003", false));
        assert_eq!(typed(other, " 7 "), Ok(Prop::new(other.tag, Value::Long(7))));
        assert_eq!(typed(other, "x").unwrap_err().code, Code::BAD_VALUE);
    }

    #[test]
    fn a_label_whose_text_is_elsewhere_is_empty() {
        assert_eq!(text(&[0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]), None);
        assert_eq!(text(&label("a")), Some("a".into()));
    }
}
