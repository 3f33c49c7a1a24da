//! The connections: who may touch which.
//!
//! # Protocol
//! Every connection has an entry, and every entry one of four states:
//!
//! | state | means | leaves by |
//! |---|---|---|
//! | free | no connection | [`Table::insert`] → idle |
//! | idle | at rest; an event or the sweep may claim it | [`Table::claim`] → running |
//! | running | exactly one thread has claimed it; the connection is its own | [`Table::rest`] → idle, [`Table::remove`] → free |
//! | again | running, and an event came meanwhile | [`Table::rest`] refuses and it is running |
//!
//! epoll reports changes only, so an event that comes while a thread works on
//! the connection must not be lost: it turns *running* into *again*, and the
//! thread that wants to rest looks at the socket once more. An end that came
//! together with the last bytes gives no further event, so it is noted. A token carries the
//! entry's generation, so an event of a connection that is gone claims nothing.
//! The generation counts in 30 bits; an event would have to wait in a batch for
//! a thousand million connections on one entry to be mistaken.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::connection::Connection;

const FREE: u64 = 0;
const IDLE: u64 = 1;
const RUNNING: u64 = 2;
const AGAIN: u64 = 3;
const STATE_MASK: u64 = 3;
/// Entries made at a time, so that few connections cost little.
const CHUNK: usize = 256;

/// Names a connection; what epoll gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(u64);

impl Token {
    const fn new(index: usize, generation: u64) -> Self {
        Self(generation << 32 | index as u64)
    }

    /// From the number that epoll gave back.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number to give to epoll.
    pub const fn number(self) -> u64 {
        self.0
    }

    const fn index(self) -> usize {
        (self.0 & 0xFFFF_FFFF) as usize
    }

    const fn word(self, state: u64) -> u64 {
        (self.0 >> 32) << 2 | state
    }
}

#[derive(Default)]
struct Held {
    /// A second handle, to cut off a connection that somebody works on.
    stream: Option<Arc<TcpStream>>,
    /// Absent while a thread has it.
    connection: Option<Box<Connection>>,
}

#[derive(Default)]
struct Entry {
    /// Generation and state.
    word: AtomicU64,
    /// When an idle connection is closed, on the host's clock.
    deadline: AtomicU64,
    /// The peer sends nothing more, so the socket always gives something to
    /// read: its last bytes, then the end.
    ended: AtomicBool,
    held: Mutex<Held>,
}

impl Entry {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All connections of a host.
pub struct Table {
    chunks: Vec<OnceLock<Box<[Entry]>>>,
    free: Mutex<Free>,
    open: AtomicUsize,
    max: usize,
}

#[derive(Default)]
struct Free {
    /// Entries that were used before.
    list: Vec<usize>,
    /// Entries behind this one never were.
    fresh: usize,
}

impl Table {
    /// A table for at most `max` connections.
    pub fn new(max: usize) -> Self {
        let max = max.clamp(1, 1 << 24);
        let chunks = (0..max.div_ceil(CHUNK)).map(|_| OnceLock::new()).collect();
        Self { chunks, free: Mutex::default(), open: AtomicUsize::new(0), max }
    }

    /// Connections now.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Whether no further connection fits.
    pub fn is_full(&self) -> bool {
        self.open() >= self.max
    }

    fn entry(&self, index: usize) -> Option<&Entry> {
        self.chunks.get(index / CHUNK)?.get()?.get(index % CHUNK)
    }

    /// Takes a connection in, idle; `None` when the table is full.
    pub fn insert(&self, connection: Box<Connection>, deadline: u64) -> Option<Token> {
        let index = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            if self.open.load(Ordering::SeqCst) >= self.max {
                return None;
            }
            self.open.fetch_add(1, Ordering::SeqCst);
            free.list.pop().unwrap_or_else(|| {
                free.fresh += 1;
                free.fresh - 1
            })
        };
        let chunk = self.chunks.get(index / CHUNK)?;
        let entries = chunk.get_or_init(|| (0..CHUNK).map(|_| Entry::default()).collect());
        let entry = entries.get(index % CHUNK)?;
        let generation = entry.word.load(Ordering::Acquire) >> 2;
        *entry.held() = Held { stream: Some(connection.stream()), connection: Some(connection) };
        entry.deadline.store(deadline, Ordering::Release);
        entry.ended.store(false, Ordering::Release);
        entry.word.store(generation << 2 | IDLE, Ordering::Release);
        Some(Token::new(index, generation))
    }

