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
    /// Matches a pattern (`RELOP_RE`); no store here evaluates it: `TOO_COMPLEX`.
    Re,
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
    /// A condition with notes that do not count (`RES_COMMENT`,
    /// `RES_ANNOTATION`); true without a condition.
    Comment(Option<Box<Restriction>>),
    /// Two properties of the row are compared (`RES_COMPAREPROPS`); false when
    /// one is missing.
    CompareProps {
        /// How.
        op: RelOp,
        /// The left one.
        left: PropTag,
        /// The right one, of the same type.
        right: PropTag,
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
    /// Bytes are found in a binary property (`RES_CONTENT`).
    ContentBytes {
        /// The property, binary.
        tag: PropTag,
        /// The bytes looked for.
        bytes: Vec<u8>,
        /// Where they must stand.
        kind: Match,
    },
    /// At most so many rows meet the condition (`RES_COUNT`); only at the top.
    Count(u32, Box<Restriction>),
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
    /// A property's size in bytes is compared (`RES_SIZE`): of its value in
    /// memory, text with its zero in 16-bit units.
    Size {
        /// How.
        op: RelOp,
        /// The property.
        tag: PropTag,
        /// With what.
        bytes: u32,
    },
    /// Any of a message's recipients or attachments meets the condition
    /// (`RES_SUBRESTRICTION`).
    Sub {
        /// `PR_MESSAGE_RECIPIENTS` or `PR_MESSAGE_ATTACHMENTS`.
        table: PropTag,
        /// What one of its rows must meet.
        condition: Box<Restriction>,
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

/// How a key orders the headings of its table by their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// By the largest value among a heading's rows (`TABLE_SORT_CATEG_MAX`).
    Max,
    /// By the smallest one (`TABLE_SORT_CATEG_MIN`).
    Min,
}

/// A sort order with headings (`SSortOrderSet`).
///
/// `expanded <= categories <= keys.len()`; `combined` and `aggregates` name keys by
/// their place, in ascending order, and never the first one as combined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortOrder {
    /// All keys, most significant first, those of headings before the others.
    pub keys: Vec<SortKey>,
    /// How many of the first keys make headings.
    pub categories: usize,
    /// How many levels of headings are open at first.
    pub expanded: usize,
    /// Keys that are part of the same heading as the key before
    /// (`TABLE_SORT_COMBINE`).
    pub combined: Vec<usize>,
    /// Keys that order the headings before them.
    pub aggregates: Vec<(usize, Aggregate)>,
}

impl From<Vec<SortKey>> for SortOrder {
    /// An order without headings.
    fn from(keys: Vec<SortKey>) -> Self {
        Self { keys, ..Self::default() }
    }
}
