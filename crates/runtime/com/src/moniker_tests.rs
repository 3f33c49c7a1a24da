//! Each kind of moniker, through the exported functions and its interface.

use core::ptr::null_mut;

use com_abi::codes::{
    E_INVALIDARG, E_NOTIMPL, E_POINTER, MK_E_NEEDGENERIC, MK_E_NOINVERSE, MK_E_NOPREFIX,
    MK_E_NOSTORAGE, MK_E_NOTBINDABLE, MK_E_NOTBOUND, MK_E_SYNTAX, MK_E_UNAVAILABLE, MK_S_HIM,
    MK_S_ME, MK_S_REDUCED_TO_SELF, MK_S_US, S_FALSE, S_OK,
};
use com_abi::moniker::*;
use com_abi::persist::IPersistStream;
use com_abi::stream::{IStream, STREAM_SEEK_SET};
use com_abi::{
    FILETIME, GUID, HRESULT, IClassFactory, IUnknown, Interface, WideString, class, from_wide,
    new_interface,
};
use partywall::com::Apartment;
use partywall::ffi::CLSCTX_INPROC_SERVER;

use crate::ffi::CoTaskMemFree;
use crate::ffi::activation::CoCreateInstance;
use crate::ffi::names::*;
use crate::stream::{memory_stream, read_all};

pub type Raw = *mut core::ffi::c_void;

/// What a function answered: its code, and the interface with a reference.
pub fn answered<I: Interface>(ask: impl FnOnce(*mut Raw) -> HRESULT) -> (HRESULT, Option<I>) {
    let mut raw = std::ptr::dangling_mut();
    let code = ask(&mut raw);
    assert!(code.is_ok() || raw.is_null(), "a failure answers null");
    // SAFETY: null, or that interface with a reference.
    (code, (!raw.is_null()).then(|| unsafe { I::from_raw(raw) }))
}

pub fn some<I: Interface>(ask: impl FnOnce(*mut Raw) -> HRESULT) -> I {
    let (code, answer) = answered(ask);
    assert_eq!(code, S_OK);
    answer.expect("an interface")
}

pub fn item(name: &str) -> IMoniker {
    let (delimiter, name) = (WideString::new("!"), WideString::new(name));
    // SAFETY: zero-ended texts and a writable place.
    some(|place| unsafe { CreateItemMoniker(delimiter.as_ptr(), name.as_ptr(), place) })
}

pub fn file(path: &str) -> IMoniker {
    let path = WideString::new(path);
    // SAFETY: as above.
    some(|place| unsafe { CreateFileMoniker(path.as_ptr(), place) })
}

pub fn class_moniker(clsid: &GUID) -> IMoniker {
    // SAFETY: as above.
    some(|place| unsafe { CreateClassMoniker(clsid, place) })
}

pub fn anti() -> IMoniker {
    // SAFETY: as above.
    some(|place| unsafe { CreateAntiMoniker(place) })
}

pub fn join(parts: &[IMoniker]) -> IMoniker {
    let mut whole = parts[0].clone();
    for part in &parts[1..] {
        // SAFETY: live monikers and a writable place.
        whole =
            some(|place| unsafe { CreateGenericComposite(whole.as_raw(), part.as_raw(), place) });
    }
    whole
}

pub fn context() -> IBindCtx {
    // SAFETY: a writable place.
    some(|place| unsafe { CreateBindCtx(0, place) })
}

pub fn name(moniker: &IMoniker) -> String {
    let mut text = null_mut();
    // SAFETY: live interfaces and a writable place; the answer is ours.
    unsafe {
        assert_eq!(moniker.GetDisplayName(context().as_raw(), null_mut(), &mut text), S_OK);
        let name = from_wide(text);
        CoTaskMemFree(text.cast());
        name
    }
}

fn compose(one: &IMoniker, other: &IMoniker, simple: bool) -> (HRESULT, Option<String>) {
    // SAFETY: live monikers and a writable place.
    let (code, whole) = answered::<IMoniker>(|place| unsafe {
        one.ComposeWith(other.as_raw(), simple.into(), place)
    });
    (code, whole.as_ref().map(name))
}

