//! Names of objects: monikers, the context in which they are bound, the running
//! object table, and what objects offer that contain others.
//!
//! A moniker's `left` is what stands before it in a composite, or null; a context
//! is an `IBindCtx`. Interface pointers are borrowed unless they are answered.

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown};

use crate::codes::E_NOTIMPL;
use crate::persist::{IPersistStream, IPersistStream_Impl, IPersistStream_Vtbl};
use crate::time::FILETIME;

/// The class of file monikers.
pub const CLSID_FILE_MONIKER: GUID = GUID::from_u128(0x00000303_0000_0000_C000_000000000046);
/// The class of item monikers.
pub const CLSID_ITEM_MONIKER: GUID = GUID::from_u128(0x00000304_0000_0000_C000_000000000046);
/// The class of anti monikers.
pub const CLSID_ANTI_MONIKER: GUID = GUID::from_u128(0x00000305_0000_0000_C000_000000000046);
/// The class of generic composites.
pub const CLSID_COMPOSITE_MONIKER: GUID = GUID::from_u128(0x00000309_0000_0000_C000_000000000046);
/// The class of class monikers.
pub const CLSID_CLASS_MONIKER: GUID = GUID::from_u128(0x0000031A_0000_0000_C000_000000000046);

/// `IsSystemMoniker`: a generic composite.
pub const MKSYS_GENERICCOMPOSITE: u32 = 1;
/// `IsSystemMoniker`: a file.
pub const MKSYS_FILEMONIKER: u32 = 2;
/// `IsSystemMoniker`: what takes back the one before it.
pub const MKSYS_ANTIMONIKER: u32 = 3;
/// `IsSystemMoniker`: an item.
pub const MKSYS_ITEMMONIKER: u32 = 4;
/// `IsSystemMoniker`: a class.
pub const MKSYS_CLASSMONIKER: u32 = 7;

/// `IRunningObjectTable::Register`: the entry keeps the object.
pub const ROTFLAGS_REGISTRATIONKEEPSALIVE: u32 = 1;
/// `IRunningObjectTable::Register`: for clients of other users too.
pub const ROTFLAGS_ALLOWANYCLIENT: u32 = 2;

/// `IOleItemContainer::GetObject`: however long it takes.
pub const BINDSPEED_INDEFINITE: u32 = 1;
/// `IOleItemContainer::GetObject`: no long work.
pub const BINDSPEED_MODERATE: u32 = 2;
/// `IOleItemContainer::GetObject`: only what is loaded already.
pub const BINDSPEED_IMMEDIATE: u32 = 3;

/// How a moniker is to be bound (`BIND_OPTS3`; the first 16 bytes are
/// `BIND_OPTS`, the first 40 `BIND_OPTS2`).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BindOptions {
    /// Bytes that the caller knows.
    pub size: u32,
    /// `BIND_FLAGS`.
    pub flags: u32,
    /// `STGM` of what is opened.
    pub mode: u32,
    /// Tick count by which it has to be done; 0 for no limit.
    pub deadline: u32,
    /// How a lost file is looked for.
    pub track_flags: u32,
    /// `CLSCTX` of what is created.
    pub class_context: u32,
    /// Language.
    pub locale: u32,
    /// `COSERVERINFO`, or null.
    pub server: *mut c_void,
    /// A window for questions to the user.
    pub window: usize,
}

const _: () = assert!(size_of::<BindOptions>() == 48);

impl Default for BindOptions {
    /// What a new context has: reading and writing, any server, no limit of time.
    fn default() -> Self {
        Self {
            size: size_of::<Self>() as u32,
            flags: 0,
            mode: 2,
            deadline: 0,
            track_flags: 0,
            class_context: 0x15,
            locale: 0,
            server: core::ptr::null_mut(),
            window: 0,
        }
    }
}

