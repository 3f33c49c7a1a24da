//! The side that looks.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use control::{Message, Session, Waiting};

use crate::FOLDER;
use crate::listen::socket_in;

/// How long to wait for a process that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes that are read of one process.
const MAX_ANSWER: usize = 16 << 20;

/// What a process says.
#[derive(Debug)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its waits, the oldest first; or why it did not answer.
    pub waits: Result<Vec<Waiting>, String>,
    /// Its mail sessions.
    pub sessions: Vec<Session>,
}

/// Asks every process of the data folder; those that have ended are passed over,
/// and their sockets are taken away.
///
/// # Errors
/// The folder cannot be read.
pub fn ask(data: &Path) -> io::Result<Vec<Process>> {
    let path = data.join(FOLDER);
    let folder = match File::open(&path) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut processes = Vec::new();
    for entry in fs::read_dir(&path)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        let Ok(pid) = name.parse() else { continue };
        match UnixStream::connect(socket_in(&folder, name)) {
            Ok(stream) => {
                let mut sessions = Vec::new();
                let waits = read(stream, &mut sessions);
                processes.push(Process { pid, waits, sessions });
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                let _ = fs::remove_file(path.join(name));
            }
            Err(error) => {
                let waits = Err(error.to_string());
                processes.push(Process { pid, waits, sessions: Vec::new() });
            }
        }
    }
    processes.sort_by_key(|process| process.pid);
    Ok(processes)
}

fn read(mut stream: UnixStream, sessions: &mut Vec<Session>) -> Result<Vec<Waiting>, String> {
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let mut waits = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let got = stream.read(&mut chunk).map_err(|error| error.to_string())?;
        bytes.extend_from_slice(chunk.get(..got).unwrap_or_default());
        let mut begin = 0;
        while let Some((message, taken)) =
            Message::decode(bytes.get(begin..).unwrap_or_default()).map_err(|e| e.to_string())?
        {
            begin += taken;
            match message {
                Message::Waiting(waiting) => waits.push(waiting),
                Message::Session(session) => sessions.push(session),
                _ => return Ok(waits),
            }
        }
        bytes.drain(..begin);
        let read = (waits.len() + sessions.len()) * size_of::<Waiting>();
        if got == 0 || read > MAX_ANSWER {
            return Err("it ended in the middle of its answer".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open;

    #[test]
    fn a_process_tells_its_waits_and_a_dead_one_is_forgotten() {
        let data = tempfile::tempdir().unwrap();
        assert!(ask(data.path()).unwrap().is_empty());
        open(data.path()).unwrap();
        let _wait = observe::wait::begin("a test of the glass", Some(1));
        let mut found = Vec::new();
        for _ in 0..500 {
            found = ask(data.path()).unwrap();
            if !found.is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let [process] = &found[..] else { panic!("{found:?}") };
        assert_eq!(process.pid, std::process::id());
        let waits = process.waits.as_ref().unwrap();
        let own = waits.iter().find(|wait| wait.what == "a test of the glass").unwrap();
        assert_eq!((own.tid, own.holder), (observe::thread::tid(), 1));
        // A socket that nobody listens at any more.
        let dead = data.path().join(FOLDER).join("1");
        drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
        assert_eq!(ask(data.path()).unwrap().len(), 1);
        assert!(!dead.exists());
    }
}
