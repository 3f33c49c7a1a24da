//! Restrictions as SQL with bound parameters.
//!
//! Every condition is compiled to an expression that is true or false, never
//! NULL, so that NOT and the empty AND and OR mean what `restriction.rs` says.
//! Lists of conditions become balanced trees: SQLite bounds the depth of an
//! expression. What cannot be said exactly is `TOO_COMPLEX`, and the caller looks
//! itself: patterns, floating point numbers, 8-bit strings, lists of values.
//!
//! Text is compared code point by code point (`Property`, `CompareProps`); it is
//! found (`Content`) folded or not as `text.rs` says, and sorted folded.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::{MAX_RESTRICTION_DEPTH, MAX_RESTRICTION_NODES, RelOp, Restriction};
use mapi_abi::tags::types::{
    PT_BINARY, PT_BOOLEAN, PT_CLSID, PT_CURRENCY, PT_I2, PT_I8, PT_LONG, PT_SYSTIME, PT_UNICODE,
};
use mapi_abi::tags::{PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_RECIPIENTS, PropTag};
use mapi_abi::value::Value;
use rusqlite::types::Value as Sql;

use crate::columns::{Column, Form, Table};
use crate::entry::{Uid, decode};
use crate::sizes;
use crate::stored;
use crate::text::{fold, match_number};

/// An SQL condition with its parameters, in order.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Sql>,
    /// Most rows that may meet it.
    pub(crate) most: Option<u32>,
}

/// Compiles a restriction on messages; `1` when there is none.
pub(crate) fn condition(
    restriction: Option<&Restriction>,
    uid: &Uid,
) -> Result<Condition, Failure> {
    let mut condition = Condition::default();
    let Some(restriction) = restriction else {
        condition.sql.push('1');
        return Ok(condition);
    };
    check_size(restriction, 1, &mut 0)?;
    let inner = match restriction {
        Restriction::Count(most, inner) => {
            condition.most = Some(*most);
            inner
        }
        other => other,
    };
    Compiler { uid, table: Table::Message, out: &mut condition }.write(inner)?;
    Ok(condition)
}

pub(crate) fn too_complex(says: impl Into<String>) -> Failure {
    Failure::new(Code::TOO_COMPLEX, says)
}

/// Refuses what is larger or deeper than a restriction may be.
pub(crate) fn check_size(
    restriction: &Restriction,
    depth: usize,
    nodes: &mut usize,
) -> Result<(), Failure> {
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
        Restriction::Not(part)
        | Restriction::Comment(Some(part))
        | Restriction::Count(_, part)
        | Restriction::Sub { condition: part, .. } => check_size(part, depth + 1, nodes),
        _ => Ok(()),
    }
}

/// The operator between two values; patterns have none.
pub(crate) fn operator(op: RelOp) -> Result<&'static str, Failure> {
    Ok(match op {
        RelOp::Eq => "=",
        RelOp::Ge => ">=",
        RelOp::Gt => ">",
        RelOp::Le => "<=",
        RelOp::Lt => "<",
        RelOp::Ne => "<>",
        RelOp::Re => {
            return Err(too_complex("patterns are not evaluated by the store: look for text"));
        }
    })
}

struct Compiler<'a> {
    uid: &'a Uid,
    table: Table,
    out: &'a mut Condition,
}

