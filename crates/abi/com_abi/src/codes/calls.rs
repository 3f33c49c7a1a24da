//! Results of calls between apartments and processes.

codes! {
    CALLS:
    /// The callee is busy and refused the call.
    RPC_E_CALL_REJECTED = 0x8001_0001,
        "Try again later, or register a message filter that does.";
    /// The caller gave the call up; the callee may go on with it.
    RPC_E_CALL_CANCELED = 0x8001_0002,
        "Call again if the answer is still wanted.";
    /// The caller is within a sent message and cannot post one.
    RPC_E_CANTPOST_INSENDCALL = 0x8001_0003,
        "Leave the message first.";
    /// A synchronous call is not allowed while an asynchronous one is served.
    RPC_E_CANTCALLOUT_INASYNCCALL = 0x8001_0004,
        "Post a message to yourself and make the call from there.";
    /// No call may be made from here.
    RPC_E_CANTCALLOUT_INEXTERNALCALL = 0x8001_0005,
        "Make the call after the one that is served.";
    /// The connection ended while the call ran.
    RPC_E_CONNECTION_TERMINATED = 0x8001_0006,
        "Create the object anew; the log says why the connection ended.";
    /// The object's server died while the call ran.
    RPC_E_SERVER_DIED = 0x8001_0007,
        "Create the object anew; the log says why its process ended.";
    /// The caller ended while the call ran.
    RPC_E_CLIENT_DIED = 0x8001_0008,
        "There is nobody left to answer.";
    /// The packet of the call makes no sense.
    RPC_E_INVALID_DATAPACKET = 0x8001_0009,
        "Compare the interface's description on both sides.";
    /// The call could not be sent.
    RPC_E_CANTTRANSMIT_CALL = 0x8001_000A,
        "Look into the log for the transport's answer.";
    /// The caller's arguments could not be packed.
    RPC_E_CLIENT_CANTMARSHAL_DATA = 0x8001_000B,
        "Compare the arguments with the interface's description.";
    /// The answer could not be unpacked.
    RPC_E_CLIENT_CANTUNMARSHAL_DATA = 0x8001_000C,
        "Compare the interface's description on both sides.";
    /// The answer could not be packed.
    RPC_E_SERVER_CANTMARSHAL_DATA = 0x8001_000D,
        "Compare the results with the interface's description.";
    /// The arguments could not be unpacked.
    RPC_E_SERVER_CANTUNMARSHAL_DATA = 0x8001_000E,
        "Compare the interface's description on both sides.";
    /// The data of the call makes no sense.
    RPC_E_INVALID_DATA = 0x8001_000F,
        "Compare the interface's description on both sides.";
    /// A parameter of the call makes no sense.
    RPC_E_INVALID_PARAMETER = 0x8001_0010,
        "Compare the arguments with the interface's description.";
    /// No second call may be made from here.
    RPC_E_CANTCALLOUT_AGAIN = 0x8001_0011,
        "Wait for the first call to end.";
    /// The server died and did not run the call.
    RPC_E_SERVER_DIED_DNE = 0x8001_0012,
        "Create the object anew and call again: the call had no effect.";
    /// The system refused something that the call needs.
    RPC_E_SYS_CALL_FAILED = 0x8001_0100,
        "Look into the log for what it was.";
    /// The system has not enough of something that the call needs.
    RPC_E_OUT_OF_RESOURCES = 0x8001_0101,
        "Look into the log for what it was, and give the process more of it.";
    /// A second thread used what belongs to one.
    RPC_E_ATTEMPTED_MULTITHREAD = 0x8001_0102,
        "Use the pointer only on the thread of its apartment.";
    /// The interface is not registered on the server.
    RPC_E_NOT_REGISTERED = 0x8001_0103,
        "Register its proxy and stub where the object lives.";
    /// The call failed on the way.
    RPC_E_FAULT = 0x8001_0104,
        "Look into the log of both processes.";
    /// The object panicked.
    RPC_E_SERVERFAULT = 0x8001_0105,
        "Look for the panic in the log of the object's process, and repair the component.";
    /// The thread is in an apartment of another kind.
    RPC_E_CHANGED_MODE = 0x8001_0106,
        "Ask for the kind of apartment that the thread already has, or use another thread.";
    /// The interface has no method of that number.
    RPC_E_INVALIDMETHOD = 0x8001_0107,
        "Compare the interface's description on both sides.";
    /// The object was disconnected from its clients.
    RPC_E_DISCONNECTED = 0x8001_0108,
        "Create the object anew and use the new pointer.";
    /// The call has to be made again.
    RPC_E_RETRY = 0x8001_0109,
        "Make it again.";
    /// The callee is busy and asks to be called later.
    RPC_E_SERVERCALL_RETRYLATER = 0x8001_010A,
        "Try again later, or register a message filter that does.";
    /// The callee is busy and refused the call.
    RPC_E_SERVERCALL_REJECTED = 0x8001_010B,
        "Try again later, or register a message filter that does.";
    /// The data of the call makes no sense.
    RPC_E_INVALID_CALLDATA = 0x8001_010C,
        "Compare the interface's description on both sides.";
    /// No call may leave while an input-synchronous call or a sent message is served.
    RPC_E_CANTCALLOUT_ININPUTSYNCCALL = 0x8001_010D,
        "Post a message to yourself and make the call from there.";
    /// The pointer belongs to another apartment.
    RPC_E_WRONG_THREAD = 0x8001_010E,
        "Marshal the pointer to this thread instead of passing it as it is.";
    /// The thread is in no apartment.
    RPC_E_THREAD_NOT_INIT = 0x8001_010F,
        "Call CoInitializeEx on this thread first.";
    /// The other side speaks another version.
    RPC_E_VERSION_MISMATCH = 0x8001_0110,
        "Bring both sides to the same version.";
    /// The header of the call makes no sense.
    RPC_E_INVALID_HEADER = 0x8001_0111,
        "Look at the packet: its sender is not what it seems.";
    /// An extension of the call makes no sense.
    RPC_E_INVALID_EXTENSION = 0x8001_0112,
        "Look at the channel hooks on both sides.";
    /// The server does not know the interface pointer.
    RPC_E_INVALID_IPID = 0x8001_0113,
        "Create the object anew and use the new pointer.";
    /// The object is not known any more.
    RPC_E_INVALID_OBJECT = 0x8001_0114,
        "Create the object anew and use the new pointer.";
    /// The wait was over before what was waited for.
    RPC_S_CALLPENDING = 0x8001_0115,
        "Wait again, or look into `partywall why` for who holds it.";
    /// The wait goes on with a timer.
    RPC_S_WAITONTIMER = 0x8001_0116,
        "Wait again.";
    /// No call is being served on this thread.
    RPC_E_CALL_COMPLETE = 0x8001_0117,
        "Ask for the call's context only while a method serves it.";
    /// The call did not have the security that the server wants.
    RPC_E_UNSECURE_CALL = 0x8001_0118,
        "Raise the authentication level of the client.";
    /// Security was set already, by a call or by the first use.
    RPC_E_TOO_LATE = 0x8001_0119,
        "Call CoInitializeSecurity before anything is marshaled.";
    /// Both sides have no security package in common.
    RPC_E_NO_GOOD_SECURITY_PACKAGES = 0x8001_011A,
        "Allow NTLM or Kerberos on both sides.";
    /// The caller may not do this.
    RPC_E_ACCESS_DENIED = 0x8001_011B,
        "Work as a user who may, or give this user the permission.";
    /// Calls from other machines are switched off.
    RPC_E_REMOTE_DISABLED = 0x8001_011C,
        "Set EnableDCOM to Y.";
    /// The bytes are not a marshaled interface.
    RPC_E_INVALID_OBJREF = 0x8001_011D,
        "Seek to where the packet begins; nothing but CoMarshalInterface writes packets.";
    /// There is no context that the call could use.
    RPC_E_NO_CONTEXT = 0x8001_011E,
        "Ask for the context only while a method serves a call.";
    /// The wait was longer than its bound.
    RPC_E_TIMEOUT = 0x8001_011F,
        "Look into the other side's log for what it waits for, or allow more time.";
    /// There is nothing to wait for.
    RPC_E_NO_SYNC = 0x8001_0120,
        "Pass at least one handle.";
    /// The caller cannot be impersonated here.
    CO_E_FAILEDTOIMPERSONATE = 0x8001_0123,
        "Let the client allow impersonation, and impersonate only while its call is served.";
    /// The access control is not initialised.
    CO_E_ACNOTINITIALIZED = 0x8001_013F,
        "Initialise it before it is used.";
    /// Calls of that thread cannot be cancelled.
    CO_E_CANCEL_DISABLED = 0x8001_0140,
        "Let the thread call CoEnableCallCancellation first.";
}
