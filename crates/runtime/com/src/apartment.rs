//! Apartments, and which one a thread is in.
//!
//! # Protocol
//! - A single-threaded apartment (STA) belongs to the thread that made it by
//!   `CoInitializeEx`; calls reach it through its [`Queue`]. The first one of
//!   the process is the main STA. It ends with the thread's last
//!   `CoUninitialize`, or with the thread: then its queue is closed, calls that
//!   were not begun are withdrawn, and its objects are released on the thread.
//! - There is one multithreaded apartment (MTA); it lives while it has members.
//!   A thread without an apartment counts as a member while it lives.
//! - A host STA is a thread that the runtime starts, through the spawner, when a
//!   class needs an STA and its client is in the MTA. There is one, shared by
//!   all such classes. A class without a model that finds no main STA gets
//!   another such thread, which becomes the main STA.
//!
//! The thread's own state is a thread-local that only this module touches; the
//! directory is behind one lock, which is never held while a thread is waited
//! for or foreign code runs.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::HRESULT;
use com_abi::codes::{CO_E_NOTINITIALIZED, E_OUTOFMEMORY, E_UNEXPECTED, RPC_E_CHANGED_MODE};
use observe::thread::{ApartmentLabel, set_apartment, tid};

use crate::queue::{Next, Queue};
use crate::stub::StubTable;

/// Stack of a host apartment's thread, in bytes; components written for Windows
/// expect that much.
const HOST_STACK: usize = 1 << 20;

/// What kind an apartment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The main STA, on a thread that the runtime started.
    HostMain,
    /// Single-threaded, on a thread that the runtime started.
    HostSta,
    /// Multithreaded.
    Mta,
    /// Single-threaded.
    Sta,
}

/// An apartment. See the module.
pub struct Apartment {
    id: u64,
    kind: Kind,
    tid: i32,
    queue: Queue,
    stubs: StubTable,
}

impl Apartment {
    fn new(kind: Kind) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            kind,
            tid: tid(),
            queue: Queue::default(),
            stubs: StubTable::default(),
        })
    }

    /// Number that no other apartment of the process ever has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is a single-threaded one.
    pub fn is_sta(&self) -> bool {
        self.kind != Kind::Mta
    }

    /// Its thread; for the MTA the one that made it.
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// Its queue. The MTA's stays empty.
    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Calls that wait in its queue.
    pub fn queue_depth(&self) -> usize {
        self.queue.depth()
    }

    /// Objects of this apartment that others hold proxies of.
    pub fn exported_objects(&self) -> usize {
        self.stubs.count()
    }

    pub(crate) fn stubs(&self) -> &StubTable {
        &self.stubs
    }
}

#[derive(Default)]
struct Directory {
    main: Option<Arc<Apartment>>,
    host_sta: Option<Arc<Apartment>>,
    mta: Option<(Arc<Apartment>, usize)>,
}

static DIRECTORY: Mutex<Directory> =
    Mutex::new(Directory { main: None, host_sta: None, mta: None });
/// Held while a host apartment is being started, so that only one is.
static STARTING: Mutex<()> = Mutex::new(());

fn directory() -> MutexGuard<'static, Directory> {
    DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread's membership; its drop is the thread's end.
#[derive(Default)]
struct Membership {
    apartment: Option<Arc<Apartment>>,
    entries: u32,
}

impl Drop for Membership {
    fn drop(&mut self) {
        if let Some(apartment) = self.apartment.take() {
            end(&apartment);
        }
    }
}

thread_local! {
    static MEMBERSHIP: RefCell<Membership> = RefCell::default();
}

/// How a thread came to be in its apartment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// By this call.
    Now,
    /// It was there already; the entry is counted.
    Again,
}

/// The thread enters the MTA or becomes an STA.
///
/// # Errors
/// `RPC_E_CHANGED_MODE` when it is in an apartment of the other kind;
/// `E_UNEXPECTED` when the thread is ending.
pub fn enter(multithreaded: bool) -> Result<Entered, HRESULT> {
    enter_kind(if multithreaded { Kind::Mta } else { Kind::Sta })
}

fn enter_kind(kind: Kind) -> Result<Entered, HRESULT> {
    let entered = MEMBERSHIP.try_with(|cell| {
        let mut membership = cell.borrow_mut();
        if let Some(apartment) = &membership.apartment {
            if apartment.is_sta() != (kind != Kind::Mta) {
                return Err(RPC_E_CHANGED_MODE);
            }
            membership.entries += 1;
            return Ok(Entered::Again);
        }
        membership.apartment = Some(join(kind));
        membership.entries = 1;
        Ok(Entered::Now)
    });
    entered.unwrap_or(Err(E_UNEXPECTED))
}

