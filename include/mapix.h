/* Extended MAPI for clients: start-up, logon, buffers, sessions, profiles, the address
 * book. Link with -lpartywall, or be loaded by a program that has the runtime.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_MAPIX_H
#define PARTYWALL_MAPIX_H

#include "mapidefs.h"

#include "mapicode.h"
#include "mapiguid.h"
#include "mapitags.h"

typedef ULONG FLAGS;

#define MAPI_INIT_VERSION ((ULONG)0)
#define MAPI_MULTITHREAD_NOTIFICATIONS ((ULONG)0x00000001)
#define MAPI_NO_COINIT ((ULONG)0x00000008)

#define MAPI_LOGON_UI ((ULONG)0x00000001)
#define MAPI_NEW_SESSION ((ULONG)0x00000002)
#define MAPI_APP_PROFILE ((ULONG)0x00000004)
#define MAPI_ALLOW_OTHERS ((ULONG)0x00000008)
#define MAPI_EXPLICIT_PROFILE ((ULONG)0x00000010)
#define MAPI_EXTENDED ((ULONG)0x00000020)
#define MAPI_FORCE_DOWNLOAD ((ULONG)0x00001000)
#define MAPI_SERVICE_UI_ALWAYS ((ULONG)0x00002000)
#define MAPI_NO_MAIL ((ULONG)0x00008000)
#define MAPI_PASSWORD_UI ((ULONG)0x00020000)
#define MAPI_TIMEOUT_SHORT ((ULONG)0x00100000)
#define MAPI_BG_SESSION ((ULONG)0x00200000)

/* What Simple MAPI logs on with when no profile is named */
#define MAPI_SIMPLE_DEFAULT (MAPI_LOGON_UI | MAPI_FORCE_DOWNLOAD | MAPI_ALLOW_OTHERS)
/* What Simple MAPI logs on with when a profile is named */
#define MAPI_SIMPLE_EXPLICIT (MAPI_NEW_SESSION | MAPI_FORCE_DOWNLOAD | MAPI_EXPLICIT_PROFILE)

/* IMAPISession::Logoff */
#define MAPI_LOGOFF_SHARED ((ULONG)0x00000001)
#define MAPI_LOGOFF_UI ((ULONG)0x00000002)

/* SetDefaultStore, one of them */
#define MAPI_DEFAULT_STORE ((ULONG)1)
#define MAPI_SIMPLE_STORE_TEMPORARY ((ULONG)2)
#define MAPI_SIMPLE_STORE_PERMANENT ((ULONG)3)
#define MAPI_PRIMARY_STORE ((ULONG)4)
#define MAPI_SECONDARY_STORE ((ULONG)5)

/* ShowForm */
#define MAPI_POST_MESSAGE ((ULONG)0x00000001)
#define MAPI_NEW_MESSAGE ((ULONG)0x00000002)

/* CreateProfile; also MAPI_APP_PROFILE and MAPI_DIALOG */
#define MAPI_DEFAULT_SERVICES ((ULONG)0x00000001)

/* PR_RESOURCE_FLAGS of a service */
#define SERVICE_DEFAULT_STORE ((ULONG)0x00000001)
#define SERVICE_SINGLE_COPY ((ULONG)0x00000002)
#define SERVICE_CREATE_WITH_STORE ((ULONG)0x00000004)
#define SERVICE_PRIMARY_IDENTITY ((ULONG)0x00000008)
#define SERVICE_NO_PRIMARY_IDENTITY ((ULONG)0x00000020)

typedef struct {
    ULONG ulVersion;
    ULONG ulFlags;
} MAPIINIT_0, *LPMAPIINIT_0;
typedef MAPIINIT_0 MAPIINIT, *LPMAPIINIT;
PARTYWALL_LAYOUT(sizeof(MAPIINIT_0) == 8);

DECLARE_MAPI_INTERFACE_PTR(IMAPISession, LPMAPISESSION);
DECLARE_MAPI_INTERFACE_PTR(IProfAdmin, LPPROFADMIN);
DECLARE_MAPI_INTERFACE_PTR(IMsgServiceAdmin, LPSERVICEADMIN);
DECLARE_MAPI_INTERFACE_PTR(IMsgServiceAdmin2, LPSERVICEADMIN2);

