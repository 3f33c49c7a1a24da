//! Profiles in their folder.
#![allow(missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use mapi_abi::codes::Code;
use mapi_abi::spi::{ProviderInfo, ResourceType, ServiceInfo};
use mapi_abi::tags::{PR_PROFILE_PASSWORD, PR_PROFILE_PATH, PropTag};
use mapi_abi::value::Value;
use mapi_profile::{Password, Profile, ProfileFolder, from_text, to_text, user_folder};

fn info() -> ServiceInfo {
    ServiceInfo {
        name: "TEST".into(),
        display_name: "A test".into(),
        library: "test".into(),
        is_single: false,
        providers: vec![
            ProviderInfo {
                name: "TEST_MDB".into(),
                display_name: "Its store".into(),
                resource_type: ResourceType::Store,
                flags: 3,
            },
            ProviderInfo {
                name: "TEST_AB".into(),
                display_name: "Its book".into(),
                resource_type: ResourceType::AddressBook,
                flags: 0,
            },
        ],
    }
}

fn full(name: &str) -> Profile {
    let mut profile = Profile::new(name);
    let uid = profile.add_service(&info(), Some("Mein Postfach")).unwrap();
    let provider = profile.services[0].providers[1].uid;
    let section = profile.section_mut(uid).unwrap();
    section.set(PR_PROFILE_PATH, Value::Unicode("/srv/mail".into()));
    section.set(PR_PROFILE_PASSWORD, Value::Unicode("geheim\n\"x\"".into()));
    for value in [
        Value::Binary(vec![0, 0xFF]),
        Value::Boolean(true),
        Value::I2(-2),
        Value::I8(i64::MIN),
        Value::Long(-3),
        Value::MvBinary(vec![vec![1], vec![]]),
        Value::MvUnicode(vec!["a".into(), "ü".into()]),
        Value::String8(b"bytes".to_vec()),
        Value::Guid([9; 16]),
    ] {
        let tag = PropTag(0x6700_0000 + (u32::from(value.prop_type()) << 16));
        profile.section_mut(provider).unwrap().set(tag.with_type(value.prop_type()), value);
    }
    profile
}

#[test]
fn a_profile_survives_its_file_and_its_secrets_stand_apart() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = ProfileFolder::new(folder.path());
    let profile = full("Mine");
    profiles.create(&profile).unwrap();
    assert_eq!(*profiles.load("Mine").unwrap(), profile);
    assert_eq!(*profiles.load("mine").unwrap(), profile, "capitals do not count");
    let text = std::fs::read_to_string(folder.path().join("profiles/Mine.toml")).unwrap();
    assert!(text.contains("/srv/mail") && !text.contains("geheim"));
    for file in ["Mine.toml", "Mine.secret"] {
        let mode = std::fs::metadata(folder.path().join("profiles").join(file)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_was_changed_by_hand_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = ProfileFolder::new(folder.path());
    profiles.create(&full("p")).unwrap();
    let before = profiles.load("p").unwrap();
    assert!(std::sync::Arc::ptr_eq(&before, &profiles.load("p").unwrap()), "remembered");
    let path = folder.path().join("profiles/p.toml");
    let text = std::fs::read_to_string(&path).unwrap().replace("Mein Postfach", "Anders");
    std::fs::write(&path, text).unwrap();
    assert_eq!(profiles.load("p").unwrap().services[0].display_name, "Anders");
    std::fs::write(&path, "format = 1\nservice = 3\n").unwrap();
    let failure = profiles.load("p").unwrap_err();
    assert_eq!(failure.code, Code::CORRUPT_DATA);
    assert!(failure.says.contains("[[service]]"));
    std::fs::write(&path, "format = 2\n").unwrap();
    assert_eq!(profiles.load("p").unwrap_err().code, Code::VERSION);
}

#[test]
fn the_first_profile_is_the_default_until_another_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = ProfileFolder::new(folder.path());
    assert!(!profiles.exists());
    assert_eq!(profiles.default_name().unwrap(), None);
    profiles.create(&Profile::new("one")).unwrap();
    profiles.create(&Profile::new("two")).unwrap();
    let default = || profiles.default_name().unwrap();
    assert_eq!(default().as_deref(), Some("one"));
    profiles.set_default(Some("TWO")).unwrap();
    assert_eq!(default().as_deref(), Some("two"));
    profiles.rename("two", "three").unwrap();
    assert_eq!(default().as_deref(), Some("three"));
    profiles.copy("three", "four").unwrap();
    let listed = profiles.list().unwrap();
    let names: Vec<_> = listed.iter().map(|entry| (&*entry.name, entry.is_default)).collect();
    assert_eq!(names, [("four", false), ("one", false), ("three", true)]);
    profiles.delete("three").unwrap();
    assert_eq!(default(), None);
    profiles.set_default(Some("one")).unwrap();
    profiles.set_default(None).unwrap();
    assert_eq!(default(), None);
}

#[test]
fn names_that_are_taken_unknown_or_impossible_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = ProfileFolder::new(folder.path());
    profiles.create(&Profile::new("one")).unwrap();
    let code = |result: Result<(), mapi_abi::codes::Failure>| result.unwrap_err().code;
    assert_eq!(code(profiles.create(&Profile::new("ONE"))), Code::NO_ACCESS);
    assert_eq!(code(profiles.create(&Profile::new("../x"))), Code::INVALID_PARAMETER);
    assert_eq!(code(profiles.delete("two")), Code::NOT_FOUND);
    assert_eq!(code(profiles.copy("one", "one")), Code::NO_ACCESS);
    assert_eq!(code(profiles.set_default(Some("two"))), Code::NOT_FOUND);
    assert_eq!(profiles.load("two").unwrap_err().code, Code::NOT_FOUND);
    assert_eq!(profiles.load("../one").unwrap_err().code, Code::INVALID_PARAMETER);
}

#[test]
fn changes_of_several_at_once_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = ProfileFolder::new(folder.path());
    profiles.create(&Profile::new("p")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    profiles.change("p", |p| p.add_service(&info(), None)).unwrap();
                }
            });
        }
    });
    assert_eq!(profiles.load("p").unwrap().services.len(), 20);
    let refused = profiles.change("p", |profile| {
        profile.services.clear();
        Err::<(), _>(mapi_abi::codes::Failure::new(Code::USER_CANCEL, "no"))
    });
    assert_eq!(refused.unwrap_err().code, Code::USER_CANCEL);
    assert_eq!(profiles.load("p").unwrap().services.len(), 20, "nothing changed");
}

#[test]
fn a_password_is_kept_as_a_hash() {
    let mut profile = Profile::new("p");
    profile.password = Some(Password::new("sesame").unwrap());
    let text = to_text(&profile).unwrap();
    assert!(!text.contains("sesame"));
    let read = from_text("p", &text).unwrap();
    let password = read.password.unwrap();
    assert!(password.is("sesame") && !password.is("Sesame") && !password.is(""));
    assert_eq!(Password::new("").unwrap_err().code, Code::INVALID_PARAMETER);
}

#[test]
fn a_users_folder_ignores_capitals() {
    let data = Path::new("/data");
    assert_eq!(user_folder(data, "Alice"), user_folder(data, "alice"));
}
