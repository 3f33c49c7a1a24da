/* Helpers for clients and providers of Extended MAPI. Link with -lpartywall, or be
 * loaded by a program that has the runtime. mapix.h includes it.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_MAPIUTIL_H
#define PARTYWALL_MAPIUTIL_H

#include "mapix.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The session behind a session of Simple MAPI. */
SCODE WINAPI ScMAPIXFromSMAPI(LHANDLE session, ULONG flags, LPCIID iid, LPMAPISESSION *answer);

/* Sinks: one that calls a function; one that hears on the thread that made it, inside
 * any call of this interface or of HrDispatchNotifications. */
HRESULT WINAPI HrAllocAdviseSink(LPNOTIFCALLBACK callback, LPVOID context, LPMAPIADVISESINK *sink);
HRESULT WINAPI HrThisThreadAdviseSink(LPMAPIADVISESINK sink, LPMAPIADVISESINK *answer);
HRESULT WINAPI HrDispatchNotifications(ULONG flags);

/* Sets columns, restriction and order where they are not null, and reads the rows, at
 * most as many as limit says where it is not 0. */
HRESULT WINAPI HrQueryAllRows(LPMAPITABLE table, LPSPropTagArray columns,
                              LPSRestriction restriction, LPSSortOrderSet order, LONG limit,
                              LPSRowSet *rows);
/* Free a list with the properties of each row; null is allowed. */
void WINAPI FreeProws(LPSRowSet rows);
void WINAPI FreePadrlist(LPADRLIST list);

/* One property of an object, or MAPI_E_NOT_FOUND. */
HRESULT WINAPI HrGetOneProp(LPMAPIPROP object, ULONG tag, LPSPropValue *value);
HRESULT WINAPI HrSetOneProp(LPMAPIPROP object, LPSPropValue value);
/* The property of a list with this tag, or with PT_UNSPECIFIED this identifier; null
 * when there is none. */
LPSPropValue WINAPI PpropFindProp(LPSPropValue values, ULONG count, ULONG tag);

#ifdef __cplusplus
}
#endif
#endif
