/* IUnknown and IClassFactory, and how interfaces are declared: one declaration
 * is a structure with its lpVtbl in C and a class with virtual methods in C++.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_UNKNWN_H
#define PARTYWALL_UNKNWN_H

#include "windows.h"

/* Identifiers have a copy in each file that includes their header. */
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                               \
    static const GUID name __attribute__((unused)) = {                                             \
        l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#define DEFINE_OLEGUID(name, l, w1, w2) DEFINE_GUID(name, l, w1, w2, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

#ifdef __cplusplus
#include <string.h>
typedef const GUID &REFGUID;
typedef const IID &REFIID;
typedef const CLSID &REFCLSID;
static inline bool operator==(REFGUID one, REFGUID other)
{
    return memcmp(&one, &other, sizeof one) == 0;
}
static inline bool operator!=(REFGUID one, REFGUID other)
{
    return !(one == other);
}
#define IsEqualGUID(one, other) ((one) == (other))

#define DECLARE_INTERFACE(name) struct name
#define DECLARE_INTERFACE_(name, base) struct name : public base
#define STDMETHOD(method) virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#define PURE = 0
#define THIS_
#define THIS void
/* The methods of the base, which C++ inherits. */
#define BASE_METHODS(methods)
#else
#include <string.h>
typedef const GUID *REFGUID;
typedef const IID *REFIID;
typedef const CLSID *REFCLSID;
#define IsEqualGUID(one, other) (memcmp((one), (other), sizeof(GUID)) == 0)

#define DECLARE_INTERFACE(name)                                                                    \
    typedef struct name##Vtbl name##Vtbl;                                                          \
    struct name {                                                                                  \
        const name##Vtbl *lpVtbl;                                                                  \
    };                                                                                             \
    struct name##Vtbl
#define DECLARE_INTERFACE_(name, base) DECLARE_INTERFACE(name)
#define STDMETHOD(method) HRESULT(STDMETHODCALLTYPE *method)
#define STDMETHOD_(type, method) type(STDMETHODCALLTYPE *method)
#define PURE
#define THIS_ INTERFACE *This,
#define THIS INTERFACE *This
#define BASE_METHODS(methods) methods
#endif
#define IsEqualIID(one, other) IsEqualGUID(one, other)
#define IsEqualCLSID(one, other) IsEqualGUID(one, other)

#define STDAPI HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type) type STDMETHODCALLTYPE

DEFINE_OLEGUID(IID_IUnknown, 0x00000000, 0, 0);
DEFINE_OLEGUID(IID_IClassFactory, 0x00000001, 0, 0);

typedef struct IUnknown IUnknown, *LPUNKNOWN;
typedef struct IClassFactory IClassFactory, *LPCLASSFACTORY;

#define UNKNOWN_METHODS                                                                            \
    STDMETHOD(QueryInterface)(THIS_ REFIID iid, void **object) PURE;                               \
    STDMETHOD_(ULONG, AddRef)(THIS) PURE;                                                          \
    STDMETHOD_(ULONG, Release)(THIS) PURE;

#undef INTERFACE
#define INTERFACE IUnknown
DECLARE_INTERFACE(IUnknown)
{
    UNKNOWN_METHODS
};

#undef INTERFACE
#define INTERFACE IClassFactory
DECLARE_INTERFACE_(IClassFactory, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(CreateInstance)(THIS_ IUnknown * outer, REFIID iid, void **object) PURE;
    STDMETHOD(LockServer)(THIS_ BOOL lock) PURE;
};

#endif
