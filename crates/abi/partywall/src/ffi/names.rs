//! The functions of names, declared: monikers and the running object table.
//!
//! Texts are zero-ended and have 16-bit units. Monikers and contexts are
//! `IMoniker` and `IBindCtx`; what is answered has a reference.

use core::ffi::c_void;

use com_abi::moniker::BindOptions;
use com_abi::{GUID, HRESULT};

/// `RegisterActiveObject`: the entry does not keep the object.
pub const ACTIVEOBJECT_WEAK: u32 = 1;

unsafe extern "system" {
    /// A context in which monikers are bound; `reserved` is 0.
    pub fn CreateBindCtx(reserved: u32, context: *mut *mut c_void) -> HRESULT;
    /// A name of a part of what stands before it.
    pub fn CreateItemMoniker(
        delimiter: *const u16,
        item: *const u16,
        moniker: *mut *mut c_void,
    ) -> HRESULT;
    /// A path as a name.
    pub fn CreateFileMoniker(path: *const u16, moniker: *mut *mut c_void) -> HRESULT;
    /// A class as a name.
    pub fn CreateClassMoniker(clsid: *const GUID, moniker: *mut *mut c_void) -> HRESULT;
    /// What takes back the name before it.
    pub fn CreateAntiMoniker(moniker: *mut *mut c_void) -> HRESULT;
    /// Two names one after the other; null when they take each other back.
    pub fn CreateGenericComposite(
        first: *mut c_void,
        rest: *mut c_void,
        moniker: *mut *mut c_void,
    ) -> HRESULT;
    /// What both names begin with, part by part.
    pub fn MonikerCommonPrefixWith(
        own: *mut c_void,
        other: *mut c_void,
        prefix: *mut *mut c_void,
    ) -> HRESULT;
    /// What leads from a name to another, part by part.
    pub fn MonikerRelativePathTo(
        source: *mut c_void,
        other: *mut c_void,
        path: *mut *mut c_void,
        reserved: i32,
    ) -> HRESULT;
    /// The name that a text says, and how many units of it were read.
    pub fn MkParseDisplayName(
        context: *mut c_void,
        name: *const u16,
        eaten: *mut u32,
        moniker: *mut *mut c_void,
    ) -> HRESULT;
    /// The object of a name; `options` is 0.
    pub fn BindMoniker(
        moniker: *mut c_void,
        options: u32,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// The object that a text names.
    pub fn CoGetObject(
        name: *const u16,
        options: *const BindOptions,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// The class of a file, by its extension.
    pub fn GetClassFile(path: *const u16, clsid: *mut GUID) -> HRESULT;
    /// The running object table of the process; `reserved` is 0.
    pub fn GetRunningObjectTable(reserved: u32, table: *mut *mut c_void) -> HRESULT;
    /// Enters an object in the running object table under its class.
    pub fn RegisterActiveObject(
        object: *mut c_void,
        clsid: *const GUID,
        flags: u32,
        cookie: *mut u32,
    ) -> HRESULT;
    /// Undoes `RegisterActiveObject`; `reserved` is null.
    pub fn RevokeActiveObject(cookie: u32, reserved: *mut c_void) -> HRESULT;
    /// The object of a class that was entered so; `reserved` is null.
    pub fn GetActiveObject(
        clsid: *const GUID,
        reserved: *mut c_void,
        object: *mut *mut c_void,
    ) -> HRESULT;
}
