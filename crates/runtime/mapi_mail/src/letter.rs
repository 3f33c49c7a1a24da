//! A message as one value.

use mapi_abi::codes::Failure;
use mapi_abi::spi::MessageStore;
use mapi_abi::tags::{
    ATTACH_BY_VALUE, MSGFLAG_READ, PR_ADDRTYPE, PR_ATTACH_DATA_BIN, PR_ATTACH_FILENAME,
    PR_ATTACH_LONG_FILENAME, PR_ATTACH_METHOD, PR_ATTACH_MIME_TAG, PR_ATTACH_NUM, PR_ATTACH_SIZE,
    PR_BODY, PR_CLIENT_SUBMIT_TIME, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_MESSAGE_CLASS,
    PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_READ_RECEIPT_REQUESTED,
    PR_RENDERING_POSITION, PR_SENDER_ADDRTYPE, PR_SENDER_EMAIL_ADDRESS, PR_SENDER_ENTRYID,
    PR_SENDER_NAME, PR_SUBJECT, PropTag,
};
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};

use crate::person::Person;

/// What groups messages of a conversation for the simple interfaces.
pub const PR_CONVERSATION_KEY: PropTag = PropTag(0x000B_0102);

/// An attachment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Its number in its message.
    pub number: u32,
    /// Its file name.
    pub name: String,
    /// Its content type, if it is known.
    pub content_type: String,
    /// `PR_ATTACH_METHOD`.
    pub method: i32,
    /// Where it is shown; -1 nowhere.
    pub position: i32,
    /// Size in bytes.
    pub size: u32,
    /// Its bytes, if they were asked for.
    pub data: Vec<u8>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// `PR_MESSAGE_CLASS`.
    pub class: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it arrived.
    pub received: Option<FileTime>,
    /// When it was sent.
    pub sent: Option<FileTime>,
    /// What the conversation is called; may be empty.
    pub conversation: String,
    /// `PR_MESSAGE_FLAGS`.
    pub flags: i32,
    /// Whether the sender wants to know that it was read.
    pub wants_receipt: bool,
    /// Size in bytes.
    pub size: u32,
    /// Who sent it.
    pub sender: Option<Person>,
    /// To whom.
    pub recipients: Vec<Person>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
}

impl Letter {
    /// Whether it was read.
    pub fn is_read(&self) -> bool {
        self.flags & MSGFLAG_READ != 0
    }
}

/// How much of a message is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Everything but text and attachments.
    Envelope,
    /// The envelope, and what attachments there are.
    Headers,
    /// Everything but attachments.
    Text,
    /// Everything.
    Whole,
}

const ENVELOPE: [PropTag; 12] = [
    PR_MESSAGE_CLASS,
    PR_SUBJECT,
    PR_MESSAGE_DELIVERY_TIME,
    PR_CLIENT_SUBMIT_TIME,
    PR_CONVERSATION_KEY,
    PR_MESSAGE_FLAGS,
    PR_READ_RECEIPT_REQUESTED,
    PR_MESSAGE_SIZE,
    PR_SENDER_NAME,
    PR_SENDER_ADDRTYPE,
    PR_SENDER_EMAIL_ADDRESS,
    PR_SENDER_ENTRYID,
];

/// Reads a message.
///
/// # Errors
/// The store's.
pub fn read(
    store: &dyn MessageStore,
    message: &EntryId,
    detail: Detail,
) -> Result<Letter, Failure> {
    let mut tags = ENVELOPE.to_vec();
    if matches!(detail, Detail::Text | Detail::Whole) {
        tags.push(PR_BODY);
    }
    let mut letter = envelope(store.message_props(message, &tags)?);
    let rows = store.recipients(message, &Person::COLUMNS)?;
    letter.recipients = rows.iter().map(Person::from_row).collect();
    if matches!(detail, Detail::Headers | Detail::Whole) {
        let mut columns = vec![
            PR_ATTACH_NUM,
            PR_ATTACH_LONG_FILENAME,
            PR_ATTACH_FILENAME,
            PR_DISPLAY_NAME,
            PR_ATTACH_MIME_TAG,
            PR_ATTACH_METHOD,
            PR_RENDERING_POSITION,
            PR_ATTACH_SIZE,
        ];
        if detail == Detail::Whole {
            columns.push(PR_ATTACH_DATA_BIN);
        }
        let rows = store.attachments(message, &columns)?;
        letter.attachments = rows.into_iter().map(attachment).collect();
    }
    Ok(letter)
}

fn envelope(row: Row) -> Letter {
    let mut letter = Letter::default();
    let mut sender = Row::new();
    for prop in row {
        match (prop.tag, prop.value) {
            (PR_MESSAGE_CLASS, Value::Unicode(text)) => letter.class = text,
            (PR_SUBJECT, Value::Unicode(text)) => letter.subject = text,
            (PR_BODY, Value::Unicode(text)) => letter.body = text,
            (PR_MESSAGE_DELIVERY_TIME, Value::SysTime(time)) => letter.received = Some(time),
            (PR_CLIENT_SUBMIT_TIME, Value::SysTime(time)) => letter.sent = Some(time),
            (PR_CONVERSATION_KEY, Value::Binary(key)) => {
                letter.conversation = String::from_utf8_lossy(&key).into_owned();
            }
            (PR_MESSAGE_FLAGS, Value::Long(flags)) => letter.flags = flags,
            (PR_READ_RECEIPT_REQUESTED, Value::Boolean(wants)) => letter.wants_receipt = wants,
            (PR_MESSAGE_SIZE, Value::Long(size)) => letter.size = size as u32,
            (PR_SENDER_NAME, value) => sender.push(Prop::new(PR_DISPLAY_NAME, value)),
            (PR_SENDER_ADDRTYPE, value) => sender.push(Prop::new(PR_ADDRTYPE, value)),
            (PR_SENDER_EMAIL_ADDRESS, value) => sender.push(Prop::new(PR_EMAIL_ADDRESS, value)),
            (PR_SENDER_ENTRYID, Value::Binary(entry)) => {
                sender.push(Prop::new(mapi_abi::tags::PR_ENTRYID, Value::Binary(entry)));
            }
            _ => {}
        }
    }
    if !sender.is_empty() {
        letter.sender = Some(Person { kind: 0, ..Person::from_row(&sender) });
    }
    letter
}

fn attachment(row: Row) -> Attachment {
    let mut attachment = Attachment { position: -1, method: ATTACH_BY_VALUE, ..Default::default() };
    for prop in row {
        match (prop.tag, prop.value) {
            (PR_ATTACH_NUM, Value::Long(number)) => attachment.number = number as u32,
            (
                PR_ATTACH_LONG_FILENAME | PR_ATTACH_FILENAME | PR_DISPLAY_NAME,
                Value::Unicode(name),
            ) if attachment.name.is_empty() => attachment.name = name,
            (PR_ATTACH_MIME_TAG, Value::Unicode(text)) => attachment.content_type = text,
            (PR_ATTACH_METHOD, Value::Long(method)) => attachment.method = method,
            (PR_RENDERING_POSITION, Value::Long(position)) => attachment.position = position,
            (PR_ATTACH_SIZE, Value::Long(size)) => attachment.size = size as u32,
            (PR_ATTACH_DATA_BIN, Value::Binary(data)) => attachment.data = data,
            _ => {}
        }
    }
    attachment
}
