//! The registry over a real file.

use super::*;

const CLASS: &str = "HKEY_CLASSES_ROOT\\CLSID\\{A}";

fn registry() -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path()).unwrap();
    (folder, registry)
}

#[test]
fn names_are_compared_without_regard_to_case_and_kept_as_written() {
    let (folder, registry) = registry();
    let server = format!("{CLASS}\\InprocServer32");
    registry.change(|change| change.set(&server, "", "lib.so")).unwrap();
    let other = Registry::open(folder.path()).unwrap();
    let shouted = server.to_uppercase();
    assert_eq!(other.value(&shouted, "").unwrap().as_deref(), Some("lib.so"));
    assert_eq!(other.value(&server, "ThreadingModel").unwrap(), None);
    assert_eq!(other.subkeys(&CLASS.to_lowercase()).unwrap(), ["InprocServer32"]);
    assert_eq!(other.subkeys("HKEY_CLASSES_ROOT").unwrap(), ["CLSID"]);
}

#[test]
fn a_key_goes_with_everything_below_it_and_nothing_beside_it() {
    let (_folder, registry) = registry();
    registry
        .change(|change| {
            change.set(&format!("{CLASS}\\ProgID"), "", "X")?;
            change.set(&format!("{CLASS}B"), "", "Y")
        })
        .unwrap();
    assert!(registry.change(|change| change.delete(&CLASS.to_lowercase())).unwrap());
    assert!(!registry.change(|change| change.delete(CLASS)).unwrap());
    assert_eq!(registry.value(&format!("{CLASS}\\ProgID"), "").unwrap(), None);
    assert_eq!(registry.value(&format!("{CLASS}B"), "").unwrap().as_deref(), Some("Y"));
}

#[test]
fn a_change_that_fails_leaves_nothing() {
    let (_folder, registry) = registry();
    let failed = registry.change(|change| {
        change.set(CLASS, "", "X")?;
        change.set("HKEY_CLASSES_ROOT\\\\X", "", "Y")
    });
    assert!(matches!(failed, Err(RegistryError::Refused(_))));
    assert!(!registry.has_key(CLASS).unwrap());
}

#[test]
fn malformed_and_oversized_things_are_refused() {
    let (_folder, registry) = registry();
    let long = format!("HKEY_CLASSES_ROOT\\{}", "a".repeat(MAX_PATH_BYTES));
    let fits = &long[..MAX_PATH_BYTES];
    let large = "x".repeat(MAX_VALUE_BYTES);
    registry.change(|change| change.set(fits, "", &large)).unwrap();
    let too_large = format!("{large}x");
    for (path, data) in [
        ("CLSID\\X", ""),
        ("", ""),
        ("HKEY_CLASSES_ROOT\\", ""),
        (&*long, ""),
        (CLASS, &*too_large),
    ] {
        let refused = registry.change(|change| change.set(path, "", data));
        assert!(matches!(refused, Err(RegistryError::Refused(_))), "{path:.40}");
    }
}

const USER: &str = "HKEY_CURRENT_USER\\Software\\Classes";
const MACHINE: &str = "HKEY_LOCAL_MACHINE\\Software\\Classes";

#[test]
fn each_type_is_kept() {
    let (folder, registry) = registry();
    let values = [
        ("", Value::Sz("Grüße".into())),
        ("binary", Value::Binary(vec![0, 255])),
        ("dword", Value::Dword(u32::MAX)),
        ("expand", Value::ExpandSz("%X%".into())),
        ("list", Value::MultiSz(vec!["a".into(), "ß".into()])),
        ("none", Value::Other { kind: 0, bytes: vec![1] }),
        ("qword", Value::Qword(u64::MAX)),
        ("short", Value::Other { kind: 4, bytes: vec![1, 2] }),
    ];
    registry
        .change(|change| {
            change.set_value("HKLM\\K", "DWORD", &Value::Binary(vec![]))?;
            values.iter().try_for_each(|(name, value)| change.set_value("HKLM\\K", name, value))
        })
        .unwrap();
    let other = Registry::open(folder.path()).unwrap();
    for (name, value) in &values {
        assert_eq!(other.typed_value("HKEY_LOCAL_MACHINE\\k", name).unwrap().as_ref(), Some(value));
    }
    let names: Vec<String> =
        other.values("HKLM\\K").unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["", "binary", "DWORD", "expand", "list", "none", "qword", "short"]);
    assert_eq!(other.value("HKLM\\K", "").unwrap().as_deref(), Some("Grüße"));
    let error = other.value("HKLM\\K", "dword").unwrap_err().to_string();
    assert!(error.contains("REG_DWORD"), "{error}");
    assert!(other.change(|change| change.delete_value("HKLM\\K", "DWord")).unwrap());
    assert!(!other.change(|change| change.delete_value("HKLM\\K", "DWord")).unwrap());
}

