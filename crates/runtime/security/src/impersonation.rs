//! Impersonation: a thread works as somebody for the time of a scope.
//!
//! # Protocol
//! A thread is in one of two states, and a guard is the only way between them:
//! - *itself*: no current token, the process's kernel identity;
//! - *somebody*: the guard's token is current and, when the token has a kernel
//!   identity and the process may take it, the thread's effective uid, gid and
//!   groups are the token's. Guards nest; the innermost counts.
//!
//! Taking: groups, gid, uid in this order, since giving up uid 0 gives up the
//! right to the others. Giving back: uid, gid, groups, for the same reason. A
//! thread that cannot get its own identity back must not go on: the process
//! aborts. A failure while taking undoes what was taken.
//!
//! Real and saved ids stay the process's, so a thread can always return; that
//! also means that hostile code in this process could. A security boundary
//! needs a process of its own.

use std::cell::RefCell;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::ffi;
use crate::token::{KernelIdentity, Token};

thread_local! {
    static CURRENT: RefCell<Option<Token>> = const { RefCell::new(None) };
}

/// Whether this process may take other kernel identities.
pub fn is_privileged() -> bool {
    ffi::process_uid() == 0
}

/// The token of whoever this thread impersonates.
pub fn current() -> Option<Token> {
    CURRENT.try_with(|cell| cell.borrow().clone()).ok().flatten()
}

/// The thread's impersonation, else the process's token: what an entry point
/// without a token argument captures, once.
pub fn capture() -> Token {
    current().unwrap_or_else(Token::of_process)
}

/// Works as `token` until the guard is dropped.
///
/// # Errors
/// The system refused the kernel identity; the thread is what it was before.
pub fn impersonate(token: &Token) -> io::Result<Impersonation> {
    let kernel = token.kernel().filter(|_| is_privileged()).map(take).transpose()?;
    let before = become_token(Some(token.clone()));
    Ok(Impersonation { before, kernel, _not_send: PhantomData })
}

/// Sets the thread's token and answers the one before; whoever lists waits sees
/// it too.
fn become_token(token: Option<Token>) -> Option<Token> {
    observe::thread::set_identity(token.as_ref().map(|token| Arc::clone(token.user())));
    CURRENT.try_with(|cell| cell.replace(token)).ok().flatten()
}

/// A thread's work as somebody; dropping it ends it.
#[derive(Debug)]
#[must_use = "the impersonation ends when this is dropped"]
pub struct Impersonation {
    before: Option<Token>,
    kernel: Option<KernelIdentity>,
    _not_send: PhantomData<*mut ()>,
}

impl Impersonation {
    /// Whether the kernel's identity was taken too.
    pub fn is_real(&self) -> bool {
        self.kernel.is_some()
    }
}

impl Drop for Impersonation {
    fn drop(&mut self) {
        if let Some(own) = &self.kernel {
            give_back(own);
        }
        let before = self.before.take();
        become_token(before);
    }
}

/// Takes an identity; answers the one the thread had.
fn take(identity: &KernelIdentity) -> io::Result<KernelIdentity> {
    let own = ffi::thread_identity()?;
    // A nested guard starts from somebody else's uid, which may not do this.
    if own.uid != 0 {
        ffi::set_thread_euid(0)?;
    }
    let taken = ffi::set_thread_groups(&identity.groups)
        .and_then(|()| ffi::set_thread_egid(identity.gid))
        .and_then(|()| ffi::set_thread_euid(identity.uid));
    match taken {
        Ok(()) => Ok(own),
        Err(error) => {
            give_back(&own);
            Err(error)
        }
    }
}

fn give_back(own: &KernelIdentity) {
    let given = ffi::set_thread_euid(0)
        .and_then(|()| ffi::set_thread_egid(own.gid))
        .and_then(|()| ffi::set_thread_groups(&own.groups))
        .and_then(|()| ffi::set_thread_euid(own.uid));
    if let Err(error) = given {
        observe::error!("security", "cannot return to the process's identity: {error}; aborting");
        std::process::abort();
    }
}

/// Makes a new thread the process's own, whoever its parent impersonated.
pub(crate) fn become_process() {
    if is_privileged() && ffi::thread_euid() != 0 {
        let own = KernelIdentity { uid: 0, gid: 0, groups: Vec::new() };
        give_back(&own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_nest_and_the_thread_returns_to_itself() {
        assert!(current().is_none());
        let alice = impersonate(&Token::new("alice", None)).unwrap();
        {
            let _bob = impersonate(&Token::new("bob", None)).unwrap();
            assert_eq!(&**capture().user(), "bob");
        }
        assert_eq!(&**capture().user(), "alice");
        drop(alice);
        assert!(current().is_none());
    }

    #[test]
    fn the_kernel_identity_is_the_threads_alone_and_is_given_back() {
        if !is_privileged() {
            println!("skipped: taking another uid needs root");
            return;
        }
        let nobody = ffi::user_identity("nobody").expect("the system has nobody");
        let token = Token::new("carol", Some(nobody.clone()));
        let guard = impersonate(&token).unwrap();
        assert!(guard.is_real());
        assert_eq!(ffi::thread_euid(), nobody.uid);
        assert_eq!(ffi::thread_identity().unwrap().groups, nobody.groups);
        let bin = ffi::user_identity("bin").expect("the system has bin");
        {
            let _inner = impersonate(&Token::new("dave", Some(bin.clone()))).unwrap();
            assert_eq!(ffi::thread_euid(), bin.uid);
        }
        assert_eq!(ffi::thread_euid(), nobody.uid, "back to the outer guard's");
        let elsewhere = crate::spawner::spawn("look", 64 << 10, ffi::thread_euid).unwrap();
        assert_eq!(elsewhere.join().unwrap(), 0, "other threads keep theirs");
        drop(guard);
        assert_eq!(ffi::thread_euid(), 0);
    }
}
