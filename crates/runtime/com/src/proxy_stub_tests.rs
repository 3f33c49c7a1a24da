//! Interfaces whose calls travel as bytes: a proxy/stub library in Rust, used by
//! hand and plugged into the runtime, and channel hooks. Through the exported
//! functions; the numbers are those of the list of documented behaviours.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use com_abi::codes::{
    CLASS_E_CLASSNOTAVAILABLE, CO_E_NOTINITIALIZED, E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_POINTER,
    REGDB_E_IIDNOTREG, RPC_E_DISCONNECTED, RPC_E_INVALIDMETHOD, S_FALSE, S_OK,
};
use com_abi::proxy_stub::{
    FACE_UNKNOWN, WireInterface, WireLibrary, call, proxy_stub_class_object,
};
use com_abi::rpc::{
    IChannelHook, IChannelHook_Impl, IPSFactoryBuffer, IPSFactoryBuffer_Impl, IRpcChannelBuffer,
    IRpcChannelBuffer_Impl, IRpcProxyBuffer, IRpcStubBuffer, RPCOLEMESSAGE, SChannelHookCallInfo,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::class::register_builtin_object;
use crate::ffi::proxy_stub::{CoGetPSClsid, CoRegisterChannelHook, CoRegisterPSClsid};
use crate::fixture_tests::{Carried, ITell, Tell, thread};
use crate::process;

/// The base of [`ISecond`]. Nobody describes it.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D021")]
pub unsafe trait IFirst: IUnknown {
    unsafe fn Twice(&self, number: i32, answer: *mut i32) -> HRESULT;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D022")]
pub unsafe trait ISecond: IFirst {
    /// The thread that answers, and the method's own result.
    unsafe fn Where(&self, fails: i32, thread: *mut i32) -> HRESULT;
}

const CLSID: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00d02f);

static FIRST: WireInterface = WireInterface {
    iid: IFirst::IID,
    base: None,
    methods: 4,
    proxy_vtable: (&raw const FIRST_VTABLE).cast(),
    invoke: invoke_first,
};
static SECOND: WireInterface = WireInterface {
    iid: ISecond::IID,
    base: Some(&FIRST),
    methods: 5,
    proxy_vtable: (&raw const SECOND_VTABLE).cast(),
    invoke: invoke_second,
};
static LIBRARY: WireLibrary = WireLibrary { clsid: CLSID, interfaces: &[&FIRST, &SECOND] };

static FIRST_VTABLE: IFirst_Vtbl = IFirst_Vtbl { base__: FACE_UNKNOWN, Twice: send_twice };
static SECOND_VTABLE: ISecond_Vtbl = ISecond_Vtbl {
    base__: IFirst_Vtbl { base__: FACE_UNKNOWN, Twice: send_twice },
    Where: send_where,
};

/// Packs a number, and unpacks the result and a number.
unsafe fn send(
    this: *mut c_void,
    iid: &GUID,
    method: u32,
    number: i32,
    answer: *mut i32,
) -> HRESULT {
    // SAFETY: an interface pointer of a proxy; a writable place.
    unsafe {
        match call(this, iid, method, &number.to_le_bytes()) {
            Ok(packed) => {
                let (code, number) = packed.split_at(4);
                answer.write(i32::from_le_bytes(number.try_into().unwrap()));
                HRESULT(i32::from_le_bytes(code.try_into().unwrap()))
            }
            Err(code) => code,
        }
    }
}

unsafe extern "system" fn send_twice(this: *mut c_void, number: i32, answer: *mut i32) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { send(this, &IFirst::IID, 3, number, answer) }
}

unsafe extern "system" fn send_where(this: *mut c_void, fails: i32, thread: *mut i32) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { send(this, &ISecond::IID, 4, fails, thread) }
}

fn unpack(request: &[u8]) -> Result<i32, HRESULT> {
    Ok(i32::from_le_bytes(request.try_into().map_err(|_| E_INVALIDARG)?))
}

fn pack(code: HRESULT, number: i32) -> Vec<u8> {
    [code.0.to_le_bytes(), number.to_le_bytes()].concat()
}

