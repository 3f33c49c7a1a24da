//! Activation: from a class identifier to an interface pointer.
//!
//! Where an object is made follows from its class's threading model and the
//! client's apartment:
//!
//! | client | none | Apartment | Free | Both |
//! |---|---|---|---|---|
//! | main STA | here | here | – | here |
//! | other STA | main STA | here | – | here |
//! | MTA | main STA | host STA | here | here |
//!
//! A class of an STA client that has to live in the MTA, and the neutral
//! apartment, are refused with `CO_E_NOT_SUPPORTED`.

use core::ffi::c_void;
use std::sync::Arc;

use com_abi::codes::{CLASS_E_NOAGGREGATION, CO_E_NOT_SUPPORTED, E_INVALIDARG, E_NOINTERFACE};
use com_abi::{GUID, HRESULT, IUnknown, Interface, ThreadingModel};
use partywall::ffi::CLSCTX_INPROC_SERVER;

use crate::apartment::{self, Apartment};
use crate::class::{self, InprocServer};
use crate::context::CallContext;
use crate::proxy::{Marshaled, marshal, unmarshal};
use crate::{call, library};

/// Makes an object and answers its interface `iid` with a reference.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`; `CLASS_E_NOAGGREGATION` with an outer object;
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
    if !outer.is_null() {
        return Err(CLASS_E_NOAGGREGATION);
    }
    let server = class::inproc_server(clsid)?;
    let home = home_of(server.threading, &client)?;
    if Arc::ptr_eq(&home, &client) {
        return create_here(&server, clsid, iid);
    }
    let caller = CallContext::capture();
    let _hop = caller.trace().map(|trace| trace.hop("activation", caller.token().user()));
    let serving = caller.clone();
    let marshaled = call::run(&home, "an object to be made in another apartment", || {
        serving.serve(|| create_marshaled(&server, clsid))
    })??;
    unmarshal(marshaled, iid)
}

fn home_of(model: ThreadingModel, client: &Arc<Apartment>) -> Result<Arc<Apartment>, HRESULT> {
    let here = || Ok(Arc::clone(client));
    match (model, client.is_sta()) {
        (ThreadingModel::None, _) => apartment::main_sta(),
        (ThreadingModel::Apartment, true)
        | (ThreadingModel::Free, false)
        | (ThreadingModel::Both, _) => here(),
        (ThreadingModel::Apartment, false) => apartment::host_sta(),
        (ThreadingModel::Free, true) | (ThreadingModel::Neutral, _) => Err(CO_E_NOT_SUPPORTED),
    }
}

fn create_here(server: &InprocServer, clsid: &GUID, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let factory = library::class_factory(&server.file, clsid)?;
    let mut raw = core::ptr::null_mut();
    // SAFETY: a live factory, a readable identifier and a writable place.
    let code = unsafe { factory.CreateInstance(core::ptr::null_mut(), iid, &mut raw) };
    if code.is_err() {
        return Err(code);
    }
    if raw.is_null() { Err(E_NOINTERFACE) } else { Ok(raw) }
}

fn create_marshaled(server: &InprocServer, clsid: &GUID) -> Result<Marshaled, HRESULT> {
    let raw = create_here(server, clsid, &IUnknown::IID)?;
    // SAFETY: the factory answered with an interface and a reference.
    let object = unsafe { IUnknown::from_raw(raw) };
    marshal(&object)
}
