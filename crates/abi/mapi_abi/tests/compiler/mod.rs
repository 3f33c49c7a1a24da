//! A C compiler, and what it says beside what Rust says.

#![allow(dead_code)] // not every test needs all of it

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Rust says of an expression in C.
pub type Claims = Vec<(String, u64)>;

/// The headers of Extended MAPI that include all others.
pub const EXTENDED: &[&str] = &["mapix.h", "mapispi.h"];

fn include_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../include")
}

/// Compiles a source of that name; any warning fails the test.
pub fn compile(compiler: &str, flags: &[&str], name: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("layout");
    std::fs::create_dir_all(&folder).expect("a folder");
    let (input, output) = (folder.join(name), folder.join(format!("{name}.out")));
    std::fs::write(&input, source).expect("written");
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Werror", "-pedantic", "-I"]).arg(include_folder());
    let compiled =
        command.args(flags).arg(&input).arg("-o").arg(&output).output().expect("a compiler");
    let said = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{name} {flags:?}: {said}");
    output
}

/// Asks the C compiler about each expression and compares.
pub fn compare(name: &str, headers: &[&str], claims: &Claims) {
    let mut source = String::from("#include <stddef.h>\n#include <stdio.h>\n");
    for header in headers {
        let _ = writeln!(source, "#include \"{header}\"");
    }
    source.push_str("int main(void)\n{\n");
    for (expression, _) in claims {
        let _ = writeln!(source, "printf(\"%llu\\n\", (unsigned long long)({expression}));");
    }
    source.push_str("return 0;\n}\n");
    let program = compile("cc", &["-std=c11", "-DUNICODE"], &format!("{name}.c"), &source);
    let output = Command::new(program).output().expect("the program runs");
    let said = String::from_utf8(output.stdout).expect("numbers");
    let numbers: Vec<u64> = said.lines().map(|line| line.parse().expect("a number")).collect();
    assert_eq!(numbers.len(), claims.len());
    let differ: Vec<String> = claims
        .iter()
        .zip(&numbers)
        .filter(|((_, rust), c)| rust != *c)
        .map(|((expression, rust), c)| format!("{expression}: {rust} in Rust, {c} in C"))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    println!("{name}: {} numbers are the same", numbers.len());
}
