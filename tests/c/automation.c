/* Every function of automation, called from outside with nothing but the
 * header and -lpartywall. Also compiled as C++. Prints what went wrong. */
#include "oleauto.h"
#include <stdio.h>
#include <string.h>

static int failures;
#define CHECK(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            printf("line %d: %s\n", __LINE__, #what);                                              \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static const WCHAR HELLO[] = {'h', 'e', 'l', 'l', 'o', 0};
static const WCHAR HALF[] = {' ', '2', '.', '5', 0};

/* An object that counts its references. */
static ULONG references = 1;
#ifdef __cplusplus
struct Counted : IUnknown {
    HRESULT QueryInterface(const IID &, void **object) override
    {
        *object = nullptr;
        return E_NOINTERFACE;
    }
    ULONG AddRef() override { return ++references; }
    ULONG Release() override { return --references; }
};
static Counted counted;
#else
static HRESULT query(IUnknown *self, const IID *iid, void **object)
{
    (void)self;
    (void)iid;
    *object = NULL;
    return E_NOINTERFACE;
}
static ULONG add_ref(IUnknown *self)
{
    (void)self;
    return ++references;
}
static ULONG release(IUnknown *self)
{
    (void)self;
    return --references;
}
static const IUnknownVtbl TABLE = {query, add_ref, release};
static IUnknown counted = {&TABLE};
#endif

static void strings(void)
{
    BSTR text = SysAllocString(HELLO), part = SysAllocStringLen(HELLO + 1, 3);
    BSTR bytes = SysAllocStringByteLen("abc", 3);
    uint32_t prefix;
    CHECK(SysStringLen(text) == 5 && SysStringByteLen(text) == 10);
    memcpy(&prefix, (char *)text - 4, 4);
    CHECK(prefix == 10);
    CHECK(text[5] == 0 && !memcmp(text, HELLO, sizeof HELLO));
    CHECK(SysStringLen(part) == 3 && part[0] == 'e' && part[3] == 0);
    CHECK(SysStringLen(bytes) == 1 && SysStringByteLen(bytes) == 3);
    CHECK(!memcmp(bytes, "abc", 4));
    CHECK(SysReAllocString(&part, HELLO) && SysStringLen(part) == 5);
    CHECK(SysReAllocStringLen(&part, HELLO, 2) && SysStringLen(part) == 2 && part[2] == 0);
    CHECK(!SysAllocString(NULL) && SysStringLen(NULL) == 0 && SysStringByteLen(NULL) == 0);
    SysFreeString(text);
    SysFreeString(part);
    SysFreeString(bytes);
    SysFreeString(NULL);
}

static void variants(void)
{
    VARIANT a, b, reference;
    LONG number = 40;
    VariantInit(&a);
    VariantInit(&b);
    VariantInit(&reference);
    CHECK(a.vt == VT_EMPTY);
    a.vt = VT_BSTR;
    a.bstrVal = SysAllocString(HALF);
    CHECK(VariantCopy(&b, &a) == S_OK && b.vt == VT_BSTR && b.bstrVal != a.bstrVal);
    CHECK(VariantChangeType(&b, &b, 0, VT_I4) == S_OK && b.vt == VT_I4 && b.lVal == 2);
    CHECK(VariantChangeTypeEx(&b, &a, 0x409, 0, VT_CY) == S_OK && b.cyVal.int64 == 25000);
    CHECK(VariantChangeType(&b, &a, 0, VT_DECIMAL) == S_OK);
    CHECK(b.decVal.scale == 1 && b.decVal.Lo64 == 25 && b.decVal.Hi32 == 0 && !b.decVal.sign);
    CHECK(VariantChangeType(&b, &a, 0, VT_DATE) == DISP_E_TYPEMISMATCH && b.vt == VT_DECIMAL);
    reference.vt = VT_I4 | VT_BYREF;
    reference.plVal = &number;
    CHECK(VariantCopyInd(&b, &reference) == S_OK && b.vt == VT_I4 && b.lVal == 40);
    CHECK(VariantCopyInd(&reference, &reference) == S_OK && reference.vt == VT_I4);
    b.lVal = 300;
    CHECK(VariantChangeType(&a, &b, 0, VT_UI1) == DISP_E_OVERFLOW && a.vt == VT_BSTR);
    b.vt = VT_BOOL;
    b.boolVal = VARIANT_TRUE;
    CHECK(VariantChangeType(&a, &b, VARIANT_ALPHABOOL, VT_BSTR) == S_OK);
    CHECK(SysStringLen(a.bstrVal) == 4 && a.bstrVal[0] == 'T');
    CHECK(VariantClear(&a) == S_OK && a.vt == VT_EMPTY);
    a.vt = 15;
    CHECK(VariantClear(&a) == DISP_E_BADVARTYPE);
    CHECK(VariantClear(NULL) == E_INVALIDARG);
    a.vt = VT_UNKNOWN;
    a.punkVal = &counted;
    CHECK(VariantCopy(&b, &a) == S_OK && references == 2);
    CHECK(VariantClear(&b) == S_OK && references == 1);
}

