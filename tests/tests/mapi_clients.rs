//! C and C++ programs that use Extended MAPI with nothing but the headers.
#![allow(missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

use tests::{compile, program};

fn run(program: &Path, data: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).env("PARTYWALL_DATA", data).output().unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_c_program_writes_and_lists_and_a_cpp_program_lists_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let c = folder.path().join("c-client");
    compile("cc", &["-std=c11", "-pedantic"], "extended_mapi_client.c", &c, true);
    let none = run(&c, &data, &[]);
    assert_eq!(none.status.code(), Some(1), "there is no profile yet");
    assert!(String::from_utf8_lossy(&none.stderr).contains("MAPILogonEx: 0x80040111"));
    let create = ["profile", "create", "Work", "--data"];
    let made = Command::new(program()).args(create).arg(&data).status().unwrap();
    assert!(made.success());
    assert_eq!(out(&run(&c, &data, &["one"])), "subject one\n");
    assert_eq!(out(&run(&c, &data, &["Größe"])), "subject one\nsubject Größe\n");
    if Command::new("c++").arg("--version").output().is_err() {
        println!("skipped: no C++ compiler");
        return;
    }
    let cpp = folder.path().join("cpp-client");
    compile("c++", &["-std=c++17", "-pedantic"], "extended_mapi_client.cpp", &cpp, true);
    let listed = out(&run(&cpp, &data, &[]));
    assert_eq!(listed, "profile Work\nsubject one\nsubject Größe\n");
}
