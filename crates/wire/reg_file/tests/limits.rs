//! Each limit, at it and one past it.

use reg_file::{
    Cause, Entry, MAX_CONTINUATION_LINES, MAX_DATA_BYTES, MAX_FILE_BYTES, MAX_KEYS, MAX_LINE_BYTES,
    MAX_VALUES, RegFile, Value, parse, write,
};

const HEADER: &str = "Windows Registry Editor Version 5.00\n";

fn refusal(text: &str) -> Option<Cause> {
    parse(text.as_bytes()).err().map(|error| error.cause)
}

#[test]
fn a_file_has_so_many_bytes() {
    let comment = format!(";{}\n", "x".repeat(MAX_LINE_BYTES - 1));
    let mut text = HEADER.to_owned();
    while text.len() + comment.len() <= MAX_FILE_BYTES {
        text.push_str(&comment);
    }
    text.push(';');
    while text.len() < MAX_FILE_BYTES {
        text.push('x');
    }
    assert_eq!(refusal(&text), None);
    text.push('x');
    assert_eq!(refusal(&text), Some(Cause::FileTooLarge));
}

#[test]
fn a_line_has_so_many_bytes() {
    let fits = format!("{HEADER};{}\r\n", "x".repeat(MAX_LINE_BYTES - 1));
    assert_eq!(refusal(&fits), None);
    let long = format!("{HEADER};{}\r\n", "x".repeat(MAX_LINE_BYTES));
    assert_eq!(refusal(&long), Some(Cause::LineTooLong));
}

#[test]
fn a_file_has_so_many_keys() {
    let fits = format!("{HEADER}{}", "[HKLM\\A]\n".repeat(MAX_KEYS));
    assert_eq!(refusal(&fits), None);
    assert_eq!(refusal(&format!("{fits}[-HKLM\\A]\n")), Some(Cause::TooManyKeys));
}

#[test]
fn a_file_has_so_many_values() {
    let fits = format!("{HEADER}[HKLM\\A]\n{}", "@=-\n".repeat(MAX_VALUES));
    assert_eq!(refusal(&fits), None);
    let error = parse(format!("{fits}@=-\n").as_bytes()).unwrap_err();
    assert_eq!((error.line, error.cause), (MAX_VALUES + 3, Cause::TooManyValues));
}

#[test]
fn a_value_goes_on_over_so_many_lines() {
    let lines = |count: usize| format!("{HEADER}[HKLM\\A]\n@=hex:{}00\n", "00,\\\n".repeat(count));
    assert_eq!(refusal(&lines(MAX_CONTINUATION_LINES)), None);
    let past = refusal(&lines(MAX_CONTINUATION_LINES + 1));
    assert_eq!(past, Some(Cause::TooManyContinuationLines));
}

#[test]
fn a_value_has_so_many_bytes() {
    let file = |count: usize| {
        let settings = vec![reg_file::Setting {
            name: String::new(),
            value: Some(Value::Binary(vec![7; count])),
        }];
        RegFile { entries: vec![Entry::Key { path: "HKEY_USERS".into(), settings }] }
    };
    let fits = file(MAX_DATA_BYTES);
    assert_eq!(parse(write(&fits).unwrap().as_bytes()), Ok(fits));
    let past = write(&file(MAX_DATA_BYTES + 1)).unwrap();
    assert_eq!(refusal(&past), Some(Cause::TooMuchData));
}
