//! Contexts with properties, declared.

use core::ffi::c_void;

use com_abi::interceptor::PwContextProperties;
use com_abi::{GUID, HRESULT};

unsafe extern "system" {
    /// Makes a context with properties in an apartment and answers an interface of it
    /// with a reference: `IContextCallback`, `IObjContext`, `IComThreadingInfo`.
    ///
    /// The context lives as long as somebody holds it, is within, or holds one of its
    /// objects from elsewhere; at the latest until its apartment ends. Objects that are
    /// made within it are its own.
    ///
    /// `CO_E_NOTINITIALIZED`; `E_INVALIDARG` for a value that means nothing, or an
    /// interceptor that is not agile; `E_NOINTERFACE`; `E_POINTER` for a null place.
    pub fn PwCreateContext(
        properties: *const PwContextProperties,
        iid: *const GUID,
        context: *mut *mut c_void,
    ) -> HRESULT;
}
