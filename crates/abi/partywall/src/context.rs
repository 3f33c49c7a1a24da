//! Contexts with properties: asked for by what they are to do, and entered with a
//! closure.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use com_abi::codes::{E_UNEXPECTED, RPC_E_SERVERFAULT, S_OK};
use com_abi::context::{
    APTTYPE_CURRENT, APTTYPE_MAINSTA, APTTYPE_MTA, APTTYPE_NA, ComCallData, IContextCallback,
};
use com_abi::interceptor::{
    IPwInterceptor, PW_IDENTITY_CALLER, PW_IDENTITY_CREATOR, PW_SYNCHRONIZATION_DISABLED,
    PW_SYNCHRONIZATION_NOT_SUPPORTED, PW_SYNCHRONIZATION_REQUIRED, PW_SYNCHRONIZATION_REQUIRES_NEW,
    PW_SYNCHRONIZATION_SUPPORTED, PwContextProperties,
};
use com_abi::{HRESULT, Interface, WideString};

use crate::com::ok;
use crate::ffi::contexts::PwCreateContext;

/// Whether one chain of calls is in a context at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronization {
    /// No matter.
    Disabled,
    /// Never.
    NotSupported,
    /// In the creator's activity, if it is in one.
    Supported,
    /// In the creator's activity, or a new one.
    Required,
    /// In a new activity.
    RequiresNew,
}

/// Where a context is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the apartment of the thread that makes it.
    Here,
    /// In the main single-threaded apartment.
    MainSta,
    /// In the multithreaded apartment.
    Mta,
    /// In the neutral apartment.
    Neutral,
}

/// A context that is being asked for: `Context::new().…create()`.
#[must_use = "nothing is made before `create`"]
pub struct Builder {
    properties: PwContextProperties,
    name: Option<WideString>,
    users: Option<Vec<WideString>>,
    interceptors: Vec<IPwInterceptor>,
}

impl Builder {
    /// Whether one chain of calls is in it at a time.
    pub fn synchronisation(mut self, synchronization: Synchronization) -> Self {
        self.properties.synchronization = match synchronization {
            Synchronization::Disabled => PW_SYNCHRONIZATION_DISABLED,
            Synchronization::NotSupported => PW_SYNCHRONIZATION_NOT_SUPPORTED,
            Synchronization::Supported => PW_SYNCHRONIZATION_SUPPORTED,
            Synchronization::Required => PW_SYNCHRONIZATION_REQUIRED,
            Synchronization::RequiresNew => PW_SYNCHRONIZATION_REQUIRES_NEW,
        };
        self
    }

