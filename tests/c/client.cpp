// A client in C++: makes objects of the classes that its arguments name, with an
// apartment of the kind of the first one, and lets others make objects of a class
// of its own. Prints what does not hold.
#include "calculator.h"
#include <cstdio>
#include <cstring>
#include <string>

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::printf("client.cpp:%d: %s\n", __LINE__, #condition);                              \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static void use_class(REFCLSID clsid, const char16_t *language)
{
    ICalculator *calculator = nullptr;
    IClassFactory *factory = nullptr;
    LONG sum = 0;
    CHECK(CoCreateInstance(clsid, nullptr, CLSCTX_INPROC_SERVER, IID_ICalculator,
                           reinterpret_cast<void **>(&calculator)) == S_OK);
    if (!calculator)
        return;
    CHECK(calculator->Add(40, 2, &sum) == S_OK && sum == 42);
    if (language) {
        LPOLESTR name = nullptr;
        CHECK(calculator->Language(&name) == S_OK && std::u16string(name) == language);
        CoTaskMemFree(name);
    }
    IUnknown *unknown = nullptr;
    CHECK(calculator->QueryInterface(IID_IUnknown, reinterpret_cast<void **>(&unknown)) == S_OK);
    unknown->Release();
    calculator->Release();

    CHECK(CoGetClassObject(clsid, CLSCTX_INPROC_SERVER, nullptr, IID_IClassFactory,
                           reinterpret_cast<void **>(&factory)) == S_OK);
    CHECK(factory->CreateInstance(nullptr, IID_ICalculator,
                                  reinterpret_cast<void **>(&calculator)) == S_OK);
    CHECK(calculator->Add(-1, 1, &sum) == S_OK && sum == 0);
    calculator->Release();
    factory->Release();
}

// A class object of this program.
class Factory final : public IClassFactory {
  public:
    HRESULT QueryInterface(REFIID iid, void **object) override
    {
        *object = iid == IID_IUnknown || iid == IID_IClassFactory ? this : nullptr;
        return *object ? S_OK : E_NOINTERFACE;
    }
    ULONG AddRef() override { return 1; }
    ULONG Release() override { return 1; }
    HRESULT CreateInstance(IUnknown *outer, REFIID iid, void **object) override
    {
        return CoCreateInstance(CLSID_CalculatorC, outer, CLSCTX_INPROC_SERVER, iid, object);
    }
    HRESULT LockServer(BOOL) override { return S_OK; }
};

static void serve_a_class()
{
    static Factory own;
    CLSID clsid;
    DWORD cookie = 0;
    CHECK(CoCreateGuid(&clsid) == S_OK);
    CHECK(CoRegisterClassObject(clsid, &own, CLSCTX_LOCAL_SERVER,
                                REGCLS_MULTIPLEUSE | REGCLS_SUSPENDED, &cookie) == S_OK);
    ICalculator *calculator = nullptr;
    auto **place = reinterpret_cast<void **>(&calculator);
    CHECK(CoCreateInstance(clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_ICalculator, place) ==
          REGDB_E_CLASSNOTREG);
    CHECK(CoResumeClassObjects() == S_OK);
    CHECK(CoCreateInstance(clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_ICalculator, place) == S_OK);
    calculator->Release();
    CHECK(CoRevokeClassObject(cookie) == S_OK);
}

static void use_names()
{
    IBindCtx *context = nullptr;
    IMoniker *one = nullptr, *anti = nullptr, *both = nullptr;
    LPOLESTR name = nullptr;
    CHECK(CreateBindCtx(0, &context) == S_OK);
    CHECK(CreateClassMoniker(CLSID_CalculatorC, &one) == S_OK);
    CHECK(one->GetDisplayName(context, nullptr, &name) == S_OK);
    CHECK(std::u16string(name) == u"clsid:5F0B6A10-3C1E-4B7A-9E52-7A1D0C00CA01:");
    CoTaskMemFree(name);
    CHECK(one->Inverse(&anti) == S_OK);
    CHECK(CreateGenericComposite(one, anti, &both) == S_OK && both == nullptr);
    CLSID clsid;
    CHECK(anti->GetClassID(&clsid) == S_OK && clsid == CLSID_AntiMoniker);
    anti->Release();
    one->Release();
    context->Release();
}

int main(int argc, char **argv)
{
    bool multithreaded = argc > 1 && !std::strcmp(argv[1], "mta");
    CHECK(CoInitializeEx(nullptr, multithreaded ? COINIT_MULTITHREADED
                                                : COINIT_APARTMENTTHREADED) == S_OK);
    for (int at = 2; at < argc; at++) {
        if (!std::strcmp(argv[at], "rust"))
            use_class(CLSID_CalculatorRust, u"Rust");
        else if (!std::strcmp(argv[at], "cpp"))
            use_class(CLSID_CalculatorCpp, u"C++");
        else
            use_class(CLSID_CalculatorC, nullptr);
    }
    serve_a_class();
    use_names();
    CoUninitialize();
    return failures != 0;
}
