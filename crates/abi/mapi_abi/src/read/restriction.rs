//! Restrictions. Depth and number of nodes are bounded.

use super::prop;
use crate::codes::Code;
use crate::restriction::{MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, Match, RelOp, Restriction};
use crate::structs::*;
use crate::tags::PropTag;
use crate::value::Value;

/// A condition; null is none.
///
/// # Errors
/// `TOO_COMPLEX` for kinds that are not supported and beyond the limits of
/// depth and number; `INVALID_PARAMETER` for missing pointers.
///
/// # Safety
/// `restriction` is null or a valid structure.
pub unsafe fn restriction(restriction: *const SRestriction) -> Result<Option<Restriction>, Code> {
    if restriction.is_null() {
        return Ok(None);
    }
    let mut budget = MAX_RESTRICTION_NODES;
    // SAFETY: forwarded from the caller.
    unsafe { node(restriction, MAX_RESTRICTION_DEPTH, &mut budget) }.map(Some)
}

unsafe fn node(
    restriction: *const SRestriction,
    depth: usize,
    budget: &mut usize,
) -> Result<Restriction, Code> {
    if depth == 0 || *budget == 0 {
        return Err(Code::TOO_COMPLEX);
    }
    *budget -= 1;
    // SAFETY: the caller vouches for the structure; `rt` says which member holds.
    unsafe {
        let this = restriction.as_ref().ok_or(Code::INVALID_PARAMETER)?;
        match this.rt {
            RES_AND => list(this, depth, budget).map(Restriction::And),
            RES_OR => list(this, depth, budget).map(Restriction::Or),
            RES_NOT => {
                let inner = node(this.res.resNot.lpRes, depth - 1, budget)?;
                Ok(Restriction::Not(Box::new(inner)))
            }
            RES_CONTENT => content(this),
            RES_PROPERTY => property(this),
            RES_BITMASK => bit_mask(this),
            RES_EXIST => Ok(Restriction::Exist(PropTag(this.res.resExist.ulPropTag))),
            RES_COMPAREPROPS => {
                let pair = this.res.resCompareProps;
                let (left, right) = (PropTag(pair.ulPropTag1), PropTag(pair.ulPropTag2));
                Ok(Restriction::CompareProps { op: relation(pair.relop)?, left, right })
            }
            RES_SIZE => {
                let size = this.res.resSize;
                let (op, tag) = (relation(size.relop)?, PropTag(size.ulPropTag));
                Ok(Restriction::Size { op, tag, bytes: size.cb })
            }
            RES_SUBRESTRICTION => {
                let sub = this.res.resSub;
                let condition = Box::new(node(sub.lpRes, depth - 1, budget)?);
                Ok(Restriction::Sub { table: PropTag(sub.number), condition })
            }
            RES_COUNT => {
                let sub = this.res.resSub;
                let condition = Box::new(node(sub.lpRes, depth - 1, budget)?);
                Ok(Restriction::Count(sub.number, condition))
            }
            RES_COMMENT | RES_ANNOTATION => {
                let inner = this.res.resComment.lpRes;
                if inner.is_null() {
                    return Ok(Restriction::Comment(None));
                }
                let condition = Box::new(node(inner, depth - 1, budget)?);
                Ok(Restriction::Comment(Some(condition)))
            }
            _ => Err(Code::TOO_COMPLEX),
        }
    }
}

unsafe fn list(
    this: &SRestriction,
    depth: usize,
    budget: &mut usize,
) -> Result<Vec<Restriction>, Code> {
    // SAFETY: the caller checked the kind.
    let list = unsafe { this.res.resList };
    if list.cRes > 0 && list.lpRes.is_null() {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: that many structures are readable; the budget bounds the walk.
    (0..list.cRes as usize)
        .map(|at| unsafe { node(list.lpRes.add(at), depth - 1, budget) })
        .collect()
}

unsafe fn content(this: &SRestriction) -> Result<Restriction, Code> {
    // SAFETY: the caller checked the kind and vouches for the pointer.
    unsafe {
        let value = this.res.resValue;
        let wanted = prop(value.lpProp.as_ref().ok_or(Code::INVALID_PARAMETER)?)?;
        let kind = match value.how & 0xFFFF {
            FL_FULLSTRING => Match::Full,
            FL_PREFIX => Match::Prefix,
            FL_SUBSTRING => Match::Substring,
            _ => return Err(Code::TOO_COMPLEX),
        };
        let tag = PropTag(value.ulPropTag);
        let text = match wanted.value {
            Value::Unicode(text) => text,
            Value::String8(text) => String::from_utf8_lossy(&text).into_owned(),
            Value::Binary(bytes) => return Ok(Restriction::ContentBytes { tag, bytes, kind }),
            _ => return Err(Code::TOO_COMPLEX),
        };
        let ignore_case = value.how & (FL_IGNORECASE | FL_LOOSE) != 0;
        Ok(Restriction::Content { tag, text, kind, ignore_case })
    }
}

unsafe fn property(this: &SRestriction) -> Result<Restriction, Code> {
    // SAFETY: the caller checked the kind and vouches for the pointer.
    unsafe {
        let value = this.res.resValue;
        let wanted = prop(value.lpProp.as_ref().ok_or(Code::INVALID_PARAMETER)?)?;
        let op = relation(value.how)?;
        Ok(Restriction::Property { tag: PropTag(value.ulPropTag), op, value: wanted.value })
    }
}

fn relation(number: u32) -> Result<RelOp, Code> {
    Ok(match number {
        RELOP_LT => RelOp::Lt,
        RELOP_LE => RelOp::Le,
        RELOP_GT => RelOp::Gt,
        RELOP_GE => RelOp::Ge,
        RELOP_EQ => RelOp::Eq,
        RELOP_NE => RelOp::Ne,
        RELOP_RE => RelOp::Re,
        _ => return Err(Code::TOO_COMPLEX),
    })
}

unsafe fn bit_mask(this: &SRestriction) -> Result<Restriction, Code> {
    // SAFETY: the caller checked the kind.
    let bits = unsafe { this.res.resBitMask };
    let non_zero = match bits.relBMR {
        BMR_EQZ => false,
        BMR_NEZ => true,
        _ => return Err(Code::INVALID_PARAMETER),
    };
    Ok(Restriction::BitMask { tag: PropTag(bits.ulPropTag), mask: bits.ulMask, non_zero })
}
