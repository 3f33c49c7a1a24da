//! What an object with `IExternalConnection` is told of its strong holders.
//!
//! # Protocol
//! What the object was told last stands in the stub's state, and so does whether a
//! thread is telling it. One thread tells at a time, outside the lock; whoever has
//! news meanwhile leaves them to that one, which looks again when the object has
//! answered. So the object hears of the first and of the last strong holder in
//! turn, however holders race, and whatever it does while it is told. A stub that
//! ends meanwhile leaves the interface to the thread that tells; a disconnected
//! object is told nothing any more.

use com_abi::marshal::{EXTCONN_STRONG, IExternalConnection};

use super::{HomePointer, State, Stub};
use crate::sync::planted;

/// What the object has to hear. Home apartment only.
pub struct News {
    connection: IExternalConnection,
    /// Whether it has strong holders.
    keeps: bool,
    /// Whether it is to be released if it has none.
    closes: bool,
}

impl News {
    fn tell(&self) {
        // SAFETY: a live interface in its home apartment.
        unsafe {
            if self.keeps {
                self.connection.AddConnection(EXTCONN_STRONG, 0);
            } else {
                let closes = i32::from(self.closes);
                self.connection.ReleaseConnection(EXTCONN_STRONG, 0, closes);
            }
        }
    }
}

impl State {
    /// Whether the object has to hear something, and nobody is about to tell it.
    pub(super) fn has_news(&self) -> bool {
        let may_tell = !self.is_telling || planted!(TellsAtOnce);
        self.connection.is_some() && may_tell && self.told != (self.strong > 0)
    }

    /// What the object has to hear; it counts as told then, and the caller tells
    /// it ([`Stub::tell`]). Home apartment only.
    pub(super) fn news(&mut self) -> Option<News> {
        if !self.has_news() {
            return None;
        }
        let connection = self.connection.as_ref()?.0.clone();
        self.told = self.strong > 0;
        self.is_telling = true;
        Some(News { connection, keeps: self.told, closes: self.closes })
    }

    /// The object has heard; what it has to hear next, or else the interface if
    /// the stub has ended meanwhile.
    fn heard(&mut self) -> (Option<News>, Option<HomePointer<IExternalConnection>>) {
        self.is_telling = false;
        let next = self.news();
        let is_left = next.is_none() && self.unknown.is_none();
        (next, if is_left { self.connection.take() } else { None })
    }
}

impl Stub {
    /// Tells the object, and what comes up meanwhile. Home apartment only.
    pub(super) fn tell(&self, news: Option<News>) {
        let mut next = news;
        while let Some(news) = next {
            news.tell();
            let left = {
                let mut state = self.lock();
                let (news, left) = state.heard();
                next = news;
                left
            };
            drop((news, left));
        }
    }
}
