//! The channel of a proxy that comes from a library: what it answers while its
//! object can be reached, and afterwards.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::Mutex;

use com_abi::codes::{
    CO_E_OBJNOTCONNECTED, E_INVALIDARG, RPC_E_DISCONNECTED, RPC_E_WRONG_THREAD, S_FALSE, S_OK,
};
use com_abi::marshal::MSHCTX_INPROC;
use com_abi::rpc::{
    IPSFactoryBuffer, IPSFactoryBuffer_Impl, IRpcChannelBuffer, IRpcProxyBuffer,
    IRpcProxyBuffer_Impl, RPCOLEMESSAGE,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, new_interface};
use partywall::com::Apartment;

use crate::class::register_builtin_object;
use crate::ffi::connections::CoDisconnectObject;
use crate::ffi::proxy_stub::CoRegisterPSClsid;
use crate::fixture_tests::thread;
use crate::proxy_stub_tests::{Both, IFirst, ISecond, factory, marshal};

/// The channel that was connected last.
static CHANNEL: Mutex<usize> = Mutex::new(0);

/// A proxy that shows its channel.
#[class(interfaces(IRpcProxyBuffer))]
struct Showing(IRpcProxyBuffer);

impl IRpcProxyBuffer_Impl for Showing {
    unsafe fn Connect(&self, channel: *mut c_void) -> HRESULT {
        // SAFETY: a live channel, whose reference the test gives back.
        let shown = unsafe { IRpcChannelBuffer::from_raw_borrowed(&channel) }.cloned();
        *CHANNEL.lock().unwrap() = shown.unwrap().into_raw() as usize;
        // SAFETY: forwarded from the caller.
        unsafe { self.0.Connect(channel) }
    }

    unsafe fn Disconnect(&self) {
        // SAFETY: forwarded from the caller.
        unsafe { self.0.Disconnect() };
    }
}

#[class(interfaces(IPSFactoryBuffer))]
struct ShowingFactory;

impl IPSFactoryBuffer_Impl for ShowingFactory {
    unsafe fn CreateProxy(
        &self,
        outer: *mut c_void,
        iid: *const GUID,
        proxy: *mut *mut c_void,
        interface: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller; an answer has a reference.
        unsafe {
            let code = factory().CreateProxy(outer, iid, proxy, interface);
            assert_eq!(code, S_OK);
            let made = Showing(IRpcProxyBuffer::from_raw(*proxy));
            proxy.write(new_interface::<_, IRpcProxyBuffer>(made).unwrap().into_raw());
        }
        S_OK
    }

    unsafe fn CreateStub(
        &self,
        iid: *const GUID,
        server: *mut c_void,
        stub: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { factory().CreateStub(iid, server, stub) }
    }
}

unsafe fn class_object(iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
    let factory: IUnknown = new_interface(ShowingFactory).unwrap();
    // SAFETY: forwarded from the caller.
    unsafe { factory.query(iid, object) }
}

const CLSID: GUID = GUID::from_u128(0x5f0b6a10_3c1e_4b7a_9e52_7a1d0c00d03f);

/// A pointer on its way to where it does not belong.
struct Smuggled<I>(I);
// SAFETY: carrying is harmless; that the use is refused is what is shown.
unsafe impl<I> Send for Smuggled<I> {}

impl<I> Smuggled<I> {
    fn get(self) -> I {
        self.0
    }
}

fn twice(first: &IFirst) -> HRESULT {
    let mut answer = 0;
    // SAFETY: a writable place.
    unsafe { first.Twice(1, &mut answer) }
}

fn get_buffer(channel: &IRpcChannelBuffer, size: u32) -> (HRESULT, RPCOLEMESSAGE) {
    let mut message = RPCOLEMESSAGE::new(3);
    message.cbBuffer = size;
    // SAFETY: a live channel, a message and a readable identifier.
    (unsafe { channel.GetBuffer(&mut message, &IFirst::IID) }, message)
}

/// What a channel answers while its object is there.
fn check_alive(channel: &IRpcChannelBuffer) {
    let (mut destination, mut reserved) = (9, 8 as *mut c_void);
    // SAFETY: a live channel; places that are null or writable, and messages.
    unsafe {
        assert_eq!(channel.GetDestCtx(&mut destination, &mut reserved), S_OK);
        assert_eq!((destination, reserved), (MSHCTX_INPROC, null_mut()));
        assert!(channel.GetDestCtx(null_mut(), null_mut()).is_err());
        assert_eq!(channel.IsConnected(), S_OK);
        assert_eq!(channel.GetBuffer(null_mut(), &IFirst::IID), E_INVALIDARG);
        assert_eq!(channel.SendReceive(null_mut(), null_mut()), E_INVALIDARG);
        assert_eq!(get_buffer(channel, u32::MAX).0, E_INVALIDARG, "larger than any message");
        let (code, mut message) = get_buffer(channel, 4);
        assert_eq!((code, message.Buffer as usize % 8), (S_OK, 0));
        message.iMethod = 77;
        let mut status = 0;
        let code = channel.SendReceive(&mut message, &mut status);
        assert!(code.is_err() && status == code.0.cast_unsigned(), "the stub has no such method");
        assert!(message.Buffer.is_null());
        assert_eq!(channel.FreeBuffer(&mut message), S_OK);
        assert_eq!(channel.FreeBuffer(&mut message), S_OK, "twice is harmless");
    }
}

alone! {
    fn a_channel_tells_whether_its_object_can_be_reached() {
        let _mta = Apartment::multithreaded().unwrap();
        register_builtin_object(CLSID, class_object);
        // SAFETY: readable identifiers.
        assert_eq!(unsafe { CoRegisterPSClsid(&IFirst::IID, &CLSID) }, S_OK);
        let (object, _): (ISecond, _) = Both::object();
        let packet = marshal(&object, &IFirst::IID).unwrap();
        let (ready, wait) = std::sync::mpsc::channel();
        let (go, going) = std::sync::mpsc::channel::<()>();
        let client = thread(move || {
            let sta = Apartment::single_threaded().unwrap();
            let first: IFirst = packet.unmarshal_as().unwrap();
            assert_eq!(twice(&first), S_OK);
            // SAFETY: the channel with the reference that was kept for this.
            let channel =
                unsafe { IRpcChannelBuffer::from_raw(*CHANNEL.lock().unwrap() as *mut c_void) };
            check_alive(&channel);
            let smuggled = Smuggled(first);
            let elsewhere = thread(move || {
                let _sta = Apartment::single_threaded().unwrap();
                let first = smuggled.get();
                (twice(&first), Smuggled(first))
            });
            let (code, smuggled) = elsewhere.join().unwrap();
            assert_eq!(code, RPC_E_WRONG_THREAD);
            let first = smuggled.get();
            ready.send(()).unwrap();
            going.recv().unwrap();
            assert_eq!(twice(&first), RPC_E_DISCONNECTED);
            // SAFETY: a live channel.
            unsafe {
                assert_eq!(channel.IsConnected(), S_FALSE);
                drop(sta);
                assert_eq!(twice(&first), CO_E_OBJNOTCONNECTED, "its apartment has ended");
                drop(first);
                assert_eq!(get_buffer(&channel, 4).0, CO_E_OBJNOTCONNECTED, "no proxy any more");
                assert_eq!(channel.IsConnected(), S_FALSE);
            }
        });
        wait.recv().unwrap();
        // SAFETY: a live interface.
        assert_eq!(unsafe { CoDisconnectObject(object.as_raw(), 0) }, S_OK);
        go.send(()).unwrap();
        client.join().unwrap();
    }
}
