//! What bad use gets: the documented code, a line in the log, never a crash.

use core::ptr::null_mut;
use std::process::Command;

use com_abi::codes::{
    CO_E_NOTINITIALIZED, CO_E_OBJNOTCONNECTED, E_NOINTERFACE, REGDB_E_CLASSNOTREG,
    RPC_E_DISCONNECTED, RPC_E_SERVERFAULT, RPC_E_WRONG_THREAD, S_OK,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use partywall::Described;
use partywall::com::Apartment;
use partywall::ffi::CLSCTX_INPROC_SERVER;

use crate::ffi::activation::CoCreateInstance;
use crate::stage_tests::{IWork, Stage, Work, begin, export, import, thread_of};

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B001", proxy)]
unsafe trait IFault: IUnknown {
    /// Panics; borrows its frame.
    unsafe fn Panic(&self) -> HRESULT;
    /// Panics; its frame is captured.
    unsafe fn PanicWith(
        &self,
        #[idl(in, unique, interface(IUnknown))] object: *mut core::ffi::c_void,
    ) -> HRESULT;
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B002")]
unsafe trait IUnheardOf: IUnknown {
    unsafe fn Nothing(&self) -> HRESULT;
}

// The formatter would move the attribute further to the right each time.
#[rustfmt::skip]
macro_rules! faulty {
    ($name:ident, $number:literal, $model:literal, $clsid:ident) => {
        #[class(
            clsid = $number,
            progid = "Test.Fault",
            name = "Fault",
            threading = $model,
            interfaces(IFault, IUnheardOf)
        )]
        #[derive(Default)]
        struct $name;

        impl IFault_Impl for $name {
            unsafe fn Panic(&self) -> HRESULT {
                panic!("planted");
            }

            unsafe fn PanicWith(&self, _object: *mut core::ffi::c_void) -> HRESULT {
                panic!("planted");
            }
        }

        impl IUnheardOf_Impl for $name {
            unsafe fn Nothing(&self) -> HRESULT {
                S_OK
            }
        }

        const $clsid: GUID = <$name as com_abi::CreatableClass>::REGISTRATION.clsid;
    };
}

faulty!(OnSta, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B011", "Apartment", ON_STA);
faulty!(OnMta, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B012", "Free", ON_MTA);
faulty!(OnBoth, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B013", "Both", ON_BOTH);
faulty!(OnNta, "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B014", "Neutral", ON_NTA);

/// Panics when it is made.
#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B015",
    progid = "Test.Unborn",
    name = "Unborn",
    threading = "Apartment",
    create = Unborn::make,
    interfaces(IFault)
)]
struct Unborn;

impl Unborn {
    fn make(_: com_abi::Controlling) -> Result<Self, HRESULT> {
        panic!("planted");
    }
}

impl IFault_Impl for Unborn {
    unsafe fn Panic(&self) -> HRESULT {
        S_OK
    }

    unsafe fn PanicWith(&self, _object: *mut core::ffi::c_void) -> HRESULT {
        S_OK
    }
}

fn create(clsid: &GUID) -> Result<IFault, HRESULT> {
    partywall::com::describe::<IFault>()?;
    let mut raw = null_mut();
    // SAFETY: readable identifiers and a writable place.
    let code = unsafe {
        CoCreateInstance(clsid, null_mut(), CLSCTX_INPROC_SERVER, &IFault::IID, &raw mut raw)
    };
    // SAFETY: the call succeeded.
    if code.is_ok() { Ok(unsafe { IFault::from_raw(raw) }) } else { Err(code) }
}

alone! {
    fn a_panic_is_a_server_fault_at_every_kind_of_call() {
        crate::register_builtin::<OnSta>();
        crate::register_builtin::<OnMta>();
        crate::register_builtin::<OnBoth>();
        crate::register_builtin::<OnNta>();
        crate::register_builtin::<Unborn>();
        let clients: [fn() -> Result<Apartment, HRESULT>; 2] =
            [Apartment::single_threaded, Apartment::multithreaded];
        for client in clients {
            let apartment = client().unwrap();
            for clsid in [ON_STA, ON_MTA, ON_BOTH, ON_NTA] {
                let object = create(&clsid).unwrap();
                let own = Work::object();
                // SAFETY: live interfaces.
                unsafe {
                    assert_eq!(object.Panic(), RPC_E_SERVERFAULT);
                    assert_eq!(object.PanicWith(own.as_raw()), RPC_E_SERVERFAULT);
                    assert_eq!(object.PanicWith(null_mut()), RPC_E_SERVERFAULT, "and goes on");
                }
            }
            let unborn = create(&<Unborn as com_abi::CreatableClass>::REGISTRATION.clsid);
            assert_eq!(unborn.err(), Some(RPC_E_SERVERFAULT));
            drop(apartment);
        }
    }

    fn dead_objects_wrong_threads_and_missing_classes_have_their_codes() {
        let nothing = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00BFFF);
        assert_eq!(create(&nothing).err(), Some(CO_E_NOTINITIALIZED));
        let stage = Stage::sta();
        let marshaled = stage.on(|| export(&Work::object()));
        let apartment = Apartment::single_threaded().unwrap();
        assert_eq!(create(&nothing).err(), Some(REGDB_E_CLASSNOTREG));
        let work: IWork = import(&marshaled);
        let address = work.as_raw() as usize;
        let elsewhere = |enters: bool| {
            begin(move || {
                let _apartment = enters.then(|| Apartment::single_threaded().unwrap());
                let raw = address as *mut core::ffi::c_void;
                // SAFETY: the pointer is alive; that it is not this thread's is tested.
                thread_of(unsafe { IWork::from_raw_borrowed(&raw) }.unwrap())
            })
            .join()
            .unwrap()
        };
        assert_eq!(elsewhere(true), Err(RPC_E_WRONG_THREAD));
        assert_eq!(elsewhere(false), Err(CO_E_NOTINITIALIZED));
        stage.end();
        let dead = thread_of(&work);
        assert!(matches!(dead, Err(RPC_E_DISCONNECTED | CO_E_OBJNOTCONNECTED)), "{dead:?}");
        drop((work, marshaled, apartment));
    }
}

/// Says that this process is the one that asks for the interface.
const ASKS: &str = "PARTYWALL_TEST_ASKS";

/// The name of the interface in the registry.
const NAME: &str = "INobodyKnowsMe";

#[test]
fn a_missing_proxy_is_logged_with_identifier_and_name() {
    let path = "bad_use_tests::a_missing_proxy_is_logged_with_identifier_and_name";
    let iid = com_abi::format_guid(&IUnheardOf::IID);
    if std::env::var_os(ASKS).is_some() {
        let key = format!("HKEY_CLASSES_ROOT\\Interface\\{iid}");
        crate::registry().unwrap().change(|change| change.set(&key, "", NAME)).unwrap();
        let stage = Stage::sta();
        let object = stage.on(|| export::<IFault>(&new_interface(OnBoth).unwrap()));
        let apartment = Apartment::multithreaded().unwrap();
        let fault: IFault = import(&object);
        assert_eq!(fault.cast::<IUnheardOf>().unwrap_err().code(), E_NOINTERFACE);
        assert!(std::ptr::eq(IFault::description(), IFault::description()));
        drop((fault, object, apartment));
        stage.end();
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([path, "--exact", "--nocapture"]).env(ASKS, "1");
    let output = command.env("PARTYWALL_DATA", data.path()).output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{says}");
    let line = says.lines().find(|line| line.contains(&iid)).unwrap_or_default();
    assert!(line.contains(NAME) && line.contains("no proxy can be made"), "{says}");
}
