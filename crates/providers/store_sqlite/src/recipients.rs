//! The recipients of a message, in the order of `PR_ROWID`.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::PropChange;
use mapi_abi::tags::{MAPI_BCC, MAPI_CC, MAPI_TO, PR_ROWID};
use mapi_abi::value::{Row, Value};
use message_props::{NamedRecipient, SMTP};
use rusqlite::{Connection, params};

use crate::apply::apply_all;
use crate::columns::Table;
use crate::failure::of_sqlite;

/// Most recipients of one message.
pub const MAX_RECIPIENTS: usize = 100_000;
/// The low bits of `PR_RECIPIENT_TYPE` say which list a recipient is of; others
/// say whether it was reached.
const TYPE_MASK: i64 = 0xFF;

const WRITE: &str = "writing recipients";

/// Adds recipients to a message that has none.
pub(crate) fn insert(
    connection: &Connection,
    message: i64,
    list: &[NamedRecipient],
) -> rusqlite::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO recipients (message, number, type, name, address_type, address)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (number, recipient) in (0_i64..).zip(list.iter().take(MAX_RECIPIENTS)) {
        add.execute(params![
            message,
            number,
            recipient.kind,
            recipient.name,
            recipient.address.as_ref().map(|_| SMTP),
            recipient.address,
        ])?;
    }
    if list.iter().any(|recipient| recipient.kind == MAPI_BCC) {
        let blind = display(connection, message, MAPI_BCC)?;
        connection
            .prepare_cached("UPDATE messages SET display_bcc = ?2 WHERE id = ?1")?
            .execute(params![message, blind])?;
    }
    Ok(())
}

/// Puts `rows` in the place of a message's recipients. A row without `PR_ROWID`
/// takes its place in the list, as does one whose number another has already.
pub(crate) fn replace(connection: &Connection, message: i64, rows: &[Row]) -> Result<(), Failure> {
    if rows.len() > MAX_RECIPIENTS {
        let says = format!("a message has at most {MAX_RECIPIENTS} recipients");
        return Err(Failure::new(Code::TOO_BIG, says));
    }
    let failed = of_sqlite(WRITE);
    connection
        .prepare_cached("DELETE FROM recipients WHERE message = ?1")
        .and_then(|mut delete| delete.execute([message]))
        .map_err(&failed)?;
    let mut used = std::collections::HashSet::new();
    let mut next = 0_i64;
    for row in rows {
        let asked = row.iter().find_map(|prop| match (&prop.value, prop.tag) {
            (Value::Long(number), PR_ROWID) => Some(i64::from(*number)),
            _ => None,
        });
        let number = match asked.filter(|number| !used.contains(number)) {
            Some(number) => number,
            None => {
                while used.contains(&next) {
                    next += 1;
                }
                next
            }
        };
        used.insert(number);
        let added = connection
            .prepare_cached("INSERT INTO recipients (message, number, type) VALUES (?1, ?2, ?3)")
            .and_then(|mut add| add.insert(params![message, number, MAPI_TO]))
            .map_err(&failed)?;
        let change = PropChange { set: row.clone(), delete: Vec::new() };
        apply_all(connection, Table::Recipient, added, &change)?;
    }
    display_lists(connection, message).map_err(&failed)
}

fn display_lists(connection: &Connection, message: i64) -> rusqlite::Result<()> {
    let [to, cc, bcc] = [MAPI_TO, MAPI_CC, MAPI_BCC].map(|kind| display(connection, message, kind));
    connection
        .prepare_cached(
            "UPDATE messages SET display_to = ?2, display_cc = ?3, display_bcc = ?4 WHERE id = ?1",
        )?
        .execute(params![message, to?, cc?, bcc?])?;
    Ok(())
}

/// Names of one kind of recipients, joined by "; ", at most as long as the decoder
/// of messages makes them.
fn display(connection: &Connection, message: i64, kind: i32) -> rusqlite::Result<String> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(name, address, '') FROM recipients
         WHERE message = ?1 AND type & ?2 = ?3 ORDER BY number",
    )?;
    let names = statement.query_map(params![message, TYPE_MASK, kind], |row| row.get(0))?;
    let mut list = String::new();
    for name in names {
        let name: String = name?;
        if !list.is_empty() {
            list.push_str("; ");
        }
        list.push_str(&name);
        if list.len() > mime::MAX_DISPLAY_CHARS * 4 {
            break;
        }
    }
    Ok(list.chars().take(mime::MAX_DISPLAY_CHARS).collect())
}
