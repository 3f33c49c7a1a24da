//! What a class answers that writes none of the methods of its interfaces.
#![allow(missing_docs)]

use std::ptr::null_mut;

use com_abi::object::new_interface;
use com_abi::{IUnknown, Interface, class};
use mapi_abi::codes::Code;
use mapi_abi::interfaces::{
    IDistList, IDistList_Impl, IMAPIAdviseSink, IMAPIAdviseSink_Impl, IMAPIContainer,
    IMAPIContainer_Impl, IMAPIProp, IMAPIProp_Impl, IMsgServiceAdmin, IMsgServiceAdmin_Impl,
    IMsgServiceAdmin2, IMsgServiceAdmin2_Impl,
};
use mapi_abi::structs::NOTIFICATION;

#[class(interfaces(IDistList, IMsgServiceAdmin2, IMAPIAdviseSink))]
struct Idle;

impl IMAPIProp_Impl for Idle {}
impl IMAPIContainer_Impl for Idle {}
impl IDistList_Impl for Idle {}
impl IMsgServiceAdmin_Impl for Idle {}
impl IMsgServiceAdmin2_Impl for Idle {}

impl IMAPIAdviseSink_Impl for Idle {
    unsafe fn OnNotify(&self, count: u32, _notifications: *const NOTIFICATION) -> u32 {
        count + 1
    }
}

fn idle() -> IDistList {
    new_interface::<Idle, IDistList>(Idle).expect("an object")
}

#[test]
fn a_method_that_a_class_does_not_write_is_not_supported() {
    let list = idle();
    let admin: IMsgServiceAdmin2 = list.cast().expect("the interface");
    // SAFETY: the defaults look at no argument.
    unsafe {
        assert_eq!(list.SaveChanges(0), Code::NO_SUPPORT.hresult());
        assert_eq!(list.GetContentsTable(0, null_mut()), Code::NO_SUPPORT.hresult());
        assert_eq!(
            list.ResolveNames(null_mut(), 0, null_mut(), null_mut()),
            Code::NO_SUPPORT.hresult()
        );
        assert_eq!(admin.GetProviderTable(0, null_mut()), Code::NO_SUPPORT.hresult());
        let ex = admin.CreateMsgServiceEx(null_mut(), null_mut(), 0, 0, null_mut());
        assert_eq!(ex, Code::NO_SUPPORT.hresult());
    }
}

#[test]
fn an_object_is_known_by_all_the_interfaces_that_its_own_stand_on() {
    let list = idle();
    assert!(list.cast::<IMAPIContainer>().is_ok());
    assert!(list.cast::<IMAPIProp>().is_ok());
    assert!(list.cast::<IMsgServiceAdmin>().is_ok());
    assert!(list.cast::<IUnknown>().is_ok());
}

#[test]
fn a_sink_answers_with_its_own_number() {
    let sink: IMAPIAdviseSink = idle().cast().expect("the interface");
    // SAFETY: this sink does not look at the events.
    assert_eq!(unsafe { sink.OnNotify(6, null_mut()) }, 7);
}