    /// How long a call waits to enter, in whole milliseconds, at least one; a minute
    /// if nothing is said.
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        let milliseconds = u32::try_from(longest.as_millis()).unwrap_or(u32::MAX);
        self.properties.timeout_ms = milliseconds.max(1);
        self
    }

    /// Where it is; in the current apartment if nothing is said.
    pub fn place(mut self, place: Where) -> Self {
        self.properties.apartment = match place {
            Where::Here => APTTYPE_CURRENT,
            Where::MainSta => APTTYPE_MAINSTA,
            Where::Mta => APTTYPE_MTA,
            Where::Neutral => APTTYPE_NA,
        };
        self
    }

    /// Calls run as whoever this thread works for when it makes the context.
    pub fn as_creator(mut self) -> Self {
        self.properties.identity = PW_IDENTITY_CREATOR;
        self
    }

    /// Calls run as the thread that serves them, which is what they do if nothing is
    /// said.
    pub fn as_caller(mut self) -> Self {
        self.properties.identity = PW_IDENTITY_CALLER;
        self
    }

    /// The least `RPC_C_AUTHN_LEVEL_…` of a call.
    pub fn authentication_level(mut self, level: u32) -> Self {
        self.properties.authentication_level = level;
        self
    }

    /// Only these accounts may call.
    pub fn users<'a>(mut self, users: impl IntoIterator<Item = &'a str>) -> Self {
        self.users = Some(users.into_iter().map(WideString::new).collect());
        self
    }

    /// Its name, without a trace.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(WideString::new(name));
        self
    }

    /// Each call into it is a hop of this name in the caller's trace.
    pub fn trace(self, name: &str) -> Self {
        let mut named = self.name(name);
        named.properties.is_traced = 1;
        named
    }

    /// An interceptor of the program's, which has to be agile.
    pub fn interceptor(mut self, interceptor: IPwInterceptor) -> Self {
        self.interceptors.push(interceptor);
        self
    }

    /// Makes the context.
    ///
    /// # Errors
    /// `CO_E_NOTINITIALIZED` on a thread without an apartment; `E_INVALIDARG` for an
    /// interceptor that is not agile or a level that there is not.
    pub fn create(self) -> Result<Context, HRESULT> {
        let users: Option<Vec<*const u16>> =
            self.users.as_ref().map(|all| all.iter().map(WideString::as_ptr).collect());
        let interceptors: Vec<*mut c_void> =
            self.interceptors.iter().map(Interface::as_raw).collect();
        let mut properties = self.properties;
        if let Some(users) = &users {
            properties.users = users.as_ptr();
            properties.user_count = users.len() as u32;
        }
        properties.name = self.name.as_ref().map_or(core::ptr::null(), WideString::as_ptr);
        properties.interceptors = interceptors.as_ptr();
        properties.interceptor_count = interceptors.len() as u32;
        let mut raw = null_mut();
        // SAFETY: texts and lists that live during the call, a readable identifier and
        // a writable place.
        ok(unsafe { PwCreateContext(&properties, &IContextCallback::IID, &mut raw) })?;
        if raw.is_null() {
            return Err(E_UNEXPECTED);
        }
        // SAFETY: the call succeeded: that interface with a reference of ours.
        Ok(Context(unsafe { IContextCallback::from_raw(raw) }))
    }
}

/// A context. Objects that are made within it are its own; it lives as long as they do
/// for others, and as this does.
#[derive(Clone, Debug)]
pub struct Context(IContextCallback);

// SAFETY: the runtime's contexts may be used and released by every thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Context {
    /// A context of the current apartment without properties, to be given some.
    #[expect(clippy::new_ret_no_self, reason = "reads as what is built")]
    pub fn new() -> Builder {
        let properties = PwContextProperties::default();
        Builder { properties, name: None, users: None, interceptors: Vec::new() }
    }

    /// The context's object.
    pub fn object(&self) -> &IContextCallback {
        &self.0
    }

    /// Runs `body` within the context, in its apartment: on this thread where that is
    /// possible. A panic in `body` goes on here.
    ///
    /// # Errors
    /// `RPC_E_DISCONNECTED` when the apartment has ended; the code of an interceptor
    /// that refused: `E_ACCESSDENIED`, `CONTEXT_E_SYNCH_TIMEOUT` or the program's own.
    pub fn run<F, R>(&self, body: F) -> Result<R, HRESULT>
    where
        F: FnOnce() -> R + Send,
        R: Send,
    {
        let mut job = Job { body: Some(body), answer: None };
        let mut data =
            ComCallData { dwDispid: 0, dwReserved: 0, pUserDefined: (&raw mut job).cast() };
        // SAFETY: the function fits the data, which live until the call has ended.
        let code = unsafe {
            let function = Some(call::<F, R> as com_abi::context::ContextCall);
            self.0.ContextCallback(function, &mut data, core::ptr::null(), 0, null_mut())
        };
        match job.answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(panic)) => resume_unwind(panic),
            None if code.is_err() => Err(code),
            None => Err(E_UNEXPECTED),
        }
    }
}

struct Job<F, R> {
    body: Option<F>,
    answer: Option<std::thread::Result<R>>,
}

/// Runs a job.
///
/// # Safety
/// The data are those of a live `Job<F, R>`, which nobody else uses meanwhile.
unsafe extern "C-unwind" fn call<F: FnOnce() -> R, R>(data: *mut ComCallData) -> HRESULT {
    // SAFETY: forwarded from the caller.
    let job = unsafe { &mut *(*data).pUserDefined.cast::<Job<F, R>>() };
    let Some(body) = job.body.take() else { return E_UNEXPECTED };
    let answer = catch_unwind(AssertUnwindSafe(body));
    let code = if answer.is_ok() { S_OK } else { RPC_E_SERVERFAULT };
    job.answer = Some(answer);
    code
}
