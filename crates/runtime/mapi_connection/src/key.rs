//! Whose list it is.

use std::any::TypeId;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use security::Token;

/// Which list: whose, of which server, of which profile. Equal by value, never by
/// a digest: two owners with equal digests have two lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListKey {
    /// Whose it is: the whole identity, as it was captured at logon.
    pub owner: Token,
    /// The provider's or service's identifier.
    pub server: Arc<str>,
    /// The profile's name.
    pub profile: Arc<str>,
}

/// Only finds the place; whether a list is the one is for `==` to say. Equal
/// owners have equal names, so the name is enough.
impl Hash for ListKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.owner.user().hash(state);
        self.server.hash(state);
        self.profile.hash(state);
    }
}

/// A list's key and what kind of thing it holds: things of two kinds never share
/// a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FullKey {
    pub kind: TypeId,
    pub key: ListKey,
}

/// Who connects, for those who ask who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Number of the session.
    pub session: u64,
    /// What the session uses it for, in words.
    pub what: Arc<str>,
}
