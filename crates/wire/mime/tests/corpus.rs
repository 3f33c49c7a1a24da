//! Replays the committed corpus through the oracle, whole and cut short.

#[test]
fn the_oracle_holds_for_the_corpus_and_each_of_its_beginnings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).expect("the corpus") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a corpus file");
        for end in 0..=bytes.len() {
            mime::oracle::check(&bytes[..end]);
        }
        for flipped in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[flipped] ^= 0x55;
            mime::oracle::check(&damaged);
        }
        replayed += 1;
    }
    assert!(replayed >= 10, "the corpus is not empty");
}

#[test]
fn names_of_maildirs_hold_whatever_becomes_of_them() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus-names/names.txt");
    let text = std::fs::read(file).expect("the corpus");
    let mut replayed = 0;
    for name in text.split(|byte| *byte == b'\n') {
        for end in 0..=name.len() {
            mime::oracle::check_name(&name[..end]);
        }
        for at in 0..name.len() {
            for other in *b"&-,./:;!2A\x00\xff" {
                let mut damaged = name.to_vec();
                damaged[at] = other;
                mime::oracle::check_name(&damaged);
            }
        }
        replayed += 1;
    }
    assert!(replayed >= 10, "the corpus is not empty");
}
