/* IParrot, an interface that the runtime does not know. */
#ifndef PARROT_H
#define PARROT_H

#include "objbase.h"

typedef struct Place {
    LONG x, y;
} Place;

typedef struct IParrot IParrot;
typedef struct IParrotVtbl {
    PARTYWALL_UNKNOWN(IParrot)
    /* Answers the text twice, and the place mirrored; E_INVALIDARG for "". The
     * answer is freed with CoTaskMemFree. */
    HRESULT (*Say)(IParrot *self, const char *text, Place from, char **answer, Place *to);
} IParrotVtbl;
struct IParrot {
    const IParrotVtbl *lpVtbl;
};

PARTYWALL_IID(IID_IParrot, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00, 0xC0,
              0x01);
PARTYWALL_IID(CLSID_ParrotPS, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00, 0xC0,
              0x02);

#endif
