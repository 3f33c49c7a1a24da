//! Threads and apartments: entering, leaving, being in one for a while.
//!
//! # Protocol
//! A thread belongs to at most one apartment, from its first successful
//! `CoInitializeEx` to the last matching `CoUninitialize`, or to its end. On top
//! of that it may be *within* another one, or within a context of its own, for the
//! time of a call: within the NTA, or back within its own from there. The innermost
//! counts ([`current`], [`context`]). A thread that is in the MTA by the mere
//! existence of one is within it for the time of a call, too: the last user may leave
//! meanwhile, and what runs stays where it began.
//!
//! An STA ends with its thread's membership: its objects are released on the
//! thread, its queue is closed, calls that were not begun are withdrawn. The MTA
//! ends with its last user, in the same way; users are the threads that entered
//! it and the cookies of `CoIncrementMTAUsage`, counted under the directory's
//! lock: whoever comes before the last one has left keeps the MTA, whoever comes
//! after gets a new one. The rest is the thread's own state, in thread-locals that
//! only this module touches.
//!
//! `mta_model_tests` has the MTA's life as loom models, `schedule_tests` the ends
//! of apartments among calls.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use com_abi::HRESULT;
use com_abi::codes::{CO_E_NOTINITIALIZED, E_INVALIDARG, E_UNEXPECTED, RPC_E_CHANGED_MODE};
use observe::thread::{ApartmentLabel, set_apartment};

use crate::apartment::{Apartment, Directory, Kind, Mta, directory, is_main};
use crate::call::QueuedCall;
use crate::contexts::{Context, Further, Place};
use crate::sync::{planted, thread_local};
use crate::{class_object, filter, library, message, running_objects, stub, teardown};

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
    /// The contexts that the thread is within, the innermost last.
    static WITHIN: RefCell<Vec<Context>> = const { RefCell::new(Vec::new()) };
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

pub(crate) fn enter_kind(kind: Kind) -> Result<Entered, HRESULT> {
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
    let entered = entered.unwrap_or(Err(E_UNEXPECTED))?;
    show();
    crate::process::be_seen();
    Ok(entered)
}

fn join(kind: Kind) -> Arc<Apartment> {
    let mut directory = directory();
    if kind == Kind::Mta {
        return use_mta(&mut directory).0;
    }
    let apartment = Apartment::new(kind, message::own_queue());
    // A host STA serves classes, it is nobody's main thread.
    if kind != Kind::HostSta {
        let main = directory.main.get_or_insert_with(|| Arc::clone(&apartment));
        if Arc::ptr_eq(main, &apartment) {
            apartment.become_main();
        }
    }
    apartment
}

/// The MTA with one more user, and its list of cookies.
fn use_mta(directory: &mut Directory) -> (Arc<Apartment>, &mut Vec<u64>) {
    let mta = directory.mta.get_or_insert_with(|| Mta {
        apartment: Apartment::new(Kind::Mta, Arc::default()),
        users: 0,
        cookies: Vec::new(),
    });
    mta.users += 1;
    (Arc::clone(&mta.apartment), &mut mta.cookies)
}

/// Keeps the MTA alive, made if there is none, until the cookie is given back.
pub fn increment_mta_usage() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let cookie = NEXT.fetch_add(1, Ordering::Relaxed);
    use_mta(&mut directory()).1.push(cookie);
    cookie
}

/// Gives a cookie back; the last user ends the MTA.
///
/// # Errors
/// `E_INVALIDARG` when the cookie is not one that is out.
pub fn decrement_mta_usage(cookie: u64) -> Result<(), HRESULT> {
    let apartment = {
        let mut directory = directory();
        let mta = directory.mta.as_mut().ok_or(E_INVALIDARG)?;
        let at = mta.cookies.iter().position(|known| *known == cookie).ok_or(E_INVALIDARG)?;
        mta.cookies.swap_remove(at);
        Arc::clone(&mta.apartment)
    };
    within(&apartment, || end(&apartment));
    Ok(())
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
        show();
    }
}

