//! The rules for request heads, one row each, and how the bytes may be cut.

use http1::limits::{
    MAX_HEAD_BYTES, MAX_HEADERS, MAX_LEADING_EMPTY_LINES, MAX_METHOD_BYTES, MAX_TARGET_BYTES,
};
use http1::{BodyFraming, HeadParse, Parsed, Reject, Version, parse_head};

/// Parses whole and in every two-piece cut; all must agree.
fn parse(bytes: &[u8]) -> Result<Parsed, Reject> {
    let whole = parse_head(bytes);
    for cut in 0..bytes.len() {
        match parse_head(&bytes[..cut]) {
            Ok(HeadParse::NeedMore) => {}
            early => assert_eq!(early, whole, "cut at {cut} of {:?}", bytes.escape_ascii()),
        }
    }
    match whole? {
        HeadParse::Complete(parsed) => Ok(parsed),
        HeadParse::NeedMore => panic!("incomplete: {}", bytes.escape_ascii()),
    }
}

fn status_of(bytes: impl AsRef<[u8]>) -> u16 {
    parse(bytes.as_ref()).expect_err(&bytes.as_ref().escape_ascii().to_string()).status()
}

#[test]
fn good_heads_are_read() {
    let rows: &[(&str, BodyFraming, bool)] = &[
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None, true),
        ("GET / HTTP/1.1\r\nhOsT:a:80\r\nX-Empty:\r\n\r\n", BodyFraming::None, true),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", BodyFraming::None, true),
        (
            "GET / HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: x, Close\r\n\r\n",
            BodyFraming::None,
            false,
        ),
        ("GET / HTTP/1.0\r\n\r\n", BodyFraming::None, false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", BodyFraming::None, true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", BodyFraming::None, false),
        ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", BodyFraming::Length(0), true),
        (
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n",
            BodyFraming::Length(u64::MAX),
            true,
        ),
        (
            "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
            BodyFraming::Chunked,
            true,
        ),
        ("GET http://h/p HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None, true),
        ("GET HTTPS://h:1?q HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None, true),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None, true),
        ("GET / HTTP/1.1\r\nHost: a\r\nX:\t b\u{e9} \t\r\n\r\n", BodyFraming::None, true),
        ("M-SEARCH /a|b\"<>^{} HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None, true),
    ];
    for (text, framing, keep_alive) in rows {
        let parsed = parse(text.as_bytes()).unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(parsed.consumed, text.len(), "{text:?}");
        assert_eq!(parsed.head.framing(), *framing, "{text:?}");
        assert_eq!(parsed.head.keep_alive(), *keep_alive, "{text:?}");
    }
}

#[test]
fn bad_heads_are_refused_with_the_right_status() {
    let rows: &[(&str, u16)] = &[
        // Request line.
        ("GET / \r\nHost: a\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET ftp://h/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http:///p HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://u:p@h/p HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://h:99999/p HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1x\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTPS/1.1\r\nHost: a\r\n\r\n", 400),
        // Line ends and control bytes.
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        ("GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\x07b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n", 400),
        ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        // Field syntax.
        ("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\tX: 1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n:\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\rX: 1\r\n\r\n", 400),
        ("Extra lineGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G=\":<>(e),[T];?\" /get HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\t: 1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\u{e9}: 1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX[1]: 1\r\n\r\n", 400),
        // Host.
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET http://h/ HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        // Framing.
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
            400,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{a0}chunked\u{a0}\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \u{a0}1\r\n\r\n", 400),
        // Expectations.
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\nContent-Length: 1\r\n\r\n", 417),
    ];
    for (text, status) in rows {
        assert_eq!(status_of(text), *status, "{text:?}");
    }
}

#[test]
fn every_prefix_of_a_good_head_needs_more() {
    let text = b"POST /a?b HTTP/1.1\r\nHost: a\r\nX-Y: z\r\nContent-Length: 3\r\n\r\nabc";
    let parsed = parse(text).unwrap();
    assert_eq!(parsed.consumed, text.len() - 3);
    for cut in 0..parsed.consumed {
        assert_eq!(parse_head(&text[..cut]), Ok(HeadParse::NeedMore), "{cut}");
    }
}

#[test]
fn a_head_is_kept_as_sent() {
    let text = b"DELETE /a%20b?c HTTP/1.1\r\nhOST:  a \r\nX-A: 1\r\nX_A: 2\r\nx-a:\r\n\r\n";
    let head = parse(text).unwrap().head;
    assert_eq!((head.method(), head.target()), ("DELETE", "/a%20b?c"));
    assert_eq!(head.version(), Version::Http11);
    assert_eq!(head.version().as_str(), "HTTP/1.1");
    assert_eq!(head.all_raw(), b"hOST:  a \r\nX-A: 1\r\nX_A: 2\r\nx-a:\r\n");
    let fields: Vec<(&str, &[u8])> = head.fields().collect();
    let expected: Vec<(&str, &[u8])> =
        vec![("hOST", b"a"), ("X-A", b"1"), ("X_A", b"2"), ("x-a", b"")];
    assert_eq!(fields, expected);
    assert_eq!(head.header("HOST"), Some(&b"a"[..]));
    assert_eq!(head.headers("X-a").collect::<Vec<_>>(), [&b"1"[..], b""]);
    assert_eq!(head.header("X-B"), None);
    assert_eq!(head.authority(), "a");
}

#[test]
fn an_absolute_target_names_the_authority() {
    let head = parse(b"GET http://real:81/p HTTP/1.1\r\nHost: other\r\n\r\n").unwrap().head;
    assert_eq!(head.authority(), "real:81");
}

#[test]
fn only_a_client_with_a_body_expects_continue() {
    let expects = |rest: &str| {
        parse(format!("POST / {rest}\r\n\r\n").as_bytes()).unwrap().head.expects_continue()
    };
    assert!(expects("HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1"));
    assert!(expects("HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked"));
    assert!(!expects("HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0"));
    assert!(!expects("HTTP/1.1\r\nHost: a\r\nExpect: 100-continue"));
    assert!(!expects("HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1"));
    assert!(!expects("HTTP/1.1\r\nHost: a\r\nContent-Length: 1"));
}

#[test]
fn leading_empty_lines_are_tolerated_up_to_their_limit() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let with = |lines: usize| "\r\n".repeat(lines) + request;
    let text = with(MAX_LEADING_EMPTY_LINES);
    assert_eq!(parse(text.as_bytes()).unwrap().consumed, text.len());
    assert_eq!(status_of(with(MAX_LEADING_EMPTY_LINES + 1)), 400);
}

#[test]
fn method_and_target_have_a_longest_length() {
    let head =
        |method: &str, target: &str| format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let method = "M".repeat(MAX_METHOD_BYTES);
    let target = format!("/{}", "t".repeat(MAX_TARGET_BYTES - 1));
    let bytes = head(&method, &target);
    let Ok(HeadParse::Complete(parsed)) = parse_head(bytes.as_bytes()) else { panic!("refused") };
    assert_eq!(parsed.head.target().len(), MAX_TARGET_BYTES);
    assert_eq!(status_of(head(&format!("{method}M"), "/")), 501);
    assert_eq!(status_of(head("GET", &format!("{target}t"))), 414);
    assert_eq!(status_of(head(&method, &format!("{target}t"))), 414);
    assert_eq!(status_of(vec![b'A'; MAX_TARGET_BYTES + MAX_METHOD_BYTES + 12]), 414);
}

#[test]
fn the_head_has_a_largest_size_and_count() {
    let fields = |count: usize| {
        let extra: String = (0..count - 1).map(|i| format!("X-{i}: y\r\n")).collect();
        format!("GET / HTTP/1.1\r\nHost: a\r\n{extra}\r\n")
    };
    assert_eq!(parse(fields(MAX_HEADERS).as_bytes()).unwrap().head.fields().len(), MAX_HEADERS);
    assert_eq!(status_of(fields(MAX_HEADERS + 1)), 431);

    let sized = |bytes: usize| {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        format!("{start}{}\r\n\r\n", "y".repeat(bytes - start.len() - 4))
    };
    let largest = sized(MAX_HEAD_BYTES);
    assert!(matches!(parse_head(largest.as_bytes()), Ok(HeadParse::Complete(_))));
    let refused = |bytes: &[u8]| parse_head(bytes).unwrap_err().status();
    assert_eq!(refused(sized(MAX_HEAD_BYTES + 1).as_bytes()), 431);
    assert_eq!(refused(&sized(MAX_HEAD_BYTES + 1).as_bytes()[..MAX_HEAD_BYTES]), 431);
    let endless = &largest.as_bytes()[..MAX_HEAD_BYTES - 1];
    assert_eq!(parse_head(endless), Ok(HeadParse::NeedMore));
}

#[test]
fn filters_edit_fields_but_not_the_framing() {
    let text = b"POST / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\nContent-Length: 3\r\n\r\n";
    let mut head = parse(text).unwrap().head;
    head.set_header("TOMCATURI0x564b:", b" /examples ").unwrap();
    head.set_header("X", b"").unwrap();
    head.add_header("Host2", b"").unwrap();
    head.set_header("Content-Length", b"9").unwrap();
    assert_eq!(
        head.all_raw(),
        b"Host: a\r\nTOMCATURI0x564b: /examples\r\nHost2: \r\nContent-Length: 9\r\n"
    );
    assert_eq!(head.header("tomcaturi0x564B"), Some(&b"/examples"[..]));
    assert_eq!(head.framing(), BodyFraming::Length(3));
    assert!(head.set_header("a b", b"").is_err());
    assert!(head.set_header("a", b"b\r\nc: d").is_err());
    assert!(head.set_header("a", &[b'x'; MAX_HEAD_BYTES]).is_err());
    assert_eq!(head.header("a"), None);
}
