//! Messages as values: structure, character sets, limits.

use mime::{
    Attachment, DecodeError, Importance, MAX_ATTACHMENTS, MAX_DISPLAY_CHARS, MAX_HEADER_BYTES,
    MAX_MESSAGE_BYTES, MAX_PART_DEPTH, MAX_PARTS, Mailbox, Message, decode, preview,
};

fn read(text: &str) -> Message {
    decode(text.as_bytes()).expect("a message")
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: name.to_owned(), address: address.to_owned() }
}

#[test]
fn the_envelope_is_read_with_its_encoded_words() {
    let message = read(
        "Received: from a by b; Tue, 3 Mar 2026 10:00:05 +0100\n\
         Received: from c by a; Tue, 3 Mar 2026 09:00:00 +0100\n\
         From: =?iso-8859-1?q?J=FCrgen?= <j@example.org>\n\
         To: Bob <bob@example.org>, carol@example.org\n\
         Cc: \"Dora, D.\" <dora@example.org>\n\
         Date: Tue, 3 Mar 2026 10:00:00 +0100\n\
         Message-ID: <1@example.org>\n\
         References: <a@x> <b@x>\n\
         In-Reply-To: <b@x>\n\
         Importance: High\n\
         Subject: =?utf-8?b?R3LDvMOfZQ==?=\n\nx\n",
    );
    assert_eq!(message.subject, "Grüße");
    assert_eq!(message.from, mailbox("Jürgen", "j@example.org"));
    assert_eq!(message.display_to(), "Bob; carol@example.org");
    assert_eq!(message.cc, [mailbox("Dora, D.", "dora@example.org")]);
    assert_eq!(message.date, Some(1_772_528_400));
    assert_eq!(message.received, Some(1_772_528_405));
    assert_eq!(message.message_id.as_deref(), Some("<1@example.org>"));
    assert_eq!(message.references.as_deref(), Some("<a@x> <b@x>"));
    assert_eq!(message.in_reply_to.as_deref(), Some("<b@x>"));
    assert_eq!(message.importance, Importance::High);
    assert!(message.headers.ends_with("R3LDvMOfZQ==?="));
    assert_eq!(message.text.as_deref(), Some("x\n"));
    assert_eq!(message.html, None);
}

#[test]
fn importance_is_also_said_by_numbers() {
    for (field, importance) in [
        ("X-Priority: 1 (Highest)", Importance::High),
        ("X-Priority: 5", Importance::Low),
        ("Priority: non-urgent", Importance::Low),
        ("X-Priority: what", Importance::Normal),
    ] {
        assert_eq!(read(&format!("{field}\n\n")).importance, importance, "{field}");
    }
}

#[test]
fn an_alternative_gives_both_bodies_and_no_attachment() {
    let message = read(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\
         Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n\
         caf=E9\n--b\nContent-Type: text/html\n\n<p>caf\u{e9}</p>\n--b--\nepilogue\n",
    );
    assert_eq!(message.text.as_deref(), Some("café"));
    assert_eq!(message.html.as_deref(), Some("<p>café</p>"));
    assert_eq!(message.attachments, []);
}

#[test]
fn a_footer_after_an_alternative_is_in_both_bodies() {
    let message = read(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\
         Content-Type: multipart/alternative; boundary=b\n\n--b\n\ntext\n--b\n\
         Content-Type: text/html\n\n<b>html</b>\n--b--\n--m\n\n<footer>\n--m--\n",
    );
    assert_eq!(message.text.as_deref(), Some("text\n<footer>"));
    assert_eq!(message.html.as_deref(), Some("<b>html</b>\n<pre>&lt;footer&gt;</pre>"));
}

#[test]
fn html_alone_has_no_text_but_a_preview() {
    let message = read(
        "Content-Type: text/html\n\n<head><style>p{}</style></head><p>Hello&nbsp;<b>you</b></p>\n<p>there</p>",
    );
    assert_eq!(message.text, None);
    assert_eq!(preview(&message, 80), "Hello you there");
    assert_eq!(preview(&message, 7), "Hello y");
    assert_eq!(preview(&message, 0), "");
}

