//! Named properties.

/// Number or text of a name.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NameUnion {
    pub lID_Reserved: isize,
    pub lID: i32,
    pub lpwstrName: *mut u16,
}

/// The name of a property.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct MAPINAMEID {
    pub lpguid: *mut [u8; 16],
    pub ulKind: u32,
    pub Kind: NameUnion,
}

/// `ulKind`.
pub const MNID_ID: u32 = 0;
pub const MNID_STRING: u32 = 1;

/// `GetNamesFromIDs`.
pub const MAPI_NO_STRINGS: u32 = 0x1;
pub const MAPI_NO_IDS: u32 = 0x2;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<MAPINAMEID>() == 24);
    assert!(offset_of!(MAPINAMEID, ulKind) == 8 && offset_of!(MAPINAMEID, Kind) == 16);
};
