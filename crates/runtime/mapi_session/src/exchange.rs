//! Sessions that programs share, through the broker of their user.
//!
//! # Protocol
//! A part in a shared session is a connection to the broker; its end, for
//! whatever reason, ends the session in this process with `END_OF_SESSION`, and
//! letting it go leaves. A thread of its own listens to it. Nothing waits for the
//! broker without a bound. Only publishing starts a broker; looking for a session
//! does not.
//!
//! The socket stands in the user's folder and is opened with the user's rights;
//! the kernel says whose process is at the other end.

mod ffi;
mod start;
mod text;

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use mapi_abi::codes::{Code, Failure};
use mapi_profile::user_folder;
use security::{Token, spawner};
use session_messages::{Listed, Message};

use crate::context::work_as;
use crate::link::{Exchange, Joined, Membership, SharedSession};
use crate::session::Session;

/// Name of the broker's socket in the user's folder.
const SOCKET: &str = "broker.sock";
/// Longest wait for an answer of the broker.
const ANSWER_BOUND: Duration = Duration::from_secs(2);
/// Stack of a thread that listens, in bytes.
const STACK: usize = 256 << 10;

/// See the module.
#[derive(Default)]
pub struct BrokerExchange {
    /// Connections whose session is not known yet.
    fresh: Mutex<Vec<(u64, UnixStream)>>,
}

fn network(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::NETWORK_ERROR, format!("{what}: {error}"))
}

/// A conversation with the broker.
struct Conversation {
    stream: UnixStream,
    received: Vec<u8>,
}

impl Conversation {
    /// With the broker of the user of that folder, if there is one.
    fn begin(folder: &Path, owner: &Token) -> Result<Option<Self>, Failure> {
        let _identity = work_as(owner)?;
        let Ok(open) = File::open(folder) else { return Ok(None) };
        // A socket's whole name has little room.
        let short = format!("/proc/self/fd/{}/{SOCKET}", open.as_raw_fd());
        let stream = match UnixStream::connect(short) {
            Ok(stream) => stream,
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(network("asking the session broker", error)),
        };
        let peer = ffi::peer_user(&stream).map_err(|error| network("the session broker", error))?;
        if peer != ffi::own_user() && peer != 0 {
            let says = format!("user {peer} pretends to be the session broker");
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        stream
            .set_read_timeout(Some(ANSWER_BOUND))
            .and_then(|()| stream.set_write_timeout(Some(ANSWER_BOUND)))
            .map_err(|error| network("the session broker", error))?;
        Ok(Some(Self { stream, received: Vec::new() }))
    }

    fn say(&mut self, message: &Message) -> Result<(), Failure> {
        let bytes = message.encode().map_err(|error| network("the session broker", error))?;
        let sent = self.stream.write_all(&bytes);
        sent.map_err(|error| network("telling the session broker", error))
    }

    fn hear(&mut self) -> Result<Message, Failure> {
        let _wait = observe::wait::begin("the session broker to answer", None);
        loop {
            let whole = Message::decode(&self.received)
                .map_err(|error| network("the session broker", error))?;
            if let Some((message, taken)) = whole {
                self.received.drain(..taken);
                return Ok(message);
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(network("the session broker", "it has ended")),
                Ok(got) => self.received.extend_from_slice(&chunk[..got]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(network("the session broker does not answer", error)),
            }
        }
    }
}

fn unexpected() -> Failure {
    network("the session broker", "it answered something else")
}

/// A name of this program, for lists.
fn program() -> String {
    let own = std::env::current_exe().ok();
    let name = own.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    name.unwrap_or("a program").chars().take(200).collect()
}

fn folder_of(owner: &Token) -> std::path::PathBuf {
    user_folder(registry::data_folder(), owner.user())
}

impl BrokerExchange {
    fn member(&self, number: u64, stream: UnixStream) -> Result<Box<dyn Membership>, Failure> {
        let own = stream.try_clone().map_err(|error| network("the session broker", error))?;
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).push((number, stream));
        Ok(Box::new(Member { number, stream: own }))
    }
}

impl Exchange for BrokerExchange {
    fn join(&self, owner: &Token) -> Result<Option<Joined>, Failure> {
        let Some(mut broker) = Conversation::begin(&folder_of(owner), owner)? else {
            return Ok(None);
        };
        broker.say(&Message::Join { program: program() })?;
        match broker.hear()? {
            Message::None => Ok(None),
            Message::Joined { number, session, .. } => {
                let shared = text::read(&session)?;
                Ok(Some((shared, self.member(number, broker.stream)?)))
            }
            _ => Err(unexpected()),
        }
    }