/// A name of an object, which knows how to find it.
#[crate::interface("0000000F-0000-0000-C000-000000000046")]
pub unsafe trait IMoniker: IPersistStream {
    /// The object's interface `iid`, which is found or made.
    unsafe fn BindToObject(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// The interface `iid` of where the object is kept.
    unsafe fn BindToStorage(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// A simpler moniker for the same object.
    unsafe fn Reduce(
        &self,
        context: *mut c_void,
        how_far: u32,
        left: *mut *mut c_void,
        reduced: *mut *mut c_void,
    ) -> HRESULT;
    /// This moniker with another to its right.
    unsafe fn ComposeWith(
        &self,
        right: *mut c_void,
        only_if_not_generic: i32,
        composite: *mut *mut c_void,
    ) -> HRESULT;
    /// The parts of a composite, an `IEnumMoniker`; null for any other.
    unsafe fn Enum(&self, forward: i32, components: *mut *mut c_void) -> HRESULT;
    /// `S_OK` or `S_FALSE`.
    unsafe fn IsEqual(&self, other: *mut c_void) -> HRESULT;
    /// Equal monikers have equal numbers.
    unsafe fn Hash(&self, hash: *mut u32) -> HRESULT;
    /// `S_OK` when the object is in the running object table, else `S_FALSE`.
    unsafe fn IsRunning(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        newly_running: *mut c_void,
    ) -> HRESULT;
    /// When the object was changed last.
    unsafe fn GetTimeOfLastChange(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        time: *mut FILETIME,
    ) -> HRESULT;
    /// What takes this moniker back when it stands to its right.
    unsafe fn Inverse(&self, inverse: *mut *mut c_void) -> HRESULT;
    /// What both begin with.
    unsafe fn CommonPrefixWith(&self, other: *mut c_void, prefix: *mut *mut c_void) -> HRESULT;
    /// What leads from this one to the other.
    unsafe fn RelativePathTo(&self, other: *mut c_void, path: *mut *mut c_void) -> HRESULT;
    /// The text for people, in memory of the task allocator.
    unsafe fn GetDisplayName(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        name: *mut *mut u16,
    ) -> HRESULT;
    /// Reads what comes after this moniker in a text, and how many units that were.
    unsafe fn ParseDisplayName(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        name: *const u16,
        eaten: *mut u32,
        moniker: *mut *mut c_void,
    ) -> HRESULT;
    /// Which of the system's it is (`MKSYS_*`); `S_FALSE` for none.
    unsafe fn IsSystemMoniker(&self, kind: *mut u32) -> HRESULT;
}

/// What the running object table compares monikers by.
#[crate::interface("F29F6BC0-5021-11CE-AA15-00006901293F")]
pub unsafe trait IROTData: IUnknown {
    /// Writes up to `size` bytes and says how many there are.
    unsafe fn GetComparisonData(&self, data: *mut u8, size: u32, needed: *mut u32) -> HRESULT;
}

/// What is needed to bind a moniker, and what was bound on the way.
#[crate::interface("0000000E-0000-0000-C000-000000000046")]
pub unsafe trait IBindCtx: IUnknown {
    /// Keeps an object until the context is released.
    unsafe fn RegisterObjectBound(&self, object: *mut c_void) -> HRESULT;
    /// Undoes one `RegisterObjectBound`.
    unsafe fn RevokeObjectBound(&self, object: *mut c_void) -> HRESULT;
    /// Undoes all of them.
    unsafe fn ReleaseBoundObjects(&self) -> HRESULT;
    /// Sets as much as the structure's size says.
    unsafe fn SetBindOptions(&self, options: *const BindOptions) -> HRESULT;
    /// Answers as much as the structure's size says.
    unsafe fn GetBindOptions(&self, options: *mut BindOptions) -> HRESULT;
    /// The running object table.
    unsafe fn GetRunningObjectTable(&self, table: *mut *mut c_void) -> HRESULT;
    /// Keeps an object under a name.
    unsafe fn RegisterObjectParam(&self, key: *const u16, object: *mut c_void) -> HRESULT;
    /// The object of that name, with a reference.
    unsafe fn GetObjectParam(&self, key: *const u16, object: *mut *mut c_void) -> HRESULT;
    /// The names, an `IEnumString`.
    unsafe fn EnumObjectParam(&self, keys: *mut *mut c_void) -> HRESULT;
    /// Undoes `RegisterObjectParam`; `S_FALSE` when there is none of that name.
    unsafe fn RevokeObjectParam(&self, key: *const u16) -> HRESULT;
}

/// Monikers one after the other.
#[crate::interface("00000102-0000-0000-C000-000000000046")]
pub unsafe trait IEnumMoniker: IUnknown {
    /// The next ones, each with a reference; `S_FALSE` when there were fewer.
    unsafe fn Next(&self, count: u32, monikers: *mut *mut c_void, fetched: *mut u32) -> HRESULT;
    /// Leaves some out; `S_FALSE` when there were fewer.
    unsafe fn Skip(&self, count: u32) -> HRESULT;
    /// Goes back to the beginning.
    unsafe fn Reset(&self) -> HRESULT;
    /// Another one that stands at the same place.
    unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT;
}

/// Texts one after the other.
#[crate::interface("00000101-0000-0000-C000-000000000046")]
pub unsafe trait IEnumString: IUnknown {
    /// The next ones, in memory of the task allocator; `S_FALSE` when there were
    /// fewer.
    unsafe fn Next(&self, count: u32, texts: *mut *mut u16, fetched: *mut u32) -> HRESULT;
    /// Leaves some out; `S_FALSE` when there were fewer.
    unsafe fn Skip(&self, count: u32) -> HRESULT;
    /// Goes back to the beginning.
    unsafe fn Reset(&self) -> HRESULT;
    /// Another one that stands at the same place.
    unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT;
}

/// The objects that run, under their names.
#[crate::interface("00000010-0000-0000-C000-000000000046")]
pub unsafe trait IRunningObjectTable: IUnknown {
    /// Enters an object; `MK_S_MONIKERALREADYREGISTERED` when the name was there.
    unsafe fn Register(
        &self,
        flags: u32,
        object: *mut c_void,
        name: *mut c_void,
        registration: *mut u32,
    ) -> HRESULT;
    /// Takes an entry out.
    unsafe fn Revoke(&self, registration: u32) -> HRESULT;
    /// `S_OK` when there is an object of that name, else `S_FALSE`.
    unsafe fn IsRunning(&self, name: *mut c_void) -> HRESULT;
    /// The object of that name, with a reference.
    unsafe fn GetObject(&self, name: *mut c_void, object: *mut *mut c_void) -> HRESULT;
    /// Notes when an object was changed.
    unsafe fn NoteChangeTime(&self, registration: u32, time: *const FILETIME) -> HRESULT;
    /// When the object of that name was changed.
    unsafe fn GetTimeOfLastChange(&self, name: *mut c_void, time: *mut FILETIME) -> HRESULT;
    /// The names, an `IEnumMoniker`.
    unsafe fn EnumRunning(&self, names: *mut *mut c_void) -> HRESULT;
}

/// An object, or a class, that reads names.
#[crate::interface("0000011A-0000-0000-C000-000000000046")]
pub unsafe trait IParseDisplayName: IUnknown {
    /// Makes a moniker of the beginning of a text, and says how many units it used.
    unsafe fn ParseDisplayName(
        &self,
        context: *mut c_void,
        name: *const u16,
        eaten: *mut u32,
        moniker: *mut *mut c_void,
    ) -> HRESULT;
}

/// An object that contains others.
#[crate::interface("0000011B-0000-0000-C000-000000000046")]
pub unsafe trait IOleContainer: IParseDisplayName {
    /// What it contains.
    unsafe fn EnumObjects(&self, flags: u32, objects: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }
    /// Keeps it running.
    unsafe fn LockContainer(&self, lock: i32) -> HRESULT {
        E_NOTIMPL
    }
}

/// An object whose parts have names.
#[crate::interface("0000011C-0000-0000-C000-000000000046")]
pub unsafe trait IOleItemContainer: IOleContainer {
    /// The part's interface `iid`, with a reference.
    unsafe fn GetObject(
        &self,
        item: *const u16,
        speed: u32,
        context: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
    /// The interface `iid` of where the part is kept.
    unsafe fn GetObjectStorage(
        &self,
        item: *const u16,
        context: *mut c_void,
        iid: *const GUID,
        storage: *mut *mut c_void,
    ) -> HRESULT {
        E_NOTIMPL
    }
    /// `S_OK` when the part runs.
    unsafe fn IsRunning(&self, item: *const u16) -> HRESULT {
        E_NOTIMPL
    }
}

/// An object that activates classes on behalf of a class moniker to its right.
#[crate::interface("00000140-0000-0000-C000-000000000046")]
pub unsafe trait IClassActivator: IUnknown {
    /// A class object's interface `iid`.
    unsafe fn GetClassObject(
        &self,
        clsid: *const GUID,
        context: u32,
        locale: u32,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT;
}
