//! What the demonstration relies on, seen through the decoder that it uses.

use std::collections::{BTreeMap, BTreeSet};

use mime::{Importance, Message};

use crate::letters::{self, Letter};
use crate::people::person;
use crate::{Sample, clock, files, messages, pages, secret_of};

const NOW: i64 = 1_790_000_000;
const OWNERS: [&str; 2] = ["alice", "bob"];
const DAY_SECONDS: i64 = 86_400;

/// An owner's letters beside what they decode to, in the order of `messages`.
fn decoded(owner: &str) -> Vec<(Letter, Sample, Message)> {
    let letters = letters::all();
    messages(owner, NOW)
        .into_iter()
        .map(|sample| {
            let message = mime::decode(&sample.bytes).expect("a message");
            let id = message.message_id.clone().expect("an identifier");
            let key = id.trim_start_matches('<').split('@').next().expect("a key");
            (letters::find(&letters, key).expect("a letter").clone(), sample, message)
        })
        .collect()
}

fn one(owner: &str, key: &str) -> (Sample, Message) {
    let found = decoded(owner).into_iter().find(|(letter, ..)| letter.key == key);
    let (_, sample, message) = found.unwrap_or_else(|| panic!("{owner} has no {key}"));
    (sample, message)
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn each_owner_has_enough_mail_in_the_agreed_folders() {
    for owner in OWNERS {
        let mail = messages(owner, NOW);
        assert!(mail.len() >= 45, "{owner} has {}", mail.len());
        let mut folders = BTreeMap::new();
        for sample in &mail {
            *folders.entry(sample.folder.join("/")).or_insert(0) += 1;
        }
        let names: Vec<&str> = folders.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "Drafts",
                "Friends",
                "House/Bills",
                "House/Party wall",
                "Inbox",
                "Mailing lists/rust-house",
                "Sent Items",
            ]
        );
        println!("{owner}: {} {folders:?}", mail.len());
    }
    assert_eq!(messages("carol", NOW), []);
}

#[test]
fn every_message_decodes_to_what_was_written() {
    for owner in OWNERS {
        for (letter, _, message) in decoded(owner) {
            let key = letter.key;
            assert_eq!(message.subject, letter.field("Subject").unwrap_or_default(), "{key}");
            assert_eq!(unix(message.text.as_deref().expect(key)), letter.text, "{key}");
            let from = person(letter.field("From").expect(key)).expect(key);
            assert_eq!((&*message.from.name, &*message.from.address), (from.name, from.address));
            for (field, mailboxes) in [("To", &message.to), ("Cc", &message.cc)] {
                let people: Vec<_> = letter.list(field).filter_map(person).collect();
                let read: Vec<_> =
                    mailboxes.iter().map(|one| (&*one.name, &*one.address)).collect();
                let written: Vec<_> = people.iter().map(|one| (one.name, one.address)).collect();
                assert_eq!(read, written, "{key}");
            }
            let page = letter.field("Html").map(|name| pages::find(name).expect(name));
            assert_eq!(message.html.as_deref().map(unix), page.map(unix), "{key}");
        }
    }
}

#[test]
fn lines_end_with_crlf_and_keep_within_the_limits() {
    for owner in OWNERS {
        for (letter, sample, _) in decoded(owner) {
            let text: String = sample.bytes.iter().map(|&byte| char::from(byte)).collect();
            let bare = text.replace("\r\n", "");
            assert!(!bare.contains(['\r', '\n']), "{}", letter.key);
            assert!(text.ends_with("\r\n"), "{}", letter.key);
            let (head, _) = text.split_once("\r\n\r\n").expect("a header");
            assert!(head.is_ascii(), "{}", letter.key);
            // An identifier may be longer than where lines are folded.
            assert!(head.lines().all(|line| line.len() <= 90), "{}: {head}", letter.key);
            assert!(sample.bytes.len() < 32 << 10, "{}", letter.key);
        }
    }
}

