//! Queries of contents tables as SQL with bound parameters.
//!
//! Every condition is compiled to an expression that is true or false, never
//! NULL, so that NOT and the empty AND and OR mean what `restriction.rs` says. A
//! property that messages here never have is missing in every row. Lists of
//! conditions become balanced trees: SQLite bounds the depth of an expression.
//!
//! Text is compared code point by code point and sorted folded (`text_fold`).

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{
    MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, RelOp, Restriction, SortKey,
};
use mapi_abi::tags::PropTag;
use mapi_abi::value::Value;
use rusqlite::types::Value as Sql;

use crate::columns::{Column, Form, of_message};
use crate::entry::{Uid, decode};
use crate::text::{fold, match_number};

/// Most columns of one query.
pub const MAX_COLUMNS: usize = 500;
/// Most keys of one sort order.
pub const MAX_SORT_KEYS: usize = 32;

/// An SQL condition with its parameters, in order.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Sql>,
}

/// Compiles a restriction; `1` when there is none.
pub(crate) fn condition(
    restriction: Option<&Restriction>,
    uid: &Uid,
) -> Result<Condition, Failure> {
    let mut condition = Condition::default();
    match restriction {
        None => condition.sql.push('1'),
        Some(restriction) => {
            check_size(restriction, 1, &mut 0)?;
            write(restriction, uid, &mut condition)?;
        }
    }
    Ok(condition)
}

fn too_complex(says: String) -> Failure {
    Failure::new(Code::TOO_COMPLEX, says)
}

fn no_patterns() -> Failure {
    too_complex("patterns are not evaluated by the store: compare or look for text".to_owned())
}

fn check_size(restriction: &Restriction, depth: usize, nodes: &mut usize) -> Result<(), Failure> {
    *nodes += 1;
    if *nodes > MAX_RESTRICTION_NODES {
        let says = format!("the restriction has more than {MAX_RESTRICTION_NODES} conditions");
        return Err(too_complex(says));
    }
    if depth > MAX_RESTRICTION_DEPTH {
        let says = format!("the restriction is nested deeper than {MAX_RESTRICTION_DEPTH}");
        return Err(too_complex(says));
    }
    match restriction {
        Restriction::And(parts) | Restriction::Or(parts) => {
            parts.iter().try_for_each(|part| check_size(part, depth + 1, nodes))
        }
        Restriction::Not(part) => check_size(part, depth + 1, nodes),
        _ => Ok(()),
    }
}

fn write(restriction: &Restriction, uid: &Uid, out: &mut Condition) -> Result<(), Failure> {
    match restriction {
        Restriction::And(parts) => write_list(parts, " AND ", "1", uid, out),
        Restriction::Or(parts) => write_list(parts, " OR ", "0", uid, out),
        Restriction::Not(part) => {
            out.sql.push_str("(NOT ");
            write(part, uid, out)?;
            out.sql.push(')');
            Ok(())
        }
        Restriction::Exist(tag) => {
            match of_message(*tag) {
                Some(column) => out.sql.push_str(&format!("({} IS NOT NULL)", column.sql)),
                None => out.sql.push('0'),
            }
            Ok(())
        }
        Restriction::BitMask { tag, mask, non_zero } => {
            let Some(column) = required(*tag, Form::Long, "a bit mask needs a long property", out)?
            else {
                return Ok(());
            };
            let relation = if *non_zero { "<>" } else { "=" };
            out.sql.push_str(&format!("ifnull({} & ? {relation} 0, 0)", column.sql));
            out.parameters.push(Sql::Integer(i64::from(*mask)));
            Ok(())
        }
        Restriction::Content { tag, text, kind, ignore_case } => {
            let Some(column) =
                required(*tag, Form::Text, "text is sought in a string property", out)?
            else {
                return Ok(());
            };
            out.sql.push_str(&format!("text_match({}, ?, ?, ?)", column.sql));
            let looked_for = if *ignore_case { fold(text) } else { text.clone() };
            out.parameters.push(Sql::Text(looked_for));
            out.parameters.push(Sql::Integer(match_number(*kind)));
            out.parameters.push(Sql::Integer(i64::from(*ignore_case)));
            Ok(())
        }
        Restriction::Property { op: RelOp::Re, .. } => Err(no_patterns()),
        Restriction::Property { tag, op, value } => write_property(*tag, *op, value, uid, out),
        _ => Err(too_complex("the store cannot evaluate this kind of condition".to_owned())),
    }
}