/// Counts one user of the apartment less; false when there are others.
fn is_last(apartment: &Arc<Apartment>) -> bool {
    let mut directory = directory();
    if let Some(mta) = directory.mta.as_mut().filter(|_| !apartment.is_sta()) {
        mta.users -= 1;
        if mta.users > 0 {
            return false;
        }
        if planted!(LeavesInTwoSteps) {
            drop(directory);
            directory = self::directory();
        }
        directory.mta = None;
    }
    let is_this = |other: &mut Arc<Apartment>| Arc::ptr_eq(other, apartment);
    directory.main.take_if(is_this);
    directory.host_sta.take_if(is_this);
    true
}

/// Takes this thread out of its apartment, and the apartment down with its last
/// user, in the documented order. Calls are served until the objects are gone,
/// since an object may need an answer from elsewhere to end.
fn end(apartment: &Arc<Apartment>) {
    if !is_last(apartment) {
        return;
    }
    // Out of sight first, and let go when nothing can be sent to the apartment any
    // more: the thread would wait for itself.
    let registered = (class_object::take(apartment), running_objects::take(apartment));
    teardown::disconnect_proxies(apartment);
    release_objects(apartment);
    if apartment.is_sta() {
        filter::end();
    }
    let left = apartment.queue().close();
    if !planted!(ForgetsCalls) {
        left.into_iter().for_each(QueuedCall::withdraw);
    }
    drop(registered);
    teardown::ended(apartment);
    library::forget(apartment);
}

/// Releases the objects of all contexts of an apartment that ends.
fn release_objects(apartment: &Arc<Apartment>) {
    apartment.stubs().release_all();
    if apartment.had_contexts() {
        for context in stub::contexts_of(apartment) {
            within(&context, || context.stubs().release_all());
        }
    }
}

/// Tells `observe` where the thread is.
fn show() {
    let here = innermost().or_else(own);
    set_apartment(here.map_or(ApartmentLabel::None, |apartment| apartment.label()));
}

/// The apartment that this thread is in, membership in the MTA by the mere
/// existence of one included.
///
/// # Errors
/// `CO_E_NOTINITIALIZED` when it is in none.
pub fn current() -> Result<Arc<Apartment>, HRESULT> {
    innermost()
        .or_else(own)
        .or_else(|| directory().mta.as_ref().map(|mta| Arc::clone(&mta.apartment)))
        .ok_or(CO_E_NOTINITIALIZED)
}

/// The context that this thread is in: the innermost that it is within, else its
/// apartment's default one.
///
/// # Errors
/// As [`current`].
pub(crate) fn context() -> Result<Context, HRESULT> {
    let within = WITHIN.try_with(|cell| cell.borrow().last().cloned()).ok().flatten();
    match within {
        Some(context) => Ok(context),
        None => current().map(Context::default_of),
    }
}

/// Whether the context that this thread is in has that number. As [`context`],
/// without holding it.
///
/// # Errors
/// As [`current`].
pub(crate) fn is_in(context: u64) -> Result<bool, HRESULT> {
    let within = WITHIN.try_with(|cell| cell.borrow().last().map(Context::id)).ok().flatten();
    let own = || {
        let own = MEMBERSHIP.try_with(|cell| cell.borrow().apartment.as_ref().map(|own| own.id()));
        own.ok().flatten()
    };
    let id = within.or_else(own);
    let id = id.or_else(|| directory().mta.as_ref().map(|mta| mta.apartment.id()));
    id.map(|id| id == context).ok_or(CO_E_NOTINITIALIZED)
}

/// The context that this thread is within, if it is not a default one.
pub(crate) fn further() -> Option<Further> {
    WITHIN.try_with(|cell| cell.borrow().last().and_then(|last| last.further().cloned())).ok()?
}

/// How often the thread has entered its apartment.
pub(crate) fn entries() -> u32 {
    MEMBERSHIP.try_with(|cell| cell.borrow().entries).unwrap_or(0)
}

fn innermost() -> Option<Arc<Apartment>> {
    let last = |cell: &RefCell<Vec<Context>>| {
        cell.borrow().last().map(|context| Arc::clone(context.apartment()))
    };
    WITHIN.try_with(last).ok().flatten()
}

