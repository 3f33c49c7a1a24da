//! The side that is looked at.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use control::{Message, Session, Waiting};
use observe::wait::Wait;

use crate::{FOLDER, ffi};

/// Stack of the thread that listens, in bytes.
const STACK: usize = 128 << 10;
/// How often that thread looks for circles.
const LOOK: Duration = Duration::from_secs(10);
/// How long it waits for somebody who asked and does not read.
const PATIENCE: Duration = Duration::from_secs(2);

/// The mail sessions of this process.
static SESSIONS: OnceLock<fn() -> Vec<Session>> = OnceLock::new();

/// Lets mail sessions be looked at too, which `sessions` lists.
pub fn tell_sessions(sessions: fn() -> Vec<Session>) {
    let _ = SESSIONS.set(sessions);
}

/// Lets this process be looked at, by a socket below the data folder, if there is
/// that folder: looking must not make one.
///
/// # Errors
/// The socket cannot be made.
pub fn open(data: &Path) -> io::Result<()> {
    if !data.is_dir() {
        return Ok(());
    }
    let data = data.to_owned();
    // The folder is made under the process's own identity, by the spawner's thread.
    security::spawner::spawn("glass", STACK, move || {
        let opened = listen(&data).map(|(listener, path)| serve(&listener, &path));
        if let Err(error) = opened {
            observe::warn!("glass", "nobody can ask what this process waits for: {error}");
        }
    })?;
    Ok(())
}

/// The socket's name relative to its open folder: a socket's whole name has
/// little room.
pub(crate) fn socket_in(folder: &File, name: &str) -> PathBuf {
    format!("/proc/self/fd/{}/{name}", folder.as_raw_fd()).into()
}

fn listen(data: &Path) -> io::Result<(UnixListener, PathBuf)> {
    let folder = data.join(FOLDER);
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
    let name = std::process::id().to_string();
    let path = folder.join(&name);
    // Of an earlier process of that number.
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(socket_in(&File::open(&folder)?, &name))?;
    Ok((listener, path))
}

fn serve(listener: &UnixListener, path: &Path) {
    let mut known = Vec::new();
    loop {
        if ffi::is_called(listener, LOOK) {
            if let Ok((stream, _)) = listener.accept() {
                let _ = answer(&stream);
            }
        } else if !path.exists() {
            // The data folder was taken away.
            return;
        }
        look(&mut known);
    }
}

fn answer(mut stream: &UnixStream) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut bytes = Vec::new();
    let waits = observe::wait::list().into_iter().map(|wait| Message::Waiting(told(&wait)));
    let sessions = SESSIONS.get().map(|sessions| sessions()).unwrap_or_default();
    let sessions = sessions.into_iter().map(Message::Session);
    for message in waits.chain(sessions).chain([Message::End]) {
        bytes.extend(message.encode().map_err(io::Error::other)?);
    }
    stream.write_all(&bytes)
}

fn told(wait: &Wait) -> Waiting {
    Waiting {
        tid: wait.tid,
        holder: wait.holder.unwrap_or(0),
        age_ms: u64::try_from(wait.since.elapsed().as_millis()).unwrap_or(u64::MAX),
        has_begun: wait.has_begun,
        serves: wait.serves,
        is_running: wait.is_running,
        apartment: wait.apartment.to_string(),
        identity: wait.identity.as_deref().unwrap_or_default().to_owned(),
        what: wait.what.to_owned(),
    }
}

/// Logs the circles that are not in `known`, which then has them.
fn look(known: &mut Vec<Vec<i32>>) {
    let waits = observe::wait::list();
    let arrows: Vec<_> = waits.iter().map(Wait::arrow).collect();
    let circles = observe::graph::circles(&arrows);
    let threads = |circle: &Vec<usize>| -> Vec<i32> {
        circle.iter().filter_map(|at| waits.get(*at)).map(|wait| wait.tid).collect()
    };
    for circle in &circles {
        if !known.contains(&threads(circle)) {
            let each = circle.iter().filter_map(|at| waits.get(*at));
            let says: Vec<_> = each
                .map(|wait| {
                    format!("thread {} ({}) waits for {}", wait.tid, wait.apartment, wait.what)
                })
                .collect();
            observe::error!("glass", "these wait for one another: {}", says.join("; "));
        }
    }
    *known = circles.iter().map(threads).collect();
}
