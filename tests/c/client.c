/* A client in C: makes objects of the classes that its arguments name, with an
 * apartment of the kind of the first one, and uses names, the running object
 * table and the allocator. Prints what does not hold. */
#include "calculator.h"
#include <stdio.h>
#include <string.h>

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("client.c:%d: %s\n", __LINE__, #condition);                                     \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static int same(const WCHAR *one, const WCHAR *other)
{
    while (*one && *one == *other)
        one++, other++;
    return *one == *other;
}

static void calculate(ICalculator *calculator)
{
    LONG sum = 0;
    CHECK(calculator->lpVtbl->Add(calculator, 40, 2, &sum) == S_OK && sum == 42);
}

static void use_class(const CLSID *clsid, const WCHAR *language)
{
    ICalculator *calculator = NULL;
    IClassFactory *factory = NULL;
    MULTI_QI wanted[2] = {{&IID_ICalculator, NULL, S_FALSE}, {&IID_IMalloc, NULL, S_FALSE}};
    LPOLESTR name = NULL;

    CHECK(CoCreateInstance(clsid, NULL, CLSCTX_INPROC_SERVER, &IID_ICalculator,
                           (void **)&calculator) == S_OK);
    if (!calculator)
        return;
    calculate(calculator);
    if (language) {
        CHECK(calculator->lpVtbl->Language(calculator, &name) == S_OK && same(name, language));
        CoTaskMemFree(name);
    } else {
        CHECK(calculator->lpVtbl->Language(calculator, &name) == E_NOTIMPL);
    }
    calculator->lpVtbl->Release(calculator);

    CHECK(CoGetClassObject(clsid, CLSCTX_INPROC_SERVER, NULL, &IID_IClassFactory,
                           (void **)&factory) == S_OK);
    CHECK(factory->lpVtbl->LockServer(factory, TRUE) == S_OK);
    CHECK(factory->lpVtbl->CreateInstance(factory, NULL, &IID_ICalculator, (void **)&calculator) ==
          S_OK);
    calculate(calculator);
    calculator->lpVtbl->Release(calculator);
    CHECK(factory->lpVtbl->LockServer(factory, FALSE) == S_OK);
    factory->lpVtbl->Release(factory);

    CHECK(CoCreateInstanceEx(clsid, NULL, CLSCTX_INPROC_SERVER, NULL, 2, wanted) ==
          CO_S_NOTALLINTERFACES);
    CHECK(wanted[0].hr == S_OK && wanted[1].hr == E_NOINTERFACE && !wanted[1].pItf);
    calculate((ICalculator *)wanted[0].pItf);
    wanted[0].pItf->lpVtbl->Release(wanted[0].pItf);
}

/* A class object of this program. */
static ULONG one_reference(IClassFactory *self)
{
    (void)self;
    return 1;
}

static HRESULT query(IClassFactory *self, const IID *iid, void **object)
{
    *object = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IClassFactory))
        return E_NOINTERFACE;
    *object = self;
    return S_OK;
}

static HRESULT forward(IClassFactory *self, IUnknown *outer, const IID *iid, void **object)
{
    (void)self;
    return CoCreateInstance(&CLSID_CalculatorC, outer, CLSCTX_INPROC_SERVER, iid, object);
}

static HRESULT lock(IClassFactory *self, BOOL on)
{
    (void)self;
    (void)on;
    return S_OK;
}

static const IClassFactoryVtbl methods = {query, one_reference, one_reference, forward, lock};
static IClassFactory own = {&methods};

static void register_a_class(void)
{
    CLSID clsid;
    DWORD cookie = 0;
    ICalculator *calculator = NULL;
    CHECK(CoCreateGuid(&clsid) == S_OK);
    CHECK(CoRegisterClassObject(&clsid, (IUnknown *)&own, CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE,
                                &cookie) == S_OK);
    CHECK(CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_ICalculator,
                           (void **)&calculator) == S_OK);
    calculate(calculator);
    calculator->lpVtbl->Release(calculator);
    CHECK(CoRevokeClassObject(cookie) == S_OK);
    CHECK(CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_ICalculator,
                           (void **)&calculator) == REGDB_E_CLASSNOTREG);
}

