/* A class that is written in C, in C++ and in Rust, and used from each. */
#ifndef CALCULATOR_H
#define CALCULATOR_H

#include "objbase.h"

DEFINE_GUID(IID_ICalculator, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00, 0xCA,
            0x00);
/* The ones in C, C++ and Rust. */
DEFINE_GUID(CLSID_CalculatorC, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00, 0xCA,
            0x01);
DEFINE_GUID(CLSID_CalculatorCpp, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00,
            0xCA, 0x02);
DEFINE_GUID(CLSID_CalculatorRust, 0x5F0B6A10, 0x3C1E, 0x4B7A, 0x9E, 0x52, 0x7A, 0x1D, 0x0C, 0x00,
            0xCA, 0x03);

#undef INTERFACE
#define INTERFACE ICalculator
typedef struct ICalculator ICalculator;
DECLARE_INTERFACE_(ICalculator, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Add)(THIS_ LONG one, LONG other, LONG * sum) PURE;
    STDMETHOD(Language)(THIS_ LPOLESTR * name) PURE;
};

#endif
