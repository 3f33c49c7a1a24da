//! The functions of automation, declared: strings, variants, safe arrays,
//! variant time.
//!
//! A string is `*mut u16`, of which [`Bstr`](com_abi::automation::Bstr) is the
//! owned form. `INT` answers are 1 for done and 0 for not.

use core::ffi::c_void;

use com_abi::automation::{DispParams, ExcepInfo, SafeArray, SafeArrayBound, SystemTime, Variant};
use com_abi::description::InterfaceDescription;
use com_abi::{GUID, HRESULT};

unsafe extern "system" {
    /// A string of zero-ended text; null for null, and when there is no memory.
    pub fn SysAllocString(text: *const u16) -> *mut u16;
    /// A string of `length` units, of undefined content when `text` is null.
    pub fn SysAllocStringLen(text: *const u16, length: u32) -> *mut u16;
    /// A string that carries `length` bytes, of undefined content when `bytes`
    /// is null.
    pub fn SysAllocStringByteLen(bytes: *const u8, length: u32) -> *mut u16;
    /// Puts a copy of zero-ended text, or null for null, in place of a string.
    pub fn SysReAllocString(place: *mut *mut u16, text: *const u16) -> i32;
    /// Puts a copy of `length` units in place of a string; a null `text` changes
    /// the string's length only.
    pub fn SysReAllocStringLen(place: *mut *mut u16, text: *const u16, length: u32) -> i32;
    /// Frees a string; null is allowed.
    pub fn SysFreeString(text: *mut u16);
    /// Length in units; 0 for null.
    pub fn SysStringLen(text: *mut u16) -> u32;
    /// Length in bytes; 0 for null.
    pub fn SysStringByteLen(text: *mut u16) -> u32;

    /// Makes a variant empty without looking at what it was.
    pub fn VariantInit(place: *mut Variant);
    /// Lets go of what a variant owns and makes it empty.
    pub fn VariantClear(place: *mut Variant) -> HRESULT;
    /// Copies with what the variant owns; a reference stays a reference.
    pub fn VariantCopy(place: *mut Variant, source: *const Variant) -> HRESULT;
    /// Copies what a reference refers to.
    pub fn VariantCopyInd(place: *mut Variant, source: *const Variant) -> HRESULT;
    /// Converts to type `vt`; both may be the same variant.
    pub fn VariantChangeType(
        place: *mut Variant,
        source: *const Variant,
        flags: u16,
        vt: u16,
    ) -> HRESULT;
    /// As `VariantChangeType`; the locale is passed to objects and else is the
    /// invariant one.
    pub fn VariantChangeTypeEx(
        place: *mut Variant,
        source: *const Variant,
        locale: u32,
        flags: u16,
        vt: u16,
    ) -> HRESULT;
    /// A calendar date and time as variant time.
    pub fn SystemTimeToVariantTime(time: *const SystemTime, days: *mut f64) -> i32;
    /// Variant time as a calendar date and time.
    pub fn VariantTimeToSystemTime(days: f64, time: *mut SystemTime) -> i32;

    /// `IDispatch::GetIDsOfNames` of a described interface.
    pub fn PwDispatchNames(
        description: *const InterfaceDescription,
        names: *const *const u16,
        count: u32,
        identifiers: *mut i32,
    ) -> HRESULT;
    /// `IDispatch::Invoke` of a described interface: `object` is that interface, in
    /// this apartment.
    pub fn PwDispatchInvoke(
        object: *mut c_void,
        description: *const InterfaceDescription,
        member: i32,
        flags: u16,
        arguments: *mut DispParams,
        result: *mut Variant,
        exception: *mut ExcepInfo,
        wrong_argument: *mut u32,
    ) -> HRESULT;
    /// An `ITypeInfo` of a described interface, with a reference.
    pub fn PwCreateTypeInfo(
        description: *const InterfaceDescription,
        info: *mut *mut c_void,
    ) -> HRESULT;

    /// An array of zeros; `bounds` is the first dimension's first. Null when it
    /// cannot be made.
    pub fn SafeArrayCreate(
        vt: u16,
        dimensions: u32,
        bounds: *const SafeArrayBound,
    ) -> *mut SafeArray;
    /// As `SafeArrayCreate`; `extra` is null or the interface of the elements.
    pub fn SafeArrayCreateEx(
        vt: u16,
        dimensions: u32,
        bounds: *const SafeArrayBound,
        extra: *const c_void,
    ) -> *mut SafeArray;
    /// An array of one dimension in one block.
    pub fn SafeArrayCreateVector(vt: u16, lower: i32, count: u32) -> *mut SafeArray;
    /// Frees an array with its elements; null is allowed.
    pub fn SafeArrayDestroy(array: *mut SafeArray) -> HRESULT;
    /// Frees the elements only.
    pub fn SafeArrayDestroyData(array: *mut SafeArray) -> HRESULT;
    /// Number of dimensions; 0 for null.
    pub fn SafeArrayGetDim(array: *mut SafeArray) -> u32;
    /// Size of an element in bytes; 0 for null.
    pub fn SafeArrayGetElemsize(array: *mut SafeArray) -> u32;
    /// The first index of a dimension; dimensions count from 1.
    pub fn SafeArrayGetLBound(array: *mut SafeArray, dimension: u32, place: *mut i32) -> HRESULT;
    /// The last index of a dimension.
    pub fn SafeArrayGetUBound(array: *mut SafeArray, dimension: u32, place: *mut i32) -> HRESULT;
    /// The type of the elements.
    pub fn SafeArrayGetVartype(array: *mut SafeArray, place: *mut u16) -> HRESULT;
    /// The interface of the elements.
    pub fn SafeArrayGetIID(array: *mut SafeArray, place: *mut GUID) -> HRESULT;
    /// Keeps the elements where they are.
    pub fn SafeArrayLock(array: *mut SafeArray) -> HRESULT;
    /// Undoes one `SafeArrayLock`.
    pub fn SafeArrayUnlock(array: *mut SafeArray) -> HRESULT;
    /// Locks, and gives the address of the elements.
    pub fn SafeArrayAccessData(array: *mut SafeArray, place: *mut *mut c_void) -> HRESULT;
    /// Undoes one `SafeArrayAccessData`.
    pub fn SafeArrayUnaccessData(array: *mut SafeArray) -> HRESULT;
    /// Copies an element out; the old content of `place` does not count.
    pub fn SafeArrayGetElement(
        array: *mut SafeArray,
        indexes: *const i32,
        place: *mut c_void,
    ) -> HRESULT;
    /// Copies an element in: `value` is its address, or itself when it is a
    /// string or an interface pointer.
    pub fn SafeArrayPutElement(
        array: *mut SafeArray,
        indexes: *const i32,
        value: *mut c_void,
    ) -> HRESULT;
    /// The address of an element; the array should be locked.
    pub fn SafeArrayPtrOfIndex(
        array: *mut SafeArray,
        indexes: *const i32,
        place: *mut *mut c_void,
    ) -> HRESULT;
    /// A copy that shares nothing but objects; null of null.
    pub fn SafeArrayCopy(array: *mut SafeArray, place: *mut *mut SafeArray) -> HRESULT;
    /// Changes the bound of the last dimension.
    pub fn SafeArrayRedim(array: *mut SafeArray, bound: *const SafeArrayBound) -> HRESULT;
}
