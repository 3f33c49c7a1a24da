//! Objects that take part in their own way between apartments, handlers, and the
//! standard marshaler as an object. Through the exported functions; the numbers
//! are those of the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use com_abi::codes::{
    CO_E_NOT_SUPPORTED, CO_E_NOTINITIALIZED, CO_E_OBJNOTCONNECTED, E_INVALIDARG, E_NOINTERFACE,
    RPC_E_DISCONNECTED, S_OK,
};
use com_abi::marshal::{
    CLSID_STD_MARSHAL, IMarshal, IMarshal_Impl, IMultiQI, INoMarshal, INoMarshal_Impl,
    IStdMarshalInfo, IStdMarshalInfo_Impl, MSHCTX_INPROC, SMEXF_HANDLER, SMEXF_SERVER,
};
use com_abi::stream::{IStream, STREAM_SEEK_CUR};
use com_abi::{
    Controlling, CreatableClass, GUID, HRESULT, IUnknown, Interface, class, interface,
    new_interface,
};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::class::register_builtin;
use crate::ffi::connections::CoDisconnectObject;
use crate::ffi::marshal::{
    CoGetMarshalSizeMax, CoGetStandardMarshal, CoGetStdMarshalEx, CoMarshalInterface,
};
use crate::fixture_tests::*;
use crate::marshal::{CUSTOM_HEADER_BYTES, PACKET_BYTES};
use crate::stream::memory_stream;
use crate::tests::turn;

fn standard_marshal(object: Option<&IUnknown>) -> Result<IMarshal, HRESULT> {
    let mut raw = null_mut();
    let object = object.map_or(null_mut(), Interface::as_raw);
    // SAFETY: a live interface or null, a readable identifier, a writable place;
    // an answer has a reference.
    unsafe {
        let null = null_mut();
        let code = CoGetStandardMarshal(&ITell::IID, object, MSHCTX_INPROC, null, NORMAL, &mut raw);
        if code == S_OK { Ok(IMarshal::from_raw(raw)) } else { Err(code) }
    }
}

fn bytes_of(stream: &Carried) -> Vec<u8> {
    let mut bytes = vec![0u8; 200];
    let mut read = 0;
    stream.rewind();
    // SAFETY: that many writable bytes and a writable place.
    let code = unsafe { stream.0.Read(bytes.as_mut_ptr().cast(), 200, &mut read) };
    assert!(code.is_ok());
    stream.rewind();
    bytes.truncate(read as usize);
    bytes
}

#[test]
fn n077_the_standard_marshaler_is_an_object() {
    let _turn = turn();
    let outside = thread(|| standard_marshal(None).map(drop));
    assert_eq!(outside.join().unwrap(), Err(CO_E_NOTINITIALIZED));
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        let object: IUnknown = Tell::object().cast().unwrap();
        let marshal = standard_marshal(Some(&object)).unwrap();
        let by_hand = Carried(memory_stream().unwrap());
        let (mut clsid, mut size, null) = (GUID::default(), 0, null_mut());
        // SAFETY: live interfaces, readable identifiers, writable places.
        unsafe {
            let (iid, raw, to) = (&ITell::IID, object.as_raw(), by_hand.0.as_raw());
            let code = marshal.GetUnmarshalClass(iid, raw, MSHCTX_INPROC, null, 0, &mut clsid);
            assert_eq!((code, clsid), (S_OK, CLSID_STD_MARSHAL));
            let code = marshal.GetMarshalSizeMax(iid, raw, MSHCTX_INPROC, null, 0, &mut size);
            assert_eq!((code, size as usize), (S_OK, PACKET_BYTES));
            assert_eq!(marshal.MarshalInterface(to, iid, raw, MSHCTX_INPROC, null, 0), S_OK);
        }
        let by_function = Carried::marshal(&object, NORMAL).unwrap();
        let (one, other) = (bytes_of(&by_hand), bytes_of(&by_function));
        // The packets' own numbers differ.
        assert_eq!((&one[..48], &one[56..]), (&other[..48], &other[56..]), "the same packet");
        by_hand.rewind();
        let mut raw = null_mut();
        // SAFETY: live interfaces, readable identifiers, writable places; what is
        // answered has a reference.
        unsafe {
            let reader = standard_marshal(None).unwrap();
            let to = by_hand.0.as_raw();
            assert_eq!(reader.UnmarshalInterface(to, &ITell::IID, &mut raw), S_OK);
            assert_eq!(ITell::from_raw(raw).cast::<IUnknown>().unwrap(), object);
            assert_eq!(reader.ReleaseMarshalData(by_function.0.as_raw()), S_OK);
        }
        assert_eq!(by_function.unmarshal().unwrap_err(), CO_E_OBJNOTCONNECTED);
        let packet = Carried::marshal(&object, STRONG).unwrap();
        // SAFETY: a live interface.
        assert_eq!(unsafe { marshal.DisconnectObject(0) }, S_OK);
        assert!(packet.unmarshal().is_err());
        assert_eq!(packet.release_data(), S_OK);
    });
}

