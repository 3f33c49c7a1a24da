//! Clients in C, compiled as C and as C++ with nothing but the headers.

use std::path::Path;
use std::process::Command;

use mapi_session::catalog;
use tests::compile;

use crate::scripted::{as_user, house};
use crate::store::{deliver, letter};

/// Runs a client in a data folder whose user has this profile.
fn run(program: &Path, data: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).env("PARTYWALL_DATA", data).args(arguments).output();
    let output = output.expect("the client can be run");
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {says}", program.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Both forms of a source; C++ where there is a compiler.
fn compiled(source: &str, folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for (compiler, flags) in [("cc", ["-std=c11", "-pedantic"]), ("c++", ["-std=c++17", "-xc++"])] {
        if Command::new(compiler).arg("--version").output().is_err() {
            println!("skipped: no {compiler}");
            continue;
        }
        let output = folder.join(format!("{source}.{compiler}"));
        compile(compiler, &flags, source, &output, true);
        all.push(output);
    }
    all
}

/// The name by which a process without a token of ours is known.
fn own_user() -> String {
    security::Token::of_process().user().to_string()
}

#[test]
fn programs_in_c_read_and_send_mail() {
    let (house, _turn) = house();
    let user = own_user();
    let mut profile = mapi_profile::Profile::new("Client");
    let service = catalog::service("PWSTORE").expect("the store's service");
    profile.add_service(service.info(), None).expect("a service");
    house.profiles(&user).create(&profile).expect("a profile");
    let folder = tempfile::tempdir().expect("a folder");
    for program in compiled("simple_mapi_client.c", folder.path()) {
        run(&program, house.folder.path(), &["Client"]);
    }
    let two = || {
        as_user(&user, || {
            let request = mapi_session::Request {
                profile: "Client".into(),
                flags: 0x2,
                ..mapi_session::Request::default()
            };
            let engine = mapi_session::logon(&request).expect("a session");
            deliver(&engine, &[letter(1, "one"), letter(2, "two")]);
            engine.leave().expect("left");
        });
    };
    for program in compiled("cmc_client.c", folder.path()) {
        two();
        let says = run(&program, house.folder.path(), &["Client", "2"]);
        assert_eq!(says, "one: Text of one\ntwo: Text of two\n");
    }
    two();
    for program in compiled("cdo_client.c", folder.path()) {
        let says = run(&program, house.folder.path(), &["Client"]);
        assert_eq!(says, "one: Text of one\ntwo: Text of two\nFrom C, saved\n");
    }
}
