//! Profiles, their services and sections, the status table, the address book.

use com_abi::Interface;
use mapi_abi::build::Arguments;
use mapi_abi::codes::Code;
use mapi_abi::interfaces::{
    IAddrBook, IMAPIProp, IMAPIStatus, IMAPITable, IMsgServiceAdmin, IProfAdmin,
};
use mapi_abi::restriction::SortOrder;
use mapi_abi::structs::{
    ADRENTRY, ADRLIST, MAPI_DEFAULT_SERVICES, MAPI_MODIFY, MAPI_UNICODE, MAPIUID,
};
use mapi_abi::tags::{
    MAPI_TO, PR_ADDRTYPE, PR_DEFAULT_PROFILE, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_OBJECT_TYPE, PR_PROFILE_PATH, PR_RECIPIENT_TYPE, PR_RESOURCE_TYPE, PR_SERVICE_NAME,
    PR_SERVICE_UID, PR_STATUS_CODE,
};
use mapi_abi::value::{Prop, Row, Value};
use mapi_abi::{build, read};
use partywall::ffi::{FreePadrlist, MAPIAdminProfiles, MAPIAllocateBuffer, MAPIAllocateMore};

use crate::way::{all_rows, as_user, house, logon, ok, set, taken, text, texts, try_props, user};

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn admin(user: &str) -> IProfAdmin {
    let mut raw = std::ptr::null_mut();
    // SAFETY: a writable place.
    as_user(user, || ok(unsafe { MAPIAdminProfiles(0, &mut raw) }));
    taken(raw)
}

fn profiles(admin: &IProfAdmin) -> Vec<(String, bool)> {
    let mut raw = std::ptr::null_mut();
    // SAFETY: a writable place.
    ok(unsafe { admin.GetProfileTable(MAPI_UNICODE, &mut raw) });
    let table: IMAPITable = taken(raw);
    let rows = all_rows(&table, &[PR_DISPLAY_NAME, PR_DEFAULT_PROFILE], &SortOrder::default());
    let names = texts(&rows, 0);
    let is_default = |row: &Row| row[1].value == Value::Boolean(true);
    names.into_iter().zip(rows.iter().map(is_default)).collect()
}

#[test]
fn profiles_are_made_renamed_and_deleted() {
    let _house = house();
    let admin = admin(&user());
    assert_eq!(profiles(&admin), [("Default".to_owned(), true)]);
    let (work, home, null) = (wide("Work"), wide("Home"), std::ptr::null());
    // SAFETY: zero-ended texts.
    unsafe {
        let flags = MAPI_UNICODE | MAPI_DEFAULT_SERVICES;
        ok(admin.CreateProfile(work.as_ptr(), null, 0, flags));
        let again = admin.CreateProfile(work.as_ptr(), null, 0, flags);
        assert_eq!(again, Code::NO_ACCESS.hresult());
        ok(admin.SetDefaultProfile(work.as_ptr(), MAPI_UNICODE));
        ok(admin.RenameProfile(work.as_ptr(), null, home.as_ptr(), 0, MAPI_UNICODE));
        assert_eq!(profiles(&admin), [("Default".into(), false), ("Home".into(), true)]);
        ok(admin.CopyProfile(home.as_ptr(), null, work.as_ptr(), 0, MAPI_UNICODE));
        ok(admin.DeleteProfile(home.as_ptr(), MAPI_UNICODE));
        let gone = admin.DeleteProfile(home.as_ptr(), MAPI_UNICODE);
        assert_eq!(gone, Code::NOT_FOUND.hresult());
        let secret = wide("sesame");
        ok(admin.ChangeProfilePassword(work.as_ptr(), null, secret.as_ptr(), MAPI_UNICODE));
        let mut raw = std::ptr::null_mut();
        let refused = admin.AdminServices(work.as_ptr(), null, 0, MAPI_UNICODE, &mut raw);
        assert_eq!(refused, Code::NO_ACCESS.hresult());
        ok(admin.AdminServices(work.as_ptr(), secret.as_ptr(), 0, MAPI_UNICODE, &mut raw));
        drop(taken::<IMsgServiceAdmin>(raw));
    }
}

