//! Components and clients in C, C++ and Rust, each made by and for the others,
//! with nothing but the headers.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

use com_abi::codes::{E_NOTIMPL, S_OK};
use com_abi::{GUID, HRESULT, IUnknown, Interface, format_guid, from_wide, interface};
use partywall::com::{Apartment, class_from_progid, create_instance};
use partywall::ffi::activation::CoTreatAsClass;
use tests::{artifact, compile, partywall};

const C: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00CA01);
const CPP: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00CA02);
const RUST: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00CA03);

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00CA00", proxy)]
unsafe trait ICalculator: IUnknown {
    unsafe fn Add(&self, one: i32, other: i32, sum: *mut i32) -> HRESULT;
    unsafe fn Language(&self, name: *mut *mut u16) -> HRESULT;
}

/// A folder with compiled components and clients, and the data folder that names
/// them.
struct Workshop {
    folder: tempfile::TempDir,
    has_cpp: bool,
}

impl Workshop {
    fn new() -> Self {
        let has_cpp = Command::new("c++").arg("--version").output().is_ok();
        if !has_cpp {
            println!("skipped: no C++ compiler");
        }
        let this = Self { folder: tempfile::tempdir().expect("a folder"), has_cpp };
        let c = ["-std=c11", "-pedantic", "-shared", "-fPIC"];
        this.register(&C, "Test.Calculator", &this.cc("cc", &c, "component.c", false));
        this.register(&RUST, "Test.Calculator.Rust", &artifact("libprobe.so"));
        if has_cpp {
            let cpp = ["-std=c++17", "-pedantic", "-shared", "-fPIC"];
            this.register(
                &CPP,
                "Test.Calculator.Cpp",
                &this.cc("c++", &cpp, "component.cpp", false),
            );
        }
        this
    }

    fn cc(&self, compiler: &str, flags: &[&str], source: &str, linked: bool) -> PathBuf {
        let output = self.folder.path().join(format!("{source}.out"));
        compile(compiler, flags, source, &output, linked);
        output
    }

    fn register(&self, clsid: &GUID, progid: &str, file: &Path) {
        let registry = registry::Registry::open(self.folder.path()).expect("a registry");
        let class = format!("HKEY_CLASSES_ROOT\\CLSID\\{}\\InprocServer32", format_guid(clsid));
        let write = |change: &registry::Change<'_>| {
            change.set(&class, "", file.to_str().expect("a plain path"))?;
            change.set(&class, "ThreadingModel", "Apartment")?;
            change.set(
                &format!("HKEY_CLASSES_ROOT\\{progid}\\CurVer"),
                "",
                &format!("{progid}.1"),
            )?;
            let key = format!("HKEY_CLASSES_ROOT\\{progid}.1\\CLSID");
            change.set(&key, "", &format_guid(clsid))
        };
        registry.change(write).expect("written");
    }

    /// Runs a client in an apartment of either kind.
    fn run(&self, client: &Path) {
        let classes: &[&str] = if self.has_cpp { &["rust", "c", "cpp"] } else { &["rust", "c"] };
        for apartment in ["sta", "mta"] {
            let mut command = Command::new(client);
            command.env("PARTYWALL_DATA", self.folder.path()).arg(apartment).args(classes);
            let output = command.output().expect("the client runs");
            let said = String::from_utf8_lossy(&output.stdout);
            let log = String::from_utf8_lossy(&output.stderr);
            let done = output.status.success() && said.is_empty();
            assert!(done, "{apartment}: {}: {said}{log}", output.status);
        }
    }
}

fn add(calculator: &ICalculator) -> i32 {
    let mut sum = 0;
    // SAFETY: a writable place.
    assert_eq!(unsafe { calculator.Add(40, 2, &mut sum) }, S_OK);
    sum
}

fn language(calculator: &ICalculator) -> Result<String, HRESULT> {
    let mut name = std::ptr::null_mut();
    // SAFETY: a writable place; the answer is ours.
    unsafe {
        let code = calculator.Language(&mut name);
        if code != S_OK {
            return Err(code);
        }
        let language = from_wide(name);
        partywall::task::free(name);
        Ok(language)
    }
}

/// Whether an interface pointer is a proxy.
fn is_proxy(calculator: &ICalculator) -> bool {
    let query = Interface::vtable(calculator).base__.QueryInterface as *const ();
    std::ptr::eq(query, partywall::ffi::PwProxyQueryInterface as *const ())
}

fn on_thread(body: impl FnOnce() + Send + 'static) {
    std::thread::spawn(body).join().expect("no panic");
}

fn make(clsid: &GUID, says: Result<&str, HRESULT>, proxy: bool) {
    let calculator: ICalculator = create_instance(clsid).expect("an object");
    assert_eq!(is_proxy(&calculator), proxy);
    assert_eq!(add(&calculator), 42);
    assert_eq!(language(&calculator), says.map(str::to_owned));
}

#[test]
fn rust_uses_components_in_c_and_cpp() {
    let workshop = Workshop::new();
    registry::set_data_folder(workshop.folder.path().to_owned());
    assert!(com::registry().is_some());
    let has_cpp = workshop.has_cpp;
    for is_sta in [true, false] {
        on_thread(move || {
            let _apartment = match is_sta {
                true => Apartment::single_threaded(),
                false => Apartment::multithreaded(),
            };
            assert_eq!(class_from_progid("Test.Calculator"), Ok(C));
            make(&C, Err(E_NOTIMPL), !is_sta);
            make(&RUST, Ok("Rust"), !is_sta);
            if has_cpp {
                make(&CPP, Ok("C++"), !is_sta);
            }
        });
    }
    names_are_shown(workshop.folder.path());
}

/// What `partywall reg query` shows of a key's default value.
fn shown(folder: &Path, key: &str) -> String {
    let folder = folder.to_str().expect("a plain path");
    let output = partywall(&["--data", folder, "reg", "query", key]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Names that lead on are shown as they were written.
fn names_are_shown(folder: &Path) {
    let (old, new) = (format_guid(&GUID::from_u128(7)), format_guid(&C));
    let key = format!("HKEY_CLASSES_ROOT\\CLSID\\{old}");
    let registry = com::registry().expect("a registry");
    registry.change(|change| change.set(&key, "", "Old")).expect("written");
    // SAFETY: readable identifiers.
    assert_eq!(unsafe { CoTreatAsClass(&GUID::from_u128(7), &C) }, S_OK);
    assert!(shown(folder, &format!("{key}\\TreatAs")).contains(&new));
    let version = shown(folder, "HKEY_CLASSES_ROOT\\Test.Calculator\\CurVer");
    assert!(version.contains("Test.Calculator.1"), "{version}");
}

#[test]
fn a_client_in_c_uses_components_in_every_language() {
    let workshop = Workshop::new();
    let client = workshop.cc("cc", &["-std=c11", "-pedantic"], "client.c", true);
    workshop.run(&client);
}

#[test]
fn a_client_in_cpp_uses_components_in_every_language() {
    let workshop = Workshop::new();
    if workshop.has_cpp {
        let client = workshop.cc("c++", &["-std=c++17", "-pedantic"], "client.cpp", true);
        workshop.run(&client);
    }
}
