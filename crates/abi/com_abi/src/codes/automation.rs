//! Results of late-bound calls and type information.

codes! {
    AUTOMATION:
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
    /// The type library is not registered.
    TYPE_E_LIBNOTREGISTERED = 0x8002_801D,
        "Register the library again.";
    /// The type information has no such element.
    TYPE_E_ELEMENTNOTFOUND = 0x8002_802B,
        "Check the name or number against what the interface declares.";
}
