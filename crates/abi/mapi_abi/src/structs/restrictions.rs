//! Restrictions.

use super::values::SPropValue;

/// `RES_AND`, `RES_OR`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SListRestriction {
    pub cRes: u32,
    pub lpRes: *mut SRestriction,
}

/// `RES_NOT`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SNotRestriction {
    pub ulReserved: u32,
    pub lpRes: *mut SRestriction,
}

/// `RES_CONTENT` and `RES_PROPERTY`: `how` is the fuzzy level or the relation.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SValueRestriction {
    pub how: u32,
    pub ulPropTag: u32,
    pub lpProp: *mut SPropValue,
}

/// `RES_BITMASK`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SBitMaskRestriction {
    pub relBMR: u32,
    pub ulPropTag: u32,
    pub ulMask: u32,
}

/// `RES_EXIST`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SExistRestriction {
    pub ulReserved1: u32,
    pub ulPropTag: u32,
    pub ulReserved2: u32,
}

/// `RES_COMPAREPROPS`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SComparePropsRestriction {
    pub relop: u32,
    pub ulPropTag1: u32,
    pub ulPropTag2: u32,
}

/// `RES_SIZE`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SSizeRestriction {
    pub relop: u32,
    pub ulPropTag: u32,
    pub cb: u32,
}

/// `RES_SUBRESTRICTION` (`number` is the table) and `RES_COUNT` (the count).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SSubRestriction {
    pub number: u32,
    pub lpRes: *mut SRestriction,
}

/// `RES_COMMENT`; it gives the union its size.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SCommentRestriction {
    pub cValues: u32,
    pub lpRes: *mut SRestriction,
    pub lpProp: *mut SPropValue,
}

/// A condition's members; `rt` says which hold.
#[repr(C)]
#[derive(Clone, Copy)]
pub union RestrictionUnion {
    pub resBitMask: SBitMaskRestriction,
    pub resComment: SCommentRestriction,
    pub resCompareProps: SComparePropsRestriction,
    pub resExist: SExistRestriction,
    pub resList: SListRestriction,
    pub resNot: SNotRestriction,
    pub resSize: SSizeRestriction,
    pub resSub: SSubRestriction,
    pub resValue: SValueRestriction,
}

/// A condition.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SRestriction {
    pub rt: u32,
    pub res: RestrictionUnion,
}

pub const RES_AND: u32 = 0;
pub const RES_OR: u32 = 1;
pub const RES_NOT: u32 = 2;
pub const RES_CONTENT: u32 = 3;
pub const RES_PROPERTY: u32 = 4;
pub const RES_COMPAREPROPS: u32 = 5;
pub const RES_BITMASK: u32 = 6;
pub const RES_SIZE: u32 = 7;
pub const RES_EXIST: u32 = 8;
pub const RES_SUBRESTRICTION: u32 = 9;
pub const RES_COMMENT: u32 = 10;
pub const RES_COUNT: u32 = 11;
pub const RES_ANNOTATION: u32 = 12;

pub const RELOP_LT: u32 = 0;
pub const RELOP_LE: u32 = 1;
pub const RELOP_GT: u32 = 2;
pub const RELOP_GE: u32 = 3;
pub const RELOP_EQ: u32 = 4;
pub const RELOP_NE: u32 = 5;
pub const RELOP_RE: u32 = 6;

pub const BMR_EQZ: u32 = 0;
pub const BMR_NEZ: u32 = 1;

pub const FL_FULLSTRING: u32 = 0;
pub const FL_SUBSTRING: u32 = 1;
pub const FL_PREFIX: u32 = 2;
pub const FL_IGNORECASE: u32 = 0x1_0000;
pub const FL_IGNORENONSPACE: u32 = 0x2_0000;
pub const FL_LOOSE: u32 = 0x4_0000;

/// `SetSearchCriteria`.
pub const STOP_SEARCH: u32 = 0x1;
pub const RESTART_SEARCH: u32 = 0x2;
pub const RECURSIVE_SEARCH: u32 = 0x4;
pub const SHALLOW_SEARCH: u32 = 0x8;
pub const FOREGROUND_SEARCH: u32 = 0x10;
pub const BACKGROUND_SEARCH: u32 = 0x20;

/// `GetSearchCriteria`.
pub const SEARCH_RUNNING: u32 = 0x1;
pub const SEARCH_REBUILD: u32 = 0x2;
pub const SEARCH_RECURSIVE: u32 = 0x4;
pub const SEARCH_FOREGROUND: u32 = 0x8;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<SRestriction>() == 32 && offset_of!(SRestriction, res) == 8);
    assert!(size_of::<SListRestriction>() == 16 && size_of::<SNotRestriction>() == 16);
    assert!(size_of::<SValueRestriction>() == 16 && size_of::<SSubRestriction>() == 16);
    assert!(size_of::<SBitMaskRestriction>() == 12 && size_of::<SExistRestriction>() == 12);
    assert!(size_of::<SComparePropsRestriction>() == 12 && size_of::<SSizeRestriction>() == 12);
    assert!(size_of::<SCommentRestriction>() == 24);
};