/// What its marshaler was asked, in order.
static ASKED: Mutex<Vec<&str>> = Mutex::new(Vec::new());

pub fn asked() -> Vec<&'static str> {
    std::mem::take(&mut ASKED.lock().unwrap())
}

fn note(what: &'static str) {
    ASKED.lock().unwrap().push(what);
}

pub const OWN: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00d031);
const OWN_BYTES: &[u8; 5] = b"parts";

/// An object whose packets are read by its own class: what comes out tells of
/// the thread that it was read on.
#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D031",
    progid = "Test.Own",
    name = "Own",
    threading = "Both",
    create = Own::reader,
    interfaces(ITell, IMarshal)
)]
pub struct Own {
    pub class: GUID,
    pub made_on: i32,
}

impl Own {
    fn reader(_: Controlling) -> Result<Self, HRESULT> {
        Ok(Self { class: OWN, made_on: tid() })
    }
}

impl ITell_Impl for Own {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(self.made_on) };
        S_OK
    }
}

impl IMarshal_Impl for Own {
    unsafe fn GetUnmarshalClass(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        clsid: *mut GUID,
    ) -> HRESULT {
        note("class");
        // SAFETY: the caller passes a writable place.
        unsafe { clsid.write(self.class) };
        S_OK
    }

    unsafe fn GetMarshalSizeMax(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        _destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        size: *mut u32,
    ) -> HRESULT {
        note("size");
        // SAFETY: the caller passes a writable place.
        unsafe { size.write(OWN_BYTES.len() as u32) };
        S_OK
    }

    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        note("marshal");
        // SAFETY: a live stream and object.
        unsafe {
            let to = IStream::from_raw_borrowed(&stream).unwrap();
            let mut at = 0;
            assert_eq!(to.Seek(0, STREAM_SEEK_CUR, &mut at), S_OK);
            if self.class != CLSID_STD_MARSHAL {
                assert_eq!(at as usize, CUSTOM_HEADER_BYTES);
                return to.Write(OWN_BYTES.as_ptr().cast(), 5, null_mut());
            }
            assert_eq!(at, 0, "79: the stream is still empty");
            let standard = standard_marshal(IUnknown::from_raw_borrowed(&object)).unwrap();
            standard.MarshalInterface(stream, iid, object, destination, reserved, flags)
        }
    }

    unsafe fn UnmarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        note("unmarshal");
        let mut bytes = [0u8; 5];
        // SAFETY: a live stream; what the caller passes.
        unsafe {
            let from = IStream::from_raw_borrowed(&stream).unwrap();
            assert_eq!(from.Read(bytes.as_mut_ptr().cast(), 5, null_mut()), S_OK);
            assert_eq!(&bytes, OWN_BYTES);
            let made: IUnknown = new_interface(Self { class: OWN, made_on: tid() }).unwrap();
            made.query(iid, object)
        }
    }

    unsafe fn ReleaseMarshalData(&self, _stream: *mut c_void) -> HRESULT {
        note("release");
        S_OK
    }

    unsafe fn DisconnectObject(&self, _reserved: u32) -> HRESULT {
        S_OK
    }
}

fn size_of_packet(object: &ITell) -> u32 {
    let mut size = 0;
    // SAFETY: live interfaces, a readable identifier, a writable place.
    let code = unsafe {
        let raw = object.as_raw();
        CoGetMarshalSizeMax(&mut size, &ITell::IID, raw, MSHCTX_INPROC, null_mut(), NORMAL)
    };
    assert_eq!(code, S_OK);
    size
}

#[test]
fn n078_an_object_marshals_itself() {
    let _turn = turn();
    client(|| {
        register_builtin::<Own>();
        asked();
        let object: ITell = new_interface(Own { class: OWN, made_on: 7 }).unwrap();
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        assert_eq!(asked(), ["class", "size", "marshal"]);
        let bytes = bytes_of(&packet);
        assert_eq!(&bytes[..8], b"MEOW\x04\0\0\0");
        assert_eq!(bytes[24..28], OWN.data1.to_le_bytes());
        assert_eq!(bytes[40..48], [0, 0, 0, 0, 5, 0, 0, 0], "no extension, five bytes");
        assert_eq!(&bytes[48..], OWN_BYTES);
        assert_eq!(size_of_packet(&object), 5 + 48);
        asked();
        let read = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let copy: ITell = packet.unmarshal_as().unwrap();
            assert_eq!(asked(), ["unmarshal"]);
            let answer = (thread_of(&copy), Ok(tid()));
            // Another interface than the packet's.
            assert!(packet.unmarshal_as::<IMarshal>().is_ok());
            assert_eq!(packet.unmarshal_as::<IOther>().unwrap_err(), E_NOINTERFACE);
            asked();
            assert_eq!(packet.release_data(), S_OK);
            assert_eq!(asked(), ["release"]);
            answer
        });
        let (told, expected) = read.join().unwrap();
        assert_eq!(told, expected, "an object of the apartment that reads");
    });
}

