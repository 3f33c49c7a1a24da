//! An interface with every construct.

use core::ffi::c_void;

use com_abi::automation::{SafeArray, VT_UNKNOWN, Variant};
use com_abi::{GUID, HRESULT, IUnknown, Idl, interface};

/// A number and a place.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Idl)]
pub struct Point {
    pub x: i32,
    pub y: i64,
}

/// A list.
#[repr(C)]
#[derive(Idl)]
pub struct Node {
    pub value: i32,
    pub next: *mut Node,
}

/// Two pointers that may be one.
#[repr(C)]
#[derive(Idl)]
#[idl(pointer_default(ptr))]
pub struct Pair {
    pub first: *mut i32,
    pub second: *mut i32,
}

/// An array at the end of a structure.
#[repr(C)]
#[derive(Idl)]
pub struct Tail {
    pub count: u32,
    #[idl(size_is(count))]
    pub values: [i32; 1],
}

/// An object, a string and a fixed array in a structure.
#[repr(C)]
#[derive(Idl)]
pub struct Holder {
    #[idl(interface(ICount))]
    pub object: *mut c_void,
    #[idl(string)]
    pub name: *mut u16,
    pub points: [Point; 2],
    pub colour: Colour,
}

#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Idl)]
pub enum Colour {
    Red = 1,
    Green = 2,
}

#[repr(C)]
#[derive(Clone, Copy, Idl)]
#[idl(switch_type(u32))]
pub union Choice {
    #[idl(case(1))]
    pub number: i64,
    #[idl(case(2), interface(ICount))]
    pub object: *mut c_void,
    #[idl(case(3), string)]
    pub text: *mut u16,
    #[idl(default)]
    pub byte: u8,
}

/// A tag and the union that it selects.
#[repr(C)]
#[derive(Clone, Copy, Idl)]
#[idl(encapsulated)]
pub struct Chosen {
    pub tag: u32,
    #[idl(switch_is(tag))]
    pub choice: Choice,
}

/// Counts.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B001", proxy)]
pub unsafe trait ICount: IUnknown {
    unsafe fn Count(&self, add: i32, total: *mut i32) -> HRESULT;
}

/// Known to nobody: no proxy can be made of it.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B002")]
pub unsafe trait IUndescribed: IUnknown {
    unsafe fn Nothing(&self) -> HRESULT;
}

/// Every construct.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B003", proxy)]
#[idl(pointer_default(unique), async_uuid("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B013"))]
pub unsafe trait IConstructs: IUnknown {
    unsafe fn Sum(
        &self,
        count: u32,
        #[idl(in, size_is(count))] values: *const i32,
        #[idl(out, retval)] total: *mut i64,
    ) -> HRESULT;
    unsafe fn Text(
        &self,
        #[idl(in, unique, string)] text: *const u16,
        #[idl(out, string)] reply: *mut *mut u16,
    ) -> HRESULT;
    unsafe fn Buffer(
        &self,
        size: u32,
        #[idl(out, string, size_is(size))] text: *mut u16,
    ) -> HRESULT;
    unsafe fn Varying(
        &self,
        size: u32,
        #[idl(out, size_is(size), length_is(*length))] values: *mut i32,
        length: *mut u32,
    ) -> HRESULT;
    unsafe fn Make(
        &self,
        wanted: u32,
        count: *mut u32,
        #[idl(out, size_is(_, *count))] values: *mut *mut Point,
    ) -> HRESULT;
    unsafe fn Both(
        &self,
        last: u32,
        #[idl(in, out, max_is(last))] values: *mut i32,
        #[idl(in, out, string)] text: *mut *mut u16,
    ) -> HRESULT;
    unsafe fn List(&self, #[idl(in, unique)] list: *const Node, total: *mut i32) -> HRESULT;
    unsafe fn Grow(&self, #[idl(in, out)] list: *mut Node) -> HRESULT;
    /// Adds one to each value.
    unsafe fn Bump(&self, #[idl(in, out)] list: *mut Node) -> HRESULT;
    unsafe fn Same(&self, pair: *const Pair, same: *mut i32) -> HRESULT;
    unsafe fn Last(&self, tail: *const Tail, last: *mut i32) -> HRESULT;
    unsafe fn Choose(
        &self,
        chosen: *const Chosen,
        tag: u32,
        #[idl(in, switch_is(tag))] choice: *const Choice,
        answer: *mut Chosen,
    ) -> HRESULT;
    unsafe fn CallBack(
        &self,
        #[idl(in, interface(ICount))] sink: *mut c_void,
        times: u32,
    ) -> HRESULT;
    unsafe fn Give(&self, #[idl(out, interface(ICount))] object: *mut *mut c_void) -> HRESULT;
    unsafe fn GiveIs(
        &self,
        iid: *const GUID,
        #[idl(out, iid_is(iid))] object: *mut *mut c_void,
    ) -> HRESULT;
    unsafe fn Keep(
        &self,
        count: u32,
        #[idl(in, size_is(count), interface(ICount))] objects: *const *mut c_void,
    ) -> HRESULT;
    unsafe fn Kept(
        &self,
        size: u32,
        #[idl(out, size_is(size), length_is(*count), interface(ICount))] objects: *mut *mut c_void,
        count: *mut u32,
    ) -> HRESULT;
    unsafe fn Swap(&self, #[idl(in, out, interface(ICount))] object: *mut *mut c_void) -> HRESULT;
    unsafe fn Hold(&self, holder: *const Holder, answer: *mut Holder) -> HRESULT;
    unsafe fn Value(&self, value: Variant, answer: *mut Variant) -> HRESULT;
    unsafe fn Refer(&self, #[idl(in)] value: *mut Variant) -> HRESULT;
    unsafe fn Array(
        &self,
        #[idl(in, safearray(VT_UNKNOWN))] objects: *mut SafeArray,
        #[idl(out)] answer: *mut *mut SafeArray,
    ) -> HRESULT;
    unsafe fn Bstring(
        &self,
        #[idl(in, bstr)] text: *mut u16,
        #[idl(out, bstr)] answer: *mut *mut u16,
    ) -> HRESULT;
    unsafe fn ReferBoth(&self, #[idl(in, out)] value: *mut Variant) -> HRESULT;
    /// Says that there is one object more.
    unsafe fn Raise(
        &self,
        #[idl(in, out)] count: *mut u32,
        #[idl(in, out, size_is(*count), interface(ICount))] objects: *mut *mut c_void,
    ) -> HRESULT;
    /// 0: writes nothing; 1: writes everything; 2: counts too far; 3: an object
    /// without the interface; 4: panics. Fails but for 2 and 3.
    unsafe fn Fail(
        &self,
        how: u32,
        #[idl(in, interface(ICount))] sink: *mut c_void,
        #[idl(out, interface(ICount))] object: *mut *mut c_void,
        #[idl(out, string)] text: *mut *mut u16,
        value: *mut Variant,
        size: u32,
        #[idl(out, size_is(size), length_is(*count), interface(ICount))] objects: *mut *mut c_void,
        count: *mut u32,
    ) -> HRESULT;
}

/// One method more.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B004", proxy)]
pub unsafe trait IDerived: IConstructs {
    unsafe fn Double(&self, value: i32, doubled: *mut i32) -> HRESULT;
}
