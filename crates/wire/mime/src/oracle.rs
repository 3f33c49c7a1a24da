//! What must hold for any bytes, for fuzzers and the committed corpus.

use crate::compose::{Outgoing, encode};
use crate::maildir;
use crate::mbox::messages;
use crate::message::{
    DecodeError, MAX_ATTACHMENTS, MAX_DISPLAY_CHARS, MAX_MESSAGE_BYTES, Message, decode,
};
use crate::preview::preview;

/// Characters of the preview that the oracle asks for.
const PREVIEW_CHARS: usize = 80;

/// Decodes `bytes` as a message and as an mbox and checks what must hold.
///
/// # Panics
/// When an invariant does not hold: that is a defect of this crate.
pub fn check(bytes: &[u8]) {
    let too_large = bytes.len() > MAX_MESSAGE_BYTES;
    match decode(bytes) {
        Ok(message) => {
            check_message(&message, bytes.len());
            check_written(&message);
        }
        Err(DecodeError::Empty) => assert!(bytes.is_empty(), "only what is empty is called so"),
        Err(DecodeError::TooLarge) => assert!(too_large, "only what is too large is called so"),
        Err(refusal) => assert!(bytes.windows(2).any(|w| w == b"--"), "{refusal} without parts"),
    }
    check_mbox(bytes);
}

/// Reads `bytes` as a Maildir++ name and checks what must hold.
///
/// # Panics
/// When an invariant does not hold: that is a defect of this crate.
pub fn check_name(bytes: &[u8]) {
    let name = String::from_utf8_lossy(bytes);
    let decoded = maildir::utf7_decode(&name);
    let encoded = maildir::utf7_encode(&decoded);
    assert!(encoded.is_ascii() && !encoded.contains(['.', '/']), "what is written is a level");
    assert_eq!(maildir::utf7_decode(&encoded), decoded, "what is written is read back");
    if let Some(path) = maildir::folder_path(&name) {
        let levels: Vec<&str> = path.iter().map(String::as_str).collect();
        if levels.iter().all(|level| !level.is_empty()) {
            let again = maildir::folder_path(&maildir::folder_name(&levels));
            assert_eq!(again, Some(path), "a path is read back");
        }
    }
    let flags = maildir::Flags::from_file_name(&name);
    let renamed = maildir::with_flags(&name, flags);
    assert_eq!(maildir::Flags::from_file_name(&renamed), flags, "flags are kept");
    assert_eq!(maildir::base_name(&renamed), maildir::base_name(&name), "the base is kept");
}

fn check_message(message: &Message, length: usize) {
    assert!(message.attachments.len() <= MAX_ATTACHMENTS, "attachments are limited");
    let attached: usize = message.attachments.iter().map(|attachment| attachment.bytes.len()).sum();
    assert!(attached <= length, "attachments are never longer than their message");
    let lines = [&message.subject, &message.from.name, &message.from.address];
    for line in lines.into_iter().chain(message.attachments.iter().map(|a| &a.name)) {
        assert!(line.chars().count() <= MAX_DISPLAY_CHARS, "display strings are cut");
        assert!(!line.chars().any(char::is_control), "display strings are one line");
    }
    for attachment in &message.attachments {
        assert!(!attachment.name.contains(['/', '\\']), "a name has no folders");
        assert!(!attachment.content_type.is_empty(), "an attachment has a type");
    }
    assert!(preview(message, PREVIEW_CHARS).chars().count() <= PREVIEW_CHARS, "a preview is cut");
}

/// What is written can be read, and says the same.
fn check_written(message: &Message) {
    match decode(&encode(&Outgoing::from(message))) {
        Ok(again) => {
            assert_eq!(again.subject, message.subject, "the subject is kept");
            assert!(again.to.len() <= message.to.len(), "no address becomes two");
            assert_eq!(again.attachments.len(), message.attachments.len(), "attachments are kept");
        }
        Err(refusal) => assert_eq!(refusal, DecodeError::TooLarge, "what is written can be read"),
    }
}

fn check_mbox(bytes: &[u8]) {
    let Ok(entries) = messages(bytes) else {
        assert!(
            !bytes.is_empty() && !bytes.starts_with(b"From "),
            "only what is no mbox is refused"
        );
        return;
    };
    let mut next = 0;
    for entry in entries {
        assert!(entry.offset >= next, "entries are in order and do not overlap");
        let start = bytes.get(entry.offset..).unwrap_or_default();
        assert!(start.starts_with(b"From "), "an entry begins with its mark");
        next = entry.offset + "From ".len() + entry.bytes.len();
        assert!(next <= bytes.len(), "an entry lies within the file");
    }
}
