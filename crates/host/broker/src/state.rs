//! The rules of shared sessions, without sockets or clocks.
//!
//! # Protocol
//! There is at most one shared session. It lives while it has a member or is
//! kept; its number is never used again. A peer is a member of at most one
//! session; its connection's end is its leaving.

use std::collections::BTreeMap;

use session_messages::{Listed, Message};

/// Most peers at a time.
pub const MAX_PEERS: usize = 256;

/// A connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(pub u64);

struct Shared {
    number: u64,
    profile: String,
    session: Vec<u8>,
    since: u64,
    is_kept: bool,
    members: BTreeMap<Peer, String>,
}

/// See the module.
#[derive(Default)]
pub struct State {
    shared: Option<Shared>,
    last: u64,
    processes: BTreeMap<Peer, u32>,
}

/// What is to be sent, in order.
pub type Output = Vec<(Peer, Message)>;

/// A peer said what a peer may not say; it is to be cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAllowed;

impl State {
    /// Without sessions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether somebody would miss it.
    pub fn is_idle(&self) -> bool {
        self.shared.is_none() && self.processes.is_empty()
    }

    /// A process connected; false when there are too many.
    pub fn come(&mut self, peer: Peer, process: u32) -> bool {
        if self.processes.len() >= MAX_PEERS {
            return false;
        }
        self.processes.insert(peer, process);
        true
    }

    /// A peer's connection has ended.
    pub fn go(&mut self, peer: Peer) {
        self.processes.remove(&peer);
        if let Some(shared) = &mut self.shared {
            shared.members.remove(&peer);
            if shared.members.is_empty() && !shared.is_kept {
                self.shared = None;
            }
        }
    }

