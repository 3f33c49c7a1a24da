//! What the pages know of a mailbox and of the host.
//!
//! The shapes follow `mail_abi::client`, without its dependence on the runtime.

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Folders above it.
    pub depth: u32,
    /// Messages in it.
    pub messages: u32,
    /// Messages in it that were not read.
    pub unread: u32,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// When it arrived.
    #[default]
    Date,
    /// Who sent it.
    Sender,
    /// What it is about.
    Subject,
    /// How large it is.
    Size,
}

/// Which messages are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Folder; empty means the inbox.
    pub folder: String,
    /// Text to search for; empty means all.
    pub search: String,
    /// Order.
    pub sort: Sort,
    /// Largest first.
    pub descending: bool,
    /// First row, counted from 0.
    pub start: u32,
    /// Most rows.
    pub limit: u32,
}

/// A message in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Identifier.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// Sender's name or address.
    pub sender: String,
    /// Seconds since 1970-01-01 UTC.
    pub received: i64,
    /// Bytes.
    pub size: u32,
    /// Number of attachments.
    pub attachments: u32,
    /// Whether it was read.
    pub read: bool,
    /// Whether it is marked.
    pub flagged: bool,
}

/// Some rows of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessagePage {
    /// Messages that match, on all pages.
    pub total: u32,
    /// The rows.
    pub messages: Vec<Summary>,
}

/// A message with its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Subject.
    pub subject: String,
    /// Sender's name.
    pub sender: String,
    /// Sender's address.
    pub sender_address: String,
    /// To, for display.
    pub to: String,
    /// Cc, for display.
    pub cc: String,
    /// Plain text.
    pub text: Option<String>,
    /// HTML as received.
    pub html: Option<String>,
    /// The header as received.
    pub headers: String,
    /// Seconds since 1970-01-01 UTC.
    pub received: i64,
    /// Bytes.
    pub size: u32,
    /// Whether it was read before.
    pub read: bool,
}

/// An attachment, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Number within the message.
    pub number: u32,
    /// Bytes.
    pub size: u32,
    /// File name.
    pub name: String,
    /// Content type.
    pub content_type: String,
    /// `Content-ID` without brackets.
    pub content_id: Option<String>,
}

/// Which call failed; some codes mean different things at different places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Creating the mail component.
    Create,
    /// A method of the mailbox.
    Mailbox,
}

/// A call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub stage: Stage,
    /// The HRESULT's 32 bits.
    pub code: u32,
}

/// A mailbox. See `mail_abi::client::Mailbox` for what the methods mean.
pub trait Mailbox {
    /// All folders, each after its parent.
    ///
    /// # Errors
    /// The component's code.
    fn folders(&self) -> Result<Vec<Folder>, Failure>;
    /// Some rows of a folder.
    ///
    /// # Errors
    /// The component's code.
    fn messages(&self, query: &ListQuery) -> Result<MessagePage, Failure>;
    /// One message with its texts.
    ///
    /// # Errors
    /// The component's code.
    fn message(&self, id: &str) -> Result<Message, Failure>;
    /// The attachments of a message.
    ///
    /// # Errors
    /// The component's code.
    fn attachments(&self, id: &str) -> Result<Vec<Attachment>, Failure>;
    /// The bytes of an attachment.
    ///
    /// # Errors
    /// The component's code.
    fn attachment(&self, id: &str, number: u32) -> Result<Vec<u8>, Failure>;
    /// Marks a message as read or unread.
    ///
    /// # Errors
    /// The component's code.
    fn set_read(&self, id: &str, read: bool) -> Result<(), Failure>;
}

/// What the pages ask of the place where they run.
pub trait House {
    /// The mailbox it opens.
    type Mailbox: Mailbox;
    /// Opens the mailbox of the request's identity.
    ///
    /// # Errors
    /// The code of the creation.
    fn open(&self) -> Result<Self::Mailbox, Failure>;
    /// The hops of this request up to now, as JSON; `None` when the host does
    /// not record them.
    fn trace(&self) -> Option<String>;
    /// Seconds since 1970-01-01 UTC.
    fn now(&self) -> i64;
}
