//! The C structures of Extended MAPI, with the layouts of 64-bit systems.
//! `ULONG` and `LONG` have 32 bits; wide characters have 16.

#![allow(non_snake_case, missing_docs)]

use core::ffi::c_void;

/// Counted bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SBinary {
    pub cb: u32,
    pub lpb: *mut u8,
}

/// Several values: `SShortArray`, `SLongArray` and all others of their kind,
/// which differ in what their pointer leads to only.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SArray {
    pub cValues: u32,
    pub values: *mut c_void,
}

/// A property's value; the type in the tag says which member holds.
#[repr(C)]
#[derive(Clone, Copy)]
pub union PropUnion {
    pub MV: SArray,
    pub at: f64,
    pub b: u16,
    pub bin: SBinary,
    pub dbl: f64,
    pub err: i32,
    pub flt: f32,
    pub ft: i64,
    pub i: i16,
    pub l: i32,
    pub li: i64,
    pub lpguid: *mut [u8; 16],
    pub lpszA: *mut u8,
    pub lpszW: *mut u16,
    pub x: i32,
}

/// A property.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SPropValue {
    pub ulPropTag: u32,
    pub dwAlignPad: u32,
    pub Value: PropUnion,
}

/// A table's row.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SRow {
    pub ulAdrEntryPad: u32,
    pub cValues: u32,
    pub lpProps: *mut SPropValue,
}

/// Rows; `cRows` of them follow at offset 8.
#[repr(C)]
pub struct SRowSet {
    pub cRows: u32,
    pub aRow: [SRow; 0],
}

/// Tags; `cValues` of them follow at offset 4.
#[repr(C)]
pub struct SPropTagArray {
    pub cValues: u32,
    pub aulPropTag: [u32; 0],
}

/// One key of a sort order.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SSortOrder {
    pub ulPropTag: u32,
    pub ulOrder: u32,
}

/// A sort order; `cSorts` keys follow at offset 12.
#[repr(C)]
pub struct SSortOrderSet {
    pub cSorts: u32,
    pub cCategories: u32,
    pub cExpanded: u32,
    pub aSort: [SSortOrder; 0],
}

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

/// An interface identifier or other argument that is passed through.
pub type Opaque = *mut c_void;

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

pub const TABLE_SORT_ASCEND: u32 = 0;
pub const TABLE_SORT_DESCEND: u32 = 1;

pub const BOOKMARK_BEGINNING: u32 = 0;
pub const BOOKMARK_CURRENT: u32 = 1;
pub const BOOKMARK_END: u32 = 2;

pub const MAPI_LOGON_UI: u32 = 0x1;
pub const MAPI_NEW_SESSION: u32 = 0x2;
pub const MAPI_ALLOW_OTHERS: u32 = 0x8;
pub const MAPI_EXPLICIT_PROFILE: u32 = 0x10;
pub const MAPI_EXTENDED: u32 = 0x20;
pub const MAPI_USE_DEFAULT: u32 = 0x40;
pub const MAPI_FORCE_DOWNLOAD: u32 = 0x1000;
pub const MAPI_SERVICE_UI_ALWAYS: u32 = 0x2000;
pub const MAPI_NO_MAIL: u32 = 0x8000;
pub const MAPI_NT_SERVICE: u32 = 0x1_0000;
pub const MAPI_PASSWORD_UI: u32 = 0x2_0000;
pub const MAPI_TIMEOUT_SHORT: u32 = 0x10_0000;
pub const MAPI_BG_SESSION: u32 = 0x20_0000;
pub const MAPI_UNICODE: u32 = 0x8000_0000;

/// `OpenMsgStore`, `OpenEntry`: write access.
pub const MAPI_BEST_ACCESS: u32 = 0x10;
pub const MAPI_MODIFY: u32 = 0x1;
pub const MDB_WRITE: u32 = 0x4;
/// `GetHierarchyTable`: all folders below, not only the next ones.
pub const CONVENIENT_DEPTH: u32 = 0x1;
/// `SetReadFlag`: unread instead of read.
pub const CLEAR_READ_FLAG: u32 = 0x4;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<SBinary>() == 16);
    assert!(size_of::<SPropValue>() == 24);
    assert!(size_of::<SRow>() == 16);
    assert!(size_of::<SRowSet>() == 8 && offset_of!(SRowSet, aRow) == 8);
    assert!(size_of::<SPropTagArray>() == 4);
    assert!(size_of::<SSortOrderSet>() == 12);
    assert!(size_of::<SRestriction>() == 32 && offset_of!(SRestriction, res) == 8);
};
