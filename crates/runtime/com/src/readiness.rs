//! How a queue shows other loops that something is in it.
//!
//! - To a loop that watches descriptors (GTK, Qt, glib, epoll): an eventfd that is
//!   readable while a call or message waits, with a timer descriptor for due
//!   timers, both behind one epoll descriptor. Made when somebody asks for it.
//! - To a wait for kernel objects: an event that is set by what comes and reset
//!   when the queue is looked at, so that it says "something new".
//!
//! Belongs to its queue and changes under the queue's lock.

use std::time::Instant;

#[cfg(not(loom))]
use std::os::fd::{AsRawFd, OwnedFd};
#[cfg(not(loom))]
use std::sync::Arc;

#[cfg(not(loom))]
use crate::ffi::descriptor;

/// See the module.
#[derive(Default)]
pub struct Readiness {
    #[cfg(not(loom))]
    descriptors: Option<Descriptors>,
    /// Whether something came since the queue was looked at.
    #[cfg(not(loom))]
    is_new: bool,
    #[cfg(not(loom))]
    input: Option<Arc<kernel_objects::Event>>,
}

#[cfg(not(loom))]
struct Descriptors {
    both: OwnedFd,
    event: OwnedFd,
    timer: OwnedFd,
    /// What they show.
    ready: bool,
    due: Option<Instant>,
}

#[cfg(loom)]
impl Readiness {
    pub fn input(&mut self) {}
    pub fn looked(&mut self) {}
    pub fn show(&mut self, _ready: bool, _due: Option<Instant>) {}
}

#[cfg(not(loom))]
impl Readiness {
    /// Something came.
    pub fn input(&mut self) {
        self.is_new = true;
        if let Some(event) = &self.input {
            event.set();
        }
    }

    /// The queue was looked at: what is in it is not new any more.
    pub fn looked(&mut self) {
        self.is_new = false;
        if let Some(event) = &self.input {
            event.reset();
        }
    }

    /// Shows whether something waits, and when the next timer is due.
    pub fn show(&mut self, ready: bool, due: Option<Instant>) {
        let Some(shown) = &mut self.descriptors else { return };
        if shown.ready != ready {
            shown.ready = ready;
            descriptor::set_event(&shown.event, ready);
        }
        if shown.due != due {
            shown.due = due;
            descriptor::set_timer(&shown.timer, due);
        }
    }

    /// The descriptor that other loops watch; it stays the queue's.
    ///
    /// # Errors
    /// The system gives no more descriptors.
    pub fn descriptor(&mut self) -> std::io::Result<i32> {
        if self.descriptors.is_none() {
            let (event, timer) = (descriptor::event()?, descriptor::timer()?);
            let both = descriptor::both(&event, &timer)?;
            self.descriptors = Some(Descriptors { both, event, timer, ready: false, due: None });
        }
        self.descriptors
            .as_ref()
            .map(|shown| shown.both.as_raw_fd())
            .ok_or_else(|| std::io::ErrorKind::OutOfMemory.into())
    }

    /// The event of waits for kernel objects.
    pub fn event(&mut self) -> Arc<kernel_objects::Event> {
        let is_new = self.is_new;
        Arc::clone(self.input.get_or_insert_with(|| {
            let event = kernel_objects::Event::new();
            if is_new {
                event.set();
            }
            Arc::new(event)
        }))
    }
}
