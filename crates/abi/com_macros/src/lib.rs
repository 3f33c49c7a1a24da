//! The macros that write COM's binary contract from Rust.
//!
//! [`macro@interface`] turns a trait into an interface: the pointer type, its
//! vtable in the documented order, and the trait that a class implements.
//! [`macro@class`] turns a struct into a class: its identity, the list of its
//! interfaces, its registration. Each generated vtable method catches a panic
//! and answers `RPC_E_SERVERFAULT`, also in a direct call: a panic must never
//! leave an `extern` function. What objects look like in memory is in
//! `com_abi::object`; nothing here is `unsafe` by itself.

mod class;
mod guid;
mod interface;
mod proxy;

use proc_macro::TokenStream;

/// Makes a COM interface of a trait: `#[interface("IID")] pub unsafe trait
/// IFoo: IUnknown { unsafe fn Bar(&self, …) -> HRESULT; }`.
///
/// Yields the pointer type `IFoo`, `IFoo_Vtbl` with the methods in order after
/// those of the base, and the trait `IFoo_Impl`. The base is `IUnknown` or
/// another interface made so, whose `_Vtbl` and `_Impl` are in scope. A method
/// with a body has it as the default of a class that does not write the method.
///
/// `#[interface("IID", proxy)]` also yields `partywall::Described`: the frame
/// proxy and the description with which the runtime makes it.
#[proc_macro_attribute]
pub fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    interface::expand(args.into(), item.into()).unwrap_or_else(|e| e.into_compile_error()).into()
}

/// Makes a COM class of a struct: `#[class(interfaces(IFoo, IBar))]`.
///
/// With `clsid = "…"`, `progid = "…"`, `name = "…"` and `threading =
/// "Apartment"` (or `None`, `Free`, `Both`, `Neutral`) the class can be
/// registered and created by its identifier; it then has to be `Default`, or
/// name a function by `create = path` that makes it from `com_abi::Controlling`.
/// Every class can be aggregated; one that aggregates others names the fields
/// that hold their non-delegating `IUnknown`s: `aggregates(inner)`. A class is
/// bound to its apartment: it never answers `IAgileObject`.
#[proc_macro_attribute]
pub fn class(args: TokenStream, item: TokenStream) -> TokenStream {
    class::expand(args.into(), item.into()).unwrap_or_else(|e| e.into_compile_error()).into()
}
