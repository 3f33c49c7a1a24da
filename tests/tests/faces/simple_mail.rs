//! Mail through Simple MAPI, over a store of files.

use core::ffi::{CStr, c_char, c_void};
use std::ffi::CString;
use std::os::unix::fs::PermissionsExt;

use extended_mapi::live_buffers;
use mapi_abi::spi::SpecialFolder;
use mapi_abi::structs::*;
use partywall::ffi;

use crate::scripted::{Configures, Does, as_user, house, person};
use crate::store::{contents, deliver, engine, letter, with_file};
use mapi_abi::codes::Code;

/// Logs on to the user's profile.
fn logon() -> usize {
    let (profile, mut handle) = (CString::new("Work").unwrap(), 0);
    let null = core::ptr::null_mut();
    // SAFETY: zero-ended texts and a writable place.
    let code = unsafe {
        ffi::simple_mapi::MAPILogon(
            0,
            profile.as_ptr().cast_mut(),
            null,
            MAPI_NEW_SESSION,
            0,
            &mut handle,
        )
    };
    assert_eq!(code, 0);
    handle
}

fn logoff(handle: usize) {
    // SAFETY: plain numbers.
    assert_eq!(unsafe { ffi::simple_mapi::MAPILogoff(handle, 0, 0, 0) }, 0);
}

type Id = [c_char; 512];

fn next(handle: usize, seed: Option<&Id>, flags: u32) -> Result<Id, u32> {
    let mut id: Id = [0; 512];
    let seed = seed.map_or(core::ptr::null_mut(), |seed| seed.as_ptr().cast_mut());
    let null = core::ptr::null_mut();
    // SAFETY: zero-ended texts and a buffer of the longest identifier.
    match unsafe {
        ffi::simple_mapi::MAPIFindNext(handle, 0, null, seed, flags, 0, id.as_mut_ptr())
    } {
        0 => Ok(id),
        code => Err(code),
    }
}

/// Reads a message and hands it to `body`, then frees it.
fn read<R>(
    handle: usize,
    id: &Id,
    flags: u32,
    body: impl FnOnce(&MapiMessage) -> R,
) -> Result<R, u32> {
    let mut message: *mut c_void = core::ptr::null_mut();
    let id = id.as_ptr().cast_mut();
    // SAFETY: a zero-ended text and a writable place; the answer is freed once.
    unsafe {
        match ffi::simple_mapi::MAPIReadMail(handle, 0, id, flags, 0, &mut message) {
            0 => {
                let result = body(&*message.cast::<MapiMessage>());
                assert_eq!(ffi::MAPIFreeBuffer(message), 0);
                Ok(result)
            }
            code => {
                assert!(message.is_null());
                Err(code)
            }
        }
    }
}

fn text(text: *const u8) -> String {
    // SAFETY: the structures' texts end with a zero.
    unsafe { CStr::from_ptr(text.cast()) }.to_str().unwrap().to_owned()
}

fn subject(handle: usize, id: &Id) -> String {
    read(handle, id, MAPI_PEEK | MAPI_ENVELOPE_ONLY, |message| text(message.lpszSubject)).unwrap()
}

