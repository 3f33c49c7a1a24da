//! Apartments: what they are, and the directory of those that exist.
//!
//! - A single-threaded apartment (STA) belongs to the thread that made it by
//!   `CoInitializeEx`; calls reach it through its queue. The first one of the
//!   process is the main STA.
//! - There is one multithreaded apartment (MTA); it lives while it has members.
//!   A thread without an apartment counts as a member while it lives. Calls from
//!   outside reach it through its queue, which runtime threads serve.
//! - There is one neutral apartment (NTA). It has no thread and no queue: a call
//!   runs on whatever thread makes it.
//!
//! How threads come and go is `membership`, how the runtime starts
//! apartments is `host`. The directory is behind one lock, which is
//! never held while a thread is waited for or foreign code runs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use observe::thread::ApartmentLabel;

use crate::object_context;
use crate::queue::Queue;
use crate::stub::StubTable;
use crate::sync::{Mutex, MutexGuard, process_static, tid};

pub use crate::host::{host_sta, main_sta, mta, neutral, serve, serve_until};
pub use crate::membership::{Entered, Position, current, enter, in_neutral, leave, position};

/// What kind an apartment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The main STA, on a thread that the runtime started.
    HostMain,
    /// Single-threaded, on a thread that the runtime started.
    HostSta,
    /// Multithreaded.
    Mta,
    /// Neutral.
    Nta,
    /// Single-threaded.
    Sta,
}

/// An apartment. See the module.
pub struct Apartment {
    id: u64,
    kind: Kind,
    tid: i32,
    queue: Arc<Queue>,
    stubs: StubTable,
    /// Set once, when it becomes the main STA.
    is_main: AtomicBool,
    context: Mutex<Option<object_context::Default>>,
    /// Contexts of it that were ever made, besides the default one.
    contexts: AtomicU64,
}

impl Apartment {
    /// Its calls come through `queue` from now on.
    pub(crate) fn new(kind: Kind, queue: Arc<Queue>) -> Arc<Self> {
        if kind != Kind::Nta {
            crate::teardown::began();
        }
        let id = new_id();
        queue.open(id);
        Arc::new(Self {
            id,
            kind,
            tid: tid(),
            queue,
            stubs: StubTable::default(),
            is_main: AtomicBool::new(false),
            context: Mutex::default(),
            contexts: AtomicU64::new(0),
        })
    }

    /// Number that no other apartment or context of the process ever has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is a single-threaded one.
    pub fn is_sta(&self) -> bool {
        matches!(self.kind, Kind::HostMain | Kind::HostSta | Kind::Sta)
    }

    /// The thread that made it; an STA's only one.
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// How it is shown.
    pub fn label(self: &Arc<Self>) -> ApartmentLabel {
        match self.kind {
            Kind::HostSta => ApartmentLabel::HostSta,
            Kind::Mta => ApartmentLabel::Mta,
            Kind::Nta => ApartmentLabel::Nta,
            Kind::HostMain | Kind::Sta if is_main(self) => ApartmentLabel::MainSta,
            Kind::HostMain | Kind::Sta => ApartmentLabel::Sta,
        }
    }

    /// Its queue. The NTA's stays empty.
    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Makes its thread look again at what it serves until.
    pub fn wake(&self) {
        self.queue.wake();
    }

    /// Calls that wait in its queue.
    pub fn queue_depth(&self) -> usize {
        self.queue.depth()
    }

    /// Objects of its default context that others hold proxies of.
    pub fn exported_objects(&self) -> usize {
        self.stubs.count()
    }

    /// Its default context, with a reference.
    pub(crate) fn context(self: &Arc<Self>) -> Result<com_abi::IUnknown, com_abi::HRESULT> {
        let mut context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let made = match context.take() {
            Some(known) => known,
            None => object_context::Default::new(self)?,
        };
        Ok(context.insert(made).object().clone())
    }

    /// It is the main STA from now on.
    pub(crate) fn become_main(&self) {
        self.is_main.store(true, Ordering::Relaxed);
    }

    /// A further context of it is being made.
    pub(crate) fn note_context(&self) {
        self.contexts.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether it ever had contexts besides the default one.
    pub(crate) fn had_contexts(&self) -> bool {
        self.contexts.load(Ordering::Acquire) > 0
    }

    /// The stubs of its default context.
    pub(crate) fn stubs(&self) -> &StubTable {
        &self.stubs
    }
}

/// Number of a new apartment or context.
pub(crate) fn new_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The MTA while it lives.
pub(crate) struct Mta {
    /// The apartment.
    pub apartment: Arc<Apartment>,
    /// Threads that entered it, and usage cookies.
    pub users: usize,
    /// Cookies that were not given back.
    pub cookies: Vec<u64>,
}

/// The apartments of which there is one.
#[derive(Default)]
pub(crate) struct Directory {
    /// The main STA.
    pub main: Option<Arc<Apartment>>,
    /// The STA of classes that need one when their client has none.
    pub host_sta: Option<Arc<Apartment>>,
    /// The MTA and what keeps it alive.
    pub mta: Option<Mta>,
    /// The NTA.
    pub neutral: Option<Arc<Apartment>>,
}

process_static! {
    static DIRECTORY: Mutex<Directory> =
        Mutex::new(Directory { main: None, host_sta: None, mta: None, neutral: None });
}

pub(crate) fn directory() -> MutexGuard<'static, Directory> {
    DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether an apartment is the main STA.
pub(crate) fn is_main(apartment: &Arc<Apartment>) -> bool {
    apartment.is_main.load(Ordering::Relaxed)
}

/// The apartments that exist of those of which there is one, as they are shown.
pub fn existing() -> Vec<ApartmentLabel> {
    let directory = directory();
    let singles = [
        (directory.main.is_some(), ApartmentLabel::MainSta),
        (directory.host_sta.is_some(), ApartmentLabel::HostSta),
        (directory.mta.is_some(), ApartmentLabel::Mta),
        (directory.neutral.is_some(), ApartmentLabel::Nta),
    ];
    singles.into_iter().filter_map(|(exists, label)| exists.then_some(label)).collect()
}
