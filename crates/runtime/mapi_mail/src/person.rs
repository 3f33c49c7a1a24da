//! A sender or recipient.

use mapi_abi::tags::{
    MAPI_MAILUSER, MAPI_TO, PR_ADDRTYPE, PR_DISPLAY_NAME, PR_DISPLAY_TYPE, PR_EMAIL_ADDRESS,
    PR_ENTRYID, PR_OBJECT_TYPE, PR_RECIPIENT_TYPE, PR_ROWID, PropTag,
};
use mapi_abi::value::{Prop, Row, Value};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// `PR_RECIPIENT_TYPE`; 0 for a sender.
    pub kind: i32,
    /// The name for people.
    pub name: String,
    /// What kind of address it is, like `SMTP`.
    pub address_type: String,
    /// The address.
    pub address: String,
    /// What an address book knows the person by; may be empty.
    pub entry: Vec<u8>,
    /// `PR_DISPLAY_TYPE`: 0 a person, 1 a list.
    pub display_type: i32,
}

impl Person {
    /// The columns that a person is made from.
    pub const COLUMNS: [PropTag; 6] = [
        PR_RECIPIENT_TYPE,
        PR_DISPLAY_NAME,
        PR_ADDRTYPE,
        PR_EMAIL_ADDRESS,
        PR_ENTRYID,
        PR_DISPLAY_TYPE,
    ];

    /// From a row of a table of recipients or of an address book.
    pub fn from_row(row: &Row) -> Self {
        let mut person = Self { kind: MAPI_TO, ..Self::default() };
        for prop in row {
            match (prop.tag, &prop.value) {
                (PR_RECIPIENT_TYPE, Value::Long(kind)) => person.kind = *kind,
                (PR_DISPLAY_TYPE, Value::Long(kind)) => person.display_type = *kind,
                (PR_DISPLAY_NAME, Value::Unicode(text)) => person.name.clone_from(text),
                (PR_ADDRTYPE, Value::Unicode(text)) => person.address_type.clone_from(text),
                (PR_EMAIL_ADDRESS, Value::Unicode(text)) => person.address.clone_from(text),
                (PR_ENTRYID, Value::Binary(entry)) => person.entry.clone_from(entry),
                _ => {}
            }
        }
        person
    }

    /// Somebody whose address is known; `address` may begin with its kind, as in
    /// `SMTP:bob@example.org`. An empty name is the address.
    pub fn one_off(name: &str, address: &str) -> Self {
        let (kind, address) = match address.split_once(':') {
            Some((kind, rest)) if is_address_type(kind) => (kind.to_uppercase(), rest),
            _ => ("SMTP".to_owned(), address),
        };
        let name = if name.is_empty() { address } else { name };
        Self {
            kind: MAPI_TO,
            name: name.to_owned(),
            address_type: kind,
            address: address.to_owned(),
            ..Self::default()
        }
    }

    /// Whether a text is an address rather than a name.
    pub fn is_address(text: &str) -> bool {
        text.contains('@')
            || text.split_once(':').is_some_and(|(kind, rest)| {
                is_address_type(kind) && !rest.is_empty() && !rest.starts_with(' ')
            })
    }

    /// Whether it is known where mail for this person goes.
    pub fn is_resolved(&self) -> bool {
        !self.address.is_empty()
    }

    /// The address with its kind; empty without an address.
    pub fn full_address(&self) -> String {
        match (self.address.is_empty(), self.address_type.is_empty()) {
            (true, _) => String::new(),
            (false, true) => self.address.clone(),
            (false, false) => format!("{}:{}", self.address_type, self.address),
        }
    }

    /// As a recipient, number `at` of a message.
    pub fn to_row(&self, at: usize) -> Row {
        let mut row = vec![
            Prop::new(PR_ROWID, Value::Long(at as i32)),
            Prop::new(PR_RECIPIENT_TYPE, Value::Long(self.kind)),
            Prop::text(PR_DISPLAY_NAME, &self.name),
        ];
        if self.is_resolved() {
            row.push(Prop::text(PR_ADDRTYPE, &self.address_type));
            row.push(Prop::text(PR_EMAIL_ADDRESS, &self.address));
            row.push(Prop::new(PR_DISPLAY_TYPE, Value::Long(self.display_type)));
            row.push(Prop::new(PR_OBJECT_TYPE, Value::Long(MAPI_MAILUSER)));
        }
        if !self.entry.is_empty() {
            row.push(Prop::new(PR_ENTRYID, Value::Binary(self.entry.clone())));
        }
        row
    }
}

fn is_address_type(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.chars().all(|one| one.is_ascii_alphanumeric() || one == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_say_its_kind() {
        let bob = Person::one_off("", "SMTP:bob@x");
        assert_eq!((&*bob.name, &*bob.address_type, &*bob.address), ("bob@x", "SMTP", "bob@x"));
        assert_eq!(Person::one_off("Bob", "bob@x").full_address(), "SMTP:bob@x");
        assert_eq!(Person::one_off("Bob", "x400:a b").full_address(), "X400:a b");
        assert!(Person::is_address("a@b") && Person::is_address("FAX:123"));
        assert!(!Person::is_address("Bob") && !Person::is_address("Re: all"));
        assert!(!Person::default().is_resolved() && Person::default().full_address().is_empty());
    }

    #[test]
    fn a_person_comes_back_from_its_row() {
        let mut bob = Person::one_off("Bob", "bob@x");
        bob.kind = mapi_abi::tags::MAPI_CC;
        bob.entry = vec![1, 2];
        assert_eq!(Person::from_row(&bob.to_row(3)), bob);
    }
}
