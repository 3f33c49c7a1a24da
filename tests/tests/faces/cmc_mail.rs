//! Mail through CMC, over a store of files.

use core::ffi::{CStr, c_char, c_void};
use std::ffi::CString;

use extended_mapi::live_buffers;
use mapi_abi::codes::Code;
use mapi_abi::spi::SpecialFolder;
use mapi_abi::structs::*;
use partywall::ffi;

use crate::scripted::{Configures, Does, as_user, house, person};
use crate::store::{contents, deliver, engine, letter, with_file};

const NULL: *mut c_void = core::ptr::null_mut();

fn logon(flags: u32, window: u32) -> u32 {
    let (null, mut session) = (core::ptr::null_mut(), 0);
    // SAFETY: null texts and a writable place.
    let code = unsafe {
        ffi::cmc::cmc_logon(null, null, null, null, window, 100, flags, &mut session, NULL)
    };
    assert_eq!(code, 0);
    session
}

fn logoff(session: u32) {
    // SAFETY: plain numbers.
    assert_eq!(unsafe { ffi::cmc::cmc_logoff(session, 0, 0, NULL) }, 0);
}

fn text(text: *const c_char) -> String {
    // SAFETY: the structures' texts end with a zero.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
}

/// The summaries of the inbox, copied, and the memory freed by `after`.
fn list(
    session: u32,
    flags: u32,
    seed: *mut c_void,
    most: u32,
) -> (Vec<CMC_message_summary>, *mut c_void) {
    let (mut count, mut result) = (most, NULL);
    let null = core::ptr::null_mut();
    // SAFETY: writable places.
    let code =
        unsafe { ffi::cmc::cmc_list(session, null, flags, seed, &mut count, 0, &mut result, NULL) };
    assert_eq!(code, 0);
    let first = result.cast::<CMC_message_summary>();
    let mut list = Vec::new();
    for at in 0..count as usize {
        // SAFETY: that many summaries.
        let one = unsafe { *first.add(at) };
        let is_last = one.summary_flags & CMC_SUM_LAST_ELEMENT != 0;
        assert_eq!(is_last, at + 1 == count as usize);
        list.push(one);
    }
    (list, result)
}

#[test]
fn mail_is_listed_read_and_deleted_and_one_free_takes_it_all() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        deliver(&engine, &[letter(1, "one"), with_file(letter(2, "two"), "a.txt", b"content")]);
        let before = live_buffers();
        let session = logon(0, 0);
        let (summaries, memory) = list(session, 0, NULL, 0);
        assert_eq!(
            summaries.iter().map(|one| text(one.subject)).collect::<Vec<_>>(),
            ["one", "two"]
        );
        let one = &summaries[0];
        assert_eq!((text(one.message_type), one.time_sent.year), ("CMC:IPM".into(), 123));
        // SAFETY: a sender, the last of one.
        let sender = unsafe { &*one.originator };
        assert_eq!((text(sender.name), sender.role), ("Ann".into(), CMC_ROLE_ORIGINATOR));
        assert_eq!(sender.recip_flags, CMC_RECIP_LAST_ELEMENT);
        // From behind the first, one at most, references only.
        let (rest, rest_memory) =
            list(session, CMC_LIST_MSG_REFS_ONLY, one.message_reference.cast(), 1);
        assert!(rest.len() == 1 && rest[0].subject.is_null());
        let (mut count, mut place) = (0, NULL);
        let null = core::ptr::null_mut();
        let flags = CMC_LIST_COUNT_ONLY | CMC_LIST_UNREAD_ONLY;
        // SAFETY: live references, writable places; each answer is freed once.
        unsafe {
            let counted = core::ptr::null_mut();
            assert_eq!(
                ffi::cmc::cmc_list(session, null, flags, NULL, &mut count, 0, counted, NULL),
                0
            );
            assert_eq!(count, 2);
            let reference = rest[0].message_reference.cast();
            assert_eq!(ffi::cmc::cmc_read(session, reference, 0, &mut place, 0, NULL), 0);
            let message = &*place.cast::<CMC_message>();
            assert_eq!(text(message.text_note), "Text of two");
            assert_eq!(message.message_flags & CMC_MSG_LAST_ELEMENT, CMC_MSG_LAST_ELEMENT);
            let file = &*message.attachments;
            assert_eq!(file.attach_flags, CMC_ATT_LAST_ELEMENT);
            assert_eq!(text(file.attach_title), "a.txt");
            let path = text(file.attach_filename);
            assert_eq!(std::fs::read(&path).unwrap(), b"content");
            std::fs::remove_file(path).unwrap();
            let people = std::slice::from_raw_parts(message.recipients, 2);
            assert_eq!(
                (people[1].role, people[1].recip_flags),
                (CMC_ROLE_TO, CMC_RECIP_LAST_ELEMENT)
            );
            assert_eq!(ffi::cmc::cmc_free(place), 0);
            // It was marked; the first unread one is the other.
            let first = CMC_READ_FIRST_UNREAD_MESSAGE | CMC_DO_NOT_MARK_AS_READ;
            assert_eq!(ffi::cmc::cmc_read(session, NULL, first, &mut place, 0, NULL), 0);
            assert_eq!(text((*place.cast::<CMC_message>()).subject), "one");
            assert_eq!(ffi::cmc::cmc_free(place), 0);
            let act = |operation| {
                ffi::cmc::cmc_act_on(session, one.message_reference.cast(), operation, 0, 0, NULL)
            };
            assert_eq!((act(CMC_ACT_ON_EXTENDED), act(7)), (30, 11));
            assert_eq!((act(CMC_ACT_ON_DELETE), act(CMC_ACT_ON_DELETE)), (0, 15));
            assert_eq!(ffi::cmc::cmc_free(memory), 0);
            assert_eq!(ffi::cmc::cmc_free(rest_memory), 0);
            assert_eq!(ffi::cmc::cmc_free(NULL), 0);
        }
        logoff(session);
        assert_eq!(live_buffers(), before);
        engine.leave().unwrap();
    });
}

