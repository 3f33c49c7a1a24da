//! Drop folders: who gets what, and what is left of those who were killed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use file_drop::{FileDrop, MAX_POLLED, MAX_POLLED_BYTES};
use mapi_abi::codes::Code;
use mapi_abi::spi::{Access, Envelope, Logon, Recipient, RecipientResult, Section, Transport};
use mapi_abi::tags::{PR_PROFILE_PATH, PR_PROFILE_SERVER};
use mapi_abi::value::Value;

fn open_with(data: &Path, user: &str, section: &Section) -> Result<FileDrop, Code> {
    let folder = data.join("mail").join(user);
    fs::create_dir_all(&folder).expect("a folder");
    let access = Access { write: true, create: true };
    FileDrop::open(&Logon { user, mailbox: user, folder: &folder, section, access })
        .map_err(|failure| failure.code)
}

fn open(data: &Path, user: &str) -> FileDrop {
    open_with(data, user, &Section::new()).expect("a transport")
}

fn send(from: &FileDrop, addresses: &[&str], message: &[u8]) -> Vec<RecipientResult> {
    let recipients: Vec<Recipient> = addresses
        .iter()
        .map(|address| Recipient {
            address_type: "SMTP".into(),
            address: (*address).into(),
            name: String::new(),
        })
        .collect();
    let envelope = Envelope { sender: "ada@partywall.test", recipients: &recipients, message };
    from.submit(&envelope).expect("answers").recipients
}

#[test]
fn a_message_goes_to_its_recipient_and_stays_until_it_is_received() {
    let data = tempfile::tempdir().expect("a folder");
    let (ada, bob) = (open(data.path(), "ada"), open(data.path(), "bob"));
    let sent = send(&ada, &["Bob@Partywall.Test", "bob@elsewhere", "eve@partywall.test"], b"hello");
    assert_eq!(sent[..2], [RecipientResult::Accepted, RecipientResult::NotMine]);
    assert!(matches!(sent[2], RecipientResult::Refused(_)), "{sent:?}");
    let polled = bob.poll().expect("messages");
    assert_eq!(polled.len(), 1);
    assert_eq!(polled[0].1, b"hello");
    assert_eq!(bob.poll().expect("messages"), polled, "nobody has it yet");
    bob.received(&polled[0].0).expect("removed");
    assert_eq!(bob.poll().expect("messages"), []);
    bob.received(&polled[0].0).expect("twice changes nothing");
    assert_eq!(ada.poll().expect("messages"), []);
}

#[test]
fn the_same_message_sent_twice_is_one() {
    let data = tempfile::tempdir().expect("a folder");
    let (ada, bob) = (open(data.path(), "ada"), open(data.path(), "bob"));
    for message in [&b"one"[..], b"one", b"two"] {
        assert_eq!(send(&ada, &["bob@partywall.test"], message), [RecipientResult::Accepted]);
    }
    assert_eq!(bob.poll().expect("messages").len(), 2);
}

#[test]
fn a_user_who_never_logged_on_here_gets_mail_all_the_same() {
    let data = tempfile::tempdir().expect("a folder");
    let ada = open(data.path(), "ada");
    fs::create_dir_all(data.path().join("mail/carol")).expect("a folder");
    assert_eq!(send(&ada, &["carol@partywall.test"], b"x"), [RecipientResult::Accepted]);
    assert_eq!(open(data.path(), "carol").poll().expect("messages").len(), 1);
}

#[test]
fn domain_and_root_are_configured() {
    let data = tempfile::tempdir().expect("a folder");
    let root = data.path().join("else/where");
    let mut section = Section::new();
    section.set(PR_PROFILE_SERVER, Value::Unicode("example.org".into()));
    section.set(PR_PROFILE_PATH, Value::Unicode(root.display().to_string()));
    let ada = open_with(data.path(), "ada", &section).expect("a transport");
    let sent = send(&ada, &["ada@partywall.test", "ada@EXAMPLE.org"], b"x");
    assert_eq!(sent, [RecipientResult::NotMine, RecipientResult::Accepted]);
    assert_eq!(fs::read_dir(root.join("ada/new")).expect("a folder").count(), 1);
}

#[test]
fn others_can_put_files_there_and_not_list_them() {
    let data = tempfile::tempdir().expect("a folder");
    let _ada = open(data.path(), "ada");
    let mode = |path: &str| {
        let folder = fs::metadata(data.path().join("drop").join(path)).expect("a folder");
        folder.permissions().mode() & 0o7777
    };
    assert_eq!([mode(""), mode("ada"), mode("ada/new")], [0o1777, 0o711, 0o1733]);
}

#[test]
fn what_is_no_message_is_passed_over() {
    let data = tempfile::tempdir().expect("a folder");
    let ada = open(data.path(), "ada");
    let new = data.path().join("drop/ada/new");
    let secret = data.path().join("secret.eml");
    fs::write(&secret, "secret").expect("a file");
    std::os::unix::fs::symlink(&secret, new.join("link.eml")).expect("a link");
    fs::create_dir(new.join("folder.eml")).expect("a folder");
    fs::write(new.join(".hidden.eml"), "x").expect("a file");
    let large = fs::File::create(new.join("large.eml")).expect("a file");
    large.set_len(MAX_POLLED_BYTES + 1).expect("a length");
    assert_eq!(ada.poll().expect("messages"), []);
    large.set_len(MAX_POLLED_BYTES).expect("a length");
    assert_eq!(ada.poll().expect("messages").len(), 1);
    for name in ["../../../secret.eml", "/etc/x.eml", ".hidden.eml", "x"] {
        assert_eq!(ada.received(name).expect_err(name).code, Code::NOT_FOUND);
    }
    assert!(secret.exists());
}

#[test]
fn a_poll_is_bounded_and_the_rest_comes_next() {
    let data = tempfile::tempdir().expect("a folder");
    let ada = open(data.path(), "ada");
    for number in 0..=MAX_POLLED {
        let message = number.to_string().into_bytes();
        assert_eq!(send(&ada, &["ada@partywall.test"], &message), [RecipientResult::Accepted]);
    }
    let first = ada.poll().expect("messages");
    assert_eq!(first.len(), MAX_POLLED);
    for (name, _) in &first {
        ada.received(name).expect("removed");
    }
    assert_eq!(ada.poll().expect("messages").len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_means_later() {
    let data = tempfile::tempdir().expect("a folder");
    let (ada, _bob) = (open(data.path(), "ada"), open(data.path(), "bob"));
    fs::remove_dir(data.path().join("drop/bob/tmp")).expect("removed");
    let sent = send(&ada, &["bob@partywall.test"], b"x");
    assert!(matches!(sent[..], [RecipientResult::Later(_)]), "{sent:?}");
}
