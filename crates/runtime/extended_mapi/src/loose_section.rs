//! `IProfSect` over properties in memory: what a provider of another's library is
//! given for its section.
//!
//! Changes count at once, as they do in a profile; who made the object looks at
//! them afterwards.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::class;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp_Impl, IProfSect, IProfSect_Impl};
use mapi_abi::spi::{PropChange, Section, StoreChange};
use mapi_abi::tags::types::{PT_ERROR, PT_OBJECT};
use mapi_abi::tags::{MAPI_PROFSECT, PR_OBJECT_TYPE, PropTag};
use mapi_abi::value::{Prop, Row, Value};

use crate::context::object;
use crate::prop::{Bag, prop_methods};

#[class(interfaces(IProfSect))]
struct LooseSection(Arc<Mutex<Section>>);

/// The object of a section in memory, with a reference.
///
/// # Errors
/// `NOT_ENOUGH_MEMORY`.
pub fn loose_section_object(section: &Arc<Mutex<Section>>) -> Result<*mut c_void, Failure> {
    object::<LooseSection, IProfSect>(LooseSection(Arc::clone(section)))
}

impl LooseSection {
    fn lock(&self) -> MutexGuard<'_, Section> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bag for LooseSection {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        let section = self.lock();
        Ok([PR_OBJECT_TYPE].into_iter().chain(section.iter().map(|prop| prop.tag)).collect())
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        let section = self.lock();
        let one = |tag: &PropTag| match (*tag, section.get(*tag)) {
            (PR_OBJECT_TYPE, _) => Prop::new(*tag, Value::Long(MAPI_PROFSECT)),
            (tag, Some(value)) if value.prop_type() == tag.prop_type() => {
                Prop::new(tag, value.clone())
            }
            (tag, _) => Prop::not_found(tag),
        };
        Ok(tags.iter().map(one).collect())
    }

    fn change(&self, change: PropChange) -> Result<StoreChange, Failure> {
        let mut section = self.lock();
        let mut refused = StoreChange::new();
        for prop in change.set {
            match prop.tag.prop_type() {
                _ if prop.tag == PR_OBJECT_TYPE => refused.push((prop.tag, Code::COMPUTED)),
                PT_OBJECT | PT_ERROR => refused.push((prop.tag, Code::TYPE_NO_SUPPORT)),
                _ => section.set(prop.tag, prop.value),
            }
        }
        for tag in change.delete {
            if !section.remove(tag) {
                refused.push((tag, Code::NOT_FOUND));
            }
        }
        Ok(refused)
    }
}

impl IMAPIProp_Impl for LooseSection {
    prop_methods!();
}

impl IProfSect_Impl for LooseSection {}
