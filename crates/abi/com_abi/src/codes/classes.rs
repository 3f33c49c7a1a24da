//! Results of activation, the registry, contexts, streams and names.

codes! {
    CLASSES:
    /// The moniker could not be reduced further.
    MK_S_REDUCED_TO_SELF = 0x0004_01E2,
        "There is nothing to do.";
    /// The common part is this moniker itself.
    MK_S_ME = 0x0004_01E4,
        "There is nothing to do.";
    /// The common part is the other moniker itself.
    MK_S_HIM = 0x0004_01E5,
        "There is nothing to do.";
    /// Both monikers are equal.
    MK_S_US = 0x0004_01E6,
        "There is nothing to do.";
    /// The name is in the running object table already.
    MK_S_MONIKERALREADYREGISTERED = 0x0004_01E7,
        "Both entries stay; the older one is found.";
    /// Some of the interfaces that were asked for exist, not all.
    CO_S_NOTALLINTERFACES = 0x0008_0012,
        "Read each interface's own result before you use it.";
    /// The server runs under another identity than the class is configured for.
    CO_E_WRONG_SERVER_IDENTITY = 0x8000_4015,
        "Start the server as the identity that RunAs names, or change RunAs.";
    /// The server's process could not be started.
    CO_E_CREATEPROCESS_FAILURE = 0x8000_4018,
        "Check the command line in LocalServer32; the log has the system's answer.";
    /// The server did not register its class in time.
    CO_E_SERVER_START_TIMEOUT = 0x8000_401E,
        "Look into the server's log, or start it by hand with -Embedding.";
    /// The object or thread does not support this.
    CO_E_NOT_SUPPORTED = 0x8000_4021,
        "Use a thread of the right apartment, or another way to get at the object.";
    /// The object must be in its creator's context, and cannot be.
    CO_E_ATTEMPT_TO_CREATE_OUTSIDE_CLIENT_CONTEXT = 0x8000_4024,
        "Create it from an apartment that fits its threading model.";
    /// The server takes no activations now.
    CO_E_SERVER_PAUSED = 0x8000_4025,
        "Try again once the server goes on.";
    /// The class is switched off.
    CO_E_CLASS_DISABLED = 0x8000_4027,
        "Switch it on in the configuration of its application.";
    /// The stream could not take what was to be written.
    STG_E_WRITEFAULT = 0x8003_001D,
        "Check the room that is left where the stream is kept.";
    /// The stream ended before what was to be read.
    STG_E_READFAULT = 0x8003_001E,
        "Seek to where the packet begins, and check that all of it was written.";
    /// The class cannot be aggregated.
    CLASS_E_NOAGGREGATION = 0x8004_0110,
        "Create the object without an outer object.";
    /// The library does not have this class.
    CLASS_E_CLASSNOTAVAILABLE = 0x8004_0111,
        "Register the library that has the class: the registry names another one.";
    /// The class may not be used without a licence.
    CLASS_E_NOTLICENSED = 0x8004_0112,
        "Create it through IClassFactory2 with the licence.";
    /// Reading the registry failed.
    REGDB_E_READREGDB = 0x8004_0150,
        "Check the data folder's registry.db and its permissions; the log has the cause.";
    /// Writing the registry failed.
    REGDB_E_WRITEREGDB = 0x8004_0151,
        "Check that this user may write the data folder's registry.db; the log has the cause.";
    /// The registry lacks a key that is needed.
    REGDB_E_KEYMISSING = 0x8004_0152,
        "Register the library again.";
    /// A value in the registry makes no sense.
    REGDB_E_INVALIDVALUE = 0x8004_0153,
        "Look at it with `partywall reg query` and register the library again.";
    /// The class is not registered.
    REGDB_E_CLASSNOTREG = 0x8004_0154,
        "Register its library with `partywall register FILE.so`.";
    /// No proxy or stub is known for this interface.
    REGDB_E_IIDNOTREG = 0x8004_0155,
        "Load the library that describes the interface, or register its proxy.";
    /// The registered threading model is not one that exists.
    REGDB_E_BADTHREADINGMODEL = 0x8004_0156,
        "Set ThreadingModel to Apartment, Free, Both or Neutral, or delete the value.";
    /// The moniker needs help to connect.
    MK_E_CONNECTMANUALLY = 0x8004_01E0,
        "Connect it by hand.";
    /// Binding took longer than its deadline.
    MK_E_EXCEEDEDDEADLINE = 0x8004_01E1,
        "Allow more time in BIND_OPTS.";
    /// The moniker has to be composed by the generic function.
    MK_E_NEEDGENERIC = 0x8004_01E2,
        "Use CreateGenericComposite.";
    /// There is no object of that name.
    MK_E_UNAVAILABLE = 0x8004_01E3,
        "Start the program that registers it in the running object table.";
    /// The text is not a display name.
    MK_E_SYNTAX = 0x8004_01E4,
        "Check it up to the position that was answered.";
    /// No object has that name.
    MK_E_NOOBJECT = 0x8004_01E5,
        "Check the item's name.";
    /// The file's extension names no class.
    MK_E_INVALIDEXTENSION = 0x8004_01E6,
        "Register the extension, or name the class.";
    /// An object on the way lacks an interface that is needed.
    MK_E_INTERMEDIATEINTERFACENOTSUPPORTED = 0x8004_01E7,
        "Use objects that are item containers.";
    /// The moniker cannot be bound.
    MK_E_NOTBINDABLE = 0x8004_01E8,
        "Compose it with one to its left.";
    /// The object was not bound in this context.
    MK_E_NOTBOUND = 0x8004_01E9,
        "Bind it first.";
    /// The file cannot be opened.
    MK_E_CANTOPENFILE = 0x8004_01EA,
        "Check the path and who may read it.";
    /// Binding needs to ask the user.
    MK_E_MUSTBOTHERUSER = 0x8004_01EB,
        "Allow it in BIND_OPTS.";
    /// The moniker has no inverse.
    MK_E_NOINVERSE = 0x8004_01EC,
        "Compose it in another way.";
    /// The moniker names no storage.
    MK_E_NOSTORAGE = 0x8004_01ED,
        "Bind to the object instead.";
    /// The monikers have nothing in common.
    MK_E_NOPREFIX = 0x8004_01EE,
        "Use the whole moniker.";
    /// `CoInitializeEx` was not called on this thread.
    CO_E_NOTINITIALIZED = 0x8004_01F0,
        "Call CoInitializeEx on this thread before anything else.";
    /// That was initialised already.
    CO_E_ALREADYINITIALIZED = 0x8004_01F1,
        "Initialise it once.";
    /// The text is not a class identifier.
    CO_E_CLASSSTRING = 0x8004_01F3,
        "Check the spelling of the ProgID, and that its library is registered.";
    /// The text is not an interface identifier.
    CO_E_IIDSTRING = 0x8004_01F4,
        "Write it as {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}.";
    /// The application of the class is not there.
    CO_E_APPNOTFOUND = 0x8004_01F5,
        "Check the path in the registry with `partywall reg query`.";
    /// The application serves one client only and has one.
    CO_E_APPSINGLEUSE = 0x8004_01F6,
        "Start another instance of it.";
    /// The application of the class is damaged.
    CO_E_ERRORINAPP = 0x8004_01F7,
        "Install it again.";
    /// The class's library could not be found or loaded.
    CO_E_DLLNOTFOUND = 0x8004_01F8,
        "Check the path in InprocServer32 with `partywall reg query`, and register the library \
         again.";
    /// The class's library lacks an entry point.
    CO_E_ERRORINDLL = 0x8004_01F9,
        "Export DllGetClassObject from the library by its plain C name.";
    /// The application is for another system.
    CO_E_WRONGOSFORAPP = 0x8004_01FA,
        "Use one that is built for this machine.";
    /// The object is not known any more to whoever kept a weak reference.
    CO_E_OBJNOTREG = 0x8004_01FB,
        "Keep the object elsewhere while a weak packet is in use, or marshal it with \
         MSHLFLAGS_TABLESTRONG.";
    /// The object is registered already.
    CO_E_OBJISREG = 0x8004_01FC,
        "Revoke it before you register another.";
    /// The object was never connected, or its apartment has ended.
    CO_E_OBJNOTCONNECTED = 0x8004_01FD,
        "Create the object anew while its apartment lives.";
    /// The application was started and did not register its class.
    CO_E_APPDIDNTREG = 0x8004_01FE,
        "Look into its log, or start it by hand with -Embedding.";
    /// The object was released.
    CO_E_RELEASED = 0x8004_01FF,
        "Create the object anew.";
    /// There is no such context.
    CONTEXT_E_NOCONTEXT = 0x8004_E004,
        "Ask for the context inside it.";
    /// The wait would be for the waiting thread itself.
    CONTEXT_E_WOULD_DEADLOCK = 0x8004_E005,
        "Disconnect from outside the context.";
    /// The context's lock was not free in time.
    CONTEXT_E_SYNCH_TIMEOUT = 0x8004_E006,
        "Look into `partywall why` for who holds it.";
    /// The object could not be activated in its context.
    CO_E_ACTIVATIONFAILED = 0x8004_E021,
        "Look into the log for the property that refused.";
    /// The class's threading model was changed since it was configured.
    CO_E_THREADINGMODEL_CHANGED = 0x8004_E028,
        "Register the library again.";
    /// The context has no synchronisation.
    CONTEXT_E_NOSYNCHRONIZATION = 0x8004_E02E,
        "Configure the class with a synchronisation property.";
    /// The object could not be made.
    CO_E_CLASS_CREATE_FAILED = 0x8008_0001,
        "Look into the log of the object's process.";
    /// The path to the object makes no sense.
    CO_E_BAD_PATH = 0x8008_0004,
        "Check the spelling of the path.";
    /// The server's process did not come up.
    CO_E_SERVER_EXEC_FAILURE = 0x8008_0005,
        "Check LocalServer32, and start the server by hand with -Embedding.";
    /// The object's server did not answer.
    CO_E_OBJSRV_RPC_FAILURE = 0x8008_0006,
        "Look into the server's log.";
    /// The server is about to end.
    CO_E_SERVER_STOPPING = 0x8008_0008,
        "Try again: the next activation starts another one.";
}
