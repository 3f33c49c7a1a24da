//! An apartment on a thread of its own, with or without a component in it, for the
//! stations that call into one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use com::apartment::Apartment as Home;
use com_abi::HRESULT;
use com_abi::codes::name;
use partywall::com::Apartment;
use partywall::{Described, Parcel};

/// How long each side waits for the other.
pub const BOUND: Duration = Duration::from_secs(20);
pub const STACK_BYTES: usize = 256 << 10;

/// What a station says of a code that it did not expect.
pub fn failed(code: HRESULT) -> String {
    let shown = name(code).map_or_else(|| format!("{:#010x}", code.0), str::to_owned);
    format!("the runtime answered {shown}")
}

/// An apartment that is served until it is told to end.
pub struct Callee {
    pub home: Arc<Home>,
    end: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Result<(), HRESULT>>,
}

impl Callee {
    /// With an object; the parcel has its interface.
    pub fn begin<I: Described + 'static>(
        make: impl FnOnce() -> Result<I, HRESULT> + Send + 'static,
    ) -> Result<(Self, Parcel<I>), String> {
        Self::begin_with(move || Parcel::pack(&make()?))
    }

    /// Begins with `prepare`, on its thread, and answers what that does.
    pub fn begin_with<T: Send + 'static>(
        prepare: impl FnOnce() -> Result<T, HRESULT> + Send + 'static,
    ) -> Result<(Self, T), String> {
        let (opened, told) = channel();
        let end = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&end);
        let live = move || {
            let _apartment = Apartment::single_threaded()?;
            let prepared = prepare()?;
            let _ = opened.send((com::apartment::current()?, prepared));
            let bound = Instant::now() + BOUND;
            com::apartment::serve_until(|| {
                is_over.load(Ordering::Acquire) || Instant::now() >= bound
            });
            Ok(())
        };
        let thread = security::spawner::spawn("callee", STACK_BYTES, live)
            .map_err(|error| error.to_string())?;
        let (home, prepared) =
            told.recv_timeout(BOUND).map_err(|_| "the callee did not begin".to_owned())?;
        Ok((Self { home, end, thread }, prepared))
    }

    /// Ends its apartment.
    pub fn end(self) -> Result<(), String> {
        self.end.store(true, Ordering::Release);
        self.home.wake();
        let ended = self.thread.join().map_err(|_| "the callee panicked".to_owned())?;
        ended.map_err(failed)
    }
}
