//! Server variables: what an extension can ask about its request.
//!
//! Names in any case. Unknown names and headers that were not sent are
//! `ERROR_INVALID_INDEX`; what is known and empty is an empty text. In
//! `HTTP_NAME` an underscore stands for a hyphen and never for itself, so that a
//! client cannot shadow a field by writing it with underscores; `HEADER_Name`
//! takes the name as it is. `UNICODE_NAME` gives UTF-16. Certificates, metabase
//! paths and pools are not there.

use std::borrow::Cow;

use http1::{BodyFraming, RequestHead};
use isapi_abi::ERROR_INVALID_INDEX;

use crate::outgoing::SERVER_SOFTWARE;
use crate::request::{Request, plain};

/// A variable's bytes with their closing zero.
///
/// # Errors
/// `ERROR_INVALID_INDEX`.
pub fn encoded(request: &Request<'_>, name: &[u8]) -> Result<Vec<u8>, u32> {
    let name = std::str::from_utf8(name).map_err(|_| ERROR_INVALID_INDEX)?;
    if let Some(plain) = strip_prefix(name, "UNICODE_") {
        if strip_prefix(plain, "ALL_").is_some() || strip_prefix(plain, "HTTP_").is_some() {
            return Err(ERROR_INVALID_INDEX);
        }
        let value = value(request, plain).ok_or(ERROR_INVALID_INDEX)?;
        let text = String::from_utf8_lossy(&value);
        return Ok(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect());
    }
    let mut bytes = value(request, name).ok_or(ERROR_INVALID_INDEX)?.into_owned();
    bytes.push(0);
    Ok(bytes)
}

fn strip_prefix<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let head = name.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { name.get(prefix.len()..) } else { None }
}

type Value<'r> = Option<Cow<'r, [u8]>>;

fn borrowed(text: &str) -> Value<'_> {
    Some(Cow::Borrowed(text.as_bytes()))
}

fn made(text: String) -> Value<'static> {
    Some(Cow::Owned(text.into_bytes()))
}

fn value<'r>(request: &'r Request<'_>, name: &str) -> Value<'r> {
    let upper = name.to_ascii_uppercase();
    about_request(request, &upper)
        .or_else(|| about_ends(request, &upper))
        .or_else(|| about_caller(request, &upper))
        .or_else(|| about_head(request.head, name))
}

/// Method, path and body.
fn about_request<'r>(request: &'r Request<'_>, name: &str) -> Value<'r> {
    let (head, target) = (request.head, request.target);
    match name {
        "CONTENT_LENGTH" => match head.framing() {
            BodyFraming::None => borrowed("0"),
            BodyFraming::Length(length) => made(length.to_string()),
            BodyFraming::Chunked => borrowed(""),
        },
        "CONTENT_TYPE" => Some(Cow::Borrowed(head.header("content-type").unwrap_or_default())),
        "HTTP_METHOD" | "REQUEST_METHOD" => borrowed(head.method()),
        "HTTP_URL" | "ORIGINAL_URL" | "UNENCODED_URL" => borrowed(head.target()),
        "HTTP_VERSION" | "SERVER_PROTOCOL" => borrowed(head.version().as_str()),
        "PATH_INFO" => borrowed(request.path_info),
        "PATH_TRANSLATED" => made(request.path_translated().concat()),
        "QUERY_STRING" => borrowed(target.query()),
        "SCRIPT_NAME" => borrowed(request.script_name),
        "URL" | "URL_PATH_INFO" => borrowed(target.path_decoded()),
        "ALL_RAW" => Some(Cow::Borrowed(head.all_raw())),
        "ALL_HTTP" => Some(Cow::Owned(all_http(head))),
        "PARTYWALL_TRACE" => made(request.trace.json()),
        _ => None,
    }
}

/// The connection's two ends.
fn about_ends<'r>(request: &'r Request<'_>, name: &str) -> Value<'r> {
    let local = || request.local();
    match name {
        "APPL_PHYSICAL_PATH" => borrowed(request.root),
        "GATEWAY_INTERFACE" => borrowed("CGI/1.1"),
        "HTTPS" => borrowed("off"),
        "INSTANCE_ID" => borrowed("1"),
        "INSTANCE_META_PATH" => borrowed("/LM/W3SVC/1"),
        "LOCAL_ADDR" => made(local().map(|end| plain(end.ip()).to_string()).unwrap_or_default()),
        "REMOTE_ADDR" | "REMOTE_HOST" => made(plain(request.peer.ip()).to_string()),
        "REMOTE_PORT" => made(request.peer.port().to_string()),
        "SERVER_NAME" => borrowed(request.host_name()),
        "SERVER_PORT" => made(local().map(|end| end.port().to_string()).unwrap_or_default()),
        "SERVER_PORT_SECURE" => borrowed("0"),
        "SERVER_SOFTWARE" => borrowed(SERVER_SOFTWARE),
        _ => None,
    }
}

/// Who sent it.
fn about_caller<'r>(request: &'r Request<'_>, name: &str) -> Value<'r> {
    let caller = &request.caller;
    match name {
        "AUTH_PASS" | "AUTH_PASSWORD" => borrowed(&caller.password),
        "AUTH_TYPE" => borrowed(caller.scheme),
        "AUTH_USER" | "LOGON_USER" | "REMOTE_USER" | "UNMAPPED_REMOTE_USER" => {
            borrowed(caller.user())
        }
        _ => None,
    }
}

fn about_head<'r>(head: &'r RequestHead, name: &str) -> Value<'r> {
    if let Some(name) = strip_prefix(name, "HEADER_") {
        return joined(head, name);
    }
    joined(head, &strip_prefix(name, "HTTP_")?.replace('_', "-"))
}

/// All values of a field, as one list.
fn joined<'r>(head: &'r RequestHead, name: &str) -> Value<'r> {
    let mut values = head.headers(name);
    let mut all = Cow::Borrowed(values.next()?);
    let separator: &[u8] = if name.eq_ignore_ascii_case("cookie") { b"; " } else { b", " };
    for value in values {
        all.to_mut().extend_from_slice(separator);
        all.to_mut().extend_from_slice(value);
    }
    Some(all)
}

fn all_http(head: &RequestHead) -> Vec<u8> {
    let mut all = Vec::new();
    for (name, value) in head.fields() {
        all.extend_from_slice(b"HTTP_");
        all.extend(name.bytes().map(|b| if b == b'-' { b'_' } else { b.to_ascii_uppercase() }));
        all.push(b':');
        all.extend_from_slice(value);
        all.push(b'\n');
    }
    all
}
