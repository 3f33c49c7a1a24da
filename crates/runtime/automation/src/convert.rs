//! `VariantChangeType`: a value as another type ([MS-OAUT] 2.2.29;
//! `README.md` has the table).
//!
//! The locale is always the invariant one; texts of truth are English. A plain
//! value passes through [`Number`], so every pair of numeric types has the same
//! rounding and the same limits.

use core::ffi::c_void;

use com_abi::automation::{
    Bstr, DISPATCH_PROPERTYGET, DISPID_VALUE, Date, DispParams, IDispatch, VARIANT_ALPHABOOL,
    VARIANT_FALSE, VARIANT_LOCALBOOL, VARIANT_NOVALUEPROP, VARIANT_TRUE, VT_ARRAY, VT_BOOL,
    VT_BSTR, VT_BYREF, VT_CY, VT_DATE, VT_DECIMAL, VT_DISPATCH, VT_EMPTY, VT_ERROR, VT_I1, VT_I2,
    VT_I4, VT_I8, VT_INT, VT_NULL, VT_R4, VT_R8, VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UINT,
    VT_UNKNOWN, Variant,
};
use com_abi::codes::{DISP_E_BADVARTYPE, DISP_E_TYPEMISMATCH, E_OUTOFMEMORY};
use com_abi::{GUID, HRESULT, IUnknown, Interface};

use crate::number::Number;
use crate::variant::{clear, copied, dereferenced, is_valid};
use crate::{date, parse, strings, text};

/// Most objects that are asked for their value one after the other, when the
/// value of an object is an object.
pub const MAX_VALUE_DEPTH: usize = 8;

/// `source` as type `vt`, which owns what it holds.
///
/// # Errors
/// `DISP_E_BADVARTYPE` when one of the types is unknown, `DISP_E_TYPEMISMATCH`
/// when the value has no meaning in the type or an object has no value,
/// `DISP_E_OVERFLOW` when it does not fit, `E_OUTOFMEMORY`.
///
/// # Safety
/// `source` and what it refers to are alive, its objects of this apartment.
pub unsafe fn change_type(
    source: &Variant,
    locale: u32,
    flags: u16,
    vt: u16,
) -> Result<Variant, HRESULT> {
    if !is_valid(vt) {
        return Err(DISP_E_BADVARTYPE);
    }
    if vt & VT_BYREF != 0 {
        return Err(DISP_E_TYPEMISMATCH);
    }
    // SAFETY: forwarded from the caller; the value read is our own and cleared.
    unsafe {
        let mut value = dereferenced(source)?;
        let converted = plain(&value, locale, flags, vt, MAX_VALUE_DEPTH);
        let _ = clear(&mut value);
        converted
    }
}

/// As [`change_type`] of what is not by reference.
unsafe fn plain(
    value: &Variant,
    locale: u32,
    flags: u16,
    vt: u16,
    depth: usize,
) -> Result<Variant, HRESULT> {
    // SAFETY: the callers pass a live value; its type says which member holds.
    unsafe {
        match (value.vt, vt) {
            (from, to) if from == to => copied(value),
            (from, to) if (from | to) & VT_ARRAY != 0 => Err(DISP_E_TYPEMISMATCH),
            (VT_DISPATCH | VT_UNKNOWN, VT_DISPATCH | VT_UNKNOWN) => query(value, vt),
            (VT_DISPATCH, _) if flags & VARIANT_NOVALUEPROP == 0 && depth > 0 => {
                let mut answer = value_of(value, locale)?;
                let owned = dereferenced(&answer);
                let _ = clear(&mut answer);
                let mut owned = owned?;
                let converted = plain(&owned, locale, flags, vt, depth - 1);
                let _ = clear(&mut owned);
                converted
            }
            (VT_EMPTY, VT_NULL) => Ok(Variant { vt: VT_NULL, ..Variant::EMPTY }),
            (VT_NULL | VT_ERROR | VT_DISPATCH | VT_UNKNOWN, _)
            | (_, VT_NULL | VT_EMPTY | VT_ERROR | VT_DISPATCH | VT_UNKNOWN) => {
                Err(DISP_E_TYPEMISMATCH)
            }
            (_, VT_BSTR) => owned_text(&as_text(value, flags)?),
            (VT_BSTR, VT_BOOL) => Ok(truth(parse::truth(&text_of(value))?)),
            (VT_BSTR, VT_DATE) => {
                let days = date::parse(&text_of(value))?;
                Ok(Variant::with(VT_DATE, |data| data.date = Date(days)))
            }
            // Truth has all bits set in every type, also in those without a sign.
            (VT_BOOL, VT_UI1 | VT_UI2 | VT_UI4 | VT_UI8 | VT_UINT) => {
                let bits = if value.data.boolVal == 0 { 0 } else { u64::MAX };
                let mask = match vt {
                    VT_UI1 => u64::from(u8::MAX),
                    VT_UI2 => u64::from(u16::MAX),
                    VT_UI8 => u64::MAX,
                    _ => u64::from(u32::MAX),
                };
                Ok(Variant::with(vt, |data| data.ullVal = bits & mask))
            }
            _ => from_number(number_of(value)?, vt),
        }
    }
}

