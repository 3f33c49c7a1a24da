//! Replays the committed corpus through the oracle, whole, cut short and
//! damaged.

#[test]
fn the_oracle_holds_for_the_corpus_and_each_of_its_beginnings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).expect("the corpus") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a corpus file");
        for end in 0..=bytes.len() {
            inf_file::oracle::check(&bytes[..end]);
        }
        for flipped in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[flipped] ^= 0x55;
            inf_file::oracle::check(&damaged);
        }
        replayed += 1;
    }
    assert!(replayed >= 4, "the corpus is not empty");
}
