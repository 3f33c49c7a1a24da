//! From safe values to the C structures.
//!
//! Two ways: arguments of a call live in Rust memory for its duration
//! ([`Arguments`]); answers are built in memory of a caller's allocator
//! ([`Allocator`]), because whoever receives them frees them.

#![allow(non_snake_case)] // members keep their C names, and locals follow

use com_abi::WideString;

use crate::restriction::{Match, RelOp, Restriction, SortKey};
use crate::structs::*;
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
    let Some(value) = union(&prop.value, allocator) else { return false };
    // SAFETY: forwarded from the caller.
    unsafe { place.write(SPropValue { ulPropTag: prop.tag.0, dwAlignPad: 0, Value: value }) };
    true
}

/// The C form of a value; `None` when there is no memory.
fn union(value: &Value, allocator: Allocator<'_>) -> Option<PropUnion> {
    Some(match value {
        Value::AppTime(days) => PropUnion { at: *days },
        Value::Binary(bytes) => PropUnion { bin: binary(bytes, allocator)? },
        Value::Boolean(set) => PropUnion { b: u16::from(*set) },
        Value::Currency(number) | Value::I8(number) => PropUnion { li: *number },
        Value::Double(number) => PropUnion { dbl: *number },
        Value::Error(code) => PropUnion { err: code.0 },
        Value::Guid(guid) => PropUnion { lpguid: copy(&[*guid], allocator)? },
        Value::I2(number) => PropUnion { i: *number },
        Value::Long(number) => PropUnion { l: *number },
        Value::Null | Value::Object => PropUnion { x: 0 },
        Value::R4(number) => PropUnion { flt: *number },
        Value::String8(text) => PropUnion { lpszA: zero_ended(text, allocator)? },
        Value::SysTime(time) => PropUnion { ft: time.0 },
        Value::Unicode(text) => {
            PropUnion { lpszW: copy(WideString::new(text).units(), allocator)? }
        }
        _ => PropUnion { MV: several(value, allocator)? },
    })
}

/// The C form of several values.
fn several(value: &Value, allocator: Allocator<'_>) -> Option<SArray> {
    match value {
        Value::MvBinary(list) => each(list, allocator, |bytes, a| binary(bytes, a)),
        Value::MvDouble(list) => array(list, allocator),
        Value::MvGuid(list) => array(list, allocator),
        Value::MvI2(list) => array(list, allocator),
        Value::MvI8(list) => array(list, allocator),
        Value::MvLong(list) => array(list, allocator),
        Value::MvString8(list) => each(list, allocator, |text, a| zero_ended(text, a)),
        Value::MvSysTime(list) => each(list, allocator, |time, _| Some(time.0)),
        Value::MvUnicode(list) => {
            each(list, allocator, |text, a| copy(WideString::new(text).units(), a))
        }
        // `union` sends only those above here.
        _ => Some(SArray { cValues: 0, values: core::ptr::null_mut() }),
    }
}

fn binary(bytes: &[u8], allocator: Allocator<'_>) -> Option<SBinary> {
    Some(SBinary { cb: bytes.len() as u32, lpb: copy(bytes, allocator)? })
}

fn zero_ended(text: &[u8], allocator: Allocator<'_>) -> Option<*mut u8> {
    copy(&[text, b"\0"].concat(), allocator)
}

fn array<T: Copy>(items: &[T], allocator: Allocator<'_>) -> Option<SArray> {
    let values = copy(items, allocator)?.cast();
    Some(SArray { cValues: items.len() as u32, values })
}

