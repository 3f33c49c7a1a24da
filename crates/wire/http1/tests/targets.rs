//! Request targets: the tricks of twenty-five years, one by one.

use http1::limits::{MAX_PATH_SEGMENTS, MAX_QUERY_PAIRS, MAX_TARGET_BYTES};
use http1::{Target, TargetError, query_pairs};

fn path(raw: &str) -> String {
    Target::parse(raw).unwrap_or_else(|e| panic!("{raw}: {e}")).path_decoded().to_owned()
}

#[test]
fn good_targets_are_decoded_once_and_normalised() {
    for (raw, expected) in [
        ("/", "/"),
        ("/a/b.html", "/a/b.html"),
        ("/a/", "/a/"),
        ("//a///b", "/a/b"),
        ("/./a/./b/.", "/a/b/"),
        ("/%2e/a", "/a"),
        ("/a%20b+c", "/a b+c"),
        ("/%C3%A4", "/\u{e4}"),
        ("/100%25", "/100%"),
        ("/a%25zz", "/a%zz"),
        ("/.hidden", "/.hidden"),
        ("/x.asp;.jpg", "/x.asp;.jpg"),
        ("/Talk:Main", "/Talk:Main"),
        ("/...a", "/...a"),
        ("http://h/p?q", "/p"),
        ("http://h?q", "/"),
        ("http://h", "/"),
        ("*", "/"),
    ] {
        assert_eq!(path(raw), expected, "{raw}");
    }
}

#[test]
fn path_tricks_are_refused() {
    use TargetError as E;
    for (raw, error) in [
        // MS00-078: overlong slash and backslash.
        ("/scripts/..%c0%af../cmd.exe", E::Utf8),
        ("/scripts/..%c1%9c../cmd.exe", E::Utf8),
        ("/%e0%80%af", E::Utf8),
        ("/%f0%80%80%af", E::Utf8),
        ("/%c0%ae%c0%ae/x", E::Utf8),
        ("/%ff", E::Utf8),
        ("/%ed%a0%80", E::Utf8),
        ("/%u002e%u002e/", E::Escape),
        // MS01-026: decoding twice.
        ("/..%255c../cmd.exe", E::DoubleEncoding),
        ("/%252e%252e/x", E::DoubleEncoding),
        ("/a%2541", E::DoubleEncoding),
        ("/%25%32%66", E::DoubleEncoding),
        // Parents, however written.
        ("/..", E::Parent),
        ("/../x", E::Parent),
        ("/a/../b", E::Parent),
        ("/a/%2e%2e/b", E::Parent),
        ("/a/.%2E", E::Parent),
        ("http://h/../x", E::Parent),
        // Backslashes and slashes.
        ("/a\\b", E::Backslash),
        ("/a%5cb", E::Backslash),
        ("/..%5C..%5Cx", E::Backslash),
        ("/a%2fb", E::EncodedSlash),
        ("/a%2Fb", E::EncodedSlash),
        // Alternate names.
        ("/default.asp::$DATA", E::Stream),
        ("/default.asp%3a%3a$DATA", E::Stream),
        ("/default.asp:$I30", E::Stream),
        ("/default.asp.", E::DotOrSpaceEnd),
        ("/default.asp%2e", E::DotOrSpaceEnd),
        ("/default.asp%20", E::DotOrSpaceEnd),
        ("/a%20/b", E::DotOrSpaceEnd),
        ("/...", E::DotOrSpaceEnd),
        // Control characters.
        ("/a%00.html", E::Control),
        ("/a%0d%0aX:y", E::Control),
        ("/a%7f", E::Control),
        ("/a%c2%85", E::Control),
        ("/a\0", E::Control),
        ("/a\r\nb", E::Control),
        // Escapes.
        ("/%", E::Escape),
        ("/%2", E::Escape),
        ("/%zz", E::Escape),
        ("/%+1", E::Escape),
        // Forms.
        ("", E::Form),
        ("a", E::Form),
        ("?q", E::Form),
        ("/a b", E::Form),
        ("/\u{e4}", E::Form),
        ("/a#b", E::Form),
        ("/a?b#c", E::Form),
        ("ftp://h/x", E::Form),
    ] {
        assert_eq!(Target::parse(raw), Err(error), "{raw}");
        assert_eq!(error.status(), 400);
    }
}

#[test]
fn names_that_only_look_like_others_are_left_as_they_are() {
    // The handler is chosen from the file itself, so nothing is trimmed here.
    assert_eq!(path("/default.asp+.htr"), "/default.asp+.htr");
    assert_eq!(path("/default.asp%20.htr"), "/default.asp .htr");
    assert_eq!(path("/PROGRA~1"), "/PROGRA~1");
}

#[test]
fn path_and_query_are_kept_as_sent_beside_the_decoded_path() {
    let target = Target::parse("/a%20b//c?x=%2f&y=..%5c?z").unwrap();
    assert_eq!(target.raw_path(), "/a%20b//c");
    assert_eq!(target.query(), "x=%2f&y=..%5c?z");
    assert_eq!(target.segments().collect::<Vec<_>>(), ["a b", "c"]);
    assert!(!target.is_folder() && !target.is_asterisk());
    assert!(Target::parse("*").unwrap().is_asterisk());
    assert!(Target::parse("/a/?q").unwrap().is_folder());
}

#[test]
fn targets_have_a_longest_length_and_depth() {
    let long = format!("/{}", "a".repeat(MAX_TARGET_BYTES - 1));
    assert_eq!(path(&long), long);
    assert_eq!(Target::parse(&format!("{long}a")), Err(TargetError::TooLong));
    assert_eq!(TargetError::TooLong.status(), 414);
    let deep = "/a".repeat(MAX_PATH_SEGMENTS);
    assert_eq!(path(&deep), deep);
    assert_eq!(Target::parse(&format!("{deep}/a")), Err(TargetError::TooLong));
}

#[test]
fn form_pairs_are_decoded_leniently() {
    let pairs = |query: &str| -> Vec<(String, String)> { query_pairs(query).collect() };
    let owned = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    assert_eq!(pairs(""), owned(&[]));
    assert_eq!(
        pairs("a=1&b=x+y&&c&=d&e=f=g"),
        owned(&[("a", "1"), ("b", "x y"), ("c", ""), ("", "d"), ("e", "f=g")])
    );
    assert_eq!(
        pairs("a=%C3%A4&b=%zz%4&c=%"),
        owned(&[("a", "\u{e4}"), ("b", "%zz%4"), ("c", "%")])
    );
    assert_eq!(pairs("a=%ff"), owned(&[("a", "\u{fffd}")]));
    assert_eq!(pairs("%26=%3D%2541"), owned(&[("&", "=%41")]));
}

#[test]
fn form_pairs_end_at_their_limit() {
    assert_eq!(query_pairs(&"a=b&".repeat(MAX_QUERY_PAIRS)).count(), MAX_QUERY_PAIRS);
    assert_eq!(query_pairs(&"a=b&".repeat(MAX_QUERY_PAIRS + 1)).count(), MAX_QUERY_PAIRS);
}
