//! A worker's thread: takes a seat, polls, serves, parks.
//!
//! What the states are and why the steps are safe is said in [`crate::pool`] and
//! [`crate::table`]. One epoll set holds the listener, all connections and the
//! event that ends the host; connections report changes once
//! (`EPOLLET | EPOLLRDHUP`), so that a request costs no call of `epoll_ctl`.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::connection::{Connection, Next};
use crate::control_block::Booth;
use crate::ffi::{self, Event};
use crate::pool::Pool;
use crate::service::Service;
use crate::table::{Table, Token};
use crate::thread_runtime;
use crate::worker_state::{Worker, WorkerState};

/// epoll's number for the listener; no token has it.
const LISTENER: u64 = u64::MAX;
/// epoll's number for the event that ends the host.
const END: u64 = u64::MAX - 1;
/// epoll's number for the event that wakes one polling worker.
const NUDGE: u64 = u64::MAX - 2;
/// Events taken at a time: few, since they wait behind each other.
const EVENTS: usize = 32;

/// Everything the workers of one host share.
pub struct Floor {
    /// What requests need.
    pub service: Service,
    /// The workers.
    pub pool: Pool,
    /// The connections.
    pub table: Table,
    set: OwnedFd,
    end: OwnedFd,
    nudge: OwnedFd,
    listener: Mutex<Option<TcpListener>>,
    /// Accepting stopped for want of room.
    accept_paused: AtomicBool,
}

/// A worker's own things.
pub struct Desk {
    /// Buffer for a connection that is being read.
    pub input: Vec<u8>,
    /// Buffer for answers.
    pub output: Vec<u8>,
    /// What calling an extension takes.
    pub booth: Booth,
    /// The worker.
    pub worker: Arc<Worker>,
    /// Who sends a request without credentials. Each worker has its own, since
    /// they would contend for the counter of a common one.
    pub nobody: security::Token,
}

impl Floor {
    /// Puts the shared things together; the listener is polled from now on.
    pub fn new(service: Service, pool: Pool, listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let (set, end, nudge) = (ffi::epoll()?, ffi::eventfd()?, ffi::eventfd()?);
        ffi::epoll_add(&set, listener.as_fd(), ffi::ON_CHANGE, LISTENER)?;
        ffi::epoll_add(&set, end.as_fd(), ffi::WHILE_READABLE, END)?;
        ffi::epoll_add(&set, nudge.as_fd(), ffi::ON_CHANGE, NUDGE)?;
        let table = Table::new(service.config.max_connections);
        let listener = Mutex::new(Some(listener));
        let accept_paused = AtomicBool::new(false);
        Ok(Self { service, pool, table, set, end, nudge, listener, accept_paused })
    }

