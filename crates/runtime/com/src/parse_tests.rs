//! From texts to monikers to objects, through the exported functions: the class
//! `Desk` loads files, has parts, and its class object reads names.

use core::ptr::null_mut;
use std::sync::Mutex;

use com_abi::codes::{
    CLASS_E_NOAGGREGATION, E_INVALIDARG, E_NOINTERFACE, MK_E_CANTOPENFILE,
    MK_E_INTERMEDIATEINTERFACENOTSUPPORTED, MK_E_INVALIDEXTENSION, MK_E_NOOBJECT, MK_E_SYNTAX,
    S_FALSE, S_OK,
};
use com_abi::moniker::*;
use com_abi::persist::{IPersist_Impl, IPersistFile, IPersistFile_Impl};
use com_abi::{
    FILETIME, GUID, HRESULT, IClassFactory, IClassFactory_Impl, IUnknown, Interface, WideString,
    class, format_guid, from_wide, new_interface,
};
use partywall::com::Apartment;
use partywall::ffi::activation::REGCLS_MULTIPLEUSE;

use crate::class as classes;
use crate::ffi::class_objects::CoRegisterClassObject;
use crate::ffi::names::*;
use crate::moniker_tests::{Raw, answered, class_moniker, context, file, item, join, name, some};

const DESK: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00BA01);

/// A part of a desk, and a desk: what it was loaded from, what it was asked for.
#[class(interfaces(IPersistFile, IOleItemContainer))]
struct Desk(Mutex<String>);

impl Desk {
    fn object(says: &str) -> IUnknown {
        new_interface(Self(Mutex::new(says.to_owned()))).unwrap()
    }
}

impl IPersist_Impl for Desk {
    unsafe fn GetClassID(&self, clsid: *mut GUID) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { clsid.write(DESK) };
        S_OK
    }
}

impl IPersistFile_Impl for Desk {
    unsafe fn Load(&self, file: *const u16, mode: u32) -> HRESULT {
        // SAFETY: the caller passes zero-ended text.
        *self.0.lock().unwrap() = format!("{} mode {mode}", unsafe { from_wide(file) });
        S_OK
    }

    unsafe fn GetCurFile(&self, file: *mut *mut u16) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { file.write(partywall::task::string(&self.0.lock().unwrap())) };
        S_OK
    }
}

/// Reads `!name` or `Test.Desk:name` and makes an item of it.
fn read(name: *const u16, eaten: *mut u32, moniker: *mut Raw) -> HRESULT {
    // SAFETY: the caller passes zero-ended text and writable places.
    unsafe {
        let text = from_wide(name);
        let Some(part) = text
            .strip_prefix('!')
            .or(text.strip_prefix("Test.Desk:"))
            .or(text.strip_prefix("@Test.Desk!"))
        else {
            return MK_E_SYNTAX;
        };
        eaten.write(text.encode_utf16().count() as u32);
        moniker.write(item(&format!("read {part}")).into_raw());
    }
    S_OK
}

impl IParseDisplayName_Impl for Desk {
    unsafe fn ParseDisplayName(
        &self,
        _: Raw,
        name: *const u16,
        eaten: *mut u32,
        moniker: *mut Raw,
    ) -> HRESULT {
        read(name, eaten, moniker)
    }
}

impl IOleContainer_Impl for Desk {}

impl IOleItemContainer_Impl for Desk {
    unsafe fn GetObject(
        &self,
        item: *const u16,
        speed: u32,
        _: Raw,
        iid: *const GUID,
        object: *mut Raw,
    ) -> HRESULT {
        // SAFETY: the caller passes what the interface says.
        unsafe {
            let item = from_wide(item);
            if item == "nothing" {
                return MK_E_NOOBJECT;
            }
            let says = format!("{item} of {} speed {speed}", self.0.lock().unwrap());
            Desk::object(&says).query(iid, object)
        }
    }

    unsafe fn IsRunning(&self, item: *const u16) -> HRESULT {
        // SAFETY: the caller passes zero-ended text.
        if unsafe { from_wide(item) } == "drawer" { S_OK } else { S_FALSE }
    }
}

/// The class object: makes desks and reads names.
#[class(interfaces(IClassFactory, IParseDisplayName))]
struct Factory;

impl IClassFactory_Impl for Factory {
    unsafe fn CreateInstance(&self, outer: Raw, iid: *const GUID, object: *mut Raw) -> HRESULT {
        if !outer.is_null() {
            return CLASS_E_NOAGGREGATION;
        }
        // SAFETY: the caller passes what the interface says.
        unsafe { Desk::object("new").query(iid, object) }
    }

    unsafe fn LockServer(&self, _: i32) -> HRESULT {
        S_OK
    }
}

impl IParseDisplayName_Impl for Factory {
    unsafe fn ParseDisplayName(
        &self,
        _: Raw,
        name: *const u16,
        eaten: *mut u32,
        moniker: *mut Raw,
    ) -> HRESULT {
        read(name, eaten, moniker)
    }
}

