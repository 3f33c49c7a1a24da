//! `SAFEARRAY`: an array with its bounds ([MS-OAUT] 2.2.30), as it stands in
//! the memory of 64-bit systems.
//!
//! Sixteen bytes before the descriptor are the runtime's: the last four of them
//! hold the element type when [`FADF_HAVEVARTYPE`] is set, all of them the
//! elements' interface when [`FADF_HAVEIID`] is.

#![allow(non_snake_case)]

use core::ffi::c_void;

/// The descriptor is on the stack.
pub const FADF_AUTO: u16 = 0x0001;
/// The descriptor and the elements are not the runtime's to free.
pub const FADF_STATIC: u16 = 0x0002;
/// The array is part of a structure.
pub const FADF_EMBEDDED: u16 = 0x0004;
/// The array may not change its size.
pub const FADF_FIXEDSIZE: u16 = 0x0010;
/// The elements are records.
pub const FADF_RECORD: u16 = 0x0020;
/// The elements' interface stands before the descriptor.
pub const FADF_HAVEIID: u16 = 0x0040;
/// The element type stands before the descriptor.
pub const FADF_HAVEVARTYPE: u16 = 0x0080;
/// The elements are strings.
pub const FADF_BSTR: u16 = 0x0100;
/// The elements are `IUnknown` pointers.
pub const FADF_UNKNOWN: u16 = 0x0200;
/// The elements are `IDispatch` pointers.
pub const FADF_DISPATCH: u16 = 0x0400;
/// The elements are variants.
pub const FADF_VARIANT: u16 = 0x0800;
/// The elements stand in one block with the descriptor.
pub const FADF_CREATEVECTOR: u16 = 0x2000;

/// One dimension.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SafeArrayBound {
    /// Number of elements.
    pub cElements: u32,
    /// The first index.
    pub lLbound: i32,
}

/// An array's descriptor. `cDims` bounds follow at [`SafeArray::rgsabound`], the
/// last dimension first: its index moves slowest through the memory.
#[repr(C)]
pub struct SafeArray {
    /// Number of dimensions.
    pub cDims: u16,
    /// `FADF_…`.
    pub fFeatures: u16,
    /// Size of an element in bytes.
    pub cbElements: u32,
    /// Locks that are not undone.
    pub cLocks: u32,
    /// The elements.
    pub pvData: *mut c_void,
    /// The bounds, of which C declares one.
    pub rgsabound: [SafeArrayBound; 1],
}

const _: () = {
    assert!(size_of::<SafeArrayBound>() == 8);
    assert!(size_of::<SafeArray>() == 32);
    assert!(core::mem::offset_of!(SafeArray, pvData) == 16);
    assert!(core::mem::offset_of!(SafeArray, rgsabound) == 24);
};
