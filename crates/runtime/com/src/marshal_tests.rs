//! Marshaling through the exported functions. The numbers are those of the list
//! of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;

use std::sync::mpsc::channel;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, CO_E_OBJNOTCONNECTED, CO_E_OBJNOTREG, E_FAIL, E_INVALIDARG, E_NOINTERFACE,
    RPC_E_DISCONNECTED, RPC_E_INVALID_OBJREF, S_OK, STG_E_READFAULT,
};
use com_abi::global_table::{CLSID_STD_GLOBAL_INTERFACE_TABLE, IGlobalInterfaceTable};
use com_abi::stream::{IStream, STREAM_SEEK_END, STREAM_SEEK_SET};
use com_abi::{GUID, HRESULT, IClassFactory, IUnknown, Interface};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::ffi::global_table::class_object;
use crate::ffi::marshal::{
    CoGetInterfaceAndReleaseStream, CoMarshalHresult, CoMarshalInterThreadInterfaceInStream,
    CoMarshalInterface, CoReleaseMarshalData, CoUnmarshalHresult, CoUnmarshalInterface,
};
use crate::fixture_tests::*;
use crate::marshal::PACKET_BYTES;
use crate::stream::memory_stream;
use crate::tests::turn;

#[test]
fn n050_n053_n060_a_packet_is_for_one_use() {
    let _turn = turn();
    client(|| {
        let server = server(&[NORMAL]);
        assert_eq!(alive(), 1, "the packet keeps the object");
        let tell = server.packets[0].unmarshal().unwrap();
        assert_eq!(server.packets[0].unmarshal().unwrap_err(), CO_E_OBJNOTCONNECTED);
        assert_eq!(thread_of(&tell), Ok(server.tid), "the first keeps working");
        drop(tell);
        assert_eq!(alive(), 0, "and its release frees the object");
    });
    client(|| {
        let server = server(&[NORMAL]);
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!(alive(), 0, "released instead of used");
        assert_eq!(server.packets[0].unmarshal().unwrap_err(), CO_E_OBJNOTCONNECTED);
    });
}

#[test]
fn n051_n052_at_home_it_is_the_object_itself() {
    let _turn = turn();
    client(|| {
        let object = Tell::object();
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        let again = packet.unmarshal().unwrap();
        assert_eq!(again.as_raw(), object.as_raw());
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        assert_eq!(packet.unmarshal_as::<IOther>().unwrap_err(), E_NOINTERFACE);
        let home = crate::apartment::current().unwrap();
        assert_eq!(home.exported_objects(), 0, "every hold was given back");
    });
}

#[test]
fn n055_to_n057_a_proxy_is_passed_on() {
    let _turn = turn();
    client(|| {
        let server = server(&[NORMAL]);
        let tell = server.packets[0].unmarshal().unwrap();
        let again: Vec<Carried> =
            (0..6).map(|_| Carried::marshal(&tell, NORMAL).unwrap()).collect();
        drop(tell);
        assert_eq!(alive(), 1, "the packets name the original");
        let expected = server.tid;
        let third = security::spawner::spawn("third", 256 << 10, move || {
            let _sta = Apartment::single_threaded().unwrap();
            for packet in again {
                assert_eq!(thread_of(&packet.unmarshal().unwrap()), Ok(expected));
            }
        });
        third.unwrap().join().unwrap();
        assert_eq!(alive(), 0);
    });
    client(|| {
        let server = server(&[NORMAL]);
        let unknown = server.packets[0].unmarshal_as::<IUnknown>().unwrap();
        let packet = Carried::marshal(&unknown, NORMAL).unwrap();
        drop(unknown);
        let tid = server.tid;
        let third = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(thread_of(&packet.unmarshal().unwrap()), Ok(tid), "57: never unmarshaled");
        });
        third.join().unwrap();
    });
}

