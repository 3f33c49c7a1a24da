//! `%NAME%` in a text.

/// Replaces the variables that `variable` knows; the others stay as they are,
/// as documented for ExpandEnvironmentStrings. `None` when the result would
/// have more than `limit` bytes.
pub fn expand(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
    limit: usize,
) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let named = after.split_once('%').filter(|(name, _)| !name.is_empty());
        match named.and_then(|(name, after)| Some((variable(name)?, after))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
        if out.len() > limit {
            return None;
        }
    }
    out.push_str(rest);
    (out.len() <= limit).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn known_variables_are_replaced_and_others_stay() {
        let variable = |name: &str| (name == "A").then(|| "1%B%".to_owned());
        for (text, expected) in [
            ("", ""),
            ("x", "x"),
            ("%A%", "1%B%"),
            ("x%A%/%A%y", "x1%B%/1%B%y"),
            ("%B%A%", "%B1%B%"),
            ("%%A%", "%1%B%"),
            ("100%", "100%"),
            ("%a% %", "%a% %"),
        ] {
            assert_eq!(expand(text, variable, 100).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(expand("%A%x", variable, 5).as_deref(), Some("1%B%x"));
        assert_eq!(expand("%A%x", variable, 4), None);
        assert_eq!(expand("%A%%A%", variable, 7), None);
    }
}
