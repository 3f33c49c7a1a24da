//! Whose drop folder is where.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Logon;
use mapi_abi::tags::{PR_PROFILE_PATH, PR_PROFILE_SERVER};

use crate::disk::{failed, make_folder};

/// The domain of this house when the profile does not say one.
pub const DEFAULT_DOMAIN: &str = "partywall.test";

/// Whoever logs on makes a folder here; nobody removes another's.
const ROOT_MODE: u32 = 0o1777;
/// A user's folder: whoever knows what is in it may go on.
const USER_MODE: u32 = 0o711;
/// Others put files there, and neither list nor remove them.
const DROP_MODE: u32 = 0o1733;

/// The data folder of a logon's `folder`, which is `<data folder>/mail/<user>`.
fn data_folder(folder: &Path) -> Option<&Path> {
    folder.parent()?.parent()
}

/// Where the house keeps its drop folders.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    domain: String,
    root: PathBuf,
    /// Where the users' mail is, and whose system user one's own mail belongs to.
    mail: PathBuf,
    own_uid: u32,
}

/// What is known of a recipient.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Their drop folder.
    Folder(PathBuf),
    /// They are not in this house.
    Elsewhere,
    /// There is no such user.
    Unknown,
    /// They are here, and have no folder that we could make.
    NotYet,
}

impl Places {
    pub(crate) fn of(logon: &Logon<'_>) -> Result<Self, Failure> {
        let unconfigured = || {
            let says = "the folder of drop folders is not known: set PR_PROFILE_PATH";
            Failure::new(Code::UNCONFIGURED, says)
        };
        let said = logon.section.text(PR_PROFILE_PATH).filter(|path| !path.is_empty());
        let root = match said {
            Some(path) => PathBuf::from(path),
            None => data_folder(logon.folder).ok_or_else(unconfigured)?.join("drop"),
        };
        let domain = logon.section.text(PR_PROFILE_SERVER).filter(|domain| !domain.is_empty());
        let own = fs::metadata(logon.folder)
            .map_err(|error| failed("looking at", logon.folder, &error))?;
        Ok(Self {
            domain: domain.unwrap_or(DEFAULT_DOMAIN).to_owned(),
            root,
            mail: logon.folder.parent().unwrap_or(logon.folder).to_owned(),
            own_uid: own.uid(),
        })
    }

    /// The drop folder of a user whose mail is ours; made if it is missing.
    pub(crate) fn own(&self, user: &str) -> Result<PathBuf, Failure> {
        let folder = self.root.join(user.to_ascii_lowercase());
        self.make(&folder).map_err(|error| failed("making", &folder, &error))?;
        let owner = fs::metadata(&folder).map_err(|error| failed("looking at", &folder, &error))?;
        if owner.uid() != self.own_uid {
            let says = format!(
                "{} belongs to another system user than the mail of {user}: remove it",
                folder.display()
            );
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        Ok(folder)
    }

    fn make(&self, folder: &Path) -> Result<(), std::io::Error> {
        if let Some(above) = self.root.parent() {
            fs::create_dir_all(above)?;
        }
        make_folder(&self.root, ROOT_MODE)?;
        make_folder(folder, USER_MODE)?;
        make_folder(&folder.join("tmp"), DROP_MODE)?;
        make_folder(&folder.join("new"), DROP_MODE)
    }

    /// Where mail for an address goes.
    pub(crate) fn find(&self, address: &str) -> Result<Found, Failure> {
        let Some((name, domain)) = address.rsplit_once('@') else { return Ok(Found::Elsewhere) };
        if !domain.eq_ignore_ascii_case(&self.domain) {
            return Ok(Found::Elsewhere);
        }
        let name = name.to_ascii_lowercase();
        if !is_name(&name) {
            return Ok(Found::Unknown);
        }
        let folder = self.root.join(&name);
        if folder.join("new").is_dir() {
            return Ok(Found::Folder(folder));
        }
        match fs::metadata(self.mail.join(&name)) {
            Ok(mail) if mail.is_dir() && mail.uid() == self.own_uid => {
                self.make(&folder).map_err(|error| failed("making", &folder, &error))?;
                Ok(Found::Folder(folder))
            }
            Ok(mail) if mail.is_dir() => Ok(Found::NotYet),
            _ => Ok(Found::Unknown),
        }
    }
}

/// Whether a name can be a folder's.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "a b", "a\0", &"a".repeat(65)] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("ada.l-1_x") && is_name("jörg") && is_name(&"a".repeat(64)));
    }
}
