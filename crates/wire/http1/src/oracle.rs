//! Invariants that hold for any bytes: shared by the fuzz target and the tests.
//!
//! Does not judge whether a request should have been accepted; the tables in
//! the tests do that.

use crate::body::BodyDecoder;
use crate::raw_response::{RawSplitter, split_raw_response};
use crate::request::{HeadParse, parse_head};
use crate::response::parse_header_block;
use crate::target::{Target, query_pairs};
use crate::{Reject, auth::BasicCredentials};

/// Pieces that one body is cut into, in bytes; ours, odd sizes and a large one.
const PIECE_BYTES: [usize; 4] = [1, 2, 7, 4096];

/// Parses `data` as a request, a response and everything in between.
///
/// # Panics
///
/// When an invariant is broken: bytes consumed beyond the input, a result that
/// depends on where the input was cut, or a target that is unsafe after all.
pub fn parse_anything(data: &[u8]) {
    let whole = parse_head(data);
    for cut in cuts(data.len()) {
        match parse_head(data.get(..cut).unwrap_or_default()) {
            Ok(HeadParse::NeedMore) => {}
            early => assert_eq!(early, whole, "cutting at {cut} changed the result"),
        }
    }
    if let Ok(HeadParse::Complete(parsed)) = whole {
        assert!(parsed.consumed <= data.len(), "the head took more than there was");
        check_target(parsed.head.target());
        let body = data.get(parsed.consumed..).unwrap_or_default();
        check_body(&BodyDecoder::new(parsed.head.framing()), body);
        for value in parsed.head.headers("authorization") {
            let _ = BasicCredentials::parse(value);
        }
    }
    check_body(&BodyDecoder::new(crate::BodyFraming::Chunked), data);
    check_response(data);
    if let Ok(text) = std::str::from_utf8(data) {
        check_target(text);
    }
}

/// Every cut of a short input, a spread of cuts of a long one.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    const MOST_CUTS: usize = 256;
    (0..length).step_by(length.div_ceil(MOST_CUTS).max(1))
}

fn check_target(raw: &str) {
    let Ok(target) = Target::parse(raw) else { return };
    let path = target.path_decoded();
    assert!(path.starts_with('/'), "a path must begin with a slash");
    assert!(!path.contains(['\0', '\\']), "a path must not hold NUL or backslash");
    for segment in target.segments() {
        assert!(!matches!(segment, "." | ".."), "a path must be normalised");
        assert!(!segment.ends_with(['.', ' ']), "a segment must not end in dot or space");
    }
    let pairs = query_pairs(target.query()).count();
    assert!(pairs <= crate::limits::MAX_QUERY_PAIRS, "pairs must be bounded");
}

/// How a body came out: its bytes, the input consumed, whether it was complete.
type Decoded = (Vec<u8>, usize, Result<bool, Reject>);

fn check_body(decoder: &BodyDecoder, data: &[u8]) {
    let results: Vec<Decoded> =
        PIECE_BYTES.iter().map(|&piece| decode_in_pieces(decoder.clone(), data, piece)).collect();
    for (bytes, consumed, outcome) in &results {
        assert!(*consumed <= data.len(), "the body took more than there was");
        assert!(bytes.len() <= *consumed, "a body cannot be longer than its coding");
        assert_eq!(Some((bytes, outcome)), results.first().map(|(b, _, o)| (b, o)), "cut matters");
        if *outcome == Ok(true) {
            assert_eq!(Some(consumed), results.first().map(|(_, c, _)| c), "the end moved");
        }
    }
}

fn decode_in_pieces(mut decoder: BodyDecoder, data: &[u8], piece: usize) -> Decoded {
    let mut bytes = Vec::new();
    let mut room = [0_u8; 4096];
    let mut consumed = 0;
    for part in data.chunks(piece) {
        let mut rest = part;
        loop {
            // A room smaller than the part makes output the limit at times.
            let room = room.get_mut(..piece.min(5)).unwrap_or_default();
            let before = rest.len();
            match decoder.decode(rest, room) {
                Err(reject) => return (bytes, consumed, Err(reject)),
                Ok(progress) => {
                    bytes.extend_from_slice(room.get(..progress.produced).unwrap_or_default());
                    consumed += progress.consumed;
                    rest = rest.get(progress.consumed..).unwrap_or_default();
                    if progress.done {
                        return (bytes, consumed, Ok(true));
                    }
                }
            }
            if rest.len() == before {
                break;
            }
        }
    }
    (bytes, consumed, Ok(false))
}

fn check_response(data: &[u8]) {
    if let Ok(block) = parse_header_block(data) {
        assert!(block.body_offset <= data.len(), "a header block took more than there was");
    }
    let whole = split_raw_response(data);
    if let Ok(Some(response)) = &whole {
        assert!(response.body_offset <= data.len(), "a raw head took more than there was");
        for (_, value) in response.head.headers() {
            assert!(!value.contains(&b'\n') && !value.contains(&b'\r'), "a value splits the head");
        }
    }
    let mut splitter = RawSplitter::new();
    for part in data.chunks(7) {
        match splitter.push(part) {
            Ok(None) => {}
            Ok(Some((response, body))) => {
                assert!(body.len() <= data.len(), "a body appeared from nowhere");
                let whole = whole.as_ref().ok().and_then(Option::as_ref);
                assert_eq!(
                    whole.map(|w| (&w.head, w.shape)),
                    Some((&response.head, response.shape))
                );
                return;
            }
            Err(error) => {
                assert_eq!(whole.err(), Some(error), "cutting changed the response error");
                return;
            }
        }
    }
    let _ = splitter.finish();
}
