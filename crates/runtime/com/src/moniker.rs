//! Monikers: names of objects that know how to find them.
//!
//! # Start here
//! - `Content` is what one of the system's monikers says; `object` is the object
//!   that has it, and its interface;
//! - `kinds`, and `anti`, `class`, `composite`, `file`, `item`: what each does;
//! - `calls`: the way to ask any moniker, also one that somebody else wrote;
//! - `compare`: what two have in common, and what the running object table
//!   compares;
//! - `persist`: how they stand in a stream ([MS-OSHARED] 2.3.7);
//! - `parse`: from a text to a moniker; `bind_context`: what they are bound in.
//!
//! A moniker is bound to the apartment that made it like any object, and is
//! constant but for `Load`.

pub mod anti;
pub mod bind_context;
pub mod calls;
pub mod class;
pub mod compare;
pub mod composite;
pub mod enumerate;
pub mod file;
pub mod item;
pub mod kinds;
pub mod object;
pub mod parse;
pub mod persist;

use com_abi::moniker::{
    CLSID_ANTI_MONIKER, CLSID_CLASS_MONIKER, CLSID_COMPOSITE_MONIKER, CLSID_FILE_MONIKER,
    CLSID_ITEM_MONIKER, IBindCtx, IMoniker, MKSYS_ANTIMONIKER, MKSYS_CLASSMONIKER,
    MKSYS_FILEMONIKER, MKSYS_GENERICCOMPOSITE, MKSYS_ITEMMONIKER,
};
use com_abi::{GUID, HRESULT};

/// Most parts of a composite.
pub const MAX_COMPONENTS: usize = 1024;
/// Longest text of a part, in bytes of a stream.
pub const MAX_TEXT_BYTES: u32 = 64 << 10;

/// What one of the system's monikers says.
#[derive(Clone, Debug)]
pub enum Content {
    /// Takes back as many as stand before it.
    Anti(u32),
    /// A class.
    Class(class::Class),
    /// Several, none of which is a composite.
    Composite(Vec<IMoniker>),
    /// A file.
    File(file::File),
    /// A part of what stands before it.
    Item(item::Item),
}

impl Content {
    /// What one of the class `clsid` says before it is loaded.
    pub fn of_class(clsid: &GUID) -> Option<Self> {
        Some(match *clsid {
            CLSID_ANTI_MONIKER => Self::Anti(1),
            CLSID_CLASS_MONIKER => Self::Class(class::Class::default()),
            CLSID_COMPOSITE_MONIKER => Self::Composite(Vec::new()),
            CLSID_FILE_MONIKER => Self::File(file::File::default()),
            CLSID_ITEM_MONIKER => Self::Item(item::Item::default()),
            _ => return None,
        })
    }

    /// The class that loads it.
    pub fn clsid(&self) -> GUID {
        match self {
            Self::Anti(_) => CLSID_ANTI_MONIKER,
            Self::Class(_) => CLSID_CLASS_MONIKER,
            Self::Composite(_) => CLSID_COMPOSITE_MONIKER,
            Self::File(_) => CLSID_FILE_MONIKER,
            Self::Item(_) => CLSID_ITEM_MONIKER,
        }
    }

    /// Which of the system's it is.
    pub fn system_kind(&self) -> u32 {
        match self {
            Self::Anti(_) => MKSYS_ANTIMONIKER,
            Self::Class(_) => MKSYS_CLASSMONIKER,
            Self::Composite(_) => MKSYS_GENERICCOMPOSITE,
            Self::File(_) => MKSYS_FILEMONIKER,
            Self::Item(_) => MKSYS_ITEMMONIKER,
        }
    }
}

/// What a moniker is bound with.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    /// The context.
    pub context: &'a IBindCtx,
    /// What stands before it.
    pub left: Option<&'a IMoniker>,
}

/// A code of success with the moniker that is answered, if any.
pub type Answer = Result<(HRESULT, Option<IMoniker>), HRESULT>;