#define MAPI_IMAPISESSION_METHODS(IPURE)                                                           \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(GetMsgStoresTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                     \
    STDMETHOD(OpenMsgStore)                                                                        \
    (THIS_ ULONG_PTR window, ULONG size, LPENTRYID entry, LPCIID iid, ULONG flags,                 \
     LPMDB *store) IPURE;                                                                          \
    STDMETHOD(OpenAddressBook)                                                                     \
    (THIS_ ULONG_PTR window, LPCIID iid, ULONG flags, LPADRBOOK *book) IPURE;                      \
    STDMETHOD(OpenProfileSection)                                                                  \
    (THIS_ LPMAPIUID uid, LPCIID iid, ULONG flags, LPPROFSECT *section) IPURE;                     \
    STDMETHOD(GetStatusTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                        \
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
    STDMETHOD(MessageOptions)                                                                      \
    (THIS_ ULONG_PTR window, ULONG flags, LPTSTR kind, LPMESSAGE message) IPURE;                   \
    STDMETHOD(QueryDefaultMessageOpt)                                                              \
    (THIS_ LPTSTR kind, ULONG flags, ULONG *count, LPSPropValue *options) IPURE;                   \
    STDMETHOD(EnumAdrTypes)(THIS_ ULONG flags, ULONG *count, LPTSTR **kinds) IPURE;                \
    STDMETHOD(QueryIdentity)(THIS_ ULONG *size, LPENTRYID *entry) IPURE;                           \
    STDMETHOD(Logoff)(THIS_ ULONG_PTR window, ULONG flags, ULONG reserved) IPURE;                  \
    STDMETHOD(SetDefaultStore)(THIS_ ULONG flags, ULONG size, LPENTRYID entry) IPURE;              \
    STDMETHOD(AdminServices)(THIS_ ULONG flags, LPSERVICEADMIN *admin) IPURE;                      \
    STDMETHOD(ShowForm)                                                                            \
    (THIS_ ULONG_PTR window, LPMDB store, LPMAPIFOLDER folder, LPCIID iid, ULONG_PTR token,        \
     LPMESSAGE sent, ULONG flags, ULONG status, ULONG message_flags, ULONG access,                 \
     LPSTR class_name) IPURE;                                                                      \
    STDMETHOD(PrepareForm)(THIS_ LPCIID iid, LPMESSAGE message, ULONG_PTR *token) IPURE;

#undef INTERFACE
#define INTERFACE IMAPISession
DECLARE_INTERFACE_(IMAPISession, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPISESSION_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPISession, 22);

#define MAPI_IADDRBOOK_METHODS(IPURE)                                                              \
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
    STDMETHOD(CreateOneOff)                                                                        \
    (THIS_ LPTSTR name, LPTSTR kind, LPTSTR address, ULONG flags, ULONG *size,                     \
     LPENTRYID *entry) IPURE;                                                                      \
    STDMETHOD(NewEntry)                                                                            \
    (THIS_ ULONG_PTR window, ULONG flags, ULONG container_size, LPENTRYID container,               \
     ULONG template_size, LPENTRYID template_entry, ULONG *size, LPENTRYID *entry) IPURE;          \
    STDMETHOD(ResolveName)                                                                         \
    (THIS_ ULONG_PTR window, ULONG flags, LPTSTR title, LPADRLIST list) IPURE;                     \
    STDMETHOD(Address)(THIS_ ULONG_PTR *window, LPADRPARM parameters, LPADRLIST *list) IPURE;      \
    STDMETHOD(Details)                                                                             \
    (THIS_ ULONG_PTR *window, LPFNDISMISS dismiss, LPVOID dismiss_context, ULONG size,             \
     LPENTRYID entry, LPFNBUTTON button, LPVOID button_context, LPTSTR button_text,                \
     ULONG flags) IPURE;                                                                           \
    STDMETHOD(RecipOptions)(THIS_ ULONG_PTR window, ULONG flags, LPADRENTRY recipient) IPURE;      \
    STDMETHOD(QueryDefaultRecipOpt)                                                                \
    (THIS_ LPTSTR kind, ULONG flags, ULONG *count, LPSPropValue *options) IPURE;                   \
    STDMETHOD(GetPAB)(THIS_ ULONG *size, LPENTRYID *entry) IPURE;                                  \
    STDMETHOD(SetPAB)(THIS_ ULONG size, LPENTRYID entry) IPURE;                                    \
    STDMETHOD(GetDefaultDir)(THIS_ ULONG *size, LPENTRYID *entry) IPURE;                           \
    STDMETHOD(SetDefaultDir)(THIS_ ULONG size, LPENTRYID entry) IPURE;                             \
    STDMETHOD(GetSearchPath)(THIS_ ULONG flags, LPSRowSet *path) IPURE;                            \
    STDMETHOD(SetSearchPath)(THIS_ ULONG flags, LPSRowSet path) IPURE;                             \
    STDMETHOD(PrepareRecips)(THIS_ ULONG flags, LPSPropTagArray tags, LPADRLIST list) IPURE;

#undef INTERFACE
#define INTERFACE IAddrBook
DECLARE_INTERFACE_(IAddrBook, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    MAPI_IADDRBOOK_METHODS(PURE)
};
PARTYWALL_SLOTS(IAddrBook, 32);

#define MAPI_IPROFADMIN_METHODS(IPURE)                                                             \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(GetProfileTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                       \
    STDMETHOD(CreateProfile)                                                                       \
    (THIS_ LPTSTR profile, LPTSTR password, ULONG_PTR window, ULONG flags) IPURE;                  \
    STDMETHOD(DeleteProfile)(THIS_ LPTSTR profile, ULONG flags) IPURE;                             \
    STDMETHOD(ChangeProfilePassword)                                                               \
    (THIS_ LPTSTR profile, LPTSTR old_password, LPTSTR new_password, ULONG flags) IPURE;           \
    STDMETHOD(CopyProfile)                                                                         \
    (THIS_ LPTSTR profile, LPTSTR password, LPTSTR copy, ULONG_PTR window, ULONG flags) IPURE;     \
    STDMETHOD(RenameProfile)                                                                       \
    (THIS_ LPTSTR profile, LPTSTR password, LPTSTR new_name, ULONG_PTR window,                     \
     ULONG flags) IPURE;                                                                           \
    STDMETHOD(SetDefaultProfile)(THIS_ LPTSTR profile, ULONG flags) IPURE;                         \
    STDMETHOD(AdminServices)                                                                       \
    (THIS_ LPTSTR profile, LPTSTR password, ULONG_PTR window, ULONG flags,                         \
     LPSERVICEADMIN *admin) IPURE;

#undef INTERFACE
#define INTERFACE IProfAdmin
DECLARE_INTERFACE_(IProfAdmin, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IPROFADMIN_METHODS(PURE)
};
PARTYWALL_SLOTS(IProfAdmin, 12);

#define MAPI_IMSGSERVICEADMIN_METHODS(IPURE)                                                       \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(GetMsgServiceTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                    \
    STDMETHOD(CreateMsgService)                                                                    \
    (THIS_ LPTSTR service, LPTSTR display_name, ULONG_PTR window, ULONG flags) IPURE;              \
    STDMETHOD(DeleteMsgService)(THIS_ LPMAPIUID uid) IPURE;                                        \
    STDMETHOD(CopyMsgService)                                                                      \
    (THIS_ LPMAPIUID uid, LPTSTR display_name, LPCIID copied, LPCIID target_iid, LPVOID target,    \
     ULONG_PTR window, ULONG flags) IPURE;                                                         \
    STDMETHOD(RenameMsgService)(THIS_ LPMAPIUID uid, ULONG flags, LPTSTR display_name) IPURE;      \
    STDMETHOD(ConfigureMsgService)                                                                 \
    (THIS_ LPMAPIUID uid, ULONG_PTR window, ULONG flags, ULONG count, LPSPropValue props) IPURE;   \
    STDMETHOD(OpenProfileSection)                                                                  \
    (THIS_ LPMAPIUID uid, LPCIID iid, ULONG flags, LPPROFSECT *section) IPURE;                     \
    STDMETHOD(MsgServiceTransportOrder)(THIS_ ULONG count, LPMAPIUID uids, ULONG flags) IPURE;     \
    STDMETHOD(AdminProviders)(THIS_ LPMAPIUID uid, ULONG flags, LPPROVIDERADMIN *admin) IPURE;     \
    STDMETHOD(SetPrimaryIdentity)(THIS_ LPMAPIUID uid, ULONG flags) IPURE;                         \
    STDMETHOD(GetProviderTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;

#undef INTERFACE
#define INTERFACE IMsgServiceAdmin
DECLARE_INTERFACE_(IMsgServiceAdmin, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMSGSERVICEADMIN_METHODS(PURE)
};
PARTYWALL_SLOTS(IMsgServiceAdmin, 15);

#define MAPI_IMSGSERVICEADMIN2_METHODS(IPURE)                                                      \
    STDMETHOD(CreateMsgServiceEx)                                                                  \
    (THIS_ LPTSTR service, LPTSTR display_name, ULONG_PTR window, ULONG flags,                     \
     LPMAPIUID uid) IPURE;
#define MAPI_IMSGSERVICEADMIN_METHODS2(IPURE) MAPI_IMSGSERVICEADMIN2_METHODS(IPURE)

#undef INTERFACE
#define INTERFACE IMsgServiceAdmin2
DECLARE_INTERFACE_(IMsgServiceAdmin2, IMsgServiceAdmin)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMSGSERVICEADMIN_METHODS(PURE))
    MAPI_IMSGSERVICEADMIN2_METHODS(PURE)
};
PARTYWALL_SLOTS(IMsgServiceAdmin2, 16);

