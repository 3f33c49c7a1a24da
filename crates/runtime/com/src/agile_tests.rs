//! The free-threaded marshaler and agile references. Through the exported
//! functions; the numbers are those of the list of documented behaviours.

use core::ptr::null_mut;

use com_abi::codes::{
    CO_E_NOT_SUPPORTED, CO_E_NOTINITIALIZED, CO_E_OBJNOTCONNECTED, E_INVALIDARG, E_NOINTERFACE,
    RPC_E_INVALID_OBJREF, S_OK,
};
use com_abi::global_table::{CLSID_STD_GLOBAL_INTERFACE_TABLE, IGlobalInterfaceTable};
use com_abi::marshal::{
    CLSID_INPROC_FREE_MARSHALER, CLSID_STD_MARSHAL, IAgileObject, IAgileObject_Impl,
    IAgileReference, IMarshal, INoMarshal, INoMarshal_Impl, MSHCTX_INPROC, MSHCTX_LOCAL,
};
use com_abi::{
    Controlling, CreatableClass, GUID, HRESULT, IUnknown, Interface, class, new_interface,
};
use observe::thread::tid;
use partywall::com::Apartment;

use crate::class::register_builtin;
use crate::custom_tests::{OWN, Own, asked};
use crate::ffi::agile::{CoCreateFreeThreadedMarshaler, RoGetAgileReference};
use crate::ffi::connections::CoDisconnectObject;
use crate::fixture_tests::*;
use crate::marshal::PACKET_BYTES;
use crate::stream::memory_stream;
use crate::tests::turn;

/// An object that every apartment may call.
#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00D041",
    progid = "Test.FreeThreaded",
    name = "Free threaded",
    threading = "Free",
    create = FreeThreaded::make,
    interfaces(ITell),
    aggregates(marshaler)
)]
struct FreeThreaded {
    tell: Tell,
    marshaler: IUnknown,
}

impl FreeThreaded {
    fn make(controlling: Controlling) -> Result<Self, HRESULT> {
        let mut raw = null_mut();
        // SAFETY: the controlling object outlives what it aggregates; the answer
        // has a reference.
        let marshaler = unsafe {
            assert_eq!(CoCreateFreeThreadedMarshaler(controlling.as_raw(), &mut raw), S_OK);
            IUnknown::from_raw(raw)
        };
        Ok(Self { tell: Tell::counted(), marshaler })
    }

    fn object() -> ITell {
        // SAFETY: no outer object.
        let made = unsafe { com_abi::object::make(null_mut(), Self::create) };
        made.unwrap().cast().unwrap()
    }
}

impl ITell_Impl for FreeThreaded {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { self.tell.Thread(out) }
    }
}

/// Marked as agile, without a marshaler.
#[class(interfaces(ITell, IAgileObject))]
struct Marked(Tell);

impl IAgileObject_Impl for Marked {}

impl ITell_Impl for Marked {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { self.0.Thread(out) }
    }
}

#[class(interfaces(ITell, INoMarshal))]
struct Stays(Tell);

impl INoMarshal_Impl for Stays {}

impl ITell_Impl for Stays {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { self.0.Thread(out) }
    }
}

/// Runs on a thread that is an STA and waits for it.
fn sta<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = thread(move || {
        let _sta = Apartment::single_threaded().unwrap();
        body()
    });
    thread.join().unwrap()
}

/// Where a packet leads in an STA of its own.
fn address_elsewhere(packet: &Carried) -> Result<usize, HRESULT> {
    let packet = packet.clone();
    sta(move || packet.unmarshal().map(|tell| tell.as_raw() as usize))
}

fn count(object: &IUnknown) -> u32 {
    // SAFETY: a live interface; the reference is given back at once.
    unsafe {
        (object.vtable().AddRef)(object.as_raw());
        (object.vtable().Release)(object.as_raw())
    }
}