    /// A peer's message, at `now` seconds since 1970.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn hear(&mut self, peer: Peer, message: Message, now: u64) -> Result<Output, NotAllowed> {
        match message {
            Message::Join { program } => self.join(peer, program),
            Message::Publish { program, profile, session } => {
                self.publish(peer, program, profile, session, now)
            }
            Message::AskAllToLeave => {
                let shared = self.shared.as_ref().filter(|one| one.members.contains_key(&peer));
                let members = shared.ok_or(NotAllowed)?.members.keys();
                Ok(members.map(|member| (*member, Message::Leave)).collect())
            }
            Message::Keep => {
                let shared = self.shared.as_mut().filter(|one| one.members.contains_key(&peer));
                shared.ok_or(NotAllowed)?.is_kept = true;
                Ok(vec![(peer, Message::Done)])
            }
            Message::List => {
                let entries = self.shared.iter().map(|shared| self.listed(shared));
                let entries = entries.map(|listed| (peer, Message::Entry(listed)));
                Ok(entries.chain([(peer, Message::End)]).collect())
            }
            Message::LogOff { number } => {
                let Some(shared) = self.shared.take_if(|shared| shared.number == number) else {
                    return Ok(vec![(peer, Message::None)]);
                };
                let members = shared.members.keys().map(|member| (*member, Message::Ended));
                Ok(members.chain([(peer, Message::Done)]).collect())
            }
            _ => Err(NotAllowed),
        }
    }

    fn join(&mut self, peer: Peer, program: String) -> Result<Output, NotAllowed> {
        let answer = match &mut self.shared {
            None => Message::None,
            Some(shared) => {
                if shared.members.insert(peer, program).is_some() {
                    return Err(NotAllowed);
                }
                Message::Joined {
                    number: shared.number,
                    profile: shared.profile.clone(),
                    session: shared.session.clone(),
                }
            }
        };
        Ok(vec![(peer, answer)])
    }

    fn publish(
        &mut self,
        peer: Peer,
        program: String,
        profile: String,
        session: Vec<u8>,
        now: u64,
    ) -> Result<Output, NotAllowed> {
        if self.shared.is_some() {
            return Ok(vec![(peer, Message::Exists)]);
        }
        self.last += 1;
        let (number, members) = (self.last, BTreeMap::from([(peer, program)]));
        let shared = Shared { number, profile, session, since: now, is_kept: false, members };
        self.shared = Some(shared);
        Ok(vec![(peer, Message::Published { number })])
    }

    fn listed(&self, shared: &Shared) -> Listed {
        let process = |peer: &Peer| self.processes.get(peer).copied().unwrap_or_default();
        let members = shared.members.iter();
        Listed {
            number: shared.number,
            profile: shared.profile.clone(),
            since: shared.since,
            is_kept: shared.is_kept,
            programs: members.map(|(peer, program)| (process(peer), program.clone())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Peer = Peer(1);
    const B: Peer = Peer(2);

    fn state() -> State {
        let mut state = State::new();
        assert!(state.come(A, 10) && state.come(B, 20));
        state
    }

    fn publish() -> Message {
        Message::Publish { program: "a".into(), profile: "p".into(), session: vec![1] }
    }

    fn join() -> Message {
        Message::Join { program: "b".into() }
    }

    #[test]
    fn the_first_to_publish_is_joined_by_the_others() {
        let mut state = state();
        assert_eq!(state.hear(B, join(), 5), Ok(vec![(B, Message::None)]));
        assert_eq!(state.hear(A, publish(), 5), Ok(vec![(A, Message::Published { number: 1 })]));
        assert_eq!(state.hear(B, publish(), 6), Ok(vec![(B, Message::Exists)]));
        let joined = Message::Joined { number: 1, profile: "p".into(), session: vec![1] };
        assert_eq!(state.hear(B, join(), 6), Ok(vec![(B, joined)]));
        assert_eq!(state.hear(B, join(), 6), Err(NotAllowed), "a member already");
        let programs = vec![(10, "a".to_owned()), (20, "b".to_owned())];
        let listed = Listed { number: 1, profile: "p".into(), since: 5, is_kept: false, programs };
        let list = vec![(A, Message::Entry(listed)), (A, Message::End)];
        assert_eq!(state.hear(A, Message::List, 7), Ok(list));
    }

    #[test]
    fn a_session_lives_while_it_has_members_or_is_kept() {
        let mut state = state();
        state.hear(A, publish(), 0).unwrap();
        state.hear(B, join(), 0).unwrap();
        state.go(A);
        assert!(matches!(state.hear(B, publish(), 0).unwrap()[..], [(B, Message::Exists)]));
        state.go(B);
        assert!(state.is_idle());
        assert!(state.come(A, 10));
        state.hear(A, publish(), 0).unwrap();
        assert_eq!(state.hear(A, Message::Keep, 0), Ok(vec![(A, Message::Done)]));
        state.go(A);
        assert!(!state.is_idle());
        assert!(state.come(B, 20));
        assert!(matches!(state.hear(B, join(), 0).unwrap()[..], [(B, Message::Joined { .. })]));
    }

    #[test]
    fn all_are_asked_to_leave_and_all_learn_the_end() {
        let mut state = state();
        assert_eq!(state.hear(A, Message::AskAllToLeave, 0), Err(NotAllowed));
        assert_eq!(state.hear(A, Message::Keep, 0), Err(NotAllowed));
        state.hear(A, publish(), 0).unwrap();
        state.hear(B, join(), 0).unwrap();
        let leave = vec![(A, Message::Leave), (B, Message::Leave)];
        assert_eq!(state.hear(B, Message::AskAllToLeave, 0), Ok(leave));
        assert_eq!(state.hear(B, Message::LogOff { number: 9 }, 0), Ok(vec![(B, Message::None)]));
        let ended = vec![(A, Message::Ended), (B, Message::Ended), (B, Message::Done)];
        assert_eq!(state.hear(B, Message::LogOff { number: 1 }, 0), Ok(ended));
        assert_eq!(state.hear(B, Message::Ended, 0), Err(NotAllowed));
    }

    #[test]
    fn there_are_only_so_many_peers() {
        let mut state = State::new();
        for number in 0..MAX_PEERS as u64 {
            assert!(state.come(Peer(number), 1));
        }
        assert!(!state.come(Peer(u64::MAX), 1));
    }
}
