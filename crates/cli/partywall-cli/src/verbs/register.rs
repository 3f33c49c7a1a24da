//! `partywall register FILE`, `partywall unregister FILE`

use std::path::Path;

use crate::output::Failure;

/// Lets a library write its classes into the registry.
pub fn register(file: &Path) -> Result<(), Failure> {
    prepare_data_folder()?;
    com::register_library(file).map_err(Failure::new)
}

/// Lets a library take its classes out.
pub fn unregister(file: &Path) -> Result<(), Failure> {
    prepare_data_folder()?;
    com::unregister_library(file).map_err(Failure::new)
}

/// Creates the data folder. Others may pass through it (their own mail lies
/// below) but not look into it.
pub fn prepare_data_folder() -> Result<(), Failure> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let folder = registry::data_folder();
    let create = || {
        if folder.is_dir() {
            return Ok(());
        }
        std::fs::DirBuilder::new().recursive(true).mode(0o711).create(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711))
    };
    create().map_err(|error: std::io::Error| {
        Failure::new(format!("cannot create the data folder {}: {error}", folder.display()))
    })
}
