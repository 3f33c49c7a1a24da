//! What follows from a message's other properties: subject without its prefix,
//! topic, preview, flags, size.

use mapi_abi::spi::MessageChange;
use mapi_abi::tags::*;
use mapi_abi::value::Value;
use rusqlite::{Connection, params};

use crate::text::normalized_subject;
use crate::writer::MAX_PREVIEW_CHARS;

/// Bytes of what a message consists of.
const SIZE: &str = "
SELECT ifnull(octet_length(m.subject), 0)
    + ifnull((SELECT ifnull(octet_length(text), 0) + ifnull(octet_length(html), 0)
        + ifnull(length(html_bytes), 0) + ifnull(octet_length(headers), 0)
        FROM bodies WHERE message = m.id), 0)
    + ifnull((SELECT sum(octet_length(data)) FROM attachments WHERE message = m.id), 0)
    + ifnull((SELECT sum(ifnull(octet_length(name), 0) + ifnull(octet_length(address), 0))
        FROM recipients WHERE message = m.id), 0)
    + ifnull((SELECT sum(octet_length(value)) FROM props
        WHERE kind = 5 AND object = m.id), 0)
FROM messages m WHERE m.id = ?1";

/// Brings what follows up to date after a message was changed.
pub(crate) fn refresh(
    connection: &Connection,
    message: i64,
    change: &MessageChange<'_>,
) -> rusqlite::Result<()> {
    let is_new = change.message.is_none();
    let says = |wanted: PropTag| {
        change.props.set.iter().any(|prop| prop.tag.id() == wanted.id())
            || change.props.delete.iter().any(|tag| tag.id() == wanted.id())
    };
    if is_new || says(PR_SUBJECT) || says(PR_SUBJECT_PREFIX) {
        subject(connection, message, change)?;
    }
    if is_new && !says(PR_CONVERSATION_TOPIC) {
        connection
            .prepare_cached(
                "UPDATE messages SET conversation_topic = normalized_subject WHERE id = ?1",
            )?
            .execute([message])?;
    }
    if is_new || says(PR_BODY) || says(PR_HTML) {
        preview(connection, message)?;
    }
    let size = match change.original {
        Some(original) => i64::try_from(original.len()).unwrap_or(i64::MAX),
        None => connection.prepare_cached(SIZE)?.query_row([message], |row| row.get(0))?,
    };
    connection
        .prepare_cached(
            "UPDATE messages SET size = ?2, has_attach = has,
                 flags = flags & ~?3 | iif(has, ?3, 0)
             FROM (SELECT EXISTS (SELECT 1 FROM attachments WHERE message = ?1) AS has)
             WHERE id = ?1",
        )?
        .execute(params![message, size.min(i64::from(i32::MAX)), MSGFLAG_HASATTACH])?;
    Ok(())
}

/// A prefix that is said counts when the subject begins with it.
fn subject(
    connection: &Connection,
    message: i64,
    change: &MessageChange<'_>,
) -> rusqlite::Result<()> {
    let subject: Option<String> = connection
        .prepare_cached("SELECT subject FROM messages WHERE id = ?1")?
        .query_row([message], |row| row.get(0))?;
    let prefix = change.props.set.iter().find_map(|prop| match (prop.tag, &prop.value) {
        (PR_SUBJECT_PREFIX, Value::Unicode(prefix)) => Some(prefix.as_str()),
        _ => None,
    });
    let normalized = subject.as_deref().map(|subject| {
        prefix
            .and_then(|prefix| subject.strip_prefix(prefix))
            .unwrap_or_else(|| normalized_subject(subject))
    });
    connection
        .prepare_cached("UPDATE messages SET normalized_subject = ?2 WHERE id = ?1")?
        .execute(params![message, normalized])?;
    Ok(())
}

fn preview(connection: &Connection, message: i64) -> rusqlite::Result<()> {
    let mut find = connection.prepare_cached(
        "SELECT text, ifnull(html, CAST(html_bytes AS TEXT)) FROM bodies WHERE message = ?1",
    )?;
    let mut found = find.query([message])?;
    let mut body = mime::Message::default();
    if let Some(row) = found.next()? {
        let text = |at| {
            let bytes = row.get_ref(at)?.as_bytes_or_null()?;
            Ok::<_, rusqlite::Error>(bytes.map(|b| String::from_utf8_lossy(b).into_owned()))
        };
        body.text = text(0)?;
        body.html = text(1)?;
    }
    drop(found);
    connection
        .prepare_cached("UPDATE messages SET preview = ?2 WHERE id = ?1")?
        .execute(params![message, mime::preview(&body, MAX_PREVIEW_CHARS)])?;
    Ok(())
}