unsafe fn invoke_first(
    object: *mut c_void,
    method: u32,
    request: &[u8],
) -> Result<Vec<u8>, HRESULT> {
    assert_eq!(method, 3);
    let mut answer = 0;
    // SAFETY: the object's interface; a writable place.
    let code =
        unsafe { IFirst::from_raw_borrowed(&object).unwrap().Twice(unpack(request)?, &mut answer) };
    Ok(pack(code, answer))
}

unsafe fn invoke_second(
    object: *mut c_void,
    method: u32,
    request: &[u8],
) -> Result<Vec<u8>, HRESULT> {
    assert_eq!(method, 4);
    let mut answer = 0;
    // SAFETY: the object's interface; a writable place.
    let code = unsafe {
        ISecond::from_raw_borrowed(&object).unwrap().Where(unpack(request)?, &mut answer)
    };
    Ok(pack(code, answer))
}

static ALIVE: AtomicU32 = AtomicU32::new(0);

fn alive() -> u32 {
    ALIVE.load(Ordering::SeqCst)
}

pub type During = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

#[class(interfaces(ISecond))]
pub struct Both {
    /// What happens in the next call.
    during: During,
}

impl Both {
    pub fn object() -> (ISecond, During) {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        let during = During::default();
        (new_interface(Self { during: Arc::clone(&during) }).unwrap(), during)
    }
}

impl Drop for Both {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IFirst_Impl for Both {
    unsafe fn Twice(&self, number: i32, answer: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { answer.write(number * 2) };
        S_OK
    }
}

impl ISecond_Impl for Both {
    unsafe fn Where(&self, fails: i32, thread: *mut i32) -> HRESULT {
        let during = self.during.lock().unwrap().take();
        if let Some(during) = during {
            during();
        }
        // SAFETY: the caller passes a writable place.
        unsafe { thread.write(tid()) };
        if fails != 0 { S_FALSE } else { S_OK }
    }
}

unsafe fn class_object(iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe { proxy_stub_class_object(&LIBRARY, &CLSID, iid, object) }
}

/// Plugs the library in, for both interfaces.
fn register() {
    register_builtin_object(CLSID, class_object);
    for iid in [IFirst::IID, ISecond::IID] {
        // SAFETY: readable identifiers.
        assert_eq!(unsafe { CoRegisterPSClsid(&iid, &CLSID) }, S_OK);
    }
}

fn clsid_of(iid: &GUID) -> Result<GUID, HRESULT> {
    let mut clsid = CLSID;
    // SAFETY: a readable identifier and a writable place.
    let code = unsafe { CoGetPSClsid(iid, &mut clsid) };
    if code == S_OK { Ok(clsid) } else { Err(code) }
}

pub fn marshal(object: &IUnknown, iid: &GUID) -> Result<Carried, HRESULT> {
    let stream = Carried(crate::stream::memory_stream().unwrap());
    // SAFETY: live interfaces and a readable identifier.
    let code = unsafe {
        let (to, object) = (stream.0.as_raw(), object.as_raw());
        crate::ffi::marshal::CoMarshalInterface(to, iid, object, 3, null_mut(), 0)
    };
    if code == S_OK { Ok(stream) } else { Err(code) }
}

pub fn factory() -> IPSFactoryBuffer {
    let mut raw = null_mut();
    // SAFETY: a readable identifier and a writable place; an answer has a
    // reference.
    unsafe {
        assert_eq!(class_object(&IPSFactoryBuffer::IID, &mut raw), S_OK);
        IPSFactoryBuffer::from_raw(raw)
    }
}

fn count(pointer: &IUnknown) -> u32 {
    // SAFETY: a live interface; the reference is given back at once.
    unsafe {
        (pointer.vtable().AddRef)(pointer.as_raw());
        (pointer.vtable().Release)(pointer.as_raw())
    }
}

/// A factory whose stubs cannot be made.
#[class(interfaces(IPSFactoryBuffer))]
struct NoStubs;

impl IPSFactoryBuffer_Impl for NoStubs {
    unsafe fn CreateProxy(
        &self,
        _outer: *mut c_void,
        _iid: *const GUID,
        _proxy: *mut *mut c_void,
        _interface: *mut *mut c_void,
    ) -> HRESULT {
        E_FAIL
    }

