//! The data folder: where the process keeps everything.

use std::path::PathBuf;
use std::sync::OnceLock;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Sets the data folder; false when one was set or used already.
pub fn set_data_folder(folder: PathBuf) -> bool {
    FOLDER.set(folder).is_ok()
}

/// The data folder: the one set, else `PARTYWALL_DATA`, else
/// `$XDG_DATA_HOME/partywall`, else `~/.local/share/partywall`.
pub fn data_folder() -> &'static PathBuf {
    FOLDER.get_or_init(|| {
        if let Some(folder) = std::env::var_os("PARTYWALL_DATA") {
            return folder.into();
        }
        let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
        let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/".into()));
        base.unwrap_or_else(|| home().join(".local/share")).join("partywall")
    })
}
