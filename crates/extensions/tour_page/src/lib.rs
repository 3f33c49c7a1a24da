//! The front page of the demo: the documents, their stations, and a button
//! beside each that runs it.
//!
//! The stations are the program's (`partywall tour`); this extension runs it
//! and passes its JSON on. A station runs only by `POST` with the header
//! `X-Partywall: tour`, which a page of another site cannot send unasked.

mod ffi;
mod program;
mod route;

use std::ffi::OsString;
use std::sync::LazyLock;

use page::{Asset, Reply};
use partywall::isapi::{LastError, Request};

use program::{LIST_BOUND, RUN_BOUND, tour};
use route::{Route, route};

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("style.css", include_str!("../assets/tour.css")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("tour.js", include_str!("../assets/tour.js")));
static PAGE: LazyLock<String> = LazyLock::new(|| {
    include_str!("../assets/index.html")
        .replace("{style}", &STYLE.url("/tour/").replace('&', "&amp;"))
        .replace("{script}", &SCRIPT.url("/tour/").replace('&', "&amp;"))
});

partywall::isapi_extension!("Partywall tour", run);

fn run(request: &mut Request<'_>) -> Result<(), LastError> {
    let guard = request.variable(c"HTTP_X_PARTYWALL");
    let asked = route(&request.method(), &request.path_info(), &request.query(), guard.as_deref());
    let reply = match asked {
        Route::Asset(name) => match [&*STYLE, &*SCRIPT].into_iter().find(|a| a.name() == name) {
            Some(asset) => asset.reply(request.variable(c"HTTP_IF_NONE_MATCH").as_deref()),
            None => refuse("404 Not Found", "there is no such file"),
        },
        Route::List => json(tour(&program(), &["--list"], LIST_BOUND)),
        Route::Page => Reply::page("200 OK", PAGE.clone()),
        Route::Refuse(status, says) => refuse(status, says),
        Route::Run(station) => json(tour(&program(), &["--station", &station], RUN_BOUND)),
    };
    request.respond(reply.status, &reply.head(), &reply.body)
}

/// The program that knows the stations: `PARTYWALL_PROGRAM`, else the one that
/// runs this library.
fn program() -> OsString {
    std::env::var_os("PARTYWALL_PROGRAM").unwrap_or_else(|| OsString::from("/proc/self/exe"))
}

fn json(result: Result<String, program::TourError>) -> Reply {
    match result {
        Ok(json) => Reply::json("200 OK", json),
        Err(error) => refuse(error.status(), &error.to_string()),
    }
}

fn refuse(status: &'static str, says: &str) -> Reply {
    let reply = Reply::json(status, serde_json::json!({ "error": says }).to_string());
    if status.starts_with("405") { reply.with("Allow", "GET, HEAD, POST") } else { reply }
}
