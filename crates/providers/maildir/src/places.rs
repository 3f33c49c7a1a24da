//! The folders of a Maildir++: names on disk, paths, parents.

use std::fs;
use std::path::{Path, PathBuf};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::SpecialFolder;
use mime::maildir::{folder_name, folder_path};

use crate::disk::{failed, synchronise};
use crate::entry::ROOT;

/// Longest name of a folder on disk, which has all its levels.
const MAX_NAME_BYTES: usize = 255;
/// Most folders of a Maildir.
const MAX_FOLDERS: usize = 10_000;

/// A folder: its name on disk, the one above it, its name for people, how deep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) parent: String,
    pub(crate) display: String,
    pub(crate) depth: usize,
}

/// Where the part of a special folder is played.
pub(crate) fn special(which: SpecialFolder) -> Option<&'static str> {
    match which {
        SpecialFolder::Inbox => Some(""),
        SpecialFolder::Outbox => Some(".Outbox"),
        SpecialFolder::SentItems => Some(".Sent"),
        SpecialFolder::DeletedItems => Some(".Trash"),
        SpecialFolder::Drafts => Some(".Drafts"),
        SpecialFolder::Finder => None,
    }
}

/// Whether a folder has a part to play.
pub(crate) fn is_special(name: &str) -> bool {
    matches!(name, "" | ROOT | ".Outbox" | ".Sent" | ".Trash" | ".Drafts")
}

/// All folders, each after its parent, the Inbox first.
pub(crate) fn all(maildir: &Path) -> Result<Vec<Place>, Failure> {
    let listed = fs::read_dir(maildir).map_err(|error| failed("listing", maildir, &error))?;
    let mut found: Vec<(Vec<String>, String)> = listed
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let path = folder_path(&name)?;
            entry.path().join("cur").is_dir().then_some((path, name))
        })
        .collect();
    if found.len() > MAX_FOLDERS {
        let says = format!("the Maildir has more than {MAX_FOLDERS} folders");
        return Err(Failure::new(Code::TABLE_TOO_BIG, says));
    }
    // A path comes right before those that begin with it.
    found.sort();
    let mut places = vec![Place {
        name: String::new(),
        parent: ROOT.to_owned(),
        display: "Inbox".to_owned(),
        depth: 1,
    }];
    let mut above: Vec<(Vec<String>, String)> = Vec::new();
    for (path, name) in found {
        while above.last().is_some_and(|(parent, _)| !path.starts_with(parent)) {
            above.pop();
        }
        let (known, parent) = match above.last() {
            Some((parent, name)) => (parent.len(), name.clone()),
            None => (0, ROOT.to_owned()),
        };
        let display = path.get(known..).unwrap_or_default().join(".");
        places.push(Place { name: name.clone(), parent, display, depth: above.len() + 1 });
        above.push((path, name));
    }
    Ok(places)
}

/// Those below a folder, with their depth counted from it.
pub(crate) fn below(places: &[Place], parent: &str) -> Vec<Place> {
    let mut inside: Vec<&str> = vec![parent];
    let mut found = Vec::new();
    let from = places.iter().find(|place| place.name == parent).map_or(0, |place| place.depth);
    for place in places {
        if inside.contains(&place.parent.as_str()) {
            inside.push(&place.name);
            found.push(Place { depth: place.depth - from, ..place.clone() });
        }
    }
    found
}

/// The name on disk of a folder below another.
pub(crate) fn child(parent: &str, display: &str) -> Result<String, Failure> {
    let above = if parent == ROOT { "" } else { parent };
    let name = format!("{above}{}", folder_name(&[display]));
    let is_bad = display.trim().is_empty() || display.chars().any(char::is_control);
    if is_bad || name.len() > MAX_NAME_BYTES {
        let says = "a folder's name has a character at least, no control characters, and at most \
                    255 bytes with all the names above it";
        return Err(Failure::new(Code::INVALID_PARAMETER, says));
    }
    if parent.is_empty() {
        let says = "a Maildir has no folders below the Inbox: make it beside the Inbox";
        return Err(Failure::new(Code::NO_SUPPORT, says));
    }
    Ok(name)
}

/// Makes a folder on disk.
pub(crate) fn make(maildir: &Path, name: &str) -> Result<(), Failure> {
    let folder = maildir.join(name);
    let make = || {
        fs::create_dir(&folder)?;
        for part in ["tmp", "new", "cur"] {
            fs::create_dir(folder.join(part))?;
        }
        // What Maildir++ tells delivering programs by.
        fs::File::create(folder.join("maildirfolder"))?.sync_all()?;
        synchronise(&folder)?;
        synchronise(maildir)
    };
    make().map_err(|error| failed("making", &folder, &error))
}

pub(crate) fn path(maildir: &Path, name: &str) -> PathBuf {
    if name.is_empty() || name == ROOT { maildir.to_owned() } else { maildir.join(name) }
}
