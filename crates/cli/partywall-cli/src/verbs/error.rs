//! `partywall error CODE`

use com_abi::HRESULT;
use com_abi::codes::{Description, facility, facility_name, is_error, system_error};
use serde::Serialize;

use crate::args::Common;
use crate::output::{Failure, json, line};

/// What is said of a code.
#[derive(Debug, Serialize)]
struct Explained {
    code: String,
    name: Option<&'static str>,
    facility: String,
    severity: &'static str,
    says: String,
}

/// See the module.
pub fn run(common: &Common, code: &str) -> Result<(), Failure> {
    let explained = explain(code)?;
    if common.json {
        return json(&explained);
    }
    let Explained { code, name, facility, severity, says } = explained;
    line(&format!("{} {code}", name.unwrap_or("a code without a name here")))?;
    line(&format!("facility {facility}, {severity}"))?;
    line(&says)
}

/// Every code that has a description.
fn known() -> impl Iterator<Item = &'static Description> {
    let component = com_abi::codes::all().chain(com_abi::codes::WIN32);
    component.chain(mapi_abi::codes::ALL)
}

fn explain(text: &str) -> Result<Explained, Failure> {
    let named = known().find(|known| known.name.eq_ignore_ascii_case(text));
    let (code, mut says) = match named {
        Some(named) => (named.code, sentences(named)),
        None => {
            let code = number(text).ok_or_else(|| {
                Failure::new(format!(
                    "{text:?} is neither a number nor the name of a code that is known here: \
                     write it like 0x80040154, -2147221164, 1722 or REGDB_E_CLASSNOTREG"
                ))
            })?;
            (code, String::new())
        }
    };
    let mut name = named.map(|named| named.name);
    for other in known().filter(|known| known.code == code) {
        match name {
            None => {
                name = Some(other.name);
                says = sentences(other);
            }
            Some(name) if name == other.name || sentences(other) == says => {}
            Some(_) => {
                says.push_str(&format!(" Also {}: {}", other.name, sentences(other)));
            }
        }
    }
    if name.is_none() {
        says = decoded(code);
    }
    Ok(Explained {
        code: format!("0x{:08x}", code.0),
        name,
        facility: facility_name(code).map_or_else(|| facility(code).to_string(), str::to_owned),
        severity: if is_error(code) { "error" } else { "success" },
        says,
    })
}

fn sentences(known: &Description) -> String {
    format!("{} {}", known.means, known.advice)
}

/// The code that a number names. A system error is the code that has it as its
/// number; 0 and 1 are codes themselves.
fn number(text: &str) -> Option<HRESULT> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let radix = if hexadecimal.is_some() { 16 } else { 10 };
    let digits = hexadecimal.unwrap_or(digits);
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let value = u32::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0_i32.checked_sub_unsigned(value).map(HRESULT);
    }
    match u16::try_from(value) {
        Ok(number @ 2..) => Some(system_error(number)),
        _ => Some(HRESULT(value.cast_signed())),
    }
}

/// What the structure of an unknown code says.
fn decoded(code: HRESULT) -> String {
    let number = code.0 & 0xffff;
    let kind = if is_error(code) { "a failure" } else { "a success" };
    let advice = match facility(code) {
        7 => format!(
            "It is the system error {number}: look for it under that number in Microsoft's list \
             of system error codes."
        ),
        4 => format!(
            "It belongs to the interface whose method answered it, number {number}: look into \
             that interface's documentation."
        ),
        1 => format!(
            "It comes from calls between apartments, processes or machines, number {number}: \
             look into the logs of both sides."
        ),
        9 => format!(
            "It comes from authentication, number {number}: check the account, the password and \
             the clocks of both sides."
        ),
        other => format!(
            "It belongs to facility {other}, number {number}: look into the documentation of \
             whoever answered it."
        ),
    };
    format!("This is {kind} that has no entry here. {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(text: &str) -> Option<&'static str> {
        explain(text).expect("a code").name
    }

    #[test]
    fn every_code_that_has_a_name_is_explained_by_name_and_by_number() {
        for known in known() {
            let by_name = explain(known.name).unwrap();
            assert_eq!(by_name.name, Some(known.name));
            assert!(by_name.says.starts_with(known.means), "{}", by_name.says);
            let code = format!("0x{:08X}", known.code.0);
            let by_number = explain(&code).unwrap();
            assert!(by_number.name.is_some());
            assert!(by_number.says.contains(known.means), "{code}: {}", by_number.says);
        }
    }

    #[test]
    fn a_code_is_written_in_four_ways() {
        for text in ["0x80040154", "2147746132", "-2147221164", "regdb_e_classnotreg"] {
            assert_eq!(name_of(text), Some("REGDB_E_CLASSNOTREG"), "{text}");
        }
        assert_eq!(name_of("2"), Some("ERROR_FILE_NOT_FOUND"));
        assert_eq!(name_of("0x80070002"), Some("ERROR_FILE_NOT_FOUND"));
        assert_eq!(name_of("0"), Some("S_OK"));
        assert_eq!(name_of("1"), Some("S_FALSE"));
        for bad in ["", "-", "0x", "+5", "0x+5", "--5", "4294967296", "-2147483649", "E_NONE"] {
            assert!(explain(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_unknown_code_is_decoded() {
        let explained = explain("0x80071234").unwrap();
        assert_eq!(explained.name, None);
        assert_eq!((&*explained.facility, explained.severity), ("WIN32", "error"));
        assert!(explained.says.contains("4660"), "{}", explained.says);
        let explained = explain("0x0ABC0001").unwrap();
        assert_eq!((&*explained.facility, explained.severity), ("700", "success"));
    }

    #[test]
    fn two_names_of_one_code_are_both_said() {
        let says = explain("0x80040111").unwrap().says;
        assert!(says.contains("Also MAPI_E_LOGON_FAILED:"), "{says}");
        let says = explain("MAPI_E_LOGON_FAILED").unwrap().says;
        assert!(says.contains("Also CLASS_E_CLASSNOTAVAILABLE:"), "{says}");
    }
}