#[test]
fn mail_is_found_read_and_deleted_in_its_order() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        deliver(&engine, &[letter(2, "two"), letter(1, "one"), letter(3, "three")]);
        let before = live_buffers();
        let handle = logon();
        let one = next(handle, None, MAPI_GUARANTEE_FIFO).unwrap();
        assert_eq!(subject(handle, &one), "one");
        let two = next(handle, Some(&one), 0).unwrap();
        assert_eq!(subject(handle, &two), "two");
        // Peeking does not mark it; reading does.
        assert_eq!(next(handle, None, MAPI_UNREAD_ONLY).unwrap(), one);
        read(handle, &one, 0, |message| {
            assert_eq!(message.flFlags & MAPI_UNREAD, MAPI_UNREAD);
            assert_eq!(text(message.lpszNoteText), "Text of one");
            assert_eq!(text(message.lpszMessageType), "IPM.Note");
            assert_eq!(text(message.lpszDateReceived).len(), 16);
            // SAFETY: the structure's own arrays.
            let (sender, to) = unsafe { (&*message.lpOriginator, &*message.lpRecips) };
            assert_eq!(text(sender.lpszAddress), "SMTP:ann@example.org");
            assert_eq!((message.nRecipCount, to.ulRecipClass), (1, 1));
            assert_eq!(text(to.lpszName), "Bob");
        })
        .unwrap();
        assert_eq!(next(handle, None, MAPI_UNREAD_ONLY | MAPI_LONG_MSGID).unwrap(), two);
        // A message that is deleted while one looks does not stop the search.
        let id = two.as_ptr().cast_mut();
        assert_eq!(next(handle, Some(&one), 0).unwrap(), two);
        // SAFETY: a zero-ended text.
        unsafe {
            assert_eq!(ffi::simple_mapi::MAPIDeleteMail(handle, 0, id, 0, 0), 0);
            assert_eq!(ffi::simple_mapi::MAPIDeleteMail(handle, 0, id, 0, 0), 17);
        }
        let three = next(handle, Some(&two), 0).unwrap();
        assert_eq!(subject(handle, &three), "three");
        assert_eq!(next(handle, Some(&three), 0), Err(16));
        assert_eq!(read(handle, &two, 0, |_| ()), Err(17));
        logoff(handle);
        assert_eq!(next(handle, None, 0), Err(19), "the handle is gone");
        assert_eq!(live_buffers(), before);
        engine.leave().unwrap();
    });
}

#[test]
fn attachments_come_in_files_of_their_own_for_their_reader_only() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        deliver(&engine, &[with_file(letter(1, "files"), "a.txt", b"content")]);
        let handle = logon();
        let id = next(handle, None, 0).unwrap();
        let path = read(handle, &id, MAPI_BODY_AS_FILE, |message| {
            assert_eq!((message.nFileCount, text(message.lpszNoteText)), (2, String::new()));
            // SAFETY: two files, as it says.
            let files = unsafe { std::slice::from_raw_parts(message.lpFiles, 2) };
            let body = text(files[0].lpszPathName);
            assert_eq!(std::fs::read(&body).unwrap(), b"Text of files");
            std::fs::remove_file(body).unwrap();
            assert_eq!(text(files[1].lpszFileName), "a.txt");
            assert_eq!(files[1].nPosition, u32::MAX);
            text(files[1].lpszPathName)
        })
        .unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"content");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(path).unwrap();
        let suppressed = |message: &MapiMessage| message.nFileCount;
        assert_eq!(read(handle, &id, MAPI_SUPPRESS_ATTACH, suppressed), Ok(0));
        logoff(handle);
        engine.leave().unwrap();
    });
}

fn recipient(name: &CString, class: u32) -> MapiRecipDesc {
    MapiRecipDesc {
        ulReserved: 0,
        ulRecipClass: class,
        lpszName: name.as_ptr().cast_mut().cast(),
        lpszAddress: core::ptr::null_mut(),
        ulEIDSize: 0,
        lpEntryID: core::ptr::null_mut(),
    }
}

fn message(subject: &CString, to: &mut [MapiRecipDesc]) -> MapiMessage {
    // SAFETY: null pointers and zero counts are an empty message.
    let mut message: MapiMessage = unsafe { core::mem::zeroed() };
    message.lpszSubject = subject.as_ptr().cast_mut().cast();
    message.nRecipCount = to.len() as u32;
    message.lpRecips = to.as_mut_ptr();
    message
}

fn send(handle: usize, message: &mut MapiMessage, flags: u32) -> u32 {
    // SAFETY: a structure as documented.
    unsafe { ffi::simple_mapi::MAPISendMail(handle, 0, (&raw mut *message).cast(), flags, 0) }
}

