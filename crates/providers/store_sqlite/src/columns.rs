//! Which properties a message, a folder, a recipient and an attachment have in
//! columns of their own, and how each is read and written.
//!
//! Together with `stored.rs`, which reads all other properties, the only place
//! where a property becomes SQL.

use std::borrow::Cow;

use mapi_abi::tags::types::{
    MV_INSTANCE, PT_ERROR, PT_NULL, PT_OBJECT, PT_UNICODE, PT_UNSPECIFIED,
};
use mapi_abi::tags::*;

use crate::entry::Kind;

/// The first words of a message (`PidTagPreview`).
pub const PR_PREVIEW: PropTag = PropTag(0x3FD9_001F);
/// The number of the last change of an object (`PidTagChangeNumber`).
pub const PR_CHANGE_NUMBER: PropTag = PropTag(0x67A4_0014);

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Folder,
    Message,
    Recipient,
    Attachment,
}

/// How a column's value becomes a property's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any value of a stored property; its type is a second output column.
    Any,
    Boolean,
    Bytes,
    Entry(Kind),
    I8,
    Long,
    /// A value of `props`, of that type.
    Stored(u16),
    Text,
    Time,
}

/// How a property in a column is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It follows from other properties.
    Computed,
    /// In a column of the object's row; when it is deleted, this takes its place.
    Own(&'static str, &'static str),
    /// In a column of the message's row of `bodies`.
    Body(&'static str),
    /// In `props`; without a value there it has one all the same.
    Stored,
}

/// A property that has a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed {
    pub(crate) tag: PropTag,
    pub(crate) sql: &'static str,
    pub(crate) form: Form,
    pub(crate) change: Change,
}

/// A property as an SQL expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) form: Form,
    /// The tag that the value has.
    pub(crate) tag: PropTag,
}

const fn computed(tag: PropTag, sql: &'static str, form: Form) -> Fixed {
    Fixed { tag, sql, form, change: Change::Computed }
}

const fn own(
    tag: PropTag,
    sql: &'static str,
    form: Form,
    name: &'static str,
    without: &'static str,
) -> Fixed {
    Fixed { tag, sql, form, change: Change::Own(name, without) }
}

const fn body(tag: PropTag, sql: &'static str, form: Form, name: &'static str) -> Fixed {
    Fixed { tag, sql, form, change: Change::Body(name) }
}

/// A message's, whose row is `m`. A bare number in ORDER BY would be the number
/// of an output column, hence `abs`.
const MESSAGE: &[Fixed] = &[
    computed(PR_ENTRYID, "m.id", Form::Entry(Kind::Message)),
    computed(PR_INSTANCE_KEY, "m.id", Form::Entry(Kind::Message)),
    computed(PR_RECORD_KEY, "m.id", Form::Entry(Kind::Message)),
    computed(PR_PARENT_ENTRYID, "m.folder", Form::Entry(Kind::Folder)),
    computed(PR_OBJECT_TYPE, "abs(5)", Form::Long),
    own(PR_MESSAGE_CLASS, "m.class", Form::Text, "class", "'IPM.Note'"),
    own(PR_SUBJECT, "m.subject", Form::Text, "subject", "NULL"),
    computed(PR_NORMALIZED_SUBJECT, "m.normalized_subject", Form::Text),
    computed(
        PR_SUBJECT_PREFIX,
        "substr(m.subject, 1, max(0, length(rtrim(m.subject)) - length(m.normalized_subject)))",
        Form::Text,
    ),
    own(PR_CONVERSATION_TOPIC, "m.conversation_topic", Form::Text, "conversation_topic", "NULL"),
    own(PR_SENDER_NAME, "m.sender_name", Form::Text, "sender_name", "NULL"),
    own(PR_SENDER_EMAIL_ADDRESS, "m.sender_address", Form::Text, "sender_address", "NULL"),
    own(PR_SENDER_ADDRTYPE, "m.sender_type", Form::Text, "sender_type", "NULL"),
    computed(PR_DISPLAY_TO, "m.display_to", Form::Text),
    computed(PR_DISPLAY_CC, "m.display_cc", Form::Text),
    computed(PR_DISPLAY_BCC, "m.display_bcc", Form::Text),
    own(PR_CLIENT_SUBMIT_TIME, "m.submit_time", Form::Time, "submit_time", "NULL"),
    own(PR_MESSAGE_DELIVERY_TIME, "m.delivery_time", Form::Time, "delivery_time", "NULL"),
    computed(PR_MESSAGE_SIZE, "m.size", Form::Long),
    computed(PR_MESSAGE_FLAGS, "m.flags", Form::Long),
    own(PR_MSG_STATUS, "m.status", Form::Long, "status", "0"),
    own(PR_IMPORTANCE, "m.importance", Form::Long, "importance", "1"),
    computed(PR_HASATTACH, "m.has_attach", Form::Boolean),
    own(PR_INTERNET_MESSAGE_ID, "m.message_id", Form::Text, "message_id", "NULL"),
    own(PR_INTERNET_REFERENCES, "m.message_references", Form::Text, "message_references", "NULL"),
    own(PR_IN_REPLY_TO_ID, "m.in_reply_to", Form::Text, "in_reply_to", "NULL"),
    computed(PR_PREVIEW, "m.preview", Form::Text),
    own(PR_SEARCH_KEY, "m.search_key", Form::Bytes, "search_key", "randomblob(16)"),
    computed(PR_CREATION_TIME, "m.created", Form::Time),
    computed(PR_LAST_MODIFICATION_TIME, "m.modified", Form::Time),
    computed(PR_CHANGE_NUMBER, "m.change", Form::I8),
    body(PR_BODY, "(SELECT text FROM bodies WHERE message = m.id)", Form::Text, "text"),
    body(
        PR_HTML,
        "(SELECT ifnull(html_bytes, CAST(html AS BLOB)) FROM bodies WHERE message = m.id)",
        Form::Bytes,
        "html",
    ),
    body(
        PR_TRANSPORT_MESSAGE_HEADERS,
        "(SELECT headers FROM bodies WHERE message = m.id)",
        Form::Text,
        "headers",
    ),
];

