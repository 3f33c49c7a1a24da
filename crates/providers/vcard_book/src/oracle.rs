//! What must hold for any bytes, for fuzzers and the committed corpus.

use crate::card::{parse, write};

/// Reads `bytes` as vCards and checks what must hold.
///
/// # Panics
/// When an invariant does not hold: that is a defect of this crate.
pub fn check(bytes: &[u8]) {
    let Ok(cards) = parse(bytes) else { return };
    let written = write(&cards);
    let again = parse(&written).expect("what is written can be read");
    assert_eq!(again.len(), cards.len(), "no card is lost");
    for (card, again) in cards.iter().zip(&again) {
        assert_eq!(card.texts("EMAIL"), again.texts("EMAIL"), "addresses are kept");
        assert_eq!(card.members(), again.members(), "members are kept");
        assert_eq!(card.is_group(), again.is_group(), "a group stays one");
    }
    assert_eq!(write(&again), written, "writing changes nothing more");
}
