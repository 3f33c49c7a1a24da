//! Sinks that hear of a store's changes, whoever makes them.

use std::ffi::c_void;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use com_abi::Interface;
use mapi_abi::interfaces::IMAPIAdviseSink;
use mapi_abi::structs::{
    NOTIFICATION, TABLE_ROW_ADDED, fnevCriticalError, fnevNewMail, fnevObjectCreated,
    fnevTableModified,
};
use mapi_abi::tags::PR_SUBJECT;
use mapi_abi::value::Prop;
use partywall::ffi::{HrAllocAdviseSink, HrDispatchNotifications, HrThisThreadAdviseSink};

use crate::way::{contents, create, house, inbox, logon, ok, save, set, store, taken, user};

/// What a sink heard: the event, the table's event or 0, and the thread.
type Heard = Mutex<Vec<(u32, u32, std::thread::ThreadId)>>;

unsafe extern "system" fn hear(context: *mut c_void, count: u32, first: *mut NOTIFICATION) -> i32 {
    // SAFETY: the context is a `Heard` that outlives the sink; so many structures.
    unsafe {
        let heard = &*context.cast::<Heard>();
        for one in std::slice::from_raw_parts(first, count as usize) {
            let table = match one.ulEventType {
                fnevTableModified => one.info.tab.ulTableEvent,
                _ => 0,
            };
            let thread = std::thread::current().id();
            heard.lock().unwrap().push((one.ulEventType, table, thread));
        }
    }
    0
}

fn sink(heard: &'static Heard) -> IMAPIAdviseSink {
    let mut raw = std::ptr::null_mut();
    let context = std::ptr::from_ref(heard).cast_mut().cast();
    // SAFETY: the function takes such a context, which lives for ever.
    ok(unsafe { HrAllocAdviseSink(Some(hear), context, &mut raw) });
    taken(raw)
}

fn new() -> &'static Heard {
    Box::leak(Box::default())
}

fn until(heard: &Heard, is_there: impl Fn(&(u32, u32, std::thread::ThreadId)) -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !heard.lock().unwrap().iter().any(&is_there) {
        assert!(Instant::now() < end, "{:?}", heard.lock().unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_store_and_a_table_tell_what_another_session_did() {
    let _house = house();
    let user = user();
    let (session, other) = (logon(&user), logon(&user));
    let (store, others) = (store(&session), store(&other));
    let (of_store, of_table) = (new(), new());
    let table = contents(&inbox(&store));
    let (mut one, mut two) = (0, 0);
    let null = std::ptr::null();
    // SAFETY: sinks and writable places.
    unsafe {
        let mask = fnevObjectCreated | fnevNewMail;
        ok(store.Advise(0, null, mask, sink(of_store).as_raw(), &mut one));
        ok(table.Advise(fnevTableModified, sink(of_table).as_raw(), &mut two));
    }
    assert!(one != 0 && two != 0);
    let message = create(&inbox(&others), false);
    set(&message, &[Prop::text(PR_SUBJECT, "new")]);
    save(&message);
    until(of_store, |heard| heard.0 == fnevObjectCreated);
    until(of_table, |heard| heard.1 == TABLE_ROW_ADDED);
    let own = std::thread::current().id();
    assert!(of_table.lock().unwrap().iter().all(|heard| heard.2 != own));
    // SAFETY: no pointers.
    unsafe {
        ok(store.Unadvise(one));
        ok(table.Unadvise(two));
        assert!(store.Unadvise(one).is_err());
    }
    let heard = of_store.lock().unwrap().len();
    save(&create(&inbox(&others), false));
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(of_store.lock().unwrap().len(), heard, "nothing after Unadvise");
}

#[test]
fn a_sink_of_this_thread_hears_on_this_thread() {
    let _house = house();
    let session = logon(&user());
    let store = store(&session);
    let heard = new();
    let (mut raw, mut connection) = (std::ptr::null_mut(), 0);
    // SAFETY: a sink and a writable place.
    ok(unsafe { HrThisThreadAdviseSink(sink(heard).as_raw(), &mut raw) });
    let pinned: IMAPIAdviseSink = taken(raw);
    let null = std::ptr::null();
    // SAFETY: a sink and a writable place.
    ok(unsafe { store.Advise(0, null, fnevObjectCreated, pinned.as_raw(), &mut connection) });
    save(&create(&inbox(&store), false));
    let end = Instant::now() + Duration::from_secs(10);
    while heard.lock().unwrap().is_empty() {
        assert!(Instant::now() < end, "nothing was heard");
        std::thread::sleep(Duration::from_millis(5));
        // SAFETY: no pointers.
        ok(unsafe { HrDispatchNotifications(0) });
    }
    let own = std::thread::current().id();
    assert!(heard.lock().unwrap().iter().all(|one| one.2 == own));
    // SAFETY: no pointers.
    ok(unsafe { store.Unadvise(connection) });
}

#[test]
fn a_session_tells_of_its_end_only() {
    let _house = house();
    let session = logon(&user());
    let heard = new();
    let mut connection = 0;
    // SAFETY: a sink and a writable place.
    ok(unsafe {
        let mask = fnevCriticalError | fnevObjectCreated;
        session.Advise(0, std::ptr::null(), mask, sink(heard).as_raw(), &mut connection)
    });
    save(&create(&inbox(&store(&session)), false));
    std::thread::sleep(Duration::from_millis(100));
    assert!(heard.lock().unwrap().is_empty());
}
