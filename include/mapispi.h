/* Extended MAPI for providers: the entry points of message services, message stores,
 * address books and transports, their objects, and the support object. A provider's
 * library exports its entry point; exported C++ functions need extern "C", which this
 * header gives them.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_MAPISPI_H
#define PARTYWALL_MAPISPI_H

#include "mapidefs.h"

#include "mapicode.h"
#include "mapiguid.h"
#include "mapitags.h"

/* Contexts of a message service's entry point */
#define MSG_SERVICE_INSTALL ((ULONG)1)
#define MSG_SERVICE_CREATE ((ULONG)2)
#define MSG_SERVICE_CONFIGURE ((ULONG)3)
#define MSG_SERVICE_DELETE ((ULONG)4)
#define MSG_SERVICE_UNINSTALL ((ULONG)5)
#define MSG_SERVICE_PROVIDER_CREATE ((ULONG)6)
#define MSG_SERVICE_PROVIDER_DELETE ((ULONG)7)

#define MSG_SERVICE_UI_READ_ONLY ((ULONG)0x00000008)
#define SERVICE_LOGON_FAILED ((ULONG)0x00000020)

/* TransportLogon, in */
#define LOGON_NO_DIALOG ((ULONG)0x00000001)
#define LOGON_NO_CONNECT ((ULONG)0x00000004)
#define LOGON_NO_INBOUND ((ULONG)0x00000008)
#define LOGON_NO_OUTBOUND ((ULONG)0x00000010)
/* TransportLogon, out */
#define LOGON_SP_IDLE ((ULONG)0x00010000)
#define LOGON_SP_POLL ((ULONG)0x00020000)
#define LOGON_SP_RESOLVE ((ULONG)0x00040000)
/* The spooler's logon at a message store */
#define LOGON_SP_TRANSPORT ((ULONG)0x00000001)
#define LOGON_SP_PROMPT ((ULONG)0x00000002)
#define LOGON_SP_NEWPW ((ULONG)0x00000004)
#define LOGON_CHANGED ((ULONG)0x00000008)

/* TransportNotify */
#define NOTIFY_BEGIN_INBOUND ((ULONG)0x00000001)
#define NOTIFY_BEGIN_OUTBOUND ((ULONG)0x00000002)
#define NOTIFY_BEGIN_INBOUND_FLUSH ((ULONG)0x00000004)
#define NOTIFY_BEGIN_OUTBOUND_FLUSH ((ULONG)0x00000008)
#define NOTIFY_END_INBOUND ((ULONG)0x00010000)
#define NOTIFY_END_OUTBOUND ((ULONG)0x00020000)
#define NOTIFY_END_INBOUND_FLUSH ((ULONG)0x00040000)
#define NOTIFY_END_OUTBOUND_FLUSH ((ULONG)0x00080000)
#define NOTIFY_ABORT_DEFERRED ((ULONG)0x40000000)
#define NOTIFY_CANCEL_MESSAGE ((ULONG)0x80000000)

/* IXPLogon::SubmitMessage */
#define BEGIN_DEFERRED ((ULONG)0x00000001)
/* IXPLogon::EndMessage, out */
#define END_RESEND_NOW ((ULONG)0x00010000)
#define END_RESEND_LATER ((ULONG)0x00020000)
#define END_DONT_RESEND ((ULONG)0x00040000)

/* TransportLogoff */
#define LOGOFF_NORMAL ((ULONG)0x00000001)
#define LOGOFF_HURRY ((ULONG)0x80000000)

/* SpoolerNotify */
#define NOTIFY_NEWMAIL ((ULONG)0x00000001)
#define NOTIFY_READYTOSEND ((ULONG)0x00000002)
#define NOTIFY_SENTDEFERRED ((ULONG)0x00000004)
#define NOTIFY_CRITSEC ((ULONG)0x00001000)
#define NOTIFY_NONCRIT ((ULONG)0x00002000)
#define NOTIFY_CONFIG_CHANGE ((ULONG)0x00004000)
#define NOTIFY_CRITICAL_ERROR ((ULONG)0x10000000)
#define NOTIFY_NEWMAIL_RECEIVED ((ULONG)0x20000000)

/* ModifyStatusRow: merges with the row that is there */
#define STATUSROW_UPDATE ((ULONG)0x10000000)

