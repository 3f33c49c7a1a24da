//! The shared sessions of this process: at most one for each user context.
//!
//! Another program's shared session is found through the [`crate::link`]; what is
//! said here holds in both cases: a shared session is visible to the very same
//! user context only, and the first one stays the shared one until it ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::context::UserContext;
use crate::session::Session;

static SHARED: Mutex<Vec<Weak<Session>>> = Mutex::new(Vec::new());

fn shared() -> MutexGuard<'static, Vec<Weak<Session>>> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The shared session of a user context.
pub fn find(context: &UserContext) -> Option<Arc<Session>> {
    // Collected first: dropping the last reference of a session takes the lock.
    let live: Vec<_> = shared().iter().filter_map(Weak::upgrade).collect();
    live.into_iter().find(|session| is_of(session, context))
}

fn is_of(session: &Session, context: &UserContext) -> bool {
    session.check().is_ok() && session.context() == context
}

/// Makes a session the shared one of its user context; answers the one that is
/// so already.
pub fn publish(session: &Arc<Session>) -> Result<(), Arc<Session>> {
    let mut kept = Vec::new();
    let mut sessions = shared();
    let live: Vec<_> = sessions.iter().filter_map(Weak::upgrade).collect();
    for other in live {
        if is_of(&other, session.context()) {
            drop(sessions);
            return Err(other);
        }
        kept.push(other);
    }
    *sessions = kept.iter().map(Arc::downgrade).collect();
    sessions.push(Arc::downgrade(session));
    drop(sessions);
    drop(kept);
    Ok(())
}
