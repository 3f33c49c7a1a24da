//! The echo component: five classes with one implementation, which differ in
//! their ThreadingModel only (`Partywall.Echo.Main`, `.Apartment`, `.Free`,
//! `.Both`, `.Neutral`), to see what an apartment does to a call.
//!
//! An object has no state, so it needs no locks whatever its model says.
//! [`ffi`] has the classes and their methods; `answers` what they say.

mod answers;
pub mod ffi;

partywall::component_library!(
    ffi::EchoMain,
    ffi::EchoApartment,
    ffi::EchoFree,
    ffi::EchoBoth,
    ffi::EchoNeutral;
    interfaces: echo_abi::IEcho, echo_abi::IEchoDispatch,
);