#[test]
fn no_text_stands_there_twice() {
    for owner in OWNERS {
        let mut seen = BTreeSet::new();
        for (letter, _, message) in decoded(owner) {
            assert!(seen.insert((message.subject, message.text)), "{owner}: {}", letter.key);
        }
        let texts: BTreeSet<_> = seen.iter().map(|(_, text)| text).collect();
        assert_eq!(texts.len(), seen.len(), "{owner}");
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    for owner in OWNERS {
        assert_eq!(messages(owner, NOW), messages(owner, NOW));
        assert_ne!(messages(owner, NOW), messages(owner, NOW + 1));
    }
}

#[test]
fn dates_reach_from_minutes_to_two_years_back() {
    for owner in OWNERS {
        let mail = decoded(owner);
        for (letter, sample, message) in &mail {
            let sent = message.date.expect(letter.key);
            assert!(sent > NOW - 2 * 365 * DAY_SECONDS - DAY_SECONDS, "{}", letter.key);
            assert!(sent <= sample.received && sample.received <= NOW, "{}", letter.key);
            assert_eq!(message.received.unwrap_or(sent), sample.received, "{}", letter.key);
        }
        let ages: Vec<i64> = mail.iter().map(|(_, sample, _)| NOW - sample.received).collect();
        assert!(ages.is_sorted_by(|older, newer| older >= newer));
        assert!(ages[0] > 700 * DAY_SECONDS, "{owner}");
        assert!(ages[ages.len() - 1] < 3_600, "{owner}");
    }
}

#[test]
fn the_secret_is_the_newest_in_the_inbox_and_nowhere_else() {
    for (owner, other) in [("alice", "bob"), ("bob", "alice")] {
        let secret = secret_of(owner);
        assert!(secret.contains("your spare key is number"), "{secret}");
        let mail = decoded(owner);
        let newest = mail
            .iter()
            .filter(|(_, sample, _)| sample.folder == ["Inbox"])
            .max_by_key(|(_, sample, _)| sample.received);
        let (_, sample, message) = newest.expect("an inbox");
        assert_eq!(message.subject, secret);
        assert!(!sample.read);
        let number = secret.rsplit(' ').next().expect("a number");
        for (letter, sample, message) in decoded(other) {
            let shown = format!("{:?}", (&message.subject, &message.text, &message.html));
            assert!(!shown.contains(&secret) && !shown.contains(number), "{}", letter.key);
            assert!(!holds(&sample.bytes, secret.as_bytes()), "{}", letter.key);
            let attached = message.attachments.iter().map(|attachment| &attachment.bytes);
            assert!(attached.into_iter().all(|bytes| !holds(bytes, number.as_bytes())));
        }
    }
    assert_eq!(secret_of("carol"), "");
}

#[test]
fn threads_refer_to_what_was_answered() {
    for owner in OWNERS {
        let mail = decoded(owner);
        let ids: BTreeMap<String, &Letter> = mail
            .iter()
            .map(|(letter, _, message)| (message.message_id.clone().expect("an id"), letter))
            .collect();
        assert_eq!(ids.len(), mail.len(), "{owner}");
        for (letter, _, message) in &mail {
            let Some(key) = letter.field("Reply") else {
                assert_eq!((&message.in_reply_to, &message.references), (&None, &None));
                continue;
            };
            let answered = message.in_reply_to.as_ref().expect(letter.key);
            assert_eq!(ids.get(answered).expect(letter.key).key, key);
            let references = message.references.as_ref().expect(letter.key);
            assert!(references.ends_with(answered.as_str()), "{}", letter.key);
            assert!(references.split(' ').all(|id| ids.contains_key(id)), "{}", letter.key);
        }
    }
}

#[test]
fn the_long_thread_lies_in_inbox_and_sent_items_on_both_sides() {
    for owner in OWNERS {
        let mail = decoded(owner);
        let thread: Vec<_> =
            mail.iter().filter(|(letter, ..)| letter.key.starts_with("hole-")).collect();
        assert_eq!(thread.len(), 9);
        let sent = thread.iter().filter(|(_, sample, _)| sample.folder == ["Sent Items"]).count();
        let inbox = thread.iter().filter(|(_, sample, _)| sample.folder == ["Inbox"]).count();
        assert!(sent >= 3 && inbox >= 3 && sent + inbox == 9, "{owner}");
        for (index, (_, _, message)) in thread.iter().enumerate() {
            let references = message.references.as_deref().unwrap_or_default();
            assert_eq!(references.split_whitespace().count(), index, "{owner}");
        }
    }
}

#[test]
fn sent_mail_is_the_owners_and_drafts_are_drafts() {
    for owner in OWNERS {
        let own = person(owner).expect("an owner").address;
        let mut states = [0; 3];
        for (letter, sample, message) in decoded(owner) {
            let is_draft = sample.folder == ["Drafts"];
            let is_own = is_draft || sample.folder == ["Sent Items"];
            assert_eq!(sample.draft, is_draft, "{}", letter.key);
            if is_own {
                assert_eq!(message.from.address, own, "{}", letter.key);
                assert!(sample.read, "{}", letter.key);
            }
            assert_eq!(message.received.is_none(), is_own, "{}", letter.key);
            for (count, is) in states.iter_mut().zip([!sample.read, sample.flagged, sample.draft]) {
                *count += usize::from(is);
            }
        }
        let [unread, flagged, drafts] = states;
        assert!(unread >= 5 && flagged >= 1 && drafts >= 1, "{owner}: {states:?}");
    }
}

#[test]
fn attachments_decode_to_the_right_names_types_and_bytes() {
    let mut types = BTreeSet::new();
    for owner in OWNERS {
        for (letter, _, message) in decoded(owner) {
            let names: Vec<&str> = letter.list("Inline").chain(letter.list("Attach")).collect();
            assert_eq!(message.attachments.len(), names.len(), "{}", letter.key);
            for (name, attachment) in names.into_iter().zip(&message.attachments) {
                types.insert(attachment.content_type.clone());
                let Some(key) = name.strip_prefix("letter:") else {
                    assert_eq!(attachment.name, name);
                    let file = files::find(name, NOW).expect(name);
                    assert!(file.content_type.starts_with(&attachment.content_type), "{name}");
                    assert_eq!(attachment.bytes, file.bytes, "{name}");
                    continue;
                };
                assert_eq!(attachment.name, format!("{key}.eml"));
                let (embedded, _) = one("bob", key);
                assert_eq!(attachment.bytes, embedded.bytes, "{name}");
            }
        }
    }
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let expected = [
        "application/pdf",
        "image/png",
        "message/rfc822",
        "text/calendar",
        "text/csv",
        "text/plain",
    ];
    assert_eq!(types, expected);
}

#[test]
fn sizes_of_attachments_are_those_of_the_files() {
    let sizes = |owner, key| -> Vec<(String, usize)> {
        let (_, message) = one(owner, key);
        message.attachments.into_iter().map(|one| (one.name, one.bytes.len())).collect()
    };
    let key_list = include_str!("../files/key-list.txt").len();
    assert_eq!(sizes("alice", "key-list"), [("Schlüsselliste Größe 2.txt".into(), key_list)]);
    let costs = include_str!("../files/shared-costs.csv").len();
    assert_eq!(sizes("bob", "costs"), [("shared-costs.csv".into(), costs)]);
    let hatch = sizes("alice", "hatch-drawing");
    assert_eq!(
        hatch.iter().map(|(name, _)| &**name).collect::<Vec<_>>(),
        ["wall.png", "measures.txt", "hatch.png"]
    );
}

#[test]
fn pictures_in_pages_are_the_parts_they_name() {
    for (owner, key, count) in
        [("alice", "wall-photo", 1), ("bob", "hatch-drawing", 1), ("bob", "concert", 1)]
    {
        let (sample, message) = one(owner, key);
        let html = message.html.expect(key);
        let ids: Vec<&str> =
            message.attachments.iter().filter_map(|part| part.content_id.as_deref()).collect();
        assert_eq!(ids.len(), count, "{key}");
        assert!(ids.iter().all(|id| html.contains(&format!("\"cid:{id}\""))), "{key}");
        assert!(holds(&sample.bytes, b"Content-Type: multipart/related"), "{key}");
    }
    let (sample, _) = one("alice", "hatch-drawing");
    let text = String::from_utf8(sample.bytes).expect("ASCII");
    let at = |kind: &str| text.find(&format!("Content-Type: multipart/{kind};")).expect("a part");
    assert!(at("mixed") < at("alternative") && at("alternative") < at("related"));
}

#[test]
fn what_a_web_mail_must_not_let_through_is_there_to_be_seen() {
    for (owner, key) in [("alice", "hardware-news"), ("bob", "tools-offer")] {
        let html = one(owner, key).1.html.expect("a page");
        for what in ["<script>", "src=\"https://", "javascript:"] {
            assert!(html.contains(what), "{key}: {what}");
        }
    }
}

#[test]
fn every_way_to_encode_is_used() {
    for owner in OWNERS {
        let all: Vec<u8> = messages(owner, NOW).into_iter().flat_map(|one| one.bytes).collect();
        for what in [
            "=?utf-8?Q?",
            "=?utf-8?B?",
            "=?iso-8859-1?Q?=DCbungsplan",
            "=?windows-1252?Q?Quote_=96_",
            "Encoding: 7bit",
            "Encoding: 8bit",
            "Encoding: quoted-printable",
            "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            "charset=iso-8859-1",
            "charset=windows-1252",
            "filename*=utf-8''Schl%C3%BCsselliste%20Gr%C3%B6%C3%9Fe%202.txt",
        ] {
            assert!(holds(&all, what.as_bytes()), "{owner}: {what}");
        }
        assert!(holds(&all, b"gr\xF6\xDFer als"), "{owner}: ISO-8859-1");
        assert!(holds(&all, b"\x80180\r\n"), "{owner}: windows-1252");
        let high =
            decoded(owner).into_iter().filter(|(.., one)| one.importance == Importance::High);
        assert_eq!(high.map(|(letter, ..)| letter.key).collect::<Vec<_>>(), ["water-off"]);
    }
}

#[test]
fn an_appointment_lies_ahead() {
    let (_, message) = one("alice", "boiler");
    let text = String::from_utf8(message.attachments[0].bytes.clone()).expect("UTF-8");
    let start = text.lines().find_map(|line| line.strip_prefix("DTSTART:")).expect("a start");
    assert!(start > &*clock::basic(NOW + 4 * DAY_SECONDS), "{start}");
}
