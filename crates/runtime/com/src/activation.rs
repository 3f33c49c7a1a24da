//! Activation: from a class identifier to an interface pointer.
//!
//! A class's `TreatAs` is followed first. Then, as the request's context allows:
//! class objects that this apartment registered at run time, the library that
//! serves the class, the library that handles it, class objects that any
//! apartment of the process registered for local requests. Programs that serve a
//! class and other machines are not asked yet: a class that they alone have is
//! not registered.
//!
//! Where a library's object is made follows from its class's threading model and
//! the client's apartment:
//!
//! | client | none | Apartment | Free | Both | Neutral |
//! |---|---|---|---|---|---|
//! | main STA | here | here | MTA | here | NTA |
//! | other STA | main STA | here | MTA | here | NTA |
//! | MTA | main STA | host STA | here | here | NTA |
//! | NTA, on an STA's thread | main STA | that STA | MTA | here | here |
//! | NTA, on a thread of the MTA | main STA | host STA | MTA | here | here |
//!
//! What is missing is started (`host`). A class object follows the same rule as
//! the objects that it makes. In which context of the apartment an object is made
//! follows from its class's properties (`contexts`).

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::codes::{CLASS_E_NOAGGREGATION, E_NOINTERFACE, REGDB_E_CLASSNOTREG};
use com_abi::{GUID, HRESULT, IClassFactory, IUnknown, Interface, ThreadingModel};
use partywall::ffi::CLSCTX_INPROC_SERVER;
use partywall::ffi::activation::{
    CLSCTX_APPCONTAINER, CLSCTX_INPROC_HANDLER, CLSCTX_LOCAL_SERVER, CLSCTX_PS_DLL,
};

use crate::apartment::{self, Apartment, Kind};
use crate::class::{self, InprocServer};
use crate::class_object::{self, Access, Found};
use crate::context::CallContext;
use crate::contexts::{Context, class as configured};
use crate::proxy::{Marshaled, marshal, unmarshal};
use crate::{call, class_factory, library, membership, treat_as};

/// Where the object of a request comes from.
enum Origin {
    Library { server: InprocServer, home: Context },
    Registered(Found),
}

/// A class, once `TreatAs` is followed, and where it is for a client.
struct Activation {
    clsid: GUID,
    origin: Origin,
}

/// Makes an object and answers its interface `iid` with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CLASS_E_NOAGGREGATION` when an outer object asks for
/// another interface than `IUnknown`, or the object would live elsewhere;
/// `REGDB_E_CLASSNOTREG` when `context` allows nothing that has the class;
/// `CO_E_SERVER_STOPPING`; those of the registry, the library and the class.
pub fn create_instance(
    clsid: &GUID,
    outer: *mut c_void,
    context: u32,
    iid: &GUID,
) -> Result<*mut c_void, HRESULT> {
    let client = membership::context()?;
    if !outer.is_null() && *iid != IUnknown::IID {
        return Err(CLASS_E_NOAGGREGATION);
    }
    match find(clsid, context, &client)? {
        Activation { clsid, origin: Origin::Library { server, home } } => {
            if home == client {
                return library::create(&server, &clsid, outer, iid).map(Interface::into_raw);
            }
            // An outer object holds its inner one's own pointer, which does not
            // cross.
            if !outer.is_null() {
                return Err(CLASS_E_NOAGGREGATION);
            }
            let null = core::ptr::null_mut;
            let make = || marshal(&library::create(&server, &clsid, null(), iid)?);
            unmarshal(&make_at(&home, "an object to be made in another apartment", make)?, iid)
        }
        Activation { origin: Origin::Registered(found), .. } => {
            let factory = found_interface(found, &IClassFactory::IID)?;
            // SAFETY: the answer is that interface with a reference.
            let factory = unsafe { IClassFactory::from_raw(factory) };
            class_factory::create(&factory, outer, iid).map(Interface::into_raw)
        }
    }
}

/// The class object's interface `iid` with a reference.
///
/// # Errors
/// As [`create_instance`], but for aggregation.
pub fn class_object(clsid: &GUID, context: u32, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let client = membership::context()?;
    match find(clsid, context, &client)? {
        Activation { clsid, origin: Origin::Library { server, home } } => {
            if home == client {
                let object = library::with_class_object(&server, &clsid, iid, Ok)?;
                return Ok(object.into_raw());
            }
            let make =
                || library::with_class_object(&server, &clsid, iid, |object| marshal(&object));
            unmarshal(&make_at(&home, "a class object in another apartment", make)?, iid)
        }
        Activation { origin: Origin::Registered(found), .. } => found_interface(found, iid),
    }
}

