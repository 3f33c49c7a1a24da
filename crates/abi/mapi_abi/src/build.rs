//! From safe values to the C structures.
//!
//! Two ways: arguments of a call live in Rust memory for its duration
//! ([`Arguments`]); answers are built in memory of a caller's allocator
//! ([`Allocator`]), because whoever receives them frees them.

#![allow(non_snake_case)] // members keep their C names, and locals follow

use com_abi::WideString;

use crate::restriction::{Match, RelOp, Restriction, SortKey};
use crate::structs::{
    BMR_EQZ, BMR_NEZ, FL_FULLSTRING, FL_IGNORECASE, FL_PREFIX, FL_SUBSTRING, PropUnion, RELOP_EQ,
    RELOP_GE, RELOP_GT, RELOP_LE, RELOP_LT, RELOP_NE, RES_AND, RES_BITMASK, RES_CONTENT, RES_EXIST,
    RES_NOT, RES_OR, RES_PROPERTY, RestrictionUnion, SBinary, SBitMaskRestriction,
    SExistRestriction, SListRestriction, SNotRestriction, SPropTagArray, SPropValue, SRestriction,
    SSortOrderSet, SValueRestriction, TABLE_SORT_ASCEND, TABLE_SORT_DESCEND,
};
use crate::tags::PropTag;
use crate::value::{Prop, Value};

/// Gives memory that the receiver of an answer frees: 16-byte aligned, of the
/// asked size in bytes; null when there is none.
pub type Allocator<'a> = &'a mut dyn FnMut(usize) -> *mut u8;

/// Writes a property into `place`; what it points to comes from `allocator`.
/// False when there is no memory, with `place` untouched.
///
/// # Safety
/// `place` is writable and `allocator` keeps its promise.
pub unsafe fn prop(prop: &Prop, place: *mut SPropValue, allocator: Allocator<'_>) -> bool {
    let value = match &prop.value {
        Value::Binary(bytes) => match copy(bytes, allocator) {
            Some(lpb) => PropUnion { bin: SBinary { cb: bytes.len() as u32, lpb } },
            None => return false,
        },
        Value::Boolean(set) => PropUnion { b: u16::from(*set) },
        Value::Error(code) => PropUnion { err: code.0 },
        Value::I8(number) => PropUnion { li: *number },
        Value::Long(number) => PropUnion { l: *number },
        Value::SysTime(time) => PropUnion { ft: time.0 },
        Value::Unicode(text) => match copy(WideString::new(text).units(), allocator) {
            Some(lpszW) => PropUnion { lpszW },
            None => return false,
        },
    };
    // SAFETY: forwarded from the caller.
    unsafe { place.write(SPropValue { ulPropTag: prop.tag.0, dwAlignPad: 0, Value: value }) };
    true
}

fn copy<T: Copy>(items: &[T], allocator: Allocator<'_>) -> Option<*mut T> {
    let memory = allocator(size_of_val(items)).cast::<T>();
    if memory.is_null() {
        return None;
    }
    // SAFETY: fresh memory of that size.
    unsafe { core::ptr::copy_nonoverlapping(items.as_ptr(), memory, items.len()) };
    Some(memory)
}

/// Memory of the arguments of one call.
#[derive(Default)]
pub struct Arguments {
    /// Everything that pointers lead to; 8-byte words, for alignment.
    blocks: Vec<Box<[u64]>>,
}