/// A folder's, whose row is `f`. The depth is no folder's own; what a search
/// folder counts is filled in by `search.rs`.
const FOLDER: &[Fixed] = &[
    computed(PR_ENTRYID, "f.id", Form::Entry(Kind::Folder)),
    computed(PR_INSTANCE_KEY, "f.id", Form::Entry(Kind::Folder)),
    computed(PR_RECORD_KEY, "f.id", Form::Entry(Kind::Folder)),
    computed(PR_PARENT_ENTRYID, "ifnull(f.parent, f.id)", Form::Entry(Kind::Folder)),
    computed(PR_OBJECT_TYPE, "abs(3)", Form::Long),
    own(PR_DISPLAY_NAME, "f.name", Form::Text, "name", "name"),
    own(PR_COMMENT, "f.comment", Form::Text, "comment", "''"),
    own(PR_CONTAINER_CLASS, "f.container_class", Form::Text, "container_class", "NULL"),
    computed(PR_FOLDER_TYPE, "f.kind", Form::Long),
    computed(PR_CREATION_TIME, "f.created", Form::Time),
    computed(PR_LAST_MODIFICATION_TIME, "f.modified", Form::Time),
    computed(PR_CHANGE_NUMBER, "f.change", Form::I8),
    computed(
        PR_CONTENT_COUNT,
        "(SELECT count(*) FROM messages WHERE folder = f.id AND associated = 0)",
        Form::Long,
    ),
    computed(
        PR_CONTENT_UNREAD,
        "(SELECT count(*) FROM messages
          WHERE folder = f.id AND associated = 0 AND flags & 1 = 0)",
        Form::Long,
    ),
    computed(
        PR_ASSOC_CONTENT_COUNT,
        "(SELECT count(*) FROM messages WHERE folder = f.id AND associated = 1)",
        Form::Long,
    ),
    computed(PR_SUBFOLDERS, "EXISTS (SELECT 1 FROM folders WHERE parent = f.id)", Form::Boolean),
];