fn join(kind: Kind) -> Arc<Apartment> {
    let mut directory = directory();
    if kind == Kind::Mta {
        let (apartment, members) =
            directory.mta.get_or_insert_with(|| (Apartment::new(Kind::Mta), 0));
        *members += 1;
        set_apartment(ApartmentLabel::Mta);
        return Arc::clone(apartment);
    }
    let apartment = Apartment::new(kind);
    if kind == Kind::HostSta {
        set_apartment(ApartmentLabel::HostSta);
        return apartment;
    }
    let is_main = directory.main.is_none();
    if is_main {
        directory.main = Some(Arc::clone(&apartment));
    }
    set_apartment(if is_main { ApartmentLabel::MainSta } else { ApartmentLabel::Sta });
    apartment
}

/// Undoes one entry; the last one leaves the apartment. Without an entry
/// nothing happens.
pub fn leave() {
    let left = MEMBERSHIP.try_with(|cell| {
        let mut membership = cell.borrow_mut();
        membership.entries = membership.entries.saturating_sub(1);
        if membership.entries == 0 { membership.apartment.clone() } else { None }
    });
    // The objects are released while the thread still is in its apartment.
    if let Ok(Some(apartment)) = left {
        end(&apartment);
        let _ = MEMBERSHIP.try_with(|cell| cell.borrow_mut().apartment.take());
    }
}

fn end(apartment: &Arc<Apartment>) {
    {
        let mut directory = directory();
        if let Some((_, members)) = directory.mta.as_mut().filter(|_| !apartment.is_sta()) {
            *members -= 1;
            if *members > 0 {
                set_apartment(ApartmentLabel::None);
                return;
            }
            directory.mta = None;
        }
        let is_this = |other: &mut Arc<Apartment>| Arc::ptr_eq(other, apartment);
        directory.main.take_if(is_this);
        directory.host_sta.take_if(is_this);
    }
    for call in apartment.queue.close() {
        call.withdraw();
    }
    apartment.stubs.release_all();
    set_apartment(ApartmentLabel::None);
}

/// The apartment that this thread is in, membership in the MTA by the mere
/// existence of one included.
///
/// # Errors
/// `CO_E_NOTINITIALIZED` when it is in none.
pub fn current() -> Result<Arc<Apartment>, HRESULT> {
    own()
        .or_else(|| directory().mta.as_ref().map(|(mta, _)| Arc::clone(mta)))
        .ok_or(CO_E_NOTINITIALIZED)
}

/// The STA that this thread is, if it is one.
pub(crate) fn current_sta() -> Option<Arc<Apartment>> {
    own().filter(|apartment| apartment.is_sta())
}

fn own() -> Option<Arc<Apartment>> {
    MEMBERSHIP.try_with(|cell| cell.borrow().apartment.clone()).ok().flatten()
}

/// How this thread is in its apartment, for `CoGetApartmentType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// In the MTA by the mere existence of one.
    ImplicitMta,
    /// The main STA.
    MainSta,
    /// In the MTA.
    Mta,
    /// Another STA.
    Sta,
}

/// See [`Position`]; `None` on a thread without an apartment.
pub fn position() -> Option<Position> {
    let directory = directory();
    match own() {
        Some(own) if !own.is_sta() => Some(Position::Mta),
        Some(own) if directory.main.as_ref().is_some_and(|main| Arc::ptr_eq(main, &own)) => {
            Some(Position::MainSta)
        }
        Some(_) => Some(Position::Sta),
        None => directory.mta.as_ref().map(|_| Position::ImplicitMta),
    }
}

/// The main STA; one on a thread of the runtime's own when there is none.
///
/// # Errors
/// `E_OUTOFMEMORY` when the system gives no thread.
pub fn main_sta() -> Result<Arc<Apartment>, HRESULT> {
    find_or_start(Kind::HostMain, |directory| &mut directory.main)
}

/// The host STA, started if there is none.
///
/// # Errors
/// `E_OUTOFMEMORY` when the system gives no thread.
pub fn host_sta() -> Result<Arc<Apartment>, HRESULT> {
    find_or_start(Kind::HostSta, |directory| &mut directory.host_sta)
}

fn find_or_start(
    kind: Kind,
    place: impl Fn(&mut Directory) -> &mut Option<Arc<Apartment>>,
) -> Result<Arc<Apartment>, HRESULT> {
    if let Some(known) = place(&mut directory()) {
        return Ok(Arc::clone(known));
    }
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = place(&mut directory()) {
        return Ok(Arc::clone(known));
    }
    let (answer, started) = std::sync::mpsc::channel();
    security::spawner::spawn("host STA", HOST_STACK, move || {
        let entered = enter_kind(kind).and_then(|_| current());
        let _ = answer.send(entered);
        serve();
        leave();
    })
    .map_err(|error| {
        observe::error!("com", "cannot start a host apartment: {error}");
        E_OUTOFMEMORY
    })?;
    let _wait = observe::wait::begin("a host apartment to start", None);
    let host = started.recv().map_err(|_| E_OUTOFMEMORY)??;
    // An STA of the program's own may have become the main one meanwhile.
    Ok(Arc::clone(place(&mut directory()).get_or_insert(host)))
}

/// The message loop: runs this thread's calls until its apartment ends.
pub fn serve() {
    let Some(own) = current_sta() else { return };
    while let Next::Call(call) = own.queue.next(|| false) {
        call.serve();
    }
}
