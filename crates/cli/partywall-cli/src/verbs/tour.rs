//! `partywall tour`: the documents, station by station.
//!
//! A station quotes a sentence, does the real thing on a house of its own (a
//! `partywall demo` as a child process, on a free port), and shows what
//! happened. It fails when the sentence is not borne out.

mod aggregation;
mod asynchronous;
mod callee;
mod circle;
mod contexts;
mod ffi;
mod filter;
mod hang;
mod house;
mod isapi;
mod matrix;
mod messaging;
mod parcel;
mod queue;
mod sessions;
mod station;
mod users;
mod village;

use std::io::IsTerminal;

use crate::args::{Common, Tour};
use crate::output::{Failure, json, line};
use house::House;
use station::{Shown, Station};

/// Every station, in the order of the walk.
const STATIONS: &[Station] = &[
    aggregation::AGGREGATION,
    matrix::MATRIX,
    matrix::RULES,
    matrix::NEUTRAL,
    queue::QUEUE,
    contexts::CONTEXTS,
    parcel::SCENARIO,
    filter::FILTER,
    asynchronous::ASYNCHRONOUS,
    circle::CIRCLE,
    isapi::LIFE,
    isapi::THREADS,
    sessions::SESSION,
    messaging::CALLS,
    messaging::CANCELLED,
    messaging::TWICE,
    messaging::SHARED,
    messaging::UNIFIED,
    messaging::LIMIT,
    users::USERS,
    hang::HANG,
    messaging::DELEGATED,
];

const DOCUMENTS: [&str; 5] = ["com", "dcom", "isapi", "sessions", "hang"];

/// See the module.
pub fn run(common: &Common, tour: &Tour) -> Result<(), Failure> {
    let chosen = choose(tour)?;
    if tour.list {
        return list(common, &chosen);
    }
    if chosen.is_empty() {
        let document = tour.document.as_deref().unwrap_or_default();
        let says = format!("no station of {document} is built yet; `partywall tour --list`");
        return Err(Failure::new(says));
    }
    let mut house = House::new(common);
    let mut results = Vec::new();
    for station in chosen {
        if !common.json {
            announce(station)?;
        }
        let result = station.visit(&mut house);
        if !common.json {
            show(&result)?;
        }
        results.push(result);
    }
    let failed = results.iter().filter(|result| !result.ok).count();
    if common.json {
        json(&results)?;
    }
    match failed {
        0 => Ok(()),
        1 => Err(Failure::new("one station does not hold")),
        _ => Err(Failure::new(format!("{failed} stations do not hold"))),
    }
}

fn choose(tour: &Tour) -> Result<Vec<&'static Station>, Failure> {
    if let Some(id) = &tour.station {
        let known = || STATIONS.iter().map(|station| station.id).collect::<Vec<_>>().join(", ");
        let found = STATIONS.iter().find(|station| station.id == id);
        return found
            .map(|station| vec![station])
            .ok_or_else(|| Failure::new(format!("no station {id:?}; there are {}", known())));
    }
    if let Some(document) = &tour.document
        && !DOCUMENTS.contains(&&**document)
    {
        let says = format!("no document {document:?}; there are {}", DOCUMENTS.join(", "));
        return Err(Failure::new(says));
    }
    let wanted = |station: &&Station| {
        tour.document.as_ref().is_none_or(|document| station.document == document)
    };
    Ok(STATIONS.iter().filter(wanted).collect())
}

fn list(common: &Common, stations: &[&'static Station]) -> Result<(), Failure> {
    if common.json {
        let entry = |station: &&Station| {
            serde_json::json!({
                "station": station.id,
                "title": station.title,
                "document": station.document,
                "quote": station.quote,
                "command": station.command,
            })
        };
        return json(&stations.iter().map(entry).collect::<Vec<_>>());
    }
    for station in stations {
        line(&format!("{:<16} {:<9} {}", station.id, station.document, station.title))?;
    }
    Ok(())
}

fn paint(text: &str, code: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn announce(station: &Station) -> Result<(), Failure> {
    line(&format!("\n{}  {}", paint(station.title, "1"), paint(station.document, "2")))?;
    line(&paint(&format!("  “{}”", station.quote), "3"))?;
    line(&paint(&format!("  $ {}", station.command), "2"))
}

fn show(result: &Shown) -> Result<(), Failure> {
    let mark = if result.ok { paint("✓", "1;32") } else { paint("✗", "1;31") };
    for (at, text) in result.seen.lines().enumerate() {
        let lead = if at == 0 { &*mark } else { " " };
        line(&format!("  {lead} {text}"))?;
    }
    Ok(())
}
