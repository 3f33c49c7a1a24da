//! What a Maildir's folders say of themselves, and giving them other names.

use std::fs;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::tags::*;
use mapi_abi::value::{Prop, Value};
use mime::maildir::Flags;

use crate::disk::{failed, synchronise};
use crate::entry::{self, ROOT};
use crate::places::{self, Place};
use crate::store::Maildir;

impl Maildir {
    pub(crate) fn place(&self, name: &str) -> Result<Place, Failure> {
        if name == ROOT {
            return Ok(Place {
                name: ROOT.to_owned(),
                parent: ROOT.to_owned(),
                display: "Maildir".to_owned(),
                depth: 0,
            });
        }
        let gone = || Failure::new(Code::NOT_FOUND, "the folder does not exist any more");
        places::all(&self.path)?.into_iter().find(|place| place.name == name).ok_or_else(gone)
    }

    pub(crate) fn folder_values(&self, place: &Place, all: &[Place]) -> Result<Vec<Prop>, Failure> {
        let (count, unread) = if place.name == ROOT {
            (0, 0)
        } else {
            let folder = places::path(&self.path, &place.name);
            let files = crate::listing::list(&folder)?.0;
            let unseen = |name: &str| !Flags::from_file_name(name).seen;
            (files.len(), files.values().filter(|placed| unseen(&placed.name)).count())
        };
        let long = |number: usize| Value::Long(i32::try_from(number).unwrap_or(i32::MAX));
        let own = entry::folder(&self.uid, &place.name).0;
        let has_folders = all.iter().any(|other| other.parent == place.name);
        Ok(vec![
            Prop::new(PR_ENTRYID, Value::Binary(own.clone())),
            Prop::new(PR_INSTANCE_KEY, Value::Binary(own.clone())),
            Prop::new(PR_RECORD_KEY, Value::Binary(own)),
            Prop::new(PR_PARENT_ENTRYID, Value::Binary(entry::folder(&self.uid, &place.parent).0)),
            Prop::new(PR_STORE_RECORD_KEY, Value::Binary(self.uid.to_vec())),
            Prop::text(PR_DISPLAY_NAME, place.display.as_str()),
            Prop::text(PR_CONTAINER_CLASS, "IPF.Note"),
            Prop::new(PR_OBJECT_TYPE, Value::Long(MAPI_FOLDER)),
            Prop::new(PR_FOLDER_TYPE, Value::Long(i32::from(place.name != ROOT))),
            Prop::new(PR_CONTENT_COUNT, long(count)),
            Prop::new(PR_CONTENT_UNREAD, long(unread)),
            Prop::new(PR_ASSOC_CONTENT_COUNT, Value::Long(0)),
            Prop::new(PR_SUBFOLDERS, Value::Boolean(has_folders)),
            Prop::new(PR_DEPTH, long(place.depth)),
        ])
    }

    /// Gives a folder and those below it other names.
    pub(crate) fn rename(&self, name: &str, new: &str) -> Result<(), Failure> {
        if places::path(&self.path, new).exists() {
            return Err(Failure::new(Code::COLLISION, "there is a folder of that name"));
        }
        let all = places::all(&self.path)?;
        for place in std::iter::once(name)
            .chain(places::below(&all, name).iter().map(|place| place.name.as_str()))
        {
            let Some(rest) = place.strip_prefix(name) else { continue };
            let (from, to) = (self.path.join(place), self.path.join(format!("{new}{rest}")));
            fs::rename(&from, &to).map_err(|error| failed("renaming", &from, &error))?;
        }
        synchronise(&self.path).map_err(|error| failed("synchronising", &self.path, &error))
    }

    pub(crate) fn check_changeable(&self, name: &str) -> Result<(), Failure> {
        self.check_writable()?;
        if places::is_special(name) {
            return Err(Failure::new(Code::NO_ACCESS, "the folder has a part to play"));
        }
        Ok(())
    }
}
