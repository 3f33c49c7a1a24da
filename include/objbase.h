/* Apartments and objects. Link with -lpartywall, or be loaded by a program that
 * has the runtime.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_OBJBASE_H
#define PARTYWALL_OBJBASE_H

#include "objidl.h"
#include "objidlbase.h"
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
#define RPC_E_CALL_REJECTED ((HRESULT)0x80010001)
#define RPC_E_CALL_CANCELED ((HRESULT)0x80010002)
#define RPC_E_SERVERFAULT ((HRESULT)0x80010105)
#define RPC_E_DISCONNECTED ((HRESULT)0x80010108)
#define RPC_E_SERVERCALL_RETRYLATER ((HRESULT)0x8001010A)
#define RPC_E_WRONG_THREAD ((HRESULT)0x8001010E)
#define RPC_S_CALLPENDING ((HRESULT)0x80010115)
#define RPC_E_CALL_COMPLETE ((HRESULT)0x80010117)
#define RPC_E_NO_SYNC ((HRESULT)0x80010120)
#define CO_E_CANCEL_DISABLED ((HRESULT)0x80010140)
#define CO_E_NOT_SUPPORTED ((HRESULT)0x80004021)
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
/* Apartments. */
typedef HANDLE CO_MTA_USAGE_COOKIE;
HRESULT WINAPI CoInitialize(LPVOID reserved);
HRESULT WINAPI OleInitialize(LPVOID reserved);
void WINAPI OleUninitialize(void);
HRESULT WINAPI CoIncrementMTAUsage(CO_MTA_USAGE_COOKIE *cookie);
HRESULT WINAPI CoDecrementMTAUsage(CO_MTA_USAGE_COOKIE cookie);
HRESULT WINAPI CoGetContextToken(ULONG_PTR *token);
HRESULT WINAPI CoGetObjectContext(const IID *iid, void **object);
HRESULT WINAPI CoGetDefaultContext(LONG kind, const IID *iid, void **object);
/* Contexts with properties. An interceptor is an agile object with IPwInterceptor; it
 * is asked and told of each call that crosses the context's border. */
enum { PW_CROSSING_IN = 0, PW_CROSSING_OUT = 1 };
enum { PW_SYNCHRONIZATION_DISABLED, PW_SYNCHRONIZATION_NOT_SUPPORTED,
       PW_SYNCHRONIZATION_SUPPORTED, PW_SYNCHRONIZATION_REQUIRED,
       PW_SYNCHRONIZATION_REQUIRES_NEW };
enum { PW_IDENTITY_CALLER = 0, PW_IDENTITY_CREATOR = 1 };
typedef struct PwCrossing {
    DWORD direction; /* PW_CROSSING_... */
    DWORD method;    /* its place in the vtable, from 0 */
    IID iid;
    GUID causality;
    DWORD thread;
    LPCWSTR context; /* the context's name */
} PwCrossing;
typedef struct PwContextProperties {
    DWORD size; /* of this structure */
    LONG apartment; /* APTTYPE_CURRENT, _MTA, _NA, _MAINSTA */
    DWORD synchronization;
    DWORD timeout_ms; /* 0 for a minute */
    DWORD identity;
    DWORD authentication_level; /* the least that is let in */
    LPCWSTR name;
    DWORD is_traced;
    DWORD user_count;
    const LPCWSTR *users; /* NULL for everybody */
    DWORD interceptor_count;
    DWORD reserved; /* 0 */
    void *const *interceptors;
} PwContextProperties;
HRESULT WINAPI PwCreateContext(const PwContextProperties *properties, REFIID iid,
                               void **context);
HRESULT WINAPI CoGetCurrentLogicalThreadId(GUID *id);
DWORD WINAPI CoGetCurrentProcess(void);
HRESULT WINAPI CoRegisterInitializeSpy(void *spy, ULONGLONG *cookie);
HRESULT WINAPI CoRevokeInitializeSpy(ULONGLONG cookie);

/* Calls: message filters, cancellation, waits that serve this apartment. */
enum { CALLTYPE_TOPLEVEL = 1, CALLTYPE_NESTED, CALLTYPE_ASYNC, CALLTYPE_TOPLEVEL_CALLPENDING,
       CALLTYPE_ASYNC_CALLPENDING };
