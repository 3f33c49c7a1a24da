//! The object that is called.

#![allow(non_snake_case)]

use com_abi::codes::S_OK;
use com_abi::{GUID, HRESULT, IUnknown, class, interface, new_interface};

/// Adds.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000050", proxy)]
pub unsafe trait IAdder: IUnknown {
    /// The sum.
    unsafe fn Add(&self, a: i32, b: i32, sum: *mut i32) -> HRESULT;
}

/// Adds wherever it is made.
#[class(interfaces(IAdder))]
struct Adder;

/// Adds in the neutral apartment.
#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000051",
    progid = "Partywall.Bench.Adder",
    name = "Adder",
    threading = "Neutral",
    interfaces(IAdder)
)]
#[derive(Default)]
pub struct NeutralAdder;

/// [`NeutralAdder`].
pub const CLSID_NEUTRAL_ADDER: GUID = GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000051);

impl IAdder_Impl for Adder {
    unsafe fn Add(&self, a: i32, b: i32, sum: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { sum.write(a.wrapping_add(b)) };
        S_OK
    }
}

impl IAdder_Impl for NeutralAdder {
    unsafe fn Add(&self, a: i32, b: i32, sum: *mut i32) -> HRESULT {
        // SAFETY: as above.
        unsafe { sum.write(a.wrapping_add(b)) };
        S_OK
    }
}

/// A new object of this thread's apartment.
pub fn adder() -> Result<IAdder, HRESULT> {
    new_interface(Adder)
}

/// Calls through the interface, which the compiler must not see through.
#[inline(never)]
pub fn add(object: &IAdder, a: i32, b: i32) -> i32 {
    let object = std::hint::black_box(object);
    let mut sum = 0;
    // SAFETY: a live interface and a writable place.
    unsafe {
        let _ = object.Add(a, b, &raw mut sum);
    }
    sum
}