fn prefix(one: &IMoniker, other: &IMoniker) -> (HRESULT, Option<String>) {
    // SAFETY: as above.
    let (code, found) =
        answered::<IMoniker>(|place| unsafe { one.CommonPrefixWith(other.as_raw(), place) });
    (code, found.as_ref().map(name))
}

fn relative(one: &IMoniker, other: &IMoniker) -> (HRESULT, Option<String>) {
    // SAFETY: as above.
    let (code, found) =
        answered::<IMoniker>(|place| unsafe { one.RelativePathTo(other.as_raw(), place) });
    (code, found.as_ref().map(name))
}

fn is_equal(one: &IMoniker, other: &IMoniker) -> bool {
    // SAFETY: live monikers and a writable place.
    unsafe {
        let hash = |moniker: &IMoniker| {
            let mut hash = 0;
            assert_eq!(moniker.Hash(&mut hash), S_OK);
            hash
        };
        let equal = one.IsEqual(other.as_raw());
        assert!(equal == S_OK || equal == S_FALSE);
        assert!(equal == S_FALSE || hash(one) == hash(other), "equal ones have equal numbers");
        equal == S_OK
    }
}

/// What a moniker saves, after it was loaded again by its class.
fn saved(moniker: &IMoniker) -> Vec<u8> {
    let stream = memory_stream().unwrap();
    let (mut clsid, mut size) = (GUID::default(), 0);
    // SAFETY: live interfaces, readable and writable places.
    unsafe {
        assert_eq!(moniker.Save(stream.as_raw(), 1), S_OK);
        assert_eq!(moniker.GetClassID(&mut clsid), S_OK);
        assert_eq!(moniker.GetSizeMax(&mut size), S_OK);
        assert_eq!(stream.Seek(0, STREAM_SEEK_SET, null_mut()), S_OK);
        let loaded: IPersistStream = some(|place| {
            let iid = &IPersistStream::IID;
            CoCreateInstance(&clsid, null_mut(), CLSCTX_INPROC_SERVER, iid, place)
        });
        assert_eq!(loaded.Load(stream.as_raw()), S_OK);
        assert!(is_equal(moniker, &loaded.cast().unwrap()), "the same after it was loaded");
        assert_eq!(name(moniker), name(&loaded.cast().unwrap()));
        assert_eq!(loaded.IsDirty(), S_FALSE);
        assert_eq!(stream.Seek(0, STREAM_SEEK_SET, null_mut()), S_OK);
    }
    let bytes = read_all(&stream).unwrap();
    assert!(bytes.len() as u64 <= size);
    bytes
}

fn system_kind(moniker: &IMoniker) -> u32 {
    let mut kind = 9;
    // SAFETY: a writable place.
    assert_eq!(unsafe { moniker.IsSystemMoniker(&mut kind) }, S_OK);
    kind
}

/// What all but composites do alike.
fn is_simple(moniker: &IMoniker) {
    let context = context();
    // SAFETY: live interfaces, null where that is refused, writable places.
    unsafe {
        let (code, reduced) = answered::<IMoniker>(|place| {
            moniker.Reduce(context.as_raw(), 0x3_0000, null_mut(), place)
        });
        assert_eq!((code, reduced.as_ref()), (MK_S_REDUCED_TO_SELF, Some(moniker)));
        assert!(answered::<IUnknown>(|place| moniker.Enum(1, place)) == (S_OK, None));
        assert_eq!(moniker.Enum(1, null_mut()), E_POINTER);
        assert_eq!(moniker.Hash(null_mut()), E_POINTER);
        assert_eq!(moniker.IsEqual(null_mut()), E_INVALIDARG);
        assert_eq!(moniker.ComposeWith(null_mut(), 0, &mut null_mut()), E_INVALIDARG);
        assert_eq!(moniker.Inverse(null_mut()), E_POINTER);
    }
}

