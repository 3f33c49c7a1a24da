//! Where a path's key stands: HKEY_CLASSES_ROOT is a view.
//!
//! Follows the documented "Merged View of HKEY_CLASSES_ROOT". What is merged is
//! the list of classes: each stands below one of the two roots as a whole, and
//! the user's hides the machine's. The keys whose subkeys are such classes are
//! the root itself and, of the documented list, those that components use.

use rusqlite::Connection;

/// Where classes of the data folder's owner stand.
const USER: &str = "HKEY_CURRENT_USER\\Software\\Classes";
/// Where everybody's classes stand.
pub const MACHINE: &str = "HKEY_LOCAL_MACHINE\\Software\\Classes";
/// The view's own root.
pub const VIEW: &str = "HKEY_CLASSES_ROOT";

/// SQL for the key `?1` and all below it. What follows a backslash in the order
/// of characters is `]`, so this is a range of the index.
pub const AT_OR_BELOW: &str = "path = ?1 OR path >= ?1 || '\\' AND path < ?1 || ']'";

/// Keys directly below HKEY_CLASSES_ROOT whose subkeys are merged.
const MERGED: &[&str] =
    &["AppID", "CLSID", "Component Categories", "FileType", "Interface", "TypeLib"];

/// Where a key stands.
pub enum Place {
    /// In one place.
    One(String),
    /// In two, of which the first goes before the second.
    Two([String; 2]),
}

impl Place {
    /// The paths in the file, the one that goes first before the other.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Two(paths) => paths.as_slice(),
        };
        paths.iter().map(|path| &**path)
    }
}

/// Whether the file has a key under exactly this path.
pub fn exists(connection: &Connection, path: &str) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM key WHERE path = ?1")?.exists([path])
}

/// Where the key of a path stands, or would stand. A path with an unknown root
/// is its own place.
pub fn locate(connection: &Connection, path: &str) -> rusqlite::Result<Place> {
    let (first, below) = match path.split_once('\\') {
        Some((first, below)) => (first, Some(below)),
        None => (path, None),
    };
    let Some(root) = reg_file::root(first) else { return Ok(Place::One(path.to_owned())) };
    let join = |root: &str| below.map_or(root.to_owned(), |below| format!("{root}\\{below}"));
    if root != VIEW {
        return Ok(Place::One(join(root)));
    }
    let Some(class) = below.and_then(class) else {
        return Ok(Place::Two([join(USER), join(MACHINE)]));
    };
    let hidden = exists(connection, &format!("{USER}\\{class}"))?;
    Ok(Place::One(join(if hidden { USER } else { MACHINE })))
}

/// The part of a path below the view that stands as a whole: `Partywall.Mail`,
/// `CLSID\{…}`. None for the keys that are merged.
fn class(below: &str) -> Option<&str> {
    let mut ends = below.match_indices('\\').map(|(at, _)| at);
    let first = ends.next().unwrap_or(below.len());
    let name = below.get(..first)?;
    if !MERGED.iter().any(|merged| merged.eq_ignore_ascii_case(name)) {
        return Some(name);
    }
    if first == below.len() {
        return None;
    }
    below.get(..ends.next().unwrap_or(below.len()))
}

#[cfg(test)]
mod tests {
    use super::class;

    #[test]
    fn a_class_is_what_stands_as_a_whole() {
        assert_eq!(class("A.B\\CLSID"), Some("A.B"));
        assert_eq!(class("A.B"), Some("A.B"));
        assert_eq!(class("clsid"), None);
        assert_eq!(class("CLSID\\{A}"), Some("CLSID\\{A}"));
        assert_eq!(class("CLSID\\{A}\\InprocServer32\\X"), Some("CLSID\\{A}"));
        assert_eq!(class("CLSIDs\\{A}"), Some("CLSIDs"));
    }
}
