/* A client of CDO, with late binding as a script does it: reads the Inbox, saves a draft in the
 * Outbox and takes it away. Also compiled as C++. The argument is the profile. */
#include <stdio.h>
#include <string.h>

#include "objbase.h"
#include "oleauto.h"

static const IID IID_NULL = {0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}};
static const IID IID_IDispatch = {0x00020400, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};

#ifdef __cplusplus
#define NAMES(object, name, id) (object)->GetIDsOfNames(IID_NULL, name, 1, 0, id)
#define INVOKE(object, id, flags, arguments, result, exception) \
    (object)->Invoke(id, IID_NULL, 0, flags, arguments, result, exception, NULL)
#define RELEASE(object) (object)->Release()
#define CREATE(clsid, object) \
    CoCreateInstance(clsid, NULL, CLSCTX_INPROC_SERVER, IID_IDispatch, (void **)(object))
#else
#define NAMES(object, name, id) (object)->lpVtbl->GetIDsOfNames(object, &IID_NULL, name, 1, 0, id)
#define INVOKE(object, id, flags, arguments, result, exception) \
    (object)->lpVtbl->Invoke(object, id, &IID_NULL, 0, flags, arguments, result, exception, NULL)
#define RELEASE(object) (object)->lpVtbl->Release(object)
#define CREATE(clsid, object) \
    CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch, (void **)(object))
#endif

static int failures;

static VARIANT text(const char *bytes)
{
    WCHAR wide[64];
    size_t length = strlen(bytes), at;
    VARIANT value;

    for (at = 0; at <= length && at < 64; at++)
        wide[at] = (WCHAR)bytes[at];
    VariantInit(&value);
    value.vt = VT_BSTR;
    value.bstrVal = SysAllocStringLen(wide, (UINT)length);
    return value;
}

static VARIANT no(void)
{
    VARIANT value;

    VariantInit(&value);
    value.vt = VT_BOOL;
    value.boolVal = VARIANT_FALSE;
    return value;
}

/* Calls a member, or reads a property. The arguments stand as written and are freed. */
static VARIANT call(IDispatch *object, const char *name, VARIANT *given, UINT count)
{
    static WORD flags = DISPATCH_METHOD | DISPATCH_PROPERTYGET;
    VARIANT member = text(name), last_first[4], result;
    DISPPARAMS arguments;
    EXCEPINFO exception;
    DISPID id = DISPID_UNKNOWN;
    HRESULT code;
    UINT at;

    VariantInit(&result);
    memset(&exception, 0, sizeof exception);
    memset(&arguments, 0, sizeof arguments);
    for (at = 0; at < count; at++)
        last_first[count - 1 - at] = given[at];
    arguments.rgvarg = last_first;
    arguments.cArgs = count;
    code = NAMES(object, &member.bstrVal, &id);
    if (code == S_OK)
        code = INVOKE(object, id, flags, &arguments, &result, &exception);
    if (FAILED(code)) {
        fprintf(stderr, "%s: %#x, exception %#x\n", name, (unsigned)code,
                (unsigned)exception.scode);
        failures++;
    }
    for (at = 0; at < count; at++)
        VariantClear(&last_first[at]);
    VariantClear(&member);
    SysFreeString(exception.bstrSource);
    SysFreeString(exception.bstrDescription);
    SysFreeString(exception.bstrHelpFile);
    return result;
}

/* The object that a property is; null if there is none. */
static IDispatch *part(IDispatch *object, const char *name)
{
    VARIANT value = call(object, name, NULL, 0);

    return value.vt == VT_DISPATCH ? value.pdispVal : NULL;
}

static void print(IDispatch *object, const char *name, const char *end)
{
    VARIANT value = call(object, name, NULL, 0);
    UINT at;

    for (at = 0; value.vt == VT_BSTR && at < SysStringLen(value.bstrVal); at++)
        putchar((char)value.bstrVal[at]);
    fputs(end, stdout);
    VariantClear(&value);
}

static void read_all(IDispatch *session)
{
    IDispatch *inbox = part(session, "Inbox");
    IDispatch *messages = inbox ? part(inbox, "Messages") : NULL;
    IDispatch *message = messages ? part(messages, "GetFirst") : NULL;

    while (message != NULL) {
        print(message, "Subject", ": ");
        print(message, "Text", "\n");
        RELEASE(message);
        message = part(messages, "GetNext");
    }
    if (messages != NULL)
        RELEASE(messages);
    if (inbox != NULL)
        RELEASE(inbox);
}

static void write_one(IDispatch *session)
{
    IDispatch *outbox = part(session, "Outbox");
    IDispatch *messages = outbox ? part(outbox, "Messages") : NULL;
    VARIANT given[2], made;

    if (messages != NULL) {
        given[0] = text("From C");
        given[1] = text("By name");
        made = call(messages, "Add", given, 2);
        if (made.vt == VT_DISPATCH) {
            call(made.pdispVal, "Update", NULL, 0);
            print(made.pdispVal, "Subject", ", saved\n");
            call(made.pdispVal, "Delete", NULL, 0);
        }
        VariantClear(&made);
        RELEASE(messages);
    }
    if (outbox != NULL)
        RELEASE(outbox);
}

int main(int count, char **arguments)
{
    IDispatch *session = NULL;
    VARIANT logon[3];
    CLSID clsid;

    if (count != 2) {
        fprintf(stderr, "usage: %s PROFILE\n", arguments[0]);
        return 2;
    }
    if (FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED)))
        return 1;
    if (FAILED(CLSIDFromProgID(u"MAPI.Session", &clsid)) || FAILED(CREATE(clsid, &session))) {
        fprintf(stderr, "there is no MAPI.Session\n");
        return 1;
    }
    logon[0] = text(arguments[1]);
    logon[1] = text("");
    logon[2] = no();
    call(session, "Logon", logon, 3);
    if (failures == 0) {
        read_all(session);
        write_one(session);
        call(session, "Logoff", NULL, 0);
    }
    RELEASE(session);
    CoUninitialize();
    return failures != 0;
}