    /// Closes the listener.
    pub fn stop_listening(&self) {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Ends all workers that poll or are parked.
    pub fn stop_workers(&self) {
        self.pool.stop();
        if let Err(error) = ffi::raise(&self.end) {
            observe::error!("web", "cannot wake the workers: {error}");
        }
    }

    /// Wakes a polling worker, so that it looks for connections to steal.
    pub fn nudge(&self) {
        // A counter that is full is readable, which is all that matters.
        let _ = ffi::raise(&self.nudge);
    }

    /// Starts a worker's thread.
    pub fn start_worker(self: &Arc<Self>, seat: Option<usize>) -> io::Result<()> {
        let booth =
            Booth::take().ok_or_else(|| io::Error::other("the process has too many workers"))?;
        let worker = self.pool.add_worker(seat);
        let (floor, me) = (Arc::clone(self), Arc::clone(&worker));
        let name = format!("worker {}", worker.number());
        let stack = self.service.config.threads.stack;
        let started = security::spawner::spawn(&name, stack, move || floor.run(&me, booth));
        if started.is_err() {
            self.pool.forget_worker(&worker);
        }
        started.map(|_| ())
    }

    /// A worker's life.
    fn run(&self, me: &Arc<Worker>, booth: Booth) {
        me.is_this_thread();
        if let Err(says) = thread_runtime::enter_apartment() {
            observe::error!("web", "a worker cannot enter its apartment: {says}");
        }
        let mut desk = Desk {
            input: Vec::new(),
            output: Vec::new(),
            booth,
            worker: Arc::clone(me),
            nobody: security::Token::new("", None),
        };
        while let Some(seat) = self.pool.wait_for_seat(me) {
            self.hold_seat(seat, &mut desk);
        }
        drop(desk);
        thread_runtime::leave_apartment();
        me.has_ended();
    }

    /// Polls and serves until the seat is given away or all ends.
    fn hold_seat(&self, seat: usize, desk: &mut Desk) {
        let Some(place) = self.pool.seats().get(seat) else { return };
        let mut events = [Event { events: 0, u64: 0 }; EVENTS];
        while !self.pool.is_stopping() {
            while let Some((token, behind)) = place.pop().or_else(|| self.pool.steal(seat)) {
                if !self.serve(seat, token, behind, desk) {
                    return;
                }
            }
            desk.worker.does(WorkerState::Polling);
            let count = {
                let _wait = observe::wait::begin("requests", None);
                ffi::epoll_wait(&self.set, &mut events)
            };
            let count = match count {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => {
                    observe::error!("web", "cannot poll: {error}");
                    return;
                }
            };
            for event in events.iter().take(count) {
                match event.u64 {
                    LISTENER => self.accept(),
                    END | NUDGE => {}
                    number => {
                        let token = Token::from_number(number);
                        if event.events & ffi::ENDED != 0 {
                            self.table.note_end(token);
                        }
                        if self.table.claim(token) {
                            place.push(token);
                        }
                    }
                }
            }
        }
    }

    /// Serves one claimed connection; whether the seat is still ours.
    fn serve(&self, seat: usize, token: Token, behind: usize, desk: &mut Desk) -> bool {
        let Some(mut connection) = self.table.take(token) else { return true };
        let busy = self.pool.enter(&desk.worker, seat, behind);
        let mut standing = false;
        loop {
            let next = catch_unwind(AssertUnwindSafe(|| connection.serve(&self.service, desk)));
            match next {
                Ok(Next::Rest(deadline)) => match self.table.rest(token, connection, deadline) {
                    None => break,
                    Some(again) => connection = again,
                },
                // The seat's queue is the owner's: only who still has it may
                // put the connection there.
                Ok(Next::Again) if standing => {}
                Ok(Next::Again) => {
                    if self.pool.leave(busy) {
                        self.table.keep(token, connection);
                        if let Some(place) = self.pool.seats().get(seat) {
                            place.push(token);
                        }
                        return true;
                    }
                    standing = true;
                }
                Ok(Next::Close) => {
                    self.close(token, connection);
                    break;
                }
                Err(_) => {
                    observe::error!("web", "a worker panicked; its connection is closed");
                    self.close(token, connection);
                    break;
                }
            }
        }
        !standing && self.pool.leave(busy)
    }

    fn close(&self, token: Token, connection: Box<Connection>) {
        drop(connection);
        self.table.remove(token);
        self.resume_accepting();
    }

    /// Accepts again if that was stopped and there is room.
    pub fn resume_accepting(&self) {
        if self.accept_paused.load(Ordering::SeqCst) && !self.table.is_full() {
            self.accept();
        }
    }

    /// Takes all connections that wait, or as many as there is room for.
    fn accept(&self) {
        self.accept_paused.store(false, Ordering::SeqCst);
        loop {
            if self.table.is_full() {
                // Set before the second look: a connection that closes between
                // the two sees it.
                self.accept_paused.store(true, Ordering::SeqCst);
                if self.table.is_full() {
                    return;
                }
            }
            let accepted = {
                let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(listener) = listener.as_ref() else { return };
                listener.accept()
            };
            match accepted {
                Ok((stream, peer)) => {
                    if let Err(error) = self.admit(stream, peer) {
                        observe::warn!("web", "a connection from {peer} is lost: {error}");
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if is_passing(&error) => {}
                Err(error) => {
                    // Out of descriptors or memory: the watcher tries again.
                    observe::warn!("web", "cannot accept: {error}");
                    self.accept_paused.store(true, Ordering::SeqCst);
                    return;
                }
            }
        }
    }

    fn admit(&self, stream: std::net::TcpStream, peer: std::net::SocketAddr) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let connection = Box::new(Connection::new(stream, peer));
        let stream = connection.stream();
        let deadline = self.service.clock.after(self.service.config.timeouts.header);
        let Some(token) = self.table.insert(connection, deadline) else { return Ok(()) };
        let added = ffi::epoll_add(&self.set, stream.as_fd(), ffi::ON_CHANGE, token.number());
        if added.is_err() && self.table.claim(token) {
            self.table.remove(token);
        }
        added
    }
}

/// Whether the next accept may succeed though this one failed.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
