//! Tables: what `IMAPITable` does, over rows that somebody else finds.
//!
//! A [`Table`] keeps columns, restriction, sort order, headings, position and
//! bookmarks, and asks a [`RowSource`] for slices. The source answers exactly (a
//! store provider in SQL) or says `TOO_COMPLEX`; then the engine reads all rows and
//! looks itself, by the same rules ([`evaluate`]). Nothing here locks: whoever
//! shares a table locks it.
//!
//! Facts: subsystem reference 2.4 and 2.5. Not here: asynchronous operations, which
//! are done when they return, and how events reach their sinks.
//!
//! - `source.rs`, `static_rows.rs`, `folder_rows.rs`: where rows come from
//! - `evaluate.rs`, `order.rs`, `plain.rs`: restrictions and orders, evaluated here
//! - `categories.rs`, `outline.rs`, `collapse_state.rs`: headings
//! - `table.rs`, `position.rs`, `bookmarks.rs`: the table itself
//! - `changes.rs`: events
#![forbid(unsafe_code)]

mod bookmarks;
mod categories;
mod changes;
mod collapse_state;
pub mod evaluate;
mod folder_rows;
mod order;
mod outline;
mod plain;
mod position;
#[cfg(test)]
mod sample;
mod source;
mod static_rows;
mod table;

pub use bookmarks::{Bookmark, Landing, MAX_BOOKMARKS};
pub use categories::MAX_TOGGLED_HEADINGS;
pub use changes::{MAX_LOCATED_ROWS, MAX_ROW_EVENTS, RowChange, TableEvent};
pub use collapse_state::{CollapseState, MAX_KEY_BYTES, oracle};
pub use folder_rows::{ContentsRows, HierarchyRows};
pub use outline::Expanded;
pub use plain::MAX_PLAIN_ROWS;
pub use position::{Moved, Position};
pub use source::{RowSource, Scope};
pub use static_rows::StaticRows;
pub use table::{MAX_COLUMNS, MAX_QUERY_ROWS, MAX_SORT_KEYS, Status, Table};
