/* Interfaces of marshaling and of proxy/stub libraries. In C an interface is a
 * structure that begins with its lpVtbl; in C++ it is a class.
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

#include "unknwn.h"

PARTYWALL_OLE_IID(IID_IMarshal, 0x00000003);
PARTYWALL_OLE_IID(IID_IStream, 0x0000000C);
PARTYWALL_OLE_IID(IID_IStdMarshalInfo, 0x00000018);
PARTYWALL_OLE_IID(IID_IExternalConnection, 0x00000019);
PARTYWALL_OLE_IID(IID_IMultiQI, 0x00000020);
PARTYWALL_IID(IID_ISequentialStream, 0x0C733A30, 0x2A1C, 0x11CE, 0xAD, 0xE5, 0x00, 0xAA, 0x00,
              0x44, 0x77, 0x3D);
PARTYWALL_IID(IID_IRpcChannelBuffer, 0xD5F56B60, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B,
              0x2D, 0xBF, 0x7A);
PARTYWALL_IID(IID_IRpcProxyBuffer, 0xD5F56A34, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B,
              0x2D, 0xBF, 0x7A);
PARTYWALL_IID(IID_IRpcStubBuffer, 0xD5F56AFC, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B, 0x2D,
              0xBF, 0x7A);
PARTYWALL_IID(IID_IPSFactoryBuffer, 0xD5F569D0, 0x593B, 0x101A, 0xB5, 0x69, 0x08, 0x00, 0x2B,
              0x2D, 0xBF, 0x7A);
PARTYWALL_IID(IID_IChannelHook, 0x1008C4A0, 0x7613, 0x11CF, 0x9A, 0xF1, 0x00, 0x20, 0xAF, 0x6E,
              0x72, 0xF4);
PARTYWALL_IID(IID_INoMarshal, 0xECC8691B, 0xC1DB, 0x4DC0, 0x85, 0x5E, 0x65, 0xF6, 0xC5, 0x51,
              0xAF, 0x49);
PARTYWALL_IID(IID_IAgileObject, 0x94EA2B94, 0xE9CC, 0x49E0, 0xC0, 0xFF, 0xEE, 0x64, 0xCA, 0x8F,
              0x5B, 0x90);
PARTYWALL_IID(IID_IAgileReference, 0xC03F6A43, 0x65A4, 0x9818, 0x98, 0x7E, 0xE0, 0xB8, 0x10, 0xD2,
              0xA6, 0xF2);
PARTYWALL_OLE_IID(CLSID_StdMarshal, 0x00000017);
PARTYWALL_OLE_IID(CLSID_InProcFreeMarshaler, 0x0000033A);

enum { EXTCONN_STRONG = 1, EXTCONN_WEAK = 2, EXTCONN_CALLABLE = 4 };

typedef struct tagMULTI_QI {
    const IID *pIID;
    struct IUnknown *pItf;
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

#ifdef __cplusplus
struct ISequentialStream : IUnknown {
    virtual HRESULT Read(void *bytes, ULONG size, ULONG *read) = 0;
    virtual HRESULT Write(const void *bytes, ULONG size, ULONG *written) = 0;
};
struct IStream : ISequentialStream {
    virtual HRESULT Seek(LARGE_INTEGER by, DWORD origin, ULONGLONG *position) = 0;
    virtual HRESULT SetSize(ULONGLONG size) = 0;
    virtual HRESULT CopyTo(IStream *to, ULONGLONG size, ULONGLONG *read, ULONGLONG *written) = 0;
    virtual HRESULT Commit(DWORD flags) = 0;
    virtual HRESULT Revert() = 0;
    virtual HRESULT LockRegion(ULONGLONG offset, ULONGLONG size, DWORD kind) = 0;
    virtual HRESULT UnlockRegion(ULONGLONG offset, ULONGLONG size, DWORD kind) = 0;
    virtual HRESULT Stat(void *stat, DWORD flags) = 0;
    virtual HRESULT Clone(IStream **copy) = 0;
};
struct IMarshal : IUnknown {
    virtual HRESULT GetUnmarshalClass(const IID &iid, void *object, DWORD destination,
                                      void *reserved, DWORD flags, CLSID *clsid) = 0;
    virtual HRESULT GetMarshalSizeMax(const IID &iid, void *object, DWORD destination,
                                      void *reserved, DWORD flags, DWORD *size) = 0;
    virtual HRESULT MarshalInterface(IStream *stream, const IID &iid, void *object,
                                     DWORD destination, void *reserved, DWORD flags) = 0;
    virtual HRESULT UnmarshalInterface(IStream *stream, const IID &iid, void **object) = 0;
    virtual HRESULT ReleaseMarshalData(IStream *stream) = 0;
    virtual HRESULT DisconnectObject(DWORD reserved) = 0;
};
struct IStdMarshalInfo : IUnknown {
    virtual HRESULT GetClassForHandler(DWORD destination, void *reserved, CLSID *clsid) = 0;
};
struct IExternalConnection : IUnknown {
    virtual DWORD AddConnection(DWORD kind, DWORD reserved) = 0;
    virtual DWORD ReleaseConnection(DWORD kind, DWORD reserved, BOOL last_release_closes) = 0;
};
struct IMultiQI : IUnknown {
    virtual HRESULT QueryMultipleInterfaces(ULONG count, MULTI_QI *questions) = 0;
};
struct IAgileReference : IUnknown {
    virtual HRESULT Resolve(const IID &iid, void **object) = 0;
};
struct IRpcChannelBuffer : IUnknown {
    virtual HRESULT GetBuffer(RPCOLEMESSAGE *message, const IID &iid) = 0;
    virtual HRESULT SendReceive(RPCOLEMESSAGE *message, ULONG *status) = 0;
    virtual HRESULT FreeBuffer(RPCOLEMESSAGE *message) = 0;
    virtual HRESULT GetDestCtx(DWORD *destination, void **reserved) = 0;
    virtual HRESULT IsConnected() = 0;
};
struct IRpcProxyBuffer : IUnknown {
    virtual HRESULT Connect(IRpcChannelBuffer *channel) = 0;
    virtual void Disconnect() = 0;
};
struct IRpcStubBuffer : IUnknown {
    virtual HRESULT Connect(IUnknown *server) = 0;
    virtual void Disconnect() = 0;
    virtual HRESULT Invoke(RPCOLEMESSAGE *message, IRpcChannelBuffer *channel) = 0;
    virtual IRpcStubBuffer *IsIIDSupported(const IID &iid) = 0;
    virtual ULONG CountRefs() = 0;
    virtual HRESULT DebugServerQueryInterface(void **object) = 0;
    virtual void DebugServerRelease(void *object) = 0;
};
struct IPSFactoryBuffer : IUnknown {
    virtual HRESULT CreateProxy(IUnknown *outer, const IID &iid, IRpcProxyBuffer **proxy,
                                void **object) = 0;
    virtual HRESULT CreateStub(const IID &iid, IUnknown *server, IRpcStubBuffer **stub) = 0;
};
struct IChannelHook : IUnknown {
    virtual void ClientGetSize(const GUID &extent, const IID &call, ULONG *size) = 0;
    virtual void ClientFillBuffer(const GUID &extent, const IID &call, ULONG *size,
                                  void *data) = 0;
    virtual void ClientNotify(const GUID &extent, const IID &call, ULONG size, void *data,
                              DWORD representation, HRESULT fault) = 0;
    virtual void ServerNotify(const GUID &extent, const IID &call, ULONG size, void *data,
                              DWORD representation) = 0;
    virtual void ServerGetSize(const GUID &extent, const IID &call, HRESULT fault,
                               ULONG *size) = 0;
    virtual void ServerFillBuffer(const GUID &extent, const IID &call, ULONG *size, void *data,
                                  HRESULT fault) = 0;
};
#else
typedef struct ISequentialStream ISequentialStream;
typedef struct IStream IStream;
typedef struct IMarshal IMarshal;
typedef struct IStdMarshalInfo IStdMarshalInfo;
typedef struct IExternalConnection IExternalConnection;
typedef struct IMultiQI IMultiQI;
typedef struct IRpcChannelBuffer IRpcChannelBuffer;
typedef struct IRpcProxyBuffer IRpcProxyBuffer;
typedef struct IRpcStubBuffer IRpcStubBuffer;
typedef struct IPSFactoryBuffer IPSFactoryBuffer;
typedef struct IChannelHook IChannelHook;

typedef struct IStreamVtbl {
    PARTYWALL_UNKNOWN(IStream)
    HRESULT (*Read)(IStream *self, void *bytes, ULONG size, ULONG *read);
    HRESULT (*Write)(IStream *self, const void *bytes, ULONG size, ULONG *written);
    HRESULT (*Seek)(IStream *self, LARGE_INTEGER by, DWORD origin, ULONGLONG *position);
    HRESULT (*SetSize)(IStream *self, ULONGLONG size);
    HRESULT (*CopyTo)(IStream *self, IStream *to, ULONGLONG size, ULONGLONG *read,
                      ULONGLONG *written);
    HRESULT (*Commit)(IStream *self, DWORD flags);
    HRESULT (*Revert)(IStream *self);
    HRESULT (*LockRegion)(IStream *self, ULONGLONG offset, ULONGLONG size, DWORD kind);
    HRESULT (*UnlockRegion)(IStream *self, ULONGLONG offset, ULONGLONG size, DWORD kind);
    HRESULT (*Stat)(IStream *self, void *stat, DWORD flags);
    HRESULT (*Clone)(IStream *self, IStream **copy);
} IStreamVtbl;
struct IStream {
    const IStreamVtbl *lpVtbl;
};
typedef struct ISequentialStreamVtbl {
    PARTYWALL_UNKNOWN(ISequentialStream)
    HRESULT (*Read)(ISequentialStream *self, void *bytes, ULONG size, ULONG *read);
    HRESULT (*Write)(ISequentialStream *self, const void *bytes, ULONG size, ULONG *written);
} ISequentialStreamVtbl;
struct ISequentialStream {
    const ISequentialStreamVtbl *lpVtbl;
};
typedef struct IMarshalVtbl {
    PARTYWALL_UNKNOWN(IMarshal)
    HRESULT (*GetUnmarshalClass)(IMarshal *self, const IID *iid, void *object, DWORD destination,
                                 void *reserved, DWORD flags, CLSID *clsid);
    HRESULT (*GetMarshalSizeMax)(IMarshal *self, const IID *iid, void *object, DWORD destination,
                                 void *reserved, DWORD flags, DWORD *size);
    HRESULT (*MarshalInterface)(IMarshal *self, IStream *stream, const IID *iid, void *object,
                                DWORD destination, void *reserved, DWORD flags);
    HRESULT (*UnmarshalInterface)(IMarshal *self, IStream *stream, const IID *iid, void **object);
    HRESULT (*ReleaseMarshalData)(IMarshal *self, IStream *stream);
    HRESULT (*DisconnectObject)(IMarshal *self, DWORD reserved);
} IMarshalVtbl;
struct IMarshal {
    const IMarshalVtbl *lpVtbl;
};
typedef struct IStdMarshalInfoVtbl {
    PARTYWALL_UNKNOWN(IStdMarshalInfo)
    HRESULT (*GetClassForHandler)(IStdMarshalInfo *self, DWORD destination, void *reserved,
                                  CLSID *clsid);
} IStdMarshalInfoVtbl;
struct IStdMarshalInfo {
    const IStdMarshalInfoVtbl *lpVtbl;
};
typedef struct IExternalConnectionVtbl {
    PARTYWALL_UNKNOWN(IExternalConnection)
    DWORD (*AddConnection)(IExternalConnection *self, DWORD kind, DWORD reserved);
    DWORD (*ReleaseConnection)(IExternalConnection *self, DWORD kind, DWORD reserved,
                               BOOL last_release_closes);
} IExternalConnectionVtbl;
struct IExternalConnection {
    const IExternalConnectionVtbl *lpVtbl;
};
typedef struct IMultiQIVtbl {
    PARTYWALL_UNKNOWN(IMultiQI)
    HRESULT (*QueryMultipleInterfaces)(IMultiQI *self, ULONG count, MULTI_QI *questions);
} IMultiQIVtbl;
struct IMultiQI {
    const IMultiQIVtbl *lpVtbl;
};
typedef struct IAgileReference IAgileReference;
typedef struct IAgileReferenceVtbl {
    PARTYWALL_UNKNOWN(IAgileReference)
    HRESULT (*Resolve)(IAgileReference *self, const IID *iid, void **object);
} IAgileReferenceVtbl;
struct IAgileReference {
    const IAgileReferenceVtbl *lpVtbl;
};
typedef struct IRpcChannelBufferVtbl {
    PARTYWALL_UNKNOWN(IRpcChannelBuffer)
    HRESULT (*GetBuffer)(IRpcChannelBuffer *self, RPCOLEMESSAGE *message, const IID *iid);
    HRESULT (*SendReceive)(IRpcChannelBuffer *self, RPCOLEMESSAGE *message, ULONG *status);
    HRESULT (*FreeBuffer)(IRpcChannelBuffer *self, RPCOLEMESSAGE *message);
    HRESULT (*GetDestCtx)(IRpcChannelBuffer *self, DWORD *destination, void **reserved);
    HRESULT (*IsConnected)(IRpcChannelBuffer *self);
} IRpcChannelBufferVtbl;
struct IRpcChannelBuffer {
    const IRpcChannelBufferVtbl *lpVtbl;
};
typedef struct IRpcProxyBufferVtbl {
    PARTYWALL_UNKNOWN(IRpcProxyBuffer)
    HRESULT (*Connect)(IRpcProxyBuffer *self, IRpcChannelBuffer *channel);
    void (*Disconnect)(IRpcProxyBuffer *self);
} IRpcProxyBufferVtbl;
struct IRpcProxyBuffer {
    const IRpcProxyBufferVtbl *lpVtbl;
};
typedef struct IRpcStubBufferVtbl {
    PARTYWALL_UNKNOWN(IRpcStubBuffer)
    HRESULT (*Connect)(IRpcStubBuffer *self, IUnknown *server);
    void (*Disconnect)(IRpcStubBuffer *self);
    HRESULT (*Invoke)(IRpcStubBuffer *self, RPCOLEMESSAGE *message, IRpcChannelBuffer *channel);
    IRpcStubBuffer *(*IsIIDSupported)(IRpcStubBuffer *self, const IID *iid);
    ULONG (*CountRefs)(IRpcStubBuffer *self);
    HRESULT (*DebugServerQueryInterface)(IRpcStubBuffer *self, void **object);
    void (*DebugServerRelease)(IRpcStubBuffer *self, void *object);
} IRpcStubBufferVtbl;
struct IRpcStubBuffer {
    const IRpcStubBufferVtbl *lpVtbl;
};
typedef struct IPSFactoryBufferVtbl {
    PARTYWALL_UNKNOWN(IPSFactoryBuffer)
    HRESULT (*CreateProxy)(IPSFactoryBuffer *self, IUnknown *outer, const IID *iid,
                           IRpcProxyBuffer **proxy, void **object);
    HRESULT (*CreateStub)(IPSFactoryBuffer *self, const IID *iid, IUnknown *server,
                          IRpcStubBuffer **stub);
} IPSFactoryBufferVtbl;
struct IPSFactoryBuffer {
    const IPSFactoryBufferVtbl *lpVtbl;
};
typedef struct IChannelHookVtbl {
    PARTYWALL_UNKNOWN(IChannelHook)
    void (*ClientGetSize)(IChannelHook *self, const GUID *extent, const IID *call, ULONG *size);
    void (*ClientFillBuffer)(IChannelHook *self, const GUID *extent, const IID *call, ULONG *size,
                             void *data);
    void (*ClientNotify)(IChannelHook *self, const GUID *extent, const IID *call, ULONG size,
                         void *data, DWORD representation, HRESULT fault);
    void (*ServerNotify)(IChannelHook *self, const GUID *extent, const IID *call, ULONG size,
                         void *data, DWORD representation);
    void (*ServerGetSize)(IChannelHook *self, const GUID *extent, const IID *call, HRESULT fault,
                          ULONG *size);
    void (*ServerFillBuffer)(IChannelHook *self, const GUID *extent, const IID *call, ULONG *size,
                             void *data, HRESULT fault);
} IChannelHookVtbl;
struct IChannelHook {
    const IChannelHookVtbl *lpVtbl;
};
#endif

#endif