#[test]
fn n120_the_free_threaded_marshalers_packet() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        let object = FreeThreaded::object();
        let marshal: IMarshal = object.cast().unwrap();
        let (mut clsid, mut size, null) = (GUID::default(), 0, null_mut());
        let mut bytes = [0u8; 28];
        // SAFETY: live interfaces, readable identifiers, writable places.
        unsafe {
            let (iid, raw) = (&ITell::IID, object.as_raw());
            let code = marshal.GetUnmarshalClass(iid, raw, MSHCTX_INPROC, null, 0, &mut clsid);
            assert_eq!((code, clsid), (S_OK, CLSID_INPROC_FREE_MARSHALER));
            let code = marshal.GetMarshalSizeMax(iid, raw, MSHCTX_INPROC, null, 0, &mut size);
            assert_eq!((code, size), (S_OK, 28));
            let code = marshal.GetUnmarshalClass(iid, raw, MSHCTX_LOCAL, null, 0, &mut clsid);
            assert_eq!((code, clsid), (S_OK, CLSID_STD_MARSHAL));
            let code = marshal.GetMarshalSizeMax(iid, raw, MSHCTX_LOCAL, null, 0, &mut size);
            assert_eq!((code, size as usize), (S_OK, PACKET_BYTES));

            let stream = Carried(memory_stream().unwrap());
            let to = stream.0.as_raw();
            assert_eq!(marshal.MarshalInterface(to, iid, raw, MSHCTX_INPROC, null, STRONG), S_OK);
            stream.rewind();
            assert_eq!(stream.0.Read(bytes.as_mut_ptr().cast(), 28, null_mut()), S_OK);
            assert_eq!(bytes[..4], STRONG.to_le_bytes());
            assert_eq!(bytes[4..12], (raw as u64).to_le_bytes());
            stream.rewind();
            assert_eq!(marshal.ReleaseMarshalData(to), S_OK);

            let other = Carried(memory_stream().unwrap());
            let to = other.0.as_raw();
            assert_eq!(marshal.MarshalInterface(to, iid, raw, MSHCTX_LOCAL, null, 0), S_OK);
            other.rewind();
            let mut head = [0u8; 8];
            assert_eq!(other.0.Read(head.as_mut_ptr().cast(), 8, null_mut()), S_OK);
            assert_eq!(&head, b"MEOW\x01\0\0\0", "a standard packet");
            assert_eq!(other.unmarshal().unwrap().as_raw(), raw);

            // Bytes that another process wrote have another secret.
            bytes[12] ^= 1;
            let forged = Carried(memory_stream().unwrap());
            assert_eq!(forged.0.Write(bytes.as_ptr().cast(), 28, null_mut()), S_OK);
            let mut answer = null_mut();
            for step in 0..2 {
                forged.rewind();
                let code = match step {
                    0 => marshal.UnmarshalInterface(forged.0.as_raw(), iid, &mut answer),
                    _ => marshal.ReleaseMarshalData(forged.0.as_raw()),
                };
                assert_eq!((code, answer.is_null()), (RPC_E_INVALID_OBJREF, true));
            }
        }
    });
}

#[test]
fn n121_the_free_threaded_marshaler_passes_the_object_itself() {
    let _turn = turn();
    client(|| {
        let object = FreeThreaded::object();
        let address = object.as_raw() as usize;
        let normal = Carried::marshal(&object, NORMAL).unwrap();
        assert_eq!(count(&object), 2, "the packet holds it");
        assert_eq!(address_elsewhere(&normal), Ok(address));
        assert_eq!(count(&object), 1);
        assert_eq!(address_elsewhere(&normal), Err(CO_E_OBJNOTCONNECTED), "used");
        assert_eq!(normal.release_data(), CO_E_OBJNOTCONNECTED);

        let given_up = Carried::marshal(&object, NORMAL).unwrap();
        assert_eq!((given_up.release_data(), count(&object)), (S_OK, 1));

        let strong = Carried::marshal(&object, STRONG).unwrap();
        assert_eq!(
            (address_elsewhere(&strong), address_elsewhere(&strong)),
            (Ok(address), Ok(address))
        );
        assert_eq!(count(&object), 2);
        // SAFETY: a live interface.
        assert_eq!(unsafe { CoDisconnectObject(object.as_raw(), 0) }, S_OK);
        assert_eq!(address_elsewhere(&strong), Ok(address), "it is not cut off");
        assert_eq!((strong.release_data(), count(&object)), (S_OK, 1));
        assert_eq!(address_elsewhere(&strong), Err(CO_E_OBJNOTCONNECTED));

        let weak = Carried::marshal(&object, WEAK).unwrap();
        assert_eq!(count(&object), 1, "nothing is held");
        assert_eq!(address_elsewhere(&weak), Ok(address));
        assert_eq!((weak.release_data(), count(&object)), (S_OK, 1));
    });
}

