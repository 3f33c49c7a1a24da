//! What the component says, without its C signatures.

use com_abi::HRESULT;
use com_abi::codes::{DISP_E_OVERFLOW, E_FAIL, E_INVALIDARG};
use echo_abi::{FAULT_ABORT, FAULT_FAIL, FAULT_PANIC};
use partywall::com::{self, Impersonation};

/// A sum.
///
/// # Errors
/// `DISP_E_OVERFLOW`.
pub fn add(a: i32, b: i32) -> Result<i32, HRESULT> {
    a.checked_add(b).ok_or(DISP_E_OVERFLOW)
}

/// The sum of an array, which cannot overflow: there are fewer than 2^32 values.
pub fn sum(values: &[i32]) -> i64 {
    values.iter().map(|value| i64::from(*value)).sum()
}

/// Who calls, and where the call runs.
pub struct Caller {
    /// The name of the caller's account.
    pub user: String,
    /// How the caller was authenticated; 0 until a wire says.
    pub authn_level: u32,
    /// How the caller may be impersonated; 0 until a wire says.
    pub imp_level: u32,
    /// The kernel's number of the thread.
    pub thread: i64,
    /// As `CoGetApartmentType` says.
    pub apartment: u32,
}

/// See [`Caller`].
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; those of the system when it does not say the name.
pub fn caller() -> Result<Caller, HRESULT> {
    let apartment = com::apartment_type()?;
    // In a direct call there is no client but the thread itself.
    let impersonation = Impersonation::of_client();
    let user = com::user_name();
    drop(impersonation);
    let thread = i64::from(com::thread_number());
    Ok(Caller { user: user?, authn_level: 0, imp_level: 0, thread, apartment })
}

/// Fails as it is told.
///
/// # Panics
/// For `FAULT_PANIC`; that is what it is for.
pub fn fault(kind: u32) -> HRESULT {
    match kind {
        FAULT_FAIL => E_FAIL,
        FAULT_PANIC => panic!("asked to panic"),
        FAULT_ABORT => std::process::abort(),
        _ => E_INVALIDARG,
    }
}
