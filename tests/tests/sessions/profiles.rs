//! Which profile a logon takes, and what it asks for.

use mapi_abi::codes::Code;
use mapi_abi::structs::{
    MAPI_EXPLICIT_PROFILE, MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_NEW_SESSION, MAPI_NT_SERVICE,
    MAPI_PASSWORD_UI, MAPI_SERVICE_UI_ALWAYS, MAPI_USE_DEFAULT,
};
use mapi_abi::tags::{PR_PROFILE_CREDENTIALS, PR_PROFILE_USER};
use mapi_abi::value::Value;
use mapi_profile::{Password, Profile};
use mapi_session::path::{Answered, HowFound, Path, Step};
use mapi_session::{Settings, logon_with_path, set_settings};

use crate::scripted::{Configures, as_user, house, person, request, settings};

const ALONE: u32 = MAPI_EXTENDED | MAPI_NEW_SESSION;

/// The profile that a logon takes, or why it takes none, and its path.
fn logon(user: &str, name: &str, flags: u32, says: &str) -> (Result<String, Code>, Vec<Step>) {
    let mut path = Path::new();
    let mut request = request(name, ALONE | flags);
    request.window = person(says);
    let result = as_user(user, || logon_with_path(&request, &mut path));
    mapi_session::forget_prompt(request.window);
    let result = result.map(|client| client.session().profile().name.clone());
    (result.map_err(|failure| failure.code), path.steps().to_vec())
}

#[test]
fn the_profile_is_the_one_that_the_flags_say() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    house.profiles(&user).create(&Profile::new("Home")).unwrap();
    let refused = Err(Code::LOGON_FAILED);
    let work = Ok("Work".to_owned());
    let home = Ok("Home".to_owned());
    // Name, flags, what the person says, the profile, whether a dialog was shown.
    for (name, flags, says, wanted, asked) in [
        ("Home", 0, "", home.clone(), false),
        ("home", MAPI_LOGON_UI | MAPI_EXPLICIT_PROFILE, "", home.clone(), false),
        ("Nobody", 0, "", refused.clone(), false),
        ("Nobody", MAPI_LOGON_UI, "ok profile=Home", home.clone(), true),
        ("Nobody", MAPI_PASSWORD_UI, "ok profile=Home", refused.clone(), false),
        ("", MAPI_USE_DEFAULT, "", work.clone(), false),
        ("", MAPI_USE_DEFAULT | MAPI_EXPLICIT_PROFILE, "", work.clone(), false),
        ("", MAPI_LOGON_UI, "ok", work.clone(), true),
        ("", MAPI_LOGON_UI, "ok profile=Home", home.clone(), true),
        ("", MAPI_LOGON_UI, "ok profile=Else\nok profile=Home", home, true),
        ("", MAPI_LOGON_UI | MAPI_EXPLICIT_PROFILE, "ok", Err(Code::USER_CANCEL), true),
        ("", MAPI_LOGON_UI, "cancel", Err(Code::USER_CANCEL), true),
        ("", MAPI_LOGON_UI, "timeout", refused.clone(), true),
        ("", MAPI_LOGON_UI, "", refused.clone(), true),
        ("", 0, "", refused.clone(), false),
        ("", MAPI_EXPLICIT_PROFILE, "", refused.clone(), false),
        ("", MAPI_PASSWORD_UI, "", refused, false),
    ] {
        let (found, path) = logon(&user, name, flags, says);
        assert_eq!(found, wanted, "{name:?} {flags:#x} {says:?}: {path:?}");
        let dialog = path.iter().any(|step| matches!(step, Step::LogonDialog(_)));
        assert_eq!(dialog, asked, "{name:?} {flags:#x}: {path:?}");
    }
}

#[test]
fn without_a_profile_the_wizard_makes_one_if_it_may() {
    let (house, _turn) = house();
    let (found, _) = logon("newcomer", "", MAPI_USE_DEFAULT, "ok");
    assert_eq!(found, Err(Code::LOGON_FAILED));
    let (found, path) = logon("newcomer", "", MAPI_LOGON_UI, "cancel");
    assert_eq!(found, Err(Code::USER_CANCEL));
    assert!(path.contains(&Step::Wizard(Answered::Cancelled)));
    assert!(!house.profiles("newcomer").exists(), "nothing changed");
    let (found, path) = logon("newcomer", "", MAPI_LOGON_UI, "ok profile=Mine");
    assert_eq!(found, Ok("Mine".to_owned()));
    assert!(path.contains(&Step::Profile("Mine".into(), HowFound::Made)));
    let (found, _) = logon("newcomer", "", MAPI_USE_DEFAULT, "");
    assert_eq!(found, Ok("Mine".to_owned()), "it is the default from now on");
}

