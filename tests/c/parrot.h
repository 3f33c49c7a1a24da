/* IParrot, an interface that the runtime does not know. */
#ifndef PARROT_H
#define PARROT_H

#include "objbase.h"

typedef struct Place {
    LONG x, y;
} Place;

typedef struct IParrot IParrot;

#undef INTERFACE
#define INTERFACE IParrot
DECLARE_INTERFACE_(IParrot, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    /* Answers the text twice, and the place mirrored; E_INVALIDARG for "". The
     * answer is freed with CoTaskMemFree. */
    STDMETHOD(Say)(THIS_ const char *text, Place from, char **answer, Place *to) PURE;
};

DEFINE_GUID(IID_IParrot, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00, 0xC0,
              0x01);
DEFINE_GUID(CLSID_ParrotPS, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00, 0xC0,
              0x02);

#endif
