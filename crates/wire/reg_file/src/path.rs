//! Paths of keys: the root keys, their short names, what a part may be.

/// The root keys under their long and short names.
const ROOTS: &[(&str, &str)] = &[
    ("HKEY_CLASSES_ROOT", "HKCR"),
    ("HKEY_CURRENT_USER", "HKCU"),
    ("HKEY_LOCAL_MACHINE", "HKLM"),
    ("HKEY_USERS", "HKU"),
];

/// The long name of a root key that is named long or short, in any case.
pub fn root(name: &str) -> Option<&'static str> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    ROOTS.iter().find(|(long, short)| same(long) || same(short)).map(|(long, _)| *long)
}

/// A path with the long name of its root.
///
/// # Errors
/// A sentence: the root is not known, or a part is empty or unprintable.
pub fn canonical_path(path: &str) -> Result<String, &'static str> {
    let (first, below) = match path.split_once('\\') {
        Some((first, below)) => (first, Some(below)),
        None => (path, None),
    };
    let long = root(first).ok_or(
        "a path begins with HKEY_CLASSES_ROOT, HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, \
         HKEY_USERS, or HKCR, HKCU, HKLM, HKU",
    )?;
    let Some(below) = below else { return Ok(long.to_owned()) };
    if below.split('\\').any(|part| part.is_empty() || part.chars().any(char::is_control)) {
        return Err("a part of the path is empty or unprintable");
    }
    Ok(format!("{long}\\{below}"))
}

/// Checks the name of a value; the default value's is empty.
///
/// # Errors
/// A sentence: it has control characters, for which the format has no form.
pub fn check_value_name(name: &str) -> Result<(), &'static str> {
    if name.chars().any(char::is_control) {
        return Err("a value's name has no control characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_have_two_names_and_one_spelling() {
        assert_eq!(canonical_path("hklm\\A").as_deref(), Ok("HKEY_LOCAL_MACHINE\\A"));
        assert_eq!(canonical_path("HKEY_USERS").as_deref(), Ok("HKEY_USERS"));
        for bad in ["", "HKXX", "\\HKLM", "HKLM\\", "HKLM\\\\A", "HKLM\\a\tb", " HKLM"] {
            assert!(canonical_path(bad).is_err(), "{bad:?}");
        }
    }
}
