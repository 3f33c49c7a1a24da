//! Entry identifiers and search criteria that are read back: the corpus, whole,
//! cut short and damaged, and bytes made at random.

use store_sqlite::oracle::check;

#[test]
fn the_oracle_holds_for_the_corpus_and_each_of_its_beginnings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).expect("the corpus") {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a corpus file");
        for end in 0..=bytes.len() {
            check(&bytes[..end]);
        }
        for flipped in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[flipped] ^= 0x55;
            check(&damaged);
        }
        replayed += 1;
    }
    assert!(replayed >= 5, "the corpus is not empty");
}

#[test]
fn the_oracle_holds_for_bytes_made_at_random() {
    let mut state = 0_u64;
    let mut byte = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    for _ in 0..20_000 {
        // Version and small kinds, so that many get past their first bytes.
        let mut bytes = vec![1, byte() % 14];
        let length = byte() % 60;
        bytes.extend((0..length).map(|_| byte() % 20));
        check(&bytes);
    }
}
