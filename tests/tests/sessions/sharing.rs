//! Individual and shared sessions within one process.

use std::sync::Arc;
use std::time::Duration;

use mapi_abi::codes::Code;
use mapi_abi::structs::{
    MAPI_ALLOW_OTHERS, MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_NEW_SESSION, MAPI_TIMEOUT_SHORT,
    MAPI_USE_DEFAULT,
};
use mapi_session::path::{Path, Step};
use mapi_session::{Client, logon_with_path, session};

use crate::scripted::{Configures, Does, as_user, house, request};

fn logon(user: &str, profile: &str, flags: u32) -> Result<Arc<Client>, Code> {
    let request = request(profile, MAPI_EXTENDED | flags);
    as_user(user, || mapi_session::logon(&request)).map_err(|failure| failure.code)
}

#[test]
fn a_shared_session_is_joined_without_name_or_password() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    assert_eq!(logon(&user, "", 0).err(), Some(Code::LOGON_FAILED), "nothing to join yet");
    let first = logon(&user, "Work", MAPI_ALLOW_OTHERS).unwrap();
    let second = logon(&user, "", 0).unwrap();
    assert!(Arc::ptr_eq(first.session(), second.session()));
    assert!(!Arc::ptr_eq(&first, &second), "each client has its own part");
    // The name that a second client gives does not count, even an unknown one.
    let mut path = Path::new();
    let named = request("Nobody", MAPI_EXTENDED);
    let third = as_user(&user, || logon_with_path(&named, &mut path)).unwrap();
    assert!(Arc::ptr_eq(first.session(), third.session()));
    assert!(path.steps().iter().any(|step| matches!(step, Step::Joined { ignored: true, .. })));
    // One leaves; the others stay.
    let store = second.default_store().unwrap();
    first.leave().unwrap();
    assert_eq!(first.check().unwrap_err().code, Code::INVALID_OBJECT);
    assert!(store.get().is_ok());
    drop((second, third));
    drop(store);
    assert_eq!(logon(&user, "", 0).err(), Some(Code::LOGON_FAILED), "the last one ended it");
}

#[test]
fn an_individual_session_is_its_clients_alone() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    let shared = logon(&user, "Work", MAPI_ALLOW_OTHERS).unwrap();
    let own = logon(&user, "Work", MAPI_NEW_SESSION).unwrap();
    assert!(!Arc::ptr_eq(shared.session(), own.session()));
    assert_eq!(session::list().iter().filter(|entry| *entry.user == *user).count(), 2);
    drop(shared);
    assert_eq!(logon(&user, "", 0).err(), Some(Code::LOGON_FAILED), "it is not joined");
    // New and published.
    let next = logon(&user, "Work", MAPI_NEW_SESSION | MAPI_ALLOW_OTHERS).unwrap();
    assert!(Arc::ptr_eq(next.session(), logon(&user, "", 0).unwrap().session()));
}

#[test]
fn a_shared_session_is_seen_by_the_very_same_user_only() {
    let (house, _turn) = house();
    let (one, other) = (house.user(&["PWSTORE"]), house.user(&["PWSTORE"]));
    let _shared = logon(&one, "Work", MAPI_ALLOW_OTHERS).unwrap();
    assert_eq!(logon(&other, "", 0).err(), Some(Code::LOGON_FAILED));
    let own = logon(&other, "Work", 0).unwrap();
    assert_eq!(own.session().context().user(), other, "the same profile's name is another's");
}

#[test]
fn what_is_dark_in_a_shared_session_is_so_for_all_and_nobody_is_asked_again() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE", "TEST"]);
    house.bad.expect(&[Does::Fails(Code::NETWORK_ERROR)], Configures::Nothing);
    let _first = logon(&user, "Work", MAPI_ALLOW_OTHERS).unwrap();
    let second = logon(&user, "", 0).unwrap();
    let reports = second.session().reports();
    assert_eq!(reports[1].state, "disabled");
    assert_eq!(house.bad.script().calls, ["logon", "configure 0x20"], "once, for both");
}

#[test]
fn a_question_keeps_no_other_logon_waiting() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    struct Slow;
    impl prompt::Prompt for Slow {
        fn ask(&self, _: &prompt::Question, limit: Duration) -> prompt::Answer {
            std::thread::sleep(Duration::from_millis(500).min(limit));
            prompt::Answer::Cancelled
        }
    }
    let window = mapi_session::register_prompt(Arc::new(Slow));
    let asking = {
        let user = user.clone();
        std::thread::spawn(move || {
            let mut request = request("", MAPI_EXTENDED | MAPI_LOGON_UI | MAPI_ALLOW_OTHERS);
            request.window = window;
            as_user(&user, || mapi_session::logon(&request)).map(drop).map_err(|f| f.code)
        })
    };
    std::thread::sleep(Duration::from_millis(100));
    let since = std::time::Instant::now();
    let other = logon(&user, "Work", MAPI_ALLOW_OTHERS | MAPI_TIMEOUT_SHORT);
    assert!(other.is_ok() && since.elapsed() < Duration::from_millis(300), "{since:?}");
    assert_eq!(asking.join().unwrap(), Err(Code::USER_CANCEL));
    mapi_session::forget_prompt(window);
}

#[test]
fn of_two_that_publish_at_once_one_is_joined_by_the_other() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    let both: Vec<_> = std::thread::scope(|scope| {
        let one = || logon(&user, "Work", MAPI_ALLOW_OTHERS | MAPI_USE_DEFAULT).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(both.iter().all(|client| Arc::ptr_eq(client.session(), both[0].session())));
}

#[test]
fn a_limit_of_sessions_names_those_who_hold_them() {
    use mapi_abi::tags::PR_PROFILE_SESSION_LIMIT;
    use mapi_abi::value::Value;
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    house
        .profiles(&user)
        .change("Work", |profile| {
            profile.services[0].section.set(PR_PROFILE_SESSION_LIMIT, Value::Long(2));
            Ok(())
        })
        .unwrap();
    let held = [(); 2].map(|()| logon(&user, "Work", MAPI_NEW_SESSION).unwrap());
    let third = logon(&user, "Work", MAPI_NEW_SESSION).unwrap();
    let report = third.session().reports().remove(0);
    assert_eq!(report.state, "disabled");
    for client in &held {
        let holder = format!("session {} of {user}", client.session().id());
        assert!(report.reason.contains(&holder), "{}", report.reason);
    }
    assert!(report.reason.contains("MAPI_E_SESSION_LIMIT"));
    // With somebody to tell: a place becomes free, and the retry finds it.
    let [first, _second] = held;
    struct Frees(std::sync::Mutex<Option<Arc<Client>>>);
    impl prompt::Prompt for Frees {
        fn ask(&self, _: &prompt::Question, _: Duration) -> prompt::Answer {
            drop(self.0.lock().unwrap().take());
            prompt::Answer::Chosen("retry".into(), std::collections::BTreeMap::new())
        }
    }
    let window = mapi_session::register_prompt(Arc::new(Frees(std::sync::Mutex::new(Some(first)))));
    let mut asks = request("Work", MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_LOGON_UI);
    asks.window = window;
    let fourth = as_user(&user, || mapi_session::logon(&asks)).unwrap();
    assert_eq!(fourth.session().reports()[0].state, "live");
    mapi_session::forget_prompt(window);
}