fn write_list(
    parts: &[Restriction],
    joint: &str,
    empty: &str,
    uid: &Uid,
    out: &mut Condition,
) -> Result<(), Failure> {
    match parts {
        [] => {
            out.sql.push_str(empty);
            Ok(())
        }
        [part] => write(part, uid, out),
        _ => {
            let (front, back) = parts.split_at(parts.len() / 2);
            out.sql.push('(');
            write_list(front, joint, empty, uid, out)?;
            out.sql.push_str(joint);
            write_list(back, joint, empty, uid, out)?;
            out.sql.push(')');
            Ok(())
        }
    }
}

/// The column of a tag that must have `form`; writes "false" for an unknown tag.
fn required(
    tag: PropTag,
    form: Form,
    says: &str,
    out: &mut Condition,
) -> Result<Option<Column>, Failure> {
    match of_message(tag) {
        None => {
            out.sql.push('0');
            Ok(None)
        }
        Some(column) if column.form == form => Ok(Some(column)),
        Some(_) => Err(Failure::new(Code::INVALID_PARAMETER, format!("{says}, not {tag:?}"))),
    }
}

const fn operator(op: RelOp) -> &'static str {
    match op {
        RelOp::Eq => "=",
        RelOp::Ge => ">=",
        RelOp::Gt => ">",
        RelOp::Le => "<=",
        RelOp::Lt => "<",
        RelOp::Ne | RelOp::Re => "<>",
    }
}

fn write_property(
    tag: PropTag,
    op: RelOp,
    value: &Value,
    uid: &Uid,
    out: &mut Condition,
) -> Result<(), Failure> {
    let Some(column) = of_message(tag) else {
        out.sql.push('0');
        return Ok(());
    };
    let parameter = match (column.form, value) {
        (Form::Boolean, Value::Boolean(truth)) => Sql::Integer(i64::from(*truth)),
        (Form::Long, Value::Long(number)) => Sql::Integer(i64::from(*number)),
        (Form::Text, Value::Unicode(text)) => Sql::Text(text.clone()),
        (Form::Time, Value::SysTime(time)) => Sql::Integer(time.0),
        (Form::TextBytes, Value::Binary(bytes)) => {
            out.sql.push_str(&format!(
                "ifnull(CAST({} AS BLOB) {} ?, 0)",
                column.sql,
                operator(op)
            ));
            out.parameters.push(Sql::Blob(bytes.clone()));
            return Ok(());
        }
        (Form::Entry(kind), Value::Binary(bytes)) => {
            let row = decode(uid, kind, bytes);
            return write_entry(column, op, row, out);
        }
        _ => {
            let says = format!("{tag:?} is compared with a value of another type");
            return Err(Failure::new(Code::INVALID_PARAMETER, says));
        }
    };
    out.sql.push_str(&format!("ifnull({} {} ?, 0)", column.sql, operator(op)));
    out.parameters.push(parameter);
    Ok(())
}

/// Identifiers of one store and kind sort like row numbers; with any other bytes
/// only equality is a question.
fn write_entry(
    column: Column,
    op: RelOp,
    row: Option<i64>,
    out: &mut Condition,
) -> Result<(), Failure> {
    match (row, op) {
        (Some(row), _) => {
            out.sql.push_str(&format!("({} {} ?)", column.sql, operator(op)));
            out.parameters.push(Sql::Integer(row));
        }
        (None, RelOp::Eq) => out.sql.push('0'),
        (None, RelOp::Ne) => out.sql.push('1'),
        (None, _) => {
            let says = "foreign entry identifiers have no order in this store".to_owned();
            return Err(Failure::new(Code::INVALID_ENTRYID, says));
        }
    }
    Ok(())
}

