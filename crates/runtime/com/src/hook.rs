//! Channel hooks: what looks at calls between apartments, and lets data travel
//! along.
//!
//! A call with hooks takes this course: on the caller's thread each hook is asked
//! for its data; on the object's thread each is notified with what its other
//! side sent, then the call is made, then each is asked for its answer; back on
//! the caller's thread each is notified with that. The data are kept in blocks
//! whose length is a multiple of 8, the rest zero. Without hooks a call does not
//! come here.
//!
//! Hooks are told the name of the call's chain (`causality`).

use core::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use com_abi::codes::S_OK;
use com_abi::rpc::{IChannelHook, NDR_LOCAL_DATA_REPRESENTATION, SChannelHookCallInfo};
use com_abi::{GUID, HRESULT};

use crate::causality;

/// Largest data of one hook, in bytes.
const MAX_EXTENT_BYTES: u32 = 1 << 20;
/// Most hooks of a process.
const MAX_HOOKS: usize = 64;

struct Registered {
    extent: GUID,
    hook: IChannelHook,
}

// SAFETY: a hook is free-threaded, as its interface asks; it is never released.
unsafe impl Send for Registered {}
// SAFETY: as above.
unsafe impl Sync for Registered {}

static HOOKS: RwLock<Vec<Arc<Registered>>> = RwLock::new(Vec::new());
/// Whether there are any; looked at by every call.
static ANY: AtomicBool = AtomicBool::new(false);

/// Registers a hook for the rest of the process; false when there are too many.
pub fn register(extent: &GUID, hook: &IChannelHook) -> bool {
    let mut hooks = HOOKS.write().unwrap_or_else(PoisonError::into_inner);
    if hooks.len() >= MAX_HOOKS {
        return false;
    }
    hooks.push(Arc::new(Registered { extent: *extent, hook: hook.clone() }));
    ANY.store(true, Ordering::Release);
    true
}

/// Data of one hook.
struct Extent {
    id: GUID,
    /// Without the zeroes at the end.
    size: u32,
    /// In units of 8 bytes, so that the address is aligned too.
    data: Vec<u64>,
}

impl Extent {
    /// Asks for the size, and for the data unless that is 0.
    fn ask(
        id: &GUID,
        size: impl FnOnce(&mut u32),
        fill: impl FnOnce(&mut u32, *mut c_void),
    ) -> Option<Self> {
        let mut wanted = 0;
        size(&mut wanted);
        if wanted == 0 || wanted > MAX_EXTENT_BYTES {
            return None;
        }
        let mut data = vec![0u64; (wanted as usize).div_ceil(8)];
        let mut written = wanted;
        fill(&mut written, data.as_mut_ptr().cast());
        Some(Self { id: *id, size: written.min(wanted), data })
    }
}

/// A call that hooks look at. Made by [`begin`].
pub struct HookedCall {
    hooks: Vec<Arc<Registered>>,
    iid: GUID,
    chain: GUID,
    method: u32,
    extents: Vec<Extent>,
}

/// Asks the hooks for what goes along with a call; `None` without hooks.
pub fn begin(iid: &GUID, method: u32) -> Option<HookedCall> {
    if !ANY.load(Ordering::Acquire) {
        return None;
    }
    let hooks = HOOKS.read().unwrap_or_else(PoisonError::into_inner).clone();
    let chain = causality::current();
    let mut call = HookedCall { hooks, iid: *iid, chain, method, extents: Vec::new() };
    let info = call.info(core::ptr::null_mut());
    let about = info.about();
    // SAFETY: live hooks; what they get lives during their call.
    call.extents = call.collect(|known| unsafe {
        let (hook, id) = (&known.hook, &known.extent);
        Extent::ask(
            id,
            |size| hook.ClientGetSize(id, about, size),
            |size, data| hook.ClientFillBuffer(id, about, size, data),
        )
    });
    Some(call)
}

/// What hooks are told, at an address that stays.
struct Info(SChannelHookCallInfo);

impl Info {
    /// The address, as the hooks' methods take it.
    fn about(&self) -> *const GUID {
        (&raw const self.0).cast()
    }
}

impl HookedCall {
    fn info(&self, object: *mut c_void) -> Info {
        Info(SChannelHookCallInfo {
            iid: self.iid,
            cbSize: size_of::<SChannelHookCallInfo>() as u32,
            uCausality: self.chain,
            dwServerPid: std::process::id(),
            iMethod: self.method,
            pObject: object,
        })
    }

    fn collect(&self, ask: impl Fn(&Registered) -> Option<Extent>) -> Vec<Extent> {
        self.hooks.iter().filter_map(|known| ask(known)).collect()
    }

    /// Tells each hook what its other side sent: size and address.
    fn notify(&mut self, tell: impl Fn(&Registered, u32, *mut c_void)) {
        let mut extents = std::mem::take(&mut self.extents);
        for known in &self.hooks {
            match extents.iter_mut().find(|extent| extent.id == known.extent) {
                Some(extent) => tell(known, extent.size, extent.data.as_mut_ptr().cast()),
                None => tell(known, 0, core::ptr::null_mut()),
            }
        }
    }

    /// Makes the call on the object's thread.
    fn serve<T>(&mut self, body: impl FnOnce() -> Result<T, HRESULT>) -> Result<T, HRESULT> {
        let info = self.info(core::ptr::null_mut());
        let (about, form) = (info.about(), NDR_LOCAL_DATA_REPRESENTATION);
        // SAFETY: live hooks; what they get lives during their call.
        self.notify(|known, size, data| unsafe {
            known.hook.ServerNotify(&known.extent, about, size, data, form);
        });
        let answer = body();
        let fault = answer.as_ref().err().copied().unwrap_or(S_OK);
        // SAFETY: as above.
        self.extents = self.collect(|known| unsafe {
            let (hook, id) = (&known.hook, &known.extent);
            Extent::ask(
                id,
                |size| hook.ServerGetSize(id, about, fault, size),
                |size, data| hook.ServerFillBuffer(id, about, size, data, fault),
            )
        });
        answer
    }
}

/// Makes a call on the object's thread, with what the hooks have to do there.
///
/// # Errors
/// What `body` answers.
pub fn serve<T>(
    call: Option<&mut HookedCall>,
    body: impl FnOnce() -> Result<T, HRESULT>,
) -> Result<T, HRESULT> {
    match call {
        Some(call) => call.serve(body),
        None => body(),
    }
}

/// Tells the hooks that a call has ended; `object` is the proxy.
pub fn end<T>(call: Option<HookedCall>, object: *mut c_void, answer: &Result<T, HRESULT>) {
    let Some(mut call) = call else { return };
    let fault = answer.as_ref().err().copied().unwrap_or(S_OK);
    let info = call.info(object);
    let (about, form) = (info.about(), NDR_LOCAL_DATA_REPRESENTATION);
    // SAFETY: live hooks; what they get lives during their call.
    call.notify(|known, size, data| unsafe {
        known.hook.ClientNotify(&known.extent, about, size, data, form, fault);
    });
}