/// The other of the two interfaces of an object; null stays null.
unsafe fn query(value: &Variant, vt: u16) -> Result<Variant, HRESULT> {
    let mut answer: *mut c_void = core::ptr::null_mut();
    // SAFETY: the callers pass an interface pointer or null.
    unsafe {
        if let Some(object) = IUnknown::from_raw_borrowed(&value.data.punkVal) {
            let iid = if vt == VT_DISPATCH { IDispatch::IID } else { IUnknown::IID };
            if object.query(&iid, &mut answer).is_err() {
                return Err(DISP_E_TYPEMISMATCH);
            }
        }
    }
    Ok(Variant::with(vt, |data| data.punkVal = answer))
}

/// The object's value.
unsafe fn value_of(value: &Variant, locale: u32) -> Result<Variant, HRESULT> {
    let mut arguments = DispParams {
        rgvarg: core::ptr::null_mut(),
        rgdispidNamedArgs: core::ptr::null_mut(),
        cArgs: 0,
        cNamedArgs: 0,
    };
    let mut answer = Variant::EMPTY;
    // SAFETY: the callers pass an interface pointer or null; every argument
    // lives during the call, and the last two may be null.
    unsafe {
        let raw = value.data.pdispVal;
        let object = IDispatch::from_raw_borrowed(&raw).ok_or(DISP_E_TYPEMISMATCH)?;
        object
            .Invoke(
                DISPID_VALUE,
                &GUID::zeroed(),
                locale,
                DISPATCH_PROPERTYGET,
                &mut arguments,
                &mut answer,
                core::ptr::null_mut(),
                core::ptr::null_mut(),
            )
            .ok()
            .map_err(|_| DISP_E_TYPEMISMATCH)?;
    }
    Ok(answer)
}

/// The number that a plain value is.
///
/// # Errors
/// `DISP_E_TYPEMISMATCH`; for text as [`parse::number`].
///
/// # Safety
/// The type says which member holds.
unsafe fn number_of(value: &Variant) -> Result<Number, HRESULT> {
    let exact = |whole: i128| Ok(Number::Exact(whole, 0));
    // SAFETY: forwarded from the caller.
    unsafe {
        match value.vt {
            VT_EMPTY => exact(0),
            VT_I1 => exact(value.data.cVal.into()),
            VT_UI1 => exact(value.data.bVal.into()),
            VT_I2 => exact(value.data.iVal.into()),
            VT_UI2 => exact(value.data.uiVal.into()),
            VT_BOOL => exact(if value.data.boolVal == 0 { 0 } else { -1 }),
            VT_I4 | VT_INT => exact(value.data.lVal.into()),
            VT_UI4 | VT_UINT => exact(value.data.ulVal.into()),
            VT_I8 => exact(value.data.llVal.into()),
            VT_UI8 => exact(value.data.ullVal.into()),
            VT_R4 => Ok(Number::Single(value.data.fltVal)),
            VT_R8 => Ok(Number::Double(value.data.dblVal)),
            VT_DATE => Ok(Number::Double(value.data.date.0)),
            VT_CY => Ok(Number::Exact(value.data.cyVal.0.into(), 4)),
            VT_DECIMAL => {
                let decimal = value.decimal();
                if decimal.scale > com_abi::automation::Decimal::MAX_SCALE {
                    return Err(com_abi::codes::E_INVALIDARG);
                }
                Ok(Number::Exact(decimal.mantissa(), decimal.scale))
            }
            VT_BSTR => parse::number(&text_of(value)),
            _ => Err(DISP_E_TYPEMISMATCH),
        }
    }
}

