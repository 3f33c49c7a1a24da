//! One row: a client makes an object of each class and asks where it lives.

use std::sync::mpsc::channel;

use observe::thread::{ApartmentLabel, tid};

use super::Cell;
use super::ffi::{CLASSES, Place, probe, register};

/// The clients, in the order of the rows.
pub const CLIENTS: [&str; 6] =
    ["main-sta", "sta", "mta", "implicit-mta", "nta-on-sta", "nta-on-mta"];
/// The models, in the order of the columns.
pub const MODELS: [&str; 5] = ["none", "apartment", "free", "both", "neutral"];

/// Stack of a client's thread, in bytes.
const STACK: usize = 1 << 20;

fn says(code: com_abi::HRESULT) -> String {
    let name = com_abi::codes::name(code).unwrap_or("an error");
    format!("{name} ({:#010x})", code.0)
}

/// Measures a row. The process is fresh: nothing of the runtime exists yet.
pub fn measure(client: &'static str) -> Result<Vec<Cell>, String> {
    register();
    let needs_main = matches!(client, "sta" | "nta-on-sta");
    if needs_main {
        pumping_main_sta()?;
    }
    if client == "implicit-mta" {
        com::apartment::mta().map_err(says)?;
    }
    on_thread(move || {
        let sta = matches!(client, "main-sta" | "sta" | "nta-on-sta");
        if client != "implicit-mta" {
            com::apartment::enter(!sta).map_err(says)?;
        }
        let row = if client.starts_with("nta") {
            com::apartment::in_neutral(|| cells(client)).map_err(says)?
        } else {
            cells(client)
        };
        com::apartment::leave();
        row
    })?
}

fn on_thread<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let thread = security::spawner::spawn("client", STACK, body);
    let joined = thread.map_err(|error| error.to_string())?.join();
    joined.map_err(|_| "the client panicked".to_owned())
}

/// A thread that is the main STA and serves its queue.
fn pumping_main_sta() -> Result<(), String> {
    let (answer, started) = channel();
    let live = move || {
        let _ = answer.send(com::apartment::enter(false).map(|_| ()));
        com::apartment::serve();
    };
    security::spawner::spawn("main STA", STACK, live).map_err(|error| error.to_string())?;
    let entered = started.recv().map_err(|_| "the main STA has ended".to_owned())?;
    entered.map_err(says)
}

fn cells(client: &str) -> Result<Vec<Cell>, String> {
    MODELS
        .iter()
        .zip(&CLASSES)
        .map(|(model, clsid)| {
            let before = com::apartment::existing();
            let place = probe(clsid).map_err(says)?;
            let after = com::apartment::existing();
            let fresh = after.iter().filter(|label| !before.contains(label));
            Ok(Cell {
                client: client.to_owned(),
                model: (*model).to_owned(),
                home: home(&place)?,
                pointer: pointer(&place).to_owned(),
                thread: place.thread,
                started: fresh.map(ToString::to_string).collect(),
            })
        })
        .collect()
}

fn home(place: &Place) -> Result<String, String> {
    let here = com::apartment::current().map_err(says)?;
    if place.apartment == here.id() {
        return Ok("here".into());
    }
    let labels = [
        ApartmentLabel::HostSta,
        ApartmentLabel::MainSta,
        ApartmentLabel::Mta,
        ApartmentLabel::Nta,
    ];
    let label = labels.into_iter().find(|label| *label as u32 == place.label);
    match label {
        Some(label) => Ok(label.to_string()),
        // Another STA can only be the one of the client's own thread.
        None if place.thread == tid() => Ok("own-sta".into()),
        None => Err(format!("the object lives on thread {}, which nobody knows", place.thread)),
    }
}

fn pointer(place: &Place) -> &'static str {
    match (place.is_proxy, place.thread == tid()) {
        (false, _) => "direct",
        (true, true) => "light-proxy",
        (true, false) => "proxy",
    }
}
