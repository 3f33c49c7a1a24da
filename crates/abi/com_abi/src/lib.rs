//! COM's binary contract: identifiers, result codes, interface pointers, what
//! an object looks like in memory, class factories, interface descriptions.
//!
//! The types are those of `windows-core` where that crate has them on Linux;
//! the object layout and the factory are our own, because its `#[implement]`
//! is agile by default and aborts on a panic. The types of scripting languages
//! ([`automation`]) are our own too: that crate has no `BSTR` here. What calls mean (apartments,
//! proxies, activation) is `runtime/com`.

pub mod asynchronous;
pub mod automation;
pub mod codes;
pub mod context;
pub mod description;
mod factory;
pub mod global_table;
pub mod interceptor;
pub mod malloc;
pub mod marshal;
pub mod message;
pub mod moniker;
pub mod object;
pub mod persist;
pub mod proxy_stub;
mod registration;
pub mod rpc;
pub mod stream;
mod time;
mod wide;

pub use com_macros::{Idl, class, interface};
pub use description::{Described, Idl};
pub use factory::{
    ClassFactory, IClassFactory, IClassFactory_Impl, IClassFactory_Vtbl, can_unload_now,
    get_class_object,
};
pub use object::{Class, Controlling, new_interface};
pub use registration::{CreatableClass, Registration, ThreadingModel, format_guid, parse_guid};
pub use time::FILETIME;
pub use wide::{WideString, from_wide, wide_units};
pub use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

// The macros name this crate by path, also inside it.
extern crate self as com_abi;