enum { SERVERCALL_ISHANDLED, SERVERCALL_REJECTED, SERVERCALL_RETRYLATER };
enum { PENDINGTYPE_TOPLEVEL = 1, PENDINGTYPE_NESTED };
enum { PENDINGMSG_CANCELCALL, PENDINGMSG_WAITNOPROCESS, PENDINGMSG_WAITDEFPROCESS };
enum { COWAIT_DEFAULT = 0, COWAIT_WAITALL = 1, COWAIT_ALERTABLE = 2, COWAIT_INPUTAVAILABLE = 4,
       COWAIT_DISPATCH_CALLS = 8, COWAIT_DISPATCH_WINDOW_MESSAGES = 16 };
HRESULT WINAPI CoRegisterMessageFilter(void *filter, void **old);
/* A filter that tries refused calls again for that long (INFINITE for 30 s), then
 * asks at the terminal, or the script in a file when there is one. */
HRESULT WINAPI PwCreateBusyFilter(const char *script, DWORD milliseconds, void **filter);
HRESULT WINAPI CoEnableCallCancellation(LPVOID reserved);
HRESULT WINAPI CoDisableCallCancellation(LPVOID reserved);
HRESULT WINAPI CoCancelCall(DWORD thread, ULONG seconds);
HRESULT WINAPI CoTestCancel(void);
HRESULT WINAPI CoGetCallContext(const IID *iid, void **object);
HRESULT WINAPI CoSwitchCallContext(void *context, void **old);
HRESULT WINAPI CoWaitForMultipleHandles(DWORD flags, DWORD milliseconds, ULONG count,
                                        const HANDLE *handles, DWORD *index);
HRESULT WINAPI CoWaitForMultipleObjects(DWORD flags, DWORD milliseconds, ULONG count,
                                        const HANDLE *handles, DWORD *index);
/* The standard marshaler of an object; with NULL one that only reads. */
HRESULT WINAPI CoGetStandardMarshal(REFIID iid, void *object, DWORD destination,
                                    void *reserved, DWORD flags, IMarshal **marshal);
/* What an object, or a handler, aggregates to use the standard marshaler. */
enum { SMEXF_SERVER = 1, SMEXF_HANDLER = 2 };
HRESULT WINAPI CoGetStdMarshalEx(IUnknown *outer, DWORD flags, IUnknown **inner);
/* What an object aggregates that every apartment may call directly. */
HRESULT WINAPI CoCreateFreeThreadedMarshaler(IUnknown *outer, IUnknown **marshaler);
/* A reference that every apartment may resolve: marshaled now, or when wanted. */
enum AgileReferenceOptions { AGILEREFERENCE_DEFAULT = 0, AGILEREFERENCE_DELAYEDMARSHAL = 1 };
HRESULT WINAPI RoGetAgileReference(DWORD options, REFIID iid, IUnknown *object,
                                   IAgileReference **reference);

/* Connections between objects and those who hold them in other apartments. */
HRESULT WINAPI CoLockObjectExternal(void *object, BOOL lock, BOOL last_unlock_releases);
HRESULT WINAPI CoDisconnectObject(void *object, DWORD reserved);
HRESULT WINAPI CoDisconnectContext(DWORD timeout_ms);
BOOL WINAPI CoIsHandlerConnected(void *object);
/* The proxy/stub class of an interface. */
HRESULT WINAPI CoGetPSClsid(REFIID iid, CLSID *clsid);
HRESULT WINAPI CoRegisterPSClsid(REFIID iid, REFCLSID clsid);
/* A hook that looks at the calls between apartments; it has to be free-threaded. */
HRESULT WINAPI CoRegisterChannelHook(REFGUID extent, IChannelHook *hook);

HRESULT WINAPI CLSIDFromProgID(LPCWSTR progid, CLSID *clsid);
HRESULT WINAPI CoImpersonateClient(void);
HRESULT WINAPI CoRevertToSelf(void);
LPVOID WINAPI CoTaskMemAlloc(size_t size);
LPVOID WINAPI CoTaskMemRealloc(LPVOID block, size_t size);
void WINAPI CoTaskMemFree(LPVOID block);

/* A descriptor that is readable while something waits for this single-threaded
 * apartment, and the call that runs one of what waits: for programs whose loop
 * is GTK's, Qt's, glib's or epoll's. Others run the loop of winuser.h. */
HRESULT WINAPI PwApartmentDescriptor(int *descriptor);
HRESULT WINAPI PwDispatchOne(void);

/* The address that identifies this process's runtime. */
const void *WINAPI PwRuntime(void);

#ifdef __cplusplus
}
#endif
#endif