#[test]
fn variables_are_replaced_when_the_text_is_read() {
    let (_folder, registry) = registry();
    let path = std::env::var("PATH").expect("a variable that every process has");
    let text = Value::ExpandSz("<%PATH%>%NO_SUCH_VARIABLE%".into());
    registry.change(|change| change.set_value("HKLM\\K", "", &text)).unwrap();
    let expected = format!("<{path}>%NO_SUCH_VARIABLE%");
    assert_eq!(registry.value("HKLM\\K", "").unwrap(), Some(expected));
    assert_eq!(registry.typed_value("HKLM\\K", "").unwrap(), Some(text));
}

#[test]
fn names_and_values_without_a_form_are_refused() {
    let (_folder, registry) = registry();
    let name = "n".repeat(MAX_NAME_BYTES);
    let fits = Value::Binary(vec![0; MAX_VALUE_BYTES]);
    registry.change(|change| change.set_value("HKLM\\K", &name, &fits)).unwrap();
    for (name, value) in [
        (&*format!("{name}n"), Value::Dword(1)),
        ("a\nb", Value::Dword(1)),
        ("", Value::Binary(vec![0; MAX_VALUE_BYTES + 1])),
        ("", Value::MultiSz(vec!["x".repeat(MAX_VALUE_BYTES)])),
        ("", Value::MultiSz(vec![String::new()])),
        ("", Value::Sz("a\0".into())),
    ] {
        let refused = registry.change(|change| change.set_value("HKLM\\K", name, &value));
        assert!(matches!(refused, Err(RegistryError::Refused(_))), "{name:.40}");
    }
    assert_eq!(registry.values("HKLM\\K").unwrap(), [(name, fits)]);
}

#[test]
fn classes_root_shows_the_users_class_as_a_whole_and_else_the_machines() {
    let (_folder, registry) = registry();
    let text = |path: &str, name: &str| registry.value(path, name).unwrap();
    let server = format!("{CLASS}\\InprocServer32");
    registry
        .change(|change| {
            change.set(&server, "", "machine.so")?;
            change.set(&server, "ThreadingModel", "Apartment")?;
            change.set("HKCR\\CLSID\\{M}", "", "M")
        })
        .unwrap();
    let machine = format!("{MACHINE}\\CLSID\\{{A}}\\InprocServer32");
    assert_eq!(text(&machine, "").as_deref(), Some("machine.so"), "written to the machine's");
    assert_eq!(text(&server, "ThreadingModel").as_deref(), Some("Apartment"));

    let user = format!("{USER}\\CLSID\\{{A}}\\InprocServer32");
    registry.change(|change| change.set(&user, "", "user.so")).unwrap();
    assert_eq!(text(&server, "").as_deref(), Some("user.so"), "the user's goes before");
    assert_eq!(text(&server, "ThreadingModel"), None, "two classes are not mixed");
    assert_eq!(registry.subkeys("HKCR\\CLSID").unwrap(), ["{A}", "{M}"]);

    registry.change(|change| change.set(&format!("{CLASS}\\ProgID"), "", "A.B")).unwrap();
    assert!(registry.has_key(&format!("{USER}\\CLSID\\{{A}}\\ProgID")).unwrap());
    let seen: Vec<String> =
        registry.tree("HKCR").unwrap().unwrap().into_iter().map(|key| key.path).collect();
    let below = "CLSID;CLSID\\{A};CLSID\\{A}\\InprocServer32;CLSID\\{A}\\ProgID;CLSID\\{M}";
    let expected = below.split(';').map(|below| format!("HKEY_CLASSES_ROOT\\{below}"));
    assert_eq!(seen[0], "HKEY_CLASSES_ROOT");
    assert_eq!(seen[1..], expected.collect::<Vec<_>>());

    assert!(registry.change(|change| change.delete(CLASS)).unwrap());
    assert_eq!(text(&server, "").as_deref(), Some("machine.so"), "what was hidden is seen");
    assert!(registry.change(|change| change.delete(CLASS)).unwrap());
    assert!(!registry.has_key(CLASS).unwrap());
    assert!(registry.change(|change| change.delete("HKEY_CLASSES_ROOT")).is_err());
}