#[test]
fn n079_an_object_may_leave_it_to_the_standard_marshaler() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        asked();
        let own = Own { class: CLSID_STD_MARSHAL, made_on: 7 };
        let object: ITell = new_interface(own).unwrap();
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        assert_eq!(asked(), ["class", "marshal"], "the size is not asked for");
        assert_eq!(bytes_of(&packet).len(), PACKET_BYTES, "no header is added");
        assert_eq!(packet.unmarshal().unwrap().as_raw(), object.as_raw());
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        let read = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            thread_of(&packet.unmarshal().unwrap())
        });
        assert_eq!(read.join().unwrap(), Ok(7), "a proxy elsewhere");
        assert_eq!(size_of_packet(&object), 5, "its own figure, without a header");
        asked();
    });
}

#[class(interfaces(ITell, INoMarshal))]
struct Stays;

impl ITell_Impl for Stays {
    unsafe fn Thread(&self, _tid: *mut i32) -> HRESULT {
        S_OK
    }
}

impl INoMarshal_Impl for Stays {}

#[test]
fn an_object_that_must_not_be_marshaled_is_not() {
    let _turn = turn();
    client(|| {
        let object: ITell = new_interface(Stays).unwrap();
        assert_eq!(Carried::marshal(&object, NORMAL).map(drop), Err(CO_E_NOT_SUPPORTED));
    });
}

/// What a handler answers at its client.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D032")]
unsafe trait INear: IUnknown {
    unsafe fn Near(&self, tid: *mut i32) -> HRESULT;
}

static HANDLERS: AtomicUsize = AtomicUsize::new(0);

fn std_marshal_ex(outer: *mut c_void, flags: u32) -> Result<IUnknown, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: null or a live interface that outlives the answer; a writable place.
    unsafe {
        let code = CoGetStdMarshalEx(outer, flags, &mut raw);
        if code == S_OK { Ok(IUnknown::from_raw(raw)) } else { Err(code) }
    }
}

#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D033",
    progid = "Test.Handler",
    name = "Handler",
    threading = "Both",
    create = Handler::make,
    interfaces(INear),
    aggregates(inner)
)]
struct Handler {
    inner: IUnknown,
}

impl Handler {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        let inner = std_marshal_ex(controlling.as_raw(), SMEXF_HANDLER)?;
        HANDLERS.fetch_add(1, Ordering::SeqCst);
        Ok(Self { inner })
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        HANDLERS.fetch_sub(1, Ordering::SeqCst);
    }
}

impl INear_Impl for Handler {
    unsafe fn Near(&self, out: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid()) };
        S_OK
    }
}

/// An object with a handler.
#[class(interfaces(ITell, IStdMarshalInfo))]
struct Handled {
    tell: Arc<Tell>,
}

impl ITell_Impl for Handled {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { self.tell.Thread(out) }
    }
}

impl IStdMarshalInfo_Impl for Handled {
    unsafe fn GetClassForHandler(
        &self,
        destination: u32,
        _reserved: *mut c_void,
        clsid: *mut GUID,
    ) -> HRESULT {
        assert_eq!(destination, MSHCTX_INPROC);
        // SAFETY: the caller passes a writable place.
        unsafe { clsid.write(Handler::REGISTRATION.clsid) };
        S_OK
    }
}

fn near(pointer: &INear) -> i32 {
    let mut answer = 0;
    // SAFETY: a writable place.
    assert_eq!(unsafe { pointer.Near(&mut answer) }, S_OK);
    answer
}

