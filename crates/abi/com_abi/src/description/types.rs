//! What a parameter or a field is: its place in memory, and the facts with which
//! its content travels.
//!
//! A pointer and what it points to are two types. Pointers to arrays and strings
//! point to [`Shape::Array`] and [`Shape::String`], whose bytes depend on other
//! values: [`Expression`] names these, in the *scope* of the type, which is the
//! frame for parameters and the structure for fields.

use windows_core::GUID;

use super::{DescriptionOf, List};

/// A type.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Type {
    /// Bytes in memory; 0 when they depend on other values.
    pub size: u32,
    /// Alignment in memory.
    pub align: u32,
    /// The rest.
    pub shape: Shape,
}

/// See [`Type`].
#[repr(C, u32)]
#[derive(Clone, Copy)]
pub enum Shape {
    /// A number or identifier.
    Base(Base),
    /// A pointer.
    Pointer(Pointer),
    /// A string that ends with a zero; only behind a pointer.
    String(Unit),
    /// As many elements as the type says.
    Fixed(Fixed),
    /// As many elements as other values say; behind a pointer, or as the last
    /// field of a structure.
    Array(Array),
    /// A structure.
    Structure(Structure),
    /// A union.
    Union(Union),
    /// An interface pointer.
    Interface(InterfaceType),
    /// `BSTR`.
    Bstr,
    /// `VARIANT`.
    Variant,
    /// `SAFEARRAY *`; the type of its elements, or 0 when it is not fixed.
    SafeArray(u16),
}

/// A number or identifier.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// 8 bits with sign.
    I8,
    /// 8 bits.
    U8,
    /// 16 bits with sign.
    I16,
    /// 16 bits.
    U16,
    /// A 16-bit unit of text.
    WideChar,
    /// 32 bits with sign.
    I32,
    /// 32 bits.
    U32,
    /// 64 bits with sign.
    I64,
    /// 64 bits.
    U64,
    /// 32-bit floating point.
    F32,
    /// 64-bit floating point.
    F64,
    /// An enumeration: 32 bits in memory, 16 on a wire.
    Enum16,
    /// An enumeration (`v1_enum`): 32 bits.
    Enum32,
    /// A result code.
    Hresult,
    /// An identifier of 16 bytes.
    Guid,
    /// `VARIANT_BOOL`: 16 bits, -1 or 0.
    Bool,
    /// `CURRENCY`: 64 bits.
    Currency,
    /// `DATE`: a 64-bit floating point number.
    Date,
}

impl Base {
    /// Bytes in memory.
    pub const fn size(self) -> u32 {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::WideChar | Self::Bool => 2,
            Self::I64 | Self::U64 | Self::F64 | Self::Currency | Self::Date => 8,
            Self::Guid => 16,
            _ => 4,
        }
    }

    /// Whether it can count or select.
    pub const fn is_integer(self) -> bool {
        !matches!(self, Self::F32 | Self::F64 | Self::Guid | Self::Currency | Self::Date)
    }
}

/// How a pointer behaves.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerKind {
    /// Never null, and never changes.
    Ref,
    /// May be null; nothing else points to the same place.
    Unique,
    /// May be null, and others may point to the same place.
    Full,
}

/// A pointer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pointer {
    /// How it behaves.
    pub kind: PointerKind,
    /// What it points to.
    pub target: &'static Type,
}

/// The unit of a string.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 8 bits.
    Narrow = 1,
    /// 16 bits.
    Wide = 2,
}

/// A fixed array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Fixed {
    /// An element.
    pub element: &'static Type,
    /// Their number.
    pub count: u32,
}

/// A conformant array; with a length also varying.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Array {
    /// An element.
    pub element: &'static Type,
    /// `size_is`: elements that there is room for.
    pub size: Expression,
    /// `length_is`: elements that travel; [`Operand::None`] for all.
    pub length: Expression,
    /// Whether it is text that ends with a zero (`[string, size_is]`).
    pub is_string: bool,
}

/// A structure.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Structure {
    /// Its fields in order.
    pub fields: List<Field>,
    /// Whether it is an encapsulated union: a tag, and the union that it selects.
    pub is_encapsulated: bool,
}

/// A field of a structure.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Field {
    /// Where it stands in the structure.
    pub offset: u32,
    /// What it is.
    pub kind: &'static Type,
}

/// A union.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Union {
    /// The arms that a value selects.
    pub arms: List<Arm>,
    /// The arm for all other values; none: they are mistakes.
    pub default: Option<&'static Arm>,
    /// The type of the value that selects.
    pub switch_type: Base,
    /// `switch_is`: the value, in the scope of the union.
    pub switch: Expression,
}

/// An arm of a union.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Arm {
    /// What selects it.
    pub value: i64,
    /// What it is; none for an empty arm.
    pub kind: Option<&'static Type>,
}

/// An interface pointer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct InterfaceType {
    /// Which interface, unless `iid_is` says.
    pub iid: GUID,
    /// `iid_is`: the address of an identifier; [`Operand::None`] when fixed.
    pub iid_is: Expression,
    /// Its description, where the library has it.
    pub description: Option<DescriptionOf>,
}

/// What an [`Expression`] begins with.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// There is no expression.
    None,
    /// Zero.
    Constant,
    /// The value at a place of the scope.
    Value,
    /// The value that the pointer at a place of the scope points to.
    Pointee,
}

