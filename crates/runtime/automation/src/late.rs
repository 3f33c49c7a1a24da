//! Calls by name ([MS-OAUT] 3.1.4): from the names and variants of a caller who
//! knows nothing of an interface to its methods, by the interface's description.
//!
//! `members` finds methods, `arguments` builds the frame of a call from variants
//! and takes the answers out of it again.

mod arguments;
mod members;
mod slots;

use core::ffi::c_void;

use com_abi::HRESULT;
use com_abi::automation::{Bstr, DispParams, ExcepInfo, Variant};
use com_abi::codes::{self, DISP_E_EXCEPTION, DISP_E_MEMBERNOTFOUND};
use com_abi::description::InterfaceDescription;

use crate::variant;
use arguments::Arguments;
pub use members::{find, identifiers, is_optional, is_result, members, vartype};

/// A failure, and which argument was wrong: its place in the caller's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The documented code.
    pub code: HRESULT,
    /// The index in `rgvarg`.
    pub argument: Option<u32>,
}

impl From<HRESULT> for Refused {
    fn from(code: HRESULT) -> Self {
        Self { code, argument: None }
    }
}

/// What is called, and for whom the answer is.
pub struct Call<'a> {
    /// The interface of the description, in this apartment.
    pub object: *mut c_void,
    /// The interface.
    pub description: &'static InterfaceDescription,
    /// The member's identifier.
    pub member: i32,
    /// `DISPATCH_…`
    pub flags: u16,
    /// The arguments, the last one first.
    pub arguments: &'a DispParams,
    /// Where the member's answer goes.
    pub result: Option<&'a mut Variant>,
    /// Where a failure of the member goes.
    pub exception: Option<&'a mut ExcepInfo>,
}

/// `IDispatch::Invoke`: makes the call.
///
/// # Errors
/// `DISP_E_MEMBERNOTFOUND`, `DISP_E_BADPARAMCOUNT`, `DISP_E_PARAMNOTFOUND`,
/// `DISP_E_PARAMNOTOPTIONAL`, `DISP_E_TYPEMISMATCH`, `DISP_E_OVERFLOW`,
/// `E_OUTOFMEMORY`; when the member itself fails `DISP_E_EXCEPTION` with the code
/// in `exception`, or that code when nobody wants to know more.
///
/// # Safety
/// `object` is a live interface of the description; the arguments are initialised
/// variants, whose references point to values of their types.
pub unsafe fn invoke(call: Call<'_>) -> Result<(), Refused> {
    let method = find(call.description, call.member, call.flags).ok_or(DISP_E_MEMBERNOTFOUND)?;
    let dispatch = method.dispatch.ok_or(DISP_E_MEMBERNOTFOUND)?;
    // SAFETY: forwarded from the caller; the frame is the method's, and lives until
    // the answers were taken.
    unsafe {
        let mut arguments = Arguments::new(method, call.arguments)?;
        let code = dispatch(call.object, arguments.frame());
        if code.is_err() {
            return Err(raised(call, method.name(), code).into());
        }
        let mut answer = arguments.finish()?;
        match call.result {
            // What was there does not count: the place is the callee's to fill.
            Some(place) => *place = answer,
            None => variant::clear(&mut answer)?,
        }
    }
    Ok(())
}

/// The name of an interface.
pub fn name(description: &InterfaceDescription) -> &'static str {
    members::text(description.name)
}

/// A member's failure, as callers by name get it.
fn raised(call: Call<'_>, member: &str, code: HRESULT) -> HRESULT {
    let Some(place) = call.exception else { return code };
    let description = codes::all().find(|known| known.code == code).map_or_else(
        || format!("{member} failed with {:#010x}.", code.0),
        |known| format!("{member}: {}", known.means),
    );
    let source = name(call.description);
    let raised = ExcepInfo {
        bstrSource: Bstr::from(source),
        bstrDescription: Bstr::from(description.as_str()),
        scode: code.0,
        ..ExcepInfo::default()
    };
    // SAFETY: the caller's place, whose old content does not count.
    unsafe { core::ptr::from_mut(place).write(raised) };
    DISP_E_EXCEPTION
}
