//! Rows, sort orders, and the constants of tables.

use super::values::SPropValue;

/// A table's row.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SRow {
    pub ulAdrEntryPad: u32,
    pub cValues: u32,
    pub lpProps: *mut SPropValue,
}

/// Rows; `cRows` of them follow at offset 8.
#[repr(C)]
pub struct SRowSet {
    pub cRows: u32,
    pub aRow: [SRow; 0],
}

/// One key of a sort order.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SSortOrder {
    pub ulPropTag: u32,
    pub ulOrder: u32,
}

/// A sort order; `cSorts` keys follow at offset 12.
#[repr(C)]
pub struct SSortOrderSet {
    pub cSorts: u32,
    pub cCategories: u32,
    pub cExpanded: u32,
    pub aSort: [SSortOrder; 0],
}

pub const TABLE_SORT_ASCEND: u32 = 0;
pub const TABLE_SORT_DESCEND: u32 = 1;
/// The key is part of the same heading as the one before.
pub const TABLE_SORT_COMBINE: u32 = 2;
/// Headings stand in the order of their rows' largest value.
pub const TABLE_SORT_CATEG_MAX: u32 = 4;
/// Headings stand in the order of their rows' smallest value.
pub const TABLE_SORT_CATEG_MIN: u32 = 8;

pub const BOOKMARK_BEGINNING: u32 = 0;
pub const BOOKMARK_CURRENT: u32 = 1;
pub const BOOKMARK_END: u32 = 2;

/// `PR_ROW_TYPE`.
pub const TBL_LEAF_ROW: u32 = 1;
pub const TBL_EMPTY_CATEGORY: u32 = 2;
pub const TBL_EXPANDED_CATEGORY: u32 = 3;
pub const TBL_COLLAPSED_CATEGORY: u32 = 4;

/// `SetColumns`, `Restrict`, `SortTable`.
pub const TBL_ASYNC: u32 = 1;
pub const TBL_NOWAIT: u32 = 1;
pub const TBL_BATCH: u32 = 2;
/// `QueryColumns`.
pub const TBL_ALL_COLUMNS: u32 = 1;
/// `QueryRows`.
pub const TBL_NOADVANCE: u32 = 1;
/// `FindRow`.
pub const DIR_BACKWARD: u32 = 1;

/// `GetStatus`.
pub const TBLSTAT_COMPLETE: u32 = 0;
pub const TBLSTAT_QCHANGED: u32 = 7;
pub const TBLSTAT_SORTING: u32 = 9;
pub const TBLSTAT_SORT_ERROR: u32 = 10;
pub const TBLSTAT_SETTING_COLS: u32 = 11;
pub const TBLSTAT_SETCOL_ERROR: u32 = 13;
pub const TBLSTAT_RESTRICTING: u32 = 14;
pub const TBLSTAT_RESTRICT_ERROR: u32 = 15;

pub const TBLTYPE_SNAPSHOT: u32 = 0;
pub const TBLTYPE_KEYSET: u32 = 1;
pub const TBLTYPE_DYNAMIC: u32 = 2;

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<SRow>() == 16 && offset_of!(SRow, lpProps) == 8);
    assert!(size_of::<SRowSet>() == 8 && offset_of!(SRowSet, aRow) == 8);
    assert!(size_of::<SSortOrder>() == 8 && offset_of!(SSortOrder, ulOrder) == 4);
    assert!(size_of::<SSortOrderSet>() == 12 && offset_of!(SSortOrderSet, aSort) == 12);
};