#ifdef __cplusplus
extern "C" {
#endif

typedef HRESULT(STDMETHODCALLTYPE MAPIINITIALIZE)(LPVOID init);
typedef MAPIINITIALIZE *LPMAPIINITIALIZE;
typedef void(STDMETHODCALLTYPE MAPIUNINITIALIZE)(void);
typedef MAPIUNINITIALIZE *LPMAPIUNINITIALIZE;
typedef HRESULT(STDMETHODCALLTYPE MAPILOGONEX)(ULONG_PTR window, LPTSTR profile, LPTSTR password,
                                               ULONG flags, LPMAPISESSION *session);
typedef MAPILOGONEX *LPMAPILOGONEX;
typedef HRESULT(STDMETHODCALLTYPE MAPIADMINPROFILES)(ULONG flags, LPPROFADMIN *admin);
typedef MAPIADMINPROFILES *LPMAPIADMINPROFILES;
typedef SCODE(STDMETHODCALLTYPE MAPIALLOCATEBUFFER)(ULONG size, LPVOID *buffer);
typedef MAPIALLOCATEBUFFER *LPMAPIALLOCATEBUFFER;
typedef SCODE(STDMETHODCALLTYPE MAPIALLOCATEMORE)(ULONG size, LPVOID base, LPVOID *buffer);
typedef MAPIALLOCATEMORE *LPMAPIALLOCATEMORE;
typedef ULONG(STDMETHODCALLTYPE MAPIFREEBUFFER)(LPVOID buffer);
typedef MAPIFREEBUFFER *LPMAPIFREEBUFFER;

/* Each thread calls MAPIInitialize before anything else, and MAPIUninitialize after;
 * init is null or a MAPIINIT_0. */
HRESULT WINAPI MAPIInitialize(LPVOID init);
void WINAPI MAPIUninitialize(void);
/* The texts have 16-bit units with MAPI_UNICODE, else bytes. */
HRESULT WINAPI MAPILogonEx(ULONG_PTR window, LPTSTR profile, LPTSTR password, ULONG flags,
                           LPMAPISESSION *session);
HRESULT WINAPI MAPIAdminProfiles(ULONG flags, LPPROFADMIN *admin);

/* One MAPIFreeBuffer of a base frees all that MAPIAllocateMore linked to it. */
SCODE WINAPI MAPIAllocateBuffer(ULONG size, LPVOID *buffer);
SCODE WINAPI MAPIAllocateMore(ULONG size, LPVOID base, LPVOID *buffer);
ULONG WINAPI MAPIFreeBuffer(LPVOID buffer);

#ifdef __cplusplus
}
#endif

#include "mapiutil.h"

#endif
