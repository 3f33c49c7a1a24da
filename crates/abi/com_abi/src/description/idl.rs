//! Which Rust types can be described.

use windows_core::{GUID, HRESULT};

use super::{Base, Type};
use crate::automation::{Bstr, Currency, Date, Decimal, Variant, VariantBool};

/// A type that can be a parameter, a field or an element. `#[derive(Idl)]`
/// implements it for structures, unions and enumerations.
///
/// # Safety
/// The type has the size and layout that the description says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not described",
    label = "a proxy cannot pass this type",
    note = "fixed-size numbers, GUID, HRESULT and VARIANT are known; derive `Idl` for a \
            structure, union or enumeration"
)]
pub unsafe trait Idl {
    /// Its description.
    const TYPE: &'static Type;
}

macro_rules! base {
    ($($ty:ty = $base:ident;)*) => {$(
        const _: () = assert!(size_of::<$ty>() == Base::$base.size() as usize);
        // SAFETY: the size is checked above; all bits are a value.
        unsafe impl Idl for $ty {
            const TYPE: &'static Type = &Type::base(Base::$base);
        }
    )*};
}

base! {
    i8 = I8;
    u8 = U8;
    i16 = I16;
    u16 = U16;
    i32 = I32;
    u32 = U32;
    i64 = I64;
    u64 = U64;
    f32 = F32;
    f64 = F64;
    HRESULT = Hresult;
    GUID = Guid;
    Currency = Currency;
    Date = Date;
    VariantBool = Bool;
}

// SAFETY: the size and meaning of the C pointer.
unsafe impl Idl for Bstr {
    const TYPE: &'static Type = &Type::BSTR;
}

// SAFETY: 24 bytes, as asserted where it is declared.
unsafe impl Idl for Variant {
    const TYPE: &'static Type = &Type::VARIANT;
}

// SAFETY: the fields are those of the structure.
unsafe impl Idl for Decimal {
    const TYPE: &'static Type = {
        use core::mem::offset_of;

        use super::{Field, List, Structure};
        const FIELDS: &[Field] = &[
            Field { offset: offset_of!(Decimal, wReserved) as u32, kind: u16::TYPE },
            Field { offset: offset_of!(Decimal, scale) as u32, kind: u8::TYPE },
            Field { offset: offset_of!(Decimal, sign) as u32, kind: u8::TYPE },
            Field { offset: offset_of!(Decimal, Hi32) as u32, kind: u32::TYPE },
            Field { offset: offset_of!(Decimal, Lo64) as u32, kind: u64::TYPE },
        ];
        const STRUCTURE: Structure =
            Structure { fields: List::new(FIELDS), is_encapsulated: false };
        &Type::structure(size_of::<Decimal>(), align_of::<Decimal>(), STRUCTURE)
    };
}
