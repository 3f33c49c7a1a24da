//! Compiles the C and C++ sources of `tests/c` with nothing but the headers of
//! `include/`, every warning an error.

use std::path::Path;
use std::process::Command;

use crate::artifact;

/// Compiles `source` of `tests/c` to `output`; `linked` with libpartywall.so,
/// which is then found wherever the output stands.
pub fn compile(compiler: &str, flags: &[&str], source: &str, output: &Path, linked: bool) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Werror", "-I"]).arg(tests.join("../include"));
    command.args(flags).arg(tests.join("c").join(source)).arg("-o").arg(output);
    if linked {
        let library = artifact("libpartywall.so");
        let beside = library.parent().expect("a folder");
        command.args(["-x", "none", "-L"]).arg(beside).arg("-lpartywall");
        command.arg(format!("-Wl,-rpath,{}", beside.display()));
    }
    let compiled = command.output().expect("a compiler");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
}