#[test]
fn n058_n061_to_n065_a_weak_table_packet_finds_what_others_keep() {
    let _turn = turn();
    client(|| {
        let server = server(&[WEAK]);
        let (one, two) =
            (server.packets[0].unmarshal().unwrap(), server.packets[0].unmarshal().unwrap());
        assert_eq!(server.packets[0].release_data(), S_OK);
        let three = server.packets[0].unmarshal().unwrap();
        drop((one, two));
        assert_eq!(thread_of(&three), Ok(server.tid), "a proxy keeps it");
        drop(three);
        assert_eq!(alive(), 0);
        assert_eq!(server.packets[0].unmarshal().unwrap_err(), CO_E_OBJNOTREG);
    });
    client(|| {
        let server = server(&[WEAK, NORMAL]);
        assert_eq!(server.packets[1].release_data(), S_OK);
        assert_eq!(alive(), 0, "the last strong holder frees it");
        assert_eq!(server.packets[0].unmarshal().unwrap_err(), CO_E_OBJNOTREG);
    });
    client(|| {
        let server = server(&[WEAK, WEAK]);
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!(alive(), 1, "the other packet still finds it");
        assert_eq!(server.packets[1].release_data(), S_OK);
        assert_eq!(alive(), 0);
    });
    client(|| {
        let server = server(&[WEAK]);
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!(alive(), 0, "63: without a proxy");
        assert_eq!(server.packets[0].unmarshal().unwrap_err(), CO_E_OBJNOTREG);
    });
}

#[test]
fn n059_n066_a_strong_table_packet_keeps_the_object() {
    let _turn = turn();
    client(|| {
        let server = server(&[STRONG]);
        for _ in 0..2 {
            let tell = server.packets[0].unmarshal().unwrap();
            assert_eq!(thread_of(&tell), Ok(server.tid));
        }
        assert_eq!(alive(), 1, "also without proxies");
        assert_eq!(server.packets[0].release_data(), S_OK);
        assert_eq!(alive(), 0);
    });
}

#[test]
fn n067_a_dead_apartment_leaves_harmless_proxies() {
    let _turn = turn();
    client(|| {
        let mut server = server(&[NORMAL, NORMAL, STRONG]);
        let tell = server.packets[0].unmarshal().unwrap();
        server.stop();
        assert_eq!(alive(), 0, "its objects went with it");
        assert!(matches!(thread_of(&tell), Err(RPC_E_DISCONNECTED)));
        drop(tell);
        assert_eq!(server.packets[1].unmarshal().unwrap_err(), CO_E_OBJNOTCONNECTED);
        assert_eq!(server.packets[2].unmarshal().unwrap_err(), CO_E_OBJNOTREG);
        assert_eq!(server.packets[2].release_data(), S_OK);
    });
}

#[test]
fn n072_n073_n074_n076_wrong_arguments_and_the_packets_form() {
    let _turn = turn();
    client(|| {
        let object = Tell::object();
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        let mut bytes = [0u8; PACKET_BYTES];
        let mut raw: *mut c_void = null_mut();
        // SAFETY: live interfaces, writable places; null is what is refused.
        unsafe {
            let stream = packet.0.as_raw();
            assert_eq!(packet.0.Read(bytes.as_mut_ptr().cast(), 68, null_mut()), S_OK);
            assert_eq!(packet.0.Seek(0, STREAM_SEEK_END, null_mut()), S_OK);
            assert_eq!(CoReleaseMarshalData(stream), STG_E_READFAULT);
            assert_eq!(CoUnmarshalInterface(stream, &ITell::IID, &mut raw), STG_E_READFAULT);
            assert_eq!(CoUnmarshalInterface(null_mut(), &ITell::IID, &mut raw), E_INVALIDARG);
            assert_eq!(CoUnmarshalInterface(stream, core::ptr::null(), &mut raw), E_INVALIDARG);
            assert_eq!(CoUnmarshalInterface(stream, &ITell::IID, null_mut()), E_INVALIDARG);
            let (iid, null) = (&ITell::IID, null_mut());
            assert_eq!(CoMarshalInterface(null, iid, object.as_raw(), 3, null, 0), E_INVALIDARG);
            assert_eq!(CoMarshalInterface(stream, iid, null, 3, null, 0), E_INVALIDARG);
            assert_eq!(CoMarshalInterface(stream, iid, object.as_raw(), 3, null, 9), E_INVALIDARG);
            // The null identifier means the packet's own.
            packet.rewind();
            assert_eq!(CoUnmarshalInterface(stream, &GUID::default(), &mut raw), S_OK);
            assert_eq!(ITell::from_raw(raw).as_raw(), object.as_raw());
        }
        assert_eq!(&bytes[..8], b"MEOW\x01\0\0\0");
        assert_eq!(bytes[8..12], ITell::IID.data1.to_le_bytes());
        assert_eq!(bytes[24..32], [0, 0, 0, 0, 5, 0, 0, 0], "no flags, five references");
        assert_eq!(bytes[64..], [0; 4], "no bindings");
        let nonsense = Carried(memory_stream().unwrap());
        // SAFETY: readable bytes.
        unsafe { nonsense.0.Write([7u8; 80].as_ptr().cast(), 80, null_mut()) }.unwrap();
        assert_eq!(nonsense.unmarshal().unwrap_err(), RPC_E_INVALID_OBJREF);
    });
    let outside = security::spawner::spawn("outside", 256 << 10, || {
        let mut raw = null_mut();
        let stream = memory_stream().unwrap();
        // SAFETY: a live stream and a writable place.
        unsafe { CoUnmarshalInterface(stream.as_raw(), &ITell::IID, &mut raw) }
    });
    assert_eq!(outside.unwrap().join().unwrap(), CO_E_NOTINITIALIZED);
}

