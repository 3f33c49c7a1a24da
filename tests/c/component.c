/* A component library in C that knows nothing but the headers: no function of
 * the runtime is called. Its class object counts no references, as a static one
 * usually does not. */
#include "calculator.h"

typedef struct {
    ICalculator base;
    LONG references;
} Calculator;

static LONG alive, locks;

static LONG add(LONG *count, LONG change)
{
    return __atomic_add_fetch(count, change, __ATOMIC_ACQ_REL);
}

static HRESULT query(ICalculator *self, REFIID iid, void **object)
{
    if (!iid || !object)
        return E_POINTER;
    *object = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_ICalculator))
        return E_NOINTERFACE;
    self->lpVtbl->AddRef(self);
    *object = self;
    return S_OK;
}

static ULONG add_ref(ICalculator *self)
{
    return (ULONG)add(&((Calculator *)self)->references, 1);
}

extern void *malloc(size_t size);
extern void free(void *memory);

static ULONG release(ICalculator *self)
{
    LONG left = add(&((Calculator *)self)->references, -1);
    if (left == 0) {
        free(self);
        add(&alive, -1);
    }
    return (ULONG)left;
}

static HRESULT sum(ICalculator *self, LONG one, LONG other, LONG *answer)
{
    (void)self;
    if (!answer)
        return E_POINTER;
    *answer = one + other;
    return S_OK;
}

static HRESULT language(ICalculator *self, LPOLESTR *name)
{
    (void)self;
    if (name)
        *name = NULL;
    return E_NOTIMPL;
}

static const ICalculatorVtbl calculator = {query, add_ref, release, sum, language};

static HRESULT factory_query(IClassFactory *self, REFIID iid, void **object)
{
    if (!iid || !object)
        return E_POINTER;
    *object = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IClassFactory))
        return E_NOINTERFACE;
    *object = self;
    return S_OK;
}

static ULONG factory_references(IClassFactory *self)
{
    (void)self;
    return 1;
}

static HRESULT create(IClassFactory *self, IUnknown *outer, REFIID iid, void **object)
{
    Calculator *made;
    HRESULT code;
    (void)self;
    if (!object)
        return E_POINTER;
    *object = NULL;
    if (outer)
        return CLASS_E_NOAGGREGATION;
    made = malloc(sizeof *made);
    if (!made)
        return E_OUTOFMEMORY;
    made->base.lpVtbl = &calculator;
    made->references = 1;
    add(&alive, 1);
    code = query(&made->base, iid, object);
    release(&made->base);
    return code;
}

static HRESULT lock(IClassFactory *self, BOOL on)
{
    (void)self;
    add(&locks, on ? 1 : -1);
    return S_OK;
}

static const IClassFactoryVtbl factory = {factory_query, factory_references, factory_references,
                                          create, lock};
static IClassFactory class_object = {&factory};

HRESULT DllGetClassObject(REFCLSID clsid, REFIID iid, void **object);
HRESULT DllGetClassObject(REFCLSID clsid, REFIID iid, void **object)
{
    if (!object)
        return E_POINTER;
    *object = NULL;
    if (!clsid || !IsEqualCLSID(clsid, &CLSID_CalculatorC))
        return CLASS_E_CLASSNOTAVAILABLE;
    return factory_query(&class_object, iid, object);
}

HRESULT DllCanUnloadNow(void);
HRESULT DllCanUnloadNow(void)
{
    return add(&alive, 0) == 0 && add(&locks, 0) == 0 ? S_OK : S_FALSE;
}
