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
mod idl;
mod interface;
mod proxy;
#[cfg(test)]
mod tests;
mod twin;

use proc_macro::TokenStream;

/// Makes a COM interface of a trait: `#[interface("IID")] pub unsafe trait
/// IFoo: IUnknown { unsafe fn Bar(&self, …) -> HRESULT; }`.
///
/// Yields the pointer type `IFoo`, `IFoo_Vtbl` with the methods in order after
/// those of the base, and the trait `IFoo_Impl`. The base is `IUnknown` or
/// another interface made so, whose `_Vtbl` and `_Impl` are in scope. A method
/// with a body has it as the default of a class that does not write the method.
///
/// `#[interface("IID", proxy)]` also yields `com_abi::description::Described`: the
/// proxy and the description with which the runtime makes it. The base is
/// described too. `#[idl(…)]` says of the parameters what their types do not:
///
/// | written | means |
/// |---|---|
/// | `in`, `out`, `retval`, `optional` | direction; `*mut T` is `out`, all else `in` when nothing is said |
/// | `ref`, `unique`, `ptr` | how the parameter's own pointer behaves; `ref` when nothing is said |
/// | `string` | text that ends with a zero, of `u16` or `u8` units |
/// | `bstr`, `wchar`, `safearray(VT)` | `*mut u16` is a `BSTR`; `u16` is a unit of text; the elements of a `*mut SafeArray` |
/// | `size_is(n)`, `max_is(n)`, `length_is(n)` | an array behind the pointer; `n` is `count`, `*count`, either with `+ 1` or `- 1`, or a number; `size_is(_, *n)` for the second pointer of two |
/// | `interface(IFoo)`, `iid_is(iid)` | which interface a `*mut c_void` is |
/// | `switch_is(n)` | what selects the arm of a union |
///
/// On a method: `id(1)`, `propget`, `propput`, `propputref`, `local`,
/// `input_sync`, `asynchronous`, `finish(function)`. On the trait: `pointer_default(unique)`,
/// `async_uuid("IID")`, `dual`.
///
/// `async_uuid` yields the asynchronous twin `AsyncIFoo` as well, with which an object
/// elsewhere is called without waiting: for each method `Begin_Bar` with the parameters
/// that go in, and `Finish_Bar` with those that come out. What goes both ways is only
/// read by `Begin_Bar`, and only written by `Finish_Bar`, as if it had not been there
/// before. The base is `IUnknown` or has a twin too.
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
/// `appid = "…"` is the application that the class belongs to, which with the word
/// `surrogate` may run in a process of its own.
/// `dual(IFoo)` writes `IDispatch` from the description of a dual interface of the
/// class. Every class can be aggregated; one that aggregates others names the fields
/// that hold their non-delegating `IUnknown`s: `aggregates(inner)`. A class is
/// bound to its apartment: it never answers `IAgileObject`.
#[proc_macro_attribute]
pub fn class(args: TokenStream, item: TokenStream) -> TokenStream {
    class::expand(args.into(), item.into()).unwrap_or_else(|e| e.into_compile_error()).into()
}

/// Describes a structure, union or enumeration, so that proxies can pass it.
///
/// A structure has C's layout; its fields take the attributes of parameters
/// (see [`macro@interface`]), and the last one may be an array of one element with
/// `size_is(…)`. A union says `#[idl(switch_type(u32))]` and each arm
/// `#[idl(case(1, 2))]` or `#[idl(default)]`; a structure of a tag and a union with
/// `switch_is(tag)` may be `#[idl(encapsulated)]`. An enumeration has 16 bits on a
/// wire unless it says `#[idl(v1_enum)]`.
#[proc_macro_derive(Idl, attributes(idl))]
pub fn idl(item: TokenStream) -> TokenStream {
    idl::derive(item.into()).unwrap_or_else(|e| e.into_compile_error()).into()
}
