//! A variant's value, owned.

use core::ffi::c_void;

use com_abi::automation::{
    Bstr, Currency, Date, Decimal, IDispatch, VARIANT_FALSE, VARIANT_TRUE, VT_ARRAY, VT_BOOL,
    VT_BSTR, VT_BYREF, VT_CY, VT_DATE, VT_DECIMAL, VT_DISPATCH, VT_EMPTY, VT_ERROR, VT_I1, VT_I2,
    VT_I4, VT_I8, VT_INT, VT_NULL, VT_R4, VT_R8, VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UINT,
    VT_UNKNOWN, Variant,
};
use com_abi::codes::DISP_E_BADVARTYPE;
use com_abi::{HRESULT, IUnknown, Interface};

use super::Array;
use crate::com::ok;
use crate::ffi::automation as ffi;

/// What a variant holds. `VT_INT` and `VT_UINT` become [`Value::I4`] and
/// [`Value::UI4`]; records are not known.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    /// No value.
    #[default]
    Empty,
    /// The value of databases that nobody knows.
    Null,
    I1(i8),
    UI1(u8),
    I2(i16),
    UI2(u16),
    I4(i32),
    UI4(u32),
    I8(i64),
    UI8(u64),
    R4(f32),
    R8(f64),
    Bool(bool),
    String(Bstr),
    Date(Date),
    Currency(Currency),
    Decimal(Decimal),
    Error(HRESULT),
    Unknown(Option<IUnknown>),
    Dispatch(Option<IDispatch>),
    /// `None` is a null array.
    Array(u16, Option<Array>),
}

impl Value {
    /// A string.
    ///
    /// # Panics
    /// When there is no memory.
    pub fn text(text: &str) -> Self {
        Self::String(Bstr::from(text))
    }

    /// An array, as a value.
    ///
    /// # Errors
    /// `E_INVALIDARG` when the array does not say of which type it is.
    pub fn array(array: Array) -> Result<Self, HRESULT> {
        Ok(Self::Array(array.vartype()?, Some(array)))
    }

    /// The value as a variant, which owns it: whoever has the variant calls
    /// `VariantClear`.
    #[must_use = "what the variant owns leaks unless somebody clears it"]
    pub fn into_variant(self) -> Variant {
        macro_rules! with {
            ($vt:ident, $member:ident, $value:expr) => {{
                let value = $value;
                Variant::with($vt, |data| data.$member = value)
            }};
        }
        match self {
            Self::Empty => Variant::EMPTY,
            Self::Null => Variant { vt: VT_NULL, ..Variant::EMPTY },
            Self::I1(value) => with!(VT_I1, cVal, value),
            Self::UI1(value) => with!(VT_UI1, bVal, value),
            Self::I2(value) => with!(VT_I2, iVal, value),
            Self::UI2(value) => with!(VT_UI2, uiVal, value),
            Self::I4(value) => with!(VT_I4, lVal, value),
            Self::UI4(value) => with!(VT_UI4, ulVal, value),
            Self::I8(value) => with!(VT_I8, llVal, value),
            Self::UI8(value) => with!(VT_UI8, ullVal, value),
            Self::R4(value) => with!(VT_R4, fltVal, value),
            Self::R8(value) => with!(VT_R8, dblVal, value),
            Self::Bool(value) => {
                with!(VT_BOOL, boolVal, if value { VARIANT_TRUE } else { VARIANT_FALSE })
            }
            Self::String(value) => with!(VT_BSTR, bstrVal, value.into_raw()),
            Self::Date(value) => with!(VT_DATE, date, value),
            Self::Currency(value) => with!(VT_CY, cyVal, value),
            Self::Decimal(value) => Variant::from_decimal(value),
            Self::Error(value) => with!(VT_ERROR, scode, value.0),
            Self::Unknown(value) => with!(VT_UNKNOWN, punkVal, given_away(value)),
            Self::Dispatch(value) => with!(VT_DISPATCH, pdispVal, given_away(value)),
            Self::Array(vt, value) => {
                let raw = value.map_or(core::ptr::null_mut(), Array::into_raw);
                Variant::with(vt | VT_ARRAY, |data| data.parray = raw)
            }
        }
    }