    unsafe fn CreateStub(
        &self,
        _iid: *const GUID,
        _server: *mut c_void,
        _stub: *mut *mut c_void,
    ) -> HRESULT {
        HRESULT(0x8123_4567_u32 as i32)
    }
}

unsafe fn no_stubs(iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
    let factory: IUnknown = new_interface(NoStubs).unwrap();
    // SAFETY: forwarded from the caller.
    unsafe { factory.query(iid, object) }
}

const OTHER: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00d0ff);

alone! {
    fn n031_the_class_of_an_interface_is_looked_up() {
        assert_eq!(clsid_of(&IFirst::IID), Err(CO_E_NOTINITIALIZED));
        // SAFETY: null is what is refused.
        unsafe {
            assert_eq!(CoRegisterPSClsid(&OTHER, &OTHER), CO_E_NOTINITIALIZED);
            assert_eq!(CoGetPSClsid(core::ptr::null(), null_mut()), E_INVALIDARG);
            assert_eq!(CoGetPSClsid(&OTHER, null_mut()), E_INVALIDARG);
            assert_eq!(CoRegisterPSClsid(&OTHER, core::ptr::null()), E_INVALIDARG);
        }
        let _mta = Apartment::multithreaded().unwrap();
        assert_eq!(clsid_of(&IFirst::IID), Err(REGDB_E_IIDNOTREG));
        let key = "HKEY_CLASSES_ROOT\\Interface\\{5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D021}";
        let set = process::registry().unwrap().change(|change| {
            change.set(&format!("{key}\\ProxyStubClsid32"), "", "{5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D02F}")
        });
        set.unwrap();
        assert_eq!(clsid_of(&IFirst::IID), Ok(CLSID), "in the registry");
        // SAFETY: readable identifiers.
        assert_eq!(unsafe { CoRegisterPSClsid(&IFirst::IID, &OTHER) }, S_OK);
        assert_eq!(clsid_of(&IFirst::IID), Ok(OTHER), "at run time comes first");
    }

    fn n032_a_class_registered_at_run_time_is_everybodys_until_com_is_left() {
        let first = Apartment::multithreaded().unwrap();
        let registered = thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            register();
            clsid_of(&IFirst::IID)
        });
        assert_eq!(registered.join().unwrap(), Ok(CLSID));
        let other = thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            clsid_of(&IFirst::IID)
        });
        assert_eq!(other.join().unwrap(), Ok(CLSID), "though its apartment is gone");
        let (object, _) = Both::object();
        let packet = marshal(&object, &IFirst::IID).unwrap();
        let used = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let first: IFirst = packet.unmarshal_as().unwrap();
            let mut answer = 0;
            // SAFETY: a writable place.
            (unsafe { first.Twice(21, &mut answer) }, answer)
        });
        assert_eq!(used.join().unwrap(), (S_OK, 42));
        drop(object);
        drop(first);
        let _again = Apartment::multithreaded().unwrap();
        assert_eq!(clsid_of(&IFirst::IID), Err(REGDB_E_IIDNOTREG));
    }

    fn n033_n049_an_interface_that_nobody_knows_is_not_marshaled() {
        let _mta = Apartment::multithreaded().unwrap();
        let (object, _) = Both::object();
        assert_eq!(marshal(&object, &IFirst::IID).map(drop), Err(E_NOINTERFACE));
        assert_eq!(marshal(&object, &IUnknown::IID).map(drop), Ok(()));
        assert_eq!(marshal(&object, &OTHER).map(drop), Err(E_NOINTERFACE));
    }

    fn n034_what_create_stub_answers_comes_back() {
        let _mta = Apartment::multithreaded().unwrap();
        register_builtin_object(OTHER, no_stubs);
        // SAFETY: readable identifiers.
        assert_eq!(unsafe { CoRegisterPSClsid(&IFirst::IID, &OTHER) }, S_OK);
        let (object, _) = Both::object();
        let answer = marshal(&object, &IFirst::IID).map(drop);
        assert_eq!(answer, Err(HRESULT(0x8123_4567_u32 as i32)));
        drop(object);
        assert_eq!(alive(), 0, "nothing holds it");
    }

    fn n106_n113_a_registered_library_is_plugged_in() {
        let _mta = Apartment::multithreaded().unwrap();
        register();
        let (object, _) = Both::object();
        let here = Arc::new(AtomicU32::new(0));
        let packet = marshal(&object, &IUnknown::IID).unwrap();
        let home = tid();
        let seen = Arc::clone(&here);
        let client = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let unknown: IUnknown = packet.unmarshal_as().unwrap();
            let second: ISecond = unknown.cast().unwrap();
            let (mut answer, mut thread) = (0, 0);
            // SAFETY: writable places.
            unsafe {
                assert_eq!((second.Where(0, &mut thread), second.Where(1, &mut thread)), (S_OK, S_FALSE));
                assert_ne!(thread, tid(), "on a thread of the object's apartment");
                assert_eq!((second.Twice(4, &mut answer), answer), (S_OK, 8), "113: the base's");
            }
            let first: IFirst = second.cast().unwrap();
            assert_eq!(first.cast::<IUnknown>().unwrap().as_raw(), unknown.as_raw());
            // A proxy of a library is a proxy: it is passed on.
            let again = marshal(&second, &ISecond::IID).unwrap();
            let other = crate::fixture_tests::thread(move || {
                let _sta = Apartment::single_threaded().unwrap();
                let (second, mut answer): (ISecond, i32) = (again.unmarshal_as().unwrap(), 0);
                // SAFETY: a writable place.
                unsafe { second.Twice(5, &mut answer).unwrap() };
                answer
            });
            assert_eq!(other.join().unwrap(), 10);
            seen.store(alive(), Ordering::SeqCst);
        });
        drop(object);
        client.join().unwrap();
        assert_ne!(home, 0);
        assert_eq!((here.load(Ordering::SeqCst), alive()), (1, 0), "the last release lets it go");
    }

    fn n115_the_callee_may_release_the_pointer_that_it_is_called_through() {
        let _mta = Apartment::multithreaded().unwrap();
        register();
        let (object, during) = Both::object();
        let packet = marshal(&object, &ISecond::IID).unwrap();
        let client = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let second: ISecond = packet.unmarshal_as().unwrap();
            let raw = second.into_raw();
            let address = raw as usize;
            *during.lock().unwrap() = Some(Box::new(move || {
                let raw = address as *mut c_void;
                // SAFETY: the one reference to the pointer, which is not used
                // again but by the call that runs.
                assert_eq!(unsafe { (ISecond::from_raw_borrowed(&raw).unwrap().vtable().base__.base__.Release)(raw) }, 1);
            }));
            let mut thread = 0;
            // SAFETY: alive when the call begins; a writable place.
            let code = unsafe { ISecond::from_raw_borrowed(&raw).unwrap().Where(0, &mut thread) };
            (code, thread != 0)
        });
        assert_eq!(client.join().unwrap(), (S_OK, true), "the call returns all the same");
        drop(object);
        assert_eq!(alive(), 0);
    }

    fn n107_n108_a_hook_sees_the_call_and_its_data_travel() {
        let _mta = Apartment::multithreaded().unwrap();
        register();
        partywall::com::describe::<ITell>().unwrap();
        for hook in [Watch { id: OTHER, data: vec![1, 2, 3] }, Watch { id: CLSID, data: vec![] }] {
            let id = hook.id;
            let hook: IChannelHook = new_interface(hook).unwrap();
            // SAFETY: a readable identifier and a live hook.
            unsafe {
                assert_eq!(CoRegisterChannelHook(&id, hook.as_raw()), S_OK);
                assert_eq!(CoRegisterChannelHook(&id, null_mut()), E_INVALIDARG);
            }
        }
        let (object, _) = Both::object();
        let tell = Tell::object();
        let packets = [marshal(&object, &ISecond::IID).unwrap(), marshal(&tell, &ITell::IID).unwrap()];
        let client = thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let (second, tell): (ISecond, ITell) =
                (packets[0].unmarshal_as().unwrap(), packets[1].unmarshal_as().unwrap());
            let mut thread = 0;
            // SAFETY: a writable place.
            assert_eq!(unsafe { second.Where(0, &mut thread) }, S_OK);
            check_hooks(&ISecond::IID, 4, second.as_raw());
            // SAFETY: as above.
            assert_eq!(unsafe { tell.Thread(&mut thread) }, S_OK);
            check_hooks(&ITell::IID, 3, tell.as_raw());
        });
        client.join().unwrap();
    }
}

