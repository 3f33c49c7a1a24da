//! What a request asks for.

use page::Query;

/// Longest name of a station.
pub const MAX_STATION_BYTES: usize = 64;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A style sheet or script by name.
    Asset(String),
    /// The stations as JSON.
    List,
    /// The page.
    Page,
    /// Answer with this status and sentence.
    Refuse(&'static str, &'static str),
    /// Run this station.
    Run(String),
}

/// Decides; `guard` is the header `X-Partywall`.
pub fn route(method: &str, path_info: &str, query: &str, guard: Option<&str>) -> Route {
    if !matches!(path_info, "" | "/") {
        return Route::Refuse("404 Not Found", "there is no such page");
    }
    let Some(query) = Query::parse(query) else {
        return Route::Refuse("400 Bad Request", "the address is too long");
    };
    match (method, query.get("run")) {
        ("POST", Some(station)) => run(station, guard),
        ("GET" | "HEAD", None) => match query.get("asset") {
            Some(name) => Route::Asset(name.to_owned()),
            None if query.has("stations") => Route::List,
            None => Route::Page,
        },
        _ => Route::Refuse("405 Method Not Allowed", "a station is run with POST ?run=STATION"),
    }
}

fn run(station: &str, guard: Option<&str>) -> Route {
    if guard != Some("tour") {
        return Route::Refuse("403 Forbidden", "the header X-Partywall: tour is missing");
    }
    let mut bytes = station.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if first && rest && station.len() <= MAX_STATION_BYTES {
        Route::Run(station.to_owned())
    } else {
        Route::Refuse("404 Not Found", "there is no such station")
    }
}
