/* A message store provider that passes on a store that it was handed: what is written
 * through it is written through the documented interfaces of a store that can do
 * everything. */
#include "mapispi.h"

static LPMDB handed;

/* The store that the next logon answers with; the caller's reference goes along. */
void bridge_set_store(LPMDB store);
void bridge_set_store(LPMDB store)
{
    handed = store;
}

static HRESULT query(void *self, REFIID iid, void **place)
{
    (void)iid;
    *place = self;
    return S_OK;
}

/* Both objects are static, so nobody counts. */
static ULONG count(void *self)
{
    (void)self;
    return 1;
}

static HRESULT refuse(void)
{
    return MAPI_E_NO_SUPPORT;
}

static HRESULT done(void *self, ULONG *flags)
{
    (void)self;
    (void)flags;
    return S_OK;
}

#define AS(function) ((void *)(function))
#define UNKNOWN_SLOTS .QueryInterface = AS(query), .AddRef = AS(count), .Release = AS(count)

static const IMSLogonVtbl logon_slots = {
    UNKNOWN_SLOTS, .GetLastError = AS(refuse), .Logoff = AS(done), .OpenEntry = AS(refuse),
    .CompareEntryIDs = AS(refuse), .Advise = AS(refuse), .Unadvise = AS(refuse),
    .OpenStatusEntry = AS(refuse),
};
static IMSLogon logon_object = {&logon_slots};

static HRESULT log_on(IMSProvider *self, LPMAPISUP support, ULONG_PTR window, LPTSTR profile,
                      ULONG size, LPENTRYID entry, ULONG flags, LPCIID iid, ULONG *security_size,
                      LPBYTE *security, LPMAPIERROR *error, LPMSLOGON *logon, LPMDB *store)
{
    (void)self, (void)support, (void)window, (void)profile, (void)size, (void)entry, (void)flags;
    (void)iid, (void)security_size, (void)security, (void)error;
    if (!handed)
        return MAPI_E_LOGON_FAILED;
    *logon = &logon_object;
    *store = handed;
    handed = NULL;
    return S_OK;
}

static const IMSProviderVtbl provider_slots = {UNKNOWN_SLOTS, .Shutdown = AS(done), .Logon = log_on,
                                               .SpoolerLogon = AS(refuse),
                                               .CompareStoreIDs = AS(refuse)};
static IMSProvider provider_object = {&provider_slots};

HRESULT MSProviderInit(HINSTANCE library, LPMALLOC allocator, LPALLOCATEBUFFER allocate,
                       LPALLOCATEMORE more, LPFREEBUFFER free_buffer, ULONG flags, ULONG version,
                       ULONG *provider_version, LPMSPROVIDER *provider)
{
    (void)library, (void)allocator, (void)allocate, (void)more, (void)free_buffer, (void)flags;
    *provider_version = version;
    *provider = &provider_object;
    return S_OK;
}