/* IMAPISupport::PrepareSubmit and ExpandRecips */
#define CHECK_SENDER ((ULONG)0x00000001)
#define NON_STANDARD ((ULONG)0x00010000)
#define NEEDS_PREPROCESSING ((ULONG)0x00000001)
#define NEEDS_SPOOLER ((ULONG)0x00000002)
/* IMAPISupport::ReadReceipt */
#define MAPI_NON_READ ((ULONG)0x00000001)
/* OpenTemplateID */
#define FILL_ENTRY ((ULONG)0x00000001)

/* IMAPISupport::Subscribe */
#define NOTIFY_SYNC ((ULONG)0x40000000)
/* IMAPISupport::Notify, answered */
#define NOTIFY_CANCELED ((ULONG)0x80000000)
/* OnNotify's answer to a synchronous event: no other sink hears of it */
#define CALLBACK_DISCONTINUE ((ULONG)0x80000000)

/* Version of the provider interfaces that providers are given */
#define CURRENT_SPI_VERSION ((ULONG)0x00010010)

#define OPTION_TYPE_RECIPIENT ((ULONG)0x00000001)
#define OPTION_TYPE_MESSAGE ((ULONG)0x00000002)

typedef struct {
    ULONG cb;
    BYTE ab[MAPI_DIM];
} NOTIFKEY, *LPNOTIFKEY;
#define CbNewNOTIFKEY(bytes) (offsetof(NOTIFKEY, ab) + (bytes))
#define CbNOTIFKEY(key) CbNewNOTIFKEY((key)->cb)
#define SizedNOTIFKEY(bytes, name)                                                                 \
    struct _NOTIFKEY_##name {                                                                      \
        ULONG cb;                                                                                  \
        BYTE ab[bytes];                                                                            \
    } name

typedef struct _OPTIONDATA {
    ULONG ulFlags;
    LPGUID lpRecipGUID;
    LPTSTR lpszAdrType;
    LPTSTR lpszDLLName;
    ULONG ulOrdinal;
    ULONG cbOptionsData;
    LPBYTE lpbOptionsData;
    ULONG cOptionsProps;
    LPSPropValue lpOptionsProps;
} OPTIONDATA, *LPOPTIONDATA;
PARTYWALL_LAYOUT(offsetof(NOTIFKEY, ab) == 4 && sizeof(OPTIONDATA) == 64);

typedef struct IStorage IStorage, *LPSTORAGE;
DECLARE_MAPI_INTERFACE_PTR(IMAPISupport, LPMAPISUP);
DECLARE_MAPI_INTERFACE_PTR(IMSProvider, LPMSPROVIDER);
DECLARE_MAPI_INTERFACE_PTR(IMSLogon, LPMSLOGON);
DECLARE_MAPI_INTERFACE_PTR(IABProvider, LPABPROVIDER);
DECLARE_MAPI_INTERFACE_PTR(IABLogon, LPABLOGON);
DECLARE_MAPI_INTERFACE_PTR(IXPProvider, LPXPPROVIDER);
DECLARE_MAPI_INTERFACE_PTR(IXPLogon, LPXPLOGON);