fn each<T, C: Copy>(
    items: &[T],
    allocator: Allocator<'_>,
    form: impl Fn(&T, Allocator<'_>) -> Option<C>,
) -> Option<SArray> {
    let built: Vec<C> = items.iter().map(|item| form(item, allocator)).collect::<Option<_>>()?;
    array(&built, allocator)
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
                let how = fuzzy_level(*kind) | if *ignore_case { FL_IGNORECASE } else { 0 };
                self.value(RES_CONTENT, how, *tag, Value::Unicode(text.clone()))
            }
            Restriction::Property { tag, op, value } => {
                self.value(RES_PROPERTY, relation(*op), *tag, value.clone())
            }
            Restriction::ContentBytes { tag, bytes, kind } => {
                self.value(RES_CONTENT, fuzzy_level(*kind), *tag, Value::Binary(bytes.clone()))
            }
            Restriction::CompareProps { op, left, right } => {
                let resCompareProps = SComparePropsRestriction {
                    relop: relation(*op),
                    ulPropTag1: left.0,
                    ulPropTag2: right.0,
                };
                let res = RestrictionUnion { resCompareProps };
                SRestriction { rt: RES_COMPAREPROPS, res }
            }
            Restriction::Size { op, tag, bytes } => {
                let relop = relation(*op);
                let resSize = SSizeRestriction { relop, ulPropTag: tag.0, cb: *bytes };
                SRestriction { rt: RES_SIZE, res: RestrictionUnion { resSize } }
            }
            Restriction::Sub { table, condition } => {
                self.below(RES_SUBRESTRICTION, table.0, condition)
            }
            Restriction::Count(most, condition) => self.below(RES_COUNT, *most, condition),
            Restriction::Comment(condition) => {
                let lpRes = match condition {
                    Some(condition) => self.restriction(condition),
                    None => core::ptr::null_mut(),
                };
                let resComment =
                    SCommentRestriction { cValues: 0, lpRes, lpProp: core::ptr::null_mut() };
                SRestriction { rt: RES_COMMENT, res: RestrictionUnion { resComment } }
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

    fn below(&mut self, rt: u32, number: u32, condition: &Restriction) -> SRestriction {
        let lpRes = self.restriction(condition);
        let resSub = SSubRestriction { number, lpRes };
        SRestriction { rt, res: RestrictionUnion { resSub } }
    }

    fn list(&mut self, rt: u32, list: &[Restriction]) -> SRestriction {
        let built: Vec<SRestriction> = list.iter().map(|node| self.node(node)).collect();
        let first = self.block(size_of_val(&*built)).cast::<SRestriction>();
        // SAFETY: a fresh block of that size.
        unsafe { core::ptr::copy_nonoverlapping(built.as_ptr(), first, built.len()) };
        let resList = SListRestriction { cRes: list.len() as u32, lpRes: first };
        SRestriction { rt, res: RestrictionUnion { resList } }
    }

    /// Properties; valid as long as `self`.
    pub fn props(&mut self, props: &[Prop]) -> *mut SPropValue {
        let first = self.block(size_of::<SPropValue>() * props.len()).cast::<SPropValue>();
        for (at, wanted) in props.iter().enumerate() {
            // SAFETY: a fresh block with room for all; the allocator gives blocks
            // of this value.
            let built = unsafe { prop(wanted, first.add(at), &mut |bytes| self.block(bytes)) };
            debug_assert!(built, "Rust's allocator does not answer null");
        }
        first
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
            Restriction::CompareProps { op: RelOp::Lt, left: PR_SUBJECT, right: PR_BODY },
            Restriction::Size { op: RelOp::Gt, tag: PR_BODY, bytes: 9 },
            Restriction::ContentBytes {
                tag: crate::tags::PR_ENTRYID,
                bytes: vec![1, 0, 2],
                kind: Match::Prefix,
            },
            Restriction::Comment(None),
            Restriction::Comment(Some(Box::new(Restriction::Exist(PR_BODY)))),
            Restriction::Sub {
                table: crate::tags::PR_MESSAGE_RECIPIENTS,
                condition: Box::new(text(Match::Full, true)),
            },
            Restriction::Count(3, Box::new(Restriction::Exist(PR_BODY))),
            Restriction::Property {
                tag: PropTag(0x8001_101F),
                op: RelOp::Re,
                value: Value::MvUnicode(vec!["a".into(), String::new()]),
            },
        ]);
        assert_eq!(there_and_back(&whole), Ok(Some(whole)));
    }

    #[test]
    fn a_value_of_every_type_survives_its_c_form() {
        let values = [
            Value::AppTime(1.5),
            Value::Binary(vec![0, 1]),
            Value::Boolean(true),
            Value::Currency(-5),
            Value::Double(0.25),
            Value::Error(Code::NOT_FOUND),
            Value::Guid([7; 16]),
            Value::I2(-2),
            Value::I8(i64::MIN),
            Value::Long(-3),
            Value::MvBinary(vec![vec![], vec![1, 2]]),
            Value::MvDouble(vec![1.0, -1.0]),
            Value::MvGuid(vec![[1; 16], [2; 16]]),
            Value::MvI2(vec![1, -1]),
            Value::MvI8(vec![1, -1]),
            Value::MvLong(vec![1, -1]),
            Value::MvString8(vec![b"a".to_vec(), Vec::new()]),
            Value::MvSysTime(vec![FileTime(1), FileTime(2)]),
            Value::MvUnicode(vec!["𝄞".into(), String::new()]),
            Value::Null,
            Value::Object,
            Value::R4(0.5),
            Value::String8(b"text".to_vec()),
            Value::SysTime(FileTime(9)),
            Value::Unicode("Grüße".into()),
        ];
        for value in values {
            let mut arguments = Arguments::new();
            let wanted = Prop { tag: PropTag(0x6700_0000).with_type(value.prop_type()), value };
            let built = arguments.props(std::slice::from_ref(&wanted));
            // SAFETY: the structure lives as long as `arguments`.
            let read = unsafe { read::props(built, 1) };
            assert_eq!(read, Ok(vec![wanted]));
        }
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
