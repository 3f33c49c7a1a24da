/* The interfaces of Extended MAPI that clients and providers share. mapidefs.h
 * includes it.
 *
 * MAPI_name_METHODS(IPURE) are the own methods of an interface; a class in C++
 * declares them with MAPI_name_METHODS(IMPL).
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_MAPIOBJ_H
#define PARTYWALL_MAPIOBJ_H

#include "mapidefs.h"

#define MAPIMETHOD(method) STDMETHOD(method)
#define MAPIMETHOD_(type, method) STDMETHOD_(type, method)
#define DECLARE_MAPI_INTERFACE(name) DECLARE_INTERFACE(name)
#define DECLARE_MAPI_INTERFACE_(name, base) DECLARE_INTERFACE_(name, base)
#ifndef IMPL
#define IMPL
#endif

#ifdef __cplusplus
#define PARTYWALL_SLOTS(name, count) PARTYWALL_LAYOUT(sizeof(name) == sizeof(void *))
#else
#define PARTYWALL_SLOTS(name, count)                                                               \
    PARTYWALL_LAYOUT(sizeof(name##Vtbl) == (count) * sizeof(void *))
#endif

#define MAPI_IUNKNOWN_METHODS(IPURE)                                                               \
    STDMETHOD(QueryInterface)(THIS_ REFIID iid, LPVOID *object) IPURE;                             \
    STDMETHOD_(ULONG, AddRef)(THIS) IPURE;                                                         \
    STDMETHOD_(ULONG, Release)(THIS) IPURE;

#define MAPI_IMAPIPROP_METHODS(IPURE)                                                              \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(SaveChanges)(THIS_ ULONG flags) IPURE;                                               \
    STDMETHOD(GetProps)                                                                            \
    (THIS_ LPSPropTagArray tags, ULONG flags, ULONG *count, LPSPropValue *props) IPURE;            \
    STDMETHOD(GetPropList)(THIS_ ULONG flags, LPSPropTagArray *tags) IPURE;                        \
    STDMETHOD(OpenProperty)                                                                        \
    (THIS_ ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN *object) IPURE;            \
    STDMETHOD(SetProps)                                                                            \
    (THIS_ ULONG count, LPSPropValue props, LPSPropProblemArray *problems) IPURE;                  \
    STDMETHOD(DeleteProps)(THIS_ LPSPropTagArray tags, LPSPropProblemArray *problems) IPURE;       \
    STDMETHOD(CopyTo)                                                                              \
    (THIS_ ULONG excluded, LPCIID iids, LPSPropTagArray tags, ULONG_PTR window,                    \
     LPMAPIPROGRESS progress, LPCIID iid, LPVOID target, ULONG flags,                              \
     LPSPropProblemArray *problems) IPURE;                                                         \
    STDMETHOD(CopyProps)                                                                           \
    (THIS_ LPSPropTagArray tags, ULONG_PTR window, LPMAPIPROGRESS progress, LPCIID iid,            \
     LPVOID target, ULONG flags, LPSPropProblemArray *problems) IPURE;                             \
    STDMETHOD(GetNamesFromIDs)                                                                     \
    (THIS_ LPSPropTagArray *tags, LPGUID set, ULONG flags, ULONG *count,                           \
     LPMAPINAMEID **names) IPURE;                                                                  \
    STDMETHOD(GetIDsFromNames)                                                                     \
    (THIS_ ULONG count, LPMAPINAMEID *names, ULONG flags, LPSPropTagArray *tags) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIProp
DECLARE_INTERFACE_(IMAPIProp, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPIPROP_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIProp, 14);

#define MAPI_IPROFSECT_METHODS(IPURE)

#undef INTERFACE
#define INTERFACE IProfSect
DECLARE_INTERFACE_(IProfSect, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
};
PARTYWALL_SLOTS(IProfSect, 14);

#define MAPI_IMAILUSER_METHODS(IPURE)

#undef INTERFACE
#define INTERFACE IMailUser
DECLARE_INTERFACE_(IMailUser, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
};
PARTYWALL_SLOTS(IMailUser, 14);

#define MAPI_IATTACH_METHODS(IPURE)

#undef INTERFACE
#define INTERFACE IAttach
DECLARE_INTERFACE_(IAttach, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
};
PARTYWALL_SLOTS(IAttach, 14);

#define MAPI_IMAPITABLE_METHODS(IPURE)                                                             \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(Advise)(THIS_ ULONG mask, LPMAPIADVISESINK sink, ULONG_PTR *connection) IPURE;       \
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR connection) IPURE;                                         \
    STDMETHOD(GetStatus)(THIS_ ULONG *status, ULONG *kind) IPURE;                                  \
    STDMETHOD(SetColumns)(THIS_ LPSPropTagArray tags, ULONG flags) IPURE;                          \
    STDMETHOD(QueryColumns)(THIS_ ULONG flags, LPSPropTagArray *tags) IPURE;                       \
    STDMETHOD(GetRowCount)(THIS_ ULONG flags, ULONG *count) IPURE;                                 \
    STDMETHOD(SeekRow)(THIS_ BOOKMARK bookmark, LONG rows, LONG *moved) IPURE;                     \
    STDMETHOD(SeekRowApprox)(THIS_ ULONG numerator, ULONG denominator) IPURE;                      \
    STDMETHOD(QueryPosition)(THIS_ ULONG *row, ULONG *numerator, ULONG *denominator) IPURE;        \
    STDMETHOD(FindRow)(THIS_ LPSRestriction restriction, BOOKMARK bookmark, ULONG flags) IPURE;    \
    STDMETHOD(Restrict)(THIS_ LPSRestriction restriction, ULONG flags) IPURE;                      \
    STDMETHOD(CreateBookmark)(THIS_ BOOKMARK *bookmark) IPURE;                                     \
    STDMETHOD(FreeBookmark)(THIS_ BOOKMARK bookmark) IPURE;                                        \
    STDMETHOD(SortTable)(THIS_ LPSSortOrderSet order, ULONG flags) IPURE;                          \
    STDMETHOD(QuerySortOrder)(THIS_ LPSSortOrderSet *order) IPURE;                                 \
    STDMETHOD(QueryRows)(THIS_ LONG rows, ULONG flags, LPSRowSet *set) IPURE;                      \
    STDMETHOD(Abort)(THIS) IPURE;                                                                  \
    STDMETHOD(ExpandRow)                                                                           \
    (THIS_ ULONG size, LPBYTE key, ULONG rows, ULONG flags, LPSRowSet *set, ULONG *more) IPURE;    \
    STDMETHOD(CollapseRow)(THIS_ ULONG size, LPBYTE key, ULONG flags, ULONG *rows) IPURE;          \
    STDMETHOD(WaitForCompletion)(THIS_ ULONG flags, ULONG timeout, ULONG *status) IPURE;           \
    STDMETHOD(GetCollapseState)                                                                    \
    (THIS_ ULONG flags, ULONG size, LPBYTE key, ULONG *state_size, LPBYTE *state) IPURE;           \
    STDMETHOD(SetCollapseState)                                                                    \
    (THIS_ ULONG flags, ULONG size, LPBYTE state, BOOKMARK *bookmark) IPURE;

#undef INTERFACE
#define INTERFACE IMAPITable
DECLARE_INTERFACE_(IMAPITable, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPITABLE_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPITable, 26);

#define MAPI_IMAPISTATUS_METHODS(IPURE)                                                            \
    STDMETHOD(ValidateState)(THIS_ ULONG_PTR window, ULONG flags) IPURE;                           \
    STDMETHOD(SettingsDialog)(THIS_ ULONG_PTR window, ULONG flags) IPURE;                          \
    STDMETHOD(ChangePassword)(THIS_ LPTSTR old_password, LPTSTR new_password, ULONG flags) IPURE;  \
    STDMETHOD(FlushQueues)                                                                         \
    (THIS_ ULONG_PTR window, ULONG size, LPENTRYID transport, ULONG flags) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIStatus
DECLARE_INTERFACE_(IMAPIStatus, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    MAPI_IMAPISTATUS_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIStatus, 18);

#define MAPI_IMAPICONTAINER_METHODS(IPURE)                                                         \
    STDMETHOD(GetContentsTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                      \
    STDMETHOD(GetHierarchyTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                     \
    STDMETHOD(OpenEntry)                                                                           \
    (THIS_ ULONG size, LPENTRYID entry, LPCIID iid, ULONG flags, ULONG *kind,                      \
     LPUNKNOWN *object) IPURE;                                                                     \
    STDMETHOD(SetSearchCriteria)                                                                   \
    (THIS_ LPSRestriction restriction, LPENTRYLIST folders, ULONG flags) IPURE;                    \
    STDMETHOD(GetSearchCriteria)                                                                   \
    (THIS_ ULONG flags, LPSRestriction *restriction, LPENTRYLIST *folders, ULONG *state) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIContainer
DECLARE_INTERFACE_(IMAPIContainer, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    MAPI_IMAPICONTAINER_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIContainer, 19);

#define MAPI_IABCONTAINER_METHODS(IPURE)                                                           \
    STDMETHOD(CreateEntry)                                                                         \
    (THIS_ ULONG size, LPENTRYID template_entry, ULONG flags, LPMAPIPROP *entry) IPURE;            \
    STDMETHOD(CopyEntries)                                                                         \
    (THIS_ LPENTRYLIST entries, ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;     \
    STDMETHOD(DeleteEntries)(THIS_ LPENTRYLIST entries, ULONG flags) IPURE;                        \
    STDMETHOD(ResolveNames)                                                                        \
    (THIS_ LPSPropTagArray tags, ULONG flags, LPADRLIST list, LPFlagList marks) IPURE;

#undef INTERFACE
#define INTERFACE IABContainer
DECLARE_INTERFACE_(IABContainer, IMAPIContainer)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPICONTAINER_METHODS(PURE))
    MAPI_IABCONTAINER_METHODS(PURE)
};
PARTYWALL_SLOTS(IABContainer, 23);

#define MAPI_IDISTLIST_METHODS(IPURE) MAPI_IABCONTAINER_METHODS(IPURE)

#undef INTERFACE
#define INTERFACE IDistList
DECLARE_INTERFACE_(IDistList, IMAPIContainer)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPICONTAINER_METHODS(PURE))
    MAPI_IDISTLIST_METHODS(PURE)
};
PARTYWALL_SLOTS(IDistList, 23);

#define MAPI_IMAPIFOLDER_METHODS(IPURE)                                                            \
    STDMETHOD(CreateMessage)(THIS_ LPCIID iid, ULONG flags, LPMESSAGE *message) IPURE;             \
    STDMETHOD(CopyMessages)                                                                        \
    (THIS_ LPENTRYLIST list, LPCIID iid, LPVOID target, ULONG_PTR window,                          \
     LPMAPIPROGRESS progress, ULONG flags) IPURE;                                                  \
    STDMETHOD(DeleteMessages)                                                                      \
    (THIS_ LPENTRYLIST list, ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;        \
    STDMETHOD(CreateFolder)                                                                        \
    (THIS_ ULONG kind, LPTSTR name, LPTSTR comment, LPCIID iid, ULONG flags,                       \
     LPMAPIFOLDER *folder) IPURE;                                                                  \
    STDMETHOD(CopyFolder)                                                                          \
    (THIS_ ULONG size, LPENTRYID entry, LPCIID iid, LPVOID target, LPTSTR name, ULONG_PTR window,  \
     LPMAPIPROGRESS progress, ULONG flags) IPURE;                                                  \
    STDMETHOD(DeleteFolder)                                                                        \
    (THIS_ ULONG size, LPENTRYID entry, ULONG_PTR window, LPMAPIPROGRESS progress,                 \
     ULONG flags) IPURE;                                                                           \
    STDMETHOD(SetReadFlags)                                                                        \
    (THIS_ LPENTRYLIST list, ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;        \
    STDMETHOD(GetMessageStatus)                                                                    \
    (THIS_ ULONG size, LPENTRYID entry, ULONG flags, ULONG *status) IPURE;                         \
    STDMETHOD(SetMessageStatus)                                                                    \
    (THIS_ ULONG size, LPENTRYID entry, ULONG status, ULONG mask, ULONG *before) IPURE;            \
    STDMETHOD(SaveContentsSort)(THIS_ LPSSortOrderSet order, ULONG flags) IPURE;                   \
    STDMETHOD(EmptyFolder)(THIS_ ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIFolder
DECLARE_INTERFACE_(IMAPIFolder, IMAPIContainer)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPICONTAINER_METHODS(PURE))
    MAPI_IMAPIFOLDER_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIFolder, 30);

#define MAPI_IMSGSTORE_METHODS(IPURE)                                                              \
    STDMETHOD(Advise)                                                                              \
    (THIS_ ULONG size, LPENTRYID entry, ULONG mask, LPMAPIADVISESINK sink,                         \
     ULONG_PTR *connection) IPURE;                                                                 \
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR connection) IPURE;                                         \
    STDMETHOD(CompareEntryIDs)                                                                     \
    (THIS_ ULONG size1, LPENTRYID entry1, ULONG size2, LPENTRYID entry2, ULONG flags,              \
     ULONG *same) IPURE;                                                                           \
    STDMETHOD(OpenEntry)                                                                           \
    (THIS_ ULONG size, LPENTRYID entry, LPCIID iid, ULONG flags, ULONG *kind,                      \
     LPUNKNOWN *object) IPURE;                                                                     \
    STDMETHOD(SetReceiveFolder)                                                                    \
    (THIS_ LPTSTR class_name, ULONG flags, ULONG size, LPENTRYID entry) IPURE;                     \
    STDMETHOD(GetReceiveFolder)                                                                    \
    (THIS_ LPTSTR class_name, ULONG flags, ULONG *size, LPENTRYID *entry,                          \
     LPTSTR *explicit_class) IPURE;                                                                \
    STDMETHOD(GetReceiveFolderTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                 \
    STDMETHOD(StoreLogoff)(THIS_ ULONG *flags) IPURE;                                              \
    STDMETHOD(AbortSubmit)(THIS_ ULONG size, LPENTRYID entry, ULONG flags) IPURE;                  \
    STDMETHOD(GetOutgoingQueue)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                      \
    STDMETHOD(SetLockState)(THIS_ LPMESSAGE message, ULONG state) IPURE;                           \
    STDMETHOD(FinishedMsg)(THIS_ ULONG flags, ULONG size, LPENTRYID entry) IPURE;                  \
    STDMETHOD(NotifyNewMail)(THIS_ LPNOTIFICATION notification) IPURE;

#undef INTERFACE
#define INTERFACE IMsgStore
DECLARE_INTERFACE_(IMsgStore, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    MAPI_IMSGSTORE_METHODS(PURE)
};
PARTYWALL_SLOTS(IMsgStore, 27);

#define MAPI_IMESSAGE_METHODS(IPURE)                                                               \
    STDMETHOD(GetAttachmentTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                    \
    STDMETHOD(OpenAttach)                                                                          \
    (THIS_ ULONG number, LPCIID iid, ULONG flags, LPATTACH *attachment) IPURE;                     \
    STDMETHOD(CreateAttach)                                                                        \
    (THIS_ LPCIID iid, ULONG flags, ULONG *number, LPATTACH *attachment) IPURE;                    \
    STDMETHOD(DeleteAttach)                                                                        \
    (THIS_ ULONG number, ULONG_PTR window, LPMAPIPROGRESS progress, ULONG flags) IPURE;            \
    STDMETHOD(GetRecipientTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                     \
    STDMETHOD(ModifyRecipients)(THIS_ ULONG flags, LPADRLIST list) IPURE;                          \
    STDMETHOD(SubmitMessage)(THIS_ ULONG flags) IPURE;                                             \
    STDMETHOD(SetReadFlag)(THIS_ ULONG flags) IPURE;

#undef INTERFACE
#define INTERFACE IMessage
DECLARE_INTERFACE_(IMessage, IMAPIProp)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    BASE_METHODS(MAPI_IMAPIPROP_METHODS(PURE))
    MAPI_IMESSAGE_METHODS(PURE)
};
PARTYWALL_SLOTS(IMessage, 22);

#define MAPI_IMAPIADVISESINK_METHODS(IPURE)                                                        \
    STDMETHOD_(ULONG, OnNotify)(THIS_ ULONG count, LPNOTIFICATION notifications) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIAdviseSink
DECLARE_INTERFACE_(IMAPIAdviseSink, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPIADVISESINK_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIAdviseSink, 4);

#define MAPI_IMAPIPROGRESS_METHODS(IPURE)                                                          \
    STDMETHOD(Progress)(THIS_ ULONG value, ULONG count, ULONG total) IPURE;                        \
    STDMETHOD(GetFlags)(THIS_ ULONG *flags) IPURE;                                                 \
    STDMETHOD(GetMax)(THIS_ ULONG *most) IPURE;                                                    \
    STDMETHOD(GetMin)(THIS_ ULONG *least) IPURE;                                                   \
    STDMETHOD(SetLimits)(THIS_ LPULONG least, LPULONG most, LPULONG flags) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIProgress
DECLARE_INTERFACE_(IMAPIProgress, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPIPROGRESS_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIProgress, 8);

#define MAPI_IMAPICONTROL_METHODS(IPURE)                                                           \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(Activate)(THIS_ ULONG flags, ULONG_PTR window) IPURE;                                \
    STDMETHOD(GetState)(THIS_ ULONG flags, ULONG *state) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIControl
DECLARE_INTERFACE_(IMAPIControl, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPICONTROL_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIControl, 6);

#define MAPI_IMAPICLIENTSHUTDOWN_METHODS(IPURE)                                                    \
    STDMETHOD(QueryFastShutdown)(THIS) IPURE;                                                      \
    STDMETHOD(NotifyProcessShutdown)(THIS) IPURE;                                                  \
    STDMETHOD(DoFastShutdown)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIClientShutdown
DECLARE_INTERFACE_(IMAPIClientShutdown, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPICLIENTSHUTDOWN_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIClientShutdown, 6);

#define MAPI_IMAPIPROVIDERSHUTDOWN_METHODS(IPURE)                                                  \
    STDMETHOD(QueryFastShutdown)(THIS) IPURE;                                                      \
    STDMETHOD(NotifyProcessShutdown)(THIS) IPURE;                                                  \
    STDMETHOD(DoFastShutdown)(THIS) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIProviderShutdown
DECLARE_INTERFACE_(IMAPIProviderShutdown, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IMAPIPROVIDERSHUTDOWN_METHODS(PURE)
};
PARTYWALL_SLOTS(IMAPIProviderShutdown, 6);

#define MAPI_IPROVIDERADMIN_METHODS(IPURE)                                                         \
    STDMETHOD(GetLastError)(THIS_ HRESULT result, ULONG flags, LPMAPIERROR *error) IPURE;          \
    STDMETHOD(GetProviderTable)(THIS_ ULONG flags, LPMAPITABLE *table) IPURE;                      \
    STDMETHOD(CreateProvider)                                                                      \
    (THIS_ LPTSTR provider, ULONG count, LPSPropValue props, ULONG_PTR window, ULONG flags,        \
     LPMAPIUID uid) IPURE;                                                                         \
    STDMETHOD(DeleteProvider)(THIS_ LPMAPIUID uid) IPURE;                                          \
    STDMETHOD(OpenProfileSection)                                                                  \
    (THIS_ LPMAPIUID uid, LPCIID iid, ULONG flags, LPPROFSECT *section) IPURE;

#undef INTERFACE
#define INTERFACE IProviderAdmin
DECLARE_INTERFACE_(IProviderAdmin, IUnknown)
{
    BASE_METHODS(MAPI_IUNKNOWN_METHODS(PURE))
    MAPI_IPROVIDERADMIN_METHODS(PURE)
};
PARTYWALL_SLOTS(IProviderAdmin, 8);

#endif
