/* A proxy/stub library in plain C: it packs the calls of IParrot by hand. The
 * test registers it under the Windows key names, and the runtime plugs it in. */
#include "parrot.h"
#include <stdlib.h>
#include <string.h>

#define RPC_E_DISCONNECTED ((HRESULT)0x80010108)
#define RPC_E_INVALIDMETHOD ((HRESULT)0x80010107)
#define RPC_E_INVALID_DATAPACKET ((HRESULT)0x80010009)
#define CLASS_E_CLASSNOTAVAILABLE ((HRESULT)0x80040111)
#define E_OUTOFMEMORY ((HRESULT)0x8007000E)
enum { LONGEST = 1 << 16, SAY = 3 };

static int same(const IID *one, const IID *other)
{
    return memcmp(one, other, sizeof *one) == 0;
}

/* Number, place and text: what both directions send. */
struct packed {
    HRESULT code;
    Place place;
    ULONG size;
    char text[];
};

/* The text of a message, which is not trusted; NULL when it is not whole. */
static const struct packed *unpack(const RPCOLEMESSAGE *message)
{
    const struct packed *packed = message->Buffer;
    if (!packed || message->cbBuffer < sizeof *packed || packed->size == 0 ||
        packed->size > message->cbBuffer - sizeof *packed || packed->text[packed->size - 1] != 0)
        return NULL;
    return packed;
}

static HRESULT pack(IRpcChannelBuffer *channel, RPCOLEMESSAGE *message, HRESULT code, Place place,
                    const char *text)
{
    size_t size = strlen(text) + 1;
    if (size > LONGEST)
        return E_INVALIDARG;
    message->cbBuffer = (ULONG)(sizeof(struct packed) + size);
    HRESULT got = channel->lpVtbl->GetBuffer(channel, message, &IID_IParrot);
    if (FAILED(got))
        return got;
    struct packed *packed = message->Buffer;
    packed->code = code;
    packed->place = place;
    packed->size = (ULONG)size;
    memcpy(packed->text, text, size);
    return S_OK;
}

/* The proxy: the interface is the outer object's, the buffer is its own. */
typedef struct Proxy {
    IParrot parrot;
    IRpcProxyBuffer buffer;
    IUnknown *outer;
    IRpcChannelBuffer *channel;
    LONG references;
} Proxy;

static Proxy *proxy_of(IRpcProxyBuffer *self)
{
    return (Proxy *)((char *)self - offsetof(Proxy, buffer));
}

static HRESULT face_query(IParrot *self, const IID *iid, void **object)
{
    IUnknown *outer = ((Proxy *)self)->outer;
    return outer->lpVtbl->QueryInterface(outer, iid, object);
}

static ULONG face_add_ref(IParrot *self)
{
    IUnknown *outer = ((Proxy *)self)->outer;
    return outer->lpVtbl->AddRef(outer);
}

static ULONG face_release(IParrot *self)
{
    IUnknown *outer = ((Proxy *)self)->outer;
    return outer->lpVtbl->Release(outer);
}

static HRESULT face_say(IParrot *self, const char *text, Place from, char **answer, Place *to)
{
    IRpcChannelBuffer *channel = ((Proxy *)self)->channel;
    RPCOLEMESSAGE message = {.iMethod = SAY, .dataRepresentation = 0x10};
    if (!text || !answer || !to)
        return E_POINTER;
    *answer = NULL;
    if (!channel)
        return RPC_E_DISCONNECTED;
    HRESULT code = pack(channel, &message, S_OK, from, text);
    if (FAILED(code))
        return code;
    code = channel->lpVtbl->SendReceive(channel, &message, NULL);
    if (SUCCEEDED(code)) {
        const struct packed *packed = unpack(&message);
        code = packed ? packed->code : RPC_E_INVALID_DATAPACKET;
        if (SUCCEEDED(code)) {
            *to = packed->place;
            *answer = CoTaskMemAlloc(packed->size);
            if (*answer)
                memcpy(*answer, packed->text, packed->size);
            else
                code = E_OUTOFMEMORY;
        }
    }
    channel->lpVtbl->FreeBuffer(channel, &message);
    return code;
}

static HRESULT proxy_query(IRpcProxyBuffer *self, const IID *iid, void **object)
{
    *object = NULL;
    if (!same(iid, &IID_IUnknown) && !same(iid, &IID_IRpcProxyBuffer))
        return E_NOINTERFACE;
    self->lpVtbl->AddRef(self);
    *object = self;
    return S_OK;
}

static ULONG proxy_add_ref(IRpcProxyBuffer *self)
{
    return (ULONG)__atomic_add_fetch(&proxy_of(self)->references, 1, __ATOMIC_RELAXED);
}

static ULONG proxy_release(IRpcProxyBuffer *self)
{
    LONG left = __atomic_sub_fetch(&proxy_of(self)->references, 1, __ATOMIC_ACQ_REL);
    if (left == 0)
        free(proxy_of(self));
    return (ULONG)left;
}

static void proxy_disconnect(IRpcProxyBuffer *self)
{
    IRpcChannelBuffer *channel = proxy_of(self)->channel;
    proxy_of(self)->channel = NULL;
    if (channel)
        channel->lpVtbl->Release(channel);
}

static HRESULT proxy_connect(IRpcProxyBuffer *self, IRpcChannelBuffer *channel)
{
    channel->lpVtbl->AddRef(channel);
    proxy_disconnect(self);
    proxy_of(self)->channel = channel;
    return S_OK;
}

static const IParrotVtbl face_vtbl = {face_query, face_add_ref, face_release, face_say};
static const IRpcProxyBufferVtbl proxy_vtbl = {proxy_query, proxy_add_ref, proxy_release,
                                               proxy_connect, proxy_disconnect};

