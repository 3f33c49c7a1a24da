//! One service account that opens the stores of others.

use mapi_abi::codes::Code;
use mapi_abi::spi::{FolderKind, NewFolder};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_NEW_SESSION};
use mapi_abi::tags::{PR_DISPLAY_NAME, PR_PROFILE_MAILBOX};
use mapi_abi::value::Value;
use mapi_session::delegation::{Rights, grant};
use security::Accounts;

use crate::scripted::{as_user, house, request};

const ALONE: u32 = MAPI_EXTENDED | MAPI_NEW_SESSION;

#[test]
fn a_service_account_opens_what_was_delegated_to_it() {
    let (house, _turn) = house();
    let users: [String; 3] = [(); 3].map(|()| house.user(&["PWSTORE"]));
    let service = house.user(&["PWSTORE"]);
    let accounts = Accounts::open(house.folder.path()).unwrap();
    for user in &users {
        accounts.add(user, "secret", None).unwrap();
        // Their stores exist since they logged on once.
        as_user(user, || drop(mapi_session::logon(&request("Work", ALONE)).unwrap()));
    }
    let [reads, writes, closed] = &users;
    grant(house.folder.path(), reads, &service, Some(Rights::Read)).unwrap();
    grant(house.folder.path(), writes, &service, Some(Rights::Write)).unwrap();
    let client = as_user(&service, || mapi_session::logon(&request("Work", ALONE)).unwrap());
    let made = |user: &str| {
        let handle = client.open_mailbox(user)?;
        let store = handle.get()?;
        store.folder_props(&store.root(), &[PR_DISPLAY_NAME])?;
        store.create_folder(&NewFolder {
            parent: &store.root(),
            name: "made by the service",
            comment: "",
            kind: FolderKind::Generic,
            open_if_exists: false,
        })
    };
    assert_eq!(made(reads).map_err(|failure| failure.code), Err(Code::NO_ACCESS));
    assert!(client.open_mailbox(reads).is_ok(), "reading is allowed");
    assert!(made(writes).is_ok());
    let refused = client.open_mailbox(closed).map(drop).unwrap_err();
    assert_eq!(refused.code, Code::NO_ACCESS);
    assert!(refused.says.contains("partywall user grant"));
    let unknown = client.open_mailbox("nobody-there").map(drop).unwrap_err();
    assert_eq!(unknown.code, Code::NO_ACCESS, "who may not know learns nothing");
    // The same by a profile.
    let name = PR_PROFILE_MAILBOX;
    house
        .profiles(&service)
        .change("Work", |profile| {
            profile.services[0].section.set(name, Value::Unicode(reads.clone()));
            Ok(())
        })
        .unwrap();
    let client = as_user(&service, || mapi_session::logon(&request("Work", ALONE)).unwrap());
    assert_eq!(client.default_store().unwrap().owner(), reads);
    grant(house.folder.path(), reads, &service, None).unwrap();
    let next = as_user(&service, || mapi_session::logon(&request("Work", ALONE)).unwrap());
    assert_eq!(next.session().reports()[0].state, "disabled", "the rights were taken back");
}
