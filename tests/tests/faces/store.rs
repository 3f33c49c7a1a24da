//! Mail for the tests, and what is in a store afterwards.

use std::sync::Arc;

use mapi_abi::spi::{Query, SpecialFolder};
use mapi_abi::tags::{PR_ENTRYID, PR_SUBJECT};
use mapi_abi::value::{EntryId, FileTime, Row, Value};
use mapi_mail::{Attachment, Letter, Person, save, special};
use mapi_session::Client;

use crate::scripted::request;

/// A session of the engine, beside those of a face.
pub fn engine() -> Arc<Client> {
    mapi_session::logon(&request("Work", 0x2)).unwrap()
}

/// A message as it may have arrived.
pub fn letter(number: i64, subject: &str) -> Letter {
    Letter {
        class: "IPM.Note".into(),
        subject: subject.into(),
        body: format!("Text of {subject}"),
        received: Some(FileTime::from_unix_seconds(1_700_000_000 + number * 60)),
        sent: Some(FileTime::from_unix_seconds(1_700_000_000 + number * 60)),
        sender: Some(Person { kind: 0, ..Person::one_off("Ann", "ann@example.org") }),
        recipients: vec![Person::one_off("Bob", "bob@example.org")],
        ..Letter::default()
    }
}

pub fn with_file(mut letter: Letter, name: &str, data: &[u8]) -> Letter {
    let (name, data) = (name.to_owned(), data.to_vec());
    letter.attachments.push(Attachment { name, data, position: -1, ..Attachment::default() });
    letter
}

/// Puts letters into the inbox.
pub fn deliver(client: &Arc<Client>, letters: &[Letter]) -> Vec<EntryId> {
    let store = client.default_store().unwrap();
    let inbox = special(&store, SpecialFolder::Inbox).unwrap();
    let one = |letter| save(store.get().unwrap(), &inbox, None, letter).unwrap();
    letters.iter().map(one).collect()
}

/// The subjects in a folder, and the messages.
pub fn contents(client: &Arc<Client>, which: SpecialFolder) -> Vec<(String, EntryId)> {
    let store = client.default_store().unwrap();
    let folder = special(&store, which).unwrap();
    let query = Query { columns: vec![PR_SUBJECT, PR_ENTRYID], ..Query::default() };
    let rows = store.get().unwrap().rows(&folder, &query, 0, 1000).unwrap();
    let one = |row: Row| match (row[0].value.clone(), row[1].value.clone()) {
        (Value::Unicode(subject), Value::Binary(entry)) => (subject, EntryId(entry)),
        other => panic!("{other:?}"),
    };
    rows.into_iter().map(one).collect()
}