fn in_an_sta(body: impl FnOnce()) {
    let _sta = Apartment::single_threaded().unwrap();
    body();
}

#[test]
fn an_item_moniker_names_a_part() {
    let (one, same, other) = (item("Desk"), item("dESK"), item("Lamp"));
    is_simple(&one);
    assert_eq!((name(&one), system_kind(&one)), ("!Desk".to_owned(), MKSYS_ITEMMONIKER));
    assert!(is_equal(&one, &same), "case does not count");
    assert!(!is_equal(&one, &other) && !is_equal(&one, &file("!Desk")));
    assert_eq!(compose(&one, &anti(), true), (S_OK, None), "taken back");
    assert_eq!(compose(&one, &other, true), (MK_E_NEEDGENERIC, None));
    assert_eq!(compose(&one, &other, false), (S_OK, Some("!Desk!Lamp".into())));
    assert_eq!(prefix(&one, &same), (MK_S_US, Some("!Desk".into())));
    assert_eq!(prefix(&one, &other), (MK_E_NOPREFIX, None));
    assert_eq!(relative(&one, &other), (MK_E_NOTBINDABLE, None));
    // SAFETY: a writable place.
    assert_eq!(name(&some(|place| unsafe { one.Inverse(place) })), "\\..");
    let (context, mut time) = (context(), FILETIME::default());
    // SAFETY: live interfaces and writable places.
    unsafe {
        let bound = answered::<IUnknown>(|place| {
            one.BindToObject(context.as_raw(), null_mut(), &IUnknown::IID, place)
        });
        assert!(bound == (E_INVALIDARG, None), "a part of nothing");
        let code = one.GetTimeOfLastChange(context.as_raw(), null_mut(), &mut time);
        assert_eq!(code, MK_E_NOTBINDABLE);
        assert_eq!(one.IsRunning(null_mut(), null_mut(), null_mut()), E_INVALIDARG);
        assert_eq!(one.IsRunning(context.as_raw(), null_mut(), same.as_raw()), S_OK);
        assert_eq!(one.IsRunning(context.as_raw(), null_mut(), other.as_raw()), S_FALSE);
        assert_eq!(one.IsRunning(context.as_raw(), null_mut(), null_mut()), S_FALSE);
        let code = CreateItemMoniker(core::ptr::null(), core::ptr::null(), &mut null_mut());
        assert_eq!(code, E_INVALIDARG);
    }
}

