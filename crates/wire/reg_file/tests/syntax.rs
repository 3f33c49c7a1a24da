//! What the lines of a file mean, and which are refused.

use reg_file::{Cause, Entry, RegFile, Setting, Value, parse, write, write_bytes};

const HEADER: &str = "Windows Registry Editor Version 5.00\n";

/// The settings of the only key of a file with these lines.
fn settings(lines: &str) -> Vec<Setting> {
    let file = parse(format!("{HEADER}[HKLM\\K]\n{lines}\n").as_bytes()).expect("a file");
    match <[Entry; 1]>::try_from(file.entries) {
        Ok([Entry::Key { path, settings }]) if path == "HKEY_LOCAL_MACHINE\\K" => settings,
        other => panic!("{other:?}"),
    }
}

fn value(line: &str) -> Value {
    let [setting] = <[Setting; 1]>::try_from(settings(line)).expect("one value");
    setting.value.expect("no deletion")
}

fn set(name: &str, value: Value) -> Setting {
    Setting { name: name.into(), value: Some(value) }
}

#[test]
fn keys_values_and_deletions_are_read_in_their_order() {
    let text = format!(
        "{HEADER}\r\n; comment\r\n[HKCR\\A]\r\n@=\"x\"\r\n\"old\"=-\r\n[-hkcu\\B]\r\n[HKU]\r\n"
    );
    let expected = RegFile {
        entries: vec![
            Entry::Key {
                path: "HKEY_CLASSES_ROOT\\A".into(),
                settings: vec![
                    set("", Value::Sz("x".into())),
                    Setting { name: "old".into(), value: None },
                ],
            },
            Entry::Delete("HKEY_CURRENT_USER\\B".into()),
            Entry::Key { path: "HKEY_USERS".into(), settings: vec![] },
        ],
    };
    assert_eq!(parse(text.as_bytes()).unwrap(), expected);
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    assert_eq!(parse(&marked).unwrap(), expected);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(&[&[0xff, 0xfe], &*wide].concat()).unwrap(), expected);
}

