//! A call into an apartment, through its queue.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::House;
use super::station::Station;

/// The queue of a single-threaded apartment.
pub const QUEUE: Station = Station {
    id: "apartment-queue",
    title: "A call into an apartment goes through its queue",
    document: "com",
    quote: "From another process into an apartment thread: the call first reaches an RPC thread; \
            it sends a message to the hidden window of the apartment thread and passes the data \
            along.",
    command: "curl -u alice 'http://127.0.0.1:8080/mail/?trace=1&format=json'",
    visit: queue,
};

/// How long to wait for calls to be seen in the queue.
const SIGHT_BOUND: Duration = Duration::from_secs(5);

fn queue(house: &mut House) -> Result<String, String> {
    let request = traced_request(house)?;
    let waiting = two_calls_at_once()?;
    Ok(format!("{request}\n{waiting}"))
}

/// One request of the web mail: the worker's thread and the object's.
fn traced_request(house: &mut House) -> Result<String, String> {
    let hops = house.client()?.json("/mail/?trace=1&format=json", Some("alice"))?;
    let find = |name: &str| {
        let hops = hops.as_array()?;
        hops.iter().find(|hop| hop.get("hop").and_then(Value::as_str) == Some(name))
    };
    let (Some(call), Some(component)) = (find("proxy call"), find("component")) else {
        return Err(format!("no call through a proxy in {hops}"));
    };
    let tid = |hop: &Value| hop.get("tid").and_then(Value::as_i64).unwrap_or_default();
    let place =
        |hop: &Value| hop.get("apartment").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (caller, object) = (tid(call), tid(component));
    if caller == object || place(call) != "mta" || !place(component).ends_with("sta") {
        return Err(format!(
            "expected a worker of the MTA and another thread in an STA, seen {call} and {component}"
        ));
    }
    Ok(format!(
        "the web mail's worker is thread {caller} in the {}, the mail object lives on thread \
         {object} in the {}",
        place(call),
        place(component)
    ))
}

/// Two calls into an apartment that is busy with a third: what the queue shows.
fn two_calls_at_once() -> Result<String, String> {
    let failed = |code: com_abi::HRESULT| format!("the apartment answered {:#010x}", code.0);
    let home = com::apartment::host_sta().map_err(failed)?;
    let (hold, held) = channel::<()>();
    let (began, inside) = channel();
    let call = |home: &std::sync::Arc<com::apartment::Apartment>,
                body: Box<dyn FnOnce() + Send>| {
        let home = std::sync::Arc::clone(home);
        security::spawner::spawn("caller", 256 << 10, move || {
            com::call::run(&home, "a station of the tour", || {
                body();
                observe::thread::tid()
            })
            .map(|served| (observe::thread::tid(), served))
        })
        .map_err(|error| error.to_string())
    };
    let first = call(
        &home,
        Box::new(move || {
            let _ = began.send(());
            let _ = held.recv_timeout(SIGHT_BOUND);
        }),
    )?;
    inside.recv_timeout(SIGHT_BOUND).map_err(|_| "the first call did not arrive".to_owned())?;
    let second = call(&home, Box::new(|| ()))?;
    let third = call(&home, Box::new(|| ()))?;
    let end = Instant::now() + SIGHT_BOUND;
    while home.queue_depth() < 2 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
    let depth = home.queue_depth();
    drop(hold);
    let mut callers = Vec::new();
    for thread in [first, second, third] {
        let joined = thread.join().map_err(|_| "a caller panicked".to_owned())?;
        let (caller, served) = joined.map_err(failed)?;
        if served != home.tid() || caller == served {
            return Err(format!("thread {caller}'s call ran on thread {served}"));
        }
        callers.push(caller.to_string());
    }
    if depth != 2 {
        return Err(format!("two calls should wait in the queue, {depth} did"));
    }
    Ok(format!(
        "threads {} called into one apartment: while it served the first, its queue held {depth};\n\
         all three ran on its own thread {}, one after the other",
        callers.join(", "),
        home.tid()
    ))
}
