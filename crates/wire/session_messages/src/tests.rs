//! Every message there and back, and what does not fit.

use super::*;

fn all() -> Vec<Message> {
    let listed = Listed {
        number: 7,
        profile: "Größe".into(),
        since: 1_700_000_000,
        is_kept: true,
        programs: vec![(1, "one".into()), (u32::MAX, String::new())],
    };
    vec![
        Message::Join { program: "p".into() },
        Message::Joined { number: 1, profile: "x".into(), session: vec![0, 255] },
        Message::None,
        Message::Publish { program: "p".into(), profile: "x".into(), session: Vec::new() },
        Message::Published { number: u64::MAX },
        Message::Exists,
        Message::AskAllToLeave,
        Message::Leave,
        Message::Keep,
        Message::Done,
        Message::List,
        Message::Entry(listed),
        Message::End,
        Message::LogOff { number: 3 },
        Message::Ended,
    ]
}

#[test]
fn every_message_survives_and_a_part_of_one_is_not_whole() {
    for message in all() {
        let bytes = message.encode().unwrap();
        assert_eq!(Message::decode(&bytes), Ok(Some((message, bytes.len()))));
        for end in 0..bytes.len() {
            assert_eq!(Message::decode(&bytes[..end]), Ok(None));
        }
    }
}

#[test]
fn payloads_and_texts_at_the_limit_pass_and_longer_ones_do_not() {
    let publish = |bytes: usize| Message::Publish {
        program: String::new(),
        profile: String::new(),
        session: vec![0; bytes],
    };
    let room = MAX_PAYLOAD_BYTES - 12;
    let fits = publish(room).encode().unwrap();
    assert!(matches!(Message::decode(&fits), Ok(Some(_))));
    assert_eq!(publish(room + 1).encode(), Err(MessageError::TooLong(MAX_PAYLOAD_BYTES + 1)));
    let head = [&[VERSION, 1][..], &(MAX_PAYLOAD_BYTES as u32 + 1).to_le_bytes()].concat();
    assert_eq!(Message::decode(&head), Err(MessageError::TooLong(MAX_PAYLOAD_BYTES + 1)));
    let join = |bytes: usize| Message::Join { program: "x".repeat(bytes) };
    let fits = join(MAX_TEXT_BYTES).encode().unwrap();
    assert!(matches!(Message::decode(&fits), Ok(Some(_))));
    assert_eq!(join(MAX_TEXT_BYTES + 1).encode(), Err(MessageError::TooLong(MAX_TEXT_BYTES + 1)));
}

#[test]
fn any_bytes_are_a_message_an_error_or_unfinished() {
    // Every byte of every message replaced by some others; nothing panics, and
    // what is read is written the same way.
    for message in all() {
        let bytes = message.encode().unwrap();
        for at in 0..bytes.len() {
            for other in [0, 1, 2, 0x7F, 0x80, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = other;
                if let Ok(Some((read, taken))) = Message::decode(&changed) {
                    assert_eq!(read.encode().unwrap(), changed[..taken]);
                }
            }
        }
    }
    assert_eq!(Message::decode(&[9]), Err(MessageError::Version(9)));
    assert_eq!(Message::decode(&[1, 99, 0, 0, 0, 0]), Err(MessageError::Malformed(99)));
    assert_eq!(Message::decode(&[1, 3, 1, 0, 0, 0, 0]), Err(MessageError::Malformed(3)));
}
