//! The five built-in classes, which differ in their model only, and the call
//! that says where an object lives.

#![allow(non_snake_case)]

use com_abi::codes::{E_POINTER, S_OK};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, interface};

/// Says where the object lives.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000030", proxy)]
pub unsafe trait IProbe: IUnknown {
    /// The thread that runs this method and its apartment's number and name.
    unsafe fn Where(&self, thread: *mut i32, apartment: *mut u64, label: *mut u32) -> HRESULT;
}

macro_rules! probes {
    ($($name:ident, $clsid:literal, $threading:literal;)*) => {
        $(
            /// An object that says where it lives.
            #[class(
                clsid = $clsid,
                progid = "Partywall.Probe",
                name = "Partywall probe",
                threading = $threading,
                interfaces(IProbe)
            )]
            #[derive(Default)]
            pub struct $name;

            impl IProbe_Impl for $name {
                unsafe fn Where(
                    &self,
                    thread: *mut i32,
                    apartment: *mut u64,
                    label: *mut u32,
                ) -> HRESULT {
                    // SAFETY: forwarded from the caller.
                    unsafe { answer(thread, apartment, label) }
                }
            }
        )*
    };
}

probes! {
    ProbeNone, "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000031", "None";
    ProbeApartment, "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000032", "Apartment";
    ProbeFree, "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000033", "Free";
    ProbeBoth, "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000034", "Both";
    ProbeNeutral, "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000035", "Neutral";
}

/// The classes, in the order of the matrix.
pub const CLASSES: [GUID; 5] = [
    GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000031),
    GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000032),
    GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000033),
    GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000034),
    GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000035),
];

/// Makes the classes known to this process.
pub fn register() {
    com::register_builtin::<ProbeNone>();
    com::register_builtin::<ProbeApartment>();
    com::register_builtin::<ProbeFree>();
    com::register_builtin::<ProbeBoth>();
    com::register_builtin::<ProbeNeutral>();
}

/// # Safety
/// The places are null or writable.
unsafe fn answer(thread: *mut i32, apartment: *mut u64, label: *mut u32) -> HRESULT {
    if thread.is_null() || apartment.is_null() || label.is_null() {
        return E_POINTER;
    }
    let id = match com::apartment::current() {
        Ok(here) => here.id(),
        Err(code) => return code,
    };
    // SAFETY: checked for null; the caller passes writable places.
    unsafe {
        thread.write(observe::thread::tid());
        apartment.write(id);
        label.write(observe::thread::apartment() as u32);
    }
    S_OK
}

/// Where an object lives.
pub struct Place {
    /// The thread that ran the method.
    pub thread: i32,
    /// Its apartment's number.
    pub apartment: u64,
    /// Its apartment's label, as a number.
    pub label: u32,
    /// Whether the pointer is a proxy.
    pub is_proxy: bool,
}

/// Makes an object of a class and asks it where it lives.
pub fn probe(clsid: &GUID) -> Result<Place, HRESULT> {
    let probe: IProbe = partywall::create_instance(clsid)?;
    let (mut thread, mut apartment, mut label) = (0, 0, 0);
    // SAFETY: writable places.
    let code = unsafe { probe.Where(&mut thread, &mut apartment, &mut label) };
    if code.is_err() {
        return Err(code);
    }
    // Slot 0 of every proxy is the runtime's own function.
    let slot = Interface::vtable(&probe).base__.QueryInterface as *const ();
    let is_proxy = std::ptr::eq(slot, partywall::ffi::PwProxyQueryInterface as *const ());
    Ok(Place { thread, apartment, label, is_proxy })
}
