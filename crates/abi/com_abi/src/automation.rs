//! The types of automation: what values that scripting languages can pass look
//! like in memory ([MS-OAUT] 2.2), and `IDispatch`.
//!
//! These are the contract's plain structures; nobody owns anything here but
//! [`Bstr`]. What may be done with them (copying, converting, arrays) is in the
//! runtime's crate `automation`, and values with an owner are in the SDK's
//! module `automation`.

mod bstr;
mod dispatch;
pub mod late;
mod safe_array;
mod scalars;
mod type_info;
mod variant;

pub use bstr::Bstr;
pub use dispatch::{
    DISPATCH_METHOD, DISPATCH_PROPERTYGET, DISPATCH_PROPERTYPUT, DISPATCH_PROPERTYPUTREF,
    DISPID_NEWENUM, DISPID_PROPERTYPUT, DISPID_UNKNOWN, DISPID_VALUE, DispParams, ExcepInfo,
    IDispatch, IDispatch_Impl, IDispatch_Vtbl,
};
pub use safe_array::{
    FADF_AUTO, FADF_BSTR, FADF_CREATEVECTOR, FADF_DISPATCH, FADF_EMBEDDED, FADF_FIXEDSIZE,
    FADF_HAVEIID, FADF_HAVEVARTYPE, FADF_RECORD, FADF_STATIC, FADF_UNKNOWN, FADF_VARIANT,
    SafeArray, SafeArrayBound,
};
pub use scalars::{Currency, Date, Decimal, SystemTime, VARIANT_FALSE, VARIANT_TRUE, VariantBool};
pub use type_info::{
    CC_STDCALL, ElemDesc, FUNC_DISPATCH, FuncDesc, ITypeInfo, ITypeInfo_Impl, ITypeInfo_Vtbl,
    MEMBERID_NIL, PARAMFLAG_FIN, PARAMFLAG_FOPT, PARAMFLAG_FOUT, PARAMFLAG_FRETVAL, ParamDesc,
    TKIND_DISPATCH, TYPEFLAG_FDUAL, TypeAttr, TypeDesc, VT_HRESULT, VT_PTR, VT_SAFEARRAY, VT_VOID,
};
pub use variant::{
    VARIANT_ALPHABOOL, VARIANT_LOCALBOOL, VARIANT_NOUSEROVERRIDE, VARIANT_NOVALUEPROP, VT_ARRAY,
    VT_BOOL, VT_BSTR, VT_BYREF, VT_CY, VT_DATE, VT_DECIMAL, VT_DISPATCH, VT_EMPTY, VT_ERROR, VT_I1,
    VT_I2, VT_I4, VT_I8, VT_INT, VT_NULL, VT_R4, VT_R8, VT_RECORD, VT_RESERVED, VT_TYPEMASK,
    VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UINT, VT_UNKNOWN, VT_VARIANT, VT_VECTOR, Variant,
    VariantData,
};