#[test]
fn a_file_moniker_names_a_path() {
    let one = file("/house/attic/trunk");
    is_simple(&one);
    assert_eq!((name(&one), system_kind(&one)), ("/house/attic/trunk".into(), MKSYS_FILEMONIKER));
    assert!(is_equal(&one, &file("/house/attic/trunk")));
    assert!(!is_equal(&one, &file("/house/Attic/trunk")), "case counts in paths");
    for (left, right, whole) in [
        ("/house/attic", "trunk", Ok(Some("/house/attic/trunk"))),
        ("/house/attic/trunk", "../box/lid", Ok(Some("/house/attic/box/lid"))),
        ("attic", "../../cellar", Ok(Some("../cellar"))),
        ("/attic", "../../cellar", Ok(Some("/cellar"))),
        ("attic", "..", Ok(None)),
        ("/house", "/attic", Err(MK_E_SYNTAX)),
    ] {
        let expected = match whole {
            Ok(path) => (S_OK, path.map(str::to_owned)),
            Err(code) => (code, None),
        };
        assert_eq!(compose(&file(left), &file(right), true), expected, "{left} {right}");
    }
    assert_eq!(compose(&one, &anti(), true), (S_OK, None));
    assert_eq!(compose(&one, &item("lid"), true), (MK_E_NEEDGENERIC, None));
    for (path, code, shared, back) in [
        ("/house/attic/trunk", MK_S_US, Some("/house/attic/trunk"), (S_OK, None)),
        ("/house/attic/trunk/lid", MK_S_ME, Some("/house/attic/trunk"), (S_OK, Some("lid"))),
        ("/house/attic", MK_S_HIM, Some("/house/attic"), (S_OK, Some(".."))),
        ("/house/cellar", S_OK, Some("/house"), (S_OK, Some("../../cellar"))),
        ("/garden", MK_E_NOPREFIX, None, (MK_S_HIM, Some("/garden"))),
        ("house/attic", MK_E_NOPREFIX, None, (MK_S_HIM, Some("house/attic"))),
    ] {
        let other = file(path);
        assert_eq!(prefix(&one, &other), (code, shared.map(str::to_owned)), "{path}");
        assert_eq!(relative(&one, &other), (back.0, back.1.map(str::to_owned)), "{path}");
    }
    let (context, mut time) = (context(), FILETIME::default());
    // SAFETY: live interfaces, zero-ended texts or null, writable places.
    unsafe {
        let storage = answered::<IUnknown>(|place| {
            one.BindToStorage(context.as_raw(), null_mut(), &IStream::IID, place)
        });
        assert!(storage == (MK_E_NOSTORAGE, None));
        let here = file("Cargo.toml");
        assert_eq!(here.GetTimeOfLastChange(context.as_raw(), null_mut(), &mut time), S_OK);
        assert!(time.high > 0x01D5_C03F, "after 2020: {time:?}");
        assert_eq!(CreateFileMoniker(core::ptr::null(), &mut null_mut()), MK_E_SYNTAX);
        assert_eq!(CreateFileMoniker(WideString::new("").as_ptr(), &mut null_mut()), MK_E_SYNTAX);
    }
}

#[test]
fn an_anti_moniker_takes_back_what_stands_before_it() {
    let one = anti();
    is_simple(&one);
    assert_eq!((name(&one), system_kind(&one)), ("\\..".into(), MKSYS_ANTIMONIKER));
    assert!(is_equal(&one, &anti()) && !is_equal(&one, &item("..")));
    assert_eq!(compose(&one, &item("a"), true), (MK_E_NEEDGENERIC, None));
    assert_eq!(compose(&one, &anti(), false), (S_OK, Some("\\..\\..".into())));
    assert_eq!(prefix(&one, &anti()), (MK_S_US, Some("\\..".into())));
    assert_eq!(prefix(&one, &item("a")), (MK_E_NOPREFIX, None));
    assert_eq!(relative(&one, &item("a")), (MK_S_HIM, Some("!a".into())));
    let context = context();
    // SAFETY: live interfaces and writable places.
    unsafe {
        assert_eq!(one.Inverse(&mut null_mut()), MK_E_NOINVERSE);
        let bound = answered::<IUnknown>(|place| {
            one.BindToObject(context.as_raw(), null_mut(), &IUnknown::IID, place)
        });
        assert!(bound == (E_NOTIMPL, None));
        assert_eq!(one.IsRunning(context.as_raw(), null_mut(), null_mut()), S_FALSE);
    }
}