#[test]
fn bytes_without_a_header_are_the_text() {
    let message = decode(b"just words\n\xff\n").expect("a message");
    assert_eq!(message.text.as_deref(), Some("just words\n\u{fffd}\n"));
    assert_eq!(message.headers, "");
}

#[test]
fn an_attachment_keeps_its_own_bytes_whatever_its_character_set() {
    let mut raw = b"Content-Type: multipart/mixed; boundary=m\n\n--m\n\ntext\n--m\n\
        Content-Type: text/csv; charset=iso-8859-1; name=\"../../a\\\\f\x07.csv\"\n\
        Content-ID: <part@x>\n\n"
        .to_vec();
    raw.extend_from_slice(b"caf\xe9,\x80\r\n\r\n--m--\r\n");
    let message = decode(&raw).expect("a message");
    assert_eq!(
        message.attachments,
        [Attachment {
            name: "f .csv".to_owned(),
            content_type: "text/csv".to_owned(),
            content_id: Some("part@x".to_owned()),
            bytes: b"caf\xe9,\x80\r\n".to_vec(),
        }]
    );
}

#[test]
fn a_named_text_after_the_first_part_is_an_attachment() {
    let part = "--m\nContent-Type: text/plain; name=\"n.txt\"\n\nx\n";
    let message =
        read(&format!("Content-Type: multipart/mixed; boundary=m\n\n{part}{part}--m--\n"));
    assert_eq!(message.text.as_deref(), Some("x"));
    assert_eq!(message.attachments.len(), 1);
}

#[test]
fn a_part_without_the_empty_line_after_its_header_keeps_its_body() {
    let message = read(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nno header at all\n--m\n\
         Content-Type: application/zip;\n name=a.zip\nContent-Transfer-Encoding: base64\nAAEC\n--m--\n",
    );
    assert_eq!(message.text.as_deref(), Some("no header at all"));
    assert_eq!(message.attachments[0].name, "a.zip");
    assert_eq!(message.attachments[0].bytes, [0, 1, 2]);
}

#[test]
fn a_tnef_part_is_kept_whole() {
    let message = read(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\ntext\n--m\n\
         Content-Type: application/ms-tnef; name=\"winmail.dat\"\nContent-Transfer-Encoding: base64\n\n\
         eJ8+IgEC\n--m--\n",
    );
    assert_eq!(message.attachments[0].name, "winmail.dat");
    assert_eq!(message.attachments[0].content_type, "application/ms-tnef");
    assert_eq!(message.attachments[0].bytes, b"\x78\x9f\x3e\x22\x01\x02");
}

#[test]
fn an_embedded_message_is_an_attachment_with_its_raw_bytes() {
    let inner = "Subject: in/ner\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--i--";
    let message = read(&format!(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\ntext\n--m\nContent-Type: message/rfc822\n\n{inner}\n--m--\n"
    ));
    assert_eq!(message.text.as_deref(), Some("text"));
    assert_eq!(message.attachments.len(), 1);
    assert_eq!(message.attachments[0].name, "in_ner.eml");
    assert_eq!(message.attachments[0].bytes, inner.as_bytes());
}

#[test]
fn the_parts_of_a_digest_are_embedded_messages() {
    let message = read(
        "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: one\n\n1\n--d\n\n\n2\n--d--\n",
    );
    assert_eq!(message.text, None);
    let names: Vec<&str> = message.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["one.eml", "message.eml"]);
}

#[test]
fn a_multipart_whose_boundary_never_occurs_is_text() {
    for head in ["Content-Type: multipart/mixed; boundary=ab", "Content-Type: multipart/mixed"] {
        let message = read(&format!("{head}\n\nbody\n--abc\n"));
        assert_eq!(message.text.as_deref(), Some("body\n--abc\n"), "{head}");
    }
}