/// Several interfaces of one new object: what became of each. The object is asked
/// for the first one when it is made.
///
/// # Errors
/// As [`create_instance`], with nothing made.
pub fn create_with_interfaces(
    clsid: &GUID,
    outer: *mut c_void,
    context: u32,
    wanted: &[GUID],
) -> Result<Vec<Result<*mut c_void, HRESULT>>, HRESULT> {
    let Some((first, others)) = wanted.split_first() else { return Ok(Vec::new()) };
    let made = match create_instance(clsid, outer, context, first) {
        // It may have one of the others all the same.
        Err(E_NOINTERFACE) if !others.is_empty() => {
            let raw = create_instance(clsid, outer, context, &IUnknown::IID)?;
            // SAFETY: the answer is that interface with a reference.
            let unknown = unsafe { IUnknown::from_raw(raw) };
            return Ok(wanted.iter().map(|iid| ask(&unknown, iid)).collect());
        }
        made => made?,
    };
    // SAFETY: an interface that was answered with a reference, which stays with
    // the caller.
    let object = unsafe { IUnknown::from_raw_borrowed(&made) }.ok_or(E_NOINTERFACE)?;
    let asked = others.iter().map(|iid| ask(object, iid));
    Ok(std::iter::once(Ok(made)).chain(asked).collect())
}

/// An interface of an object with a reference.
pub fn ask(object: &IUnknown, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let mut raw = core::ptr::null_mut();
    // SAFETY: a live interface, a readable identifier and a writable place.
    unsafe { object.query(iid, &mut raw) }.ok().map_err(|error| error.code())?;
    if raw.is_null() { Err(E_NOINTERFACE) } else { Ok(raw) }
}

fn find(clsid: &GUID, context: u32, client: &Context) -> Result<Activation, HRESULT> {
    let clsid = treat_as::resolve(clsid)?;
    let found = |origin| Ok(Activation { clsid, origin });
    if context & CLSCTX_APPCONTAINER == 0
        && let Some(registered) = class_object::find_here(&clsid, context, client)
    {
        return found(Origin::Registered(registered));
    }
    type Look = fn(&GUID) -> Result<InprocServer, HRESULT>;
    let libraries = [
        (CLSCTX_INPROC_SERVER, class::inproc_server as Look),
        (CLSCTX_INPROC_HANDLER, class::inproc_handler as Look),
    ];
    for (kind, look) in libraries {
        if context & kind == 0 {
            continue;
        }
        match look(&clsid) {
            Ok(server) => {
                // The code that makes proxies works wherever it is needed.
                let home = match context & CLSCTX_PS_DLL == 0 {
                    true => {
                        let home = home_of(server.threading, client.apartment())?;
                        configured::place(&clsid, &home, client)?
                    }
                    false => client.clone(),
                };
                return found(Origin::Library { server, home });
            }
            Err(REGDB_E_CLASSNOTREG) => {}
            Err(code) => return Err(code),
        }
    }
    if context & CLSCTX_LOCAL_SERVER != 0
        && let Some(registered) = class_object::find_local(&clsid)
    {
        return found(Origin::Registered(registered));
    }
    class_object::check_stopping(&clsid)?;
    Err(REGDB_E_CLASSNOTREG)
}

fn found_interface(found: Found, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let answer = match &found.object {
        Access::Direct(object) => ask(object, iid),
        Access::Elsewhere(marshaled) => unmarshal(marshaled, iid),
        Access::Inside(home, object) => class_object::out_of(home, object.clone())
            .and_then(|marshaled| unmarshal(&marshaled, iid)),
    };
    if answer.is_err() {
        found.give_back();
    }
    answer
}

/// Makes something in another apartment, which serves it as a call of this
/// thread's.
fn make_at(
    home: &Context,
    what: &'static str,
    make: impl FnOnce() -> Result<Marshaled, HRESULT> + Send,
) -> Result<Marshaled, HRESULT> {
    let caller = CallContext::capture();
    let _hop = caller.trace().map(|trace| trace.hop("activation", caller.token().user()));
    let serving = caller.clone();
    call::run(home, what, || serving.serve(make))?
}

fn home_of(model: ThreadingModel, client: &Arc<Apartment>) -> Result<Arc<Apartment>, HRESULT> {
    match model {
        ThreadingModel::None => apartment::main_sta(),
        ThreadingModel::Both => Ok(Arc::clone(client)),
        ThreadingModel::Free => apartment::mta(),
        ThreadingModel::Neutral => Ok(apartment::neutral()),
        // The thread's own STA, also from within the NTA.
        ThreadingModel::Apartment => match membership::own_sta() {
            Some(own) if client.kind() != Kind::Mta => Ok(own),
            _ => apartment::host_sta(),
        },
    }
}