static void times(void)
{
    SYSTEMTIME time = {2001, 2, 0, 29, 18, 0, 0, 0};
    DATE days = 0;
    CHECK(SystemTimeToVariantTime(&time, &days) && days == 36951.75);
    CHECK(VariantTimeToSystemTime(days, &time));
    CHECK(time.wMonth == 3 && time.wDay == 1 && time.wHour == 18 && time.wDayOfWeek == 4);
    time.wMonth = 13;
    CHECK(!SystemTimeToVariantTime(&time, &days));
    CHECK(!VariantTimeToSystemTime(1e9, &time));
}

static void grid(void)
{
    SAFEARRAYBOUND bounds[2] = {{2, 1}, {3, -1}};
    SAFEARRAY *array = SafeArrayCreate(VT_I4, 2, bounds), *copy = NULL;
    LONG low, high, value, index[2], *data;
    void *place;
    VARTYPE vt = 0;
    CHECK(array && SafeArrayGetDim(array) == 2 && SafeArrayGetElemsize(array) == 4);
    CHECK(array->rgsabound[0].cElements == 3);
    CHECK(SafeArrayGetVartype(array, &vt) == S_OK && vt == VT_I4);
    CHECK(SafeArrayGetLBound(array, 2, &low) == S_OK && low == -1);
    CHECK(SafeArrayGetUBound(array, 2, &high) == S_OK && high == 1);
    CHECK(SafeArrayGetLBound(array, 3, &low) == DISP_E_BADINDEX);
    for (index[1] = -1; index[1] <= 1; index[1]++)
        for (index[0] = 1; index[0] <= 2; index[0]++) {
            value = index[0] * 10 + index[1];
            CHECK(SafeArrayPutElement(array, index, &value) == S_OK);
        }
    CHECK(SafeArrayAccessData(array, &place) == S_OK && array->cLocks == 1);
    data = (LONG *)place;
    CHECK(data[0] == 9 && data[1] == 19 && data[2] == 10 && data[5] == 21);
    CHECK(SafeArrayDestroy(array) == DISP_E_ARRAYISLOCKED);
    CHECK(SafeArrayUnaccessData(array) == S_OK && array->cLocks == 0);
    index[0] = 2;
    index[1] = 0;
    CHECK(SafeArrayGetElement(array, index, &value) == S_OK && value == 20);
    CHECK(SafeArrayPtrOfIndex(array, index, &place) == S_OK && place == data + 3);
    index[1] = 2;
    CHECK(SafeArrayGetElement(array, index, &value) == DISP_E_BADINDEX);
    bounds[1].cElements = 4;
    CHECK(SafeArrayRedim(array, &bounds[1]) == S_OK);
    CHECK(SafeArrayGetElement(array, index, &value) == S_OK && value == 0);
    CHECK(SafeArrayCopy(array, &copy) == S_OK && copy && copy->pvData != array->pvData);
    index[1] = 1;
    CHECK(SafeArrayGetElement(copy, index, &value) == S_OK && value == 21);
    CHECK(SafeArrayLock(copy) == S_OK && SafeArrayUnlock(copy) == S_OK);
    CHECK(FAILED(SafeArrayUnlock(copy)));
    CHECK(SafeArrayDestroyData(copy) == S_OK && !copy->pvData);
    CHECK(SafeArrayDestroy(copy) == S_OK && SafeArrayDestroy(array) == S_OK);
    CHECK(SafeArrayDestroy(NULL) == S_OK);
}

static void vectors(void)
{
    static const IID other = {1, 2, 3, {4}};
    SAFEARRAYBOUND bound = {2, 0};
    SAFEARRAY *texts = SafeArrayCreateVector(VT_BSTR, 0, 2);
    SAFEARRAY *objects = SafeArrayCreateEx(VT_UNKNOWN, 1, &bound, (void *)&other);
    LONG index = 1;
    BSTR text = SysAllocString(HELLO), back = NULL;
    IUnknown *object = NULL;
    IID iid;
    VARIANT holder;
    CHECK(texts && objects);
    CHECK(SafeArrayPutElement(texts, &index, text) == S_OK);
    CHECK(SafeArrayGetElement(texts, &index, &back) == S_OK && back != text);
    CHECK(SysStringLen(back) == 5);
    CHECK(SafeArrayGetIID(objects, &iid) == S_OK && !memcmp(&iid, &other, sizeof iid));
    CHECK(SafeArrayGetIID(texts, &iid) == E_INVALIDARG);
    CHECK(SafeArrayPutElement(objects, &index, &counted) == S_OK && references == 2);
    CHECK(SafeArrayGetElement(objects, &index, &object) == S_OK && references == 3);
    CHECK(object == &counted);
    references--;
    VariantInit(&holder);
    holder.vt = VT_ARRAY | VT_UNKNOWN;
    holder.parray = objects;
    CHECK(VariantClear(&holder) == S_OK && references == 1);
    CHECK(SafeArrayDestroy(texts) == S_OK);
    SysFreeString(text);
    SysFreeString(back);
}

int main(void)
{
    strings();
    variants();
    times();
    grid();
    vectors();
    return failures != 0;
}
