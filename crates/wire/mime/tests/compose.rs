//! Messages that are written: what a reader of them sees.

use std::path::PathBuf;

use mime::{Attachment, Importance, Mailbox, Message, Outgoing, decode, encode};

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: name.to_owned(), address: address.to_owned() }
}

fn attachment(name: &str, content_type: &str, id: Option<&str>, bytes: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        content_id: id.map(str::to_owned),
        bytes: bytes.to_vec(),
    }
}

fn full() -> Outgoing {
    Outgoing {
        from: mailbox("Jürgen \"J\" Müller", "j@example.org"),
        to: vec![mailbox("Bob", "bob@example.org"), mailbox("", "c@example.org")],
        cc: vec![mailbox("Dora, D.", "dora@example.org")],
        bcc: Vec::new(),
        subject: format!("Grüße {}", "sehr lang ".repeat(30)),
        date: Some(1_772_528_400),
        message_id: Some("<1@example.org>".to_owned()),
        references: Some("<a@x> <b@x>".to_owned()),
        in_reply_to: Some("<b@x>".to_owned()),
        importance: Importance::High,
        text: Some("Hällo\r\nFrom here\r\n".to_owned()),
        html: Some("<p>H\u{e4}llo <img src=\"cid:p@x\"></p>\r\n".to_owned()),
        attachments: vec![
            attachment("p.png", "image/png", Some("p@x"), b"\x89PNG\0"),
            attachment("n\u{f6}tes \"1\".txt", "text/plain", None, b"caf\xe9\n"),
            attachment(&format!("{}.bin", "long".repeat(40)), "application/x-y", None, &[0; 200]),
            attachment("m.eml", "message/rfc822", None, b"Subject: in\r\n\r\n--x\r\n"),
        ],
    }
}

#[test]
fn everything_that_was_said_is_read_back() {
    let written = full();
    let bytes = encode(&written);
    let read = decode(&bytes).expect("a message");
    assert_eq!(
        Outgoing::from(&read),
        Outgoing { subject: written.subject.trim().into(), ..written }
    );
}

#[test]
fn lines_are_short_and_end_with_both_characters() {
    let bytes = encode(&full());
    let text = String::from_utf8(bytes).expect("7-bit");
    assert!(text.is_ascii());
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines.iter().all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])), "{text}");
}

#[test]
fn the_same_message_is_written_the_same() {
    assert_eq!(encode(&full()), encode(&full()));
}

#[test]
fn blind_copies_are_written_only_when_asked_for() {
    let mut message = Outgoing { from: mailbox("", "a@x"), ..Outgoing::default() };
    assert!(!String::from_utf8_lossy(&encode(&message)).contains("Bcc"));
    message.bcc = vec![mailbox("", "b@x")];
    assert!(String::from_utf8_lossy(&encode(&message)).contains("\r\nBcc: b@x\r\n"));
}

#[test]
fn no_text_makes_a_field_or_ends_the_header() {
    let evil = "a\r\nEvil: yes\r\n\r\nbody";
    let message = Outgoing {
        from: mailbox(evil, evil),
        to: vec![mailbox("x>, <y@z>", "a@x>, <e@y")],
        subject: evil.to_owned(),
        message_id: Some(evil.to_owned()),
        text: Some("x".to_owned()),
        attachments: vec![attachment(evil, evil, Some(evil), b"")],
        ..Outgoing::default()
    };
    let bytes = encode(&message);
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("\r\nEvil"), "{text}");
    let read = decode(&bytes).expect("a message");
    assert_eq!(read.to.len(), 1);
    assert_eq!(read.text.as_deref(), Some("x"));
    assert_eq!(read.subject, "a  Evil: yes    body");
}

fn lines(text: Option<&String>) -> String {
    text.map(|text| text.replace("\r\n", "\n")).unwrap_or_default()
}

type Kept = (String, Vec<Mailbox>, [String; 2], Vec<(String, Vec<u8>)>);

/// What reading, writing and reading again has to keep. A part without text is
/// as good as none; embedded messages keep their lines, not what ends them.
fn kept(message: &Message) -> Kept {
    let mut attachments: Vec<(String, Vec<u8>)> = message
        .attachments
        .iter()
        .map(|attachment| {
            let is_message = attachment.content_type.starts_with("message/");
            let bytes = attachment.bytes.clone();
            let text = is_message.then(|| bytes.iter().filter(|b| **b != b'\r').copied().collect());
            (attachment.name.clone(), text.unwrap_or(bytes))
        })
        .collect();
    attachments.sort();
    let everybody = [&message.from].into_iter().chain(&message.to).chain(&message.cc);
    (
        message.subject.clone(),
        everybody.cloned().collect(),
        [lines(message.text.as_ref()), lines(message.html.as_ref())],
        attachments,
    )
}

fn messages(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            messages(&path, found);
        } else if path.extension().is_some_and(|end| end == "eml")
            || path.parent().is_some_and(|parent| parent.ends_with("cur"))
        {
            found.push(path);
        }
    }
}

#[test]
fn real_messages_are_kept_by_writing_them_again() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let folder = std::env::var_os("PARTYWALL_TEST_DATA").map_or(beside, PathBuf::from);
    let mut files = Vec::new();
    messages(&folder, &mut files);
    if files.is_empty() {
        println!("skipped: no ../shared/data");
        return;
    }
    let mut compared = 0;
    for file in &files {
        let Ok(first) = decode(&std::fs::read(file).expect("a file")) else { continue };
        let again = decode(&encode(&Outgoing::from(&first))).expect("what we wrote can be read");
        assert_eq!(kept(&first), kept(&again), "{}", file.display());
        assert_eq!(first.date, again.date, "{}", file.display());
        compared += 1;
    }
    assert!(compared > 40, "{compared} of {}", files.len());
}