#[test]
fn a_profiles_password_is_checked_and_asked_for() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    let profiles = house.profiles(&user);
    let set = |profile: &mut Profile| {
        profile.password = Some(Password::new("sesame").unwrap());
        Ok(())
    };
    profiles.change("Work", set).unwrap();
    let given = |password: &str, flags, says: &str| {
        let mut request = request("Work", ALONE | flags);
        password.clone_into(&mut request.password);
        request.window = person(says);
        let mut path = Path::new();
        let result = as_user(&user, || logon_with_path(&request, &mut path));
        let dialogs =
            path.steps().iter().filter(|step| matches!(step, Step::PasswordDialog(_))).count();
        (result.map(drop).map_err(|failure| failure.code), dialogs)
    };
    let (refused, cancelled) = (Err(Code::LOGON_FAILED), Err(Code::USER_CANCEL));
    assert_eq!(given("sesame", 0, ""), (Ok(()), 0));
    assert_eq!(given("Sesame", 0, ""), (refused, 0));
    assert_eq!(given("", 0, ""), (refused, 0));
    for flag in [MAPI_LOGON_UI, MAPI_PASSWORD_UI] {
        assert_eq!(given("", flag, "ok password=sesame"), (Ok(()), 1));
        assert_eq!(given("x", flag, "ok password=y\nok password=sesame"), (Ok(()), 2));
        assert_eq!(given("x", flag, "cancel"), (cancelled, 1));
        assert_eq!(given("x", flag, "timeout"), (refused, 1));
        assert_eq!(given("x", flag, &"ok password=y\n".repeat(9)), (refused, 3));
    }
    let other = house.user(&["PWSTORE"]);
    let mut needless = request("Work", ALONE);
    needless.password = "sesame".into();
    let failure = as_user(&other, || mapi_session::logon(&needless)).err().unwrap();
    assert_eq!(failure.code, Code::LOGON_FAILED);
}

#[test]
fn a_service_may_show_nothing_and_contradictions_are_refused() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    for (flags, code) in [
        (MAPI_LOGON_UI | MAPI_PASSWORD_UI, Code::LOGON_FAILED),
        (MAPI_NT_SERVICE | MAPI_LOGON_UI, Code::LOGON_FAILED),
        (1 << 30, Code::UNKNOWN_FLAGS),
    ] {
        assert_eq!(logon(&user, "Work", flags, "ok").0, Err(code), "{flags:#x}");
    }
    assert!(logon(&user, "Work", MAPI_NT_SERVICE, "").0.is_ok());
    let long = "x".repeat(65);
    assert_eq!(logon(&user, &long, 0, "").0, Err(Code::LOGON_FAILED));
}

#[test]
fn every_services_sheet_is_shown_before_anybody_logs_on() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE", "TEST"]);
    house.bad.expect(&[], Configures::Asks);
    let flags = MAPI_LOGON_UI | MAPI_SERVICE_UI_ALWAYS;
    let (found, path) = logon(&user, "Work", flags, "ok user=me");
    assert!(found.is_ok());
    assert_eq!(house.bad.script().calls, ["configure 0x2", "logon"]);
    assert!(path.contains(&Step::ServiceSheet("TEST".into(), Answered::Answered)));
    let profile = house.profiles(&user).load("Work").unwrap();
    let kept = profile.services[1].section.text(PR_PROFILE_USER);
    assert_eq!(kept, Some("me"), "what was filled in is there for the next session");
}

#[test]
fn a_password_that_is_asked_for_at_each_logon_is_not_kept() {
    use mapi_abi::tags::PR_PROFILE_PASSWORD;
    let (house, _turn) = house();
    let user = house.user(&["TEST"]);
    let profiles = house.profiles(&user);
    for (credentials, kept) in [(2, false), (1, true)] {
        profiles
            .change("Work", |profile| {
                let section = &mut profile.services[0].section;
                section.set(PR_PROFILE_CREDENTIALS, Value::Long(credentials));
                section.remove(PR_PROFILE_PASSWORD);
                Ok(())
            })
            .unwrap();
        house.bad.expect(&[crate::scripted::Does::Fails(Code::UNCONFIGURED)], Configures::Password);
        let (found, path) = logon(&user, "Work", MAPI_LOGON_UI, "ok password=secret");
        assert!(found.is_ok(), "{path:?}");
        let profile = profiles.load("Work").unwrap();
        let found = profile.services[0].section.text(PR_PROFILE_PASSWORD);
        assert_eq!(found.is_some(), kept, "credentials {credentials}");
    }
}

#[test]
fn without_user_accounts_there_is_one_user_whoever_calls() {
    let (house, _turn) = house();
    let flags = MAPI_LOGON_UI;
    set_settings(Settings { user_accounts: false, ..settings() });
    let (found, path) = logon("alice-1", "", flags, "ok profile=One");
    assert_eq!(found, Ok("One".to_owned()));
    assert!(path.contains(&Step::SingleUser("user".into())));
    let (found, _) = logon("bob-1", "One", 0, "");
    assert_eq!(found, Ok("One".to_owned()), "bob is nobody else here");
    set_settings(settings());
    assert_eq!(logon("bob-1", "One", 0, "").0, Err(Code::LOGON_FAILED));
    assert!(house.profiles("user").exists());
}
