//! The supervisor: the small process that the others hang on.
//!
//! It listens before the web process exists and keeps the socket while web
//! processes come and go, so a client that connects during a restart waits
//! instead of being refused. A web process that dies is replaced at once; one
//! that dies again and again is replaced after growing pauses. It has one thread
//! and waits in one place, for signals and for its child's messages.

mod channel;
mod child;
mod ffi;

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use control::Message;
use observe::{error, info};

pub use channel::Channel;
use child::Child;
pub use ffi::{Signals, adopt, die_with_parent, leave_signals_to_supervisor};

/// Where a started process finds its listening socket.
pub const LISTENER_FD: i32 = 3;
/// Where a started process finds its control channel.
pub const CONTROL_FD: i32 = 4;

/// How long a process may take to serve.
const START_BOUND: Duration = Duration::from_secs(10);
/// A process that lived this long counts as healthy.
const HEALTHY: Duration = Duration::from_secs(5);
/// Longest pause before a process is started again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// First pause, after a process that died young.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What is supervised.
pub struct Plan {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The socket that the processes serve.
    pub listener: TcpListener,
    /// How long a process may take to finish its requests.
    pub drain_bound: Duration,
}

/// Why a wait ended.
enum Event {
    /// The child wrote.
    Message(Message),
    /// The child has ended.
    Ended(ffi::Ending),
    /// Somebody asked the supervisor to stop.
    Stop,
    /// The deadline has come.
    Deadline,
}

/// Supervises until a `SIGTERM` or `SIGINT`, then lets the process finish its
/// requests. `ready` is called once, when the first process serves. `signals`
/// was made before any other thread of this process, since a signal goes to
/// whichever thread does not block it.
///
/// # Errors
/// The first process cannot be started or does not serve in time.
pub fn run(plan: &Plan, signals: &Signals, ready: impl FnOnce(&str)) -> io::Result<()> {
    let mut ready = Some(ready);
    let mut pause = Duration::ZERO;
    loop {
        let mut child = Child::start(plan)?;
        let began = Instant::now();
        match serve(plan, signals, &mut child, &mut ready)? {
            Outcome::Stopped => return Ok(()),
            Outcome::Died(ending) => {
                error!("supervisor", "the web process {} {ending}; starting another", child.pid());
            }
        }
        if ready.is_some() {
            return Err(io::Error::other("the web process ended before it served; see the log"));
        }
        pause = if began.elapsed() >= HEALTHY {
            Duration::ZERO
        } else {
            (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
        };
        if wait_out(pause, signals)? {
            return Ok(());
        }
    }
}

enum Outcome {
    Stopped,
    Died(ffi::Ending),
}

fn serve(
    plan: &Plan,
    signals: &Signals,
    child: &mut Child,
    ready: &mut Option<impl FnOnce(&str)>,
) -> io::Result<Outcome> {
    let mut deadline = Some(Instant::now() + START_BOUND);
    loop {
        match child.wait(signals, deadline)? {
            Event::Message(Message::Ready { address }) => {
                deadline = None;
                info!("supervisor", "web process {} serves {address}", child.pid());
                if let Some(ready) = ready.take() {
                    ready(&address);
                }
            }
            Event::Message(other) => {
                error!("supervisor", "the web process sent {other:?} out of turn");
            }
            Event::Ended(ending) => return Ok(Outcome::Died(ending)),
            Event::Stop => {
                drain(plan, signals, child)?;
                return Ok(Outcome::Stopped);
            }
            Event::Deadline => {
                error!("supervisor", "web process {} did not serve in time", child.pid());
                child.kill();
                deadline = None;
            }
        }
    }
}

/// Lets the child finish; kills it when its bound is over.
fn drain(plan: &Plan, signals: &Signals, child: &mut Child) -> io::Result<()> {
    info!("supervisor", "stopping: the web process finishes its requests");
    let asked = child.send(&Message::Drain);
    let deadline = Instant::now() + plan.drain_bound;
    if asked.is_err() {
        child.kill();
    }
    loop {
        match child.wait(signals, Some(deadline))? {
            Event::Ended(_) => return Ok(()),
            Event::Message(Message::Drained { cut }) if cut > 0 => {
                error!("supervisor", "{cut} requests were cut off");
            }
            Event::Message(_) => {}
            // A second request to stop is impatience.
            Event::Stop | Event::Deadline => child.kill(),
        }
    }
}

/// Pauses; true when somebody asked to stop meanwhile.
fn wait_out(pause: Duration, signals: &Signals) -> io::Result<bool> {
    let end = Instant::now() + pause;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        if ffi::poll([signals.fd(), -1], left)?[0] && signals.take()?.contains(&ffi::Signal::Stop) {
            return Ok(true);
        }
    }
}