#[test]
fn a_file_of_version_1_is_upgraded_and_keeps_its_values() {
    let folder = tempfile::tempdir().unwrap();
    let version_1 = "
        CREATE TABLE key (path TEXT NOT NULL COLLATE NOCASE PRIMARY KEY) STRICT;
        CREATE TABLE value (
            path TEXT NOT NULL COLLATE NOCASE REFERENCES key (path) ON DELETE CASCADE,
            name TEXT NOT NULL COLLATE NOCASE,
            data TEXT NOT NULL,
            PRIMARY KEY (path, name)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO key VALUES ('HKEY_CLASSES_ROOT'), ('HKEY_CLASSES_ROOT\\CLSID'),
            ('hkey_classes_root\\CLSID\\{A}'), ('HKEY_LOCAL_MACHINE'),
            ('HKEY_LOCAL_MACHINE\\SOFTWARE'), ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes'),
            ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\clsid'),
            ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\clsid\\{a}'),
            ('HKEY_CLASSES_ROOTS\\X');
        INSERT INTO value VALUES ('hkey_classes_root\\CLSID\\{A}', '', 'A'),
            ('hkey_classes_root\\CLSID\\{A}', 'n', '7'),
            ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\clsid\\{a}', 'N', 'was never seen'),
            ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\clsid\\{a}', 'own', 'x'),
            ('HKEY_LOCAL_MACHINE', '', 'root');
        PRAGMA user_version = 1;";
    Connection::open(folder.path().join("registry.db")).unwrap().execute_batch(version_1).unwrap();
    for _ in 0..2 {
        let registry = Registry::open(folder.path()).unwrap();
        let sz = |name: &str, text: &str| (name.to_owned(), Value::Sz(text.to_owned()));
        let expected = [sz("", "A"), sz("n", "7"), sz("own", "x")];
        assert_eq!(registry.values(CLASS).unwrap(), expected);
        assert_eq!(registry.values(&format!("{MACHINE}\\CLSID\\{{A}}")).unwrap(), expected);
        assert_eq!(registry.value("HKLM", "").unwrap().as_deref(), Some("root"));
        let count =
            |sql: &str| -> i64 { registry.lock().query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(count("SELECT count(*) FROM key WHERE path LIKE 'HKEY_CLASSES_ROOT%'"), 1);
        assert_eq!(count("SELECT count(*) FROM key"), 6, "and the one that only looks like it");
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    }
    let later = Connection::open(folder.path().join("registry.db")).unwrap();
    later.pragma_update(None, "user_version", 3).unwrap();
    assert!(matches!(Registry::open(folder.path()), Err(RegistryError::Refused(_))));
}

#[test]
fn a_file_goes_in_and_comes_out_the_same() {
    let text = "Windows Registry Editor Version 5.00\r\n\r\n\
        [HKEY_LOCAL_MACHINE\\K]\r\n@=\"x\"\r\n\"a\"=hex(7):61,00,00,00,00,00\r\n\r\n\
        [HKEY_LOCAL_MACHINE\\K\\B]\r\n\"n\"=dword:00000001\r\n\r\n\
        [HKEY_LOCAL_MACHINE\\K\\B\\C]\r\n\r\n[HKEY_LOCAL_MACHINE\\K\\b1]\r\n";
    let (_folder, registry) = registry();
    let file = reg_file::parse(text.as_bytes()).unwrap();
    let applied = registry.change(|change| change.apply(&file)).unwrap();
    assert_eq!((applied.keys_set, applied.values_set), (4, 3));
    let exported = registry.export("hklm\\K").unwrap().expect("it is there");
    assert_eq!(reg_file::write(&exported).unwrap(), text);
    assert!(registry.export("HKLM\\None").unwrap().is_none());
    let file = "REGEDIT4\n[-HKLM\\K\\B]\n[-HKLM\\None]\n[HKLM\\K]\n@=-\n\"none\"=-\n\"a\"=\"1\"\n";
    let file = reg_file::parse(file.as_bytes()).unwrap();
    let applied = registry.change(|change| change.apply(&file)).unwrap();
    let expected = Applied { keys_set: 1, values_set: 1, keys_deleted: 1, values_deleted: 1 };
    assert_eq!(applied, expected);
    assert_eq!(registry.values("HKLM\\K").unwrap(), [("a".into(), Value::Sz("1".into()))]);
    assert_eq!(registry.subkeys("HKLM\\K").unwrap(), ["b1"]);

    let broken = reg_file::parse(b"REGEDIT4\n[-HKLM\\K]\n[-HKLM]\n").unwrap();
    assert!(registry.change(|change| change.apply(&broken)).is_err());
    assert!(registry.has_key("HKLM\\K").unwrap(), "a file is done as a whole or not at all");
}

#[test]
fn the_largest_values_survive_a_file() {
    let (_folder, registry) = registry();
    let name = "\\".repeat(MAX_NAME_BYTES);
    let values = [
        Value::Sz("\\".repeat(MAX_VALUE_BYTES)),
        Value::MultiSz(vec!["x".into(); MAX_VALUE_BYTES / 2]),
    ];
    for value in values {
        registry.change(|change| change.set_value("HKLM\\K", &name, &value)).unwrap();
        let exported = registry.export("HKLM\\K").unwrap().unwrap();
        let bytes = reg_file::write_bytes(&exported).unwrap();
        assert_eq!(reg_file::parse(&bytes).as_ref(), Ok(&exported));
        registry.change(|change| change.apply(&exported)).unwrap();
        assert_eq!(registry.typed_value("HKLM\\K", &name).unwrap(), Some(value));
    }
}
