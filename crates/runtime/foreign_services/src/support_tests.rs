//! The support object as a provider uses it.

use mapi_abi::structs::fnevObjectModified;
use mapi_abi::tags::{PR_DISPLAY_NAME, PR_STATUS_CODE, PropTag};
use mapi_abi::value::{Prop, Value};

use super::*;
use crate::feed::Changes;
use crate::sink::sink;

fn state() -> Arc<SupportState> {
    SupportState::new(&Arc::default(), "mine", None)
}

#[test]
fn every_method_that_is_not_here_says_so() {
    let support = state().object().unwrap();
    // SAFETY: no pointers but null.
    let codes = unsafe {
        [
            support.SpoolerYield(0),
            support.ExpandRecips(core::ptr::null_mut(), core::ptr::null_mut()),
            support.OpenAddressBook(core::ptr::null(), 0, core::ptr::null_mut()),
            support.DoConfigPropsheet(
                0,
                0,
                core::ptr::null(),
                core::ptr::null_mut(),
                core::ptr::null_mut(),
                0,
            ),
        ]
    };
    assert_eq!(codes, [Code::NO_SUPPORT.hresult(); 4]);
}

#[test]
fn what_a_provider_tells_reaches_the_sinks_of_its_key() {
    let support = state().object().unwrap();
    let changes = Arc::new(Changes::new().unwrap());
    let sink = sink(&changes).unwrap();
    // A count and the bytes, as the structure has them.
    let (key, other) = ([1u32, 7], [1u32, 8]);
    let mut entry = [1u8, 2, 3];
    // SAFETY: all zeros are a valid structure of this kind.
    let mut event: NOTIFICATION = unsafe { core::mem::zeroed() };
    event.ulEventType = fnevObjectModified;
    event.info.obj.cbEntryID = 3;
    event.info.obj.lpEntryID = entry.as_mut_ptr().cast();
    // SAFETY: valid structures and writable places.
    unsafe {
        let mut connection = 0;
        let null = core::ptr::null_mut();
        let of = |key: &[u32; 2]| key.as_ptr().cast::<NOTIFKEY>();
        let mask = fnevObjectModified;
        assert!(support.Subscribe(of(&key), mask, 0, sink.as_raw(), &mut connection).is_ok());
        assert!(support.Notify(of(&other), 1, &event, null).is_ok());
        assert!(support.Notify(of(&key), 1, &event, null).is_ok());
        assert!(support.Unsubscribe(connection).is_ok());
        assert!(support.Notify(of(&key), 1, &event, null).is_ok());
        assert_eq!(support.Unsubscribe(connection), Code::NOT_FOUND.hresult());
    }
    assert_eq!(changes.take().len(), 1, "one key, while it was subscribed");
}

#[test]
fn a_status_row_is_replaced_or_merged() {
    let state = state();
    let support = state.object().unwrap();
    let set = |props: &[Prop], flags| {
        let mut arguments = mapi_abi::build::Arguments::new();
        // SAFETY: valid structures.
        let code =
            unsafe { support.ModifyStatusRow(props.len() as u32, arguments.props(props), flags) };
        assert!(code.is_ok());
        state.status_row().iter().map(|prop| prop.tag).collect::<Vec<PropTag>>()
    };
    let name = Prop::text(PR_DISPLAY_NAME, "x");
    let code = Prop::new(PR_STATUS_CODE, Value::Long(1));
    assert_eq!(set(std::slice::from_ref(&name), 0), [PR_DISPLAY_NAME]);
    assert_eq!(set(&[code], STATUSROW_UPDATE), [PR_DISPLAY_NAME, PR_STATUS_CODE]);
    assert_eq!(set(&[name], 0), [PR_DISPLAY_NAME]);
}

#[test]
fn identifiers_have_the_documented_forms() {
    let entry = one_off(["N", "SMTP", "a@b"], MAPI_SEND_NO_RICH_INFO);
    assert_eq!(entry[..4], [0; 4]);
    assert_eq!(entry[4..20], MAPI_ONE_OFF_UID.ab);
    assert_eq!(entry[20..24], [0, 0, 1, 0x80]);
    assert_eq!(entry[24..28], [b'N', 0, 0, 0]);
    let wrapped = wrapped("mine", &[9, 9]);
    assert_eq!(wrapped[4..20], STORE_WRAP);
    assert_eq!(&wrapped[22..27], b"mine\0");
    assert_eq!(wrapped[28..], [9, 9]);
}
