//! What a file says, as plain values in the order of its lines.

use crate::value::Value;

/// A file: what is to be done, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegFile {
    /// Keys to make and to delete.
    pub entries: Vec<Entry>,
}

/// One bracketed line and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `[-KEY]`: the key goes, with everything below it.
    Delete(String),
    /// `[KEY]`: the key is there afterwards.
    Key {
        /// Path with the long name of its root.
        path: String,
        /// Its lines.
        settings: Vec<Setting>,
    },
}

/// `"name"=…`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Name of the value; the default value, written `@`, has the empty name.
    pub name: String,
    /// What it becomes; `None`, written `-`, deletes it.
    pub value: Option<Value>,
}
