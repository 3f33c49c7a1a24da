//! `IProfSect`: a section of a profile as properties.
//!
//! What is secure can be read through here by the section's owner, and stands in
//! the secrets' file only.

use core::ffi::c_void;

use com_abi::class;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IMAPIProp_Impl, IProfSect, IProfSect_Impl};
use mapi_abi::spi::{PropChange, Section, StoreChange};
use mapi_abi::tags::types::{PT_ERROR, PT_OBJECT};
use mapi_abi::tags::{MAPI_PROFSECT, PR_OBJECT_TYPE, PR_PROFILE_NAME, PropTag};
use mapi_abi::value::{Prop, Row, Value};
use mapi_profile::{Profile, Uid, value_to_text};

use super::Owner;
use crate::context::object;
use crate::prop::{Bag, prop_methods};

/// Which section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionOf {
    /// The profile's own.
    Profile,
    /// A service's or a provider's.
    Part(Uid),
}

impl SectionOf {
    fn of(self, profile: &Profile) -> Option<&Section> {
        match self {
            Self::Profile => Some(&profile.section),
            Self::Part(uid) => profile.section(uid),
        }
    }

    fn of_mut(self, profile: &mut Profile) -> Option<&mut Section> {
        match self {
            Self::Profile => Some(&mut profile.section),
            Self::Part(uid) => profile.section_mut(uid),
        }
    }
}

#[class(interfaces(IProfSect))]
struct SectionFace {
    owner: Owner,
    profile: String,
    which: SectionOf,
    write: bool,
}

/// The object of a section, with a reference.
///
/// # Errors
/// `NOT_FOUND` the profile has no such section.
pub fn section_object(
    owner: Owner,
    profile: &str,
    which: SectionOf,
    write: bool,
) -> Result<*mut c_void, Failure> {
    let face = SectionFace { owner, profile: profile.to_owned(), which, write };
    face.section()?;
    object::<SectionFace, IProfSect>(face)
}

fn no_section() -> Failure {
    Failure::new(Code::NOT_FOUND, "the profile has no such section")
}

impl SectionFace {
    fn section(&self) -> Result<Section, Failure> {
        let profile = self.owner.load(&self.profile)?;
        self.which.of(&profile).cloned().ok_or_else(no_section)
    }
}

impl Bag for SectionFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        let own = self.section()?;
        let tags = [PR_OBJECT_TYPE, PR_PROFILE_NAME].into_iter();
        Ok(tags.chain(own.iter().map(|prop| prop.tag)).collect())
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        let section = self.section()?;
        let one = |tag: &PropTag| match (*tag, section.get(*tag)) {
            (PR_OBJECT_TYPE, _) => Prop::new(*tag, Value::Long(MAPI_PROFSECT)),
            (PR_PROFILE_NAME, _) => Prop::text(*tag, &*self.profile),
            (tag, Some(value)) if value.prop_type() == tag.prop_type() => {
                Prop::new(tag, value.clone())
            }
            (tag, _) => Prop::not_found(tag),
        };
        Ok(tags.iter().map(one).collect())
    }

    fn change(&self, change: PropChange) -> Result<StoreChange, Failure> {
        if !self.write {
            let says = "the section was opened for reading only: open it with MAPI_MODIFY";
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        self.owner.change(&self.profile, |profile| {
            let section = self.which.of_mut(profile).ok_or_else(no_section)?;
            let mut refused = StoreChange::new();
            for prop in change.set {
                let is_computed = matches!(prop.tag, PR_OBJECT_TYPE | PR_PROFILE_NAME);
                let kept = value_to_text(&prop.value).is_some()
                    && !matches!(prop.tag.prop_type(), PT_OBJECT | PT_ERROR);
                match (is_computed, kept) {
                    (true, _) => refused.push((prop.tag, Code::COMPUTED)),
                    (false, true) => section.set(prop.tag, prop.value),
                    (false, false) => refused.push((prop.tag, Code::TYPE_NO_SUPPORT)),
                }
            }
            for tag in change.delete {
                if !section.remove(tag) {
                    refused.push((tag, Code::NOT_FOUND));
                }
            }
            Ok(refused)
        })
    }
}

impl IMAPIProp_Impl for SectionFace {
    prop_methods!();
}

impl IProfSect_Impl for SectionFace {}
