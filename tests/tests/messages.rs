//! C and C++ programs that run a message loop, compiled with nothing but the
//! headers and `-lpartywall`.
#![allow(missing_docs)]

use std::path::Path;
use std::process::Command;

use tests::compile;

/// Compiles the program and runs each of its cases.
fn works(compiler: &str, flags: &[&str], source: &Path, folder: &Path) {
    let program = folder.join("program");
    compile(compiler, flags, &source.to_string_lossy(), &program, true);
    for case in ["posts", "waits"] {
        let output = Command::new(&program).arg(case).output().expect("the program can be run");
        let says = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{compiler} {case}: {} {says}", output.status);
    }
}

#[test]
fn programs_in_c_and_cpp_run_a_message_loop() {
    let folder = tempfile::tempdir().expect("a folder");
    works("cc", &["-std=c11", "-pedantic"], Path::new("messages.c"), folder.path());
    if Command::new("c++").arg("--version").output().is_err() {
        println!("skipped for lack of c++: the same source as C++");
        return;
    }
    // The compiler tells the language by the file's name.
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("c/messages.c");
    let copy = folder.path().join("messages.cpp");
    std::fs::copy(source, &copy).expect("a copy");
    works("c++", &["-std=c++17", "-pedantic"], &copy, folder.path());
}