impl Compiler<'_> {
    fn write(&mut self, restriction: &Restriction) -> Result<(), Failure> {
        match restriction {
            Restriction::And(parts) => self.write_list(parts, " AND ", "1"),
            Restriction::Or(parts) => self.write_list(parts, " OR ", "0"),
            Restriction::Not(part) => {
                self.out.sql.push_str("(NOT ");
                self.write(part)?;
                self.out.sql.push(')');
                Ok(())
            }
            Restriction::Comment(None) => self.say("1"),
            Restriction::Comment(Some(part)) => self.write(part),
            Restriction::Exist(tag) => match self.table.column(*tag) {
                Some(column) => self.say(&format!("({} IS NOT NULL)", column.sql)),
                None => self.say("0"),
            },
            Restriction::BitMask { tag, mask, non_zero } => {
                self.write_bit_mask(*tag, *mask, *non_zero)
            }
            Restriction::Content { tag, text, kind, ignore_case } => {
                let says = "text is sought in a string property";
                let Some(column) = self.required(*tag, is_text, says)? else { return Ok(()) };
                let looked_for = if *ignore_case { fold(text) } else { text.clone() };
                self.say(&format!("text_match({}, ?, ?, ?)", column.sql))?;
                self.out.parameters.extend([
                    Sql::Text(looked_for),
                    Sql::Integer(match_number(*kind)),
                    Sql::Integer(i64::from(*ignore_case)),
                ]);
                Ok(())
            }
            Restriction::ContentBytes { tag, bytes, kind } => {
                let says = "bytes are sought in a binary property";
                let Some(column) = self.required(*tag, is_bytes, says)? else { return Ok(()) };
                if matches!(column.form, Form::Entry(_)) {
                    return Err(too_complex("parts of entry identifiers are not looked for"));
                }
                self.say(&format!("bytes_match({}, ?, ?)", column.sql))?;
                self.out
                    .parameters
                    .extend([Sql::Blob(bytes.clone()), Sql::Integer(match_number(*kind))]);
                Ok(())
            }
            Restriction::CompareProps { op, left, right } => {
                self.write_comparison(*op, *left, *right)
            }
            Restriction::Size { op, tag, bytes } => self.write_size(*op, *tag, *bytes),
            Restriction::Sub { table, condition } => self.write_sub(*table, condition),
            Restriction::Property { tag, op, value } => self.write_property(*tag, *op, value),
            Restriction::Count(..) => Err(too_complex("a count stands at the top only")),
        }
    }

    fn say(&mut self, sql: &str) -> Result<(), Failure> {
        self.out.sql.push_str(sql);
        Ok(())
    }

    fn write_list(
        &mut self,
        parts: &[Restriction],
        joint: &str,
        empty: &str,
    ) -> Result<(), Failure> {
        match parts {
            [] => self.say(empty),
            [part] => self.write(part),
            _ => {
                let (front, back) = parts.split_at(parts.len() / 2);
                self.out.sql.push('(');
                self.write_list(front, joint, empty)?;
                self.out.sql.push_str(joint);
                self.write_list(back, joint, empty)?;
                self.out.sql.push(')');
                Ok(())
            }
        }
    }

    /// The column of a tag that must have a fitting form; writes "false" for a tag
    /// that no row has.
    fn required(
        &mut self,
        tag: PropTag,
        fits: fn(Form) -> bool,
        says: &str,
    ) -> Result<Option<Column>, Failure> {
        match self.table.column(tag) {
            None => {
                self.say("0")?;
                Ok(None)
            }
            Some(column) if fits(column.form) => Ok(Some(column)),
            Some(column) if is_inexact(column.form) => Err(inexact(tag)),
            Some(_) => Err(Failure::new(Code::INVALID_PARAMETER, format!("{says}, not {tag:?}"))),
        }
    }

    fn write_bit_mask(&mut self, tag: PropTag, mask: u32, non_zero: bool) -> Result<(), Failure> {
        let is_long = |form| matches!(form, Form::Long | Form::Stored(PT_LONG));
        let says = "a bit mask needs a long property";
        let Some(column) = self.required(tag, is_long, says)? else { return Ok(()) };
        let relation = if non_zero { "<>" } else { "=" };
        self.say(&format!("ifnull({} & ? {relation} 0, 0)", column.sql))?;
        self.out.parameters.push(Sql::Integer(i64::from(mask)));
        Ok(())
    }

    fn write_property(&mut self, tag: PropTag, op: RelOp, value: &Value) -> Result<(), Failure> {
        let operator = operator(op)?;
        let Some(column) = self.table.column(tag) else { return self.say("0") };
        if is_inexact(column.form) {
            return Err(inexact(tag));
        }
        let parameter = match (column.form, value) {
            (Form::Boolean, Value::Boolean(truth)) => Sql::Integer(i64::from(*truth)),
            (Form::Long, Value::Long(number)) => Sql::Integer(i64::from(*number)),
            (Form::I8, Value::I8(number)) => Sql::Integer(*number),
            (Form::Text, Value::Unicode(text)) => Sql::Text(text.clone()),
            (Form::Time, Value::SysTime(time)) => Sql::Integer(time.0),
            (Form::Bytes, Value::Binary(bytes)) => Sql::Blob(bytes.clone()),
            (Form::Entry(kind), Value::Binary(bytes)) => {
                return self.write_entry(&column, op, decode(self.uid, kind, bytes));
            }
            (Form::Stored(kind), value) if value.prop_type() == kind => {
                stored::to_sql(value).ok_or_else(|| inexact(tag))?
            }
            _ => {
                let says = format!("{tag:?} is compared with a value of another type");
                return Err(Failure::new(Code::INVALID_PARAMETER, says));
            }
        };
        self.say(&format!("ifnull({} {operator} ?, 0)", column.sql))?;
        self.out.parameters.push(parameter);
        Ok(())
    }

    /// Identifiers of one store and kind sort like row numbers; with any other bytes
    /// only equality is a question.
    fn write_entry(&mut self, column: &Column, op: RelOp, row: Option<i64>) -> Result<(), Failure> {
        match (row, op) {
            (Some(row), _) => {
                self.say(&format!("({} {} ?)", column.sql, operator(op)?))?;
                self.out.parameters.push(Sql::Integer(row));
                Ok(())
            }
            (None, RelOp::Eq) => self.say("0"),
            (None, RelOp::Ne) => self.say("1"),
            (None, _) => {
                let says = "foreign entry identifiers have no order in this store";
                Err(Failure::new(Code::INVALID_ENTRYID, says))
            }
        }
    }

    fn write_comparison(
        &mut self,
        op: RelOp,
        left: PropTag,
        right: PropTag,
    ) -> Result<(), Failure> {
        let operator = operator(op)?;
        let (Some(one), Some(other)) = (self.table.column(left), self.table.column(right)) else {
            return self.say("0");
        };
        for (tag, column) in [(left, &one), (right, &other)] {
            if is_inexact(column.form) {
                return Err(inexact(tag));
            }
        }
        if one.tag.prop_type() != other.tag.prop_type() {
            let says = format!("{left:?} and {right:?} have different types");
            return Err(Failure::new(Code::INVALID_PARAMETER, says));
        }
        let entries = [one.form, other.form].map(|form| matches!(form, Form::Entry(_)));
        if entries.contains(&true) && one.form != other.form {
            return Err(too_complex("entry identifiers are compared with their kind only"));
        }
        self.say(&format!("ifnull({} {operator} {}, 0)", one.sql, other.sql))
    }

    fn write_size(&mut self, op: RelOp, tag: PropTag, bytes: u32) -> Result<(), Failure> {
        let operator = operator(op)?;
        let Some(column) = self.table.column(tag) else { return self.say("0") };
        let Some(size) = sizes::size_of(&column) else { return Err(inexact(tag)) };
        self.say(&format!("ifnull({size} {operator} ?, 0)"))?;
        self.out.parameters.push(Sql::Integer(i64::from(bytes)));
        Ok(())
    }

    fn write_sub(&mut self, table: PropTag, condition: &Restriction) -> Result<(), Failure> {
        let inner = match table {
            _ if self.table != Table::Message => {
                return Err(too_complex("a table within a table is not looked into"));
            }
            PR_MESSAGE_RECIPIENTS => Table::Recipient,
            PR_MESSAGE_ATTACHMENTS => Table::Attachment,
            _ => return Err(too_complex(format!("messages have no table {table:?}"))),
        };
        let (name, alias) = (inner.name(), inner.alias());
        self.say(&format!(
            "EXISTS (SELECT 1 FROM {name} {alias} WHERE {alias}.message = m.id AND "
        ))?;
        Compiler { uid: self.uid, table: inner, out: self.out }.write(condition)?;
        self.say(")")
    }
}

fn is_text(form: Form) -> bool {
    matches!(form, Form::Text | Form::Stored(PT_UNICODE))
}

fn is_bytes(form: Form) -> bool {
    matches!(form, Form::Bytes | Form::Entry(_) | Form::Stored(PT_BINARY))
}

/// Whether SQL would compare values of that form in another way than people.
fn is_inexact(form: Form) -> bool {
    match form {
        Form::Any => true,
        Form::Stored(kind) => !matches!(
            kind,
            PT_I2
                | PT_LONG
                | PT_BOOLEAN
                | PT_I8
                | PT_CURRENCY
                | PT_SYSTIME
                | PT_UNICODE
                | PT_BINARY
                | PT_CLSID
        ),
        _ => false,
    }
}

fn inexact(tag: PropTag) -> Failure {
    too_complex(format!("the store does not compare values of the type of {tag:?}"))
}

#[cfg(test)]
mod tests {
    use mapi_abi::tags::{PR_DISPLAY_NAME, PR_SUBJECT};

    use super::*;

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
}
