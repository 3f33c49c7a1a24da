//! The registry's verbs with the real program, over a component that registered
//! itself.
#![allow(missing_docs)]

use std::process::Output;

use serde_json::{Value, json};
use tests::{artifact, partywall};

const MAIL: &str = "HKEY_CLASSES_ROOT\\Partywall.Mail";

/// A data folder.
struct Data(tempfile::TempDir);

impl Data {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut all = vec!["--data", self.0.path().to_str().unwrap(), "--json"];
        all.extend(arguments);
        partywall(&all)
    }

    /// Runs a verb that has to succeed; what it prints.
    fn print(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let says = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {says}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.print(arguments)).unwrap()
    }

    /// Runs a verb that has to fail; its sentence and its code.
    fn refused(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (text("error"), text("code"))
    }

    /// The data of the only value of this name.
    fn data(&self, key: &str, name: &str) -> String {
        let values = self.json(&["reg", "query", key, "--value", name]);
        assert_eq!(values.as_array().map(Vec::len), Some(1), "{values}");
        values[0]["data"].as_str().expect("a text").to_owned()
    }
}

#[test]
fn a_component_is_exported_deleted_imported_and_works_again() {
    let data = Data::new();
    let library = artifact("libmailcomponent.so");
    let library = library.to_str().unwrap();
    data.print(&["register", library]);
    let clsid = data.data(&format!("{MAIL}\\CLSID"), "");
    let class = format!("HKEY_CLASSES_ROOT\\CLSID\\{clsid}");
    let server = format!("{class}\\InprocServer32");
    assert_eq!(data.data(&server, "threadingmodel"), "Apartment");
    let machine = format!("HKLM\\Software\\Classes\\CLSID\\{clsid}\\InprocServer32");
    let path = data.data(&machine, "");
    assert!(path.ends_with("libmailcomponent.so"), "{path}");
    let whole = data.json(&["reg", "query", &class, "--recursive"]);
    let first = &whole[0];
    assert_eq!(first["key"], *class);
    assert_eq!((&first["name"], &first["type"]), (&json!(""), &json!("REG_SZ")));
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "key", "name", "type"]);
    assert_eq!(whole.as_array().unwrap().len(), 4, "{whole}");

    let file = data.0.path().join("class.reg");
    let file = file.to_str().unwrap();
    data.print(&["reg", "export", &class, file]);
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(bytes[..4], [0xff, 0xfe, b'W', 0], "UTF-16LE with its mark");
    let text = data.print(&["reg", "export", &class, "-"]);
    assert!(text.contains(&format!("[{server}]\r\n@=\"{path}\"")), "{text}");

    data.print(&["reg", "delete", &class]);
    let (says, code) = data.refused(&["reg", "query", &class]);
    assert_eq!(code, "0x80070002", "{says}");
    assert!(says.contains(&class), "{says}");
    assert_eq!(data.refused(&["reg", "query", &machine]).1, "0x80070002");
    assert_eq!(data.refused(&["reg", "delete", &class]).1, "0x80070002");
    assert_eq!(data.refused(&["reg", "export", &class, "-"]).1, "0x80070002");

    let report = data.json(&["reg", "import", file]);
    let expected = json!({"keys_set": 3, "values_set": 4, "keys_deleted": 0, "values_deleted": 0});
    assert_eq!(report, expected);
    assert_eq!(data.json(&["reg", "query", &class, "--recursive"]), whole);
    assert_eq!(data.data(&machine, ""), path);
    activates(&data);
}

/// Whether the registered class can be created by its ProgID, also with
/// quotation marks around its library's path. Activation happens in this
/// process, which therefore has the whole runtime.
fn activates(data: &Data) {
    let clsid = data.data(&format!("{MAIL}\\CLSID"), "");
    let server = format!("HKCR\\CLSID\\{clsid}\\InprocServer32");
    let quoted = format!("\"{}\"", data.data(&server, ""));
    data.print(&["reg", "set", &server, &quoted]);
    registry::set_data_folder(data.0.path().to_owned());
    tests::messaging();
    std::thread::spawn(|| {
        let _sta = partywall::com::Apartment::single_threaded().unwrap();
        let clsid = partywall::com::class_from_progid(mail_abi::PROGID_MAIL).unwrap();
        let made: Result<mail_abi::IMailbox, _> = partywall::com::create_instance(&clsid);
        assert!(made.is_ok(), "{:?}", made.err());
    })
    .join()
    .expect("no panic");
}