#[test]
fn the_global_table_and_activation_pass_such_an_object_directly() {
    let _turn = turn();
    client(|| {
        partywall::com::describe::<ITell>().unwrap();
        register_builtin::<FreeThreaded>();
        let enter = |object: &ITell| {
            let (mut table, mut cookie) = (null_mut(), 0);
            // SAFETY: live interfaces, readable identifiers, writable places.
            unsafe {
                let (class, iid) = (&CLSID_STD_GLOBAL_INTERFACE_TABLE, &IGlobalInterfaceTable::IID);
                assert_eq!(
                    crate::ffi::activation::CoCreateInstance(class, null_mut(), 1, iid, &mut table),
                    S_OK
                );
                let table = IGlobalInterfaceTable::from_raw(table);
                let raw = object.as_raw();
                assert_eq!(table.RegisterInterfaceInGlobal(raw, &ITell::IID, &mut cookie), S_OK);
            }
            cookie
        };
        let get = |cookie| {
            sta(move || {
                let answer = crate::global_table::get(cookie, &ITell::IID).unwrap();
                // SAFETY: an interface with a reference.
                unsafe { ITell::from_raw(answer) }.as_raw() as usize
            })
        };
        let (free, marked) =
            (FreeThreaded::object(), new_interface::<_, ITell>(Marked(Tell::counted())).unwrap());
        let cookies = [enter(&free), enter(&marked)];
        assert_eq!(get(cookies[0]), free.as_raw() as usize);
        assert_ne!(get(cookies[1]), marked.as_raw() as usize, "the mark alone is not enough");
        for cookie in cookies {
            crate::global_table::revoke(cookie).unwrap();
        }
        let here = sta(|| {
            let mut raw = null_mut();
            // SAFETY: readable identifiers and a writable place; the answer has a
            // reference.
            let tell = unsafe {
                let clsid = &FreeThreaded::REGISTRATION.clsid;
                let code = crate::ffi::activation::CoCreateInstance(
                    clsid,
                    null_mut(),
                    1,
                    &ITell::IID,
                    &mut raw,
                );
                assert_eq!(code, S_OK);
                ITell::from_raw(raw)
            };
            thread_of(&tell) == Ok(tid())
        });
        assert!(here, "made in the MTA, called directly");
    });
}

fn reference(options: u32, iid: &GUID, object: &IUnknown) -> Result<IAgileReference, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: a live interface, a readable identifier, a writable place; an answer
    // has a reference.
    unsafe {
        let code = RoGetAgileReference(options, iid, object.as_raw(), &mut raw);
        if code == S_OK { Ok(IAgileReference::from_raw(raw)) } else { Err(code) }
    }
}

fn resolve(reference: &IAgileReference) -> Result<ITell, HRESULT> {
    let mut raw = null_mut();
    // SAFETY: a live interface, a readable identifier, a writable place; an answer
    // has a reference.
    unsafe {
        let code = reference.Resolve(&ITell::IID, &mut raw);
        if code == S_OK { Ok(ITell::from_raw(raw)) } else { Err(code) }
    }
}

/// A reference on its way to any thread.
struct Anywhere(IAgileReference);
// SAFETY: it is agile.
unsafe impl Send for Anywhere {}

impl Anywhere {
    fn get(&self) -> &IAgileReference {
        &self.0
    }
}

/// What an STA of its own finds: an address, and the thread that answers.
fn resolve_elsewhere(reference: &IAgileReference) -> Result<(usize, bool), HRESULT> {
    let reference = Anywhere(reference.clone());
    sta(move || {
        let tell = resolve(reference.get())?;
        Ok((tell.as_raw() as usize, thread_of(&tell)? == tid()))
    })
}

