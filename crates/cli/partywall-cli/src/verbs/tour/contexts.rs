//! The lecture's figure of contexts: four of them, three objects, and an interceptor
//! at each border.

mod ffi;

use std::sync::Arc;

use com::apartment::Apartment as Home;
use com_abi::HRESULT;
use observe::thread::tid;
use partywall::com::Apartment;
use partywall::context::Where;
use partywall::{AgileRef, Context};

use super::callee::{Callee, STACK_BYTES, failed};
use super::house::House;
use super::station::Station;
use ffi::{Notes, Parts, interceptor, part};

/// The figure.
pub const CONTEXTS: Station = Station {
    id: "contexts",
    title: "Contexts have interceptors at their borders, and light proxies inside an apartment",
    document: "com",
    quote: "Lightweight proxy: for calls across environments that need no thread switch.",
    command: "partywall tour --station contexts",
    visit: contexts,
};

fn contexts(_: &mut House) -> Result<String, String> {
    let (sta, ()) = Callee::begin_with(|| Ok(()))?;
    let (home, thread) = (Arc::clone(&sta.home), sta.home.tid());
    let client = security::spawner::spawn("client in W", STACK_BYTES, move || {
        let _apartment = Apartment::multithreaded().map_err(failed)?;
        figure(&home, thread)
    });
    let client = client.map_err(|error| error.to_string())?;
    let seen = client.join().map_err(|_| "the client panicked".to_owned())?;
    sta.end()?;
    seen.map(|seen| seen.join("\n"))
}

fn context(name: &str, place: Where, notes: &Notes) -> Result<Context, HRESULT> {
    Context::new().name(name).place(place).interceptor(interceptor(notes)?).create()
}

/// Builds the figure and walks through it.
fn figure(home: &Arc<Home>, sta: i32) -> Result<Vec<String>, String> {
    let (notes, parts) = (Notes::default(), Parts::default());
    let in_sta = |name| {
        let make = || context(name, Where::Here, &notes);
        com::call::run(home, "a station of the tour", make).flatten().map_err(failed)
    };
    let elsewhere = |name, place| context(name, place, &notes).map_err(failed);
    let owners = [in_sta("X")?, in_sta("Y")?, elsewhere("Z", Where::Mta)?];
    let client = elsewhere("W", Where::Neutral)?;
    for (owner, name) in owners.iter().zip(["A", "B", "C"]) {
        let make = || AgileRef::new(&part(name, &parts, &notes)?);
        parts.add(owner.run(make).flatten().map_err(failed)?);
    }
    let walked = client.run(|| calls(&parts, &notes, sta));
    parts.clear();
    let mut seen = vec![format!(
        "X with A and Y with B in the STA of thread {sta}; Z with C in the MTA; the client in W, \
         neutral, on thread {}",
        tid()
    )];
    seen.extend(walked.map_err(failed)??);
    Ok(seen)
}

/// What the borders and the parts are expected to note, and on which threads.
struct Walk {
    title: &'static str,
    first: u32,
    path: u32,
    steps: &'static str,
    /// Whether all of it happens on one thread.
    is_light: bool,
}

const WALKS: [Walk; 4] = [
    Walk {
        title: "C, light: no thread switch",
        first: 3,
        path: 0,
        steps: "out of W, into Z, C, back out of Z, back in W",
        is_light: true,
    },
    Walk {
        title: "A, through the queue of its apartment",
        first: 1,
        path: 0,
        steps: "out of W, into X, A, back out of X, back in W",
        is_light: false,
    },
    Walk {
        title: "A calls B: from X to Y light, in one apartment",
        first: 1,
        path: 2,
        steps: "out of W, into X, A, out of X, into Y, B, back out of Y, back in X, \
                back out of X, back in W",
        is_light: false,
    },
    Walk {
        title: "B calls C, which calls A",
        first: 2,
        path: 0o13,
        steps: "out of W, into Y, B, out of Y, into Z, C, out of Z, into X, A, back out of X, \
                back in Z, back out of Z, back in Y, back out of Y, back in W",
        is_light: false,
    },
];

fn calls(parts: &Parts, notes: &Notes, sta: i32) -> Result<Vec<String>, String> {
    let own = tid();
    let mut seen = Vec::new();
    for walk in WALKS {
        notes.take();
        parts.walk(walk.first, walk.path).map_err(failed)?;
        let steps = notes.take();
        let happened: Vec<&str> = steps.iter().map(|(what, _)| &**what).collect();
        let happened = happened.join(", ");
        if happened != walk.steps {
            return Err(format!("{}: {happened} instead of {}", walk.title, walk.steps));
        }
        if walk.is_light && steps.iter().any(|(_, thread)| *thread != own) {
            return Err(format!("{}: another thread was used: {steps:?}", walk.title));
        }
        let of_sta = |what: &str| ["A", "B", "into X", "into Y"].contains(&what);
        if steps.iter().any(|(what, thread)| of_sta(what) && *thread != sta) {
            return Err(format!("{}: not on the STA's thread: {steps:?}", walk.title));
        }
        seen.push(format!("{}: {}", walk.title, shown(&steps)));
    }
    Ok(seen)
}

/// Steps with the thread wherever it changes.
fn shown(steps: &[(String, i32)]) -> String {
    let mut text = String::new();
    let mut last = 0;
    for (what, thread) in steps {
        let lead = if text.is_empty() { "" } else { ", " };
        text.push_str(lead);
        if *thread != last {
            text.push_str(&format!("[{thread}] "));
            last = *thread;
        }
        text.push_str(what);
    }
    text
}
