//! How a poller learns what changed in a store.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use crate::codes::Failure;
use crate::value::EntryId;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It is gone.
    Deleted,
    /// Its properties or contents changed.
    Modified,
    /// It is in another folder now.
    Moved,
    /// A message arrived; [`ChangeKind::Created`] is reported as well.
    NewMail,
    /// A search folder has looked through everything.
    SearchComplete,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// `MAPI_STORE`, `MAPI_FOLDER` or `MAPI_MESSAGE`.
    pub object_type: i32,
    /// The object.
    pub entry: EntryId,
    /// The folder that it is in now, where there is one.
    pub parent: Option<EntryId>,
    /// The folder that it was in before it was moved.
    pub old_parent: Option<EntryId>,
}

/// What changed in a store since the last time somebody asked.
///
/// One poller asks at a time. The feed is made with the rights of the store's
/// owner, and its calls need none.
pub trait ChangeFeed: Send {
    /// A descriptor that becomes readable when there may be something new.
    fn descriptor(&self) -> Option<BorrowedFd<'_>>;

    /// How often to ask although the descriptor says nothing; `None` when the
    /// descriptor misses nothing.
    fn interval(&self) -> Option<Duration>;

    /// What changed since the last call, oldest first; never waits.
    ///
    /// # Errors
    /// `NETWORK_ERROR`, disk errors, `END_OF_SESSION` when the store is gone. The
    /// poller ends then; whoever uses its list next gets another.
    fn changes(&mut self) -> Result<Vec<Change>, Failure>;
}
