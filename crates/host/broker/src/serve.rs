//! The broker's process.
//!
//! # Protocol
//! Whoever holds the lock of `broker.lock` is the broker; a second one ends at
//! once. It listens at [`SOCKET`], whose folder belongs to its user, and asks the
//! kernel who connects. Everything happens on one thread: messages are short, and
//! a peer that does not read is cut off instead of waited for. When nobody would
//! miss it for a while, it takes the socket away and ends.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use session_messages::{MAX_PAYLOAD_BYTES, Message};

use crate::state::{Output, Peer, State};
use crate::{SOCKET, ffi};

/// How long it stays when nobody would miss it.
const IDLE: Duration = Duration::from_secs(5);
/// How often it looks whether its folder is still there.
const LOOK: Duration = Duration::from_secs(1);

/// Why there is no broker.
#[derive(Debug)]
pub enum ServeError {
    /// Another process is the broker.
    Taken,
    /// The socket cannot be made or waited for.
    Io(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("another process is this user's broker"),
            Self::Io(error) => write!(f, "the broker: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

impl From<io::Error> for ServeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Serves the programs of the user whose folder this is, until nobody would miss
/// it.
///
/// # Errors
/// See [`ServeError`].
pub fn serve(folder: &Path) -> Result<(), ServeError> {
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(folder.join("broker.lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(ServeError::Taken),
        Err(fs::TryLockError::Error(error)) => return Err(error.into()),
    }
    let path = folder.join(SOCKET);
    // Of an earlier broker: the lock says that it is gone.
    let _ = fs::remove_file(&path);
    // A socket's whole name has little room; one relative to an open folder fits.
    let open = File::open(folder)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", open.as_raw_fd()));
    let listener = UnixListener::bind(short)?;
    listener.set_nonblocking(true)?;
    let result = Server { listener, peers: BTreeMap::new(), last: 0, state: State::new() }
        .run(&path)
        .map_err(ServeError::from);
    let _ = fs::remove_file(&path);
    drop(lock);
    result
}

struct Connection {
    stream: UnixStream,
    received: Vec<u8>,
}

struct Server {
    listener: UnixListener,
    peers: BTreeMap<Peer, Connection>,
    last: u64,
    state: State,
}

impl Server {
    fn run(&mut self, path: &Path) -> io::Result<()> {
        let mut busy = Instant::now();
        loop {
            let numbers: Vec<Peer> = self.peers.keys().copied().collect();
            let streams = self.peers.values().map(|connection| connection.stream.as_fd());
            let sockets: Vec<BorrowedFd<'_>> =
                std::iter::once(self.listener.as_fd()).chain(streams).collect();
            let ready = ffi::wait(&sockets, LOOK)?;
            drop(sockets);
            for (peer, is_ready) in numbers.iter().zip(ready.iter().skip(1)) {
                if *is_ready {
                    self.read(*peer);
                }
            }
            if ready.first() == Some(&true) {
                self.accept();
            }
            if !self.state.is_idle() {
                busy = Instant::now();
            } else if busy.elapsed() > IDLE {
                return Ok(());
            }
            if !path.exists() {
                // The folder was taken away, and with it whoever could come.
                return Ok(());
            }
        }
    }

    fn accept(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            let Ok((process, user)) = ffi::peer(&stream) else { continue };
            if user != ffi::own_user() && user != 0 {
                observe::warn!("broker", "process {process} of user {user} may not connect");
                continue;
            }
            let peer = Peer(self.last);
            if stream.set_nonblocking(true).is_ok() && self.state.come(peer, process) {
                self.last += 1;
                self.peers.insert(peer, Connection { stream, received: Vec::new() });
            }
        }
    }

    /// Reads what a peer said and answers it.
    fn read(&mut self, peer: Peer) {
        let Some(connection) = self.peers.get_mut(&peer) else { return };
        let mut chunk = [0; 16 << 10];
        let is_over = loop {
            match connection.stream.read(&mut chunk) {
                Ok(0) => break true,
                Ok(got) => {
                    connection.received.extend_from_slice(&chunk[..got]);
                    if connection.received.len() > MAX_PAYLOAD_BYTES {
                        // What has come is answered first.
                        break false;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break error.kind() != ErrorKind::WouldBlock,
            }
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        loop {
            let Some(connection) = self.peers.get_mut(&peer) else { return };
            let message = match Message::decode(&connection.received) {
                Ok(Some((message, taken))) => {
                    connection.received.drain(..taken);
                    message
                }
                Ok(None) => break,
                Err(error) => {
                    observe::warn!("broker", "a program is cut off: {error}");
                    return self.cut(peer);
                }
            };
            match self.state.hear(peer, message, now) {
                Ok(output) => self.send(output),
                Err(_) => {
                    observe::warn!("broker", "a program is cut off: it may not say this");
                    return self.cut(peer);
                }
            }
        }
        if is_over {
            self.cut(peer);
        }
    }

    fn send(&mut self, output: Output) {
        for (peer, message) in output {
            let sent = message.encode().map_err(io::Error::other).and_then(|bytes| {
                let connection = self.peers.get_mut(&peer).ok_or(ErrorKind::NotConnected)?;
                connection.stream.write_all(&bytes)
            });
            if sent.is_err() {
                self.cut(peer);
            }
        }
    }

    fn cut(&mut self, peer: Peer) {
        self.peers.remove(&peer);
        self.state.go(peer);
    }
}
