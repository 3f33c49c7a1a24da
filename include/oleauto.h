/* Automation: strings, variants, safe arrays, variant time, IDispatch. Link with
 * -lpartywall, or be loaded by a program that has the runtime. In C an object
 * begins with its lpVtbl; in C++ it is a class.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_OLEAUTO_H
#define PARTYWALL_OLEAUTO_H

#include "objbase.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DISP_E_UNKNOWNINTERFACE ((HRESULT)0x80020001)
#define DISP_E_MEMBERNOTFOUND ((HRESULT)0x80020003)
#define DISP_E_PARAMNOTFOUND ((HRESULT)0x80020004)
#define DISP_E_TYPEMISMATCH ((HRESULT)0x80020005)
#define DISP_E_UNKNOWNNAME ((HRESULT)0x80020006)
#define DISP_E_NONAMEDARGS ((HRESULT)0x80020007)
#define DISP_E_BADVARTYPE ((HRESULT)0x80020008)
#define DISP_E_EXCEPTION ((HRESULT)0x80020009)
#define DISP_E_OVERFLOW ((HRESULT)0x8002000A)
#define DISP_E_BADINDEX ((HRESULT)0x8002000B)
#define DISP_E_UNKNOWNLCID ((HRESULT)0x8002000C)
#define DISP_E_ARRAYISLOCKED ((HRESULT)0x8002000D)
#define DISP_E_BADPARAMCOUNT ((HRESULT)0x8002000E)
#define DISP_E_PARAMNOTOPTIONAL ((HRESULT)0x8002000F)

/* The length in bytes stands in the four bytes before the text. */
typedef OLECHAR *BSTR;
typedef USHORT VARTYPE;
typedef SHORT VARIANT_BOOL;
typedef double DATE;
typedef LONG SCODE;
typedef LONG DISPID;
typedef DWORD LCID;

#define VARIANT_TRUE ((VARIANT_BOOL)-1)
#define VARIANT_FALSE ((VARIANT_BOOL)0)

enum VARENUM {
    VT_EMPTY = 0,
    VT_NULL = 1,
    VT_I2 = 2,
    VT_I4 = 3,
    VT_R4 = 4,
    VT_R8 = 5,
    VT_CY = 6,
    VT_DATE = 7,
    VT_BSTR = 8,
    VT_DISPATCH = 9,
    VT_ERROR = 10,
    VT_BOOL = 11,
    VT_VARIANT = 12,
    VT_UNKNOWN = 13,
    VT_DECIMAL = 14,
    VT_I1 = 16,
    VT_UI1 = 17,
    VT_UI2 = 18,
    VT_UI4 = 19,
    VT_I8 = 20,
    VT_UI8 = 21,
    VT_INT = 22,
    VT_UINT = 23,
    VT_RECORD = 36,
    VT_VECTOR = 0x1000,
    VT_ARRAY = 0x2000,
    VT_BYREF = 0x4000,
    VT_RESERVED = 0x8000,
    VT_TYPEMASK = 0xFFF
};

/* VariantChangeType */
enum {
    VARIANT_NOVALUEPROP = 0x01,
    VARIANT_ALPHABOOL = 0x02,
    VARIANT_NOUSEROVERRIDE = 0x04,
    VARIANT_LOCALBOOL = 0x10
};

typedef union tagCY {
    LONGLONG int64;
} CY, CURRENCY;

#define DECIMAL_NEG ((BYTE)0x80)
typedef struct tagDEC {
    USHORT wReserved;
    BYTE scale;
    BYTE sign;
    ULONG Hi32;
    ULONGLONG Lo64;
} DECIMAL;

