//! What is known of folders: their files, and of each what tables show.
//!
//! Nothing is locked while files are read; two who look at once read twice.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::value::Prop;

use crate::disk::failed;
use crate::listing::{self, Files, Placed, Stamp};
use crate::message::{self, HEAVY};

/// Most messages that the index keeps; above it, other folders are forgotten.
pub const MAX_INDEXED: usize = 100_000;
/// How often a file is looked for that others rename meanwhile.
const MAX_TRIES: u32 = 8;

/// What tables show of a message, and which file says so.
#[derive(Clone)]
struct Light {
    size: u64,
    modified: Option<SystemTime>,
    props: Arc<Vec<Prop>>,
}

#[derive(Default)]
struct Known {
    stamp: Stamp,
    files: Files,
    light: HashMap<String, Light>,
}

/// A message of a folder.
pub(crate) struct Indexed {
    pub(crate) base: String,
    pub(crate) placed: Placed,
    pub(crate) props: Arc<Vec<Prop>>,
}

#[derive(Default)]
pub(crate) struct Index(Mutex<HashMap<String, Arc<Known>>>);

pub(crate) fn no_such_message() -> Failure {
    Failure::new(Code::NOT_FOUND, "the message does not exist any more")
}

impl Index {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Known>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, name: &str) -> Arc<Known> {
        self.lock().get(name).cloned().unwrap_or_default()
    }

    /// The messages of a folder in the order of their arrival.
    pub(crate) fn messages(&self, name: &str, folder: &Path) -> Result<Vec<Indexed>, Failure> {
        let known = self.known(name);
        let is_same = known.stamp.is_some() && known.stamp == listing::stamp(folder);
        let known = if is_same { known } else { self.refresh(name, folder, &known)? };
        let mut messages: Vec<Indexed> = known
            .files
            .iter()
            .filter_map(|(base, placed)| {
                let props = Arc::clone(&known.light.get(base)?.props);
                Some(Indexed { base: base.clone(), placed: placed.clone(), props })
            })
            .collect();
        messages.sort_by_cached_key(|message| arrival(&message.base));
        Ok(messages)
    }

    fn refresh(&self, name: &str, folder: &Path, known: &Known) -> Result<Arc<Known>, Failure> {
        let (files, stamp) = listing::list(folder)?;
        let mut light = HashMap::with_capacity(files.len());
        for (base, placed) in &files {
            let path = placed.path(folder);
            // Whoever renamed or removed it meanwhile changed the folder, and it is
            // looked at anew next time.
            let Ok(file) = std::fs::metadata(&path) else { continue };
            let (size, modified) = (file.len(), file.modified().ok());
            let same = known.light.get(base);
            let same = same.filter(|one| one.size == size && one.modified == modified);
            if let Some(same) = same {
                light.insert(base.clone(), same.clone());
            } else if let Ok((raw, file)) = message::read(&path) {
                let mut props = message::props(&message::parts(&raw, &file), &file);
                props.retain(|prop| !HEAVY.contains(&prop.tag));
                let props = Arc::new(props);
                light.insert(base.clone(), Light { size, modified, props });
            }
        }
        // Files that went while they were looked at: not whole, so not to be kept.
        let stamp = stamp.filter(|_| light.len() == files.len());
        let known = Arc::new(Known { stamp, files, light });
        let mut all = self.lock();
        let total: usize = all.values().map(|known| known.light.len()).sum();
        if total + known.light.len() > MAX_INDEXED {
            all.clear();
        }
        all.insert(name.to_owned(), Arc::clone(&known));
        Ok(known)
    }

    /// Does something with a message's file, wherever it is by now.
    pub(crate) fn with_file<R>(
        &self,
        (name, folder): (&str, &Path),
        base: &str,
        mut body: impl FnMut(&Placed, &Path) -> Result<R, std::io::Error>,
    ) -> Result<R, Failure> {
        let known = self.known(name);
        let mut placed = known.files.get(base).cloned();
        for attempt in 0..MAX_TRIES {
            if attempt > 0 || placed.is_none() {
                placed = listing::list(folder)?.0.remove(base);
            }
            let Some(found) = &placed else { return Err(no_such_message()) };
            let path = found.path(folder);
            match body(found, &path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed("working on", &path, &error)),
                Ok(done) => return Ok(done),
            }
        }
        Err(no_such_message())
    }
}

/// Time and name: files are named after the second of their arrival.
fn arrival(base: &str) -> (u64, String) {
    let digits = base.bytes().take_while(u8::is_ascii_digit).count();
    (base.get(..digits).and_then(|d| d.parse().ok()).unwrap_or_default(), base.to_owned())
}
