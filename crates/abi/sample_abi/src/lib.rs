//! The contract of the sample components: their classes and interfaces.
//!
//! - [`IGauge`]: an object whose title never changes, so that a stand-in at its
//!   client may answer for it;
//! - [`ISnapshot`]: an object that is copied when it passes the wall.

use com_abi::{GUID, HRESULT, IUnknown, interface};

/// The class of gauges.
pub const CLSID_GAUGE: GUID = GUID::from_u128(0x7b0a4d2e_51c6_4e0b_8f3a_2c9d1e000101);
/// The class of what stands in for a gauge elsewhere.
pub const CLSID_GAUGE_STAND_IN: GUID = GUID::from_u128(0x7b0a4d2e_51c6_4e0b_8f3a_2c9d1e000102);
/// The class of snapshots.
pub const CLSID_SNAPSHOT: GUID = GUID::from_u128(0x7b0a4d2e_51c6_4e0b_8f3a_2c9d1e000103);

/// Something that is read again and again. Strings are of the task allocator.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000111", proxy)]
pub unsafe trait IGauge: IUnknown {
    /// What it is called; never changes.
    unsafe fn Title(&self, title: *mut *mut u16) -> HRESULT;
    /// What it shows now: one more each time.
    unsafe fn Read(&self, value: *mut i64) -> HRESULT;
    /// How often the gauge itself was asked for its title.
    unsafe fn Asked(&self, times: *mut u32) -> HRESULT;
}

/// A number and a text. Strings are of the task allocator.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000112", proxy)]
pub unsafe trait ISnapshot: IUnknown {
    /// Changes both.
    unsafe fn Set(&self, number: i32, text: *const u16) -> HRESULT;
    /// Answers both.
    unsafe fn Get(&self, number: *mut i32, text: *mut *mut u16) -> HRESULT;
}
