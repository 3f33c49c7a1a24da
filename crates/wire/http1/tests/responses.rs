//! Response framing and the shapes extensions write, with the rule that no
//! extension can put bytes outside its own response.

use http1::limits::{MAX_HEAD_BYTES, MAX_HEADERS, MAX_RESPONSE_NAME_BYTES};
use http1::{
    Accepted, BodyDecoder, BodyFraming, Encoder, Persist, RawResponse, RawShape, RawSplitter,
    RequestFacts, ResponseError, ResponseHead, ServerFields, Version, parse_header_block,
    parse_structured_response, split_raw_response,
};

const DATE: &str = "Fri, 20 Nov 2026 13:34:34 GMT";
const SERVER: ServerFields<'_> = ServerFields { date: DATE, server: "Partywall" };
const NO_SERVER: ServerFields<'_> = ServerFields { date: "", server: "" };

fn facts(version: Version, is_head: bool, keep_alive: bool) -> RequestFacts {
    RequestFacts { version, is_head, keep_alive }
}

fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
    let mut head = ResponseHead::new(status).unwrap();
    for (name, value) in headers {
        head.add_header(name, value.as_bytes()).unwrap();
    }
    head
}

/// Writes a response; gives head text, body bytes, what was accepted, and the
/// fate of the connection.
fn write(
    facts: RequestFacts,
    head: &ResponseHead,
    pieces: &[&[u8]],
) -> (String, Vec<u8>, Accepted, Persist) {
    let mut encoder = Encoder::new(facts);
    let mut out = Vec::new();
    encoder.start(head, NO_SERVER, &mut out).unwrap();
    let mut total = Accepted::default();
    for piece in pieces {
        let accepted = encoder.encode_body(piece, &mut out);
        total.taken += accepted.taken;
        total.dropped += accepted.dropped;
    }
    let persist = encoder.finish(&mut out);
    let end = out.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let body = out.split_off(end);
    (String::from_utf8(out).unwrap(), body, total, persist)
}

#[test]
fn the_framing_matrix_holds() {
    const BODY: &[u8] = b"hello world";
    // Declared length, pieces written.
    let lengths: [(&str, Option<usize>); 4] =
        [("length", Some(11)), ("none", None), ("too much", Some(5)), ("too little", Some(20))];
    for version in [Version::Http10, Version::Http11] {
        for is_head in [false, true] {
            for keep_alive in [false, true] {
                for (case, length) in lengths {
                    let name = format!("{version:?} head={is_head} keep={keep_alive} {case}");
                    let value = length.map(|l| l.to_string()).unwrap_or_default();
                    let headers = [("Content-Length", value.as_str())];
                    let response = head(200, if length.is_some() { &headers } else { &[] });
                    let (text, body, accepted, persist) = write(
                        facts(version, is_head, keep_alive),
                        &response,
                        &[b"hello ", b"world"],
                    );

                    let chunked = !is_head && length.is_none() && version == Version::Http11;
                    let until_close = !is_head && length.is_none() && version == Version::Http10;
                    let expected: Vec<u8> = match (is_head, length) {
                        (true, _) => Vec::new(),
                        (_, Some(5)) => BODY[..5].to_vec(),
                        (_, None) if chunked => b"6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n".to_vec(),
                        _ => BODY.to_vec(),
                    };
                    assert_eq!(body, expected, "{name}");
                    assert_eq!(text.contains("Transfer-Encoding: chunked\r\n"), chunked, "{name}");
                    let declared = length.map(|l| format!("Content-Length: {l}\r\n"));
                    assert_eq!(text.contains("Content-Length"), declared.is_some(), "{name}");
                    assert!(declared.is_none_or(|d| text.contains(&d)), "{name}");

                    let dropped = if !is_head && length == Some(5) { 6 } else { 0 };
                    assert_eq!(accepted, Accepted { taken: 11 - dropped, dropped }, "{name}");

                    let told_keep = keep_alive && !until_close;
                    let short = !is_head && length == Some(20);
                    let kept = told_keep && !short;
                    assert_eq!(persist == Persist::KeepAlive, kept, "{name}");
                    assert_eq!(text.contains("Connection: close\r\n"), !told_keep, "{name}");
                    let says_keep = text.contains("Connection: keep-alive\r\n");
                    assert_eq!(says_keep, told_keep && version == Version::Http10, "{name}");
                }
            }
        }
    }
}

