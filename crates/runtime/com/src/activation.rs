//! Activation: from a class identifier to an interface pointer.
//!
//! Where an object is made follows from its class's threading model and the
//! client's apartment:
//!
//! | client | none | Apartment | Free | Both | Neutral |
//! |---|---|---|---|---|---|
//! | main STA | here | here | MTA | here | NTA |
//! | other STA | main STA | here | MTA | here | NTA |
//! | MTA | main STA | host STA | here | here | NTA |
//! | NTA, on an STA's thread | main STA | that STA | MTA | here | here |
//! | NTA, on a thread of the MTA | main STA | host STA | MTA | here | here |
//!
//! What is missing is started (`host`).

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::codes::{CLASS_E_NOAGGREGATION, E_INVALIDARG, E_NOINTERFACE};
use com_abi::{GUID, HRESULT, IUnknown, Interface, ThreadingModel};
use partywall::ffi::CLSCTX_INPROC_SERVER;

use crate::apartment::{self, Apartment, Kind};
use crate::class::{self, InprocServer};
use crate::context::CallContext;
use crate::proxy::{Marshaled, marshal, unmarshal};
use crate::{call, library, membership};

/// Makes an object and answers its interface `iid` with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CLASS_E_NOAGGREGATION` when an outer object asks for
/// another interface than `IUnknown`, or the object would live elsewhere;
/// `E_INVALIDARG` when `context` does not allow this process; those of the
/// registry, the library and the class.
pub fn create_instance(
    clsid: &GUID,
    outer: *mut c_void,
    context: u32,
    iid: &GUID,
) -> Result<*mut c_void, HRESULT> {
    let client = apartment::current()?;
    if context & CLSCTX_INPROC_SERVER == 0 {
        return Err(E_INVALIDARG);
    }
    if !outer.is_null() && *iid != IUnknown::IID {
        return Err(CLASS_E_NOAGGREGATION);
    }
    let server = class::inproc_server(clsid)?;
    let home = home_of(server.threading, &client)?;
    if Arc::ptr_eq(&home, &client) {
        return create_here(&server, clsid, outer, iid);
    }
    // An outer object holds its inner one's own pointer, which does not cross.
    if !outer.is_null() {
        return Err(CLASS_E_NOAGGREGATION);
    }
    let caller = CallContext::capture();
    let _hop = caller.trace().map(|trace| trace.hop("activation", caller.token().user()));
    let serving = caller.clone();
    let marshaled = call::run(&home, "an object to be made in another apartment", || {
        serving.serve(|| create_marshaled(&server, clsid))
    })??;
    unmarshal(&marshaled, iid)
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

fn create_here(
    server: &InprocServer,
    clsid: &GUID,
    outer: *mut c_void,
    iid: &GUID,
) -> Result<*mut c_void, HRESULT> {
    let factory = library::class_factory(&server.source, clsid)?;
    let mut raw = core::ptr::null_mut();
    // SAFETY: a live factory, a readable identifier and a writable place; the
    // outer object is the caller's.
    let code = unsafe { factory.CreateInstance(outer, iid, &mut raw) };
    if code.is_err() {
        return Err(code);
    }
    if raw.is_null() { Err(E_NOINTERFACE) } else { Ok(raw) }
}

fn create_marshaled(server: &InprocServer, clsid: &GUID) -> Result<Marshaled, HRESULT> {
    let raw = create_here(server, clsid, core::ptr::null_mut(), &IUnknown::IID)?;
    // SAFETY: the factory answered with an interface and a reference.
    let object = unsafe { IUnknown::from_raw(raw) };
    marshal(&object)
}