/// What a hook saw: the step, the data, and the call.
type Seen = (&'static str, GUID, Vec<u8>, SChannelHookCallInfo);

/// A call's information, from any thread.
struct Sight(Seen);
// SAFETY: the proxy's address is only compared.
unsafe impl Send for Sight {}

static SEEN: Mutex<Vec<Sight>> = Mutex::new(Vec::new());

/// Sends its data, and the same backwards.
#[class(interfaces(IChannelHook))]
struct Watch {
    id: GUID,
    data: Vec<u8>,
}

impl Watch {
    /// # Safety
    /// What the interface says.
    unsafe fn saw(&self, step: &'static str, about: *const GUID, size: u32, data: *mut c_void) {
        // SAFETY: forwarded from the caller.
        unsafe {
            let bytes = match data.is_null() {
                true => Vec::new(),
                false => core::slice::from_raw_parts(data.cast::<u8>(), size as usize).to_vec(),
            };
            if !data.is_null() {
                let padded = size.next_multiple_of(8) as usize;
                let whole = core::slice::from_raw_parts(data.cast::<u8>(), padded);
                assert!(whole.iter().skip(size as usize).all(|byte| *byte == 0), "padded to 8");
            }
            let info = (*about.cast::<SChannelHookCallInfo>()).clone();
            assert_eq!(info.cbSize as usize, size_of::<SChannelHookCallInfo>());
            SEEN.lock().unwrap().push(Sight((step, self.id, bytes, info)));
        }
    }
}

impl IChannelHook_Impl for Watch {
    unsafe fn ClientGetSize(&self, _extent: *const GUID, call: *const GUID, size: *mut u32) {
        // SAFETY: forwarded from the caller.
        unsafe {
            size.write(self.data.len() as u32);
            self.saw("size", call, 0, null_mut());
        }
    }

    unsafe fn ClientFillBuffer(
        &self,
        _extent: *const GUID,
        call: *const GUID,
        size: *mut u32,
        data: *mut c_void,
    ) {
        // SAFETY: forwarded from the caller.
        unsafe {
            assert_eq!(*size as usize, self.data.len());
            core::ptr::copy_nonoverlapping(self.data.as_ptr(), data.cast(), self.data.len());
            self.saw("fill", call, 0, null_mut());
        }
    }

    unsafe fn ClientNotify(
        &self,
        _extent: *const GUID,
        call: *const GUID,
        size: u32,
        data: *mut c_void,
        representation: u32,
        fault: HRESULT,
    ) {
        assert_eq!((representation, fault), (0x10, S_OK));
        // SAFETY: forwarded from the caller.
        unsafe { self.saw("answered", call, size, data) };
    }

    unsafe fn ServerNotify(
        &self,
        _extent: *const GUID,
        call: *const GUID,
        size: u32,
        data: *mut c_void,
        _representation: u32,
    ) {
        // SAFETY: forwarded from the caller.
        unsafe { self.saw("arrived", call, size, data) };
    }

    unsafe fn ServerGetSize(
        &self,
        _extent: *const GUID,
        call: *const GUID,
        _fault: HRESULT,
        size: *mut u32,
    ) {
        // SAFETY: forwarded from the caller.
        unsafe {
            size.write(self.data.len() as u32);
            self.saw("server size", call, 0, null_mut());
        }
    }

    unsafe fn ServerFillBuffer(
        &self,
        _extent: *const GUID,
        call: *const GUID,
        _size: *mut u32,
        data: *mut c_void,
        _fault: HRESULT,
    ) {
        let backwards: Vec<u8> = self.data.iter().rev().copied().collect();
        // SAFETY: forwarded from the caller.
        unsafe {
            core::ptr::copy_nonoverlapping(backwards.as_ptr(), data.cast(), backwards.len());
            self.saw("server fill", call, 0, null_mut());
        }
    }
}

fn check_hooks(iid: &GUID, method: u32, proxy: *mut c_void) {
    let seen = std::mem::take(&mut *SEEN.lock().unwrap());
    let steps = |id: GUID| -> Vec<(&str, Vec<u8>)> {
        let own = seen.iter().filter(|sight| sight.0.1 == id);
        own.map(|sight| (sight.0.0, sight.0.2.clone())).collect()
    };
    let none = Vec::new;
    assert_eq!(
        steps(OTHER),
        [
            ("size", none()),
            ("fill", none()),
            ("arrived", vec![1, 2, 3]),
            ("server size", none()),
            ("server fill", none()),
            ("answered", vec![3, 2, 1]),
        ]
    );
    let quiet =
        [("size", none()), ("arrived", none()), ("server size", none()), ("answered", none())];
    assert_eq!(steps(CLSID), quiet, "without data nothing is filled");
    let chain = seen[0].0.3.uCausality;
    assert_ne!(chain, GUID::default());
    for Sight((step, _, _, info)) in &seen {
        assert_eq!((info.iid, info.iMethod), (*iid, method));
        assert_eq!((info.uCausality, info.dwServerPid), (chain, std::process::id()));
        let object = if *step == "answered" { proxy } else { null_mut() };
        assert_eq!(info.pObject, object, "in {step}");
    }
}

/// A channel that answers by itself.
#[class(interfaces(IRpcChannelBuffer))]
struct Echo(Arc<AtomicBool>);

impl Drop for Echo {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl IRpcChannelBuffer_Impl for Echo {
    unsafe fn GetBuffer(&self, message: *mut RPCOLEMESSAGE, _iid: *const GUID) -> HRESULT {
        // SAFETY: a live message; memory that `FreeBuffer` frees.
        unsafe {
            (*message).Buffer = libc::calloc(1, 64);
        }
        S_OK
    }

    unsafe fn SendReceive(&self, message: *mut RPCOLEMESSAGE, _status: *mut u32) -> HRESULT {
        // SAFETY: a live message with 64 bytes: result 0, the number as it was.
        unsafe {
            let words = (*message).Buffer.cast::<i32>();
            words.add(1).write(words.read() + 1);
            words.write(0);
            (*message).cbBuffer = 8;
        }
        S_OK
    }

    unsafe fn FreeBuffer(&self, message: *mut RPCOLEMESSAGE) -> HRESULT {
        // SAFETY: a live message of this channel.
        unsafe { libc::free((*message).Buffer) };
        S_OK
    }

    unsafe fn GetDestCtx(&self, _destination: *mut u32, _reserved: *mut *mut c_void) -> HRESULT {
        S_OK
    }

    unsafe fn IsConnected(&self) -> HRESULT {
        S_OK
    }
}

#[test]
fn n109_n116_a_proxy_counts_on_its_outer_object_and_holds_its_channel() {
    let _turn = crate::tests::turn();
    let outer: IUnknown = Tell::object().cast().unwrap();
    let (mut proxy, mut interface) = (null_mut(), null_mut());
    let gone = Arc::new(AtomicBool::new(false));
    // SAFETY: live interfaces, readable identifiers, writable places; what is
    // answered has a reference.
    unsafe {
        let code = factory().CreateProxy(outer.as_raw(), &OTHER, &mut proxy, &mut interface);
        assert_eq!((code, proxy.is_null()), (E_NOINTERFACE, true));
        let code = factory().CreateProxy(outer.as_raw(), &IFirst::IID, &mut proxy, &mut interface);
        assert_eq!((code, count(&outer)), (S_OK, 2));
        let (proxy, first) = (IRpcProxyBuffer::from_raw(proxy), IFirst::from_raw(interface));
        assert_eq!(first.cast::<IUnknown>().unwrap().as_raw(), outer.as_raw());
        let mut answer = 0;
        assert_eq!(first.Twice(1, &mut answer), RPC_E_DISCONNECTED, "no channel yet");
        let channel: IRpcChannelBuffer = new_interface(Echo(Arc::clone(&gone))).unwrap();
        assert_eq!(proxy.Connect(null_mut()), E_POINTER);
        assert_eq!((proxy.Connect(channel.as_raw()), count(&channel)), (S_OK, 2));
        assert_eq!((first.Twice(6, &mut answer), answer), (S_OK, 7));
        drop(channel);
        assert!(!gone.load(Ordering::SeqCst), "116: the proxy holds it");
        proxy.Disconnect();
        assert!(gone.load(Ordering::SeqCst), "116: until it is disconnected");
        assert_eq!(first.Twice(1, &mut answer), RPC_E_DISCONNECTED, "116: an error, no crash");
        drop(first);
        drop(proxy);
        assert_eq!(count(&outer), 1, "109: and that is all that was counted");
    }
}

fn create_stub(iid: &GUID, server: &IUnknown) -> Result<IRpcStubBuffer, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: live interfaces, a readable identifier, a writable place; an answer
    // has a reference.
    unsafe {
        let code = factory().CreateStub(iid, server.as_raw(), &mut raw);
        if code == S_OK { Ok(IRpcStubBuffer::from_raw(raw)) } else { Err(code) }
    }
}

#[test]
fn n110_to_n112_a_stub_asks_holds_and_gives_back_its_object() {
    let _turn = crate::tests::turn();
    let (object, _) = Both::object();
    let (other, _) = Both::object();
    let wrong: IUnknown = Tell::object().cast().unwrap();
    assert_eq!(create_stub(&IFirst::IID, &wrong).map(drop), Err(E_NOINTERFACE), "110");
    assert_eq!(create_stub(&OTHER, &object).map(drop), Err(E_NOINTERFACE), "110");
    let stub = create_stub(&IFirst::IID, &object).unwrap();
    // SAFETY: live interfaces and writable places.
    unsafe {
        assert_eq!((count(&object), stub.CountRefs()), (2, 1));
        assert_eq!((stub.Connect(other.as_raw()), count(&object), count(&other)), (S_OK, 1, 2));
        assert_eq!(stub.Connect(wrong.as_raw()), E_NOINTERFACE, "111");
        assert_eq!((count(&other), stub.CountRefs()), (1, 0), "111: the old one is gone too");
        let mut message = RPCOLEMESSAGE::new(3);
        let channel: IRpcChannelBuffer = new_interface(Echo(Arc::default())).unwrap();
        assert_eq!(stub.Invoke(&mut message, channel.as_raw()), RPC_E_DISCONNECTED);
        assert_eq!((stub.Connect(object.as_raw()), count(&object)), (S_OK, 2));
        message.iMethod = 9;
        assert_eq!(stub.Invoke(&mut message, channel.as_raw()), RPC_E_INVALIDMETHOD);
        let mut server = null_mut();
        assert_eq!((stub.DebugServerQueryInterface(&mut server), server), (S_OK, object.as_raw()));
        stub.DebugServerRelease(server);
        assert!(stub.IsIIDSupported(&OTHER).is_null());
        let second = IRpcStubBuffer::from_raw(stub.IsIIDSupported(&IFirst::IID));
        assert_eq!(count(&object), 3);
        second.Disconnect();
        assert_eq!((count(&object), second.CountRefs()), (2, 0), "112: cleared");
        drop(stub);
        assert_eq!(count(&object), 2, "112: a connected stub leaves its reference alone");
        (object.vtable().base__.base__.Release)(object.as_raw());
        assert_eq!(count(&object), 1);
    }
}

#[test]
fn n114_a_factory_is_found_by_its_class_or_by_what_it_serves() {
    let find = |clsid: &GUID, iid: &GUID| {
        let mut raw = null_mut();
        // SAFETY: readable identifiers and a writable place; an answer has a
        // reference.
        unsafe {
            let code = proxy_stub_class_object(&LIBRARY, clsid, iid, &mut raw);
            if code.is_ok() {
                drop(IUnknown::from_raw(raw));
            }
            code
        }
    };
    for clsid in [CLSID, IFirst::IID, ISecond::IID] {
        assert_eq!(find(&clsid, &IPSFactoryBuffer::IID), S_OK);
    }
    assert_eq!(find(&OTHER, &IPSFactoryBuffer::IID), CLASS_E_CLASSNOTAVAILABLE);
    assert_eq!(find(&CLSID, &OTHER), E_NOINTERFACE);
}