impl Arguments {
    /// No memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn block(&mut self, bytes: usize) -> *mut u8 {
        let mut block = vec![0u64; bytes.div_ceil(8).max(1)].into_boxed_slice();
        let start = block.as_mut_ptr().cast();
        self.blocks.push(block);
        start
    }

    fn item<T: Copy>(&mut self, item: T) -> *mut T {
        let place = self.block(size_of::<T>()).cast::<T>();
        // SAFETY: a fresh block of that size.
        unsafe { place.write(item) };
        place
    }

    /// A list of tags; valid as long as `self`.
    pub fn tags(&mut self, tags: &[PropTag]) -> *mut SPropTagArray {
        let words: Vec<u32> =
            std::iter::once(tags.len() as u32).chain(tags.iter().map(|tag| tag.0)).collect();
        self.words(&words).cast()
    }

    fn words(&mut self, words: &[u32]) -> *mut u32 {
        let place = self.block(size_of_val(words)).cast::<u32>();
        // SAFETY: a fresh block of that size.
        unsafe { core::ptr::copy_nonoverlapping(words.as_ptr(), place, words.len()) };
        place
    }

    /// A sort order; valid as long as `self`.
    pub fn sort_order(&mut self, keys: &[SortKey]) -> *mut SSortOrderSet {
        let mut words = vec![keys.len() as u32, 0, 0];
        for key in keys {
            let order = if key.descending { TABLE_SORT_DESCEND } else { TABLE_SORT_ASCEND };
            words.extend([key.tag.0, order]);
        }
        self.words(&words).cast()
    }

    /// A condition; valid as long as `self`.
    pub fn restriction(&mut self, restriction: &Restriction) -> *mut SRestriction {
        let built = self.node(restriction);
        self.item(built)
    }

    fn node(&mut self, restriction: &Restriction) -> SRestriction {
        match restriction {
            Restriction::And(list) => self.list(RES_AND, list),
            Restriction::Or(list) => self.list(RES_OR, list),
            Restriction::Not(inner) => {
                let lpRes = self.restriction(inner);
                let resNot = SNotRestriction { ulReserved: 0, lpRes };
                SRestriction { rt: RES_NOT, res: RestrictionUnion { resNot } }
            }
            Restriction::Content { tag, text, kind, ignore_case } => {
                let level = match kind {
                    Match::Full => FL_FULLSTRING,
                    Match::Prefix => FL_PREFIX,
                    Match::Substring => FL_SUBSTRING,
                };
                let how = level | if *ignore_case { FL_IGNORECASE } else { 0 };
                self.value(RES_CONTENT, how, *tag, Value::Unicode(text.clone()))
            }
            Restriction::Property { tag, op, value } => {
                let how = match op {
                    RelOp::Eq => RELOP_EQ,
                    RelOp::Ge => RELOP_GE,
                    RelOp::Gt => RELOP_GT,
                    RelOp::Le => RELOP_LE,
                    RelOp::Lt => RELOP_LT,
                    RelOp::Ne => RELOP_NE,
                };
                self.value(RES_PROPERTY, how, *tag, value.clone())
            }
            Restriction::BitMask { tag, mask, non_zero } => {
                let relBMR = if *non_zero { BMR_NEZ } else { BMR_EQZ };
                let resBitMask = SBitMaskRestriction { relBMR, ulPropTag: tag.0, ulMask: *mask };
                SRestriction { rt: RES_BITMASK, res: RestrictionUnion { resBitMask } }
            }
            Restriction::Exist(tag) => {
                let resExist =
                    SExistRestriction { ulReserved1: 0, ulPropTag: tag.0, ulReserved2: 0 };
                SRestriction { rt: RES_EXIST, res: RestrictionUnion { resExist } }
            }
        }
    }

    fn list(&mut self, rt: u32, list: &[Restriction]) -> SRestriction {
        let built: Vec<SRestriction> = list.iter().map(|node| self.node(node)).collect();
        let first = self.block(size_of_val(&*built)).cast::<SRestriction>();
        // SAFETY: a fresh block of that size.
        unsafe { core::ptr::copy_nonoverlapping(built.as_ptr(), first, built.len()) };
        let resList = SListRestriction { cRes: list.len() as u32, lpRes: first };
        SRestriction { rt, res: RestrictionUnion { resList } }
    }

    fn value(&mut self, rt: u32, how: u32, tag: PropTag, value: Value) -> SRestriction {
        let place = self.block(size_of::<SPropValue>()).cast::<SPropValue>();
        let wanted = Prop { tag, value };
        // SAFETY: a fresh block; the allocator gives blocks of this value.
        let built = unsafe { prop(&wanted, place, &mut |bytes| self.block(bytes)) };
        debug_assert!(built, "Rust's allocator does not answer null");
        let resValue = SValueRestriction { how, ulPropTag: tag.0, lpProp: place };
        SRestriction { rt, res: RestrictionUnion { resValue } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Code;
    use crate::read;
    use crate::restriction::{MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES};
    use crate::tags::{PR_BODY, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_SUBJECT};
    use crate::value::FileTime;

    fn there_and_back(restriction: &Restriction) -> Result<Option<Restriction>, Code> {
        let mut arguments = Arguments::new();
        let built = arguments.restriction(restriction);
        // SAFETY: the structure lives as long as `arguments`.
        unsafe { read::restriction(built) }
    }

    #[test]
    fn a_restriction_survives_its_c_form() {
        let text = |kind, ignore_case| Restriction::Content {
            tag: PR_SUBJECT,
            text: "Grüße 𝄞".into(),
            kind,
            ignore_case,
        };
        let whole = Restriction::And(vec![
            Restriction::Or(vec![text(Match::Prefix, true), text(Match::Full, false)]),
            Restriction::Not(Box::new(text(Match::Substring, true))),
            Restriction::Exist(PR_BODY),
            Restriction::BitMask { tag: PR_MESSAGE_FLAGS, mask: 1, non_zero: true },
            Restriction::Property {
                tag: PR_MESSAGE_DELIVERY_TIME,
                op: RelOp::Ge,
                value: Value::SysTime(FileTime(77)),
            },
            Restriction::And(Vec::new()),
        ]);
        assert_eq!(there_and_back(&whole), Ok(Some(whole)));
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = |depth: usize| {
            (1..depth).fold(Restriction::Exist(PR_BODY), |r, _| Restriction::Not(Box::new(r)))
        };
        assert!(there_and_back(&deep(MAX_RESTRICTION_DEPTH)).is_ok());
        assert_eq!(there_and_back(&deep(MAX_RESTRICTION_DEPTH + 1)), Err(Code::TOO_COMPLEX));
        let wide = |nodes: usize| Restriction::And(vec![Restriction::Exist(PR_BODY); nodes - 1]);
        assert!(there_and_back(&wide(MAX_RESTRICTION_NODES)).is_ok());
        assert_eq!(there_and_back(&wide(MAX_RESTRICTION_NODES + 1)), Err(Code::TOO_COMPLEX));
    }

    #[test]
    fn tags_and_orders_survive_their_c_form() {
        let mut arguments = Arguments::new();
        let tags = [PR_SUBJECT, PR_BODY, PR_MESSAGE_FLAGS];
        let keys = [
            SortKey { tag: PR_SUBJECT, descending: false },
            SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: true },
        ];
        let (built_tags, built_keys) = (arguments.tags(&tags), arguments.sort_order(&keys));
        // SAFETY: both live as long as `arguments`.
        unsafe {
            assert_eq!(read::tags(built_tags), Ok(Some(tags.to_vec())));
            assert_eq!(read::sort_order(built_keys), Ok(keys.to_vec()));
            assert_eq!(read::tags(core::ptr::null()), Ok(None));
            assert_eq!(read::sort_order(core::ptr::null()), Ok(Vec::new()));
            assert_eq!(read::restriction(core::ptr::null()), Ok(None));
        }
    }
}