    fn publish(
        &self,
        owner: &Token,
        session: &SharedSession,
    ) -> Result<Option<Box<dyn Membership>>, Failure> {
        let folder = folder_of(owner);
        let mut broker = match Conversation::begin(&folder, owner)? {
            Some(broker) => broker,
            None => start::start(owner, || Conversation::begin(&folder, owner))?,
        };
        broker.say(&Message::Publish {
            program: program(),
            profile: session.profile.clone(),
            session: text::write(session)?,
        })?;
        match broker.hear()? {
            Message::Exists => Ok(None),
            Message::Published { number } => self.member(number, broker.stream).map(Some),
            _ => Err(unexpected()),
        }
    }

    fn attach(&self, membership: u64, session: &Arc<Session>) {
        let stream = {
            let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            let at = fresh.iter().position(|(number, _)| *number == membership);
            at.map(|at| fresh.swap_remove(at).1)
        };
        let Some(stream) = stream else { return };
        let session = Arc::downgrade(session);
        let started = spawner::spawn("session link", STACK, move || listen(stream, &session));
        if let Err(error) = started {
            observe::error!("mapi", "the end of a shared session will not be noticed: {error}");
        }
    }
}

/// Hears what the broker says of a session until one of both ends.
fn listen(stream: UnixStream, session: &Weak<Session>) {
    let _ = stream.set_read_timeout(None);
    let mut broker = Conversation { stream, received: Vec::new() };
    loop {
        let heard = broker.listen();
        let Some(session) = session.upgrade().filter(|session| session.check().is_ok()) else {
            return;
        };
        let says = match heard {
            Ok(Message::Leave) => {
                session.tell_to_leave();
                continue;
            }
            Ok(Message::Ended) => "the shared session was logged off".to_owned(),
            Ok(_) => continue,
            Err(failure) => format!("the shared session is over: {}", failure.says),
        };
        if let Err(failure) = session.end(Failure::new(Code::END_OF_SESSION, says)) {
            observe::warn!("mapi", "ending session {}: {failure}", session.id());
        }
        return;
    }
}

impl Conversation {
    /// As [`Conversation::hear`], but for as long as it takes: this is not a wait
    /// for anything.
    fn listen(&mut self) -> Result<Message, Failure> {
        loop {
            let whole = Message::decode(&self.received)
                .map_err(|error| network("the session broker", error))?;
            if let Some((message, taken)) = whole {
                self.received.drain(..taken);
                return Ok(message);
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(network("the session broker", "it has ended")),
                Ok(got) => self.received.extend_from_slice(&chunk[..got]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(network("the session broker", error)),
            }
        }
    }
}

/// A part in a shared session.
struct Member {
    number: u64,
    stream: UnixStream,
}

impl Member {
    fn say(&self, message: &Message) {
        let Ok(bytes) = message.encode() else { return };
        // A broker that is gone is noticed by whoever listens.
        let _ = (&self.stream).write_all(&bytes);
    }
}

impl Membership for Member {
    fn number(&self) -> u64 {
        self.number
    }

    fn ask_all_to_leave(&self) {
        self.say(&Message::AskAllToLeave);
    }

    fn keep(&self) {
        self.say(&Message::Keep);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Whoever listens to it sees the end too.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// The shared session of a user, as their broker lists it; none without a broker.
///
/// # Errors
/// `NETWORK_ERROR`; `NO_ACCESS`.
pub fn list(owner: &Token) -> Result<Vec<Listed>, Failure> {
    let Some(mut broker) = Conversation::begin(&folder_of(owner), owner)? else {
        return Ok(Vec::new());
    };
    broker.say(&Message::List)?;
    let mut listed = Vec::new();
    loop {
        match broker.hear()? {
            Message::Entry(entry) => listed.push(entry),
            Message::End => return Ok(listed),
            _ => return Err(unexpected()),
        }
    }
}

/// Ends a shared session for all programs; false if there is none of that number.
///
/// # Errors
/// As [`list`].
pub fn log_off(owner: &Token, number: u64) -> Result<bool, Failure> {
    let Some(mut broker) = Conversation::begin(&folder_of(owner), owner)? else {
        return Ok(false);
    };
    broker.say(&Message::LogOff { number })?;
    match broker.hear()? {
        Message::Done => Ok(true),
        Message::None => Ok(false),
        _ => Err(unexpected()),
    }
}
