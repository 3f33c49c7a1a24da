/* Interfaces of marshaling and of proxy/stub libraries.
 *
 * A call as bytes: the proxy asks its channel for a buffer (GetBuffer), packs its
 * arguments, and sends it (SendReceive). The runtime gives the bytes to the stub
 * on the object's apartment (Invoke), which unpacks them, makes the real call,
 * asks the channel that it was given for a buffer, and packs the answer. After
 * SendReceive the message holds the answer. FreeBuffer has to be called also
 * when SendReceive failed: until then the message keeps the proxy alive.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_OBJIDLBASE_H
#define PARTYWALL_OBJIDLBASE_H

#include "objidl.h"

DEFINE_OLEGUID(IID_IMarshal, 0x00000003, 0, 0);
DEFINE_OLEGUID(IID_IStdMarshalInfo, 0x00000018, 0, 0);
DEFINE_OLEGUID(IID_IExternalConnection, 0x00000019, 0, 0);
DEFINE_OLEGUID(IID_IMultiQI, 0x00000020, 0, 0);
DEFINE_GUID(IID_IRpcChannelBuffer, 0xD5F56B60, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B, 0x2D,
            0xBF, 0x7A);
DEFINE_GUID(IID_IRpcProxyBuffer, 0xD5F56A34, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B, 0x2D,
            0xBF, 0x7A);
DEFINE_GUID(IID_IRpcStubBuffer, 0xD5F56AFC, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B, 0x2D,
            0xBF, 0x7A);
DEFINE_GUID(IID_IPSFactoryBuffer, 0xD5F569D0, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B, 0x2D,
            0xBF, 0x7A);
DEFINE_GUID(IID_IChannelHook, 0x1008C4A0, 0x7613, 0x11CF, 0x9A, 0xF1, 0x00, 0x20, 0xAF, 0x6E, 0x72,
            0xF4);
DEFINE_GUID(IID_INoMarshal, 0xECC8691B, 0xC1DB, 0x4DC0, 0x85, 0x5E, 0x65, 0xF6, 0xC5, 0x51, 0xAF,
            0x49);
DEFINE_GUID(IID_IAgileObject, 0x94EA2B94, 0xE9CC, 0x49E0, 0xC0, 0xFF, 0xEE, 0x64, 0xCA, 0x8F, 0x5B,
            0x90);
DEFINE_GUID(IID_IAgileReference, 0xC03F6A43, 0x65A4, 0x9818, 0x98, 0x7E, 0xE0, 0xB8, 0x10, 0xD2,
            0xA6, 0xF2);
DEFINE_OLEGUID(CLSID_StdMarshal, 0x00000017, 0, 0);
DEFINE_OLEGUID(CLSID_InProcFreeMarshaler, 0x0000033A, 0, 0);

enum { EXTCONN_STRONG = 1, EXTCONN_WEAK = 2, EXTCONN_CALLABLE = 4 };

typedef struct tagMULTI_QI {
    const IID *pIID;
    IUnknown *pItf;
    HRESULT hr;
} MULTI_QI;

typedef ULONG RPCOLEDATAREP;
typedef struct tagRPCOLEMESSAGE {
    void *reserved1;
    RPCOLEDATAREP dataRepresentation;
    void *Buffer;
    ULONG cbBuffer;
    /* Number in the vtable; the first method after IUnknown's is 3. */
    ULONG iMethod;
    void *reserved2[5];
    ULONG rpcFlags;
} RPCOLEMESSAGE;

/* Its address is passed where IChannelHook's methods take an IID. */
typedef struct SChannelHookCallInfo {
    IID iid;
    DWORD cbSize;
    GUID uCausality;
    DWORD dwServerPid;
    DWORD iMethod;
    void *pObject;
} SChannelHookCallInfo;

typedef struct IMarshal IMarshal;
typedef struct IStdMarshalInfo IStdMarshalInfo;
typedef struct IExternalConnection IExternalConnection;
typedef struct IMultiQI IMultiQI;
typedef struct IAgileReference IAgileReference;
typedef struct IRpcChannelBuffer IRpcChannelBuffer;
typedef struct IRpcProxyBuffer IRpcProxyBuffer;
typedef struct IRpcStubBuffer IRpcStubBuffer;
typedef struct IPSFactoryBuffer IPSFactoryBuffer;
typedef struct IChannelHook IChannelHook;

