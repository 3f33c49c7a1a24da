//! The spawner: the one thread that starts every thread of the runtime.
//!
//! A thread inherits the kernel identity of the thread that starts it. If a
//! worker that impersonates alice started a host apartment, that apartment
//! would run as alice for ever. So nobody starts threads but the spawner, which
//! impersonates nobody; it is started by whoever asks first, and its first act
//! is to take the process's identity back, in case that was an impersonating
//! thread.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};

type Order = Box<dyn FnOnce() + Send>;

struct Spawner {
    orders: Mutex<Sender<Order>>,
}

static SPAWNER: OnceLock<io::Result<Spawner>> = OnceLock::new();

/// Stack of the spawner itself, in bytes.
const SPAWNER_STACK: usize = 128 << 10;

fn spawner() -> io::Result<&'static Spawner> {
    let started = SPAWNER.get_or_init(|| {
        let (orders, queue) = channel();
        Builder::new()
            .name("spawner".into())
            .stack_size(SPAWNER_STACK)
            .spawn(move || serve(&queue))?;
        Ok(Spawner { orders: Mutex::new(orders) })
    });
    started.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))
}

fn serve(queue: &Receiver<Order>) {
    crate::impersonation::become_process();
    // The sender lives in a static, so this waits as long as the process lives.
    while let Ok(order) = queue.recv() {
        order();
    }
}

/// Starts the spawner, so that the first thread that is needed does not wait.
///
/// # Errors
/// The system does not give another thread.
pub fn start() -> io::Result<()> {
    spawner().map(|_| ())
}

/// Starts a thread of `stack` bytes under the process's identity, whoever the
/// caller impersonates.
///
/// # Errors
/// The system does not give another thread.
pub fn spawn<T: Send + 'static>(
    name: &str,
    stack: usize,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let (answer, started) = channel();
    let builder = Builder::new().name(name.into()).stack_size(stack);
    let order: Order = Box::new(move || {
        // The asker waits for the answer; if it is gone the thread runs anyway.
        let _ = answer.send(builder.spawn(body));
    });
    let gone = || io::Error::other("the spawner thread has ended");
    let orders = spawner()?.orders.lock().unwrap_or_else(PoisonError::into_inner).clone();
    orders.send(order).map_err(|_| gone())?;
    let _wait = observe::wait::begin("the spawner to start a thread", None);
    started.recv().map_err(|_| gone())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impersonation::{impersonate, is_privileged};
    use crate::{KernelIdentity, Token, ffi};

    #[test]
    fn a_thread_of_an_impersonating_thread_is_the_processes_own() {
        if !is_privileged() {
            println!("skipped: taking another uid needs root");
            return;
        }
        let somebody = KernelIdentity { uid: 65_534, gid: 65_534, groups: vec![65_534] };
        let guard = impersonate(&Token::new("carol", Some(somebody))).unwrap();
        let look = || (ffi::thread_euid(), crate::impersonation::current().is_some());
        let ours = spawn("ours", 64 << 10, look).unwrap().join().unwrap();
        // What happens without the spawner, to show that the check can fail.
        let plain = Builder::new().spawn(look).unwrap().join().unwrap();
        drop(guard);
        assert_eq!(ours, (0, false));
        assert_eq!(plain.0, 65_534, "a plain thread inherits the impersonated uid");
    }

    #[test]
    fn the_asker_gets_the_threads_result() {
        assert_eq!(spawn("sum", 64 << 10, || 2 + 2).unwrap().join().unwrap(), 4);
    }
}