#[test]
fn responses_without_content_carry_none() {
    let get = facts(Version::Http11, false, true);
    let (text, body, accepted, persist) =
        write(get, &head(204, &[("Content-Length", "3")]), &[b"abc"]);
    assert_eq!(text, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!((body.len(), accepted.taken, persist), (0, 3, Persist::KeepAlive));
    let (text, body, ..) =
        write(get, &head(304, &[("Content-Length", "3"), ("ETag", "x")]), &[b"abc"]);
    assert_eq!(text, "HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 3\r\n\r\n");
    assert!(body.is_empty());
    let (text, body, ..) = write(get, &head(205, &[]), &[b"abc"]);
    assert_eq!(text, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n");
    assert!(body.is_empty());
}

#[test]
fn the_head_gets_what_the_server_owes() {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(facts(Version::Http11, false, true));
    let response = head(404, &[("Content-Type", "text/plain")]);
    let persist = encoder.respond(&response, SERVER, b"gone", &mut out).unwrap();
    let expected = format!(
        "HTTP/1.1 404 Not Found\r\nDate: {DATE}\r\nServer: Partywall\r\n\
         Content-Type: text/plain\r\nContent-Length: 4\r\n\r\ngone"
    );
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    assert_eq!(persist, Persist::KeepAlive);

    let mut out = Vec::new();
    let mut encoder = Encoder::new(facts(Version::Http11, false, true));
    encoder.start(&head(200, &[("date", "mine"), ("SERVER", "mine")]), SERVER, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("date: mine\r\nSERVER: mine\r\n") && !text.contains("Partywall"),
        "{text}"
    );
}

#[test]
fn an_extension_cannot_smuggle_framing() {
    let get = facts(Version::Http11, false, true);
    let response = head(
        200,
        &[
            ("Connection", "keep-alive, X-Private"),
            ("X-Private", "1"),
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Connection", "keep-alive"),
            ("TE", "trailers"),
            ("Trailer", "X"),
            ("Transfer-Encoding", "gzip"),
            ("Upgrade", "h2c"),
            ("X-Public", "2"),
            ("Content-Length", "2"),
        ],
    );
    let (text, body, accepted, _) = write(get, &response, &[b"ok", b"HTTP/1.1 200 OK\r\n\r\n"]);
    assert_eq!(text, "HTTP/1.1 200 OK\r\nX-Public: 2\r\nContent-Length: 2\r\n\r\n");
    assert_eq!((body.as_slice(), accepted.dropped), (&b"ok"[..], 19));

    let (text, .., persist) = write(get, &head(200, &[("connection", "Close")]), &[]);
    assert!(text.contains("Connection: close\r\n"));
    assert_eq!(persist, Persist::Close);

    let lengths = |values: &[&str]| {
        let headers: Vec<_> = values.iter().map(|v| ("Content-Length", *v)).collect();
        Encoder::new(get).start(&head(200, &headers), NO_SERVER, &mut Vec::new())
    };
    assert_eq!(lengths(&["5", "5"]), Ok(()));
    for bad in [&["5", "6"][..], &["-1"], &["x"], &["5, 5"], &["18446744073709551616"], &[""]] {
        assert_eq!(lengths(bad), Err(ResponseError::ContentLength), "{bad:?}");
    }
}

#[test]
fn chunks_framed_by_the_extension_are_framed_anew() {
    let response = head(200, &[("Transfer-Encoding", "chunked")]);
    let pieces: [&[u8]; 4] =
        [b"5;x\r\nhel", b"lo\r\n", b"0\r\nT: 1\r\n\r\n", b"HTTP/1.1 200 OK\r\n"];
    let (text, body, accepted, persist) =
        write(facts(Version::Http11, false, true), &response, &pieces);
    assert_eq!(text, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(body, b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
    assert_eq!((accepted.dropped, persist), (17, Persist::KeepAlive));

    let (text, body, ..) = write(facts(Version::Http10, false, true), &response, &pieces);
    assert_eq!(text, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    assert_eq!(body, b"hello");

    for broken in [&b"5\r\nhel"[..], b"not chunks at all"] {
        let (_, body, _, persist) =
            write(facts(Version::Http11, false, true), &response, &[broken]);
        assert_eq!(persist, Persist::Close);
        assert!(!body.ends_with(b"0\r\n\r\n"));
    }
}

#[test]
fn chunked_output_reads_back_whatever_the_pieces() {
    let plain: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
    for piece in [1, 15, 16, 17, 4096, plain.len()] {
        let plain = &plain[..plain.len().min(piece * 64)];
        let mut pieces: Vec<&[u8]> = plain.chunks(piece).collect();
        pieces.push(b"");
        let (_, body, ..) = write(facts(Version::Http11, false, true), &head(200, &[]), &pieces);
        let mut room = vec![0; plain.len() + 1];
        let mut decoder = BodyDecoder::new(BodyFraming::Chunked);
        let progress = decoder.decode(&body, &mut room).unwrap();
        assert!(progress.done && progress.consumed == body.len(), "{piece}");
        assert_eq!(&room[..progress.produced], plain);
    }
}

#[test]
fn pieces_sent_by_the_host_are_framed_too() {
    let open = |version, headers: &[(&str, &str)], wanted| {
        let mut encoder = Encoder::new(facts(version, false, true));
        let mut out = Vec::new();
        assert_eq!(encoder.open_piece(1, &mut out), None);
        encoder.start(&head(200, headers), NO_SERVER, &mut out).unwrap();
        out.clear();
        let granted = encoder.open_piece(wanted, &mut out);
        out.push(b'|');
        encoder.close_piece(granted.unwrap_or(0), &mut out);
        let persist = encoder.finish(&mut out);
        (granted, String::from_utf8(out).unwrap(), persist)
    };
    let huge = 1_u64 << 40;
    let expected = (Some(huge), "10000000000\r\n|\r\n0\r\n\r\n".to_owned(), Persist::KeepAlive);
    assert_eq!(open(Version::Http11, &[], huge), expected);
    assert_eq!(open(Version::Http11, &[], 0).1, "|0\r\n\r\n");
    assert_eq!(open(Version::Http10, &[], 9), (Some(9), "|".to_owned(), Persist::Close));
    let length = [("Content-Length", "7")];
    assert_eq!(open(Version::Http10, &length, 9), (Some(7), "|".to_owned(), Persist::KeepAlive));
    let chunks = [("Transfer-Encoding", "chunked")];
    assert_eq!(open(Version::Http11, &chunks, 9), (None, "|".to_owned(), Persist::Close));
}

#[test]
fn calls_out_of_order_send_nothing() {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(facts(Version::Http11, false, true));
    assert_eq!(encoder.encode_body(b"early", &mut out).dropped, 5);
    assert_eq!(encoder.clone().finish(&mut out), Persist::Close);
    assert!(out.is_empty() && !encoder.is_started());
    encoder.start(&head(200, &[]), NO_SERVER, &mut out).unwrap();
    assert!(encoder.is_started() && encoder.keeps_alive());
    let again = encoder.start(&head(200, &[]), NO_SERVER, &mut out);
    assert_eq!(again, Err(ResponseError::HeadTwice));
    assert_eq!(encoder.finish(&mut out), Persist::KeepAlive);
    let length = out.len();
    assert_eq!(encoder.encode_body(b"late", &mut out).dropped, 4);
    assert_eq!(encoder.finish(&mut out), Persist::Close);
    assert_eq!(out.len(), length);

    let mut encoder = Encoder::new(facts(Version::Http11, false, true));
    encoder.force_close();
    encoder.start(&head(200, &[]), NO_SERVER, &mut out).unwrap();
    assert!(out.ends_with(b"Connection: close\r\n\r\n"));
    let bad = ServerFields { date: "", server: "x\r\ny: z" };
    let mut encoder = Encoder::new(facts(Version::Http11, false, true));
    assert_eq!(encoder.start(&head(200, &[]), bad, &mut out), Err(ResponseError::Value));
}

#[test]
fn names_and_values_that_split_a_response_are_refused() {
    let mut response = head(200, &[("Keep", "1")]);
    for name in ["", "a b", "a\r\nb", "a\0", "a:b", ":", "\u{e4}", "a::"] {
        assert_eq!(response.add_header(name, b"v"), Err(ResponseError::Name), "{name:?}");
    }
    for value in ["a\r\nb: c", "a\nb", "a\rb", "a\0b", "\x1b[0m", "a\x7f"] {
        assert_eq!(
            response.add_header("n", value.as_bytes()),
            Err(ResponseError::Value),
            "{value:?}"
        );
        assert_eq!(response.set_header("Keep", value.as_bytes()), Err(ResponseError::Value));
        assert_eq!(ResponseHead::with_reason(200, value.as_bytes()), Err(ResponseError::Value));
    }
    assert_eq!(response, head(200, &[("Keep", "1")]));
    response.set_header("KEEP:", b"2").unwrap();
    assert_eq!(response.header("keep"), Some(&b"2"[..]));
}

#[test]
fn a_response_head_has_a_largest_size_and_count() {
    let mut response = head(200, &[]);
    for _ in 0..MAX_HEADERS {
        response.add_header("a", b"b").unwrap();
    }
    assert_eq!(response.add_header("a", b"b"), Err(ResponseError::TooLarge));
    let mut response = head(200, &[]);
    let room = MAX_HEAD_BYTES - "OK".len() - "a: \r\n".len();
    assert_eq!(response.add_header("a", &vec![b'x'; room + 1]), Err(ResponseError::TooLarge));
    response.add_header("a", &vec![b'x'; room]).unwrap();
    response.remove_header("A");
    response.add_header("a", &vec![b'x'; room]).unwrap();
    let name = "n".repeat(MAX_RESPONSE_NAME_BYTES);
    head(200, &[]).add_header(&name, b"").unwrap();
    assert_eq!(head(200, &[]).add_header(&format!("{name}n"), b""), Err(ResponseError::Name));
    let long = vec![b'r'; MAX_HEAD_BYTES];
    assert!(ResponseHead::with_reason(200, &long).is_ok());
    let longer = [long.as_slice(), b"r"].concat();
    assert_eq!(ResponseHead::with_reason(200, &longer), Err(ResponseError::TooLarge));
}

#[test]
fn status_texts_are_read_as_extensions_write_them() {
    let read = |text: &str| {
        let head = ResponseHead::from_status_text(text.as_bytes())?;
        Ok((head.status(), String::from_utf8(head.reason().to_vec()).unwrap()))
    };
    for (text, status, reason) in [
        ("", 200, "OK"),
        ("200 OK", 200, "OK"),
        ("404", 404, "Not Found"),
        ("401 Access Denied", 401, "Access Denied"),
        (" 500  Broken ", 500, "Broken"),
        ("HTTP/1.0 302 Object Moved", 302, "Object Moved"),
        ("599 x", 599, "x"),
    ] {
        assert_eq!(read(text), Ok((status, reason.to_owned())), "{text}");
    }
    for bad in ["OK", "20 x", "2000 x", "200OK", "199 x", "600 x", "101 Switching", "HTTP/1.1"] {
        assert_eq!(read(bad), Err(ResponseError::Status), "{bad}");
    }
    assert_eq!(read("200 OK\r\nX: y"), Err(ResponseError::Value));
}

#[test]
fn header_blocks_end_at_the_empty_line() {
    let text = b"Content-Type: text/html\nX:\r\nY:  z \n\r\nbody\n\nmore";
    let block = parse_header_block(text).unwrap();
    assert_eq!(&text[block.body_offset..], b"body\n\nmore");
    let expected: Vec<(String, Vec<u8>)> = [("Content-Type", "text/html"), ("X", ""), ("Y", "z")]
        .map(|(n, v)| (n.to_owned(), v.as_bytes().to_vec()))
        .to_vec();
    assert_eq!((block.headers, block.terminated), (expected, true));
    let block = parse_header_block(b"A: b\r\nC: d").unwrap();
    assert_eq!((block.headers.len(), block.body_offset, block.terminated), (2, 10, false));
    assert_eq!(parse_header_block(b"").unwrap().headers, []);
    assert_eq!(parse_header_block(b"\r\nbody").unwrap().body_offset, 2);
    for bad in ["no colon\r\n\r\n", "A: b\r\n folded: x\r\n\r\n"] {
        assert_eq!(parse_header_block(bad.as_bytes()), Err(ResponseError::Line), "{bad:?}");
    }
    for bad in ["A : b\n\n", ": b\n\n", "\u{e4}: b\n\n"] {
        assert_eq!(parse_header_block(bad.as_bytes()), Err(ResponseError::Name), "{bad:?}");
    }
    assert!(parse_header_block("A: b\n".repeat(MAX_HEADERS).as_bytes()).is_ok());
    let many = "A: b\n".repeat(MAX_HEADERS + 1);
    assert_eq!(parse_header_block(many.as_bytes()), Err(ResponseError::TooLarge));
    let long = |bytes: usize| format!("A: {}\n\n", "x".repeat(bytes - 5));
    assert!(parse_header_block(long(MAX_HEAD_BYTES).as_bytes()).is_ok());
    let longer = parse_header_block(long(MAX_HEAD_BYTES + 1).as_bytes());
    assert_eq!(longer, Err(ResponseError::TooLarge));
}

#[test]
fn a_structured_response_is_status_text_and_block() {
    let block = b"Content-Type: text/plain\r\n\r\nhello";
    let (head, offset) = parse_structured_response(b"404 Lost", block).unwrap();
    assert_eq!((head.status(), head.reason()), (404, &b"Lost"[..]));
    assert_eq!(head.header("content-type"), Some(&b"text/plain"[..]));
    assert_eq!(&block[offset..], b"hello");
    let (head, offset) = parse_structured_response(b"", b"").unwrap();
    assert_eq!((head.status(), head.headers().len(), offset), (200, 0, 0));
    let split = parse_structured_response(b"200 OK", b"X: a\rSet-Cookie: b\r\n\r\n");
    assert_eq!(split, Err(ResponseError::Value));
}

/// Splits whole and in every two-piece cut; all must agree on head, shape, body.
fn split(bytes: &[u8]) -> (ResponseHead, RawShape, Vec<u8>) {
    let gather = |parts: &[&[u8]]| {
        let mut splitter = RawSplitter::new();
        let mut found: Option<(RawResponse, Vec<u8>)> = None;
        for part in parts {
            match &mut found {
                Some((_, body)) => body.extend_from_slice(part),
                None => found = splitter.push(part).unwrap(),
            }
        }
        let (response, body) = found.or_else(|| splitter.finish().unwrap()).expect("bytes written");
        (response.head, response.shape, body)
    };
    let whole = gather(&[bytes]);
    for cut in 0..bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        assert_eq!(gather(&[head, tail]), whole, "cut at {cut} of {:?}", bytes.escape_ascii());
    }
    assert_eq!(gather(&bytes.chunks(1).collect::<Vec<_>>()), whole);
    whole
}

#[test]
fn the_three_raw_shapes_are_told_apart() {
    use RawShape::{BodyOnly, FullHead, StatusBlock};
    let rows: &[(&str, RawShape, u16, &str)] = &[
        ("HTTP/1.0 200 OK\r\nContent-Type: a/b\r\n\r\nhi", FullHead, 200, "hi"),
        ("HTTP/1.1 404 Lost\nX: y\n\nhi\n\n", FullHead, 404, "hi\n\n"),
        ("HTTP/1.1 500\r\n\r\n", FullHead, 500, ""),
        ("HTTP/1.1 200 OK\r\nX: y", FullHead, 200, ""),
        ("Status: 403 No\r\nContent-Type: a/b\r\n\r\nhi", StatusBlock, 403, "hi"),
        ("Content-Type: a/b\n\nhi", StatusBlock, 200, "hi"),
        ("location: /x\r\n\r\n", StatusBlock, 302, ""),
        ("Location: /x\r\nStatus: 301\r\n\r\n", StatusBlock, 301, ""),
        ("<html>hi</html>", BodyOnly, 200, "<html>hi</html>"),
        ("hello", BodyOnly, 200, "hello"),
        ("H", BodyOnly, 200, "H"),
        ("Note: no head\n\nbody", BodyOnly, 200, "Note: no head\n\nbody"),
        ("Content-Type: a/b\nnot a field\n\n", BodyOnly, 200, "Content-Type: a/b\nnot a field\n\n"),
        ("Status: 200", BodyOnly, 200, "Status: 200"),
        ("\r\n\r\nhi", BodyOnly, 200, "\r\n\r\nhi"),
        ("\u{89}PNG: \n\n", BodyOnly, 200, "\u{89}PNG: \n\n"),
    ];
    for (text, shape, status, body) in rows {
        let (head, got, rest) = split(text.as_bytes());
        assert_eq!((got, head.status()), (*shape, *status), "{text:?}");
        assert_eq!(rest, body.as_bytes(), "{text:?}");
        assert_eq!(head.header("status"), None);
    }
    assert_eq!(RawSplitter::new().finish(), Ok(None));
}

#[test]
fn a_broken_raw_head_is_an_error_of_the_extension() {
    for (text, error) in [
        ("HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n", ResponseError::Value),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", ResponseError::Line),
        ("HTTP/1.1 100 Continue\r\n\r\n", ResponseError::Status),
        ("HTTP/1.1 OK\r\n\r\n", ResponseError::Status),
        ("Status: 99\r\n\r\n", ResponseError::Status),
        ("Content-Type: a\0b\r\n\r\n", ResponseError::Value),
    ] {
        assert_eq!(split_raw_response(text.as_bytes()), Err(error), "{text:?}");
    }
}

#[test]
fn what_is_held_back_for_a_raw_head_is_bounded() {
    let full = |bytes: usize| {
        let start = "HTTP/1.1 200 OK\r\nX: ";
        format!("{start}{}\r\n\r\n", "y".repeat(bytes - start.len() - 4))
    };
    assert!(matches!(split_raw_response(full(MAX_HEAD_BYTES).as_bytes()), Ok(Some(_))));
    let longer = full(MAX_HEAD_BYTES + 1);
    assert_eq!(split_raw_response(longer.as_bytes()), Err(ResponseError::TooLarge));
    let endless = format!("Content-Type: {}", "x".repeat(MAX_HEAD_BYTES));
    assert_eq!(split_raw_response(&endless.as_bytes()[..MAX_HEAD_BYTES - 1]), Ok(None));
    let given_up = split_raw_response(endless.as_bytes()).unwrap().unwrap();
    assert_eq!(given_up.shape, RawShape::BodyOnly);
    let word = "w".repeat(MAX_RESPONSE_NAME_BYTES + 1);
    assert_eq!(split_raw_response(&word.as_bytes()[..MAX_RESPONSE_NAME_BYTES]), Ok(None));
    assert!(matches!(split_raw_response(word.as_bytes()), Ok(Some(_))));
}