alone! {
    fn n122_what_no_agile_reference_is_made_of() {
        let missing = GUID::from_u128(5);
        let tell: IUnknown = Tell::object().cast().unwrap();
        assert_eq!(reference(0, &ITell::IID, &tell).map(drop), Err(CO_E_NOTINITIALIZED));
        let _mta = Apartment::multithreaded().unwrap();
        partywall::com::describe::<ITell>().unwrap();
        assert_eq!(reference(2, &ITell::IID, &tell).map(drop), Err(E_INVALIDARG));
        let stays: ITell = new_interface(Stays(Tell::counted())).unwrap();
        for options in [0, 1] {
            assert_eq!(reference(options, &missing, &tell).map(drop), Err(E_NOINTERFACE));
            let refused = reference(options, &ITell::IID, &stays).map(drop);
            assert_eq!(refused, Err(CO_E_NOT_SUPPORTED));
        }
        // SAFETY: null is what is refused.
        unsafe {
            let mut raw = null_mut();
            let null = core::ptr::null();
            assert_eq!(RoGetAgileReference(0, null, tell.as_raw(), &mut raw), E_INVALIDARG);
            assert_eq!(RoGetAgileReference(0, &ITell::IID, null_mut(), &mut raw), E_INVALIDARG);
            let code = RoGetAgileReference(0, &ITell::IID, tell.as_raw(), null_mut());
            assert_eq!(code, E_INVALIDARG);
        }
    }

    fn n125_where_a_reference_is_resolved() {
        let mta = Apartment::multithreaded().unwrap();
        partywall::com::describe::<ITell>().unwrap();
        let object = Tell::object();
        for options in [0, 1] {
            let reference = reference(options, &ITell::IID, &object).unwrap();
            assert_eq!(resolve(&reference).unwrap().as_raw(), object.as_raw(), "at home");
            let carried = Anywhere(reference.clone());
            let same = thread(move || {
                let _mta = Apartment::multithreaded().unwrap();
                resolve(carried.get()).unwrap().as_raw() as usize
            });
            assert_eq!(same.join().unwrap(), object.as_raw() as usize, "from MTA to MTA");
            let (address, is_here) = resolve_elsewhere(&reference).unwrap();
            assert_ne!(address, object.as_raw() as usize, "elsewhere a proxy");
            assert!(!is_here);
            let carried = Anywhere(reference);
            let outside = thread(move || {
                resolve(carried.get()).map(|tell| tell.as_raw() as usize)
            });
            assert_eq!(outside.join().unwrap(), Ok(object.as_raw() as usize), "a member by existence");
        }
        drop(object);
        assert_eq!(alive(), 0, "the references are gone");
        let object = Tell::object();
        let kept = reference(1, &ITell::IID, &object).unwrap();
        drop(object);
        assert_eq!(alive(), 1, "a reference keeps it");
        drop(mta);
        assert_eq!(alive(), 0, "until its apartment ends");
        assert_eq!(resolve(&kept).map(drop), Err(CO_E_NOTINITIALIZED));
        let _sta = Apartment::single_threaded().unwrap();
        assert_eq!(resolve(&kept).map(drop), Err(CO_E_OBJNOTCONNECTED));
    }
}

#[test]
fn n123_an_eager_reference_marshals_at_once_a_delayed_one_when_it_is_wanted() {
    let _turn = turn();
    client(|| {
        register_builtin::<Own>();
        asked();
        let object: ITell = new_interface(Own { class: OWN, made_on: 7 }).unwrap();
        let eager = reference(0, &ITell::IID, &object).unwrap();
        assert_eq!(asked(), ["class", "size", "marshal"]);
        let (_, is_here) = resolve_elsewhere(&eager).unwrap();
        assert!(is_here, "by its own marshaler");
        assert_eq!(asked(), ["unmarshal"]);
        drop(eager);
        assert_eq!(asked(), ["release"]);

        let delayed = reference(1, &ITell::IID, &object).unwrap();
        assert_eq!(resolve(&delayed).unwrap().as_raw(), object.as_raw());
        assert!(asked().is_empty(), "not at home");
        resolve_elsewhere(&delayed).unwrap();
        assert_eq!(asked(), ["class", "size", "marshal", "unmarshal"]);
        resolve_elsewhere(&delayed).unwrap();
        assert_eq!(asked(), ["unmarshal"], "once");
        drop(delayed);
        assert_eq!(asked(), ["release"]);
        drop(object);
        assert_eq!(crate::apartment::current().unwrap().exported_objects(), 0);
    });
}

#[test]
fn n124_an_agile_object_is_itself_everywhere() {
    let _turn = turn();
    client(|| {
        let objects: [ITell; 2] =
            [new_interface(Marked(Tell::counted())).unwrap(), FreeThreaded::object()];
        for object in objects {
            for options in [0, 1] {
                let made = reference(options, &ITell::IID, &object).unwrap();
                let address = object.as_raw() as usize;
                assert_eq!(resolve(&made).unwrap().as_raw() as usize, address);
                assert_eq!(resolve_elsewhere(&made), Ok((address, true)));
                // The reference passes the wall as it is, too.
                let own: IMarshal = made.cast().unwrap();
                assert!(made.cast::<IAgileObject>().is_ok() && own.cast::<IUnknown>().is_ok());
                drop(reference(0, &IAgileReference::IID, &made).unwrap());
            }
            assert_eq!(count(&object), 1);
        }
    });
}

#[test]
fn the_sdk_keeps_an_object_anywhere() {
    let _turn = turn();
    client(|| {
        let object = Tell::object();
        let kept = partywall::AgileRef::new(&object).unwrap();
        assert_eq!(kept.resolve().unwrap().as_raw(), object.as_raw());
        let other = kept.clone();
        let answered = sta(move || thread_of(&other.resolve().unwrap()) != Ok(tid()));
        assert!(answered, "elsewhere");
        drop(object);
        assert_eq!(alive(), 1);
        // On a thread that is in no apartment of its own.
        thread(move || drop(kept)).join().unwrap();
        assert_eq!(alive(), 0);
    });
}
