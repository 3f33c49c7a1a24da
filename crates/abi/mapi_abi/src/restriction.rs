//! Restrictions and sort orders as safe Rust values (`SRestriction`,
//! `SSortOrderSet`): what a table shows and in which order.

use crate::tags::PropTag;
use crate::value::Value;

/// Deepest nesting of a restriction that is read from a caller.
pub const MAX_RESTRICTION_DEPTH: usize = 32;
/// Most conditions in one restriction that is read from a caller.
pub const MAX_RESTRICTION_NODES: usize = 1024;

/// `RELOP_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelOp {
    /// `=`
    Eq,
    /// `>=`
    Ge,
    /// `>`
    Gt,
    /// `<=`
    Le,
    /// `<`
    Lt,
    /// `!=`
    Ne,
}

/// The low word of a fuzzy level (`FL_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The whole value.
    Full,
    /// A prefix.
    Prefix,
    /// Anywhere.
    Substring,
}

/// A condition that a row must meet.
#[derive(Clone, Debug, PartialEq)]
pub enum Restriction {
    /// All of them (`RES_AND`); true when empty.
    And(Vec<Restriction>),
    /// Bits of a long property are set or clear (`RES_BITMASK`).
    BitMask {
        /// The property, of type long.
        tag: PropTag,
        /// The bits.
        mask: u32,
        /// Whether any of them must be set (`BMR_NEZ`) or none (`BMR_EQZ`).
        non_zero: bool,
    },
    /// Text is found in a string property (`RES_CONTENT`).
    Content {
        /// The property, a string.
        tag: PropTag,
        /// The text looked for.
        text: String,
        /// Where it must stand.
        kind: Match,
        /// Whether capitals count as small letters (Unicode, simple folding).
        ignore_case: bool,
    },
    /// The property exists (`RES_EXIST`).
    Exist(PropTag),
    /// The opposite (`RES_NOT`).
    Not(Box<Restriction>),
    /// Any of them (`RES_OR`); false when empty.
    Or(Vec<Restriction>),
    /// A comparison with a value (`RES_PROPERTY`); false when the row does not
    /// have the property.
    Property {
        /// The property.
        tag: PropTag,
        /// How it is compared.
        op: RelOp,
        /// With what.
        value: Value,
    },
}

/// One key of a sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The column.
    pub tag: PropTag,
    /// Whether larger values come first. Rows without the property come first
    /// in ascending and last in descending order.
    pub descending: bool,
}