#[test]
fn a_composite_is_its_parts_one_after_the_other() {
    let (path, desk, lamp) = (file("/house"), item("Desk"), item("Lamp"));
    let all = join(&[path.clone(), desk.clone(), lamp.clone()]);
    assert_eq!(
        (name(&all), system_kind(&all)),
        ("/house!Desk!Lamp".into(), MKSYS_GENERICCOMPOSITE)
    );
    let other_way = join(&[path.clone(), join(&[desk.clone(), lamp.clone()])]);
    assert!(is_equal(&all, &other_way), "however it was put together");
    assert!(!is_equal(&all, &join(&[path.clone(), lamp.clone(), desk.clone()])));
    assert_eq!(compose(&all, &anti(), true), (S_OK, Some("/house!Desk".into())));
    let two = join(&[anti(), anti()]);
    assert_eq!(compose(&all, &two, false), (S_OK, Some("/house".into())));
    assert_eq!(compose(&all, &desk, true), (MK_E_NEEDGENERIC, None));
    assert_eq!(name(&join(&[file("/house"), file("attic"), desk.clone()])), "/house/attic!Desk");
    // SAFETY: live monikers or null, and writable places.
    unsafe {
        let inverse: IMoniker = some(|place| all.Inverse(place));
        assert_eq!(name(&inverse), "\\..\\..\\..");
        assert_eq!(compose(&all, &inverse, false), (S_OK, None), "nothing is left");
        let null = null_mut();
        let none = answered::<IMoniker>(|place| CreateGenericComposite(null, null, place));
        assert!(none == (S_OK, None));
        let one: IMoniker = some(|place| CreateGenericComposite(null, desk.as_raw(), place));
        assert_eq!(one, desk);
        let code = CreateGenericComposite(desk.as_raw(), lamp.as_raw(), null_mut());
        assert_eq!(code, E_POINTER);
        let (code, reduced) =
            answered::<IMoniker>(|place| all.Reduce(context().as_raw(), 0, null_mut(), place));
        assert_eq!((code, reduced.as_ref()), (MK_S_REDUCED_TO_SELF, Some(&all)));
    }
    let shorter = join(&[path.clone(), desk.clone()]);
    let beside = join(&[path.clone(), lamp.clone()]);
    assert_eq!(prefix(&all, &other_way), (MK_S_US, Some("/house!Desk!Lamp".into())));
    assert_eq!(prefix(&shorter, &all), (MK_S_ME, Some("/house!Desk".into())));
    assert_eq!(prefix(&all, &shorter), (MK_S_HIM, Some("/house!Desk".into())));
    assert_eq!(prefix(&all, &beside), (S_OK, Some("/house".into())));
    assert_eq!(prefix(&all, &desk), (MK_E_NOPREFIX, None));
    assert_eq!(relative(&shorter, &all), (S_OK, Some("!Lamp".into())));
    assert_eq!(relative(&all, &beside), (S_OK, Some("\\..\\..!Lamp".into())));
    assert_eq!(relative(&all, &desk), (MK_S_HIM, Some("!Desk".into())));
    let far = join(&[file("/house/attic"), desk]);
    assert_eq!(prefix(&far, &join(&[file("/house/cellar"), lamp])), (S_OK, Some("/house".into())));
}

#[test]
fn the_parts_of_a_composite_are_enumerated_both_ways() {
    let parts = [file("/house"), item("Desk"), item("Lamp")];
    let all = join(&parts);
    let names = |forward: i32| {
        // SAFETY: a live moniker and writable places; the answers are ours.
        unsafe {
            let list: IEnumMoniker = some(|place| all.Enum(forward, place));
            let (mut raw, mut count) = ([null_mut(); 5], 9);
            assert_eq!(list.Next(5, raw.as_mut_ptr(), &mut count), S_FALSE);
            assert_eq!(count, 3);
            let first = raw.into_iter().take(3).map(|raw| name(&IMoniker::from_raw(raw)));
            let names = first.collect::<Vec<_>>();
            assert_eq!(list.Next(1, raw.as_mut_ptr(), null_mut()), S_FALSE, "that was all");
            assert_eq!((list.Reset(), list.Skip(2)), (S_OK, S_OK));
            let copy: IEnumMoniker = some(|place| IEnumMoniker::Clone(&list, place));
            let next: IMoniker = some(|place| copy.Next(1, place, null_mut()));
            assert_eq!(name(&next), names[2]);
            assert_eq!(list.Skip(2), S_FALSE);
            assert_eq!(copy.Next(2, raw.as_mut_ptr(), null_mut()), E_INVALIDARG);
            names
        }
    };
    assert_eq!(names(1), ["/house", "!Desk", "!Lamp"]);
    assert_eq!(names(0), ["!Lamp", "!Desk", "/house"]);
}