#[test]
fn services_are_added_configured_and_taken_out() {
    let _house = house();
    let user = user();
    let admin = admin(&user);
    let name = wide("Default");
    let mut raw = std::ptr::null_mut();
    // SAFETY: zero-ended texts and a writable place.
    ok(unsafe { admin.AdminServices(name.as_ptr(), std::ptr::null(), 0, MAPI_UNICODE, &mut raw) });
    let services: IMsgServiceAdmin = taken(raw);
    let list = || {
        let mut raw = std::ptr::null_mut();
        // SAFETY: a writable place.
        ok(unsafe { services.GetMsgServiceTable(MAPI_UNICODE, &mut raw) });
        let tags = [PR_DISPLAY_NAME, PR_SERVICE_NAME, PR_SERVICE_UID];
        all_rows(&taken::<IMAPITable>(raw), &tags, &SortOrder::default())
    };
    let before = list().len();
    let (service, shown) = (wide("PWSTORE"), wide("Archive"));
    // SAFETY: zero-ended texts.
    unsafe {
        ok(services.CreateMsgService(service.as_ptr(), shown.as_ptr(), 0, MAPI_UNICODE));
        let unknown = wide("NOSUCH");
        let code = services.CreateMsgService(unknown.as_ptr(), shown.as_ptr(), 0, MAPI_UNICODE);
        assert_eq!(code, Code::NOT_FOUND.hresult());
    }
    let rows = list();
    assert_eq!(rows.len(), before + 1);
    let row = rows.iter().find(|row| row[0].value == Value::Unicode("Archive".into())).unwrap();
    let Value::Binary(uid) = &row[2].value else { panic!("no uid") };
    let uid = MAPIUID { ab: uid.as_slice().try_into().unwrap() };
    let mut arguments = Arguments::new();
    let path = arguments.props(&[Prop::text(PR_PROFILE_PATH, "/nowhere")]);
    // SAFETY: valid structures and a writable place.
    let section: IMAPIProp = unsafe {
        ok(services.ConfigureMsgService(&uid, 0, 0, 1, path));
        ok(services.OpenProfileSection(&uid, std::ptr::null(), MAPI_MODIFY, &mut raw));
        taken(raw)
    };
    assert_eq!(text(&section, PR_PROFILE_PATH), "/nowhere");
    // A session that begins now has it, and says what is wrong with it.
    let session = logon(&user);
    // SAFETY: a writable place.
    ok(unsafe { session.GetStatusTable(0, &mut raw) });
    let status: IMAPITable = taken(raw);
    let tags = [PR_DISPLAY_NAME, PR_STATUS_CODE, PR_RESOURCE_TYPE, PR_ENTRYID];
    let rows = all_rows(&status, &tags, &SortOrder::default());
    let failed = rows.iter().filter(|row| row[1].value == Value::Long(4)).count();
    assert_eq!(failed, 1, "{rows:?}");
    let Value::Binary(id) = &rows[0][3].value else { panic!("no identifier") };
    let mut kind = 0;
    // SAFETY: so many readable bytes and writable places.
    let object: IMAPIStatus = unsafe {
        let (size, start) = (id.len() as u32, id.as_ptr());
        ok(session.OpenEntry(size, start, std::ptr::null(), 0, &mut kind, &mut raw));
        taken(raw)
    };
    assert_eq!(kind, 10);
    // SAFETY: no pointers.
    ok(unsafe { object.ValidateState(0, 0) });
    set(&section, &[Prop::text(PR_PROFILE_PATH, "/elsewhere")]);
    assert_eq!(text(&section, PR_PROFILE_PATH), "/elsewhere");
    // SAFETY: a readable identifier.
    unsafe {
        ok(services.DeleteMsgService(&uid));
        assert_eq!(services.DeleteMsgService(&uid), Code::NOT_FOUND.hresult());
    }
    assert_eq!(list().len(), before);
}

