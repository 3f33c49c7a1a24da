/* A client of CMC: sends a message, lists the inbox, reads and deletes what is there. The
 * arguments are the profile and how many messages are in its inbox. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xcmc.h"

static int failures;

static void expect(const char *what, CMC_return_code got, CMC_return_code wanted)
{
    if (got != wanted) {
        fprintf(stderr, "%s: %u instead of %u\n", what, (unsigned)got, (unsigned)wanted);
        failures++;
    }
}

int main(int arguments, char **given)
{
    static char subject[] = "From C", text[] = "A text", name[] = "Bob";
    static char address[] = "SMTP:bob@example.org";
    CMC_session_id session = 0;
    CMC_recipient recipient;
    CMC_message message, *read = NULL;
    CMC_message_summary *list = NULL;
    CMC_uint32 count = 0, at;

    if (arguments != 3) {
        fprintf(stderr, "usage: %s PROFILE MESSAGES\n", given[0]);
        return 2;
    }
    expect("cmc_logon", cmc_logon(NULL, given[1], NULL, NULL, 0, CMC_VERSION, 0, &session, NULL),
           CMC_SUCCESS);
    if (session == 0)
        return 1;
    memset(&recipient, 0, sizeof recipient);
    recipient.name = name;
    recipient.address = address;
    recipient.role = CMC_ROLE_TO;
    recipient.recip_flags = CMC_RECIP_LAST_ELEMENT;
    memset(&message, 0, sizeof message);
    message.subject = subject;
    message.text_note = text;
    message.recipients = &recipient;
    expect("cmc_send", cmc_send(session, &message, 0, 0, NULL), CMC_SUCCESS);
    expect("cmc_list", cmc_list(session, NULL, 0, NULL, &count, 0, &list, NULL), CMC_SUCCESS);
    expect("the number of messages", count, (CMC_return_code)atoi(given[2]));
    for (at = 0; at < count; at++) {
        CMC_message_reference *reference = list[at].message_reference;
        expect("cmc_read", cmc_read(session, reference, 0, &read, 0, NULL), CMC_SUCCESS);
        if (read != NULL) {
            printf("%s: %s\n", read->subject, read->text_note);
            expect("cmc_free", cmc_free(read), CMC_SUCCESS);
        }
        expect("cmc_act_on", cmc_act_on(session, reference, CMC_ACT_ON_DELETE, 0, 0, NULL),
               CMC_SUCCESS);
    }
    expect("cmc_free", cmc_free(list), CMC_SUCCESS);
    expect("cmc_logoff", cmc_logoff(session, 0, 0, NULL), CMC_SUCCESS);
    expect("a session that is gone", cmc_logoff(session, 0, 0, NULL), CMC_E_INVALID_SESSION_ID);
    return failures != 0;
}
