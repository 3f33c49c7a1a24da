//! Results of every kind of method.

codes! {
    GENERAL:
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
    /// The operation was given up.
    E_ABORT = 0x8000_4004,
        "Start it again if it is still wanted.";
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
}
