//! Automation from outside: a program in C, and the same one in C++, that has
//! nothing but the headers and the library.
#![allow(missing_docs)]

use std::process::Command;

use tests::compile;

/// Compiles and runs `c/automation.c`.
fn run(compiler: &str, language: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("automation");
    compile(compiler, &[language, &["-pedantic"]].concat(), "automation.c", &program, true);
    let output = Command::new(&program).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{compiler}: {}: {said}", output.status);
}

#[test]
fn every_function_does_from_c_what_its_documentation_says() {
    run("cc", &["-std=c11", "-x", "c"]);
}

#[test]
fn the_header_and_the_library_serve_cpp_too() {
    if Command::new("c++").arg("--version").output().is_err() {
        println!("skipped: no C++ compiler");
        return;
    }
    run("c++", &["-std=c++17", "-x", "c++"]);
}