#undef INTERFACE
#define INTERFACE IMarshal
DECLARE_INTERFACE_(IMarshal, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(GetUnmarshalClass)
    (THIS_ REFIID iid, void *object, DWORD destination, void *reserved, DWORD flags,
     CLSID *clsid) PURE;
    STDMETHOD(GetMarshalSizeMax)
    (THIS_ REFIID iid, void *object, DWORD destination, void *reserved, DWORD flags,
     DWORD *size) PURE;
    STDMETHOD(MarshalInterface)
    (THIS_ IStream *stream, REFIID iid, void *object, DWORD destination, void *reserved,
     DWORD flags) PURE;
    STDMETHOD(UnmarshalInterface)(THIS_ IStream *stream, REFIID iid, void **object) PURE;
    STDMETHOD(ReleaseMarshalData)(THIS_ IStream *stream) PURE;
    STDMETHOD(DisconnectObject)(THIS_ DWORD reserved) PURE;
};

#undef INTERFACE
#define INTERFACE IStdMarshalInfo
DECLARE_INTERFACE_(IStdMarshalInfo, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(GetClassForHandler)(THIS_ DWORD destination, void *reserved, CLSID *clsid) PURE;
};

#undef INTERFACE
#define INTERFACE IExternalConnection
DECLARE_INTERFACE_(IExternalConnection, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD_(DWORD, AddConnection)(THIS_ DWORD kind, DWORD reserved) PURE;
    STDMETHOD_(DWORD, ReleaseConnection)
    (THIS_ DWORD kind, DWORD reserved, BOOL last_release_closes) PURE;
};

#undef INTERFACE
#define INTERFACE IMultiQI
DECLARE_INTERFACE_(IMultiQI, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(QueryMultipleInterfaces)(THIS_ ULONG count, MULTI_QI *questions) PURE;
};

#undef INTERFACE
#define INTERFACE IAgileReference
DECLARE_INTERFACE_(IAgileReference, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Resolve)(THIS_ REFIID iid, void **object) PURE;
};

#undef INTERFACE
#define INTERFACE IRpcChannelBuffer
DECLARE_INTERFACE_(IRpcChannelBuffer, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(GetBuffer)(THIS_ RPCOLEMESSAGE *message, REFIID iid) PURE;
    STDMETHOD(SendReceive)(THIS_ RPCOLEMESSAGE *message, ULONG *status) PURE;
    STDMETHOD(FreeBuffer)(THIS_ RPCOLEMESSAGE *message) PURE;
    STDMETHOD(GetDestCtx)(THIS_ DWORD *destination, void **reserved) PURE;
    STDMETHOD(IsConnected)(THIS) PURE;
};

#undef INTERFACE
#define INTERFACE IRpcProxyBuffer
DECLARE_INTERFACE_(IRpcProxyBuffer, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Connect)(THIS_ IRpcChannelBuffer *channel) PURE;
    STDMETHOD_(void, Disconnect)(THIS) PURE;
};

#undef INTERFACE
#define INTERFACE IRpcStubBuffer
DECLARE_INTERFACE_(IRpcStubBuffer, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Connect)(THIS_ IUnknown *server) PURE;
    STDMETHOD_(void, Disconnect)(THIS) PURE;
    STDMETHOD(Invoke)(THIS_ RPCOLEMESSAGE *message, IRpcChannelBuffer *channel) PURE;
    STDMETHOD_(IRpcStubBuffer *, IsIIDSupported)(THIS_ REFIID iid) PURE;
    STDMETHOD_(ULONG, CountRefs)(THIS) PURE;
    STDMETHOD(DebugServerQueryInterface)(THIS_ void **object) PURE;
    STDMETHOD_(void, DebugServerRelease)(THIS_ void *object) PURE;
};

#undef INTERFACE
#define INTERFACE IPSFactoryBuffer
DECLARE_INTERFACE_(IPSFactoryBuffer, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(CreateProxy)
    (THIS_ IUnknown *outer, REFIID iid, IRpcProxyBuffer **proxy, void **object) PURE;
    STDMETHOD(CreateStub)(THIS_ REFIID iid, IUnknown *server, IRpcStubBuffer **stub) PURE;
};

#undef INTERFACE
#define INTERFACE IChannelHook
DECLARE_INTERFACE_(IChannelHook, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD_(void, ClientGetSize)(THIS_ REFGUID extent, REFIID call, ULONG *size) PURE;
    STDMETHOD_(void, ClientFillBuffer)
    (THIS_ REFGUID extent, REFIID call, ULONG *size, void *data) PURE;
    STDMETHOD_(void, ClientNotify)
    (THIS_ REFGUID extent, REFIID call, ULONG size, void *data, DWORD representation,
     HRESULT fault) PURE;
    STDMETHOD_(void, ServerNotify)
    (THIS_ REFGUID extent, REFIID call, ULONG size, void *data, DWORD representation) PURE;
    STDMETHOD_(void, ServerGetSize)
    (THIS_ REFGUID extent, REFIID call, HRESULT fault, ULONG *size) PURE;
    STDMETHOD_(void, ServerFillBuffer)
    (THIS_ REFGUID extent, REFIID call, ULONG *size, void *data, HRESULT fault) PURE;
};