/* The stub. */
typedef struct Stub {
    IRpcStubBuffer buffer;
    IParrot *server;
    LONG references;
} Stub;

static HRESULT stub_query(IRpcStubBuffer *self, const IID *iid, void **object)
{
    *object = NULL;
    if (!same(iid, &IID_IUnknown) && !same(iid, &IID_IRpcStubBuffer))
        return E_NOINTERFACE;
    self->lpVtbl->AddRef(self);
    *object = self;
    return S_OK;
}

static ULONG stub_add_ref(IRpcStubBuffer *self)
{
    return (ULONG)__atomic_add_fetch(&((Stub *)self)->references, 1, __ATOMIC_RELAXED);
}

static ULONG stub_release(IRpcStubBuffer *self)
{
    LONG left = __atomic_sub_fetch(&((Stub *)self)->references, 1, __ATOMIC_ACQ_REL);
    if (left == 0)
        free(self);
    return (ULONG)left;
}

static void stub_disconnect(IRpcStubBuffer *self)
{
    IParrot *server = ((Stub *)self)->server;
    ((Stub *)self)->server = NULL;
    if (server)
        server->lpVtbl->Release(server);
}

static HRESULT stub_connect(IRpcStubBuffer *self, IUnknown *server)
{
    stub_disconnect(self);
    return server->lpVtbl->QueryInterface(server, &IID_IParrot, (void **)&((Stub *)self)->server);
}

static HRESULT stub_invoke(IRpcStubBuffer *self, RPCOLEMESSAGE *message, IRpcChannelBuffer *channel)
{
    IParrot *server = ((Stub *)self)->server;
    const struct packed *packed = unpack(message);
    char *answer = NULL;
    Place to = {0, 0};
    if (!server)
        return RPC_E_DISCONNECTED;
    if (message->iMethod != SAY)
        return RPC_E_INVALIDMETHOD;
    if (!packed)
        return RPC_E_INVALID_DATAPACKET;
    HRESULT code = server->lpVtbl->Say(server, packed->text, packed->place, &answer, &to);
    HRESULT sent = pack(channel, message, code, to, answer ? answer : "");
    CoTaskMemFree(answer);
    return sent;
}

static IRpcStubBuffer *stub_is_supported(IRpcStubBuffer *self, const IID *iid)
{
    if (!same(iid, &IID_IParrot))
        return NULL;
    self->lpVtbl->AddRef(self);
    return self;
}

static ULONG stub_count(IRpcStubBuffer *self)
{
    return ((Stub *)self)->server != NULL;
}

static HRESULT stub_debug_query(IRpcStubBuffer *self, void **object)
{
    *object = ((Stub *)self)->server;
    return *object ? S_OK : RPC_E_DISCONNECTED;
}

static void stub_debug_release(IRpcStubBuffer *self, void *object)
{
    (void)self;
    (void)object;
}

static const IRpcStubBufferVtbl stub_vtbl = {
    stub_query,  stub_add_ref,      stub_release, stub_connect,     stub_disconnect,
    stub_invoke, stub_is_supported, stub_count,   stub_debug_query, stub_debug_release};

/* The factory: one for ever. */
static HRESULT factory_query(IPSFactoryBuffer *self, const IID *iid, void **object)
{
    *object = NULL;
    if (!same(iid, &IID_IUnknown) && !same(iid, &IID_IPSFactoryBuffer))
        return E_NOINTERFACE;
    *object = self;
    return S_OK;
}

static ULONG factory_one(IPSFactoryBuffer *self)
{
    (void)self;
    return 1;
}

static HRESULT factory_proxy(IPSFactoryBuffer *self, IUnknown *outer, const IID *iid,
                             IRpcProxyBuffer **proxy, void **object)
{
    (void)self;
    *proxy = NULL;
    *object = NULL;
    if (!same(iid, &IID_IParrot))
        return E_NOINTERFACE;
    Proxy *made = calloc(1, sizeof *made);
    if (!made)
        return E_OUTOFMEMORY;
    made->parrot.lpVtbl = &face_vtbl;
    made->buffer.lpVtbl = &proxy_vtbl;
    made->outer = outer;
    made->references = 1;
    outer->lpVtbl->AddRef(outer);
    *proxy = &made->buffer;
    *object = &made->parrot;
    return S_OK;
}

static HRESULT factory_stub(IPSFactoryBuffer *self, const IID *iid, IUnknown *server,
                            IRpcStubBuffer **stub)
{
    (void)self;
    *stub = NULL;
    if (!same(iid, &IID_IParrot))
        return E_NOINTERFACE;
    Stub *made = calloc(1, sizeof *made);
    if (!made)
        return E_OUTOFMEMORY;
    made->buffer.lpVtbl = &stub_vtbl;
    made->references = 1;
    HRESULT code = server ? stub_connect(&made->buffer, server) : S_OK;
    if (FAILED(code)) {
        free(made);
        return code;
    }
    *stub = &made->buffer;
    return S_OK;
}

static const IPSFactoryBufferVtbl factory_vtbl = {factory_query, factory_one, factory_one,
                                                  factory_proxy, factory_stub};
static IPSFactoryBuffer factory = {&factory_vtbl};

HRESULT DllGetClassObject(const CLSID *clsid, const IID *iid, void **object)
{
    if (!clsid || !iid || !object)
        return E_POINTER;
    *object = NULL;
    if (!same(clsid, &CLSID_ParrotPS))
        return CLASS_E_CLASSNOTAVAILABLE;
    return factory_query(&factory, iid, object);
}