typedef struct _SYSTEMTIME {
    WORD wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME, *LPSYSTEMTIME;

#define FADF_AUTO 0x0001
#define FADF_STATIC 0x0002
#define FADF_EMBEDDED 0x0004
#define FADF_FIXEDSIZE 0x0010
#define FADF_RECORD 0x0020
#define FADF_HAVEIID 0x0040
#define FADF_HAVEVARTYPE 0x0080
#define FADF_BSTR 0x0100
#define FADF_UNKNOWN 0x0200
#define FADF_DISPATCH 0x0400
#define FADF_VARIANT 0x0800

typedef struct tagSAFEARRAYBOUND {
    ULONG cElements;
    LONG lLbound;
} SAFEARRAYBOUND, *LPSAFEARRAYBOUND;

/* cDims bounds, the last dimension's first. */
typedef struct tagSAFEARRAY {
    USHORT cDims;
    USHORT fFeatures;
    ULONG cbElements;
    ULONG cLocks;
    void *pvData;
    SAFEARRAYBOUND rgsabound[1];
} SAFEARRAY, *LPSAFEARRAY;

#ifdef __cplusplus
struct IDispatch;
#else
typedef struct IDispatch IDispatch;
#endif

typedef struct tagVARIANT VARIANT, VARIANTARG, *LPVARIANT, *LPVARIANTARG;
struct tagVARIANT {
    union {
        __extension__ struct {
            VARTYPE vt;
            WORD wReserved1, wReserved2, wReserved3;
            union {
                LONGLONG llVal;
                LONG lVal;
                BYTE bVal;
                SHORT iVal;
                float fltVal;
                double dblVal;
                VARIANT_BOOL boolVal;
                SCODE scode;
                CY cyVal;
                DATE date;
                BSTR bstrVal;
                IUnknown *punkVal;
                IDispatch *pdispVal;
                SAFEARRAY *parray;
                CHAR cVal;
                USHORT uiVal;
                ULONG ulVal;
                ULONGLONG ullVal;
                INT intVal;
                UINT uintVal;
                void *byref;
                BYTE *pbVal;
                SHORT *piVal;
                LONG *plVal;
                LONGLONG *pllVal;
                float *pfltVal;
                double *pdblVal;
                VARIANT_BOOL *pboolVal;
                SCODE *pscode;
                CY *pcyVal;
                DATE *pdate;
                BSTR *pbstrVal;
                IUnknown **ppunkVal;
                IDispatch **ppdispVal;
                SAFEARRAY **pparray;
                VARIANT *pvarVal;
                DECIMAL *pdecVal;
                CHAR *pcVal;
                USHORT *puiVal;
                ULONG *pulVal;
                ULONGLONG *pullVal;
                struct {
                    void *pvRecord, *pRecInfo;
                } record;
            };
        };
        DECIMAL decVal;
    };
};

/* IDispatch::Invoke */
#define DISPATCH_METHOD 0x1
#define DISPATCH_PROPERTYGET 0x2
#define DISPATCH_PROPERTYPUT 0x4
#define DISPATCH_PROPERTYPUTREF 0x8
#define DISPID_VALUE 0
#define DISPID_UNKNOWN (-1)
#define DISPID_PROPERTYPUT (-3)
#define DISPID_NEWENUM (-4)

/* Arguments, the last one first. */
typedef struct tagDISPPARAMS {
    VARIANTARG *rgvarg;
    DISPID *rgdispidNamedArgs;
    UINT cArgs;
    UINT cNamedArgs;
} DISPPARAMS;

typedef struct tagEXCEPINFO EXCEPINFO, *LPEXCEPINFO;
struct tagEXCEPINFO {
    WORD wCode;
    WORD wReserved;
    BSTR bstrSource;
    BSTR bstrDescription;
    BSTR bstrHelpFile;
    DWORD dwHelpContext;
    void *pvReserved;
    HRESULT(STDMETHODCALLTYPE *pfnDeferredFillIn)(EXCEPINFO *info);
    SCODE scode;
};

#ifdef __cplusplus
struct IDispatch : IUnknown {
    virtual HRESULT GetTypeInfoCount(UINT *count) = 0;
    virtual HRESULT GetTypeInfo(UINT index, LCID locale, void **info) = 0;
    virtual HRESULT GetIDsOfNames(const IID &iid, LPOLESTR *names, UINT count, LCID locale,
                                  DISPID *identifiers) = 0;
    virtual HRESULT Invoke(DISPID member, const IID &iid, LCID locale, WORD flags,
                           DISPPARAMS *arguments, VARIANT *result, EXCEPINFO *exception,
                           UINT *wrong) = 0;
};
#else
typedef struct IDispatchVtbl {
    HRESULT (*QueryInterface)(IDispatch *self, const IID *iid, void **object);
    ULONG (*AddRef)(IDispatch *self);
    ULONG (*Release)(IDispatch *self);
    HRESULT (*GetTypeInfoCount)(IDispatch *self, UINT *count);
    HRESULT (*GetTypeInfo)(IDispatch *self, UINT index, LCID locale, void **info);
    HRESULT (*GetIDsOfNames)(IDispatch *self, const IID *iid, LPOLESTR *names, UINT count,
                             LCID locale, DISPID *identifiers);
    HRESULT (*Invoke)(IDispatch *self, DISPID member, const IID *iid, LCID locale, WORD flags,
                      DISPPARAMS *arguments, VARIANT *result, EXCEPINFO *exception, UINT *wrong);
} IDispatchVtbl;
struct IDispatch {
    const IDispatchVtbl *lpVtbl;
};
#endif

/* The running object of a class. */
enum { ACTIVEOBJECT_STRONG = 0, ACTIVEOBJECT_WEAK = 1 };
HRESULT WINAPI RegisterActiveObject(IUnknown *object, REFCLSID clsid, DWORD flags, DWORD *cookie);
HRESULT WINAPI RevokeActiveObject(DWORD cookie, void *reserved);
HRESULT WINAPI GetActiveObject(REFCLSID clsid, void *reserved, IUnknown **object);

BSTR WINAPI SysAllocString(LPCOLESTR text);
BSTR WINAPI SysAllocStringLen(LPCOLESTR text, UINT length);
BSTR WINAPI SysAllocStringByteLen(LPCSTR bytes, UINT length);
INT WINAPI SysReAllocString(BSTR *place, LPCOLESTR text);
INT WINAPI SysReAllocStringLen(BSTR *place, LPCOLESTR text, UINT length);
void WINAPI SysFreeString(BSTR text);
UINT WINAPI SysStringLen(BSTR text);
UINT WINAPI SysStringByteLen(BSTR text);

void WINAPI VariantInit(VARIANTARG *place);
HRESULT WINAPI VariantClear(VARIANTARG *place);
HRESULT WINAPI VariantCopy(VARIANTARG *place, const VARIANTARG *source);
HRESULT WINAPI VariantCopyInd(VARIANT *place, const VARIANTARG *source);
HRESULT WINAPI VariantChangeType(VARIANTARG *place, const VARIANTARG *source, USHORT flags,
                                 VARTYPE vt);
HRESULT WINAPI VariantChangeTypeEx(VARIANTARG *place, const VARIANTARG *source, LCID locale,
                                   USHORT flags, VARTYPE vt);
INT WINAPI SystemTimeToVariantTime(LPSYSTEMTIME time, DATE *days);
INT WINAPI VariantTimeToSystemTime(DATE days, LPSYSTEMTIME time);

/* Bounds and indexes are given in the order of the dimensions, the first one
 * first; the first index moves fastest through the memory. */
SAFEARRAY *WINAPI SafeArrayCreate(VARTYPE vt, UINT dimensions, SAFEARRAYBOUND *bounds);
SAFEARRAY *WINAPI SafeArrayCreateEx(VARTYPE vt, UINT dimensions, SAFEARRAYBOUND *bounds,
                                    LPVOID extra);
SAFEARRAY *WINAPI SafeArrayCreateVector(VARTYPE vt, LONG lower, ULONG count);
HRESULT WINAPI SafeArrayDestroy(SAFEARRAY *array);
HRESULT WINAPI SafeArrayDestroyData(SAFEARRAY *array);
UINT WINAPI SafeArrayGetDim(SAFEARRAY *array);
UINT WINAPI SafeArrayGetElemsize(SAFEARRAY *array);
HRESULT WINAPI SafeArrayGetLBound(SAFEARRAY *array, UINT dimension, LONG *place);
HRESULT WINAPI SafeArrayGetUBound(SAFEARRAY *array, UINT dimension, LONG *place);
HRESULT WINAPI SafeArrayGetVartype(SAFEARRAY *array, VARTYPE *place);
HRESULT WINAPI SafeArrayGetIID(SAFEARRAY *array, GUID *place);
HRESULT WINAPI SafeArrayLock(SAFEARRAY *array);
HRESULT WINAPI SafeArrayUnlock(SAFEARRAY *array);
HRESULT WINAPI SafeArrayAccessData(SAFEARRAY *array, void **place);
HRESULT WINAPI SafeArrayUnaccessData(SAFEARRAY *array);
HRESULT WINAPI SafeArrayGetElement(SAFEARRAY *array, LONG *indexes, void *place);
HRESULT WINAPI SafeArrayPutElement(SAFEARRAY *array, LONG *indexes, void *value);
HRESULT WINAPI SafeArrayPtrOfIndex(SAFEARRAY *array, LONG *indexes, void **place);
HRESULT WINAPI SafeArrayCopy(SAFEARRAY *array, SAFEARRAY **place);
HRESULT WINAPI SafeArrayRedim(SAFEARRAY *array, SAFEARRAYBOUND *bound);

#if defined(__cplusplus) && __cplusplus >= 201103L
static_assert(sizeof(VARIANT) == 24 && sizeof(SAFEARRAY) == 32, "the layout of 64-bit systems");
static_assert(sizeof(EXCEPINFO) == 64 && sizeof(DISPPARAMS) == 24, "the layout of 64-bit systems");
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(sizeof(VARIANT) == 24 && sizeof(SAFEARRAY) == 32, "the layout of 64-bit systems");
_Static_assert(sizeof(EXCEPINFO) == 64 && sizeof(DISPPARAMS) == 24, "the layout of 64-bit systems");
#endif

#ifdef __cplusplus
}
#endif
#endif
