//! Arguments of calls.

use com_abi::WideString;

use super::{lists, prop, restriction};
use crate::restriction::{Restriction, SortKey, SortOrder};
use crate::spi::Name;
use crate::structs::*;
use crate::tags::PropTag;
use crate::value::{EntryId, Prop, Row};

/// Memory of the arguments of one call.
#[derive(Default)]
pub struct Arguments {
    /// Everything that pointers lead to; 8-byte words, for alignment.
    blocks: Vec<Box<[u64]>>,
}

impl Arguments {
    /// No memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn block(&mut self, bytes: usize) -> *mut u8 {
        let mut block = vec![0u64; bytes.div_ceil(8).max(1)].into_boxed_slice();
        let start = block.as_mut_ptr().cast();
        self.blocks.push(block);
        start
    }

    /// What `build` makes of blocks of this value, which are never null.
    fn with<T>(&mut self, build: impl FnOnce(super::Allocator<'_>) -> Option<*mut T>) -> *mut T {
        let built = build(&mut |bytes| self.block(bytes));
        debug_assert!(built.is_some(), "Rust's allocator does not answer null");
        built.unwrap_or(core::ptr::null_mut())
    }

    /// Bytes; valid as long as `self`.
    pub fn bytes(&mut self, bytes: &[u8]) -> *mut u8 {
        let place = self.block(bytes.len());
        // SAFETY: a fresh block of that size.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
        place
    }

    /// A zero-ended text of 16-bit units; valid as long as `self`.
    pub fn text(&mut self, text: &str) -> *mut u16 {
        let units = WideString::new(text);
        let bytes: Vec<u8> = units.units().iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        self.bytes(&bytes).cast()
    }

    /// A list of tags; valid as long as `self`.
    pub fn tags(&mut self, tags: &[PropTag]) -> *mut SPropTagArray {
        self.with(|allocator| lists::tags(tags, allocator))
    }

    /// A sort order without headings; valid as long as `self`.
    pub fn sort_order(&mut self, keys: &[SortKey]) -> *mut SSortOrderSet {
        self.headed_order(&SortOrder::from(keys.to_vec()))
    }

    /// A sort order with headings; valid as long as `self`.
    pub fn headed_order(&mut self, order: &SortOrder) -> *mut SSortOrderSet {
        self.with(|allocator| lists::sort_order(order, allocator))
    }

    /// A condition; valid as long as `self`.
    pub fn restriction(&mut self, restriction: &Restriction) -> *mut SRestriction {
        self.with(|allocator| restriction::restriction(restriction, allocator))
    }

    /// Entry identifiers; valid as long as `self`.
    pub fn entry_list(&mut self, entries: &[EntryId]) -> *mut ENTRYLIST {
        self.with(|allocator| lists::entry_list(entries, allocator))
    }

    /// Pointers to names; valid as long as `self`.
    pub fn names(&mut self, names: &[Name]) -> *mut *mut MAPINAMEID {
        let names: Vec<Option<Name>> = names.iter().cloned().map(Some).collect();
        self.with(|allocator| lists::names(&names, allocator))
    }

    /// Properties; valid as long as `self`.
    pub fn props(&mut self, props: &[Prop]) -> *mut SPropValue {
        let first = self.block(size_of::<SPropValue>() * props.len()).cast::<SPropValue>();
        for (at, wanted) in props.iter().enumerate() {
            // SAFETY: a fresh block with room for all; the allocator gives blocks
            // of this value.
            let built = unsafe { prop(wanted, first.add(at), &mut |bytes| self.block(bytes)) };
            debug_assert!(built, "Rust's allocator does not answer null");
        }
        first
    }

    /// Recipients; valid as long as `self`.
    pub fn adr_list(&mut self, rows: &[Row]) -> *mut ADRLIST {
        let bytes = size_of::<ADRLIST>() + size_of::<ADRENTRY>() * rows.len();
        let list = self.block(bytes).cast::<ADRLIST>();
        for (at, row) in rows.iter().enumerate() {
            let rgPropVals = if row.is_empty() { core::ptr::null_mut() } else { self.props(row) };
            let entry = ADRENTRY { ulReserved1: 0, cValues: row.len() as u32, rgPropVals };
            // SAFETY: a fresh block with room for all.
            unsafe { (&raw mut (*list).aEntries).cast::<ADRENTRY>().add(at).write(entry) };
        }
        // SAFETY: a fresh block that begins with the count.
        unsafe { (&raw mut (*list).cEntries).write(rows.len() as u32) };
        list
    }
}
