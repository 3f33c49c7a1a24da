//! Body decoding: framing, limits, and that nothing behind the body is touched.

use http1::limits::{
    DEFAULT_MAX_BODY_BYTES, MAX_CHUNK_EXTENSION_BYTES, MAX_CHUNK_LINE_BYTES, MAX_TRAILER_BYTES,
};
use http1::{BodyDecoder, BodyFraming, HeadParse, Reject, parse_head};

/// Body bytes and consumed count of a complete body.
type Outcome = Result<(Vec<u8>, usize), Reject>;

/// Decodes `parts` one after the other into rooms of `room` bytes.
fn run(framing: BodyFraming, parts: &[&[u8]], room: usize) -> Outcome {
    let mut decoder = BodyDecoder::new(framing);
    let (mut body, mut consumed) = (Vec::new(), 0);
    let mut room = vec![0; room];
    for part in parts {
        let mut rest = *part;
        loop {
            let progress = decoder.decode(rest, &mut room)?;
            body.extend_from_slice(&room[..progress.produced]);
            consumed += progress.consumed;
            rest = &rest[progress.consumed..];
            if progress.done {
                return Ok((body, consumed));
            }
            if progress.consumed == 0 {
                break;
            }
        }
    }
    panic!("the body did not end");
}

/// The outcome, the same for every two-piece cut, byte by byte, any room.
fn decode(framing: BodyFraming, bytes: &[u8]) -> Outcome {
    let whole = run(framing, &[bytes], 4096);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    for room in [1, 3, 4096] {
        assert_eq!(run(framing, &single, room), whole);
        if bytes.len() < 512 {
            for cut in 0..bytes.len() {
                let (head, tail) = bytes.split_at(cut);
                assert_eq!(run(framing, &[head, tail], room), whole, "cut at {cut}");
            }
        }
    }
    whole
}

fn refused(bytes: impl AsRef<[u8]>) -> u16 {
    decode(BodyFraming::Chunked, bytes.as_ref()).unwrap_err().status()
}

#[test]
fn a_body_of_known_length_stops_at_its_end() {
    let next = b"GET / HTTP/1.1\r\n";
    let bytes = [&b"hello"[..], next].concat();
    assert_eq!(decode(BodyFraming::Length(5), &bytes), Ok((b"hello".to_vec(), 5)));
    assert_eq!(run(BodyFraming::None, &[next], 10), Ok((Vec::new(), 0)));
    assert_eq!(run(BodyFraming::Length(0), &[next], 10), Ok((Vec::new(), 0)));
    let mut decoder = BodyDecoder::new(BodyFraming::Length(5));
    decoder.decode(b"he", &mut [0; 9]).unwrap();
    assert_eq!((decoder.remaining_bytes(), decoder.produced_bytes()), (Some(3), 2));
    assert!(!decoder.is_done());
}

