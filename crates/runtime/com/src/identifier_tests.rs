//! Identifiers, ProgIDs and `TreatAs`, through the exported functions. The
//! numbers are those of the list of documented behaviours.

use core::ptr::{null, null_mut};

use com_abi::codes::{
    CO_E_CLASSSTRING, CO_E_IIDSTRING, E_INVALIDARG, REGDB_E_CLASSNOTREG, REGDB_E_WRITEREGDB,
    S_FALSE, S_OK,
};
use com_abi::{FILETIME, GUID, HRESULT, WideString, format_guid, from_wide};

use crate::class;
use crate::ffi::CoTaskMemFree;
use crate::ffi::identifiers::*;

const FONT: GUID = GUID::from_u128(0x0BE35203_8F91_11CE_9DE3_00AA004BB851);
const DEADBEEF: GUID = GUID::from_u128(0xDEADBEEF_0000_0000_0000_000000000000);

fn set(key: &str, name: &str, data: &str) {
    let key = format!("HKEY_CLASSES_ROOT\\{key}");
    class::change(|change| change.set(&key, name, data)).unwrap();
}

fn class_of(progid: &str) -> (HRESULT, GUID) {
    let mut clsid = FONT;
    // SAFETY: a zero-ended text and a writable place.
    let code = unsafe { CLSIDFromProgID(WideString::new(progid).as_ptr(), &mut clsid) };
    (code, clsid)
}

fn read(text: &str, before: GUID) -> (HRESULT, GUID) {
    let mut clsid = before;
    // SAFETY: a zero-ended text and a writable place.
    let code = unsafe { CLSIDFromString(WideString::new(text).as_ptr(), &mut clsid) };
    (code, clsid)
}

fn progid_of(clsid: &GUID) -> Result<String, HRESULT> {
    let mut text = std::ptr::dangling_mut();
    // SAFETY: a readable identifier and a writable place; the answer is ours.
    unsafe {
        let code = ProgIDFromCLSID(clsid, &mut text);
        assert_eq!(text.is_null(), code != S_OK, "a failure answers null");
        let answer = from_wide(text);
        CoTaskMemFree(text.cast());
        if code == S_OK { Ok(answer) } else { Err(code) }
    }
}

