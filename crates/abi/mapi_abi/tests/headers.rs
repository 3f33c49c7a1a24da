//! The constants, codes and tags of Rust beside those of the headers of `include/`, and
//! each header by itself.
#![allow(missing_docs)]

mod compiler;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use mapi_abi::structs::CMC_NO_TIMEZONE;
use mapi_abi::{cmc_codes, codes, simple_codes};

use compiler::{Claims, EXTENDED, compare, compile};

/// The constants of a source file, with their values as they are written.
fn constants(file: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    let text = std::fs::read_to_string(path).expect("a source file");
    let mut found = Vec::new();
    for item in text.split("pub const ").skip(1) {
        let Some((head, value)) = item.split(';').next().and_then(|item| item.split_once('='))
        else {
            continue;
        };
        if let Some((name, "u8" | "u16" | "u32" | "i32" | "usize" | "LHANDLE")) =
            head.trim().split_once(": ")
        {
            found.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    assert!(!found.is_empty(), "{file}");
    found
}

fn literal(value: &str) -> Option<u64> {
    let digits = value.replace('_', "");
    match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// Constants that have no name in the documented headers.
const OWN: [&str; 6] = [
    "LONG_MSGID_BYTES",
    "MAPI_INIT_RESERVED",
    "MAPI_TEMPORARY_PROFILES",
    "MSGSTATUS_PASSED",
    "SHORT_MSGID_BYTES",
    "SIMPLE_LOGON_TEXT_BYTES",
];

fn claims_of(files: &[&str]) -> Claims {
    let all = files.iter().flat_map(|file| constants(file));
    let shared = all.filter(|(name, _)| !OWN.contains(&name.as_str()));
    shared
        .filter_map(|(name, value)| Some((format!("(unsigned)({name})"), literal(&value)?)))
        .collect()
}

#[test]
fn constants_have_the_same_value_in_c() {
    let extended = claims_of(&[
        "structs/admin_flags.rs",
        "structs/entry_points.rs",
        "structs/errors.rs",
        "structs/names.rs",
        "structs/notifications.rs",
        "structs/object_flags.rs",
        "structs/recipients.rs",
        "structs/restrictions.rs",
        "structs/session_flags.rs",
        "structs/tables.rs",
        "structs/values.rs",
        "tags.rs",
    ]);
    assert!(extended.len() > 300, "{}", extended.len());
    compare("constants", EXTENDED, &extended);
    compare("simple_constants", &["mapi.h"], &claims_of(&["structs/simple_mapi.rs"]));
    compare("cmc_constants", &["xcmc.h"], &claims_of(&["structs/cmc.rs"]));
}

#[test]
fn codes_have_the_same_value_in_c() {
    let number = |name: &str, value: u32| (format!("(unsigned)({name})"), u64::from(value));
    let extended: Claims =
        codes::ALL.iter().map(|known| number(known.name, known.code.0 as u32)).collect();
    compare("codes", &["mapicode.h"], &extended);
    let simple = simple_codes::ALL.iter().map(|known| number(known.name, known.code));
    compare("simple_codes", &["mapi.h"], &simple.collect());
    let mut cmc: Claims =
        cmc_codes::ALL.iter().map(|known| number(known.name, known.code)).collect();
    cmc.push(number("CMC_ERROR_DISPLAYED", cmc_codes::ERROR_DISPLAYED));
    cmc.push(("(unsigned short)CMC_NO_TIMEZONE".into(), u64::from(CMC_NO_TIMEZONE as u16)));
    compare("cmc_codes", &["xcmc.h"], &cmc);
}

/// Identifiers from here on are not documented for everyone.
const FIRST_PRIVATE_ID: u64 = 0x6600;

#[test]
fn tags_have_the_same_value_in_c() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tags.rs");
    let text = std::fs::read_to_string(path).expect("a source file");
    let tags: Claims = text
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(" = "))
        .filter(|(name, _)| name.starts_with("PR_"))
        .filter_map(|(name, value)| Some((name.to_owned(), literal(value)?)))
        .filter(|(_, value)| value >> 16 < FIRST_PRIVATE_ID)
        .collect();
    assert!(tags.len() > 90, "{}", tags.len());
    compare("tags", &["mapitags.h"], &tags);
}

const HEADERS: [&str; 11] = [
    "mapi.h",
    "mapicode.h",
    "mapidefs.h",
    "mapiflag.h",
    "mapiguid.h",
    "mapiobj.h",
    "mapispi.h",
    "mapitags.h",
    "mapiutil.h",
    "mapix.h",
    "xcmc.h",
];

fn has_cpp() -> bool {
    let has = Command::new("c++").arg("--version").output().is_ok();
    if !has {
        println!("skipped for lack of c++: this in C++");
    }
    has
}

/// Compiles a file of includes in both languages, with both widths of text.
fn includes(name: &str, headers: &[&str]) {
    let mut source = String::new();
    for header in headers {
        let _ = writeln!(source, "#include \"{header}\"");
    }
    for width in ["-DUNICODE", "-UUNICODE"] {
        compile("cc", &["-std=c11", "-c", width], &format!("{name}.c"), &source);
        if has_cpp() {
            compile("c++", &["-std=c++17", "-c", width], &format!("{name}.cpp"), &source);
        }
    }
}

#[test]
fn every_header_compiles_alone() {
    for header in HEADERS {
        includes(&format!("alone_{}", header.replace('.', "_")), &[header]);
    }
}

#[test]
fn the_headers_agree_in_every_order() {
    includes("simple_first", &["mapi.h", "mapix.h", "mapispi.h", "xcmc.h"]);
    includes("simple_last", &["xcmc.h", "mapispi.h", "mapix.h", "mapi.h"]);
}

/// A sink and an object with properties as programs write them.
const CLASSES: &str = r#"
#include "mapix.h"

class Sink : public IMAPIAdviseSink {
  public:
    MAPI_IUNKNOWN_METHODS(IMPL)
    MAPI_IMAPIADVISESINK_METHODS(IMPL)
    virtual ~Sink() {}
};

class Folder : public IMAPIFolder {
  public:
    MAPI_IUNKNOWN_METHODS(IMPL)
    MAPI_IMAPIPROP_METHODS(IMPL)
    MAPI_IMAPICONTAINER_METHODS(IMPL)
    MAPI_IMAPIFOLDER_METHODS(IMPL)
    virtual ~Folder() {}
};

HRESULT subjects(LPMAPITABLE table, LPSRowSet *rows)
{
    SizedSPropTagArray(2, tags) = {2, {PR_ENTRYID, PR_SUBJECT_W}};
    static_assert(sizeof tags == CbNewSPropTagArray(2), "a sized array is as long as a new one");
    return HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&tags), nullptr, nullptr, 0,
                          rows);
}

void notify(Sink *sink, Folder *folder)
{
    sink->OnNotify(0, nullptr);
    folder->EmptyFolder(0, nullptr, DEL_ASSOCIATED);
}
"#;

#[test]
fn classes_in_cpp_declare_their_methods_by_the_documented_macros() {
    if has_cpp() {
        compile("c++", &["-std=c++17", "-c", "-Wno-non-virtual-dtor"], "classes.cpp", CLASSES);
    }
}