#[test]
fn chunks_are_joined_and_their_extras_dropped() {
    let rows: &[(&str, &str)] = &[
        ("0\r\n\r\n", ""),
        ("000\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello"),
        ("a;n=v;q=\"x y\"\r\n0123456789\r\n0;last\r\n\r\n", "0123456789"),
        ("A \t;n\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("1\r\nx\r\n0\r\nTrailer: a\r\nX-B:\r\n\r\n", "x"),
        ("0000000000000001\r\nx\r\n0\r\n\r\n", "x"),
    ];
    for (coded, plain) in rows {
        let bytes = format!("{coded}POST /next HTTP/1.1\r\n\r\n");
        let expected = Ok((plain.as_bytes().to_vec(), coded.len()));
        assert_eq!(decode(BodyFraming::Chunked, bytes.as_bytes()), expected, "{coded:?}");
    }
}

#[test]
fn malformed_chunks_are_refused() {
    for bytes in [
        "\r\n",
        ";x\r\n",
        " 5\r\n",
        "0_2e\r\n",
        "0_2e\r\n\r\n",
        "-1\r\n",
        "+1\r\n",
        "0x5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "g\r\n",
        "5\nhello\r\n",
        "5\r\rhello",
        "5\r\nhelloX",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r\r",
        "5;a\nhello\r\n",
        "5;a\0\r\nhello\r\n",
        "5 x\r\nhello\r\n",
        "0\r\n\n",
        "0\r\n\rX",
        "0\r\nno colon\r\n\r\n",
        "0\r\n: x\r\n\r\n",
        "0\r\n folded\r\n\r\n",
        "0\r\na: b\n\r\n",
        "0\r\na: \0\r\n\r\n",
        "0\r\na : b\r\n\r\n",
        "10000000000000000\r\n",
        "00000000000000001\r\nx",
    ] {
        assert_eq!(refused(bytes), 400, "{bytes:?}");
    }
}

#[test]
fn body_bytes_before_a_fault_are_given_before_the_refusal() {
    let mut decoder = BodyDecoder::new(BodyFraming::Chunked);
    let mut room = [0; 8];
    let progress = decoder.decode(b"2\r\nhiX", &mut room).unwrap();
    assert_eq!((progress.produced, progress.done), (2, false));
    assert_eq!(decoder.decode(b"", &mut room).map_err(|r| r.status()), Err(400));
}

#[test]
fn a_refusal_is_repeated() {
    let mut decoder = BodyDecoder::new(BodyFraming::Chunked);
    let first = decoder.decode(b"x", &mut [0; 8]).unwrap_err();
    assert_eq!(decoder.decode(b"0\r\n\r\n", &mut [0; 8]), Err(first));
}

#[test]
fn chunk_lines_and_extensions_have_a_longest_length() {
    let line = |bytes: usize| format!("1;{}\r\nx\r\n", "e".repeat(bytes - 2));
    let body = line(MAX_CHUNK_LINE_BYTES) + &line(MAX_CHUNK_LINE_BYTES) + "0\r\n\r\n";
    assert_eq!(decode(BodyFraming::Chunked, body.as_bytes()), Ok((b"xx".to_vec(), body.len())));
    assert_eq!(refused(line(MAX_CHUNK_LINE_BYTES + 1)), 400);

    // Each of these lines carries 128 bytes of extension.
    let lines = MAX_CHUNK_EXTENSION_BYTES / 128;
    let all = line(130).repeat(lines);
    let body = format!("{all}0;\r\n\r\n");
    assert_eq!(decode(BodyFraming::Chunked, body.as_bytes()).unwrap().0.len(), lines);
    assert_eq!(refused(format!("{all}0;e\r\n\r\n")), 400);
}

#[test]
fn the_trailer_section_has_a_largest_size() {
    let with = |bytes: usize| format!("0\r\na: {}\r\n\r\n", "t".repeat(bytes - 5));
    let body = with(MAX_TRAILER_BYTES);
    assert_eq!(decode(BodyFraming::Chunked, body.as_bytes()), Ok((Vec::new(), body.len())));
    assert_eq!(refused(with(MAX_TRAILER_BYTES + 1)), 431);
}

#[test]
fn a_body_has_a_largest_size() {
    // The second call: a fault behind body bytes is reported after them.
    let first = |framing, limit, input: &[u8]| {
        let mut decoder = BodyDecoder::with_limit(framing, limit);
        let mut room = [0; 64];
        decoder
            .decode(input, &mut room)
            .and_then(|first| decoder.decode(&input[first.consumed..], &mut room))
            .map_err(|reject| reject.status())
    };
    assert!(first(BodyFraming::Length(10), 10, b"x").is_ok());
    assert_eq!(first(BodyFraming::Length(11), 10, b""), Err(413));
    assert!(first(BodyFraming::Chunked, 10, b"a\r\n0123456789\r\n0\r\n\r\n").unwrap().done);
    assert_eq!(first(BodyFraming::Chunked, 10, b"b\r\n"), Err(413));
    assert_eq!(first(BodyFraming::Chunked, 10, b"9\r\n012345678\r\n2\r\n"), Err(413));
    assert_eq!(first(BodyFraming::Chunked, u64::MAX, b"1\r\nx\r\nffffffffffffffff\r\n"), Err(413));
    assert!(first(BodyFraming::Chunked, u64::MAX, b"ffffffffffffffff\r\nx").is_ok());
    let mut decoder = BodyDecoder::new(BodyFraming::Length(DEFAULT_MAX_BODY_BYTES + 1));
    assert_eq!(decoder.decode(b"", &mut []).map_err(|r| r.status()), Err(413));
}

#[test]
fn a_full_output_still_lets_the_end_be_found() {
    let mut decoder = BodyDecoder::new(BodyFraming::Chunked);
    let mut room = [0; 5];
    let progress = decoder.decode(b"5\r\nhello", &mut room).unwrap();
    assert_eq!((progress.produced, progress.done), (5, false));
    let progress = decoder.decode(b"\r\n0\r\n\r\nGET", &mut []).unwrap();
    assert_eq!((progress.consumed, progress.done), (7, true));
}

#[test]
fn pipelined_requests_come_out_one_by_one() {
    let stream = b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
        POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n\
        GET /3 HTTP/1.1\r\nHost: a\r\n\r\n\
        POST /4 HTTP/1.0\r\nContent-Length: 1\r\n\r\nf";
    for piece in 1..stream.len() {
        let mut seen = Vec::new();
        let mut held = Vec::new();
        let mut feed = stream.chunks(piece);
        while let Some(part) = feed.next() {
            held.extend_from_slice(part);
            while let HeadParse::Complete(parsed) = parse_head(&held).unwrap() {
                held.drain(..parsed.consumed);
                let mut decoder = BodyDecoder::new(parsed.head.framing());
                let mut body = Vec::new();
                loop {
                    let mut room = [0; 2];
                    let progress = decoder.decode(&held, &mut room).unwrap();
                    body.extend_from_slice(&room[..progress.produced]);
                    held.drain(..progress.consumed);
                    if progress.done {
                        break;
                    }
                    if progress.consumed == 0 {
                        held.extend_from_slice(feed.next().expect("the body ends"));
                    }
                }
                seen.push(format!("{} {}", parsed.head.target(), body.escape_ascii()));
            }
        }
        assert_eq!(seen, ["/1 abc", "/2 de", "/3 ", "/4 f"], "pieces of {piece}");
        assert!(held.is_empty());
    }
}