    /// Takes over what `variant` owns; of a reference, a copy of what it refers
    /// to. The variant is empty afterwards, unless this fails.
    ///
    /// # Errors
    /// `DISP_E_BADVARTYPE` for a type that is not known here, `E_OUTOFMEMORY`.
    ///
    /// # Safety
    /// `variant` was initialised, what it owns is nobody else's, and what it
    /// refers to is alive.
    pub unsafe fn take(variant: &mut Variant) -> Result<Self, HRESULT> {
        // SAFETY: forwarded from the caller; ownership moves once.
        unsafe {
            if variant.vt & VT_BYREF != 0 {
                let value = Self::read(variant)?;
                *variant = Variant::EMPTY;
                return Ok(value);
            }
            let value = Self::owning(variant)?;
            *variant = Variant::EMPTY;
            Ok(value)
        }
    }

    /// A copy of what `variant` holds or refers to.
    ///
    /// # Errors
    /// As [`Value::take`]; `E_INVALIDARG` for a reference that cannot be
    /// followed.
    ///
    /// # Safety
    /// `variant` was initialised, and what it owns or refers to is alive.
    pub unsafe fn read(variant: &Variant) -> Result<Self, HRESULT> {
        let mut copy = Variant::EMPTY;
        // SAFETY: forwarded from the caller; the copy is ours.
        unsafe {
            ok(ffi::VariantCopyInd(&mut copy, variant))?;
            let value = Self::owning(&copy);
            if value.is_err() {
                let _ = ffi::VariantClear(&mut copy);
            }
            value
        }
    }

    /// The value of a variant that is not by reference, without a copy.
    unsafe fn owning(variant: &Variant) -> Result<Self, HRESULT> {
        // SAFETY: the callers pass an initialised variant and give up what it
        // owns; the type says which member holds.
        unsafe {
            let data = variant.data;
            Ok(match variant.vt {
                VT_EMPTY => Self::Empty,
                VT_NULL => Self::Null,
                VT_I1 => Self::I1(data.cVal),
                VT_UI1 => Self::UI1(data.bVal),
                VT_I2 => Self::I2(data.iVal),
                VT_UI2 => Self::UI2(data.uiVal),
                VT_I4 | VT_INT => Self::I4(data.lVal),
                VT_UI4 | VT_UINT => Self::UI4(data.ulVal),
                VT_I8 => Self::I8(data.llVal),
                VT_UI8 => Self::UI8(data.ullVal),
                VT_R4 => Self::R4(data.fltVal),
                VT_R8 => Self::R8(data.dblVal),
                VT_BOOL => Self::Bool(data.boolVal != VARIANT_FALSE),
                VT_BSTR => Self::String(Bstr::from_raw(data.bstrVal)),
                VT_DATE => Self::Date(data.date),
                VT_CY => Self::Currency(data.cyVal),
                VT_DECIMAL => Self::Decimal(Decimal { wReserved: 0, ..variant.decimal() }),
                VT_ERROR => Self::Error(HRESULT(data.scode)),
                VT_UNKNOWN => Self::Unknown(taken(data.punkVal)),
                VT_DISPATCH => Self::Dispatch(taken(data.pdispVal)),
                vt if vt & !0x0FFF == VT_ARRAY => {
                    Self::Array(vt & !VT_ARRAY, Array::from_raw(data.parray))
                }
                _ => return Err(DISP_E_BADVARTYPE),
            })
        }
    }

    /// The value as type `vt`, as `VariantChangeType` converts it.
    ///
    /// # Errors
    /// `DISP_E_TYPEMISMATCH`, `DISP_E_OVERFLOW`, `DISP_E_BADVARTYPE`,
    /// `E_OUTOFMEMORY`.
    pub fn converted(&self, flags: u16, vt: u16) -> Result<Self, HRESULT> {
        let mut variant = self.clone().into_variant();
        // SAFETY: a variant of our own, converted in its place.
        unsafe {
            let place = &raw mut variant;
            let code = ffi::VariantChangeType(place, place, flags, vt);
            if code.is_err() {
                let _ = ffi::VariantClear(&mut variant);
                return Err(code);
            }
            Self::take(&mut variant)
        }
    }
}

fn given_away<I: Interface>(object: Option<I>) -> *mut c_void {
    object.map_or(core::ptr::null_mut(), Interface::into_raw)
}

unsafe fn taken<I: Interface>(object: *mut c_void) -> Option<I> {
    // SAFETY: the callers pass null or a pointer to `I` with a reference.
    if object.is_null() { None } else { Some(unsafe { I::from_raw(object) }) }
}