#[test]
fn a_message_is_handed_over_with_its_files_in_both_widths() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        let handle = logon();
        let file = house.folder.path().join("attached.txt");
        std::fs::write(&file, b"file").unwrap();
        let path = CString::new(file.to_str().unwrap()).unwrap();
        let (subject, bob) = (CString::new("sent").unwrap(), CString::new("bob@x").unwrap());
        let mut to = [recipient(&bob, 1)];
        let mut given = message(&subject, &mut to);
        // SAFETY: as above.
        let mut files: MapiFileDesc = unsafe { core::mem::zeroed() };
        files.nPosition = u32::MAX;
        files.lpszPathName = path.as_ptr().cast_mut().cast();
        given.nFileCount = 1;
        given.lpFiles = &mut files;
        assert_eq!(send(handle, &mut given, 0), 0);
        // SAFETY: 16-bit texts in structures of the same layout.
        unsafe {
            let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
            let (mut subject, mut bob) = (wide("wide ü"), wide("SMTP:bob@x"));
            let mut to: MapiRecipDescW = core::mem::zeroed();
            to.ulRecipClass = 2;
            to.lpszName = bob.as_mut_ptr();
            let mut given: MapiMessageW = core::mem::zeroed();
            given.lpszSubject = subject.as_mut_ptr();
            (given.nRecipCount, given.lpRecips) = (1, &mut to);
            let given = (&raw mut given).cast();
            assert_eq!(ffi::simple_mapi::MAPISendMailW(handle, 0, given, MAPI_FORCE_UNICODE, 0), 0);
        }
        let folders = [SpecialFolder::Outbox, SpecialFolder::SentItems];
        let mut sent: Vec<String> = folders
            .into_iter()
            .flat_map(|folder| contents(&engine, folder))
            .map(|(subject, _)| subject)
            .collect();
        sent.sort();
        assert_eq!(sent, ["sent", "wide ü"]);
        logoff(handle);
        engine.leave().unwrap();
    });
}

#[test]
fn what_is_wrong_with_a_message_has_its_code_and_leaves_nothing_behind() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let engine = engine();
        let handle = logon();
        let (subject, nobody) = (CString::new("s").unwrap(), CString::new("Nobody").unwrap());
        let mut none = message(&subject, &mut []);
        assert_eq!(send(handle, &mut none, 0), 25, "no recipients");
        let mut to = [recipient(&nobody, 1)];
        assert_eq!(send(handle, &mut message(&subject, &mut to), 0), 14, "nobody of that name");
        let mut wrong = [recipient(&nobody, 9)];
        assert_eq!(send(handle, &mut message(&subject, &mut wrong), 0), 15, "no such class");
        let mut dialog = message(&subject, &mut to);
        assert_eq!(send(handle, &mut dialog, 0x8), 26, "there is nobody to ask");
        let gone = CString::new("/nowhere/a.txt").unwrap();
        // SAFETY: null pointers and zero counts are an empty file.
        let mut file: MapiFileDesc = unsafe { core::mem::zeroed() };
        file.lpszPathName = gone.as_ptr().cast_mut().cast();
        let mut missing = message(&subject, &mut to);
        (missing.nFileCount, missing.lpFiles) = (1, &mut file);
        assert_eq!(send(handle, &mut missing, 0), 11, "no such file");
        let null = core::ptr::null_mut();
        let mut short = [0; 64];
        // SAFETY: null pointers are allowed to be tried.
        unsafe {
            assert_eq!(ffi::simple_mapi::MAPISendMail(handle, 0, null, 0, 0), 2);
            assert_eq!(
                ffi::simple_mapi::MAPIReadMail(handle, 0, null.cast(), 0, 0, &mut null.clone()),
                17
            );
            assert_eq!(
                ffi::simple_mapi::MAPIReadMail(handle, 0, null.cast(), 0, 0, core::ptr::null_mut()),
                2
            );
            assert_eq!(
                ffi::simple_mapi::MAPIFindNext(
                    handle,
                    0,
                    null.cast(),
                    null.cast(),
                    0,
                    0,
                    null.cast()
                ),
                2
            );
            assert_eq!(ffi::simple_mapi::MAPIDeleteMail(handle, 0, short.as_mut_ptr(), 0, 0), 17);
            assert_eq!(
                ffi::simple_mapi::MAPILogon(
                    0,
                    null.cast(),
                    null.cast(),
                    0,
                    0,
                    core::ptr::null_mut()
                ),
                2
            );
            assert_eq!(ffi::simple_mapi::MAPILogoff(99_999, 0, 0, 0), 19);
            assert_eq!(ffi::simple_mapi::MAPIDetails(handle, 0, null, 0, 0), 2);
        }
        assert!(contents(&engine, SpecialFolder::Outbox).is_empty());
        logoff(handle);
        engine.leave().unwrap();
    });
}

