//! Who a thread works for, by the name that the documented function gives it.
//! What it does is documented in the SDK (`partywall::ffi::identity`), whose
//! declaration this matches.

#![allow(non_snake_case)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use com_abi::WideString;
use observe::last_error;
use security::impersonation;

/// A parameter is not right.
const ERROR_INVALID_PARAMETER: u32 = 87;
/// The buffer is too small; the needed size was written.
const ERROR_INSUFFICIENT_BUFFER: u32 = 122;

/// See `partywall::ffi::identity`.
///
/// # Safety
/// `size` is null or writable, `name` null or a buffer of that many units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserNameW(name: *mut u16, size: *mut u32) -> i32 {
    let answer = catch_unwind(AssertUnwindSafe(|| {
        if size.is_null() {
            return Err(ERROR_INVALID_PARAMETER);
        }
        let token = impersonation::capture();
        let text = WideString::new(token.user());
        let units = text.units();
        // SAFETY: checked for null; the caller passes what it says.
        unsafe {
            let room = size.read() as usize;
            size.write(units.len() as u32);
            if name.is_null() || room < units.len() {
                return Err(ERROR_INSUFFICIENT_BUFFER);
            }
            core::ptr::copy_nonoverlapping(units.as_ptr(), name, units.len());
        }
        Ok(())
    }));
    match answer {
        Ok(Ok(())) => 1,
        Ok(Err(error)) => {
            last_error::set(error);
            0
        }
        Err(_) => 0,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use com_abi::from_wide;
    use security::Token;

    #[test]
    fn the_name_is_the_impersonated_accounts() {
        let _alice = impersonation::impersonate(&Token::new("alice", None)).unwrap();
        let mut name = [7_u16; 8];
        let mut size = 5;
        // SAFETY: buffers of at least the sizes that are said.
        unsafe {
            assert_eq!(GetUserNameW(name.as_mut_ptr(), &mut size), 0);
            assert_eq!((last_error::get(), size, name[0]), (ERROR_INSUFFICIENT_BUFFER, 6, 7));
            assert_eq!(GetUserNameW(name.as_mut_ptr(), &mut size), 1);
            assert_eq!((from_wide(name.as_ptr()).as_str(), size), ("alice", 6));
            assert_eq!(GetUserNameW(name.as_mut_ptr(), core::ptr::null_mut()), 0);
            assert_eq!(last_error::get(), ERROR_INVALID_PARAMETER);
        }
    }
}
