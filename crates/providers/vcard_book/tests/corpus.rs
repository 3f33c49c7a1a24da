//! Replays the committed corpus through the oracle, cut short and damaged.

#[test]
fn the_oracle_holds_for_the_corpus_and_what_becomes_of_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).expect("the corpus") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a corpus file");
        for end in 0..=bytes.len() {
            vcard_book::oracle::check(&bytes[..end]);
        }
        for at in 0..bytes.len() {
            for flip in [0x55, 0x80, 0x01, 0x20, 0x07] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                vcard_book::oracle::check(&damaged);
            }
            for other in [b'\n', b'\r', b';', b':', b'\\', b'"', b' '] {
                let mut damaged = bytes.clone();
                damaged[at] = other;
                vcard_book::oracle::check(&damaged);
            }
        }
        replayed += 1;
    }
    assert!(replayed >= 5, "the corpus is not empty");
}
