//! Saving and sending.

use std::sync::Arc;
use std::time::SystemTime;

use mapi_abi::codes::Failure;
use mapi_abi::spi::{AttachmentChange, MessageChange, MessageStore, PropChange, SpecialFolder};
use mapi_abi::tags::{
    ATTACH_BY_VALUE, MSGFLAG_READ, MSGFLAG_UNSENT, PR_ATTACH_DATA_BIN, PR_ATTACH_LONG_FILENAME,
    PR_ATTACH_METHOD, PR_ATTACH_MIME_TAG, PR_ATTACH_NUM, PR_BODY, PR_CLIENT_SUBMIT_TIME,
    PR_CONVERSATION_TOPIC, PR_MESSAGE_CLASS, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS,
    PR_READ_RECEIPT_REQUESTED, PR_RENDERING_POSITION, PR_SENDER_ADDRTYPE, PR_SENDER_EMAIL_ADDRESS,
    PR_SENDER_ENTRYID, PR_SENDER_NAME, PR_SENTMAIL_ENTRYID, PR_SUBJECT,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Value};
use mapi_session::Client;

use crate::letter::{Attachment, Letter, PR_CONVERSATION_KEY};
use crate::person::Person;
use crate::store::{mail_store, special};

/// What a message is when nobody says.
const USUAL_CLASS: &str = "IPM.Note";

/// Makes a message in `folder`, or gives an existing one all that the letter has.
///
/// # Errors
/// The store's.
pub fn save(
    store: &dyn MessageStore,
    folder: &EntryId,
    message: Option<&EntryId>,
    letter: &Letter,
) -> Result<EntryId, Failure> {
    let mut attachments = Vec::new();
    if let Some(message) = message {
        for row in store.attachments(message, &[PR_ATTACH_NUM])? {
            let numbers = row.into_iter().filter_map(|prop| match prop.value {
                Value::Long(number) => Some(number as u32),
                _ => None,
            });
            attachments.extend(numbers.map(|number| AttachmentChange {
                number,
                delete: true,
                props: PropChange::default(),
            }));
        }
    }
    let first = attachments.iter().map(|gone: &AttachmentChange| gone.number + 1).max();
    let first = first.unwrap_or(0);
    attachments.extend((first..).zip(&letter.attachments).map(|(at, one)| attached(at, one)));
    let recipients = letter.recipients.iter().enumerate().map(|(at, one)| one.to_row(at));
    store.save_message(&MessageChange {
        message,
        folder,
        associated: false,
        props: PropChange { set: props(letter), delete: Vec::new() },
        recipients: Some(recipients.collect()),
        attachments,
        expected: None,
        original: None,
    })
}

fn props(letter: &Letter) -> Vec<Prop> {
    let class = if letter.class.is_empty() { USUAL_CLASS } else { &letter.class };
    let mut props = vec![
        Prop::text(PR_MESSAGE_CLASS, class),
        Prop::text(PR_SUBJECT, &letter.subject),
        Prop::text(PR_CONVERSATION_TOPIC, &letter.subject),
        Prop::text(PR_BODY, &letter.body),
        Prop::new(PR_MESSAGE_FLAGS, Value::Long(letter.flags)),
    ];
    if letter.wants_receipt {
        props.push(Prop::new(PR_READ_RECEIPT_REQUESTED, Value::Boolean(true)));
    }
    if !letter.conversation.is_empty() {
        let key = letter.conversation.clone().into_bytes();
        props.push(Prop::new(PR_CONVERSATION_KEY, Value::Binary(key)));
    }
    let times = [(PR_MESSAGE_DELIVERY_TIME, letter.received), (PR_CLIENT_SUBMIT_TIME, letter.sent)];
    for (tag, time) in times {
        props.extend(time.map(|time| Prop::new(tag, Value::SysTime(time))));
    }
    if let Some(sender) = &letter.sender {
        props.extend(of_sender(sender));
    }
    props
}

fn of_sender(sender: &Person) -> Vec<Prop> {
    let mut props = vec![Prop::text(PR_SENDER_NAME, &sender.name)];
    if sender.is_resolved() {
        props.push(Prop::text(PR_SENDER_ADDRTYPE, &sender.address_type));
        props.push(Prop::text(PR_SENDER_EMAIL_ADDRESS, &sender.address));
    }
    if !sender.entry.is_empty() {
        props.push(Prop::new(PR_SENDER_ENTRYID, Value::Binary(sender.entry.clone())));
    }
    props
}

fn attached(number: u32, attachment: &Attachment) -> AttachmentChange {
    let mut set = vec![
        Prop::new(PR_ATTACH_METHOD, Value::Long(ATTACH_BY_VALUE)),
        Prop::text(PR_ATTACH_LONG_FILENAME, &attachment.name),
        Prop::new(PR_RENDERING_POSITION, Value::Long(attachment.position)),
        Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(attachment.data.clone())),
    ];
    if !attachment.content_type.is_empty() {
        set.push(Prop::text(PR_ATTACH_MIME_TAG, &attachment.content_type));
    }
    AttachmentChange { number, delete: false, props: PropChange { set, delete: Vec::new() } }
}

/// Puts a message into the outbox and hands it over. Recipients are resolved
/// before.
///
/// # Errors
/// As [`mail_store`](crate::mail_store()); `NO_RECIPIENTS`; the store's.
pub fn send(client: &Arc<Client>, letter: &Letter) -> Result<EntryId, Failure> {
    let store = mail_store(client)?;
    let outbox = special(&store, SpecialFolder::Outbox)?;
    let now = FileTime::from_system(SystemTime::now());
    let me = || Person { name: client.session().context().user().to_owned(), ..Person::default() };
    let letter = Letter {
        flags: MSGFLAG_UNSENT | MSGFLAG_READ,
        sent: Some(now),
        sender: Some(letter.sender.clone().unwrap_or_else(me)),
        ..letter.clone()
    };
    let message = save(store.get()?, &outbox, None, &letter)?;
    if let Some(sent) = store.get()?.special_folder(SpecialFolder::SentItems) {
        let keep = Prop::new(PR_SENTMAIL_ENTRYID, Value::Binary(sent.0));
        store.get()?.save_message(&MessageChange {
            message: Some(&message),
            folder: &outbox,
            associated: false,
            props: PropChange { set: vec![keep], delete: Vec::new() },
            recipients: None,
            attachments: Vec::new(),
            expected: None,
            original: None,
        })?;
    }
    if let Err(failure) = mapi_session::submit(&store, &message) {
        // What was not handed over shall not be found in the outbox.
        let removed = store.get()?.delete_messages(std::slice::from_ref(&message));
        return Err(removed.err().unwrap_or(failure));
    }
    Ok(message)
}