/* Asynchronous calls and what is waited for. A proxy whose interface has an
 * asynchronous twin makes call objects (ICallFactory): Begin_x takes what goes in,
 * Finish_x gives what comes out, ISynchronize is signalled in between. */
DEFINE_OLEGUID(IID_ICancelMethodCalls, 0x00000029, 0, 0);
DEFINE_OLEGUID(IID_ISynchronize, 0x00000030, 0, 0);
DEFINE_OLEGUID(IID_ISynchronizeHandle, 0x00000031, 0, 0);
DEFINE_OLEGUID(IID_ISynchronizeEvent, 0x00000032, 0, 0);
DEFINE_OLEGUID(IID_ISynchronizeContainer, 0x00000033, 0, 0);
DEFINE_OLEGUID(IID_AsyncIUnknown, 0x000E0000, 0, 0);
DEFINE_GUID(IID_ICallFactory, 0x1C733A30, 0x2A1C, 0x11CE, 0xAD, 0xE5, 0x00, 0xAA, 0x00, 0x44, 0x77,
            0x3D);
DEFINE_OLEGUID(CLSID_ManualResetEvent, 0x0000032C, 0, 0);
DEFINE_OLEGUID(CLSID_SynchronizeContainer, 0x0000032D, 0, 0);

typedef struct ICancelMethodCalls ICancelMethodCalls;
typedef struct ISynchronize ISynchronize;
typedef struct ISynchronizeHandle ISynchronizeHandle;
typedef struct ISynchronizeEvent ISynchronizeEvent;
typedef struct ISynchronizeContainer ISynchronizeContainer;
typedef struct ICallFactory ICallFactory;
typedef struct AsyncIUnknown AsyncIUnknown;

#undef INTERFACE
#define INTERFACE ICancelMethodCalls
DECLARE_INTERFACE_(ICancelMethodCalls, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Cancel)(THIS_ ULONG seconds) PURE;
    STDMETHOD(TestCancel)(THIS) PURE;
};

#undef INTERFACE
#define INTERFACE ISynchronize
DECLARE_INTERFACE_(ISynchronize, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Wait)(THIS_ DWORD flags, DWORD milliseconds) PURE;
    STDMETHOD(Signal)(THIS) PURE;
    STDMETHOD(Reset)(THIS) PURE;
};

#define SYNCHRONIZE_HANDLE_METHODS                                                                 \
    UNKNOWN_METHODS                                                                                \
    STDMETHOD(GetHandle)(THIS_ HANDLE * handle) PURE;

#undef INTERFACE
#define INTERFACE ISynchronizeHandle
DECLARE_INTERFACE_(ISynchronizeHandle, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(GetHandle)(THIS_ HANDLE * handle) PURE;
};

#undef INTERFACE
#define INTERFACE ISynchronizeEvent
DECLARE_INTERFACE_(ISynchronizeEvent, ISynchronizeHandle)
{
    BASE_METHODS(SYNCHRONIZE_HANDLE_METHODS)
    STDMETHOD(SetEventHandle)(THIS_ HANDLE * handle) PURE;
};

#undef INTERFACE
#define INTERFACE ISynchronizeContainer
DECLARE_INTERFACE_(ISynchronizeContainer, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(AddSynchronize)(THIS_ ISynchronize * object) PURE;
    STDMETHOD(WaitMultiple)(THIS_ DWORD flags, DWORD milliseconds, ISynchronize **signalled) PURE;
};

#undef INTERFACE
#define INTERFACE ICallFactory
DECLARE_INTERFACE_(ICallFactory, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(CreateCall)
    (THIS_ REFIID asynchronous, IUnknown *outer, REFIID wanted, IUnknown **call) PURE;
};

#undef INTERFACE
#define INTERFACE AsyncIUnknown
DECLARE_INTERFACE_(AsyncIUnknown, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Begin_QueryInterface)(THIS_ REFIID iid) PURE;
    STDMETHOD(Finish_QueryInterface)(THIS_ void **object) PURE;
    STDMETHOD(Begin_AddRef)(THIS) PURE;
    STDMETHOD_(ULONG, Finish_AddRef)(THIS) PURE;
    STDMETHOD(Begin_Release)(THIS) PURE;
    STDMETHOD_(ULONG, Finish_Release)(THIS) PURE;
};

#endif
