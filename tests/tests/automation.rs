//! Automation from outside: a program in C, and the same one in C++, that has
//! nothing but the headers and the library.
#![allow(missing_docs)]

use std::path::Path;
use std::process::Command;

use tests::artifact;

/// Compiles and runs `c/automation.c`.
fn run(compiler: &str, language: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = artifact("libpartywall.so");
    let beside = library.parent().expect("a folder");
    let program = folder.path().join("automation");
    let compiled = Command::new(compiler)
        .args(language)
        .args(["-Wall", "-Wextra", "-Werror", "-pedantic", "-I"])
        .arg(tests.join("../include"))
        .arg(tests.join("c/automation.c"))
        .arg("-o")
        .arg(&program)
        .args(["-x", "none", "-L"])
        .arg(beside)
        .arg("-lpartywall")
        .arg(format!("-Wl,-rpath,{}", beside.display()))
        .output()
        .expect("a compiler");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
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
