//! Each limit, at it and one past it.
#![allow(missing_docs)]

use inf_file::{
    MAX_ENTRIES, MAX_FILE_BYTES, MAX_LINE_BYTES, MAX_PROVIDERS, MAX_SECTIONS, parse, read,
};

fn says(bytes: &[u8]) -> Option<String> {
    parse(bytes).err().map(|error| error.says)
}

#[test]
fn a_file_has_so_many_bytes_and_no_more() {
    let mut bytes = b"[a]\n".to_vec();
    bytes.resize(MAX_FILE_BYTES, b'\n');
    assert_eq!(says(&bytes), None);
    bytes.push(b'\n');
    assert!(says(&bytes).unwrap().contains("bytes"));
}

#[test]
fn a_line_has_so_many_bytes_and_no_more() {
    let line = |length: usize| format!("[a]\nk={}\r\n", "x".repeat(length - 2));
    assert_eq!(says(line(MAX_LINE_BYTES).as_bytes()), None);
    assert!(says(line(MAX_LINE_BYTES + 1).as_bytes()).unwrap().contains("a line has at most"));
}

#[test]
fn a_file_has_so_many_sections_and_no_more() {
    let sections = |count| (0..count).map(|n| format!("[s{n}]\n")).collect::<String>();
    assert_eq!(parse(sections(MAX_SECTIONS).as_bytes()).unwrap().sections.len(), MAX_SECTIONS);
    assert!(says(sections(MAX_SECTIONS + 1).as_bytes()).unwrap().contains("sections"));
}

#[test]
fn a_file_has_so_many_keys_and_no_more() {
    let keys = |count| format!("[s]\n{}", "k=v\n".repeat(count));
    assert_eq!(says(keys(MAX_ENTRIES).as_bytes()), None);
    assert!(says(keys(MAX_ENTRIES + 1).as_bytes()).unwrap().contains("keys"));
}

#[test]
fn a_service_has_so_many_providers_and_no_more() {
    let services = |count| {
        let text = format!(
            "[Services]\nS=S\n[S]\nProviders={}\n[P]\nPR_RESOURCE_TYPE=0x21\n",
            "P,".repeat(count)
        );
        read(&parse(text.as_bytes()).unwrap())
    };
    assert_eq!(services(MAX_PROVIDERS).unwrap().services[0].providers.len(), MAX_PROVIDERS);
    assert!(services(MAX_PROVIDERS + 1).unwrap_err().says.contains("at most"));
}

#[test]
fn a_sentence_repeats_so_many_characters_and_no_more() {
    let shown = |count| says(format!("[s]\n{}\n", "x".repeat(count)).as_bytes()).unwrap();
    assert_eq!(shown(inf_file::MAX_SHOWN_CHARS).matches('x').count(), 64);
    assert_eq!(shown(inf_file::MAX_SHOWN_CHARS + 1).matches('x').count(), 64);
}