/// A number as type `vt`.
///
/// # Errors
/// `DISP_E_OVERFLOW`, `DISP_E_TYPEMISMATCH`.
fn from_number(number: Number, vt: u16) -> Result<Variant, HRESULT> {
    macro_rules! integer {
        ($member:ident) => {{
            let whole = number.integer()?;
            Variant::with(vt, |data| data.$member = whole)
        }};
    }
    Ok(match vt {
        VT_I1 => integer!(cVal),
        VT_UI1 => integer!(bVal),
        VT_I2 => integer!(iVal),
        VT_UI2 => integer!(uiVal),
        VT_I4 | VT_INT => integer!(lVal),
        VT_UI4 | VT_UINT => integer!(ulVal),
        VT_I8 => integer!(llVal),
        VT_UI8 => integer!(ullVal),
        VT_BOOL => truth(number.is_true()),
        VT_R4 => {
            let single = number.single()?;
            Variant::with(vt, |data| data.fltVal = single)
        }
        VT_R8 => Variant::with(vt, |data| data.dblVal = number.double()),
        VT_DATE => {
            let days = date::checked(number.double())?;
            Variant::with(vt, |data| data.date = Date(days))
        }
        VT_CY => {
            let currency = number.currency()?;
            Variant::with(vt, |data| data.cyVal = currency)
        }
        VT_DECIMAL => Variant::from_decimal(number.decimal()?),
        _ => return Err(DISP_E_TYPEMISMATCH),
    })
}

fn truth(is: bool) -> Variant {
    let value = if is { VARIANT_TRUE } else { VARIANT_FALSE };
    Variant::with(VT_BOOL, |data| data.boolVal = value)
}

/// The text of a plain value.
unsafe fn as_text(value: &Variant, flags: u16) -> Result<String, HRESULT> {
    // SAFETY: the callers pass a live value; its type says which member holds.
    unsafe {
        match value.vt {
            VT_EMPTY => Ok(String::new()),
            VT_BOOL if flags & (VARIANT_ALPHABOOL | VARIANT_LOCALBOOL) != 0 => {
                Ok(if value.data.boolVal == 0 { "False" } else { "True" }.to_owned())
            }
            VT_DATE => date::text(value.data.date.0),
            _ => text::number(number_of(value)?),
        }
    }
}

/// What a string variant says.
unsafe fn text_of(value: &Variant) -> String {
    // SAFETY: the callers pass a live string variant, which keeps its string.
    let text = core::mem::ManuallyDrop::new(unsafe { Bstr::from_raw(value.data.bstrVal) });
    text.to_string()
}

fn owned_text(text: &str) -> Result<Variant, HRESULT> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let count = u32::try_from(units.len()).map_err(|_| E_OUTOFMEMORY)?;
    // SAFETY: that many readable units. Also no text is a string of its own:
    // callers of C functions look at the pointer.
    let raw = unsafe { strings::alloc_units(units.as_ptr(), count) };
    if raw.is_null() {
        return Err(E_OUTOFMEMORY);
    }
    Ok(Variant::with(VT_BSTR, |data| data.bstrVal = raw))
}
