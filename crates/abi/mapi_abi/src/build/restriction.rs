//! Restrictions.

use super::{Allocator, prop};
use crate::restriction::{Match, RelOp, Restriction};
use crate::structs::*;
use crate::tags::PropTag;
use crate::value::{Prop, Value};

/// A condition; `None` when there is no memory.
pub fn restriction(
    restriction: &Restriction,
    allocator: Allocator<'_>,
) -> Option<*mut SRestriction> {
    let place = room::<SRestriction>(1, allocator)?;
    let built = node(restriction, allocator)?;
    // SAFETY: fresh memory of that size.
    unsafe { place.write(built) };
    Some(place)
}

/// Memory for so many structures.
fn room<T>(count: usize, allocator: Allocator<'_>) -> Option<*mut T> {
    let place = allocator(size_of::<T>() * count).cast::<T>();
    (!place.is_null()).then_some(place)
}

fn node(wanted: &Restriction, allocator: Allocator<'_>) -> Option<SRestriction> {
    Some(match wanted {
        Restriction::And(nodes) => list(RES_AND, nodes, allocator)?,
        Restriction::Or(nodes) => list(RES_OR, nodes, allocator)?,
        Restriction::Not(inner) => {
            let resNot = SNotRestriction { ulReserved: 0, lpRes: restriction(inner, allocator)? };
            SRestriction { rt: RES_NOT, res: RestrictionUnion { resNot } }
        }
        Restriction::Content { tag, text, kind, ignore_case } => {
            let how = fuzzy_level(*kind) | if *ignore_case { FL_IGNORECASE } else { 0 };
            value(RES_CONTENT, how, *tag, Value::Unicode(text.clone()), allocator)?
        }
        Restriction::ContentBytes { tag, bytes, kind } => {
            let bytes = Value::Binary(bytes.clone());
            value(RES_CONTENT, fuzzy_level(*kind), *tag, bytes, allocator)?
        }
        Restriction::Property { tag, op, value: wanted } => {
            value(RES_PROPERTY, relation(*op), *tag, wanted.clone(), allocator)?
        }
        Restriction::Sub { table, condition } => {
            below(RES_SUBRESTRICTION, table.0, condition, allocator)?
        }
        Restriction::Count(most, condition) => below(RES_COUNT, *most, condition, allocator)?,
        Restriction::Comment(condition) => {
            let lpRes = match condition {
                Some(condition) => restriction(condition, allocator)?,
                None => core::ptr::null_mut(),
            };
            let lpProp = core::ptr::null_mut();
            let resComment = SCommentRestriction { cValues: 0, lpRes, lpProp };
            SRestriction { rt: RES_COMMENT, res: RestrictionUnion { resComment } }
        }
        _ => leaf(wanted)?,
    })
}

/// A condition without pointers.
fn leaf(wanted: &Restriction) -> Option<SRestriction> {
    let (rt, res) = match wanted {
        Restriction::CompareProps { op, left, right } => {
            let resCompareProps = SComparePropsRestriction {
                relop: relation(*op),
                ulPropTag1: left.0,
                ulPropTag2: right.0,
            };
            (RES_COMPAREPROPS, RestrictionUnion { resCompareProps })
        }
        Restriction::Size { op, tag, bytes } => {
            let relop = relation(*op);
            let resSize = SSizeRestriction { relop, ulPropTag: tag.0, cb: *bytes };
            (RES_SIZE, RestrictionUnion { resSize })
        }
        Restriction::BitMask { tag, mask, non_zero } => {
            let relBMR = if *non_zero { BMR_NEZ } else { BMR_EQZ };
            let resBitMask = SBitMaskRestriction { relBMR, ulPropTag: tag.0, ulMask: *mask };
            (RES_BITMASK, RestrictionUnion { resBitMask })
        }
        Restriction::Exist(tag) => {
            let resExist = SExistRestriction { ulReserved1: 0, ulPropTag: tag.0, ulReserved2: 0 };
            (RES_EXIST, RestrictionUnion { resExist })
        }
        _ => return None,
    };
    Some(SRestriction { rt, res })
}

fn below(
    rt: u32,
    number: u32,
    condition: &Restriction,
    allocator: Allocator<'_>,
) -> Option<SRestriction> {
    let resSub = SSubRestriction { number, lpRes: restriction(condition, allocator)? };
    Some(SRestriction { rt, res: RestrictionUnion { resSub } })
}

fn list(rt: u32, nodes: &[Restriction], allocator: Allocator<'_>) -> Option<SRestriction> {
    let first = room::<SRestriction>(nodes.len(), allocator)?;
    for (at, wanted) in nodes.iter().enumerate() {
        let built = node(wanted, allocator)?;
        // SAFETY: fresh memory with room for all.
        unsafe { first.add(at).write(built) };
    }
    let resList = SListRestriction { cRes: nodes.len() as u32, lpRes: first };
    Some(SRestriction { rt, res: RestrictionUnion { resList } })
}

fn value(
    rt: u32,
    how: u32,
    tag: PropTag,
    value: Value,
    allocator: Allocator<'_>,
) -> Option<SRestriction> {
    let place = room::<SPropValue>(1, allocator)?;
    // SAFETY: fresh memory of that size; the allocator keeps its promise.
    if !unsafe { prop(&Prop { tag, value }, place, allocator) } {
        return None;
    }
    let resValue = SValueRestriction { how, ulPropTag: tag.0, lpProp: place };
    Some(SRestriction { rt, res: RestrictionUnion { resValue } })
}

const fn relation(op: RelOp) -> u32 {
    match op {
        RelOp::Eq => RELOP_EQ,
        RelOp::Ge => RELOP_GE,
        RelOp::Gt => RELOP_GT,
        RelOp::Le => RELOP_LE,
        RelOp::Lt => RELOP_LT,
        RelOp::Ne => RELOP_NE,
        RelOp::Re => RELOP_RE,
    }
}

const fn fuzzy_level(kind: Match) -> u32 {
    match kind {
        Match::Full => FL_FULLSTRING,
        Match::Prefix => FL_PREFIX,
        Match::Substring => FL_SUBSTRING,
    }
}