/// The ORDER BY list; ties keep the order of arrival. SQLite puts NULL first in
/// ascending and last in descending order, as the contract wants it.
pub(crate) fn order(sort: &[SortKey]) -> Result<String, Failure> {
    if sort.len() > MAX_SORT_KEYS {
        return Err(too_complex(format!("the sort order has more than {MAX_SORT_KEYS} keys")));
    }
    let mut sql = String::new();
    for key in sort {
        // A property that no row has orders nothing.
        let Some(column) = of_message(key.tag) else { continue };
        let direction = if key.descending { "DESC" } else { "ASC" };
        if column.form == Form::Text {
            sql.push_str(&format!("text_fold({}) {direction}, ", column.sql));
        } else {
            sql.push_str(&format!("{} {direction}, ", column.sql));
        }
    }
    sql.push_str("m.id");
    Ok(sql)
}

/// Refuses more columns than a query may have.
pub(crate) fn check_columns(columns: &[PropTag]) -> Result<(), Failure> {
    if columns.len() > MAX_COLUMNS {
        return Err(too_complex(format!("more than {MAX_COLUMNS} columns are asked for")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapi_abi::tags::{
        PR_CLIENT_SUBMIT_TIME, PR_DISPLAY_NAME, PR_MESSAGE_DELIVERY_TIME, PR_SUBJECT,
    };
    use rusqlite::Connection;

    fn plan(sort: &[SortKey]) -> String {
        let mut connection = Connection::open_in_memory().expect("a database");
        crate::text::register(&connection).expect("functions");
        crate::schema::create(&mut connection, "alice").expect("tables");
        let order = order(sort).expect("an order");
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT m.subject FROM messages m \
             WHERE m.folder = 2 AND 1 ORDER BY {order} LIMIT 50 OFFSET 0"
        );
        let mut statement = connection.prepare(&sql).expect("a statement");
        let steps = statement.query_map([], |row| row.get::<_, String>(3)).expect("a plan");
        steps.map(|step| step.expect("a step")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn sorting_by_date_or_arrival_needs_no_sorting() {
        for (tag, descending) in [(PR_MESSAGE_DELIVERY_TIME, true), (PR_CLIENT_SUBMIT_TIME, true)] {
            let plan = plan(&[SortKey { tag, descending }]);
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
    fn values_never_become_sql() {
        let hostile = "') OR 1; DROP TABLE messages; --";
        let restriction = Restriction::Property {
            tag: PR_SUBJECT,
            op: RelOp::Eq,
            value: Value::Unicode(hostile.to_owned()),
        };
        let condition = condition(Some(&restriction), &[0; 16]).expect("a condition");
        assert_eq!(condition.sql, "ifnull(m.subject = ?, 0)");
        assert_eq!(condition.parameters, [Sql::Text(hostile.to_owned())]);
    }

    #[test]
    fn restrictions_are_compiled_up_to_their_limits() {
        let nested = |depth: usize| {
            (1..depth)
                .fold(Restriction::Exist(PR_SUBJECT), |inner, _| Restriction::Not(Box::new(inner)))
        };
        let wide =
            |nodes: usize| Restriction::And(vec![Restriction::Exist(PR_DISPLAY_NAME); nodes - 1]);
        let compile = |restriction| condition(Some(&restriction), &[0; 16]).map_err(|e| e.code);
        assert!(compile(nested(MAX_RESTRICTION_DEPTH)).is_ok());
        assert_eq!(compile(nested(MAX_RESTRICTION_DEPTH + 1)).err(), Some(Code::TOO_COMPLEX));
        assert!(compile(wide(MAX_RESTRICTION_NODES)).is_ok());
        assert_eq!(compile(wide(MAX_RESTRICTION_NODES + 1)).err(), Some(Code::TOO_COMPLEX));
    }

    #[test]
    fn sort_keys_and_columns_are_taken_up_to_their_limits() {
        let keys = |count| vec![SortKey { tag: PR_SUBJECT, descending: false }; count];
        assert!(order(&keys(MAX_SORT_KEYS)).is_ok());
        let refusal = order(&keys(MAX_SORT_KEYS + 1)).expect_err("one key too many");
        assert_eq!(refusal.code, Code::TOO_COMPLEX);
        assert!(check_columns(&[PR_SUBJECT; MAX_COLUMNS]).is_ok());
        assert!(check_columns(&[PR_SUBJECT; MAX_COLUMNS + 1]).is_err());
    }
}
