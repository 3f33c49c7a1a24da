/* Calls IParrot between apartments: the object lives in the multithreaded one,
 * its client is single-threaded. Says nothing when all is well. */
#include "parrot.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what)                                                                           \
    do {                                                                                      \
        if (!(what)) {                                                                        \
            printf("line %d: %s\n", __LINE__, #what);                                         \
            exit(1);                                                                          \
        }                                                                                     \
    } while (0)

typedef struct Parrot {
    IParrot parrot;
    LONG references;
} Parrot;

static LONG alive;
static pthread_t spoke;

static HRESULT query(IParrot *self, const IID *iid, void **object)
{
    *object = NULL;
    if (memcmp(iid, &IID_IUnknown, sizeof *iid) && memcmp(iid, &IID_IParrot, sizeof *iid))
        return E_NOINTERFACE;
    self->lpVtbl->AddRef(self);
    *object = self;
    return S_OK;
}

static ULONG add_ref(IParrot *self)
{
    return (ULONG)__atomic_add_fetch(&((Parrot *)self)->references, 1, __ATOMIC_RELAXED);
}

static ULONG release(IParrot *self)
{
    LONG left = __atomic_sub_fetch(&((Parrot *)self)->references, 1, __ATOMIC_ACQ_REL);
    if (left == 0) {
        free(self);
        __atomic_sub_fetch(&alive, 1, __ATOMIC_RELEASE);
    }
    return (ULONG)left;
}

static HRESULT say(IParrot *self, const char *text, Place from, char **answer, Place *to)
{
    (void)self;
    spoke = pthread_self();
    if (!*text)
        return E_INVALIDARG;
    size_t size = strlen(text);
    *answer = CoTaskMemAlloc(2 * size + 1);
    memcpy(*answer, text, size);
    memcpy(*answer + size, text, size + 1);
    to->x = -from.x;
    to->y = -from.y;
    return S_OK;
}

static const IParrotVtbl vtbl = {query, add_ref, release, say};

static void *client(void *stream)
{
    IParrot *parrot = NULL;
    IUnknown *one = NULL, *two = NULL;
    IMultiQI *multi = NULL;
    char *answer = NULL, *longer = NULL;
    Place from = {3, -4}, to = {0, 0};
    CHECK(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED) == S_OK);
    CHECK(CoGetInterfaceAndReleaseStream(stream, &IID_IParrot, (void **)&parrot) == S_OK);
    CHECK(parrot->lpVtbl->Say != say);
    CHECK(parrot->lpVtbl->Say(parrot, "Gr\xc3\xbc\xc3\x9f Gott ", from, &answer, &to) == S_OK);
    CHECK(!strcmp(answer, "Gr\xc3\xbc\xc3\x9f Gott Gr\xc3\xbc\xc3\x9f Gott "));
    CHECK(to.x == -3 && to.y == 4);
    CHECK(!pthread_equal(spoke, pthread_self()));
    CoTaskMemFree(answer);
    CHECK(parrot->lpVtbl->Say(parrot, "", from, &answer, &to) == E_INVALIDARG && !answer);
    longer = calloc(1, 60001);
    memset(longer, 'x', 60000);
    /* The answer would be longer than the library allows. */
    CHECK(parrot->lpVtbl->Say(parrot, longer, from, &answer, &to) == E_INVALIDARG);
    free(longer);
    CHECK(parrot->lpVtbl->QueryInterface(parrot, &IID_IUnknown, (void **)&one) == S_OK);
    CHECK(parrot->lpVtbl->QueryInterface(parrot, &IID_IMultiQI, (void **)&multi) == S_OK);
    CHECK(multi->lpVtbl->QueryInterface(multi, &IID_IUnknown, (void **)&two) == S_OK);
    CHECK(one == two);
    CHECK(parrot->lpVtbl->QueryInterface(parrot, &IID_IMarshal, (void **)&answer) == S_OK);
    ((IUnknown *)answer)->lpVtbl->Release((IUnknown *)answer);
    CHECK(parrot->lpVtbl->QueryInterface(parrot, &CLSID_ParrotPS, (void **)&two) ==
          E_NOINTERFACE);
    one->lpVtbl->Release(one);
    one->lpVtbl->Release(one);
    multi->lpVtbl->Release(multi);
    CHECK(__atomic_load_n(&alive, __ATOMIC_ACQUIRE) == 1);
    CHECK(parrot->lpVtbl->Release(parrot) == 0);
    CHECK(__atomic_load_n(&alive, __ATOMIC_ACQUIRE) == 0);
    CoUninitialize();
    return NULL;
}

int main(void)
{
    CLSID clsid;
    IStream *stream = NULL;
    pthread_t thread;
    Parrot *parrot = calloc(1, sizeof *parrot);
    CHECK(CoInitializeEx(NULL, COINIT_MULTITHREADED) == S_OK);
    CHECK(CoGetPSClsid(&IID_IParrot, &clsid) == S_OK);
    CHECK(!memcmp(&clsid, &CLSID_ParrotPS, sizeof clsid));
    parrot->parrot.lpVtbl = &vtbl;
    parrot->references = 1;
    alive = 1;
    CHECK(CoMarshalInterThreadInterfaceInStream(&IID_IParrot, parrot, &stream) == S_OK);
    release(&parrot->parrot);
    CHECK(pthread_create(&thread, NULL, client, stream) == 0);
    pthread_join(thread, NULL);
    CoUninitialize();
    return 0;
}
