//! Which services there are: `*.inf` files of a few folders, and where the
//! libraries that they name are looked for.
//!
//! Files are read anew for each name that nobody knows, so that a service can be
//! added while a program runs. A file that is not understood hides no other.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use inf_file::{Service, Services};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::MessageService;

use crate::service::ForeignService;

/// Most files of a folder that are read.
const MAX_FILES: usize = 1024;
/// Where services of the machine are described.
const MACHINE: &str = "/etc/partywall/services";
/// Where libraries are looked for that are not beside their description.
const LIBRARY_FOLDERS: [&str; 2] = ["/usr/local/lib/partywall", "/usr/lib/partywall"];

/// Folders that the program adds to the standard ones.
static ADDED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A service that is described somewhere, or why a description is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The file.
    pub file: PathBuf,
    /// What it describes.
    pub service: Result<Service, String>,
}

/// Has the engine find services of `*.inf` files: those of the standard folders,
/// and of `folders`, which win by name.
pub fn register(folders: Vec<PathBuf>) {
    *ADDED.lock().unwrap_or_else(PoisonError::into_inner) = folders;
    mapi_session::catalog::set_finder(find);
}

/// The folders of descriptions; a later one wins.
pub fn standard_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(prefix) = prefix() {
        folders.push(prefix.join("share/partywall/services"));
    }
    folders.push(PathBuf::from(MACHINE));
    folders.push(registry::data_folder().join("services"));
    folders
}

/// The folder above the one of the program.
fn prefix() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    Some(program.parent()?.parent()?.to_owned())
}

/// The services of all descriptions, by name, then the descriptions that are of no
/// use.
pub fn known() -> Vec<Known> {
    let mut folders = standard_folders();
    folders.extend(ADDED.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
    let (mut fragments, mut wrong) = (Vec::new(), Vec::new());
    for file in folders.iter().flat_map(|folder| files(folder)) {
        match read(&file) {
            Ok(services) => fragments.push((file, services)),
            Err(says) => wrong.push(Known { file, service: Err(says) }),
        }
    }
    let merged = inf_file::merge(fragments).into_iter();
    let mut all: Vec<_> =
        merged.map(|(file, service)| Known { file, service: Ok(service) }).collect();
    all.extend(wrong);
    all
}

/// The `*.inf` files of a folder, by name; none when it is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_fragment =
        |path: &PathBuf| path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("inf"));
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_fragment)
        .take(MAX_FILES)
        .collect();
    files.sort();
    files
}

fn read(file: &Path) -> Result<Services, String> {
    let length = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > inf_file::MAX_FILE_BYTES as u64 {
        return Err(format!("a file has at most {} bytes", inf_file::MAX_FILE_BYTES));
    }
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let parsed = inf_file::parse(&bytes).and_then(|file| inf_file::read(&file));
    parsed.map_err(|error| error.to_string())
}

/// The service of that name, if it is described.
fn find(name: &str) -> Result<Option<Arc<dyn MessageService>>, Failure> {
    let mut wrong = Vec::new();
    for Known { file, service } in known() {
        match service {
            Ok(service) if service.name == name => {
                return Ok(Some(Arc::new(ForeignService::new(&file, service))));
            }
            Ok(_) => {}
            Err(says) => wrong.push(format!("{}: {says}", file.display())),
        }
    }
    if wrong.is_empty() {
        return Ok(None);
    }
    let says = format!(
        "there is no message service {name}, and not every description was understood: {}",
        wrong.join("; ")
    );
    Err(Failure::new(Code::CORRUPT_DATA, says))
}

/// Where a library may be that a description names, in the order of looking.
///
/// A name with a slash is a path, from the description's folder on. Any other one
/// is looked for beside the description and in the folders of libraries, with and
/// without `lib` and `.so`.
pub fn candidates(folder: &Path, name: &str) -> Vec<PathBuf> {
    if name.contains('/') {
        return vec![folder.join(name)];
    }
    let names = [name.to_owned(), format!("{name}.so"), format!("lib{name}.so")];
    let mut folders = vec![folder.to_owned()];
    folders.extend(prefix().map(|prefix| prefix.join("lib/partywall")));
    folders.extend(LIBRARY_FOLDERS.map(PathBuf::from));
    let inside = |folder: &PathBuf| names.iter().map(|name| folder.join(name)).collect::<Vec<_>>();
    folders.iter().flat_map(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_description_hides_no_other_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let good = "[Services]\nS=S\n[S]\nProviders=P\n[P]\nPR_RESOURCE_TYPE=0x21\n";
        std::fs::write(folder.path().join("a.inf"), "[Services]\nX\n").unwrap();
        std::fs::write(folder.path().join("b.INF"), good).unwrap();
        std::fs::write(folder.path().join("c.txt"), "not one").unwrap();
        let found = files(folder.path());
        assert_eq!(found.len(), 2);
        assert!(read(&found[0]).unwrap_err().contains("line 2"));
        assert_eq!(read(&found[1]).unwrap().services[0].name, "S");
    }

    #[test]
    fn a_library_is_looked_for_beside_its_description_first() {
        let places = candidates(Path::new("/d"), "mine");
        let beside = ["/d/mine", "/d/mine.so", "/d/libmine.so"].map(PathBuf::from);
        assert_eq!(places[..3], beside);
        assert!(places.iter().all(|place| place.is_absolute()));
        assert_eq!(candidates(Path::new("/d"), "sub/x.so"), [PathBuf::from("/d/sub/x.so")]);
        assert_eq!(candidates(Path::new("/d"), "/x.so"), [PathBuf::from("/x.so")]);
    }
}