#[test]
fn n075_a_result_code_survives_the_stream() {
    let stream = memory_stream().unwrap();
    // SAFETY: a live stream and writable places.
    unsafe {
        for code in [S_OK, E_FAIL, HRESULT(0x8123_4567_u32 as i32)] {
            assert_eq!(stream.Seek(0, STREAM_SEEK_SET, null_mut()), S_OK);
            assert_eq!(CoMarshalHresult(stream.as_raw(), code), S_OK);
            assert_eq!(stream.Seek(0, STREAM_SEEK_SET, null_mut()), S_OK);
            let mut read = HRESULT(1);
            assert_eq!(CoUnmarshalHresult(stream.as_raw(), &mut read), S_OK);
            assert_eq!(read, code);
        }
    }
}

/// The lecture's typical scenario, step by step.
#[test]
fn n054_an_apartment_thread_puts_its_object_in_a_stream_and_signals() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        let (signal, created) = channel::<(Carried, i32)>();
        let (quit, until) = channel::<std::sync::Arc<crate::apartment::Apartment>>();
        let apartment = security::spawner::spawn("apartment", 256 << 10, move || {
            let _sta = Apartment::single_threaded().unwrap();
            let object = Tell::object();
            let mut stream = null_mut();
            // SAFETY: a live interface and a writable place.
            let code = unsafe {
                let object = object.as_raw();
                CoMarshalInterThreadInterfaceInStream(&ITell::IID, object, &mut stream)
            };
            assert_eq!(code, S_OK);
            // SAFETY: the answer is a stream with a reference.
            let stream = Carried(unsafe { IStream::from_raw(stream) });
            quit.send(crate::apartment::current().unwrap()).unwrap();
            signal.send((stream, tid())).unwrap();
            drop(object);
            crate::apartment::serve();
        })
        .unwrap();
        let home = until.recv().unwrap();
        let (stream, thread) = created.recv().unwrap();
        let mut raw = null_mut();
        // SAFETY: the stream's reference goes with the call; a writable place.
        let code =
            unsafe { CoGetInterfaceAndReleaseStream(stream.0.into_raw(), &ITell::IID, &mut raw) };
        assert_eq!(code, S_OK);
        // SAFETY: the answer is that interface with a reference.
        let tell = unsafe { ITell::from_raw(raw) };
        assert_eq!(thread_of(&tell), Ok(thread));
        assert_ne!(thread, tid());
        drop(tell);
        assert_eq!(alive(), 0);
        for call in home.queue().close() {
            call.withdraw();
        }
        apartment.join().unwrap();
    });
}

const MISSING: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00dead);

fn table() -> Result<IGlobalInterfaceTable, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: readable identifiers and a writable place; an answer has a
    // reference.
    unsafe {
        let (class, iid) = (&CLSID_STD_GLOBAL_INTERFACE_TABLE, &IGlobalInterfaceTable::IID);
        let code = crate::ffi::activation::CoCreateInstance(class, null_mut(), 1, iid, &mut raw);
        if code == S_OK { Ok(IGlobalInterfaceTable::from_raw(raw)) } else { Err(code) }
    }
}

