//! What a request asks for.

use page::Query;

use crate::{MAX_LARGE_BYTES, MAX_WORK_MS};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A style sheet or script by name.
    Asset(String),
    /// Read the body and say what it was.
    Echo,
    /// Fail without an answer.
    Fail,
    /// Write that many bytes.
    Large(u64),
    /// The page.
    Page,
    /// Panic.
    Panic,
    /// Answer with this status.
    Refuse(&'static str),
    /// Say what was counted.
    State,
    /// Work for that many milliseconds.
    Work(u64),
}

const BAD: Route = Route::Refuse("400 Bad Request");

/// Decides.
pub fn route(method: &str, path_info: &str, query: &str) -> Route {
    if !matches!(path_info, "" | "/") {
        return Route::Refuse("404 Not Found");
    }
    let Some(query) = Query::parse(query) else { return BAD };
    match method {
        "POST" if query.get("echo") == Some("1") => return Route::Echo,
        "GET" | "HEAD" => {}
        _ => return Route::Refuse("405 Method Not Allowed"),
    }
    let number = |name| query.get(name).map(|value| value.parse::<u64>().ok());
    match (number("work"), number("large"), query.get("fail"), query.get("asset")) {
        (Some(ms), ..) => ms.map_or(BAD, |ms| Route::Work(ms.min(MAX_WORK_MS))),
        (_, Some(bytes), ..) => match bytes {
            Some(bytes) if bytes <= MAX_LARGE_BYTES => Route::Large(bytes),
            _ => BAD,
        },
        (_, _, Some("status"), _) => Route::Fail,
        (_, _, Some("panic"), _) => Route::Panic,
        (_, _, Some(_), _) => BAD,
        (_, _, _, Some(name)) => Route::Asset(name.to_owned()),
        _ if query.get("format") == Some("json") => Route::State,
        _ => Route::Page,
    }
}
