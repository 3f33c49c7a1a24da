//! One file with one message; it goes to the Inbox.

use std::path::Path;

use store_sqlite::INBOX;

use crate::batch::{Batch, Origin};
use crate::files::read_message;
use crate::report::ImportError;

pub(crate) fn import(file: &Path, batch: &mut Batch<'_>) -> Result<(), ImportError> {
    let raw = read_message(file).map_err(|error| ImportError::unreadable(file, error))?;
    batch.total = Some(1);
    batch.enter(&[INBOX.to_owned()])?;
    batch.add(&file.display().to_string(), &raw, |_| Origin::default())
}