alone! {
    fn monikers_are_saved_as_documented_and_loaded_by_their_class() {
        in_an_sta(|| {
            assert_eq!(saved(&anti()), [1, 0, 0, 0]);
            assert_eq!(saved(&item("Bo")), *b"\x02\0\0\0!\0\x03\0\0\0Bo\0");
            assert_eq!(saved(&item("\u{e4}")), *b"\x02\0\0\0!\0\x04\0\0\0?\0\xe4\0");
            let mut bytes = b"\x01\0\x04\0\0\0a/b\0\xff\xff\xad\xde".to_vec();
            bytes.extend([0; 24]);
            assert_eq!(saved(&file("../a/b")), bytes);
            let mut bytes = b"\0\0\x02\0\0\0?\0\xff\xff\xad\xde".to_vec();
            bytes.extend([0; 20]);
            bytes.extend(b"\x08\0\0\0\x02\0\0\0\x03\0\xe4\0");
            assert_eq!(saved(&file("\u{e4}")), bytes);
            let both = join(&[anti(), item("x")]);
            let mut bytes = vec![2, 0, 0, 0, 5, 3];
            bytes.extend([0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]);
            bytes.extend([1, 0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]);
            bytes.extend(b"\x02\0\0\0!\0\x02\0\0\0x\0");
            assert_eq!(saved(&both), bytes);
            saved(&class_moniker(&CLSID_FILE_MONIKER));
        });
    }

    fn what_is_no_moniker_is_refused_when_it_is_loaded() {
        in_an_sta(|| {
            let load = |clsid: &GUID, bytes: &[u8]| {
                let stream = memory_stream().unwrap();
                crate::stream::write_all(&stream, bytes).unwrap();
                // SAFETY: live interfaces, readable and writable places.
                unsafe {
                    assert_eq!(stream.Seek(0, STREAM_SEEK_SET, null_mut()), S_OK);
                    let moniker: IMoniker = some(|place| {
                        let iid = &IMoniker::IID;
                        CoCreateInstance(clsid, null_mut(), CLSCTX_INPROC_SERVER, iid, place)
                    });
                    moniker.Load(stream.as_raw())
                }
            };
            let huge = [0xFF; 40];
            for clsid in [CLSID_FILE_MONIKER, CLSID_ITEM_MONIKER, CLSID_COMPOSITE_MONIKER] {
                assert!(load(&clsid, &huge).is_err());
                assert!(load(&clsid, &[]).is_err());
            }
            let mut nested = vec![2, 0, 0, 0, 9, 3];
            nested.extend([0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]);
            assert!(load(&CLSID_COMPOSITE_MONIKER, &nested).is_err(), "a composite in a composite");
        });
    }

    fn a_class_moniker_is_bound_to_its_class_object() {
        in_an_sta(|| {
            let clsid = CLSID_ITEM_MONIKER;
            let one = class_moniker(&clsid);
            is_simple(&one);
            let text = "clsid:00000304-0000-0000-C000-000000000046:";
            assert_eq!((&*name(&one), system_kind(&one)), (text, MKSYS_CLASSMONIKER));
            assert!(is_equal(&one, &class_moniker(&clsid)));
            assert!(!is_equal(&one, &class_moniker(&CLSID_FILE_MONIKER)));
            assert_eq!(compose(&one, &anti(), true), (S_OK, None));
            assert_eq!(prefix(&one, &class_moniker(&clsid)), (MK_S_US, Some(text.into())));
            let (context, mut time) = (context(), FILETIME::default());
            // SAFETY: live interfaces, readable and writable places.
            unsafe {
                let factory: IClassFactory = some(|place| {
                    one.BindToObject(context.as_raw(), null_mut(), &IClassFactory::IID, place)
                });
                let made: IMoniker =
                    some(|place| factory.CreateInstance(null_mut(), &IMoniker::IID, place));
                assert_eq!(system_kind(&made), MKSYS_ITEMMONIKER);
                let code = one.IsRunning(context.as_raw(), null_mut(), null_mut());
                assert_eq!(code, E_NOTIMPL);
                let code = one.GetTimeOfLastChange(context.as_raw(), null_mut(), &mut time);
                assert_eq!(code, MK_E_UNAVAILABLE);
                assert_eq!(CreateClassMoniker(core::ptr::null(), &mut null_mut()), E_INVALIDARG);
            }
        });
    }
}

