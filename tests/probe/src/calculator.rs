//! A class that C and C++ clients use; `tests/c/calculator.h` declares its
//! interface.

use com_abi::{HRESULT, IUnknown, class, interface};

/// `ICalculator` of the header.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00CA00", proxy)]
pub unsafe trait ICalculator: IUnknown {
    /// Adds two numbers.
    unsafe fn Add(&self, one: i32, other: i32, sum: *mut i32) -> HRESULT;
    /// What the class is written in, in memory of the task allocator.
    unsafe fn Language(&self, name: *mut *mut u16) -> HRESULT;
}

/// The one in Rust.
#[class(
    clsid = "5F0B6A10-3C1E-4B7A-9E52-7A1D0C00CA03",
    progid = "Test.Calculator.Rust",
    name = "Calculator in Rust",
    threading = "Apartment",
    interfaces(ICalculator)
)]
#[derive(Default)]
pub struct Calculator;