    /// Idle → running, for the caller alone; running → again for whoever has it.
    /// `true` when the caller has it now.
    pub fn claim(&self, token: Token) -> bool {
        let Some(entry) = self.entry(token.index()) else { return false };
        loop {
            let (to, mine) = match entry.word.load(Ordering::Acquire) {
                word if word == token.word(IDLE) => (RUNNING, true),
                word if word == token.word(RUNNING) => (AGAIN, false),
                _ => return false,
            };
            let from = if mine { IDLE } else { RUNNING };
            let changed = entry.word.compare_exchange(
                token.word(from),
                token.word(to),
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            if changed.is_ok() {
                return mine;
            }
        }
    }

    /// Notes that the peer of a connection has ended; before claiming it.
    pub fn note_end(&self, token: Token) {
        if let Some(entry) = self.entry(token.index())
            && entry.word.load(Ordering::Acquire) >> 2 == token.0 >> 32
        {
            entry.ended.store(true, Ordering::Release);
        }
    }

    /// The connection of an entry that the caller has claimed.
    pub fn take(&self, token: Token) -> Option<Box<Connection>> {
        self.entry(token.index())?.held().connection.take()
    }

    /// Puts a connection back that stays running, to be taken again later by
    /// whoever gets its token.
    pub fn keep(&self, token: Token, connection: Box<Connection>) {
        if let Some(entry) = self.entry(token.index()) {
            entry.held().connection = Some(connection);
        }
    }

    /// Running → idle until `deadline`; gives the connection back when an event
    /// came meanwhile, or when its end was noted and has to be read.
    pub fn rest(
        &self,
        token: Token,
        connection: Box<Connection>,
        deadline: u64,
    ) -> Option<Box<Connection>> {
        let entry = self.entry(token.index())?;
        if entry.ended.load(Ordering::Acquire) {
            return Some(connection);
        }
        entry.held().connection = Some(connection);
        entry.deadline.store(deadline, Ordering::Release);
        let rested = entry.word.compare_exchange(
            token.word(RUNNING),
            token.word(IDLE),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        if rested.is_ok() {
            return None;
        }
        let connection = entry.held().connection.take();
        entry.word.store(token.word(RUNNING), Ordering::Release);
        connection
    }

    /// Running → free, closing the connection.
    pub fn remove(&self, token: Token) {
        let Some(entry) = self.entry(token.index()) else { return };
        // Dropped before the entry can be used again.
        drop(std::mem::take(&mut *entry.held()));
        let generation = (entry.word.load(Ordering::Acquire) >> 2) + 1;
        entry.word.store((generation & 0x3FFF_FFFF) << 2 | FREE, Ordering::Release);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.list.push(token.index());
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.chunks
            .iter()
            .enumerate()
            .filter_map(|(at, chunk)| Some((at * CHUNK, chunk.get()?)))
            .flat_map(|(base, entries)| {
                entries.iter().enumerate().map(move |(at, entry)| (base + at, entry))
            })
    }

    /// Closes idle connections whose deadline is before `now`; how many.
    pub fn sweep(&self, now: u64) -> usize {
        let mut closed = 0;
        for (index, entry) in self.entries() {
            let word = entry.word.load(Ordering::Acquire);
            let due = entry.deadline.load(Ordering::Acquire) <= now;
            // Claimed only while idle: whoever runs it has its own time limits.
            if due && word & STATE_MASK == IDLE {
                let token = Token::new(index, word >> 2);
                let running = token.word(RUNNING);
                let claimed =
                    entry.word.compare_exchange(word, running, Ordering::AcqRel, Ordering::Acquire);
                if claimed.is_ok() {
                    self.remove(token);
                    closed += 1;
                }
            }
        }
        closed
    }

    /// Shuts the sockets of connections that somebody works on; how many.
    pub fn cut(&self) -> usize {
        let mut cut = 0;
        for (_, entry) in self.entries() {
            let state = entry.word.load(Ordering::Acquire) & STATE_MASK;
            if (state == RUNNING || state == AGAIN)
                && let Some(stream) = &entry.held().stream
            {
                // One that is closed already needs no cutting.
                let _ = stream.shutdown(std::net::Shutdown::Both);
                cut += 1;
            }
        }
        cut
    }
}