/// A list of recipients in buffers, as clients make them.
fn list(rows: &[Row]) -> *mut ADRLIST {
    let bytes = size_of::<ADRLIST>() + rows.len() * size_of::<ADRENTRY>();
    let mut raw = std::ptr::null_mut();
    // SAFETY: a writable place; the buffer has room for all.
    unsafe {
        assert_eq!(MAPIAllocateBuffer(bytes as u32, &mut raw), 0);
        let list = raw.cast::<ADRLIST>();
        (*list).cEntries = rows.len() as u32;
        let first = (&raw mut (*list).aEntries).cast::<ADRENTRY>();
        for (at, row) in rows.iter().enumerate() {
            let mut base = std::ptr::null_mut();
            let size = row.len() * size_of::<mapi_abi::structs::SPropValue>();
            assert_eq!(MAPIAllocateBuffer(size as u32, &mut base), 0);
            let props = base.cast::<mapi_abi::structs::SPropValue>();
            for (number, prop) in row.iter().enumerate() {
                let built = build::prop(prop, props.add(number), &mut |size| {
                    let mut more = std::ptr::null_mut();
                    assert_eq!(MAPIAllocateMore(size as u32, base, &mut more), 0);
                    more.cast()
                });
                assert!(built);
            }
            let (ulReserved1, cValues) = (0, row.len() as u32);
            first.add(at).write(ADRENTRY { ulReserved1, cValues, rgPropVals: props });
        }
        list
    }
}

#[test]
fn an_address_is_a_recipient_and_an_unknown_name_is_not() {
    let _house = house();
    let session = logon(&user());
    let mut raw = std::ptr::null_mut();
    // SAFETY: a writable place.
    ok(unsafe { session.OpenAddressBook(0, std::ptr::null(), 0, &mut raw) });
    let book: IAddrBook = taken(raw);
    let recipient = |name: &str| {
        vec![Prop::text(PR_DISPLAY_NAME, name), Prop::new(PR_RECIPIENT_TYPE, Value::Long(MAPI_TO))]
    };
    let resolve = |names: &[&str]| {
        let rows: Vec<Row> = names.iter().map(|name| recipient(name)).collect();
        let list = list(&rows);
        // SAFETY: a list in buffers, which is ours to free.
        unsafe {
            let code = book.ResolveName(0, MAPI_UNICODE, std::ptr::null(), list);
            let rows = read::adr_list(list).unwrap();
            FreePadrlist(list);
            (code, rows)
        }
    };
    let (code, rows) = resolve(&["bob@x.example"]);
    ok(code);
    let has = |tag, value: Value| rows[0].iter().any(|prop| prop.tag == tag && prop.value == value);
    assert!(has(PR_ADDRTYPE, Value::Unicode("SMTP".into())));
    assert!(has(PR_EMAIL_ADDRESS, Value::Unicode("bob@x.example".into())));
    assert!(has(PR_RECIPIENT_TYPE, Value::Long(MAPI_TO)), "what was there stays");
    assert_eq!(resolve(&["Nobody"]).0, Code::NOT_FOUND.hresult());
    let id = rows[0].iter().find_map(|prop| match &prop.value {
        Value::Binary(bytes) if prop.tag == PR_ENTRYID => Some(bytes.clone()),
        _ => None,
    });
    let id = id.unwrap();
    let mut kind = 0;
    // SAFETY: so many readable bytes and writable places.
    let one: IMAPIProp = unsafe {
        let (size, start) = (id.len() as u32, id.as_ptr());
        ok(book.OpenEntry(size, start, std::ptr::null(), 0, &mut kind, &mut raw));
        taken(raw)
    };
    assert_eq!(kind, 6);
    assert_eq!(text(&one, PR_EMAIL_ADDRESS), "bob@x.example");
    let (code, row) = try_props(&one, &[PR_OBJECT_TYPE], 0);
    ok(code);
    assert_eq!(row[0].value, Value::Long(6));
    drop(one.cast::<IMAPIProp>());
}