#[test]
fn a_saved_message_is_new_or_takes_the_place_of_another() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let handle = logon();
        let (first, second) = (CString::new("first").unwrap(), CString::new("second").unwrap());
        let mut id: Id = [0; 512];
        // SAFETY: structures as documented, a buffer of the longest identifier.
        unsafe {
            let mut given = message(&first, &mut []);
            let place = (&raw mut given).cast();
            assert_eq!(ffi::simple_mapi::MAPISaveMail(handle, 0, place, 0, 0, id.as_mut_ptr()), 0);
            assert_eq!(subject(handle, &id), "first");
            let kept = id;
            let mut given = message(&second, &mut []);
            let place = (&raw mut given).cast();
            assert_eq!(ffi::simple_mapi::MAPISaveMail(handle, 0, place, 0, 0, id.as_mut_ptr()), 0);
            assert_eq!((id, subject(handle, &id)), (kept, "second".into()));
        }
        logoff(handle);
    });
}

#[test]
fn names_are_resolved_and_dialogs_ask_the_sessions_prompt() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let before = live_buffers();
        let handle = logon();
        let resolve = |name: &str| {
            let name = CString::new(name).unwrap();
            let mut place: *mut c_void = core::ptr::null_mut();
            let text_of = name.as_ptr().cast_mut();
            // SAFETY: a zero-ended text and a writable place; the answer is freed.
            unsafe {
                let code = ffi::simple_mapi::MAPIResolveName(handle, 0, text_of, 0, 0, &mut place);
                let found = place.cast::<MapiRecipDesc>().as_ref();
                let found = found.map(|found| text(found.lpszAddress));
                ffi::MAPIFreeBuffer(place);
                (code, found)
            }
        };
        assert_eq!(resolve("SMTP:bob@x"), (0, Some("SMTP:bob@x".into())));
        assert_eq!(resolve("Nobody"), (14, None));
        logoff(handle);
        // With somebody to ask, a message is written by answering.
        let person = person("ok to=bob@x subject=asked text=hello");
        let mut empty = message(&CString::default(), &mut []);
        empty.lpszSubject = core::ptr::null_mut();
        let place = (&raw mut empty).cast();
        // SAFETY: a structure as documented.
        let code = unsafe { ffi::simple_mapi::MAPISendMail(0, person, place, 0x9, 0) };
        assert_eq!(code, 0);
        mapi_session::forget_prompt(person);
        assert_eq!(live_buffers(), before);
    });
}

#[test]
fn a_handle_lends_its_session_to_extended_mapi() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE"]);
    as_user(&user, || {
        let handle = logon();
        let mut object = core::ptr::null_mut();
        // SAFETY: a writable place; the answer has a reference.
        let lent = unsafe {
            assert_eq!(
                ffi::simple_mapi::ScMAPIXFromSMAPI(handle, 0, core::ptr::null(), &mut object),
                0
            );
            <com_abi::IUnknown as com_abi::Interface>::from_raw(object)
        };
        drop(lent);
        assert_eq!(next(handle, None, 0), Err(16), "the handle still works");
        logoff(handle);
        // SAFETY: as above.
        let refused = unsafe {
            ffi::simple_mapi::ScMAPIXFromSMAPI(handle, 0, core::ptr::null(), &mut object)
        };
        assert_eq!(refused, Code::INVALID_OBJECT.0);
    });
}

#[test]
fn a_disabled_service_is_a_failure_of_the_mail_not_of_the_logon() {
    let (house, _turn) = house();
    let user = house.user(&["TEST"]);
    for (code, wanted) in
        [(Code::UNCONFIGURED, 2), (Code::NETWORK_ERROR, 2), (Code::SESSION_LIMIT, 8)]
    {
        house.bad.expect(&[Does::Fails(code), Does::Fails(code)], Configures::Nothing);
        as_user(&user, || {
            let handle = logon();
            assert_eq!(next(handle, None, 0), Err(wanted));
            logoff(handle);
        });
    }
}