#[test]
fn each_form_of_data_has_its_type() {
    assert_eq!(value(r#""a"="C:\\x \"y\"" ; c"#), Value::Sz(r#"C:\x "y""#.into()));
    assert_eq!(value("\"a\" = dword:0000000a"), Value::Dword(10));
    assert_eq!(value("@=DWORD:FFffFFff;c"), Value::Dword(u32::MAX));
    assert_eq!(value("@=hex:"), Value::Binary(vec![]));
    assert_eq!(value("@=hex:01,2,\\\n  ff,\\ ; c\n  00"), Value::Binary(vec![1, 2, 255, 0]));
    assert_eq!(value("@=hex(2):25,00,41,00,25,00,00,00"), Value::ExpandSz("%A%".into()));
    let list = Value::MultiSz(vec!["a".into(), "b".into()]);
    assert_eq!(value("@=hex(7):61,00,00,00,62,00,00,00,00,00"), list);
    assert_eq!(value("@=hex(B):01,00,00,00,00,00,00,80"), Value::Qword(1 << 63 | 1));
    assert_eq!(value("@=hex(0):"), Value::Other { kind: 0, bytes: vec![] });
    assert_eq!(settings("\"@\"=\"at\""), [set("@", Value::Sz("at".into()))]);
    assert_eq!(settings("\"=;]\"=\"\""), [set("=;]", Value::Sz(String::new()))]);
}

#[test]
fn version_four_has_its_strings_in_one_byte_each() {
    let text = b"REGEDIT4\r\n[HKLM\\J\xfcrgen]\r\n\"p\"=hex(2):25,fc,25,00\r\n\
                 \"l\"=hex(7):61,00,62,00,00\r\n\"b\"=hex:61,00\r\n";
    let expected = vec![
        set("p", Value::ExpandSz("%ü%".into())),
        set("l", Value::MultiSz(vec!["a".into(), "b".into()])),
        set("b", Value::Binary(b"a\0".to_vec())),
    ];
    let key = |settings| Entry::Key { path: "HKEY_LOCAL_MACHINE\\Jürgen".into(), settings };
    assert_eq!(parse(text).unwrap().entries, [key(expected)]);
    let unicode = parse("REGEDIT4\n[HKLM\\Jürgen]".as_bytes()).unwrap();
    assert_eq!(unicode.entries, [key(vec![])]);
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    for (line, lines) in [
        (3, "name=\"x\""),
        (3, "\"a\""),
        (3, "\"a\"=x"),
        (3, "\"a\"=\"x"),
        (3, "\"a\"=\"x\" y"),
        (3, "\"a\"=\"\\n\""),
        (3, "\"a\"=-1"),
        (3, "\"a\tb\"=\"x\""),
        (3, "\"a\"=\"\0\""),
        (3, "@=dword:"),
        (3, "@=dword:123456789"),
        (3, "@=dword:+1"),
        (3, "@=hex:+1"),
        (3, "@=hex:123"),
        (3, "@=hex:1,,2"),
        (3, "@=hex:1,"),
        (3, "@=hex():1"),
        (3, "@=hex(+1):1"),
        (3, "@=hex(100000000):1"),
        (4, "@=hex:1,\\\n\"b\"=\"x\""),
        (4, "@=\"x\"\n[HKXX\\A]"),
        (4, "@=\"x\"\n[HKLM\\A"),
        (4, "@=\"x\"\n[HKLM\\A] x"),
        (4, "@=\"x\"\n[-HKLM\\\\A]"),
        (5, "@=\"x\"\n[-HKLM\\A]\n@=\"x\""),
    ] {
        let error = parse(format!("{HEADER}[HKLM\\K]\n{lines}").as_bytes()).unwrap_err();
        assert!(matches!(error.cause, Cause::Malformed(_)), "{lines:?}: {error}");
        assert_eq!(error.line, line, "{lines:?}: {error}");
        assert!(error.to_string().starts_with(&format!("line {line}: ")));
    }
    let cut = parse(format!("{HEADER}[HKLM\\K]\n@=hex:1,\\\n").as_bytes()).unwrap_err();
    assert_eq!((cut.line, matches!(cut.cause, Cause::Malformed(_))), (3, true));
    let orphan = parse(format!("{HEADER}@=\"x\"").as_bytes()).unwrap_err();
    assert_eq!(orphan.line, 2);
    for other in ["", "\n", "REGEDIT5", "[HKLM\\A]"] {
        assert_eq!(parse(other.as_bytes()).unwrap_err().cause, Cause::NoHeader, "{other:?}");
    }
}

#[test]
fn a_wrong_encoding_is_refused_with_its_line() {
    for (line, bytes) in [
        (2, [HEADER.as_bytes(), b"[HKLM\\\xfc]"].concat()),
        (1, vec![0xfe, 0xff, 0, b'W']),
        (1, vec![0xff, 0xfe, b'W']),
        (2, vec![0xff, 0xfe, b'\n', 0, 0x00, 0xd8]),
    ] {
        let error = parse(&bytes).unwrap_err();
        assert!(matches!(error.cause, Cause::Encoding(_)), "{error}");
        assert_eq!(error.line, line, "{error}");
    }
}

#[test]
fn the_writer_has_one_form_for_each_value() {
    let settings = vec![
        set("", Value::Sz("C:\\x \"y\"".into())),
        set("n", Value::Dword(10)),
        set("lines", Value::Sz("a\nb".into())),
        set("bytes", Value::Binary((0..30).collect())),
        Setting { name: "old\"".into(), value: None },
    ];
    let entries = vec![
        Entry::Delete("HKCR\\Old".into()),
        Entry::Key { path: "HKEY_CLASSES_ROOT\\A".into(), settings },
    ];
    let file = RegFile { entries };
    let text = "Windows Registry Editor Version 5.00\r\n\r\n[-HKEY_CLASSES_ROOT\\Old]\r\n\r\n\
        [HKEY_CLASSES_ROOT\\A]\r\n@=\"C:\\\\x \\\"y\\\"\"\r\n\"n\"=dword:0000000a\r\n\
        \"lines\"=hex(1):61,00,0a,00,62,00,00,00\r\n\
        \"bytes\"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,\\\r\n  \
        16,17,18,19,1a,1b,1c,1d\r\n\"old\\\"\"=-\r\n";
    assert_eq!(write(&file).unwrap(), text);
    let bytes = write_bytes(&file).unwrap();
    assert_eq!(bytes[..4], [0xff, 0xfe, b'W', 0]);
    assert_eq!(bytes.len(), 2 + 2 * text.len());
}

#[test]
fn what_has_no_form_is_not_written() {
    let key = |path: &str, name: &str, value| RegFile {
        entries: vec![Entry::Key { path: path.into(), settings: vec![set(name, value)] }],
    };
    for file in [
        key("HKXX\\A", "", Value::Dword(1)),
        key("HKLM\\a\nb", "", Value::Dword(1)),
        key("HKLM\\A", "a\nb", Value::Dword(1)),
        key("HKLM\\A", "", Value::Sz("a\0".into())),
        key("HKLM\\A", "", Value::MultiSz(vec![String::new()])),
        RegFile { entries: vec![Entry::Delete("A".into())] },
    ] {
        let error = write(&file).unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
        assert!(write_bytes(&file).is_err());
    }
}
