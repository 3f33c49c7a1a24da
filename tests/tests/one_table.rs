//! One runtime per process: {a plug-in in Rust, a plug-in in C linked with
//! -lpartywall} x {the program, a C host linked with the library, a C host that
//! loads it} see the same table of apartments.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

use tests::{artifact, compile, program};

struct Workshop {
    folder: tempfile::TempDir,
    library: PathBuf,
}

impl Workshop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, library: artifact("libpartywall.so") }
    }

    /// Compiles a C source with nothing but the headers of `include/`.
    fn cc(&self, source: &str, output: &str, flags: &[&str], linked: bool) -> PathBuf {
        let output = self.folder.path().join(output);
        let flags: Vec<&str> = [&["-std=c11"], flags].concat();
        compile("cc", &flags, source, &output, linked);
        output
    }

    fn plugins(&self) -> [PathBuf; 2] {
        let c = self.cc("probe.c", "libprobe_c.so", &["-shared", "-fPIC"], true);
        [artifact("libprobe.so"), c]
    }
}

/// A value of a report like `runtime=… kind=3`.
fn value<'a>(report: &'a str, key: &str) -> &'a str {
    let lead = format!("{key}=");
    report
        .split_whitespace()
        .find_map(|word| word.strip_prefix(&*lead))
        .unwrap_or_else(|| panic!("no {key} in {report:?}"))
}

#[test]
fn six_combinations_of_host_and_plug_in_share_one_runtime() {
    let shop = Workshop::new();
    let linked = shop.cc("host.c", "host_linked", &["-DLINKED"], true);
    let loading = shop.cc("host.c", "host_loading", &[], false);
    for plugin in shop.plugins() {
        for host in [&linked, &loading] {
            let output = Command::new(host).arg(&shop.library).arg(&plugin).output().unwrap();
            let shown = format!("{} in {}", plugin.display(), host.display());
            assert!(output.status.success(), "{shown}: {output:?}");
            let report = String::from_utf8(output.stdout).unwrap();
            assert_eq!(value(&report, "address"), value(&report, "host"), "{shown}: {report}");
            assert!(value(&report, "runtime").ends_with("libpartywall.so"), "{shown}: {report}");
            assert_eq!(value(&report, "kind"), "3", "{shown} sees the host's main STA: {report}");
        }
        in_the_program(&shop, &plugin);
    }
}

/// The program itself: also a plug-in that names libpartywall.so gets the
/// program's runtime.
fn in_the_program(shop: &Workshop, plugin: &Path) {
    let report = shop.folder.path().join("report");
    let _ = std::fs::remove_file(&report);
    let output = Command::new(program())
        .args(["--data", shop.folder.path().join("data").to_str().unwrap(), "register"])
        .arg(plugin)
        .env("PARTYWALL_PROBE", &report)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {output:?}", plugin.display());
    let report = std::fs::read_to_string(report).unwrap();
    let runtime = Path::new(value(&report, "runtime")).file_name().unwrap();
    assert_eq!(runtime, "partywall", "{}: {report}", plugin.display());
    assert_eq!(value(&report, "code"), "0x800401f0", "no apartment was entered: {report}");
}
