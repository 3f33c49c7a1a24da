//! The document's isapithrd: which worker thread runs an extension, and how
//! many run it at once.
//!
//! `?work=MS` is what is counted; the page, its assets and the helpers for
//! testing a host (`?echo`, `?large`, `?fail`) are not. The globals are made in
//! `DllMain` and go with it, so a reload shows fresh ones.
//!
//! Limits: `MAX_WORK_MS`, `MAX_LARGE_BYTES`.

mod census;
mod ffi;
mod route;
mod work;

use std::sync::LazyLock;

use page::{Asset, Reply, fnv1a64};
use partywall::isapi::{LastError, Request};

use route::{Route, route};

/// Longest time that a request works, in milliseconds.
const MAX_WORK_MS: u64 = 10_000;
/// Longest body that is made up, in bytes.
const MAX_LARGE_BYTES: u64 = 256 << 20;
/// Bytes that are read or written at once.
const BLOCK_BYTES: usize = 64 << 10;
/// The last error of a request that fails because it was asked to.
const ERROR_ON_REQUEST: LastError = LastError(0);

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("style.css", include_str!("../assets/threads.css")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("threads.js", include_str!("../assets/threads.js")));
static PAGE: LazyLock<String> = LazyLock::new(|| {
    include_str!("../assets/threads.html")
        .replace("{style}", &STYLE.url("/threads/").replace('&', "&amp;"))
        .replace("{script}", &SCRIPT.url("/threads/").replace('&', "&amp;"))
});

fn run(request: &mut Request<'_>) -> Result<(), LastError> {
    let Some(census) = ffi::census() else {
        let says = "DllMain was not called with DLL_PROCESS_ATTACH before this request\n";
        return request.respond("500 Internal Server Error", "", says.as_bytes());
    };
    let asked = route(&request.method(), &request.path_info(), &request.query());
    let reply = match asked {
        Route::Asset(name) => match [&*STYLE, &*SCRIPT].into_iter().find(|a| a.name() == name) {
            Some(asset) => asset.reply(request.variable(c"HTTP_IF_NONE_MATCH").as_deref()),
            None => refuse("404 Not Found"),
        },
        Route::Echo => return echo(request),
        Route::Fail => return Err(ERROR_ON_REQUEST),
        Route::Large(bytes) => return large(request, bytes),
        Route::Page => Reply::page("200 OK", PAGE.clone()),
        Route::Panic => panic!("asked to panic"),
        Route::Refuse(status) => refuse(status),
        Route::State => Reply::json("200 OK", census.state_json()),
        Route::Work(ms) => {
            let user = request.variable(c"REMOTE_USER").unwrap_or_default();
            Reply::json("200 OK", work::run(&census, ms, user))
        }
    };
    request.respond(reply.status, &reply.head(), &reply.body)
}

fn refuse(status: &'static str) -> Reply {
    let body = format!("{{\"error\":\"{status}\"}}");
    let reply = Reply::json(status, body);
    if status.starts_with("405") { reply.with("Allow", "GET, HEAD, POST") } else { reply }
}

/// Reads the whole body and says what it was.
fn echo(request: &mut Request<'_>) -> Result<(), LastError> {
    let mut block = vec![0; BLOCK_BYTES];
    let (mut length, mut reads, mut hash) = (0u64, 0u64, None);
    loop {
        let count = request.read(&mut block)?;
        let Some(bytes) = block.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        hash = Some(fnv1a64(bytes, hash));
        (length, reads) = (length + bytes.len() as u64, reads + 1);
    }
    let hash = hash.unwrap_or_else(|| fnv1a64(b"", None));
    let declared = request.body_length().map_or("null".to_owned(), |length| length.to_string());
    let reply = Reply::json(
        "200 OK",
        format!(
            "{{\"length\":{length},\"hash\":\"{hash:016x}\",\"reads\":{reads},\
             \"declared\":{declared}}}"
        ),
    );
    request.respond(reply.status, &reply.head(), &reply.body)
}

/// Writes a made-up body: the byte at offset `i` is `i % 65536 % 251`.
fn large(request: &mut Request<'_>, bytes: u64) -> Result<(), LastError> {
    let block: Vec<u8> = (0..=250u8).cycle().take(BLOCK_BYTES).collect();
    let headers = format!("Content-Type: application/octet-stream\r\nContent-Length: {bytes}\r\n");
    request.send_head("200 OK", &headers)?;
    let mut left = usize::try_from(bytes).unwrap_or(usize::MAX);
    while left > 0 {
        let part = block.get(..left.min(block.len())).unwrap_or_default();
        request.write(part)?;
        left -= part.len();
    }
    Ok(())
}
