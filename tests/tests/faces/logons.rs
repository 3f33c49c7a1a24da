//! The same logons through every face: the table of what each failure becomes.

use mapi_abi::cmc_codes::CmcCode;
use mapi_abi::codes::Code;
use mapi_abi::simple_codes::SimpleCode;
use mapi_profile::Password;

use crate::face::{Ask, FACES};
use crate::scripted::{House, as_user, house, person};

/// The code of each face, in the order of [`FACES`].
fn outcomes(user: &str, ask: &Ask) -> Vec<u32> {
    as_user(user, || FACES.iter().map(|face| (face.logon)(ask)).collect())
}

fn expected(engine: Code, simple: SimpleCode, cmc: CmcCode) -> Vec<u32> {
    let engine = engine.0 as u32;
    vec![engine, simple.0, cmc.0, engine][..FACES.len()].to_vec()
}

fn protect(house: &House, user: &str) {
    let set = house.profiles(user).change("Work", |profile| {
        profile.password = Some(Password::new("secret")?);
        Ok(())
    });
    set.unwrap();
}

#[test]
fn a_logon_works_through_every_face() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    for profile in ["Work", ""] {
        let codes = outcomes(&user, &Ask { profile, ..Ask::default() });
        assert!(codes.iter().all(|code| *code == 0), "{profile:?}: {codes:#x?}");
    }
}

#[test]
fn an_unknown_profile_is_a_failed_logon() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    let codes = outcomes(&user, &Ask { profile: "Other", ..Ask::default() });
    let wanted = expected(Code::LOGON_FAILED, SimpleCode::LOGON_FAILURE, CmcCode::LOGON_FAILURE);
    assert_eq!(codes, wanted);
}

#[test]
fn a_missing_password_and_a_wrong_one_are_failed_logons() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    protect(house, &user);
    let missing = outcomes(&user, &Ask { profile: "Work", ..Ask::default() });
    let simple = SimpleCode::LOGON_FAILURE;
    assert_eq!(missing, expected(Code::LOGON_FAILED, simple, CmcCode::PASSWORD_REQUIRED));
    let wrong = Ask { profile: "Work", password: "guess", ..Ask::default() };
    let wanted = expected(Code::LOGON_FAILED, simple, CmcCode::LOGON_FAILURE);
    assert_eq!(outcomes(&user, &wrong), wanted);
    let right = Ask { password: "secret", ..wrong };
    // CDO ignores the password, as it is documented.
    assert!(outcomes(&user, &right)[..3].iter().all(|code| *code == 0));
}

#[test]
fn a_cancelled_dialog_is_the_users_will() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    for face in FACES {
        let person = person("cancel");
        let ask = Ask { profile: "Other", person: Some(person), ..Ask::default() };
        let code = as_user(&user, || (face.logon)(&ask));
        mapi_session::forget_prompt(person);
        let wanted = match face.name {
            "MAPILogon" => SimpleCode::USER_ABORT.0,
            "cmc_logon" => CmcCode::USER_CANCEL.0,
            _ => Code::USER_CANCEL.0 as u32,
        };
        assert_eq!(code, wanted, "{}", face.name);
    }
}

#[test]
fn a_dialog_that_names_a_profile_opens_a_session() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    for face in FACES {
        let person = person("ok profile=Work");
        let ask = Ask { profile: "Other", person: Some(person), ..Ask::default() };
        let code = as_user(&user, || (face.logon)(&ask));
        mapi_session::forget_prompt(person);
        assert_eq!(code, 0, "{}", face.name);
    }
}

#[test]
fn each_code_of_the_engine_has_its_code_in_each_face() {
    for (code, simple, cmc) in [
        (Code::LOGON_FAILED, 3, 19),
        (Code::USER_CANCEL, 1, 36),
        (Code::SESSION_LIMIT, 8, 24),
        (Code::NOT_ENOUGH_MEMORY, 5, 9),
        (Code::NOT_INITIALIZED, 19, 17),
        (Code::UNCONFIGURED, 2, 10),
        (Code::FAILONEPROVIDER, 2, 24),
        (Code::TIMEOUT, 2, 24),
        (Code::NO_ACCESS, 6, 8),
    ] {
        assert_eq!(simple_mapi::code_of(code).0, simple, "{code:?}");
        assert_eq!(cmc::code_of(code).0, cmc, "{code:?}");
    }
}
