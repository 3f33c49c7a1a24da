//! Sort orders as ORDER BY lists.

use mapi_abi::codes::Failure;
use mapi_abi::restriction::SortKey;
use mapi_abi::tags::types::{MV_FLAG, PT_STRING8, PT_UNICODE};

use crate::columns::{Form, Table};
use crate::contents::too_complex;

/// Most keys of one sort order.
pub const MAX_SORT_KEYS: usize = 32;

/// The ORDER BY list of messages; ties keep the order of arrival. SQLite puts NULL
/// first in ascending and last in descending order, as the contract wants it.
pub(crate) fn order(sort: &[SortKey]) -> Result<String, Failure> {
    if sort.len() > MAX_SORT_KEYS {
        return Err(too_complex(format!("the sort order has more than {MAX_SORT_KEYS} keys")));
    }
    let mut sql = String::new();
    for key in sort {
        // A property that no row has orders nothing.
        let Some(column) = Table::Message.column(key.tag) else { continue };
        let direction = if key.descending { "DESC" } else { "ASC" };
        match column.form {
            Form::Text | Form::Stored(PT_UNICODE) => {
                sql.push_str(&format!("{} COLLATE folded {direction}, ", column.sql));
            }
            Form::Stored(kind) if kind & MV_FLAG != 0 || kind == PT_STRING8 => {
                return Err(too_complex(format!("the store does not sort by {:?}", key.tag)));
            }
            Form::Any => {
                return Err(too_complex("the store sorts by properties of a known type only"));
            }
            _ => sql.push_str(&format!("{} {direction}, ", column.sql)),
        }
    }
    sql.push_str("m.id");
    Ok(sql)
}

/// What follows the columns of a page's statement; its parameters are the source's,
/// the condition's, how many rows and how many before them.
pub(crate) fn page(source: &str, condition: &str, order: &str) -> String {
    format!("FROM messages m WHERE {source} AND {condition} ORDER BY {order} LIMIT ? OFFSET ?")
}

#[cfg(test)]
mod tests {
    use mapi_abi::codes::Code;
    use mapi_abi::tags::{PR_CLIENT_SUBMIT_TIME, PR_MESSAGE_DELIVERY_TIME, PR_SUBJECT};
    use rusqlite::Connection;

    use super::*;
    use crate::{contents, schema, search, text};

    fn plan(sort: &[SortKey]) -> String {
        let mut connection = Connection::open_in_memory().expect("a database");
        text::register(&connection).expect("functions");
        schema::create(&mut connection, "alice").expect("a schema");
        let source = search::source(&connection, &[0; 16], 2, 1, false).expect("a folder");
        let everything = contents::condition(None, &[0; 16]).expect("a condition");
        let order = order(sort).expect("an order");
        let tail = page(&source.sql, &everything.sql, &order);
        let sql = format!("EXPLAIN QUERY PLAN SELECT m.subject {tail}");
        let mut statement = connection.prepare(&sql).expect("a plan");
        let lines =
            statement.query_map([2, 0, 50, 1000], |row| row.get::<_, String>(3)).expect("a plan");
        lines.map(|line| line.expect("a line")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn the_newest_messages_of_a_folder_need_no_sorting() {
        for tag in [PR_MESSAGE_DELIVERY_TIME, PR_CLIENT_SUBMIT_TIME] {
            let plan = plan(&[SortKey { tag, descending: true }]);
            assert!(plan.contains("USING INDEX messages_by_"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
        assert!(!plan(&[]).contains("TEMP B-TREE"));
    }

    #[test]
    fn ascending_dates_sort_only_ties() {
        let plan = plan(&[SortKey { tag: PR_MESSAGE_DELIVERY_TIME, descending: false }]);
        assert!(plan.contains("USING INDEX messages_by_delivery"), "{plan}");
        assert!(!plan.contains("FOR ORDER BY"), "only the last term is sorted: {plan}");
    }

    #[test]
    fn sort_keys_are_taken_up_to_their_limit() {
        let keys = |count| vec![SortKey { tag: PR_SUBJECT, descending: false }; count];
        assert!(order(&keys(MAX_SORT_KEYS)).is_ok());
        let refusal = order(&keys(MAX_SORT_KEYS + 1)).expect_err("one key too many");
        assert_eq!(refusal.code, Code::TOO_COMPLEX);
    }
}
