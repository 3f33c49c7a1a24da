//! A proxy/stub library in C, for an interface that the runtime does not know:
//! built with nothing but the headers, registered under the Windows key names,
//! plugged in, and called between apartments.
#![allow(missing_docs)]

use std::process::{Command, Output};

use registry::Registry;
use tests::compile;

const INTERFACE: &str = "HKEY_CLASSES_ROOT\\Interface\\{5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C001}";
const CLASS: &str = "{5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C002}";

struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let shared = ["-std=c11", "-pedantic", "-shared", "-fPIC"];
        compile("cc", &shared, "parrot_ps.c", &folder.path().join("libparrot_ps.so"), true);
        let plain = ["-std=c11", "-pedantic", "-D_GNU_SOURCE", "-pthread"];
        compile("cc", &plain, "parrot.c", &folder.path().join("parrot"), true);
        Self { folder }
    }

    fn register(&self) {
        let registry = Registry::open(self.folder.path()).expect("a registry");
        let library = self.folder.path().join("libparrot_ps.so");
        let server = format!("HKEY_CLASSES_ROOT\\CLSID\\{CLASS}\\InprocServer32");
        let written = registry.change(|change| {
            change.set(INTERFACE, "", "IParrot")?;
            change.set(&format!("{INTERFACE}\\NumMethods"), "", "4")?;
            change.set(&format!("{INTERFACE}\\ProxyStubClsid32"), "", CLASS)?;
            change.set(&server, "", &library.to_string_lossy())?;
            change.set(&server, "ThreadingModel", "Both")
        });
        written.expect("written");
    }

    fn run(&self) -> Output {
        let mut program = Command::new(self.folder.path().join("parrot"));
        program.env("PARTYWALL_DATA", self.folder.path()).output().expect("the program runs")
    }
}

#[test]
fn n106_a_proxy_stub_library_in_c_is_plugged_in() {
    let shop = Workshop::new();
    let output = shop.run();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("CoGetPSClsid"), "not registered yet: {said}");
    shop.register();
    let output = shop.run();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{}: {said}", output.status);
}
