//! Properties, their values, and lists of tags, problems and identifiers.

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

/// Tags; `cValues` of them follow at offset 4.
#[repr(C)]
pub struct SPropTagArray {
    pub cValues: u32,
    pub aulPropTag: [u32; 0],
}

/// What went wrong with one property of several.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SPropProblem {
    /// Its place in the input.
    pub ulIndex: u32,
    pub ulPropTag: u32,
    pub scode: i32,
}

/// Problems; `cProblem` of them follow at offset 4.
#[repr(C)]
pub struct SPropProblemArray {
    pub cProblem: u32,
    pub aProblem: [SPropProblem; 0],
}

/// A list of byte strings.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SBinaryArray {
    pub cValues: u32,
    pub lpbin: *mut SBinary,
}

/// A list of entry identifiers.
pub type ENTRYLIST = SBinaryArray;

/// An entry identifier: flags, and bytes that only its provider reads.
#[repr(C)]
pub struct ENTRYID {
    pub abFlags: [u8; 4],
    pub ab: [u8; 0],
}

/// `abFlags[0]`: valid for a short time only.
pub const MAPI_SHORTTERM: u8 = 0x80;
/// `abFlags[0]`: cannot be a recipient.
pub const MAPI_NOTRECIP: u8 = 0x40;
/// `abFlags[0]`: means nothing in another session.
pub const MAPI_THISSESSION: u8 = 0x20;
/// `abFlags[0]`: means nothing later.
pub const MAPI_NOW: u8 = 0x10;
/// `abFlags[0]`: other sessions may know it under another one.
pub const MAPI_NOTRESERVED: u8 = 0x08;

/// One entry identifier; `cb` bytes follow at offset 4.
#[repr(C)]
pub struct FLATENTRY {
    pub cb: u32,
    pub abEntry: [u8; 0],
}

/// Entry identifiers, each a [`FLATENTRY`] filled up to four bytes; `cbEntries`
/// bytes of them follow at offset 8.
#[repr(C)]
pub struct FLATENTRYLIST {
    pub cEntries: u32,
    pub cbEntries: u32,
    pub abEntries: [u8; 0],
}

/// An identifier of a service, provider or section, in no byte order.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MAPIUID {
    pub ab: [u8; 16],
}

/// The provider of one-off entry identifiers.
pub const MAPI_ONE_OFF_UID: MAPIUID = MAPIUID {
    ab: [
        0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54,
        0x02,
    ],
};
/// Flags of a one-off entry identifier: its texts are UTF-16.
pub const MAPI_ONE_OFF_UNICODE: u16 = 0x8000;
/// Flags of a one-off entry identifier: plain text only.
pub const MAPI_ONE_OFF_NO_RICH_INFO: u16 = 0x0001;

/// Marks, one for each row of an `ADRLIST`; `cFlags` follow at offset 4.
#[repr(C)]
pub struct FlagList {
    pub cFlags: u32,
    pub ulFlag: [u32; 0],
}

/// An interface identifier or other argument that is passed through.
pub type Opaque = *mut c_void;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<SBinary>() == 16 && offset_of!(SBinary, lpb) == 8);
    assert!(size_of::<SArray>() == 16 && offset_of!(SArray, values) == 8);
    assert!(size_of::<PropUnion>() == 16);
    assert!(size_of::<SPropValue>() == 24 && offset_of!(SPropValue, Value) == 8);
    assert!(size_of::<SPropTagArray>() == 4 && offset_of!(SPropTagArray, aulPropTag) == 4);
    assert!(size_of::<SPropProblem>() == 12 && offset_of!(SPropProblem, scode) == 8);
    assert!(size_of::<SPropProblemArray>() == 4 && offset_of!(SPropProblemArray, aProblem) == 4);
    assert!(size_of::<ENTRYLIST>() == 16 && offset_of!(ENTRYLIST, lpbin) == 8);
    assert!(offset_of!(ENTRYID, ab) == 4);
    assert!(offset_of!(FLATENTRY, abEntry) == 4);
    assert!(offset_of!(FLATENTRYLIST, abEntries) == 8);
    assert!(size_of::<MAPIUID>() == 16 && align_of::<MAPIUID>() == 1);
    assert!(offset_of!(FlagList, ulFlag) == 4);
};