/// A number that depends on other values: the operand and what is added to it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Expression {
    /// What it begins with.
    pub operand: Operand,
    /// The place in the scope.
    pub offset: u32,
    /// The type of the value.
    pub base: Base,
    /// What is added.
    pub add: i64,
}

impl Expression {
    /// No expression.
    pub const NONE: Self = Self { operand: Operand::None, offset: 0, base: Base::U32, add: 0 };

    /// A constant.
    pub const fn constant(value: i64) -> Self {
        Self { operand: Operand::Constant, add: value, ..Self::NONE }
    }

    /// The value at `offset` plus `add`.
    ///
    /// # Panics
    /// When the type is no integer; in constants that is a compile error.
    pub const fn value(offset: usize, of: &Type, add: i64) -> Self {
        let base = of.integer();
        Self { operand: Operand::Value, offset: offset as u32, base, add }
    }

    /// The value that the pointer at `offset` points to, plus `add`.
    ///
    /// # Panics
    /// As [`Expression::value`].
    pub const fn pointee(offset: usize, of: &Type, add: i64) -> Self {
        let base = of.integer();
        Self { operand: Operand::Pointee, offset: offset as u32, base, add }
    }

    /// The identifier that the pointer at `offset` points to.
    pub const fn identifier(offset: usize) -> Self {
        Self { operand: Operand::Pointee, offset: offset as u32, base: Base::Guid, add: 0 }
    }

    /// Whether there is one.
    pub const fn is_some(&self) -> bool {
        !matches!(self.operand, Operand::None)
    }
}

const POINTER: u32 = size_of::<*const u8>() as u32;

impl Type {
    /// A base type.
    pub const fn base(base: Base) -> Self {
        let align = if matches!(base, Base::Guid) { 4 } else { base.size() };
        Self { size: base.size(), align, shape: Shape::Base(base) }
    }

    const fn word(shape: Shape) -> Self {
        Self { size: POINTER, align: POINTER, shape }
    }

    /// A pointer.
    pub const fn pointer(kind: PointerKind, target: &'static Self) -> Self {
        Self::word(Shape::Pointer(Pointer { kind, target }))
    }

    /// A string, behind a pointer.
    pub const fn string(unit: Unit) -> Self {
        Self { size: 0, align: unit as u32, shape: Shape::String(unit) }
    }

    /// A fixed array.
    pub const fn fixed(element: &'static Self, count: usize) -> Self {
        let size = element.size * count as u32;
        let shape = Shape::Fixed(Fixed { element, count: count as u32 });
        Self { size, align: element.align, shape }
    }

    /// An array of a size that other values say.
    ///
    /// # Panics
    /// When the elements have no fixed size; in constants that is a compile error.
    pub const fn array(element: &'static Self, size: Expression, length: Expression) -> Self {
        assert!(element.size > 0, "the elements of an array have a fixed size");
        let shape = Shape::Array(Array { element, size, length, is_string: false });
        Self { size: 0, align: element.align, shape }
    }

    /// Text in a buffer of a size that other values say.
    pub const fn buffer(element: &'static Self, size: Expression) -> Self {
        let length = Expression::NONE;
        let shape = Shape::Array(Array { element, size, length, is_string: true });
        Self { size: 0, align: element.align, shape }
    }

    /// A structure of `size` bytes.
    pub const fn structure(size: usize, align: usize, structure: Structure) -> Self {
        Self { size: size as u32, align: align as u32, shape: Shape::Structure(structure) }
    }

    /// A union of `size` bytes.
    pub const fn union(size: usize, align: usize, union: Union) -> Self {
        Self { size: size as u32, align: align as u32, shape: Shape::Union(union) }
    }

    /// The same union, selected by `switch`.
    ///
    /// # Panics
    /// When it is no union; in constants that is a compile error.
    pub const fn switched(&self, switch: Expression) -> Self {
        match self.shape {
            Shape::Union(union) => Self { shape: Shape::Union(Union { switch, ..union }), ..*self },
            _ => panic!("`switch_is` selects an arm of a union"),
        }
    }

    /// A pointer to an interface that is known by its identifier.
    pub const fn interface(iid: GUID, description: Option<DescriptionOf>) -> Self {
        let iid_is = Expression::NONE;
        Self::word(Shape::Interface(InterfaceType { iid, iid_is, description }))
    }

    /// A pointer to the interface that another value names.
    pub const fn interface_is(iid_is: Expression) -> Self {
        let iid = GUID::from_u128(0);
        Self::word(Shape::Interface(InterfaceType { iid, iid_is, description: None }))
    }

    /// `BSTR`.
    pub const BSTR: Self = Self::word(Shape::Bstr);
    /// `VARIANT`.
    pub const VARIANT: Self = Self { size: 24, align: 8, shape: Shape::Variant };

    /// `SAFEARRAY *`, of elements of type `vt`, or 0 for any.
    pub const fn safe_array(vt: u16) -> Self {
        Self::word(Shape::SafeArray(vt))
    }

    /// The type of this integer.
    ///
    /// # Panics
    /// When it is none; in constants that is a compile error.
    pub const fn integer(&self) -> Base {
        match self.shape {
            Shape::Base(base) if base.is_integer() => base,
            _ => panic!("only an integer counts or selects"),
        }
    }
}
