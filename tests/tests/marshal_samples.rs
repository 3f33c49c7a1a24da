//! The sample components that marshal themselves, between apartments, through
//! their real library.
#![allow(missing_docs)]

use com_abi::codes::S_OK;
use com_abi::{Interface, WideString, from_wide};
use partywall::com::{Apartment, create_instance};
use partywall::{AgileRef, Parcel, task};
use sample_abi::{CLSID_GAUGE, CLSID_SNAPSHOT, IGauge, ISnapshot};
use tests::artifact;

fn title(gauge: &IGauge) -> String {
    let mut text = core::ptr::null_mut();
    // SAFETY: a writable place; the answer is a text of the task allocator.
    unsafe {
        assert_eq!(gauge.Title(&mut text), S_OK);
        let title = from_wide(text);
        task::free(text);
        title
    }
}

fn read(gauge: &IGauge) -> i64 {
    let mut value = 0;
    // SAFETY: a writable place.
    assert_eq!(unsafe { gauge.Read(&mut value) }, S_OK);
    value
}

fn asked(gauge: &IGauge) -> u32 {
    let mut times = 99;
    // SAFETY: a writable place.
    assert_eq!(unsafe { gauge.Asked(&mut times) }, S_OK);
    times
}

fn on_thread<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    std::thread::spawn(body).join().expect("no panic")
}

/// Passes a gauge from apartment to apartment.
fn a_stand_in_answers_from_what_it_knows() {
    let mta = Apartment::multithreaded().unwrap();
    // Its class is for single-threaded apartments, so this is a stand-in.
    let gauge: IGauge = create_instance(&CLSID_GAUGE).unwrap();
    for _ in 0..3 {
        assert_eq!(title(&gauge), "Water in the cellar, mm");
    }
    assert_eq!(asked(&gauge), 0, "the object was never asked");
    assert_eq!((read(&gauge), read(&gauge)), (1, 2), "but for what changes");
    let parcel = Parcel::pack(&gauge).unwrap();
    let kept = AgileRef::new(&gauge).unwrap();
    drop(gauge);
    let seen = on_thread(move || {
        let _sta = Apartment::single_threaded().unwrap();
        let gauge = parcel.open().unwrap();
        // From here it is passed on once more, and this apartment ends.
        let again = Parcel::pack(&gauge).unwrap();
        (title(&gauge), read(&gauge), asked(&gauge), again)
    });
    assert_eq!((&*seen.0, seen.1, seen.2), ("Water in the cellar, mm", 3, 0));
    let gauge = seen.3.open().unwrap();
    assert_eq!((title(&gauge).len(), read(&gauge)), (23, 4));
    assert_eq!(read(&kept.resolve().unwrap()), 5);
    drop((gauge, kept));
    drop(mta);

    let _sta = Apartment::single_threaded().unwrap();
    let own: IGauge = create_instance(&CLSID_GAUGE).unwrap();
    assert_eq!((title(&own).len(), asked(&own)), (23, 1), "its own apartment asks itself");
    let opened = Parcel::pack(&own).unwrap().open().unwrap();
    assert_eq!(opened.as_raw(), own.as_raw(), "at home it is the gauge");
}

fn content(snapshot: &ISnapshot) -> (i32, String) {
    let (mut number, mut text) = (0, core::ptr::null_mut());
    // SAFETY: writable places; the answer is a text of the task allocator.
    unsafe {
        assert_eq!(snapshot.Get(&mut number, &mut text), S_OK);
        let content = (number, from_wide(text));
        task::free(text);
        content
    }
}

fn set(snapshot: &ISnapshot, number: i32, text: &str) {
    let text = WideString::new(text);
    // SAFETY: a zero-ended text.
    assert_eq!(unsafe { snapshot.Set(number, text.as_ptr()) }, S_OK);
}

fn a_snapshot_is_copied() {
    let _sta = Apartment::single_threaded().unwrap();
    let snapshot: ISnapshot = create_instance(&CLSID_SNAPSHOT).unwrap();
    set(&snapshot, 7, "Grüße");
    let parcel = Parcel::pack(&snapshot).unwrap();
    set(&snapshot, 8, "later");
    let seen = on_thread(move || {
        let _mta = Apartment::multithreaded().unwrap();
        let copy = parcel.open().unwrap();
        let seen = content(&copy);
        set(&copy, 9, "elsewhere");
        seen
    });
    assert_eq!(seen, (7, "Grüße".into()), "as it was when it was packed");
    assert_eq!(content(&snapshot), (8, "later".into()), "and nothing comes back");
}

/// One test: registry and apartments are the process's.
#[test]
fn objects_that_marshal_themselves() {
    let data = tempfile::tempdir().unwrap();
    registry::set_data_folder(data.path().to_owned());
    com::register_library(&artifact("libmarshalsamples.so")).expect("registered");
    on_thread(a_stand_in_answers_from_what_it_knows);
    on_thread(a_snapshot_is_copied);
}
