//! Puts messages into others' folders and takes them from one's own.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{Envelope, Logon, RecipientResult, Sent, Transport};

use crate::disk::{self, failed};
use crate::place::{Found, Places};

/// Most messages of one poll.
pub const MAX_POLLED: usize = 100;
/// Most bytes of one poll, and of one message.
pub const MAX_POLLED_BYTES: u64 = 64 << 20;
/// How old a temporary file is that nobody finishes any more.
pub const TEMPORARY_AGE: Duration = Duration::from_hours(36);

/// The end of a message file's name.
const SUFFIX: &str = ".eml";

/// A user's drop folder, and the way to the others'.
#[derive(Debug)]
pub struct FileDrop {
    places: Places,
    folder: PathBuf,
}

/// A name that follows from a message and its recipient.
fn name_of(message: &[u8], address: &str) -> String {
    let mut hashes = [0xCBF2_9CE4_8422_2325_u64, 0x9E37_79B9_7F4A_7C15];
    let address = address.to_ascii_lowercase();
    for byte in message.iter().chain(&[0]).chain(address.as_bytes()) {
        for hash in &mut hashes {
            *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    let [first, second] = hashes;
    format!("{first:016x}{second:016x}{SUFFIX}")
}

fn is_message_name(name: &str) -> bool {
    !name.starts_with('.') && !name.contains('/') && name.ends_with(SUFFIX)
}

impl FileDrop {
    /// Opens the drop folder of the mailbox that logs on; makes it if it is
    /// missing.
    ///
    /// # Errors
    /// `UNCONFIGURED` the root is not known; `NO_ACCESS` the folder is another's;
    /// disk errors.
    pub fn open(logon: &Logon<'_>) -> Result<Self, Failure> {
        let places = Places::of(logon)?;
        let folder = places.own(logon.mailbox)?;
        Ok(Self { places, folder })
    }

    fn drop_for(&self, address: &str, message: &[u8]) -> RecipientResult {
        let folder = match self.places.find(address) {
            Ok(Found::Folder(folder)) => folder,
            Ok(Found::Elsewhere) => return RecipientResult::NotMine,
            Ok(Found::Unknown) => {
                return RecipientResult::Refused(format!("there is no user {address}"));
            }
            Ok(Found::NotYet) => {
                return RecipientResult::Later(format!("{address} has not logged on yet"));
            }
            Err(failure) => return RecipientResult::Later(failure.to_string()),
        };
        if message.len() as u64 > MAX_POLLED_BYTES {
            let most = MAX_POLLED_BYTES >> 20;
            return RecipientResult::Refused(format!("the message is larger than {most} MiB"));
        }
        match disk::write(&folder, &name_of(message, address), message) {
            Ok(()) => RecipientResult::Accepted,
            Err(error) => {
                RecipientResult::Later(failed("writing into", &folder, &error).to_string())
            }
        }
    }

    /// The message files, oldest first.
    fn waiting(&self) -> Result<Vec<(String, PathBuf)>, Failure> {
        let folder = self.folder.join("new");
        let listed = fs::read_dir(&folder).map_err(|error| failed("listing", &folder, &error))?;
        let mut found: Vec<(SystemTime, String, PathBuf)> = listed
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok().filter(|n| is_message_name(n))?;
                let file = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((file.modified().unwrap_or(SystemTime::UNIX_EPOCH), name, entry.path()))
            })
            .collect();
        found.sort();
        Ok(found.into_iter().map(|(_, name, path)| (name, path)).collect())
    }

    fn clean(&self) {
        let Ok(listed) = fs::read_dir(self.folder.join("tmp")) else { return };
        for entry in listed.filter_map(Result::ok) {
            let age = entry.metadata().and_then(|file| file.modified()).map(|at| at.elapsed());
            if matches!(age, Ok(Ok(age)) if age > TEMPORARY_AGE) {
                let _removed_by_its_writer = fs::remove_file(entry.path());
            }
        }
    }
}

impl Transport for FileDrop {
    fn address_types(&self) -> Vec<String> {
        vec!["SMTP".to_owned()]
    }

    fn submit(&self, envelope: &Envelope<'_>) -> Result<Sent, Failure> {
        let results = envelope
            .recipients
            .iter()
            .map(|recipient| self.drop_for(&recipient.address, envelope.message));
        Ok(Sent { recipients: results.collect() })
    }

    fn poll(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        self.clean();
        let mut messages = Vec::new();
        let mut room = MAX_POLLED_BYTES;
        for (name, path) in self.waiting()? {
            if messages.len() == MAX_POLLED {
                break;
            }
            let opened = disk::open(&path).map_err(|error| failed("opening", &path, &error))?;
            let Some(file) = opened else { continue };
            let length = file.metadata().map_or(0, |file| file.len());
            if length > room {
                if length > MAX_POLLED_BYTES {
                    // Nobody who follows the rules put it there.
                    continue;
                }
                break;
            }
            let mut bytes = Vec::new();
            file.take(length)
                .read_to_end(&mut bytes)
                .map_err(|error| failed("reading", &path, &error))?;
            room -= bytes.len() as u64;
            messages.push((name, bytes));
        }
        Ok(messages)
    }

    fn received(&self, name: &str) -> Result<(), Failure> {
        if !is_message_name(name) {
            let says = format!("{name:?} is no name that poll answered");
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        let folder = self.folder.join("new");
        match fs::remove_file(folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("removing a message from", &folder, &error)),
        }
        File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| failed("synchronising", &folder, &error))
    }
}