/// A recipient's, whose row is `r`.
const RECIPIENT: &[Fixed] = &[
    computed(PR_ROWID, "r.number", Form::Long),
    Fixed {
        tag: PR_OBJECT_TYPE,
        sql: "ifnull((SELECT value FROM props \
              WHERE kind = 6 AND object = r.id AND id = 4094), 6)",
        form: Form::Long,
        change: Change::Stored,
    },
    own(PR_RECIPIENT_TYPE, "r.type", Form::Long, "type", "1"),
    own(PR_DISPLAY_NAME, "r.name", Form::Text, "name", "NULL"),
    own(PR_ADDRTYPE, "r.address_type", Form::Text, "address_type", "NULL"),
    own(PR_EMAIL_ADDRESS, "r.address", Form::Text, "address", "NULL"),
];

/// An attachment's, whose row is `a`.
const ATTACHMENT: &[Fixed] = &[
    computed(PR_ATTACH_NUM, "a.number", Form::Long),
    computed(PR_OBJECT_TYPE, "abs(7)", Form::Long),
    own(PR_ATTACH_METHOD, "a.method", Form::Long, "method", "0"),
    own(PR_ATTACH_DATA_BIN, "a.data", Form::Bytes, "data", "NULL"),
    own(PR_ATTACH_LONG_FILENAME, "a.name", Form::Text, "name", "NULL"),
    computed(PR_ATTACH_SIZE, "ifnull(length(a.data), 0)", Form::Long),
    own(PR_ATTACH_MIME_TAG, "a.mime", Form::Text, "mime", "NULL"),
    own(PR_ATTACH_CONTENT_ID, "a.content_id", Form::Text, "content_id", "NULL"),
    own(PR_RENDERING_POSITION, "a.position", Form::Long, "position", "-1"),
];

impl Table {
    /// The properties with columns.
    pub(crate) const fn fixed(self) -> &'static [Fixed] {
        match self {
            Self::Folder => FOLDER,
            Self::Message => MESSAGE,
            Self::Recipient => RECIPIENT,
            Self::Attachment => ATTACHMENT,
        }
    }

    /// Name of a row in statements.
    pub(crate) const fn alias(self) -> &'static str {
        match self {
            Self::Folder => "f",
            Self::Message => "m",
            Self::Recipient => "r",
            Self::Attachment => "a",
        }
    }

    /// Name of the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Folder => "folders",
            Self::Message => "messages",
            Self::Recipient => "recipients",
            Self::Attachment => "attachments",
        }
    }

    /// `kind` of its rows in `props`.
    pub(crate) const fn kind(self) -> i32 {
        match self {
            Self::Folder => MAPI_FOLDER,
            Self::Message => MAPI_MESSAGE,
            Self::Recipient => MAPI_MAILUSER,
            Self::Attachment => MAPI_ATTACH,
        }
    }

    /// The column of that property identifier.
    pub(crate) fn fixed_of(self, id: u16) -> Option<&'static Fixed> {
        self.fixed().iter().find(|fixed| fixed.tag.id() == id)
    }

    /// A property as SQL; none when no row can have a value of that type.
    pub(crate) fn column(self, tag: PropTag) -> Option<Column> {
        let asked = tag.prop_type();
        match self.fixed_of(tag.id()) {
            Some(fixed) if asked == PT_UNSPECIFIED || asked == fixed.tag.prop_type() => {
                Some(Column { sql: Cow::Borrowed(fixed.sql), form: fixed.form, tag: fixed.tag })
            }
            Some(fixed) if self == Self::Message && fixed.tag == PR_HTML && asked == PT_UNICODE => {
                let sql = "(SELECT ifnull(html, CAST(html_bytes AS TEXT)) FROM bodies \
                           WHERE message = m.id)";
                Some(Column { sql: Cow::Borrowed(sql), form: Form::Text, tag })
            }
            Some(_) => None,
            None => self.stored(tag),
        }
    }

    fn stored(self, tag: PropTag) -> Option<Column> {
        let value = format!(
            "(SELECT value FROM props WHERE kind = {} AND object = {}.id AND id = {}",
            self.kind(),
            self.alias(),
            tag.id()
        );
        match tag.prop_type() {
            PT_NULL | PT_ERROR | PT_OBJECT => None,
            PT_UNSPECIFIED => Some(Column { sql: Cow::Owned(value + ")"), form: Form::Any, tag }),
            kind if kind & MV_INSTANCE != 0 => None,
            kind => {
                let sql = format!("{value} AND type = {kind})");
                Some(Column { sql: Cow::Owned(sql), form: Form::Stored(kind), tag })
            }
        }
    }
}
