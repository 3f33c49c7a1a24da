//! What the bits of a code say: severity, facility, number (MS-ERREF 2.1).

use windows_core::HRESULT;

/// Whether the code is a failure.
pub const fn is_error(code: HRESULT) -> bool {
    code.0 < 0
}

/// Number of the part of the system whose code this is.
pub const fn facility(code: HRESULT) -> u32 {
    (code.0 as u32 >> 16) & 0x7ff
}

/// Documented name of the code's facility, if it has one here.
pub const fn facility_name(code: HRESULT) -> Option<&'static str> {
    match facility(code) {
        0 => Some("NULL"),
        1 => Some("RPC"),
        2 => Some("DISPATCH"),
        3 => Some("STORAGE"),
        4 => Some("ITF"),
        7 => Some("WIN32"),
        8 => Some("WINDOWS"),
        9 => Some("SECURITY"),
        10 => Some("CONTROL"),
        11 => Some("CERT"),
        12 => Some("INTERNET"),
        13 => Some("MEDIASERVER"),
        14 => Some("MSMQ"),
        15 => Some("SETUPAPI"),
        16 => Some("SCARD"),
        17 => Some("COMPLUS"),
        _ => None,
    }
}

/// The result code of a system error (`HRESULT_FROM_WIN32`).
pub const fn system_error(number: u16) -> HRESULT {
    match number {
        0 => HRESULT(0),
        number => HRESULT((0x8007_0000 | number as u32).cast_signed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{E_ACCESSDENIED, WIN32, all, name};

    #[test]
    fn a_code_says_whose_it_is() {
        assert_eq!(system_error(5), E_ACCESSDENIED);
        assert_eq!(system_error(0), HRESULT(0));
        assert_eq!(facility_name(E_ACCESSDENIED), Some("WIN32"));
        assert_eq!(facility(HRESULT(0x8ABC_0000_u32.cast_signed())), 0x2BC);
        assert!(is_error(E_ACCESSDENIED) && !is_error(HRESULT(1)));
    }

    #[test]
    fn every_code_has_one_name_and_sentences() {
        for (at, known) in all().chain(WIN32).enumerate() {
            assert!(known.means.ends_with('.') && known.advice.ends_with('.'), "{}", known.name);
            let earlier = all().chain(WIN32).take(at);
            assert!(earlier.clone().all(|other| other.name != known.name), "{}", known.name);
        }
        for known in all() {
            assert_eq!(name(known.code), Some(known.name));
        }
        assert!(WIN32.iter().all(|known| facility(known.code) == 7));
        assert!(WIN32.is_sorted_by_key(|known| known.code.0));
    }
}
