//! From a class identifier to an object, through a real library.
#![allow(missing_docs)]

use com_abi::codes::{
    CLASS_E_NOAGGREGATION, CO_E_CLASSSTRING, CO_E_DLLNOTFOUND, CO_E_NOTINITIALIZED, E_INVALIDARG,
    E_NOINTERFACE, E_POINTER, REGDB_E_BADTHREADINGMODEL, REGDB_E_CLASSNOTREG,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, format_guid};
use mail_abi::{CLSID_MAIL, IMailbox, PROGID_MAIL};
use partywall::com::{Apartment, class_from_progid, create_instance};
use partywall::ffi::{CLSCTX_INPROC_SERVER, CoCreateInstance};
use tests::artifact;

fn create(clsid: &GUID) -> Result<IMailbox, HRESULT> {
    create_instance(clsid)
}

/// Sets a class's library and model in the registry.
fn write_class(clsid: &GUID, file: &str, model: &str) {
    let key = format!("HKEY_CLASSES_ROOT\\CLSID\\{}\\InprocServer32", format_guid(clsid));
    let registry = com::registry().expect("a registry");
    registry
        .change(|change| {
            change.set(&key, "", file)?;
            change.set(&key, "ThreadingModel", model)
        })
        .expect("written");
}

/// Whether an interface pointer is a proxy: its object's code is elsewhere.
fn is_proxy(mailbox: &IMailbox) -> bool {
    // A proxy's slot 0 is the runtime's own function.
    let vtable = Interface::vtable(mailbox);
    let query = vtable.base__.QueryInterface as *const ();
    std::ptr::eq(query, partywall::ffi::PwProxyQueryInterface as *const ())
}

fn on_thread(body: impl FnOnce() + Send + 'static) {
    std::thread::spawn(body).join().expect("no panic");
}

/// One test: registry and apartments are the process's.
#[test]
fn a_class_is_made_where_its_model_says() {
    let data = tempfile::tempdir().unwrap();
    registry::set_data_folder(data.path().to_owned());
    tests::messaging();
    let library = artifact("libmailcomponent.so");
    com::register_library(&library).expect("registered");

    on_thread(|| assert_eq!(create(&CLSID_MAIL).err(), Some(CO_E_NOTINITIALIZED)));
    on_thread(|| {
        let _sta = Apartment::single_threaded().unwrap();
        let clsid = class_from_progid(PROGID_MAIL).unwrap();
        assert_eq!(clsid, CLSID_MAIL);
        assert!(!is_proxy(&create(&clsid).unwrap()), "an STA client gets its own object");
        assert_eq!(class_from_progid("No.Such").err(), Some(CO_E_CLASSSTRING));
    });
    on_thread(|| {
        let _mta = Apartment::multithreaded().unwrap();
        let mailbox = create(&CLSID_MAIL).unwrap();
        assert!(is_proxy(&mailbox), "an MTA client of an Apartment class gets a proxy");
        let host = com::apartment::host_sta().unwrap();
        assert_eq!(host.exported_objects(), 1);
        drop(mailbox);
        assert_eq!(host.exported_objects(), 0);
    });
    on_thread(refusals);

    com::unregister_library(&library).expect("unregistered");
    on_thread(|| {
        let _mta = Apartment::multithreaded().unwrap();
        assert_eq!(create(&CLSID_MAIL).err(), Some(REGDB_E_CLASSNOTREG));
    });
}

fn refusals() {
    let _mta = Apartment::multithreaded().unwrap();
    let other = GUID::from_u128(0x7777);
    assert_eq!(create(&other).err(), Some(REGDB_E_CLASSNOTREG));
    write_class(&other, "/nowhere/libx.so", "Apartment");
    assert_eq!(create(&other).err(), Some(CO_E_DLLNOTFOUND));
    write_class(&other, "/nowhere/libx.so", "Rental");
    assert_eq!(create(&other).err(), Some(REGDB_E_BADTHREADINGMODEL));

    let mut raw = std::ptr::null_mut();
    let null = std::ptr::null_mut();
    let (clsid, iid) = (&CLSID_MAIL, &IUnknown::IID);
    // SAFETY: readable identifiers; a writable place or null, which is refused.
    unsafe {
        let inproc = CLSCTX_INPROC_SERVER;
        assert_eq!(CoCreateInstance(clsid, null, inproc, iid, std::ptr::null_mut()), E_POINTER);
        assert_eq!(CoCreateInstance(std::ptr::null(), null, inproc, iid, &mut raw), E_INVALIDARG);
        assert_eq!(CoCreateInstance(clsid, null, 4, iid, &mut raw), REGDB_E_CLASSNOTREG);
        let outer = std::ptr::dangling_mut();
        assert_eq!(CoCreateInstance(clsid, outer, inproc, iid, &mut raw), CLASS_E_NOAGGREGATION);
        raw = std::ptr::dangling_mut();
        let unknown = &GUID::from_u128(0x42);
        assert_eq!(CoCreateInstance(clsid, null, inproc, unknown, &mut raw), E_NOINTERFACE);
        assert!(raw.is_null(), "a failure answers null");
    }
}
