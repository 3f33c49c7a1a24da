//! Tokens: who somebody is, as a value.

use std::sync::{Arc, OnceLock};

/// A kernel identity: what the system itself checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelIdentity {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// All groups.
    pub groups: Vec<u32>,
}

/// Who somebody is. Made where somebody is authenticated, then passed along;
/// cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    user: Arc<str>,
    kernel: Option<KernelIdentity>,
}

impl Token {
    /// The token of an account; `kernel` when it maps to a user of the system.
    pub fn new(user: &str, kernel: Option<KernelIdentity>) -> Self {
        Self(Arc::new(Inner { user: user.into(), kernel }))
    }

    /// The account's name.
    pub fn user(&self) -> &Arc<str> {
        &self.0.user
    }

    /// The kernel identity; without one only our own checks apply.
    pub fn kernel(&self) -> Option<&KernelIdentity> {
        self.0.kernel.as_ref()
    }

    /// The token of the process itself: the name of its user in the kernel, as it
    /// was when it was first asked for. A process does not change its user; its
    /// threads do, for a while.
    pub fn process() -> &'static Self {
        static PROCESS: OnceLock<Token> = OnceLock::new();
        PROCESS.get_or_init(|| {
            let uid = crate::ffi::process_uid();
            let name = crate::ffi::user_name(uid).unwrap_or_else(|| uid.to_string());
            Self::new(&name, None)
        })
    }

    /// The same, to be kept.
    pub fn of_process() -> Self {
        Self::process().clone()
    }
}
