/* IUnknown and IClassFactory. In C an interface is a structure that begins with
 * its lpVtbl; in C++ it is a class.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_UNKNWN_H
#define PARTYWALL_UNKNWN_H

#include "windows.h"

/* An identifier that a program may use or not. */
#define PARTYWALL_IID(name, a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)                          \
    static const GUID name __attribute__((unused)) = {                                        \
        a, b, c, {d0, d1, d2, d3, d4, d5, d6, d7}}
/* Those of Microsoft's series. */
#define PARTYWALL_OLE_IID(name, a) PARTYWALL_IID(name, a, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

PARTYWALL_OLE_IID(IID_IUnknown, 0x00000000);
PARTYWALL_OLE_IID(IID_IClassFactory, 0x00000001);

#ifdef __cplusplus
struct IUnknown {
    virtual HRESULT QueryInterface(const IID &iid, void **object) = 0;
    virtual ULONG AddRef() = 0;
    virtual ULONG Release() = 0;
};
struct IClassFactory : IUnknown {
    virtual HRESULT CreateInstance(IUnknown *outer, const IID &iid, void **object) = 0;
    virtual HRESULT LockServer(BOOL lock) = 0;
};
#else
typedef struct IUnknown IUnknown;
/* The beginning of every vtable. */
#define PARTYWALL_UNKNOWN(I)                                                                  \
    HRESULT (*QueryInterface)(I *self, const IID *iid, void **object);                        \
    ULONG (*AddRef)(I *self);                                                                 \
    ULONG (*Release)(I *self);
typedef struct IUnknownVtbl {
    PARTYWALL_UNKNOWN(IUnknown)
} IUnknownVtbl;
struct IUnknown {
    const IUnknownVtbl *lpVtbl;
};
typedef struct IClassFactory IClassFactory;
typedef struct IClassFactoryVtbl {
    PARTYWALL_UNKNOWN(IClassFactory)
    HRESULT (*CreateInstance)(IClassFactory *self, IUnknown *outer, const IID *iid, void **object);
    HRESULT (*LockServer)(IClassFactory *self, BOOL lock);
} IClassFactoryVtbl;
struct IClassFactory {
    const IClassFactoryVtbl *lpVtbl;
};
#endif

#endif
