/* Apartments and objects. Link with -lpartywall, or be loaded by a program that
 * has the runtime.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_OBJBASE_H
#define PARTYWALL_OBJBASE_H

#include "objidlbase.h"

#ifdef __cplusplus
extern "C" {
#endif

#define S_OK ((HRESULT)0)
#define S_FALSE ((HRESULT)1)
#define E_NOINTERFACE ((HRESULT)0x80004002)
#define E_POINTER ((HRESULT)0x80004003)
#define E_FAIL ((HRESULT)0x80004005)
#define E_INVALIDARG ((HRESULT)0x80070057)
#define CO_E_OBJNOTCONNECTED ((HRESULT)0x800401FD)
#define RPC_E_CHANGED_MODE ((HRESULT)0x80010106)
#define CO_E_NOTINITIALIZED ((HRESULT)0x800401F0)
#define SUCCEEDED(hr) ((HRESULT)(hr) >= 0)
#define FAILED(hr) ((HRESULT)(hr) < 0)

enum { COINIT_MULTITHREADED = 0, COINIT_APARTMENTTHREADED = 2 };
enum { CLSCTX_INPROC_SERVER = 1 };
/* CoGetApartmentType */
enum { APTTYPE_CURRENT = -1, APTTYPE_STA = 0, APTTYPE_MTA = 1, APTTYPE_NA = 2, APTTYPE_MAINSTA = 3 };

HRESULT WINAPI CoInitializeEx(LPVOID reserved, DWORD flags);
void WINAPI CoUninitialize(void);
HRESULT WINAPI CoGetApartmentType(LONG *kind, LONG *qualifier);
HRESULT WINAPI CoCreateInstance(const CLSID *clsid, void *outer, DWORD context, const IID *iid,
                                void **object);
/* Interfaces on their way to other apartments. A stream of
 * CoMarshalInterThreadInterfaceInStream goes to any thread of the process. */
enum {
    MSHCTX_LOCAL = 0,
    MSHCTX_NOSHAREDMEM = 1,
    MSHCTX_DIFFERENTMACHINE = 2,
    MSHCTX_INPROC = 3,
    MSHCTX_CROSSCTX = 4
};
enum {
    MSHLFLAGS_NORMAL = 0,
    MSHLFLAGS_TABLESTRONG = 1,
    MSHLFLAGS_TABLEWEAK = 2,
    MSHLFLAGS_NOPING = 4
};
HRESULT WINAPI CoMarshalInterThreadInterfaceInStream(const IID *iid, void *object,
                                                     IStream **stream);
HRESULT WINAPI CoGetInterfaceAndReleaseStream(IStream *stream, const IID *iid, void **object);
HRESULT WINAPI CoMarshalInterface(IStream *stream, const IID *iid, void *object,
                                  DWORD destination, void *reserved, DWORD flags);
HRESULT WINAPI CoUnmarshalInterface(IStream *stream, const IID *iid, void **object);
HRESULT WINAPI CoReleaseMarshalData(IStream *stream);
HRESULT WINAPI CoGetMarshalSizeMax(ULONG *size, const IID *iid, void *object, DWORD destination,
                                   void *reserved, DWORD flags);
HRESULT WINAPI CoMarshalHresult(IStream *stream, HRESULT code);
HRESULT WINAPI CoUnmarshalHresult(IStream *stream, HRESULT *code);
/* The standard marshaler of an object; with NULL one that only reads. */
HRESULT WINAPI CoGetStandardMarshal(const IID *iid, void *object, DWORD destination,
                                    void *reserved, DWORD flags, IMarshal **marshal);
/* What an object, or a handler, aggregates to use the standard marshaler. */
enum { SMEXF_SERVER = 1, SMEXF_HANDLER = 2 };
HRESULT WINAPI CoGetStdMarshalEx(IUnknown *outer, DWORD flags, IUnknown **inner);
/* What an object aggregates that every apartment may call directly. */
HRESULT WINAPI CoCreateFreeThreadedMarshaler(IUnknown *outer, IUnknown **marshaler);
/* A reference that every apartment may resolve: marshaled now, or when wanted. */
enum AgileReferenceOptions { AGILEREFERENCE_DEFAULT = 0, AGILEREFERENCE_DELAYEDMARSHAL = 1 };
HRESULT WINAPI RoGetAgileReference(DWORD options, const IID *iid, IUnknown *object,
                                   IAgileReference **reference);

/* Connections between objects and those who hold them in other apartments. */
HRESULT WINAPI CoLockObjectExternal(void *object, BOOL lock, BOOL last_unlock_releases);
HRESULT WINAPI CoDisconnectObject(void *object, DWORD reserved);
HRESULT WINAPI CoDisconnectContext(DWORD timeout_ms);
BOOL WINAPI CoIsHandlerConnected(void *object);
/* The proxy/stub class of an interface. */
HRESULT WINAPI CoGetPSClsid(const IID *iid, CLSID *clsid);
HRESULT WINAPI CoRegisterPSClsid(const IID *iid, const CLSID *clsid);
/* A hook that looks at the calls between apartments; it has to be free-threaded. */
HRESULT WINAPI CoRegisterChannelHook(const GUID *extent, IChannelHook *hook);

HRESULT WINAPI CLSIDFromProgID(LPCWSTR progid, CLSID *clsid);
HRESULT WINAPI CoImpersonateClient(void);
HRESULT WINAPI CoRevertToSelf(void);
LPVOID WINAPI CoTaskMemAlloc(size_t size);
LPVOID WINAPI CoTaskMemRealloc(LPVOID block, size_t size);
void WINAPI CoTaskMemFree(LPVOID block);

/* The address that identifies this process's runtime. */
const void *WINAPI PwRuntime(void);

#ifdef __cplusplus
}
#endif
#endif