fn get<I: Interface>(table: &IGlobalInterfaceTable, cookie: u32) -> Result<I, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: a readable identifier and a writable place; an answer has a
    // reference.
    unsafe {
        let code = table.GetInterfaceFromGlobal(cookie, &I::IID, &mut raw);
        if code == S_OK { Ok(I::from_raw(raw)) } else { Err(code) }
    }
}

fn enter(table: &IGlobalInterfaceTable, object: &IUnknown, iid: &GUID) -> Result<u32, HRESULT> {
    let mut cookie = 99;
    // SAFETY: a live interface, a readable identifier, a writable place.
    let code = unsafe { table.RegisterInterfaceInGlobal(object.as_raw(), iid, &mut cookie) };
    assert_eq!(cookie == 0, code != S_OK);
    if code == S_OK { Ok(cookie) } else { Err(code) }
}

#[test]
fn n117_to_n119_the_global_table_is_one_and_keeps_what_is_in_it() {
    let _turn = turn();
    let outside = security::spawner::spawn("outside", 256 << 10, || table().map(drop)).unwrap();
    assert_eq!(outside.join().unwrap(), Err(CO_E_NOTINITIALIZED));
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        let (one, other) = (table().unwrap(), table().unwrap());
        assert_eq!(one.as_raw(), other.as_raw());
        let mut factory = null_mut();
        // SAFETY: a readable identifier and a writable place.
        let code = unsafe { class_object(&IGlobalInterfaceTable::IID, &mut factory) };
        assert_eq!(
            (code, factory.is_null()),
            (E_NOINTERFACE, true),
            "the factory is not the table"
        );
        // SAFETY: as above; the answer has a reference.
        unsafe {
            assert_eq!(class_object(&IClassFactory::IID, &mut factory), S_OK);
            drop(IClassFactory::from_raw(factory));
        }
        // SAFETY: a live interface whose count does not move.
        let counts = unsafe {
            let vtable = &one.vtable().base__;
            [(vtable.AddRef)(one.as_raw()), (vtable.Release)(one.as_raw())]
        };
        assert_eq!(counts, [1, 1]);
        let (told, cookies) = channel();
        let (end, ended) = channel::<()>();
        let owner = security::spawner::spawn("owner", 256 << 10, move || {
            let _sta = Apartment::single_threaded().unwrap();
            let object: IUnknown = Tell::object().cast().unwrap();
            let table = table().unwrap();
            assert_eq!(enter(&table, &object, &MISSING), Err(E_NOINTERFACE));
            let cookie = enter(&table, &object, &ITell::IID).unwrap();
            let left = enter(&table, &object, &ITell::IID).unwrap();
            assert_ne!(cookie, left, "every entry has a number of its own");
            let home: IUnknown = get(&table, cookie).unwrap();
            assert_eq!(home.as_raw(), object.as_raw(), "at home it is the object's own");
            drop((home, object));
            assert_eq!(alive(), 1, "the table keeps it");
            told.send((cookie, left, tid(), crate::apartment::current().unwrap())).unwrap();
            crate::apartment::serve_until(|| ended.try_recv().is_ok());
        })
        .unwrap();
        let (cookie, left, thread, home) = cookies.recv().unwrap();
        assert_eq!(get::<IUnknown>(&one, cookie).unwrap().cast::<ITell>().map(drop), Ok(()));
        let tell: ITell = get(&one, cookie).unwrap();
        assert_eq!(thread_of(&tell), Ok(thread));
        // SAFETY: no pointers.
        let revoke = |cookie| unsafe { one.RevokeInterfaceFromGlobal(cookie) };
        assert_eq!(revoke(cookie), S_OK);
        assert_eq!(revoke(cookie), E_INVALIDARG);
        assert_eq!(get::<ITell>(&one, cookie).map(drop), Err(E_INVALIDARG));
        drop(tell);
        assert_eq!(alive(), 1, "the second entry keeps it");
        end.send(()).unwrap();
        home.wake();
        owner.join().unwrap();
        assert_eq!(alive(), 0, "its apartment has ended");
        assert_eq!(get::<ITell>(&one, left).map(drop), Err(CO_E_OBJNOTCONNECTED));
        assert_eq!(revoke(left), S_OK, "also what is dead may be revoked");
    });
}
