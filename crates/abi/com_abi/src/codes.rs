//! Result codes of the component runtime, under their documented names.

use windows_core::HRESULT;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        $($(#[$doc])* pub const $name: HRESULT = HRESULT($value as u32 as i32);)*

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
    S_OK = 0x0000_0000;
    /// Done, with a difference that the method documents.
    S_FALSE = 0x0000_0001;
    /// Not implemented.
    E_NOTIMPL = 0x8000_4001;
    /// The object does not have this interface.
    E_NOINTERFACE = 0x8000_4002;
    /// A pointer that must not be null is.
    E_POINTER = 0x8000_4003;
    /// Failed, without a better code.
    E_FAIL = 0x8000_4005;
    /// Should not have happened.
    E_UNEXPECTED = 0x8000_FFFF;
    /// The caller may not do this.
    E_ACCESSDENIED = 0x8007_0005;
    /// Out of memory.
    E_OUTOFMEMORY = 0x8007_000E;
    /// An argument makes no sense.
    E_INVALIDARG = 0x8007_0057;
    /// The wait was longer than its bound.
    RPC_E_TIMEOUT = 0x8001_011F;
    /// The object's server died while the call ran.
    RPC_E_SERVER_DIED = 0x8001_0007;
    /// The object was disconnected from its clients.
    RPC_E_DISCONNECTED = 0x8001_0108;
    /// The object panicked.
    RPC_E_SERVERFAULT = 0x8001_0105;
    /// The thread is in an apartment of another kind.
    RPC_E_CHANGED_MODE = 0x8001_0106;
    /// The pointer belongs to another apartment.
    RPC_E_WRONG_THREAD = 0x8001_010E;
    /// No call is being served on this thread.
    RPC_E_CALL_COMPLETE = 0x8001_0117;
    /// The caller cannot be impersonated here.
    RPC_E_CANNOT_IMPERSONATE = 0x8001_010D;
    /// `CoInitializeEx` was not called on this thread.
    CO_E_NOTINITIALIZED = 0x8004_01F0;
    /// The text is not a class identifier.
    CO_E_CLASSSTRING = 0x8004_01F3;
    /// The class's library could not be found or loaded.
    CO_E_DLLNOTFOUND = 0x8004_01F8;
    /// The class's library lacks an entry point.
    CO_E_ERRORINDLL = 0x8004_01F9;
    /// The object was never connected, or its apartment has ended.
    CO_E_OBJNOTCONNECTED = 0x8004_01FD;
    /// The class is not registered.
    REGDB_E_CLASSNOTREG = 0x8004_0154;
    /// Reading the registry failed.
    REGDB_E_READREGDB = 0x8004_0150;
    /// Writing the registry failed.
    REGDB_E_WRITEREGDB = 0x8004_0151;
    /// The registered threading model is not one that exists.
    REGDB_E_BADTHREADINGMODEL = 0x8004_0156;
    /// No proxy or stub is known for this interface.
    REGDB_E_IIDNOTREG = 0x8004_0155;
    /// The class cannot be aggregated.
    CLASS_E_NOAGGREGATION = 0x8004_0110;
    /// The library does not have this class.
    CLASS_E_CLASSNOTAVAILABLE = 0x8004_0111;
    /// The interface identifier that must be null is not.
    DISP_E_UNKNOWNINTERFACE = 0x8002_0001;
    /// The object has no such member.
    DISP_E_MEMBERNOTFOUND = 0x8002_0003;
    /// The member has no such parameter, or an argument was left out.
    DISP_E_PARAMNOTFOUND = 0x8002_0004;
    /// The value cannot be converted to the type that is needed.
    DISP_E_TYPEMISMATCH = 0x8002_0005;
    /// A name is not known.
    DISP_E_UNKNOWNNAME = 0x8002_0006;
    /// The object takes no named arguments.
    DISP_E_NONAMEDARGS = 0x8002_0007;
    /// The type of a variant is not one that exists here.
    DISP_E_BADVARTYPE = 0x8002_0008;
    /// The object raised an exception, which `EXCEPINFO` describes.
    DISP_E_EXCEPTION = 0x8002_0009;
    /// The value does not fit the type that is needed.
    DISP_E_OVERFLOW = 0x8002_000A;
    /// An array has no such element or dimension.
    DISP_E_BADINDEX = 0x8002_000B;
    /// The locale is not known.
    DISP_E_UNKNOWNLCID = 0x8002_000C;
    /// The array's memory is in use.
    DISP_E_ARRAYISLOCKED = 0x8002_000D;
    /// The member takes another number of arguments.
    DISP_E_BADPARAMCOUNT = 0x8002_000E;
    /// An argument that is needed was left out.
    DISP_E_PARAMNOTOPTIONAL = 0x8002_000F;
    /// The callee is not what the call needs.
    DISP_E_BADCALLEE = 0x8002_0010;
    /// The object is not a collection.
    DISP_E_NOTACOLLECTION = 0x8002_0011;
    /// A division by zero.
    DISP_E_DIVBYZERO = 0x8002_0012;
    /// The place for the answer is too small.
    DISP_E_BUFFERTOOSMALL = 0x8002_0013;
}
