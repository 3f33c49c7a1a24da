// A component library in C++: classes with virtual methods are interfaces. What
// it answers as text is memory of the task allocator.
#include "calculator.h"
#include <atomic>
#include <cstring>
#include <new>

namespace {

std::atomic<long> alive;

class Calculator final : public ICalculator {
    std::atomic<ULONG> references{1};

  public:
    Calculator() { ++alive; }
    virtual ~Calculator() { --alive; }

    HRESULT QueryInterface(REFIID iid, void **object) override
    {
        if (!object)
            return E_POINTER;
        *object = iid == IID_IUnknown || iid == IID_ICalculator ? this : nullptr;
        if (!*object)
            return E_NOINTERFACE;
        AddRef();
        return S_OK;
    }
    ULONG AddRef() override { return ++references; }
    ULONG Release() override
    {
        ULONG left = --references;
        if (left == 0)
            delete this;
        return left;
    }
    HRESULT Add(LONG one, LONG other, LONG *sum) override
    {
        if (!sum)
            return E_POINTER;
        *sum = one + other;
        return S_OK;
    }
    HRESULT Language(LPOLESTR *name) override
    {
        static const WCHAR text[] = u"C++";
        *name = static_cast<LPOLESTR>(CoTaskMemAlloc(sizeof text));
        if (!*name)
            return E_OUTOFMEMORY;
        std::memcpy(*name, text, sizeof text);
        return S_OK;
    }
};

class Factory final : public IClassFactory {
    std::atomic<ULONG> references{1};

  public:
    Factory() { ++alive; }
    virtual ~Factory() { --alive; }

    HRESULT QueryInterface(REFIID iid, void **object) override
    {
        if (!object)
            return E_POINTER;
        *object = iid == IID_IUnknown || iid == IID_IClassFactory ? this : nullptr;
        if (!*object)
            return E_NOINTERFACE;
        AddRef();
        return S_OK;
    }
    ULONG AddRef() override { return ++references; }
    ULONG Release() override
    {
        ULONG left = --references;
        if (left == 0)
            delete this;
        return left;
    }
    HRESULT CreateInstance(IUnknown *outer, REFIID iid, void **object) override
    {
        if (!object)
            return E_POINTER;
        *object = nullptr;
        if (outer)
            return CLASS_E_NOAGGREGATION;
        auto *made = new (std::nothrow) Calculator;
        if (!made)
            return E_OUTOFMEMORY;
        HRESULT code = made->QueryInterface(iid, object);
        made->Release();
        return code;
    }
    HRESULT LockServer(BOOL lock) override
    {
        alive += lock ? 1 : -1;
        return S_OK;
    }
};

} // namespace

extern "C" HRESULT DllGetClassObject(REFCLSID clsid, REFIID iid, void **object)
{
    if (!object)
        return E_POINTER;
    *object = nullptr;
    if (clsid != CLSID_CalculatorCpp)
        return CLASS_E_CLASSNOTAVAILABLE;
    auto *factory = new (std::nothrow) Factory;
    if (!factory)
        return E_OUTOFMEMORY;
    HRESULT code = factory->QueryInterface(iid, object);
    factory->Release();
    return code;
}

extern "C" HRESULT DllCanUnloadNow()
{
    return alive == 0 ? S_OK : S_FALSE;
}