fn recipient(name: *mut c_char, role: i32, flags: u32) -> CMC_recipient {
    CMC_recipient {
        name,
        name_type: 0,
        address: core::ptr::null_mut(),
        role,
        recip_flags: flags,
        recip_extensions: core::ptr::null_mut(),
    }
}

fn message(subject: *mut c_char, to: &mut [CMC_recipient]) -> CMC_message {
    // SAFETY: null pointers are an empty message.
    let mut message: CMC_message = unsafe { core::mem::zeroed() };
    message.subject = subject;
    message.recipients = to.as_mut_ptr();
    message
}

fn send(session: u32, message: &mut CMC_message, flags: u32, extensions: *mut c_void) -> u32 {
    // SAFETY: a structure as documented.
    unsafe { ffi::cmc::cmc_send(session, (&raw mut *message).cast(), flags, 0, extensions) }
}

#[test]
fn a_message_is_sent_and_what_is_wrong_with_it_has_its_code() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        let session = logon(0, 0);
        let raw = |text: &CString| text.as_ptr().cast_mut();
        let (subject, bob) = (CString::new("sent").unwrap(), CString::new("bob@x").unwrap());
        let nobody = CString::new("Nobody").unwrap();
        let mut to = [
            recipient(raw(&nobody), 0, CMC_RECIP_IGNORE),
            recipient(raw(&bob), CMC_ROLE_CC, CMC_RECIP_LAST_ELEMENT),
        ];
        assert_eq!(send(session, &mut message(raw(&subject), &mut to), 0, NULL), 0);
        let mut unknown = [recipient(raw(&nobody), 0, CMC_RECIP_LAST_ELEMENT)];
        assert_eq!(send(session, &mut message(raw(&subject), &mut unknown), 0, NULL), 23);
        let mut role = [recipient(raw(&bob), 9, CMC_RECIP_LAST_ELEMENT)];
        assert_eq!(send(session, &mut message(raw(&subject), &mut role), 0, NULL), 11);
        assert_eq!(send(session, &mut message(raw(&subject), &mut to), 0x40, NULL), 12);
        let mut extension = CMC_extension {
            item_code: 77,
            item_data: 0,
            item_reference: NULL,
            extension_flags: CMC_EXT_REQUIRED | CMC_EXT_LAST_ELEMENT,
        };
        let place = (&raw mut extension).cast();
        assert_eq!(send(session, &mut message(raw(&subject), &mut to), 0, place), 34);
        let mut extended = message(raw(&subject), &mut to);
        extended.message_extensions = place.cast();
        assert_eq!(send(session, &mut extended, 0, NULL), 32);
        // SAFETY: the extension of above, which nobody else uses.
        unsafe { (*place.cast::<CMC_extension>()).extension_flags = CMC_EXT_LAST_ELEMENT };
        assert_eq!(send(session, &mut extended, 0, NULL), 0, "not required: passed over");
        assert_eq!(send(9999, &mut extended, 0, NULL), 17);
        // Without a session and without a shared one nobody is logged on.
        logoff(session);
        assert_eq!(send(0, &mut extended, 0, NULL), 37);
        // SAFETY: null is allowed to be tried.
        assert_eq!(unsafe { ffi::cmc::cmc_send(0, NULL, 0, 0, NULL) }, 16);
        let folders = [SpecialFolder::Outbox, SpecialFolder::SentItems];
        let sent = folders.into_iter().flat_map(|folder| contents(&engine, folder)).count();
        assert_eq!(sent, 2);
        engine.leave().unwrap();
    });
}

