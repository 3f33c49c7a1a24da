//! Result codes of the component runtime, under their documented names, each
//! with what it means and what to do.
//!
//! The documented structure of a code (MS-ERREF 2.1) is in `structure`, the
//! system's errors as result codes (facility 7) in `win32`.

mod structure;
mod win32;

use windows_core::HRESULT;

pub use structure::{facility, facility_name, is_error, system_error};
pub use win32::WIN32;

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The code.
    pub code: HRESULT,
    /// Its documented name.
    pub name: &'static str,
    /// What it means, a sentence.
    pub means: &'static str,
    /// What to do, a sentence.
    pub advice: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:literal, $advice:literal;)*) => {
        $($(#[doc = $doc])* pub const $name: HRESULT = HRESULT($value as u32 as i32);)*

        /// Every code of this list.
        pub const ALL: &[Description] = &[$(Description {
            code: $name,
            name: stringify!($name),
            means: concat!($($doc),+).trim_ascii(),
            advice: $advice,
        },)*];

        /// The documented name of a code, if it is one of these.
        pub const fn name(code: HRESULT) -> Option<&'static str> {
            match code {
                $($name => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

codes! {
    /// Done.
    S_OK = 0x0000_0000,
        "There is nothing to do.";
    /// Done, with a difference that the method documents.
    S_FALSE = 0x0000_0001,
        "Read what the method documents for it; it is no failure.";
    /// Not implemented.
    E_NOTIMPL = 0x8000_4001,
        "Use another method; this object does not offer this one.";
    /// The object does not have this interface.
    E_NOINTERFACE = 0x8000_4002,
        "Ask for an interface that the class has; a proxy also needs the library that describes \
         the interface.";
    /// A pointer that must not be null is.
    E_POINTER = 0x8000_4003,
        "Pass the address of a variable where the method writes its answer.";
    /// Failed, without a better code.
    E_FAIL = 0x8000_4005,
        "Look into the log of the process that answered: it says more.";
    /// Should not have happened.
    E_UNEXPECTED = 0x8000_FFFF,
        "This is a defect of whoever answers it: report it with the log.";
    /// The caller may not do this.
    E_ACCESSDENIED = 0x8007_0005,
        "Work as a user who may, or give this user the permission.";
    /// Out of memory.
    E_OUTOFMEMORY = 0x8007_000E,
        "Ask for less, or give the process more memory.";
    /// An argument makes no sense.
    E_INVALIDARG = 0x8007_0057,
        "Compare the arguments with what the method documents.";
    /// The wait was longer than its bound.
    RPC_E_TIMEOUT = 0x8001_011F,
        "Look into the other side's log for what it waits for, or allow more time.";
    /// The object's server died while the call ran.
    RPC_E_SERVER_DIED = 0x8001_0007,
        "Create the object anew; the log says why its process ended.";
    /// The object was disconnected from its clients.
    RPC_E_DISCONNECTED = 0x8001_0108,
        "Create the object anew and use the new pointer.";
    /// The object panicked.
    RPC_E_SERVERFAULT = 0x8001_0105,
        "Look for the panic in the log of the object's process, and repair the component.";
    /// The thread is in an apartment of another kind.
    RPC_E_CHANGED_MODE = 0x8001_0106,
        "Ask for the kind of apartment that the thread already has, or use another thread.";
    /// The pointer belongs to another apartment.
    RPC_E_WRONG_THREAD = 0x8001_010E,
        "Marshal the pointer to this thread instead of passing it as it is.";
    /// No call is being served on this thread.
    RPC_E_CALL_COMPLETE = 0x8001_0117,
        "Ask for the call's context only while a method serves it.";
    /// The caller cannot be impersonated here.
    RPC_E_CANNOT_IMPERSONATE = 0x8001_010D,
        "Let the client allow impersonation, and impersonate only while its call is served.";
    /// `CoInitializeEx` was not called on this thread.
    CO_E_NOTINITIALIZED = 0x8004_01F0,
        "Call CoInitializeEx on this thread before anything else.";
    /// The text is not a class identifier.
    CO_E_CLASSSTRING = 0x8004_01F3,
        "Check the spelling of the ProgID, and that its library is registered.";
    /// The class's library could not be found or loaded.
    CO_E_DLLNOTFOUND = 0x8004_01F8,
        "Check the path in InprocServer32 with `partywall reg query`, and register the library \
         again.";
    /// The class's library lacks an entry point.
    CO_E_ERRORINDLL = 0x8004_01F9,
        "Export DllGetClassObject from the library by its plain C name.";
    /// The object was never connected, or its apartment has ended.
    CO_E_OBJNOTCONNECTED = 0x8004_01FD,
        "Create the object anew while its apartment lives.";
    /// The object is not known any more to whoever kept a weak reference.
    CO_E_OBJNOTREG = 0x8004_01FB,
        "Keep the object elsewhere while a weak packet is in use, or marshal it with \
         MSHLFLAGS_TABLESTRONG.";
    /// The stream ended before what was to be read.
    STG_E_READFAULT = 0x8003_001E,
        "Seek to where the packet begins, and check that all of it was written.";
    /// The stream could not take what was to be written.
    STG_E_WRITEFAULT = 0x8003_001D,
        "Check the room that is left where the stream is kept.";
    /// The bytes are not a marshaled interface.
    RPC_E_INVALID_OBJREF = 0x8001_011D,
        "Seek to where the packet begins; nothing but CoMarshalInterface writes packets.";
    /// The class is not registered.
    REGDB_E_CLASSNOTREG = 0x8004_0154,
        "Register its library with `partywall register FILE.so`.";
    /// Reading the registry failed.
    REGDB_E_READREGDB = 0x8004_0150,
        "Check the data folder's registry.db and its permissions; the log has the cause.";
    /// Writing the registry failed.
    REGDB_E_WRITEREGDB = 0x8004_0151,
        "Check that this user may write the data folder's registry.db; the log has the cause.";
    /// The registered threading model is not one that exists.
    REGDB_E_BADTHREADINGMODEL = 0x8004_0156,
        "Set ThreadingModel to Apartment, Free, Both or Neutral, or delete the value.";
    /// No proxy or stub is known for this interface.
    REGDB_E_IIDNOTREG = 0x8004_0155,
        "Load the library that describes the interface, or register its proxy.";
    /// The class cannot be aggregated.
    CLASS_E_NOAGGREGATION = 0x8004_0110,
        "Create the object without an outer object.";
    /// The library does not have this class.
    CLASS_E_CLASSNOTAVAILABLE = 0x8004_0111,
        "Register the library that has the class: the registry names another one.";
    /// The interface identifier that must be null is not.
    DISP_E_UNKNOWNINTERFACE = 0x8002_0001,
        "Pass IID_NULL.";
    /// The object has no such member.
    DISP_E_MEMBERNOTFOUND = 0x8002_0003,
        "Ask GetIDsOfNames which members the object has.";
    /// The member has no such parameter, or an argument was left out.
    DISP_E_PARAMNOTFOUND = 0x8002_0004,
        "Compare the arguments with the parameters of the member.";
    /// The value cannot be converted to the type that is needed.
    DISP_E_TYPEMISMATCH = 0x8002_0005,
        "Pass a value of the type that the member documents.";
    /// A name is not known.
    DISP_E_UNKNOWNNAME = 0x8002_0006,
        "Check the spelling against what the object documents.";
    /// The object takes no named arguments.
    DISP_E_NONAMEDARGS = 0x8002_0007,
        "Pass the arguments by position.";
    /// The type of a variant is not one that exists here.
    DISP_E_BADVARTYPE = 0x8002_0008,
        "Set vt to one of the VARENUM values that VariantInit documents.";
    /// The object raised an exception, which `EXCEPINFO` describes.
    DISP_E_EXCEPTION = 0x8002_0009,
        "Read the EXCEPINFO: it says what happened and who can help.";
    /// The value does not fit the type that is needed.
    DISP_E_OVERFLOW = 0x8002_000A,
        "Pass a smaller value, or ask for a wider type.";
    /// An array has no such element or dimension.
    DISP_E_BADINDEX = 0x8002_000B,
        "Ask SafeArrayGetLBound and SafeArrayGetUBound for the bounds.";
    /// The locale is not known.
    DISP_E_UNKNOWNLCID = 0x8002_000C,
        "Pass the locale 0.";
    /// The array's memory is in use.
    DISP_E_ARRAYISLOCKED = 0x8002_000D,
        "Unlock the array as often as it was locked.";
    /// The member takes another number of arguments.
    DISP_E_BADPARAMCOUNT = 0x8002_000E,
        "Pass as many arguments as the member has parameters.";
    /// An argument that is needed was left out.
    DISP_E_PARAMNOTOPTIONAL = 0x8002_000F,
        "Pass the argument.";
    /// The callee is not what the call needs.
    DISP_E_BADCALLEE = 0x8002_0010,
        "Call an object that is made for this call.";
    /// The object is not a collection.
    DISP_E_NOTACOLLECTION = 0x8002_0011,
        "Enumerate an object that has _NewEnum.";
    /// A division by zero.
    DISP_E_DIVBYZERO = 0x8002_0012,
        "Check the divisor first.";
    /// The place for the answer is too small.
    DISP_E_BUFFERTOOSMALL = 0x8002_0013,
        "Pass a larger buffer.";
}