#[test]
fn n080_a_handler_answers_at_its_client() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        register_builtin::<Handler>();
        let tell = Arc::new(Tell::counted());
        let object: ITell = new_interface(Handled { tell: Arc::clone(&tell) }).unwrap();
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        let bytes = bytes_of(&packet);
        assert_eq!((&bytes[..8], bytes.len()), (&b"MEOW\x02\0\0\0"[..], PACKET_BYTES + 16));
        assert_eq!(bytes[64..68], Handler::REGISTRATION.clsid.data1.to_le_bytes());
        assert_eq!(size_of_packet(&object) as usize, bytes.len());
        let used = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let proxy: ITell = packet.unmarshal().unwrap();
            assert_eq!(HANDLERS.load(Ordering::SeqCst), 1);
            let pointer: INear = proxy.cast().unwrap();
            assert_eq!(near(&pointer), tid(), "answered here");
            assert_ne!(thread_of(&proxy), Ok(tid()), "answered by the object");
            let (one, two): (IUnknown, IUnknown) = (proxy.cast().unwrap(), pointer.cast().unwrap());
            assert_eq!(one.as_raw(), two.as_raw(), "one object");
            assert!(pointer.cast::<ITell>().is_ok() && pointer.cast::<IMultiQI>().is_ok());
            assert_eq!(pointer.cast::<IOther>().unwrap_err().code(), E_NOINTERFACE);
            // Passed on, from a pointer of the handler's.
            let again = Carried::marshal(&pointer, NORMAL).unwrap();
            let other = thread(move || {
                let _sta = Apartment::single_threaded().unwrap();
                let proxy = again.unmarshal_as::<IUnknown>().unwrap();
                assert_eq!(HANDLERS.load(Ordering::SeqCst), 2);
                near(&proxy.cast().unwrap()) == tid()
            });
            assert!(other.join().unwrap());
            assert_eq!(HANDLERS.load(Ordering::SeqCst), 1);
            drop((proxy, one, two));
            assert_eq!(HANDLERS.load(Ordering::SeqCst), 1, "held by its own pointer");
            drop(pointer);
            assert_eq!(HANDLERS.load(Ordering::SeqCst), 0, "all released with the proxy");
        });
        used.join().unwrap();
        assert_eq!(crate::apartment::current().unwrap().exported_objects(), 0);
        assert_eq!(Arc::strong_count(&tell), 2, "the object is the test's again");
        drop(object);
        assert_eq!(std_marshal_ex(null_mut(), SMEXF_HANDLER).map(drop), Err(E_INVALIDARG));
        let stranger = Tell::object();
        let refused = std_marshal_ex(stranger.as_raw(), SMEXF_HANDLER);
        assert_eq!(refused.map(drop), Err(CO_E_OBJNOTCONNECTED), "no proxy's");
        assert_eq!(std_marshal_ex(stranger.as_raw(), 9).map(drop), Err(E_INVALIDARG));
    });
}

/// An object that aggregates the standard marshaler.
#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D034",
    progid = "Test.Aggregating",
    name = "Aggregating",
    threading = "Both",
    create = Aggregating::make,
    interfaces(ITell),
    aggregates(marshaler)
)]
struct Aggregating {
    marshaler: IUnknown,
}

impl Aggregating {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        let marshaler = std_marshal_ex(controlling.as_raw(), SMEXF_SERVER)?;
        Ok(Self { marshaler })
    }
}

impl ITell_Impl for Aggregating {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(tid()) };
        S_OK
    }
}

#[test]
fn an_object_may_aggregate_the_standard_marshaler() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        // SAFETY: no outer object.
        let unknown = unsafe { com_abi::object::make(null_mut(), Aggregating::create) }.unwrap();
        let object: ITell = unknown.cast().unwrap();
        let marshal: IMarshal = object.cast().unwrap();
        assert_eq!(marshal.cast::<IUnknown>().unwrap().as_raw(), unknown.as_raw());
        let packet = Carried::marshal(&object, NORMAL).unwrap();
        let (found, kept) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let user = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let proxy = packet.unmarshal().unwrap();
            assert!(thread_of(&proxy).is_ok());
            found.send(()).unwrap();
            ended.recv().unwrap();
            thread_of(&proxy)
        });
        kept.recv().unwrap();
        // SAFETY: a live interface.
        assert_eq!(unsafe { CoDisconnectObject(object.as_raw(), 0) }, S_OK);
        end.send(()).unwrap();
        assert_eq!(user.join().unwrap(), Err(RPC_E_DISCONNECTED), "by its own marshaler");
    });
}

#[test]
fn other_destinations_get_the_same_packet() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        let object = Tell::object();
        for (destination, expected) in
            [(0, S_OK), (1, S_OK), (2, S_OK), (4, S_OK), (9, E_INVALIDARG)]
        {
            let stream = Carried(memory_stream().unwrap());
            // SAFETY: live interfaces and a readable identifier.
            let code = unsafe {
                let (to, raw, null) = (stream.0.as_raw(), object.as_raw(), null_mut());
                CoMarshalInterface(to, &ITell::IID, raw, destination, null, NORMAL | 4)
            };
            assert_eq!(code, expected, "{destination}");
            if code == S_OK {
                assert_eq!(bytes_of(&stream)[24..28], [0, 0x10, 0, 0], "not pinged");
                assert_eq!(stream.unmarshal().unwrap().as_raw(), object.as_raw());
            }
        }
    });
}