static void use_texts(void)
{
    static const WCHAR text[] = u"{5F0B6A10-3C1E-4B7A-9E52-7A1D0C00CA01}";
    CLSID clsid;
    WCHAR room[39];
    LPOLESTR answer = NULL;
    CHECK(CLSIDFromString(text, &clsid) == S_OK && IsEqualCLSID(&clsid, &CLSID_CalculatorC));
    CHECK(StringFromGUID2(&clsid, room, 39) == 39 && same(room, text));
    CHECK(StringFromCLSID(&clsid, &answer) == S_OK && same(answer, text));
    CoTaskMemFree(answer);
    CHECK(CLSIDFromProgID(u"Test.Calculator", &clsid) == S_OK);
    CHECK(IsEqualCLSID(&clsid, &CLSID_CalculatorC));
    CHECK(CLSIDFromProgID(u"Test.Nothing", &clsid) == CO_E_CLASSSTRING);
}

static void use_names(void)
{
    IRunningObjectTable *table = NULL;
    IMoniker *file = NULL, *item = NULL, *both = NULL;
    IBindCtx *context = NULL;
    IUnknown *found = NULL;
    LPOLESTR name = NULL;
    DWORD cookie = 0, kind = 0;
    ULONG eaten = 0;

    CHECK(CreateBindCtx(0, &context) == S_OK);
    CHECK(CreateFileMoniker(u"/house", &file) == S_OK);
    CHECK(CreateItemMoniker(u"!", u"desk", &item) == S_OK);
    CHECK(file->lpVtbl->ComposeWith(file, item, FALSE, &both) == S_OK);
    CHECK(both->lpVtbl->IsSystemMoniker(both, &kind) == S_OK && kind == MKSYS_GENERICCOMPOSITE);
    CHECK(both->lpVtbl->GetDisplayName(both, context, NULL, &name) == S_OK);
    CHECK(same(name, u"/house!desk"));
    CoTaskMemFree(name);

    CHECK(GetRunningObjectTable(0, &table) == S_OK);
    CHECK(table->lpVtbl->Register(table, ROTFLAGS_REGISTRATIONKEEPSALIVE, (IUnknown *)&own, item,
                                  &cookie) == S_OK);
    CHECK(CoGetObject(u"!desk", NULL, &IID_IClassFactory, (void **)&found) == S_OK);
    CHECK(found == (IUnknown *)&own);
    CHECK(table->lpVtbl->IsRunning(table, both) == S_FALSE);
    item->lpVtbl->Release(item);
    CHECK(MkParseDisplayName(context, u"!desk", &eaten, &item) == S_OK && eaten == 5);
    CHECK(table->lpVtbl->GetObject(table, item, &found) == S_OK && found == (IUnknown *)&own);
    CHECK(table->lpVtbl->Revoke(table, cookie) == S_OK);
    CHECK(table->lpVtbl->GetObject(table, item, &found) == MK_E_UNAVAILABLE && !found);

    table->lpVtbl->Release(table);
    both->lpVtbl->Release(both);
    item->lpVtbl->Release(item);
    file->lpVtbl->Release(file);
    context->lpVtbl->Release(context);
}

static void use_memory(void)
{
    IMalloc *allocator = NULL;
    void *block;
    CHECK(CoGetMalloc(1, &allocator) == S_OK);
    block = allocator->lpVtbl->Alloc(allocator, 10);
    CHECK(allocator->lpVtbl->DidAlloc(allocator, block) == 1);
    CHECK(allocator->lpVtbl->DidAlloc(allocator, &block) == 0);
    CHECK(allocator->lpVtbl->GetSize(allocator, block) == 10);
    allocator->lpVtbl->Free(allocator, block);
    allocator->lpVtbl->Release(allocator);
}

int main(int argc, char **argv)
{
    int at;
    DWORD kind = argc > 1 && !strcmp(argv[1], "mta") ? COINIT_MULTITHREADED
                                                     : COINIT_APARTMENTTHREADED;
    CHECK(CoInitializeEx(NULL, kind) == S_OK);
    for (at = 2; at < argc; at++) {
        if (!strcmp(argv[at], "rust"))
            use_class(&CLSID_CalculatorRust, u"Rust");
        else if (!strcmp(argv[at], "cpp"))
            use_class(&CLSID_CalculatorCpp, u"C++");
        else
            use_class(&CLSID_CalculatorC, NULL);
    }
    register_a_class();
    use_texts();
    use_names();
    use_memory();
    CoFreeUnusedLibraries();
    CoUninitialize();
    return failures != 0;
}
