//! Rules for Rust files: headers, sizes, where `unsafe` may stand, what must
//! not be used.

use super::Source;

/// Most lines of a file, tests at its end not counted.
const MAX_FILE_LINES: usize = 600;
/// Most lines of a test file.
const MAX_TEST_FILE_LINES: usize = 800;
/// Most lines of a function.
const MAX_FUNCTION_LINES: usize = 80;

/// What must not appear in product code, where it may all the same, and what to
/// use instead.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("#[implement", &[], "use #[com_abi::class]: it catches panics and is bound to its apartment"),
    ("windows_core::AgileReference", &[], "it hands out the raw pointer on Linux"),
    ("HSTRING", &[], "it frees with another layout than it allocated with"),
    (
        "thread::Builder",
        &["crates/runtime/security/src/spawner.rs"],
        "threads are started by security::spawner",
    ),
    (
        "thread::spawn",
        &[
            // The mistake that is shown.
            "crates/host/historical_pollers/src/child.rs",
            "crates/runtime/com/src/sync/loom.rs",
            "crates/runtime/com/src/sync/shuttle.rs",
            "crates/runtime/mapi_connection/src/sync/loom.rs",
            "crates/runtime/mapi_connection/src/sync/shuttle.rs",
        ],
        "threads are started by security::spawner",
    ),
    ("todo!(", &[], "finish it"),
    ("unimplemented!(", &[], "finish it"),
];

/// Checks every file.
pub fn check(sources: &[Source], wrong: &mut Vec<String>) {
    for source in sources {
        let shown = source.path.to_string_lossy().into_owned();
        // These files name what they forbid.
        if shown.starts_with("xtask/src/tidy") {
            continue;
        }
        let production = production(&source.text);
        check_header(&shown, &source.text, wrong);
        check_sizes(&shown, production, wrong);
        check_unsafe(&shown, &source.text, wrong);
        if !is_test(&shown) {
            check_forbidden(&shown, production, wrong);
        }
    }
}

fn is_test(shown: &str) -> bool {
    shown.contains("/tests/")
        || shown.starts_with("tests/")
        || shown.ends_with("/tests.rs")
        || shown.ends_with("_tests.rs")
}

/// The text before the file's unit tests.
fn production(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ").and_then(|at| text.get(..at)).unwrap_or(text)
}

fn check_header(shown: &str, text: &str, wrong: &mut Vec<String>) {
    if !text.starts_with("//!") && !text.starts_with("#![doc = include_str!") {
        wrong.push(format!("{shown} does not say in its first line what it is (//!)"));
    }
}

fn check_sizes(shown: &str, text: &str, wrong: &mut Vec<String>) {
    let lines = text.lines().count();
    let limit = if is_test(shown) { MAX_TEST_FILE_LINES } else { MAX_FILE_LINES };
    // Declarations in the order of a specification are a table, not a text.
    if lines > limit && !shown.ends_with("abi/mapi_abi/src/interfaces.rs") {
        wrong.push(format!("{shown} has {lines} lines: split it"));
    }
    for (name, length) in functions(text) {
        if length > MAX_FUNCTION_LINES && !is_test(shown) {
            wrong.push(format!("{shown}: fn {name} has {length} lines: split it"));
        }
    }
}

/// Names and lengths of functions, by the indentation that rustfmt gives.
fn functions(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, String, usize)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let code = line.trim_start();
        if code == "}" {
            while let Some((at, name, start)) = open.pop_if(|(at, _, _)| *at >= indent) {
                if at == indent {
                    found.push((name, number - start + 1));
                }
            }
        }
        let is_function = code.contains("fn ") && !code.starts_with("//") && !code.ends_with(';');
        let name = code.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
        if let Some(name) = name.filter(|_| is_function && !code.contains('"')) {
            open.push((indent, name.to_owned(), number));
        }
    }
    found
}

fn check_unsafe(shown: &str, text: &str, wrong: &mut Vec<String>) {
    let wire = shown.starts_with("crates/wire/");
    if wire && shown.ends_with("src/lib.rs") && !text.contains("#![forbid(unsafe_code)]") {
        wrong.push(format!("{shown} does not forbid unsafe code"));
    }
    let allowed = shown.starts_with("crates/abi/")
        || shown.starts_with("crates/runtime/")
        || shown.starts_with("crates/extensions/mail_component/")
        || shown.starts_with("crates/extensions/marshal_samples/")
        || shown.ends_with("ffi.rs")
        || shown.contains("/ffi/")
        || is_test(shown);
    let uses = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("unsafe impl")
    };
    if !allowed && text.lines().any(uses) {
        wrong.push(format!("{shown} has unsafe code: it belongs in a file named ffi.rs"));
    }
}

fn check_forbidden(shown: &str, text: &str, wrong: &mut Vec<String>) {
    for (what, exceptions, instead) in FORBIDDEN {
        let used = text
            .lines()
            .any(|line| line.split("//").next().is_some_and(|code| code.contains(what)));
        if used && !exceptions.contains(&shown) {
            wrong.push(format!("{shown} uses {what}: {instead}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let source = Source { path: path.into(), text: text.into() };
        check(&[source], &mut wrong);
        wrong
    }

    #[test]
    fn each_rule_finds_its_breach() {
        let long = format!("//! x\nfn a() {{\n{}}}\n", "    b();\n".repeat(MAX_FUNCTION_LINES));
        for (path, text) in [
            ("crates/host/web/src/a.rs", "fn a() {}"),
            ("crates/host/web/src/a.rs", &*format!("//! x\n{}", "\n".repeat(MAX_FILE_LINES))),
            ("crates/host/web/src/a.rs", &*long),
            ("crates/host/web/src/a.rs", "//! x\nfn a() { unsafe { b() } }"),
            ("crates/wire/ndr/src/lib.rs", "//! x\n"),
            ("crates/runtime/com/src/a.rs", "//! x\nfn a() { std::thread::spawn(b); }"),
            ("crates/runtime/com/src/a.rs", "//! x\n#[implement(IFoo)]\nstruct A;"),
        ] {
            assert_eq!(complaints(path, text).len(), 1, "{path}: {text:.60}");
        }
    }

    #[test]
    fn what_is_allowed_passes() {
        for (path, text) in [
            ("crates/host/web/src/ffi.rs", "//! x\nfn a() { unsafe { b() } }"),
            ("crates/host/web/src/a.rs", "//! x\n// unsafe { } is not used\nfn a() {}"),
            ("crates/wire/ndr/src/lib.rs", "//! x\n#![forbid(unsafe_code)]\n"),
            ("crates/runtime/com/src/tests.rs", "//! x\nfn a() { std::thread::spawn(b); }"),
            ("crates/runtime/com/src/a_tests.rs", "//! x\nfn a() { std::thread::spawn(b); }"),
            ("crates/runtime/security/src/spawner.rs", "//! x\nuse std::thread::Builder;"),
        ] {
            assert_eq!(complaints(path, text), [""; 0], "{path}");
        }
    }
}
