//! Which properties a message, a folder and an attachment have, and how each is
//! read from its row.
//!
//! The only place where a property becomes SQL: a tag that is not listed here
//! never reaches a statement.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::*;
use mapi_abi::value::{FileTime, Prop, Value};
use rusqlite::types::ValueRef;

use crate::entry::{Kind, Uid, encode};

/// The first words of a message (`PidTagPreview`).
pub const PR_PREVIEW: PropTag = PropTag(0x3FD9_001F);

/// How a column's value becomes a property's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Boolean,
    Bytes,
    Entry(Kind),
    Long,
    Text,
    /// Text that is shown as bytes in UTF-8.
    TextBytes,
    Time,
}

/// A property as an SQL expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) sql: &'static str,
    pub(crate) form: Form,
}

const fn column(sql: &'static str, form: Form) -> Option<Column> {
    Some(Column { sql, form })
}

/// A property of a message, whose row is `m`.
pub(crate) fn of_message(tag: PropTag) -> Option<Column> {
    match tag {
        PR_ENTRYID | PR_INSTANCE_KEY => column("m.id", Form::Entry(Kind::Message)),
        PR_PARENT_ENTRYID => column("m.folder", Form::Entry(Kind::Folder)),
        // A bare number in ORDER BY would be the number of an output column.
        PR_OBJECT_TYPE => column("abs(5)", Form::Long),
        PR_MESSAGE_CLASS => column("m.class", Form::Text),
        PR_SUBJECT => column("m.subject", Form::Text),
        PR_NORMALIZED_SUBJECT => column("m.normalized_subject", Form::Text),
        PR_CONVERSATION_TOPIC => column("m.conversation_topic", Form::Text),
        PR_SENDER_NAME => column("m.sender_name", Form::Text),
        PR_SENDER_EMAIL_ADDRESS => column("m.sender_address", Form::Text),
        PR_DISPLAY_TO => column("m.display_to", Form::Text),
        PR_DISPLAY_CC => column("m.display_cc", Form::Text),
        PR_CLIENT_SUBMIT_TIME => column("m.submit_time", Form::Time),
        PR_MESSAGE_DELIVERY_TIME => column("m.delivery_time", Form::Time),
        PR_MESSAGE_SIZE => column("m.size", Form::Long),
        PR_MESSAGE_FLAGS => column("m.flags", Form::Long),
        PR_MSG_STATUS => column("m.status", Form::Long),
        PR_IMPORTANCE => column("m.importance", Form::Long),
        PR_HASATTACH => column("m.has_attach", Form::Boolean),
        PR_INTERNET_MESSAGE_ID => column("m.message_id", Form::Text),
        PR_INTERNET_REFERENCES => column("m.message_references", Form::Text),
        PR_IN_REPLY_TO_ID => column("m.in_reply_to", Form::Text),
        PR_PREVIEW => column("m.preview", Form::Text),
        PR_BODY => column("(SELECT text FROM bodies WHERE message = m.id)", Form::Text),
        PR_HTML => column("(SELECT html FROM bodies WHERE message = m.id)", Form::TextBytes),
        PR_TRANSPORT_MESSAGE_HEADERS => {
            column("(SELECT headers FROM bodies WHERE message = m.id)", Form::Text)
        }
        _ => None,
    }
}

/// A property of a folder, whose row is `f`. The depth is no folder's own.
pub(crate) fn of_folder(tag: PropTag) -> Option<Column> {
    match tag {
        PR_ENTRYID | PR_INSTANCE_KEY => column("f.id", Form::Entry(Kind::Folder)),
        PR_PARENT_ENTRYID => column("ifnull(f.parent, f.id)", Form::Entry(Kind::Folder)),
        PR_OBJECT_TYPE => column("3", Form::Long),
        PR_DISPLAY_NAME => column("f.name", Form::Text),
        PR_CONTENT_COUNT => {
            column("(SELECT count(*) FROM messages WHERE folder = f.id)", Form::Long)
        }
        PR_CONTENT_UNREAD => column(
            "(SELECT count(*) FROM messages WHERE folder = f.id AND flags & 1 = 0)",
            Form::Long,
        ),
        PR_SUBFOLDERS => {
            column("EXISTS (SELECT 1 FROM folders WHERE parent = f.id)", Form::Boolean)
        }
        _ => None,
    }
}

/// A property of an attachment, whose row is `a`.
pub(crate) fn of_attachment(tag: PropTag) -> Option<Column> {
    match tag {
        PR_ATTACH_NUM => column("a.number", Form::Long),
        PR_OBJECT_TYPE => column("7", Form::Long),
        PR_ATTACH_METHOD => column("1", Form::Long),
        PR_ATTACH_DATA_BIN => column("a.data", Form::Bytes),
        PR_ATTACH_LONG_FILENAME | PR_DISPLAY_NAME => column("a.name", Form::Text),
        PR_ATTACH_SIZE => column("a.size", Form::Long),
        PR_ATTACH_MIME_TAG => column("a.mime", Form::Text),
        PR_ATTACH_CONTENT_ID => column("a.content_id", Form::Text),
        _ => None,
    }
}

/// The output column of a tag: an unknown one is NULL in every row.
pub(crate) fn selected(column: Option<Column>) -> &'static str {
    column.map_or("NULL", |column| column.sql)
}

/// A row's property from what SQLite says.
pub(crate) fn prop(
    tag: PropTag,
    column: Option<Column>,
    value: ValueRef<'_>,
    uid: &Uid,
) -> Result<Prop, Failure> {
    let (Some(column), false) = (column, value == ValueRef::Null) else {
        return Ok(Prop::not_found(tag));
    };
    let value = match (column.form, value) {
        (Form::Boolean, ValueRef::Integer(number)) => Value::Boolean(number != 0),
        (Form::Bytes, ValueRef::Blob(bytes)) | (Form::TextBytes, ValueRef::Text(bytes)) => {
            Value::Binary(bytes.to_vec())
        }
        (Form::Entry(kind), ValueRef::Integer(row)) => Value::Binary(encode(uid, kind, row).0),
        (Form::Long, ValueRef::Integer(number)) => {
            Value::Long(i32::try_from(number).unwrap_or(i32::MAX))
        }
        (Form::Text, ValueRef::Text(bytes)) => {
            Value::Unicode(String::from_utf8_lossy(bytes).into_owned())
        }
        (Form::Time, ValueRef::Integer(units)) => Value::SysTime(FileTime(units)),
        _ => {
            let says = format!("the store holds a value of the wrong type for {tag:?}");
            return Err(Failure::new(Code::CORRUPT_STORE, says));
        }
    };
    Ok(Prop { tag, value })
}
