//! A process that is supervised.

use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use control::Message;

use crate::channel::Channel;
use crate::ffi::{self, Signal, Signals};
use crate::{Event, Plan};

/// Longest wait without a deadline, after which the child is looked at anyway.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

pub struct Child {
    process: std::process::Child,
    channel: Channel,
    /// The child closed its end; only its death is waited for.
    silent: bool,
}

impl Child {
    pub fn start(plan: &Plan) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let process = ffi::spawn(
            &plan.program,
            &plan.arguments,
            plan.listener.as_raw_fd(),
            theirs.as_raw_fd(),
        )?;
        Ok(Self { process, channel: Channel::new(ours), silent: false })
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn send(&mut self, message: &Message) -> io::Result<()> {
        self.channel.send(message)
    }

    /// Kills it; its end is reported by [`Child::wait`].
    pub fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
    }

    /// Waits for whatever comes first.
    pub fn wait(&mut self, signals: &Signals, deadline: Option<Instant>) -> io::Result<Event> {
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(Event::Ended(ffi::Ending(status)));
            }
            let now = Instant::now();
            let left = deadline.map_or(LONGEST_WAIT, |at| at.saturating_duration_since(now));
            if left.is_zero() {
                return Ok(Event::Deadline);
            }
            let channel = if self.silent { -1 } else { self.channel.fd() };
            let [signal, message] = ffi::poll([signals.fd(), channel], left)?;
            if signal && signals.take()?.contains(&Signal::Stop) {
                return Ok(Event::Stop);
            }
            if message {
                match self.channel.receive() {
                    Ok(Some(message)) => return Ok(Event::Message(message)),
                    Ok(None) => self.silent = true,
                    Err(error) => {
                        observe::error!("supervisor", "the control channel: {error}");
                        self.silent = true;
                    }
                }
            }
        }
    }
}