#[test]
fn an_error_counts_as_shown_only_if_somebody_saw_it() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let nobody = CString::new("Nobody").unwrap();
        let name = nobody.as_ptr().cast_mut();
        let mut to = [recipient(name, 0, CMC_RECIP_LAST_ELEMENT)];
        let session = logon(0, 0);
        let mut given = message(name, &mut to);
        assert_eq!(send(session, &mut given, CMC_ERROR_UI_ALLOWED, NULL), 23);
        logoff(session);
        let person = person("ok profile=Work\nok");
        let session = logon(CMC_LOGON_UI_ALLOWED, person as u32);
        assert_eq!(send(session, &mut given, CMC_ERROR_UI_ALLOWED, NULL), 0x8000 | 23);
        assert_eq!(send(session, &mut given, CMC_ERROR_UI_ALLOWED, NULL), 23, "nobody is left");
        logoff(session);
        mapi_session::forget_prompt(person);
    });
}

#[test]
fn texts_have_their_length_in_front_where_the_session_says_so() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let session = logon(CMC_COUNTED_STRING_TYPE, 0);
        let mut place: *mut CMC_counted_string = core::ptr::null_mut();
        // SAFETY: a place for a text; the answer is freed.
        unsafe {
            let item = CMC_CONFIG_DEFAULT_USER;
            let asked = (&raw mut place).cast();
            assert_eq!(ffi::cmc::cmc_query_configuration(session, item, asked, NULL), 0);
            assert_eq!((*place).length, 4);
            let bytes = (&raw const (*place).string).cast::<u8>();
            assert_eq!(std::slice::from_raw_parts(bytes, 4), b"Work");
            assert_eq!(ffi::cmc::cmc_free(place.cast()), 0);
        }
        logoff(session);
        let (mut number, mut half) = (9_i32, 9_u16);
        // SAFETY: places of the items' types.
        unsafe {
            let ask =
                |item, place: *mut c_void| ffi::cmc::cmc_query_configuration(0, item, place, NULL);
            assert_eq!(ask(CMC_CONFIG_LINE_TERM, (&raw mut number).cast()), 0);
            assert_eq!(ask(CMC_CONFIG_VER_SPEC, (&raw mut half).cast()), 0);
            assert_eq!((number, half), (CMC_LINE_TERM_LF, 100));
            assert_eq!((ask(99, (&raw mut number).cast()), ask(2, NULL)), (11, 16));
        }
    });
}

#[test]
fn a_disabled_service_says_whether_it_lacks_something() {
    let (house, _turn) = house();
    let user = house.user(&["TEST"]);
    for (code, wanted) in
        [(Code::UNCONFIGURED, 10), (Code::NETWORK_ERROR, 24), (Code::SESSION_LIMIT, 24)]
    {
        house.bad.expect(&[Does::Fails(code), Does::Fails(code)], Configures::Nothing);
        as_user(&user, || {
            let session = logon(0, 0);
            let mut place = NULL;
            // SAFETY: a writable place.
            let refused = unsafe { ffi::cmc::cmc_read(session, NULL, 0, &mut place, 0, NULL) };
            assert_eq!(refused, wanted, "{code:?}");
            logoff(session);
        });
    }
}
