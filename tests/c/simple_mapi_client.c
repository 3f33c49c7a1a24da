/* A client of Simple MAPI: saves a message, finds it, reads it, sends an answer, deletes it.
 * The argument is the profile. */
#include <stdio.h>
#include <string.h>

#include "mapi.h"

static int failures;

static void expect(const char *what, ULONG got, ULONG wanted)
{
    if (got != wanted) {
        fprintf(stderr, "%s: %u instead of %u\n", what, (unsigned)got, (unsigned)wanted);
        failures++;
    }
}

int main(int count, char **arguments)
{
    static char subject[] = "From C", text[] = "Line one\nLine two", type[] = "IPM.Note";
    static char name[] = "Bob", address[] = "SMTP:bob@example.org", answer[] = "Re: From C";
    static char none[] = "";
    char id[64] = "", found[64] = "";
    LHANDLE session = lhSessionNull;
    lpMapiMessage read = NULL;
    MapiMessage message;
    MapiRecipDesc recipient;

    if (count != 2) {
        fprintf(stderr, "usage: %s PROFILE\n", arguments[0]);
        return 2;
    }
    expect("MAPILogon", MAPILogon(0, arguments[1], none, MAPI_NEW_SESSION, 0, &session), 0);
    if (session == lhSessionNull)
        return 1;
    memset(&recipient, 0, sizeof recipient);
    recipient.ulRecipClass = MAPI_TO;
    recipient.lpszName = name;
    recipient.lpszAddress = address;
    memset(&message, 0, sizeof message);
    message.lpszSubject = subject;
    message.lpszNoteText = text;
    message.lpszMessageType = type;
    message.flFlags = MAPI_UNREAD | MAPI_SENT;
    message.nRecipCount = 1;
    message.lpRecips = &recipient;
    expect("MAPISaveMail", MAPISaveMail(session, 0, &message, 0, 0, id), 0);
    expect("MAPIFindNext", MAPIFindNext(session, 0, NULL, NULL, MAPI_UNREAD_ONLY, 0, found), 0);
    expect("the message that was saved", (ULONG)strcmp(id, found), 0);
    expect("MAPIReadMail", MAPIReadMail(session, 0, found, MAPI_PEEK, 0, &read), 0);
    if (read != NULL) {
        expect("the subject", (ULONG)strcmp(read->lpszSubject, subject), 0);
        expect("the text", (ULONG)strcmp(read->lpszNoteText, text), 0);
        expect("the recipients", read->nRecipCount, 1);
        expect("the address", (ULONG)strcmp(read->lpRecips->lpszAddress, address), 0);
        expect("MAPIFreeBuffer", MAPIFreeBuffer(read), 0);
    }
    message.lpszSubject = answer;
    expect("MAPISendMail", MAPISendMail(session, 0, &message, 0, 0), 0);
    expect("MAPIDeleteMail", MAPIDeleteMail(session, 0, found, 0, 0), 0);
    expect("no further one", MAPIFindNext(session, 0, NULL, NULL, 0, 0, found), MAPI_E_NO_MESSAGES);
    expect("MAPILogoff", MAPILogoff(session, 0, 0, 0), 0);
    expect("a handle that is gone", MAPILogoff(session, 0, 0, 0), MAPI_E_INVALID_SESSION);
    return failures != 0;
}
