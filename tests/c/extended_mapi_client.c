/* Logs on with the default profile, writes a message into the inbox, lists the inbox,
 * and logs off: Extended MAPI with nothing but the headers.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "mapix.h"
#include "mapiutil.h"

/* What every step is checked with. */
static int failed(const char *step, HRESULT code)
{
    if (SUCCEEDED(code))
        return 0;
    fprintf(stderr, "%s: 0x%08lx\n", step, (unsigned long)(ULONG)code);
    return 1;
}

static HRESULT open_inbox(LPMDB store, LPMAPIFOLDER *inbox)
{
    ULONG size = 0, kind = 0;
    LPENTRYID entry = NULL;
    HRESULT code = store->lpVtbl->GetReceiveFolder(store, NULL, 0, &size, &entry, NULL);
    if (FAILED(code))
        return code;
    code = store->lpVtbl->OpenEntry(store, size, entry, NULL, MAPI_MODIFY, &kind,
                                    (LPUNKNOWN *)(void *)inbox);
    MAPIFreeBuffer(entry);
    return code;
}

static HRESULT write_message(LPMAPIFOLDER inbox, const char *subject)
{
    LPMESSAGE message = NULL;
    SPropValue props[2];
    HRESULT code = inbox->lpVtbl->CreateMessage(inbox, NULL, 0, &message);
    if (FAILED(code))
        return code;
    memset(props, 0, sizeof props);
    props[0].ulPropTag = PR_SUBJECT_A;
    props[0].Value.lpszA = (LPSTR)subject;
    props[1].ulPropTag = PR_BODY_A;
    props[1].Value.lpszA = (LPSTR)"written by a C program";
    code = message->lpVtbl->SetProps(message, 2, props, NULL);
    if (SUCCEEDED(code))
        code = message->lpVtbl->SaveChanges(message, 0);
    message->lpVtbl->Release(message);
    return code;
}

static HRESULT list(LPMAPIFOLDER inbox)
{
    SizedSPropTagArray(1, columns) = {1, {PR_SUBJECT_A}};
    LPMAPITABLE table = NULL;
    LPSRowSet rows = NULL;
    ULONG at;
    HRESULT code = inbox->lpVtbl->GetContentsTable(inbox, 0, &table);
    if (FAILED(code))
        return code;
    code = HrQueryAllRows(table, (LPSPropTagArray)&columns, NULL, NULL, 0, &rows);
    for (at = 0; SUCCEEDED(code) && at < rows->cRows; at++)
        printf("subject %s\n", rows->aRow[at].lpProps[0].Value.lpszA);
    FreeProws(rows);
    table->lpVtbl->Release(table);
    return code;
}

int main(int argc, char **argv)
{
    LPMAPISESSION session = NULL;
    LPMDB store = NULL;
    LPMAPIFOLDER inbox = NULL;
    ULONG flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT;
    int wrong = failed("MAPIInitialize", MAPIInitialize(NULL));
    if (wrong)
        return 1;
    wrong = failed("MAPILogonEx", MAPILogonEx(0, NULL, NULL, flags, &session));
    if (!wrong)
        wrong = failed("OpenMsgStore", session->lpVtbl->OpenMsgStore(session, 0, 0, NULL, NULL,
                                                                     MDB_WRITE, &store));
    if (!wrong)
        wrong = failed("the inbox", open_inbox(store, &inbox));
    if (!wrong)
        wrong = failed("a message", write_message(inbox, argc > 1 ? argv[1] : "from C"));
    if (!wrong)
        wrong = failed("the list", list(inbox));
    if (inbox)
        inbox->lpVtbl->Release(inbox);
    if (store)
        store->lpVtbl->Release(store);
    if (session) {
        wrong |= failed("Logoff", session->lpVtbl->Logoff(session, 0, 0, 0));
        session->lpVtbl->Release(session);
    }
    MAPIUninitialize();
    return wrong;
}
