//! An interface handed from the object's thread to a client's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use com_abi::HRESULT;
use observe::thread::tid;
use partywall::Parcel;
use partywall::com::Apartment;

use super::ffi::{ITeller, asked, teller};
use super::house::House;
use super::station::Station;

/// The typical scenario of apartment threads.
pub const SCENARIO: Station = Station {
    id: "typical-scenario",
    title: "An interface goes to another thread in a stream",
    document: "com",
    quote: "The apartment thread calls CoMarshalInterThreadInterfaceInStream to marshal the \
            interface pointer into a stream object. It then notifies the client thread.",
    command: "partywall tour --station typical-scenario",
    visit: scenario,
};

/// How long a thread of the scenario waits for the other.
const BOUND: Duration = Duration::from_secs(10);
const STACK_BYTES: usize = 256 << 10;

/// What the object's thread tells the client's.
struct Packed {
    parcel: Parcel<ITeller>,
    home: Arc<com::apartment::Apartment>,
}

/// What the client saw.
struct Seen {
    client: i32,
    called_in: i32,
    without_a_stream: HRESULT,
}

fn failed(code: HRESULT) -> String {
    format!("{:#010x}", code.0)
}

fn scenario(_: &mut House) -> Result<String, String> {
    let (notify, notified) = channel();
    let finished = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&finished);
    let server = spawn("apartment", move || serve(&notify, &finished))?;
    let client = spawn("client", move || {
        let packed = notified.recv_timeout(BOUND).map_err(|_| "nobody signalled".to_owned())?;
        let seen = ask(packed.parcel).map_err(failed);
        end.store(true, Ordering::Release);
        packed.home.wake();
        seen.map(|seen| (packed.home.tid(), seen))
    })?;
    let joined = client.join().map_err(|_| "the client panicked".to_owned());
    server.join().map_err(|_| "the apartment panicked".to_owned())?.map_err(failed)?;
    let (home, seen) = joined??;
    if seen.called_in != home || seen.client == home {
        let Seen { client, called_in, .. } = seen;
        return Err(format!("thread {client}'s call ran on {called_in}; the object's is {home}"));
    }
    if seen.without_a_stream.is_ok() {
        return Err("the client's proxy let a foreign thread in".into());
    }
    Ok(format!(
        "thread {home} put its object in a stream and signalled; thread {} opened it, called, and \
         was\nserved by thread {home}; the same proxy taken to a third thread without a stream \
         answers {}",
        seen.client,
        failed(seen.without_a_stream)
    ))
}

/// The object's thread: packs, signals, and serves its queue until the end.
fn serve(notify: &Sender<Packed>, finished: &AtomicBool) -> Result<(), HRESULT> {
    let _apartment = Apartment::single_threaded()?;
    let home = com::apartment::current()?;
    let object = teller()?;
    let parcel = Parcel::pack(&object)?;
    drop(object);
    let end = Instant::now() + BOUND;
    let _ = notify.send(Packed { parcel, home });
    com::apartment::serve_until(|| finished.load(Ordering::Acquire) || Instant::now() >= end);
    Ok(())
}

/// The client's thread, an apartment of its own.
fn ask(parcel: Parcel<ITeller>) -> Result<Seen, HRESULT> {
    let _apartment = Apartment::single_threaded()?;
    let teller = parcel.open()?;
    let called_in = asked(&teller)?;
    Ok(Seen { client: tid(), called_in, without_a_stream: super::ffi::taken_elsewhere(&teller) })
}

fn spawn<T: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, String> {
    security::spawner::spawn(name, STACK_BYTES, body).map_err(|error| error.to_string())
}