#[test]
fn a_broken_file_changes_nothing() {
    let data = Data::new();
    data.print(&["reg", "set", "HKLM\\Software\\X", "--value", "kept", "1"]);
    let before = data.print(&["reg", "export", "HKLM", "-"]);
    let file = data.0.path().join("broken.reg");
    let long = "n".repeat(registry::MAX_NAME_BYTES + 1);
    for (text, cause) in [
        ("[-HKLM\\Software\\X]\n[HKLM\\Y]\n\"a\"=\"C:\\temp\"\n".to_owned(), "line 4"),
        ("[-HKLM\\Software\\X]\n[HKLM\\Y]\n[HKXX\\Y]\n".to_owned(), "line 4"),
        ("[-HKLM\\Software\\X]\n[-HKLM]\n".to_owned(), "root key"),
        (format!("[-HKLM\\Software\\X]\n[HKLM\\Y]\n\"{long}\"=\"\"\n"), "name"),
    ] {
        std::fs::write(&file, format!("Windows Registry Editor Version 5.00\n{text}")).unwrap();
        let (says, _) = data.refused(&["reg", "import", file.to_str().unwrap()]);
        assert!(says.contains("nothing was changed") && says.contains("broken.reg"), "{says}");
        assert!(says.contains(cause), "{says}");
        assert_eq!(data.print(&["reg", "export", "HKLM", "-"]), before);
    }
    let (says, _) = data.refused(&["reg", "import", "/nowhere/x.reg"]);
    assert!(says.contains("/nowhere/x.reg"), "{says}");
}

#[test]
fn each_type_is_set_and_shown() {
    let data = Data::new();
    let key = "HKCU\\Software\\T";
    for (name, kind, words, shown) in [
        ("b", "binary", &["00ff"] as &[&str], json!("00ff")),
        ("d", "REG_DWORD", &["0x10"], json!(16)),
        ("e", "expand_sz", &["%HOME%/x"], json!("%HOME%/x")),
        ("m", "multi_sz", &["a", "b"], json!(["a", "b"])),
        ("q", "qword", &["18446744073709551615"], json!(u64::MAX)),
        ("s", "sz", &["Grüße"], json!("Grüße")),
    ] {
        let mut all = vec!["reg", "set", key, "--value", name, "--type", kind];
        all.extend(words);
        data.print(&all);
        let listed = data.json(&["reg", "query", "hkcu\\software\\t\\", "--value", name]);
        assert_eq!(listed[0]["data"], shown);
        assert!(listed[0]["type"].as_str().unwrap().starts_with("REG_"));
    }
    data.print(&["reg", "delete", key, "--value", "B"]);
    let listed = data.json(&["reg", "query", key]);
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|value| value["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["d", "e", "m", "q", "s"]);
    assert_eq!(data.refused(&["reg", "delete", key, "--value", "b"]).1, "0x80070002");
    assert_eq!(data.refused(&["reg", "query", key, "--value", "b"]).1, "0x80070002");
    let many = data.refused(&["reg", "set", key, "--type", "dword", "4294967296"]).0;
    assert!(many.contains("32 bits"), "{many}");
    assert_eq!(data.run(&["reg", "set", key, "--type", "float", "1"]).status.code(), Some(2));
    let root = data.refused(&["reg", "query", "HKXX\\A"]).0;
    assert!(root.contains("HKEY_LOCAL_MACHINE"), "{root}");
}

#[test]
fn a_result_code_is_explained() {
    let data = Data::new();
    let expected = json!({
        "code": "0x80040154",
        "name": "REGDB_E_CLASSNOTREG",
        "facility": "ITF",
        "severity": "error",
        "says": "The class is not registered. Register its library with `partywall register FILE.so`.",
    });
    for code in ["0x80040154", "-2147221164", "2147746132", "REGDB_E_CLASSNOTREG"] {
        assert_eq!(data.json(&["error", code]), expected);
    }
    let unknown = data.json(&["error", "0x8007FFFF"]);
    assert_eq!((&unknown["name"], &unknown["facility"]), (&Value::Null, &json!("WIN32")));
    assert!(data.refused(&["error", "E_NONSENSE"]).0.contains("E_NONSENSE"));
}