fn own() -> Option<Arc<Apartment>> {
    MEMBERSHIP.try_with(|cell| cell.borrow().apartment.clone()).ok().flatten()
}

/// The STA that this thread is, if it is one.
pub(crate) fn own_sta() -> Option<Arc<Apartment>> {
    own().filter(|apartment| apartment.is_sta())
}

/// How a call gets from this thread into a context.
pub(crate) enum Way {
    /// The thread is there.
    Here,
    /// On this very thread, within the context for the time of the call.
    Light,
    /// Through the queue of its apartment.
    Queue,
}

/// See [`Way`].
pub(crate) fn way_to(home: Place<'_>) -> Way {
    let own = MEMBERSHIP
        .try_with(|cell| cell.borrow().apartment.as_ref().map(|own| (own.id(), own.is_sta())));
    let own = own.ok().flatten();
    let within = WITHIN.try_with(|cell| cell.borrow().last().map(Context::id)).ok().flatten();
    // Who is in the MTA by its mere existence is not there in this sense: it would
    // drop out of it if that ended during the call.
    if within.or(own.map(|(id, _)| id)) == Some(home.id()) {
        return Way::Here;
    }
    let home = home.apartment();
    let is_own = own.is_some_and(|(id, _)| id == home.id());
    let in_mta = || home.kind() == Kind::Mta && own.is_none_or(|(_, is_sta)| !is_sta);
    if home.kind() == Kind::Nta || is_own || in_mta() { Way::Light } else { Way::Queue }
}

/// Leaves the innermost context again, also by a panic, for the apartment of that
/// label.
struct Back(ApartmentLabel);

impl Drop for Back {
    fn drop(&mut self) {
        // Dropped after the borrow: it may be the last that holds its context.
        let left = WITHIN.try_with(|cell| cell.borrow_mut().pop());
        drop(left);
        set_apartment(self.0);
    }
}

/// Runs `body` on this thread within a context.
pub(crate) fn within<'a, R>(place: impl Into<Place<'a>>, body: impl FnOnce() -> R) -> R {
    let context = place.into().to_context();
    let label = context.apartment().label();
    let _ = WITHIN.try_with(|cell| cell.borrow_mut().push(context));
    let _back = Back(observe::thread::apartment());
    set_apartment(label);
    body()
}

/// Runs `body` on this thread within the neutral apartment.
///
/// # Errors
/// `CO_E_NOTINITIALIZED` on a thread without an apartment.
pub fn in_neutral<R>(body: impl FnOnce() -> R) -> Result<R, HRESULT> {
    current()?;
    Ok(within(&crate::host::neutral(), body))
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
    /// Within the NTA, on a thread that is otherwise there.
    Neutral(Base),
    /// Another STA.
    Sta,
}

/// Where a thread within the NTA belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The MTA, by the mere existence of one.
    ImplicitMta,
    /// The main STA.
    MainSta,
    /// The MTA.
    Mta,
    /// Another STA.
    Sta,
}

/// See [`Position`]; `None` on a thread without an apartment.
pub fn position() -> Option<Position> {
    let base = match own() {
        Some(own) if !own.is_sta() => Base::Mta,
        Some(own) if is_main(&own) => Base::MainSta,
        Some(_) => Base::Sta,
        None => directory().mta.as_ref().map(|_| Base::ImplicitMta)?,
    };
    if innermost().is_some_and(|apartment| apartment.kind() == Kind::Nta) {
        return Some(Position::Neutral(base));
    }
    Some(match base {
        Base::ImplicitMta => Position::ImplicitMta,
        Base::MainSta => Position::MainSta,
        Base::Mta => Position::Mta,
        Base::Sta => Position::Sta,
    })
}

/// Whether this thread is a member of the apartment and can serve its calls,
/// which it cannot when it is ending.
pub(crate) fn is_member(apartment: &Arc<Apartment>) -> bool {
    own().is_some_and(|own| Arc::ptr_eq(&own, apartment))
}
