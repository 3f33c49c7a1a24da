//! Replays the committed corpus, whole and mutated, through the oracle.

use std::fs;
use std::path::PathBuf;

use http1::oracle::parse_anything;
use http1::{HeadParse, RawShape, Target, parse_head, split_raw_response};

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the corpus folder is committed")
        .map(|entry| entry.expect("a readable entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("a readable file"))
        })
        .collect();
    files.sort();
    assert!(files.len() >= 12, "the corpus is incomplete");
    files
}

#[test]
fn corpus_files_are_what_their_names_say() {
    for (name, bytes) in corpus() {
        let accepted = match parse_head(&bytes) {
            Ok(HeadParse::Complete(parsed)) => {
                let body = &bytes[parsed.consumed..];
                let mut decoder = http1::BodyDecoder::new(parsed.head.framing());
                Target::parse(parsed.head.target()).is_ok()
                    && decoder.decode(body, &mut [0; 64]).is_ok_and(|progress| progress.done)
            }
            _ => false,
        };
        assert_eq!(accepted, name.starts_with("good_"), "{name}");
        let shape = split_raw_response(&bytes).ok().flatten().map(|response| response.shape);
        match name.as_str() {
            "raw_full_head" => assert_eq!(shape, Some(RawShape::FullHead)),
            "raw_status_block" => assert_eq!(shape, Some(RawShape::StatusBlock)),
            "raw_split_attempt" => assert_eq!(shape, None),
            _ => assert_eq!(shape, Some(RawShape::BodyOnly), "{name}"),
        }
    }
}

#[test]
fn the_oracle_holds_for_the_corpus_and_every_prefix() {
    for (_, bytes) in corpus() {
        for end in 0..=bytes.len() {
            parse_anything(&bytes[..end]);
        }
    }
}

#[test]
fn the_oracle_holds_for_mutated_corpus_files() {
    const SPICE: &[u8] = b"\r\n\0 \t:;,%/\\.0a\xff-";
    const MUTANTS_PER_FILE: usize = 400;
    let files = corpus();
    // A fixed xorshift seed: the same mutants in every run.
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).expect("below fits")
    };
    for (_, bytes) in &files {
        for _ in 0..MUTANTS_PER_FILE {
            let mut mutant = bytes.clone();
            for _ in 0..=next(3) {
                let at = next(mutant.len());
                match next(4) {
                    0 => mutant[at] = SPICE[next(SPICE.len())],
                    1 => mutant.insert(at, SPICE[next(SPICE.len())]),
                    2 if mutant.len() > 1 => drop(mutant.remove(at)),
                    _ => {
                        let other = &files[next(files.len())].1;
                        let from = next(other.len());
                        mutant.truncate(at);
                        mutant.extend_from_slice(&other[from..]);
                        mutant.push(b'\n');
                    }
                }
            }
            parse_anything(&mutant);
        }
    }
}
