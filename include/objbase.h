/* Apartments and objects. Link with -lpartywall, or be loaded by a program that
 * has the runtime.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_OBJBASE_H
#define PARTYWALL_OBJBASE_H

#include "objidl.h"
#include "unknwn.h"

#ifdef __cplusplus
extern "C" {
#endif

#define S_OK ((HRESULT)0)
#define S_FALSE ((HRESULT)1)
#define E_NOINTERFACE ((HRESULT)0x80004002)
#define E_POINTER ((HRESULT)0x80004003)
#define E_FAIL ((HRESULT)0x80004005)
#define E_INVALIDARG ((HRESULT)0x80070057)
#define E_NOTIMPL ((HRESULT)0x80004001)
#define E_OUTOFMEMORY ((HRESULT)0x8007000E)
#define E_UNEXPECTED ((HRESULT)0x8000FFFF)
#define CLASS_E_NOAGGREGATION ((HRESULT)0x80040110)
#define CLASS_E_CLASSNOTAVAILABLE ((HRESULT)0x80040111)
#define REGDB_E_CLASSNOTREG ((HRESULT)0x80040154)
#define CO_S_NOTALLINTERFACES ((HRESULT)0x00080012)
#define CO_E_CLASSSTRING ((HRESULT)0x800401F3)
#define CO_E_IIDSTRING ((HRESULT)0x800401F4)
#define CO_E_OBJNOTREG ((HRESULT)0x800401FB)
#define CO_E_OBJISREG ((HRESULT)0x800401FC)
#define CO_E_SERVER_STOPPING ((HRESULT)0x80080008)
#define MK_S_MONIKERALREADYREGISTERED ((HRESULT)0x000401E7)
#define MK_E_UNAVAILABLE ((HRESULT)0x800401E3)
#define MK_E_SYNTAX ((HRESULT)0x800401E4)
#define CO_E_OBJNOTCONNECTED ((HRESULT)0x800401FD)
#define RPC_E_CHANGED_MODE ((HRESULT)0x80010106)
#define CO_E_NOTINITIALIZED ((HRESULT)0x800401F0)
#define SUCCEEDED(hr) ((HRESULT)(hr) >= 0)
#define FAILED(hr) ((HRESULT)(hr) < 0)

enum { COINIT_MULTITHREADED = 0, COINIT_APARTMENTTHREADED = 2 };
enum {
    CLSCTX_INPROC_SERVER = 0x1,
    CLSCTX_INPROC_HANDLER = 0x2,
    CLSCTX_LOCAL_SERVER = 0x4,
    CLSCTX_REMOTE_SERVER = 0x10,
    CLSCTX_APPCONTAINER = 0x400000
};
enum {
    REGCLS_SINGLEUSE = 0,
    REGCLS_MULTIPLEUSE = 1,
    REGCLS_MULTI_SEPARATE = 2,
    REGCLS_SUSPENDED = 4,
    REGCLS_SURROGATE = 8,
    REGCLS_AGILE = 0x10
};
/* CoGetApartmentType */
enum { APTTYPE_CURRENT = -1, APTTYPE_STA = 0, APTTYPE_MTA = 1, APTTYPE_NA = 2, APTTYPE_MAINSTA = 3 };

HRESULT WINAPI CoInitializeEx(LPVOID reserved, DWORD flags);
void WINAPI CoUninitialize(void);
HRESULT WINAPI CoGetApartmentType(LONG *kind, LONG *qualifier);
HRESULT WINAPI CoCreateInstance(REFCLSID clsid, void *outer, DWORD context, REFIID iid,
                                void **object);
typedef struct _COSERVERINFO {
    DWORD dwReserved1;
    LPWSTR pwszName;
    void *pAuthInfo;
    DWORD dwReserved2;
} COSERVERINFO;
typedef struct tagMULTI_QI {
    const IID *pIID;
    IUnknown *pItf;
    HRESULT hr;
} MULTI_QI;
HRESULT WINAPI CoGetClassObject(REFCLSID clsid, DWORD context, COSERVERINFO *server, REFIID iid,
                                void **object);
HRESULT WINAPI CoCreateInstanceEx(REFCLSID clsid, IUnknown *outer, DWORD context,
                                  COSERVERINFO *server, DWORD count, MULTI_QI *interfaces);
HRESULT WINAPI CoRegisterClassObject(REFCLSID clsid, IUnknown *object, DWORD context, DWORD flags,
                                     LPDWORD cookie);