#[test]
fn an_unclosed_inner_multipart_ends_with_its_outer_one() {
    let message = read(
        "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=y\n\n\
         --y\n\none\n--x\n\ntwo",
    );
    assert_eq!(message.text.as_deref(), Some("one\ntwo"));
}

fn nested(depth: usize) -> String {
    let mut text = String::new();
    for level in 0..depth {
        text += &format!("Content-Type: multipart/mixed; boundary=b{level}x\n\n--b{level}x\n");
    }
    text + "\ninmost\n"
}

#[test]
fn multiparts_are_split_down_to_the_limit_and_kept_whole_below_it() {
    let at_limit = read(&nested(MAX_PART_DEPTH));
    assert_eq!(at_limit.text.as_deref(), Some("inmost\n"));
    assert_eq!(at_limit.attachments, []);
    let past_limit = read(&nested(MAX_PART_DEPTH + 1));
    assert_eq!(past_limit.text, None);
    assert_eq!(past_limit.attachments.len(), 1);
    assert!(past_limit.attachments[0].bytes.ends_with(b"inmost\n"));
    assert!(decode(nested(100_000).as_bytes()).is_ok(), "depth costs no stack");
}

#[test]
fn attachments_are_counted_up_to_the_limit() {
    let part = "--m\nContent-Type: image/png\n\nx\n";
    let with =
        |count| format!("Content-Type: multipart/mixed; boundary=m\n\n{}", part.repeat(count));
    assert_eq!(read(&with(MAX_ATTACHMENTS)).attachments.len(), MAX_ATTACHMENTS);
    assert_eq!(decode(with(MAX_ATTACHMENTS + 1).as_bytes()), Err(DecodeError::TooManyAttachments));
}

#[test]
fn parts_are_counted_up_to_the_limit() {
    let with = |count| {
        format!("Content-Type: multipart/mixed; boundary=m\n\n{}", "--m\n\nx\n".repeat(count))
    };
    assert!(decode(with(MAX_PARTS - 1).as_bytes()).is_ok(), "the multipart is a part too");
    assert_eq!(decode(with(MAX_PARTS).as_bytes()), Err(DecodeError::TooManyParts));
    assert_eq!(decode(with(10 * MAX_PARTS).as_bytes()), Err(DecodeError::TooManyParts));
}

#[test]
fn size_and_emptiness_are_refused_with_a_sentence() {
    assert!(decode(&vec![b'\n'; MAX_MESSAGE_BYTES]).is_ok());
    let refusal = decode(&vec![b'\n'; MAX_MESSAGE_BYTES + 1]).expect_err("one byte too many");
    assert_eq!(refusal.to_string(), "larger than 64 MiB, the limit for one message");
    assert_eq!(decode(b""), Err(DecodeError::Empty));
}

#[test]
fn display_strings_are_one_line_and_cut_at_their_limit() {
    let subject = |length: usize| read(&format!("Subject: {}\n\n", "é".repeat(length))).subject;
    assert_eq!(subject(MAX_DISPLAY_CHARS).chars().count(), MAX_DISPLAY_CHARS);
    assert_eq!(subject(MAX_DISPLAY_CHARS + 1).chars().count(), MAX_DISPLAY_CHARS);
    assert_eq!(read("Subject: =?utf-8?q?a=0Ab=1B?=\n\n").subject, "a b");
}

#[test]
fn a_header_is_read_up_to_its_limit() {
    let tail = "Subject: s\n";
    let filler = "X: y\n".repeat((MAX_HEADER_BYTES - tail.len()) / 5);
    assert_eq!(read(&format!("{filler}{tail}\n")).subject, "s");
    let past = read(&format!("{filler}{filler}{tail}\nbody"));
    assert_eq!(past.subject, "");
    assert_eq!(past.text.as_deref(), Some("body"));
}