/// Registers the class, its ProgID and the extension `.desk`, in an STA.
fn with_desks(body: impl FnOnce(&std::path::Path)) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.desk"), "").unwrap();
    std::fs::write(folder.path().join("b.unknown"), "").unwrap();
    std::fs::write(folder.path().join("plain"), "").unwrap();
    let write = |change: &registry::Change<'_>| {
        change.set("HKEY_CLASSES_ROOT\\Test.Desk\\CLSID", "", &format_guid(&DESK))?;
        change.set("HKEY_CLASSES_ROOT\\.desk", "", "Test.Desk")
    };
    classes::change(write).unwrap();
    let _sta = Apartment::single_threaded().unwrap();
    let (factory, mut cookie) = (new_interface::<_, IUnknown>(Factory).unwrap(), 0);
    // SAFETY: a live interface, readable and writable places.
    let code = unsafe {
        CoRegisterClassObject(&DESK, factory.as_raw(), 1, REGCLS_MULTIPLEUSE, &mut cookie)
    };
    assert_eq!(code, S_OK);
    body(folder.path());
}

/// The name that a text is parsed to, and the units that were read.
fn parse(text: &str) -> (Result<String, HRESULT>, u32) {
    let (wide, mut eaten) = (WideString::new(text), 99);
    // SAFETY: a live context, zero-ended text, writable places.
    let (code, moniker) = answered::<IMoniker>(|place| unsafe {
        MkParseDisplayName(context().as_raw(), wide.as_ptr(), &mut eaten, place)
    });
    (moniker.map(|moniker| name(&moniker)).ok_or(code), eaten)
}

/// What an object says.
fn says(object: &IPersistFile) -> String {
    let mut text = null_mut();
    // SAFETY: a writable place; the answer is ours.
    unsafe {
        assert_eq!(object.GetCurFile(&mut text), S_OK);
        let says = from_wide(text);
        partywall::task::free(text);
        says
    }
}

fn bind(moniker: &IMoniker) -> Result<String, HRESULT> {
    // SAFETY: a live moniker, readable and writable places.
    let (code, object) = answered::<IPersistFile>(|place| unsafe {
        BindMoniker(moniker.as_raw(), 0, &IPersistFile::IID, place)
    });
    object.map(|object| says(&object)).ok_or(code)
}

fn class_of_file(path: &str) -> Result<GUID, HRESULT> {
    let mut clsid = GUID::default();
    // SAFETY: zero-ended text and a writable place.
    let code = unsafe { GetClassFile(WideString::new(path).as_ptr(), &mut clsid) };
    if code == S_OK { Ok(clsid) } else { Err(code) }
}