#define MAPI_IMAPISUPPORT_METHODS(IPURE)                                                           \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(GetMemAllocRoutines)                                                                 \
    (THIS_ LPALLOCATEBUFFER *allocate, LPALLOCATEMORE *more, LPFREEBUFFER *free_buffer) IPURE;     \
    STDMETHOD(Subscribe)                                                                           \
    (THIS_ LPNOTIFKEY key, ULONG mask, ULONG flags, LPMAPIADVISESINK sink,                         \
     ULONG_PTR *connection) IPURE;                                                                 \
    STDMETHOD(Unsubscribe)(THIS_ ULONG_PTR connection) IPURE;                                      \
    STDMETHOD(Notify)                                                                              \
    (THIS_ LPNOTIFKEY key, ULONG count, LPNOTIFICATION notifications, ULONG *flags) IPURE;         \
    STDMETHOD(ModifyStatusRow)(THIS_ ULONG count, LPSPropValue columns, ULONG flags) IPURE;        \
    STDMETHOD(OpenProfileSection)(THIS_ LPMAPIUID uid, ULONG flags, LPPROFSECT *section) IPURE;    \
    STDMETHOD(RegisterPreprocessor)                                                                \
    (THIS_ LPMAPIUID uid, LPTSTR kind, LPTSTR library, LPSTR preprocess, LPSTR remove,             \
     ULONG flags) IPURE;                                                                           \
    STDMETHOD(NewUID)(THIS_ LPMAPIUID uid) IPURE;                                                  \
    STDMETHOD(MakeInvalid)                                                                         \
    (THIS_ ULONG flags, LPVOID object, ULONG references, ULONG methods) IPURE;                     \
    STDMETHOD(SpoolerYield)(THIS_ ULONG flags) IPURE;                                              \
    STDMETHOD(SpoolerNotify)(THIS_ ULONG flags, LPVOID data) IPURE;                                \
    STDMETHOD(CreateOneOff)                                                                        \
    (THIS_ LPTSTR name, LPTSTR kind, LPTSTR address, ULONG flags, ULONG *size,                     \
     LPENTRYID *entry) IPURE;                                                                      \
    STDMETHOD(SetProviderUID)(THIS_ LPMAPIUID uid, ULONG flags) IPURE;                             \
    STDMETHOD(CompareEntryIDs)                                                                     \
    (THIS_ ULONG size1, LPENTRYID entry1, ULONG size2, LPENTRYID entry2, ULONG flags,              \
     ULONG *same) IPURE;                                                                           \
    STDMETHOD(OpenTemplateID)                                                                      \
    (THIS_ ULONG size, LPENTRYID template_entry, ULONG flags, LPMAPIPROP data, LPCIID iid,         \
     LPMAPIPROP *bound, LPMAPIPROP sibling) IPURE;                                                 \
    STDMETHOD(OpenEntry)                                                                           \
    (THIS_ ULONG size, LPENTRYID entry, LPCIID iid, ULONG flags, ULONG *kind,                      \
     LPUNKNOWN *object) IPURE;                                                                     \
    STDMETHOD(GetOneOffTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                        \
    STDMETHOD(Address)(THIS_ ULONG_PTR *window, LPADRPARM parameters, LPADRLIST *list) IPURE;      \
    STDMETHOD(Details)                                                                             \
    (THIS_ ULONG_PTR *window, LPFNDISMISS dismiss, LPVOID dismiss_context, ULONG size,             \
     LPENTRYID entry, LPFNBUTTON button, LPVOID button_context, LPTSTR button_text,                \
     ULONG flags) IPURE;                                                                           \
    STDMETHOD(NewEntry)                                                                            \
    (THIS_ ULONG_PTR window, ULONG flags, ULONG container_size, LPENTRYID container,               \
     ULONG template_size, LPENTRYID template_entry, ULONG *size, LPENTRYID *entry) IPURE;          \
    STDMETHOD(DoConfigPropsheet)                                                                   \
    (THIS_ ULONG_PTR window, ULONG flags, LPTSTR title, LPMAPITABLE display, LPMAPIPROP data,      \
     ULONG page) IPURE;                                                                            \
    STDMETHOD(CopyMessages)                                                                        \
    (THIS_ LPCIID source_iid, LPVOID source, LPENTRYLIST list, LPCIID target_iid, LPVOID target,   \
     ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;                                \
    STDMETHOD(CopyFolder)                                                                          \
    (THIS_ LPCIID source_iid, LPVOID source, ULONG size, LPENTRYID entry, LPCIID target_iid,       \
     LPVOID target, LPTSTR name, ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;    \
    STDMETHOD(DoCopyTo)                                                                            \
    (THIS_ LPCIID source_iid, LPVOID source, ULONG excluded, LPCIID iids, LPSPropTagArray tags,    \
     ULONG_PTR window, LPMAPIPROGRESS progress, LPCIID target_iid, LPVOID target, ULONG flags,     \
     LPSPropProblemArray *problems) IPURE;                                                         \
    STDMETHOD(DoCopyProps)                                                                         \
    (THIS_ LPCIID source_iid, LPVOID source, LPSPropTagArray tags, ULONG_PTR window,               \
     LPMAPIPROGRESS progress, LPCIID target_iid, LPVOID target, ULONG flags,                       \
     LPSPropProblemArray *problems) IPURE;                                                         \
    STDMETHOD(DoProgressDialog)                                                                    \
    (THIS_ ULONG_PTR window, ULONG flags, LPMAPIPROGRESS *progress) IPURE;                         \
    STDMETHOD(ReadReceipt)(THIS_ ULONG flags, LPMESSAGE message, LPMESSAGE *receipt) IPURE;        \
    STDMETHOD(PrepareSubmit)(THIS_ LPMESSAGE message, ULONG *flags) IPURE;                         \
    STDMETHOD(ExpandRecips)(THIS_ LPMESSAGE message, ULONG *flags) IPURE;                          \
    STDMETHOD(UpdatePAB)(THIS_ ULONG flags, LPMESSAGE message) IPURE;                              \
    STDMETHOD(DoSentMail)(THIS_ ULONG flags, LPMESSAGE message) IPURE;                             \
    STDMETHOD(OpenAddressBook)(THIS_ LPCIID iid, ULONG flags, LPADRBOOK *book) IPURE;              \
    STDMETHOD(Preprocess)(THIS_ ULONG flags, ULONG size, LPENTRYID entry) IPURE;                   \
    STDMETHOD(CompleteMsg)(THIS_ ULONG flags, ULONG size, LPENTRYID entry) IPURE;                  \
    STDMETHOD(StoreLogoffTransports)(THIS_ ULONG *flags) IPURE;                                    \
    STDMETHOD(StatusRecips)(THIS_ LPMESSAGE message, LPADRLIST list) IPURE;                        \
    STDMETHOD(WrapStoreEntryID)                                                                    \
    (THIS_ ULONG size, LPENTRYID entry, ULONG *wrapped_size, LPENTRYID *wrapped) IPURE;            \
    STDMETHOD(ModifyProfile)(THIS_ ULONG flags) IPURE;                                             \
    STDMETHOD(IStorageFromStream)                                                                  \
    (THIS_ LPUNKNOWN stream, LPCIID iid, ULONG flags, LPSTORAGE *storage) IPURE;                   \
    STDMETHOD(GetSvcConfigSupportObj)(THIS_ ULONG flags, LPMAPISUP *support) IPURE;

#undef INTERFACE
#define INTERFACE IMAPISupport
DECLARE_INTERFACE_(IMAPISupport, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPISUPPORT_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPISupport, 44);

#define MAPI_IMSPROVIDER_METHODS(IPURE)                                                            \
    STDMETHOD(Shutdown)(THIS_ ULONG *flags) IPURE;                                                 \
    STDMETHOD(Logon)                                                                               \
    (THIS_ LPMAPISUP support, ULONG_PTR window, LPTSTR profile, ULONG size, LPENTRYID entry,       \
     ULONG flags, LPCIID iid, ULONG *security_size, LPBYTE *security, LPMAPIERROR *error,          \
     LPMSLOGON *logon, LPMDB *store) IPURE;                                                        \
    STDMETHOD(SpoolerLogon)                                                                        \
    (THIS_ LPMAPISUP support, ULONG_PTR window, LPTSTR profile, ULONG size, LPENTRYID entry,       \
     ULONG flags, LPCIID iid, ULONG security_size, LPBYTE security, LPMAPIERROR *error,            \
     LPMSLOGON *logon, LPMDB *store) IPURE;                                                        \
    STDMETHOD(CompareStoreIDs)                                                                     \
    (THIS_ ULONG size1, LPENTRYID entry1, ULONG size2, LPENTRYID entry2, ULONG flags,              \
     ULONG *same) IPURE;

#undef INTERFACE
#define INTERFACE IMSProvider
DECLARE_INTERFACE_(IMSProvider, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMSPROVIDER_METHODS(PURE)
};
PARTYWALL_SLOTS(IMSProvider, 7);

#define MAPI_IMSLOGON_METHODS(IPURE)                                                               \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(Logoff)(THIS_ ULONG *flags) IPURE;                                                   \
    STDMETHOD(OpenEntry)                                                                           \
    (THIS_ ULONG size, LPENTRYID entry, LPCIID iid, ULONG flags, ULONG *kind,                      \
     LPUNKNOWN *object) IPURE;                                                                     \
    STDMETHOD(CompareEntryIDs)                                                                     \
    (THIS_ ULONG size1, LPENTRYID entry1, ULONG size2, LPENTRYID entry2, ULONG flags,              \
     ULONG *same) IPURE;                                                                           \
    STDMETHOD(Advise)                                                                              \
    (THIS_ ULONG size, LPENTRYID entry, ULONG mask, LPMAPIADVISESINK sink,                         \
     ULONG_PTR *connection) IPURE;                                                                 \
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR connection) IPURE;                                         \
    STDMETHOD(OpenStatusEntry)(THIS_ LPCIID iid, ULONG flags, ULONG *kind, LPVOID *object) IPURE;

#undef INTERFACE
#define INTERFACE IMSLogon
DECLARE_INTERFACE_(IMSLogon, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMSLOGON_METHODS(PURE)
};
PARTYWALL_SLOTS(IMSLogon, 10);

#define MAPI_IABPROVIDER_METHODS(IPURE)                                                            \
    STDMETHOD(Shutdown)(THIS_ ULONG *flags) IPURE;                                                 \
    STDMETHOD(Logon)                                                                               \
    (THIS_ LPMAPISUP support, ULONG_PTR window, LPTSTR profile, ULONG flags,                       \
     ULONG *security_size, LPBYTE *security, LPMAPIERROR *error, LPABLOGON *logon) IPURE;

#undef INTERFACE
#define INTERFACE IABProvider
DECLARE_INTERFACE_(IABProvider, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IABPROVIDER_METHODS(PURE)
};
PARTYWALL_SLOTS(IABProvider, 5);

#define MAPI_IABLOGON_METHODS(IPURE)                                                               \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(Logoff)(THIS_ ULONG flags) IPURE;                                                    \
    STDMETHOD(OpenEntry)                                                                           \
    (THIS_ ULONG size, LPENTRYID entry, LPCIID iid, ULONG flags, ULONG *kind,                      \
     LPUNKNOWN *object) IPURE;                                                                     \
    STDMETHOD(CompareEntryIDs)                                                                     \
    (THIS_ ULONG size1, LPENTRYID entry1, ULONG size2, LPENTRYID entry2, ULONG flags,              \
     ULONG *same) IPURE;                                                                           \
    STDMETHOD(Advise)                                                                              \
    (THIS_ ULONG size, LPENTRYID entry, ULONG mask, LPMAPIADVISESINK sink,                         \
     ULONG_PTR *connection) IPURE;                                                                 \
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR connection) IPURE;                                         \
    STDMETHOD(OpenStatusEntry)                                                                     \
    (THIS_ LPCIID iid, ULONG flags, ULONG *kind, LPMAPISTATUS *object) IPURE;                      \
    STDMETHOD(OpenTemplateID)                                                                      \
    (THIS_ ULONG size, LPENTRYID template_entry, ULONG flags, LPMAPIPROP data, LPCIID iid,         \
     LPMAPIPROP *bound, LPMAPIPROP sibling) IPURE;                                                 \
    STDMETHOD(GetOneOffTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                        \
    STDMETHOD(PrepareRecips)(THIS_ ULONG flags, LPSPropTagArray tags, LPADRLIST list) IPURE;

#undef INTERFACE
#define INTERFACE IABLogon
DECLARE_INTERFACE_(IABLogon, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IABLOGON_METHODS(PURE)
};
PARTYWALL_SLOTS(IABLogon, 13);

#define MAPI_IXPPROVIDER_METHODS(IPURE)                                                            \
    STDMETHOD(Shutdown)(THIS_ ULONG *flags) IPURE;                                                 \
    STDMETHOD(TransportLogon)                                                                      \
    (THIS_ LPMAPISUP support, ULONG_PTR window, LPTSTR profile, ULONG *flags, LPMAPIERROR *error,  \
     LPXPLOGON *logon) IPURE;

#undef INTERFACE
#define INTERFACE IXPProvider
DECLARE_INTERFACE_(IXPProvider, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IXPPROVIDER_METHODS(PURE)
};
PARTYWALL_SLOTS(IXPProvider, 5);

#define MAPI_IXPLOGON_METHODS(IPURE)                                                               \
    STDMETHOD(AddressTypes)                                                                        \
    (THIS_ ULONG *flags, ULONG *type_count, LPTSTR **types, ULONG *uid_count,                      \
     LPMAPIUID **uids) IPURE;                                                                      \
    STDMETHOD(RegisterOptions)(THIS_ ULONG *flags, ULONG *count, LPOPTIONDATA *options) IPURE;     \
    STDMETHOD(TransportNotify)(THIS_ ULONG *flags, LPVOID *data) IPURE;                            \
    STDMETHOD(Idle)(THIS_ ULONG flags) IPURE;                                                      \
    STDMETHOD(TransportLogoff)(THIS_ ULONG flags) IPURE;                                           \
    STDMETHOD(SubmitMessage)                                                                       \
    (THIS_ ULONG flags, LPMESSAGE message, ULONG_PTR *reference, ULONG_PTR *answer) IPURE;         \
    STDMETHOD(EndMessage)(THIS_ ULONG_PTR reference, ULONG *flags) IPURE;                          \
    STDMETHOD(Poll)(THIS_ ULONG *incoming) IPURE;                                                  \
    STDMETHOD(StartMessage)(THIS_ ULONG flags, LPMESSAGE message, ULONG_PTR *reference) IPURE;     \
    STDMETHOD(OpenStatusEntry)                                                                     \
    (THIS_ LPCIID iid, ULONG flags, ULONG *kind, LPMAPISTATUS *object) IPURE;                      \
    STDMETHOD(ValidateState)(THIS_ ULONG_PTR window, ULONG flags) IPURE;                           \
    STDMETHOD(FlushQueues)                                                                         \
    (THIS_ ULONG_PTR window, ULONG size, LPENTRYID transport, ULONG flags) IPURE;

#undef INTERFACE
#define INTERFACE IXPLogon
DECLARE_INTERFACE_(IXPLogon, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IXPLOGON_METHODS(PURE)
};
PARTYWALL_SLOTS(IXPLogon, 15);

#ifdef __cplusplus
extern "C" {
#endif

typedef HRESULT(STDMAPIINITCALLTYPE MSPROVIDERINIT)(HINSTANCE library, LPMALLOC allocator,
                                                    LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
                                                    LPFREEBUFFER free_buffer, ULONG flags,
                                                    ULONG version, ULONG *provider_version,
                                                    LPMSPROVIDER *provider);
typedef HRESULT(STDMAPIINITCALLTYPE ABPROVIDERINIT)(HINSTANCE library, LPMALLOC allocator,
                                                    LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
                                                    LPFREEBUFFER free_buffer, ULONG flags,
                                                    ULONG version, ULONG *provider_version,
                                                    LPABPROVIDER *provider);
typedef HRESULT(STDMAPIINITCALLTYPE XPPROVIDERINIT)(HINSTANCE library, LPMALLOC allocator,
                                                    LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
                                                    LPFREEBUFFER free_buffer, ULONG flags,
                                                    ULONG version, ULONG *provider_version,
                                                    LPXPPROVIDER *provider);
/* What a provider's library exports. */
MSPROVIDERINIT MSProviderInit;
ABPROVIDERINIT ABProviderInit;
XPPROVIDERINIT XPProviderInit;

/* What a message service's library exports, under the name in its description. */
typedef HRESULT(STDMETHODCALLTYPE MSGSERVICEENTRY)(HINSTANCE library, LPMALLOC allocator,
                                                   LPMAPISUP support, ULONG_PTR window, ULONG flags,
                                                   ULONG context, ULONG count, LPSPropValue props,
                                                   LPPROVIDERADMIN admin, LPMAPIERROR *error);
typedef MSGSERVICEENTRY *LPMSGSERVICEENTRY;

/* What RegisterPreprocessor names: it changes a message before it is sent; it takes
 * away what the first left in a message. */
typedef HRESULT(STDMETHODCALLTYPE PREPROCESSMESSAGE)(LPVOID session, LPMESSAGE message,
                                                     LPADRBOOK book, LPMAPIFOLDER folder,
                                                     LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
                                                     LPFREEBUFFER free_buffer, ULONG *count,
                                                     LPMESSAGE **messages, LPADRLIST *recipients);
typedef HRESULT(STDMETHODCALLTYPE REMOVEPREPROCESSINFO)(LPMESSAGE message);

/* Options of a transport's recipients or messages, as OPTIONDATA's ulOrdinal names it. */
typedef SCODE(STDMAPIINITCALLTYPE OPTIONCALLBACK)(HINSTANCE library, LPMALLOC allocator,
                                                  ULONG flags, ULONG size, LPBYTE data,
                                                  LPMAPISUP support, LPMAPIPROP source,
                                                  LPMAPIPROP *wrapped, LPMAPIERROR *error);

#ifdef __cplusplus
}
#endif
#endif