#[class(interfaces(IEnumString))]
struct Something;

impl IEnumString_Impl for Something {
    unsafe fn Next(&self, _: u32, _: *mut *mut u16, _: *mut u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Skip(&self, _: u32) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Reset(&self) -> HRESULT {
        E_NOTIMPL
    }
    unsafe fn Clone(&self, _: *mut Raw) -> HRESULT {
        E_NOTIMPL
    }
}

#[test]
fn a_context_keeps_options_and_objects() {
    let context = context();
    let object: IUnknown = new_interface(Something).unwrap();
    let references = |object: &IUnknown| {
        let probe = std::mem::ManuallyDrop::new(object.clone());
        // SAFETY: gives the reference of the probe back.
        unsafe { (probe.vtable().Release)(probe.as_raw()) }
    };
    // SAFETY: live interfaces or null, structures of the size that they say, and
    // writable places.
    unsafe {
        assert_eq!(CreateBindCtx(1, &mut null_mut()), E_INVALIDARG);
        let mut options = BindOptions { mode: 0, ..BindOptions::default() };
        assert_eq!(context.GetBindOptions(&mut options), S_OK);
        assert_eq!((options.size, options.mode, options.class_context), (48, 2, 0x15));
        options = BindOptions { size: 16, mode: 7, class_context: 1, ..options };
        assert_eq!(context.SetBindOptions(&options), S_OK);
        options = BindOptions::default();
        assert_eq!(context.GetBindOptions(&mut options), S_OK);
        assert_eq!((options.mode, options.class_context), (7, 0x15), "the first 16 bytes only");
        for size in [0, 15, 49] {
            options.size = size;
            assert_eq!(context.SetBindOptions(&options), E_INVALIDARG);
        }
        let before = references(&object);
        assert_eq!(context.RegisterObjectBound(object.as_raw()), S_OK);
        assert_eq!(context.RegisterObjectBound(object.as_raw()), S_OK);
        assert_eq!(context.RegisterObjectBound(null_mut()), S_OK);
        assert_eq!(references(&object), before + 2);
        assert_eq!(context.RevokeObjectBound(object.as_raw()), S_OK);
        assert_eq!(context.ReleaseBoundObjects(), S_OK);
        assert_eq!(context.RevokeObjectBound(object.as_raw()), MK_E_NOTBOUND);
        assert_eq!(references(&object), before);

        let (key, other) = (WideString::new("key"), WideString::new("other"));
        assert_eq!(context.RegisterObjectParam(key.as_ptr(), object.as_raw()), S_OK);
        let found: IUnknown = some(|place| context.GetObjectParam(key.as_ptr(), place));
        assert_eq!(found, object);
        let none = answered::<IUnknown>(|place| context.GetObjectParam(other.as_ptr(), place));
        assert!(none == (com_abi::codes::E_FAIL, None));
        let keys: IEnumString = some(|place| context.EnumObjectParam(place));
        let mut text = null_mut();
        assert_eq!(keys.Next(1, &mut text, null_mut()), S_OK);
        assert_eq!(from_wide(text), "key");
        CoTaskMemFree(text.cast());
        assert_eq!(keys.Next(1, &mut text, null_mut()), S_FALSE);
        assert_eq!(context.RevokeObjectParam(key.as_ptr()), S_OK);
        assert_eq!(context.RevokeObjectParam(key.as_ptr()), S_FALSE);
        drop(found);
        assert_eq!(references(&object), before);
        assert_eq!(context.RegisterObjectParam(key.as_ptr(), object.as_raw()), S_OK);
        drop(context);
        assert_eq!(references(&object), before, "let go with the context");
    }
}