HRESULT WINAPI CoRevokeClassObject(DWORD cookie);
HRESULT WINAPI CoResumeClassObjects(void);
HRESULT WINAPI CoSuspendClassObjects(void);
ULONG WINAPI CoAddRefServerProcess(void);
ULONG WINAPI CoReleaseServerProcess(void);
void WINAPI CoFreeUnusedLibraries(void);
void WINAPI CoFreeUnusedLibrariesEx(DWORD delay, DWORD reserved);

/* Identifiers and names of classes. */
HRESULT WINAPI CLSIDFromString(LPCOLESTR text, CLSID *clsid);
HRESULT WINAPI IIDFromString(LPCOLESTR text, IID *iid);
HRESULT WINAPI StringFromCLSID(REFCLSID clsid, LPOLESTR *text);
HRESULT WINAPI StringFromIID(REFIID iid, LPOLESTR *text);
int WINAPI StringFromGUID2(REFGUID guid, LPOLESTR text, int size);
HRESULT WINAPI CLSIDFromProgIDEx(LPCOLESTR progid, CLSID *clsid);
HRESULT WINAPI ProgIDFromCLSID(REFCLSID clsid, LPOLESTR *progid);
HRESULT WINAPI CoCreateGuid(GUID *guid);
HRESULT WINAPI CoFileTimeNow(FILETIME *time);
HRESULT WINAPI CoTreatAsClass(REFCLSID old_class, REFCLSID new_class);
HRESULT WINAPI CoGetTreatAsClass(REFCLSID old_class, CLSID *new_class);

/* Names. */
HRESULT WINAPI CreateBindCtx(DWORD reserved, IBindCtx **context);
HRESULT WINAPI CreateItemMoniker(LPCOLESTR delimiter, LPCOLESTR item, IMoniker **moniker);
HRESULT WINAPI CreateFileMoniker(LPCOLESTR path, IMoniker **moniker);
HRESULT WINAPI CreateClassMoniker(REFCLSID clsid, IMoniker **moniker);
HRESULT WINAPI CreateAntiMoniker(IMoniker **moniker);
HRESULT WINAPI CreateGenericComposite(IMoniker *first, IMoniker *rest, IMoniker **composite);
HRESULT WINAPI MonikerCommonPrefixWith(IMoniker *own, IMoniker *other, IMoniker **prefix);
HRESULT WINAPI MonikerRelativePathTo(IMoniker *source, IMoniker *other, IMoniker **path,
                                     BOOL reserved);
HRESULT WINAPI MkParseDisplayName(IBindCtx *context, LPCOLESTR name, ULONG *eaten,
                                  IMoniker **moniker);
HRESULT WINAPI BindMoniker(IMoniker *moniker, DWORD options, REFIID iid, void **object);
HRESULT WINAPI CoGetObject(LPCWSTR name, BIND_OPTS *options, REFIID iid, void **object);
HRESULT WINAPI GetClassFile(LPCOLESTR path, CLSID *clsid);
HRESULT WINAPI GetRunningObjectTable(DWORD reserved, IRunningObjectTable **table);

/* The task allocator as an object, and who watches it. */
HRESULT WINAPI CoGetMalloc(DWORD context, IMalloc **allocator);
HRESULT WINAPI CoRegisterMallocSpy(IMallocSpy *spy);
HRESULT WINAPI CoRevokeMallocSpy(void);

/* Interfaces on their way to other apartments. A stream of CoMarshalInterThreadInterfaceInStream goes to any thread
 * of the process. */
enum { MSHCTX_INPROC = 3 };
enum { MSHLFLAGS_NORMAL = 0, MSHLFLAGS_TABLESTRONG = 1, MSHLFLAGS_TABLEWEAK = 2 };
HRESULT WINAPI CoMarshalInterThreadInterfaceInStream(REFIID iid, void *object,
                                                     IStream **stream);
HRESULT WINAPI CoGetInterfaceAndReleaseStream(IStream *stream, REFIID iid, void **object);
HRESULT WINAPI CoMarshalInterface(IStream *stream, REFIID iid, void *object,
                                  DWORD destination, void *reserved, DWORD flags);
HRESULT WINAPI CoUnmarshalInterface(IStream *stream, REFIID iid, void **object);
HRESULT WINAPI CoReleaseMarshalData(IStream *stream);
HRESULT WINAPI CoGetMarshalSizeMax(ULONG *size, REFIID iid, void *object, DWORD destination,
                                   void *reserved, DWORD flags);
HRESULT WINAPI CoMarshalHresult(IStream *stream, HRESULT code);
HRESULT WINAPI CoUnmarshalHresult(IStream *stream, HRESULT *code);
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
