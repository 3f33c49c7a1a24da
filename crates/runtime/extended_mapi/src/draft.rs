//! What a client changed in an object and has not saved.

use std::collections::BTreeMap;

use mapi_abi::spi::{AttachmentChange, PropChange};
use mapi_abi::tags::PropTag;
use mapi_abi::value::{Prop, Row};

/// Changed properties: new values, and those that are gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PropDraft {
    changed: BTreeMap<u16, Option<Prop>>,
}

impl PropDraft {
    /// Adds a change.
    pub fn add(&mut self, change: PropChange) {
        for tag in change.delete {
            self.changed.insert(tag.id(), None);
        }
        for prop in change.set {
            self.changed.insert(prop.tag.id(), Some(prop));
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// A property as the client sees it, if it changed: the inner `None` is gone.
    pub fn get(&self, tag: PropTag) -> Option<Option<&Prop>> {
        self.changed.get(&tag.id()).map(Option::as_ref)
    }

    /// Values of `tags` with the changes over what is stored, which `read` gives.
    pub fn over<E>(
        &self,
        tags: &[PropTag],
        read: impl FnOnce(&[PropTag]) -> Result<Row, E>,
    ) -> Result<Row, E> {
        let mut row = read(tags)?;
        for (prop, tag) in row.iter_mut().zip(tags) {
            match self.get(*tag) {
                Some(Some(changed)) if changed.tag == *tag => *prop = changed.clone(),
                Some(_) => *prop = Prop::not_found(*tag),
                None => {}
            }
        }
        Ok(row)
    }

    /// All tags with values.
    pub fn tags(&self, mut stored: Vec<PropTag>) -> Vec<PropTag> {
        stored.retain(|tag| self.get(*tag).is_none());
        stored.extend(self.changed.values().flatten().map(|prop| prop.tag));
        stored
    }

    /// The changes, for the store.
    pub fn change(&self) -> PropChange {
        let mut change = PropChange::default();
        for (id, prop) in &self.changed {
            match prop {
                Some(prop) => change.set.push(prop.clone()),
                None => change.delete.push(PropTag(u32::from(*id) << 16)),
            }
        }
        change
    }
}

/// A message's changes.
#[derive(Clone, Debug, Default)]
pub struct MessageDraft {
    /// Its properties.
    pub props: PropDraft,
    /// Its recipients, all of them, if they changed.
    pub recipients: Option<Vec<Row>>,
    /// Its attachments that changed; `None` is gone.
    pub attachments: BTreeMap<u32, Option<PropDraft>>,
}

impl MessageDraft {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.props.is_empty() && self.recipients.is_none() && self.attachments.is_empty()
    }

    /// The attachments' changes, for the store.
    pub fn attachment_changes(&self) -> Vec<AttachmentChange> {
        self.attachments
            .iter()
            .map(|(number, draft)| AttachmentChange {
                number: *number,
                delete: draft.is_none(),
                props: draft.as_ref().map(PropDraft::change).unwrap_or_default(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use mapi_abi::tags::{PR_BODY, PR_IMPORTANCE, PR_SUBJECT};
    use mapi_abi::value::Value;

    use super::*;

    #[test]
    fn changes_are_seen_over_what_is_stored() {
        let mut draft = PropDraft::default();
        draft.add(PropChange { set: vec![Prop::text(PR_SUBJECT, "new")], delete: vec![PR_BODY] });
        let stored = |tags: &[PropTag]| -> Result<Row, ()> {
            Ok(tags.iter().map(|tag| Prop::text(*tag, "old")).collect())
        };
        let tags = [PR_SUBJECT, PR_BODY, PR_IMPORTANCE];
        let row = draft.over(&tags, stored).unwrap();
        assert_eq!(row[0], Prop::text(PR_SUBJECT, "new"));
        assert_eq!(row[1], Prop::not_found(PR_BODY));
        assert_eq!(row[2], Prop::text(PR_IMPORTANCE, "old"));
        assert_eq!(draft.tags(vec![PR_BODY, PR_IMPORTANCE]), [PR_IMPORTANCE, PR_SUBJECT]);
        // Set again, it is there again.
        draft.add(PropChange { set: vec![Prop::text(PR_BODY, "x")], delete: Vec::new() });
        assert_eq!(draft.change().set.len(), 2);
        assert!(draft.change().delete.is_empty());
    }

    #[test]
    fn a_changed_property_of_another_type_is_not_found() {
        let mut draft = PropDraft::default();
        let number = Prop::new(PropTag(0x6700_0003), Value::Long(1));
        draft.add(PropChange { set: vec![number], delete: Vec::new() });
        let row: Result<Row, ()> = draft.over(&[PropTag(0x6700_001F)], |tags| {
            Ok(tags.iter().map(|tag| Prop::not_found(*tag)).collect())
        });
        assert_eq!(row.unwrap(), [Prop::not_found(PropTag(0x6700_001F))]);
    }
}