alone! {
    fn n025_a_progid_is_followed_through_its_current_version() {
        set("Shop.Desk.2\\CLSID", "", &format_guid(&FONT));
        set("Shop.Desk.1\\CurVer", "", "Shop.Desk.2");
        set("Shop.Desk\\CurVer", "", "Shop.Desk.1");
        set("Shop.Circle\\CurVer", "", "Shop.Circle.1");
        set("Shop.Circle.1\\CurVer", "", "Shop.Circle");
        set("Shop.Nowhere\\CurVer", "", "Shop.Nowhere.1");
        set("Shop.Broken\\CLSID", "", "not an identifier");
        for name in ["Shop.Desk", "Shop.Desk.1", "Shop.Desk.2", "shop.desk"] {
            assert_eq!(class_of(name), (S_OK, FONT), "{name}");
        }
        let nothing = (CO_E_CLASSSTRING, GUID::default());
        for name in ["Shop.Circle", "Shop.Nowhere", "Shop.Broken", "No.Such", "", "CLSID\\{"] {
            assert_eq!(class_of(name), nothing, "{name}");
        }
        let (name, mut clsid) = (WideString::new("Shop.Desk"), GUID::default());
        // SAFETY: null, or a zero-ended text and a writable place.
        unsafe {
            assert_eq!(CLSIDFromProgID(null(), &mut clsid), E_INVALIDARG);
            assert_eq!(CLSIDFromProgID(name.as_ptr(), null_mut()), E_INVALIDARG);
            assert_eq!(CLSIDFromProgIDEx(name.as_ptr(), &mut clsid), S_OK);
            assert_eq!(CLSIDFromProgIDEx(null(), &mut clsid), E_INVALIDARG);
            assert_eq!(ProgIDFromCLSID(null(), null_mut()), E_INVALIDARG);
        }
        assert_eq!(read("Shop.Desk", DEADBEEF), (S_OK, FONT), "a name will do as well");
        assert_eq!(progid_of(&FONT), Err(REGDB_E_CLASSNOTREG));
        set(&format!("CLSID\\{}\\ProgID", format_guid(&FONT)), "", "Shop.Desk.2");
        assert_eq!(progid_of(&FONT).as_deref(), Ok("Shop.Desk.2"));
    }

    fn n026_a_class_identifier_is_read_as_far_as_it_goes() {
        let mut clsid = FONT;
        // SAFETY: null is allowed for the text.
        unsafe {
            assert_eq!(CLSIDFromString(null(), &mut clsid), S_OK);
            assert_eq!(clsid, GUID::default());
            assert_eq!(CLSIDFromString(null(), null_mut()), E_INVALIDARG);
        }
        let whole = "{0be35203-8f91-11CE-9DE3-00AA004BB851}";
        assert_eq!(read(whole, DEADBEEF), (S_OK, FONT));
        assert_eq!(read("no class", FONT), (CO_E_CLASSSTRING, GUID::default()));
        assert_eq!(read(&format!("{whole} "), DEADBEEF).0, CO_E_CLASSSTRING);
        for (cut, expected) in [
            (1, GUID { data1: 0, ..GUID::default() }),
            (5, GUID { data1: 0x0BE3, ..GUID::default() }),
            (14, GUID { data1: 0x0BE3_5203, data2: 0x8F91, ..GUID::default() }),
            (36, GUID { data4: [0x9D, 0xE3, 0, 0xAA, 0, 0x4B, 0xB8, 5], ..FONT }),
            (37, FONT),
        ] {
            assert_eq!(read(&whole[..cut], GUID::default()), (CO_E_CLASSSTRING, expected), "{cut}");
        }
    }

    fn n027_an_interface_identifier_has_two_ways_to_be_wrong() {
        let read = |text: &str| {
            let mut iid = DEADBEEF;
            // SAFETY: a zero-ended text and a writable place.
            (unsafe { IIDFromString(WideString::new(text).as_ptr(), &mut iid) }, iid)
        };
        assert_eq!(read("{0BE35203-8F91-11CE-9DE3-00AA004BB851}"), (S_OK, FONT));
        for short in ["", "{0BE35203-8F91-11CE-9DE3-00AA004BB851", "0BE35203", "Shop.Desk"] {
            assert_eq!(read(short).0, E_INVALIDARG, "{short}");
        }
        assert_eq!(read("{0BE35203-8F91-11CE-9DE3-00AA004BB851} ").0, E_INVALIDARG);
        for other in ["{0BE35203-8F91-11CE-9DE3-00AA004BB85G}", "(0BE35203-8F91-11CE-9DE3-00AA004BB851)"] {
            assert_eq!(read(other).0, CO_E_IIDSTRING, "{other}");
        }
        let mut iid = FONT;
        // SAFETY: null is allowed for the text.
        unsafe {
            assert_eq!(IIDFromString(null(), &mut iid), S_OK);
            assert_eq!(iid, GUID::default());
            assert_eq!(IIDFromString(null(), null_mut()), E_INVALIDARG);
        }
    }

    fn n028_the_text_of_an_identifier_needs_39_units() {
        let mut text = [7u16; 40];
        // SAFETY: that many writable units, or null.
        unsafe {
            assert_eq!(StringFromGUID2(&FONT, text.as_mut_ptr(), 38), 0);
            assert_eq!(StringFromGUID2(&FONT, text.as_mut_ptr(), -1), 0);
            assert_eq!(StringFromGUID2(&FONT, null_mut(), 39), 0);
            assert_eq!(StringFromGUID2(null(), text.as_mut_ptr(), 39), 0);
            assert_eq!(text, [7; 40], "nothing is written where there is no room");
            assert_eq!(StringFromGUID2(&FONT, text.as_mut_ptr(), 39), 39);
            assert_eq!(text[39], 7);
            assert_eq!(from_wide(text.as_ptr()), "{0BE35203-8F91-11CE-9DE3-00AA004BB851}");

            let mut text = null_mut();
            assert_eq!(StringFromCLSID(&FONT, &mut text), S_OK);
            assert_eq!(from_wide(text), "{0BE35203-8F91-11CE-9DE3-00AA004BB851}");
            CoTaskMemFree(text.cast());
            assert_eq!(StringFromIID(null(), &mut text), E_INVALIDARG);
            assert!(text.is_null());
        }
    }

    fn n029_a_class_can_stand_in_for_another() {
        let treat = |old: &GUID, new: &GUID| {
            // SAFETY: readable identifiers.
            unsafe { CoTreatAsClass(old, new) }
        };
        let asked = |old: &GUID| {
            let mut new = GUID::default();
            // SAFETY: readable and writable places.
            (unsafe { CoGetTreatAsClass(old, &mut new) }, new)
        };
        assert_eq!(asked(&DEADBEEF), (S_FALSE, DEADBEEF));
        assert_eq!(treat(&DEADBEEF, &DEADBEEF), REGDB_E_WRITEREGDB);
        assert_eq!(treat(&DEADBEEF, &FONT), REGDB_E_CLASSNOTREG);
        let key = format!("CLSID\\{}", format_guid(&DEADBEEF));
        set(&key, "", "a class");
        assert_eq!(treat(&DEADBEEF, &DEADBEEF), REGDB_E_WRITEREGDB, "there is nothing to undo");
        assert_eq!(treat(&DEADBEEF, &FONT), S_OK);
        assert_eq!(asked(&DEADBEEF), (S_OK, FONT));
        assert_eq!(treat(&DEADBEEF, &GUID::default()), S_OK);
        assert_eq!(asked(&DEADBEEF), (S_FALSE, DEADBEEF));
        set(&format!("{key}\\AutoTreatAs"), "", &format_guid(&FONT));
        assert_eq!(treat(&DEADBEEF, &DEADBEEF), S_OK);
        assert_eq!(asked(&DEADBEEF), (S_OK, FONT), "set back to the standard");
        // SAFETY: null, or readable and writable places.
        unsafe {
            assert_eq!(CoTreatAsClass(null(), &FONT), E_INVALIDARG);
            assert_eq!(CoGetTreatAsClass(&FONT, null_mut()), E_INVALIDARG);
        }
    }

    fn identifiers_are_new_and_times_are_of_now() {
        let mut guids = [GUID::default(); 2];
        let mut time = FILETIME::default();
        // SAFETY: writable places or null.
        unsafe {
            assert_eq!(CoCreateGuid(&mut guids[0]), S_OK);
            assert_eq!(CoCreateGuid(&mut guids[1]), S_OK);
            assert_eq!(CoCreateGuid(null_mut()), E_INVALIDARG);
            assert_eq!(CoFileTimeNow(&mut time), S_OK);
            assert_eq!(CoFileTimeNow(null_mut()), E_INVALIDARG);
        }
        assert_ne!(guids[0], guids[1]);
        assert_eq!((guids[0].data3 >> 12, guids[0].data4[0] >> 6), (4, 2), "version and variant");
        // 2020-01-01 and 2200-01-01.
        assert!((0x01D5_C03F..0x039A_0000).contains(&time.high), "{time:?}");
    }
}