alone! {
    fn a_file_has_the_class_of_its_extension() {
        with_desks(|folder| {
            let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
            assert_eq!(class_of_file(&path("a.desk")), Ok(DESK));
            assert_eq!(class_of_file(&path("b.unknown")), Err(MK_E_INVALIDEXTENSION));
            assert_eq!(class_of_file(&path("plain")), Err(MK_E_INVALIDEXTENSION));
            assert_eq!(class_of_file(&path("nothing")), Err(MK_E_CANTOPENFILE));
            // SAFETY: null is refused.
            unsafe { assert_eq!(GetClassFile(std::ptr::null(), null_mut()), E_INVALIDARG) };
        });
    }

    fn a_path_is_bound_to_an_object_that_loads_it() {
        with_desks(|folder| {
            let path = folder.join("a.desk").to_str().unwrap().to_owned();
            assert_eq!(bind(&file(&path)), Ok(format!("{path} mode 2")));
            let other = folder.join("b.unknown");
            assert_eq!(bind(&file(other.to_str().unwrap())), Err(MK_E_INVALIDEXTENSION));
            let by_class = join(&[class_moniker(&DESK), file(other.to_str().unwrap())]);
            let expected = format!("{} mode 2", other.display());
            assert_eq!(bind(&by_class), Ok(expected), "by the class before it");
        });
    }

    fn a_part_is_asked_of_what_contains_it() {
        with_desks(|folder| {
            let path = folder.join("a.desk").to_str().unwrap().to_owned();
            let whole = file(&path);
            let part = join(&[whole.clone(), item("drawer")]);
            assert_eq!(bind(&part), Ok(format!("drawer of {path} mode 2 speed 1")));
            let inner = join(&[part.clone(), item("box")]);
            let expected = format!("box of drawer of {path} mode 2 speed 1 speed 1");
            assert_eq!(bind(&inner), Ok(expected));
            assert_eq!(bind(&join(&[whole.clone(), item("nothing")])), Err(MK_E_NOOBJECT));
            let of_class = join(&[class_moniker(&DESK), item("drawer")]);
            assert_eq!(bind(&of_class), Err(MK_E_INTERMEDIATEINTERFACENOTSUPPORTED));

            // With two seconds left, only what is loaded is wanted.
            let context = context();
            let options = BindOptions { deadline: 2000, mode: 0, ..BindOptions::default() };
            // SAFETY: live interfaces, readable and writable places.
            unsafe {
                assert_eq!(context.SetBindOptions(&options), S_OK);
                let object: IPersistFile = some(|place| {
                    part.BindToObject(context.as_raw(), null_mut(), &IPersistFile::IID, place)
                });
                assert_eq!(says(&object), format!("drawer of {path} mode 0 speed 3"));
                let running = part.IsRunning(context.as_raw(), null_mut(), null_mut());
                assert_eq!(running, S_FALSE, "nothing is started to find out");
                let mut time = FILETIME::default();
                let code = part.GetTimeOfLastChange(context.as_raw(), null_mut(), &mut time);
                assert_eq!(code, S_OK, "the file's");
            }
        });
    }

    fn texts_are_parsed_to_names() {
        with_desks(|folder| {
            let path = folder.join("a.desk").to_str().unwrap().to_owned();
            let read = |text: &str| {
                let (answer, eaten) = parse(text);
                assert_eq!(eaten as usize, text.encode_utf16().count(), "{text}");
                answer
            };
            let class = format_guid(&DESK).trim_matches(['{', '}']).to_owned();
            assert_eq!(read(&format!("clsid:{class}:")), Ok(format!("clsid:{class}:")));
            let braces = format!("CLSID:{{{class}}};options:");
            assert_eq!(read(&braces), Ok(format!("clsid:{class};options:")));
            let read_on = Ok(format!("clsid:{class}:!read on"));
            assert_eq!(read(&format!("clsid:{class}:!on")), read_on, "by the class object");
            assert_eq!(read("Test.Desk:on"), Ok("!read on".into()));
            assert_eq!(read("@Test.Desk!on"), Ok("!read on".into()));
            assert_eq!(read(&path), Ok(path.clone()));
            assert_eq!(read(&format!("{path}!on")), Ok(format!("{path}!read on")));
            let plain = folder.join("plain").to_str().unwrap().to_owned();
            assert_eq!(read(&format!("{plain}!one!two")), Ok(format!("{plain}!one!two")));
            assert_eq!(read("!one!two"), Ok("!one!two".into()));
        });
    }

    fn texts_that_name_nothing_are_told_apart() {
        with_desks(|folder| {
            assert_eq!(parse("no/such/file"), (Err(MK_E_CANTOPENFILE), 0));
            assert_eq!(parse("No.Such:name"), (Err(MK_E_SYNTAX), 0));
            assert_eq!(parse("@No.Such!name"), (Err(MK_E_SYNTAX), 0));
            assert_eq!(parse("!"), (Err(MK_E_SYNTAX), 0));
            assert_eq!(parse(""), (Err(E_INVALIDARG), 0));
            let path = folder.join("plain").to_str().unwrap().to_owned();
            let eaten = path.len() as u32;
            assert_eq!(parse(&format!("{path}!")), (Err(MK_E_SYNTAX), eaten), "up to there");
            // SAFETY: null is refused.
            unsafe {
                let (text, context) = (WideString::new("!a"), context());
                let (raw, mut eaten, place) = (context.as_raw(), 0, &mut null_mut());
                let text = text.as_ptr();
                assert_eq!(MkParseDisplayName(null_mut(), text, &mut eaten, place), E_INVALIDARG);
                let null = std::ptr::null();
                assert_eq!(MkParseDisplayName(raw, null, &mut eaten, place), E_INVALIDARG);
                assert_eq!(MkParseDisplayName(raw, text, null_mut(), place), E_INVALIDARG);
            }
        });
    }

    fn an_object_is_got_by_its_text() {
        with_desks(|folder| {
            let get = |text: &str, options: *const BindOptions| {
                let text = WideString::new(text);
                // SAFETY: zero-ended text, options of the size that they say, readable
                // and writable places.
                let (code, object) = answered::<IPersistFile>(|place| unsafe {
                    CoGetObject(text.as_ptr(), options, &IPersistFile::IID, place)
                });
                object.map(|object| says(&object)).ok_or(code)
            };
            let path = folder.join("a.desk").to_str().unwrap().to_owned();
            assert_eq!(get(&path, std::ptr::null()), Ok(format!("{path} mode 2")));
            let options = BindOptions { size: 16, mode: 0x40, ..BindOptions::default() };
            assert_eq!(get(&path, &options), Ok(format!("{path} mode 64")));
            let class = format_guid(&DESK).trim_matches(['{', '}']).to_owned();
            assert_eq!(get(&format!("clsid:{class}:"), std::ptr::null()), Err(E_NOINTERFACE));
            let text = WideString::new(&format!("clsid:{class}:"));
            let factory: IClassFactory = some(|place| {
                // SAFETY: as above.
                unsafe {
                    CoGetObject(text.as_ptr(), std::ptr::null(), &IClassFactory::IID, place)
                }
            });
            drop(factory);
            assert_eq!(get("no/such/file", std::ptr::null()), Err(MK_E_CANTOPENFILE));
        });
    }
}
