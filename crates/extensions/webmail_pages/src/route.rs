//! What a request asks for, and what is refused before any mailbox is opened.

use page::Query;

use crate::view::View;

/// A request, as far as the pages look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Method.
    pub method: String,
    /// Path after the mount, decoded.
    pub path_info: String,
    /// Query, undecoded.
    pub query: String,
    /// `REMOTE_USER`; empty when nobody logged on.
    pub user: String,
    /// `HTTP_IF_NONE_MATCH`.
    pub if_none_match: Option<String>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// An attachment's bytes.
    Attachment {
        /// The message.
        message: String,
        /// Its number in the message.
        number: u32,
    },
    /// A style sheet or script by name.
    Asset(String),
    /// The query is beyond its limits.
    BadRequest,
    /// The list, or the list and a message.
    Mail(View),
    /// The sanitised HTML of a message, for the frame.
    MessageHtml(String),
    /// Neither GET nor HEAD.
    MethodNotAllowed,
    /// No such page.
    NotFound(View),
    /// The hops of the request as JSON.
    TraceJson(View),
    /// Nobody logged on.
    Unauthorized,
}

/// Decides.
pub fn route(request: &PageRequest) -> Route {
    if !matches!(request.path_info.as_str(), "" | "/") {
        return Route::NotFound(View::default());
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Route::MethodNotAllowed;
    }
    let Some(query) = Query::parse(&request.query) else { return Route::BadRequest };
    if let Some(asset) = query.get("asset") {
        return Route::Asset(asset.to_owned());
    }
    if request.user.is_empty() {
        return Route::Unauthorized;
    }
    let Some(view) = View::from_query(&query) else { return Route::NotFound(View::default()) };
    if view.glass && query.get("format") == Some("json") {
        return Route::TraceJson(view);
    }
    match (query.get("part"), query.get("attachment"), view.message.is_empty()) {
        (None, None, _) => Route::Mail(view),
        (Some("html"), None, false) => Route::MessageHtml(view.message),
        (None, Some(number), false) => match number.parse() {
            Ok(number) => Route::Attachment { message: view.message, number },
            Err(_) => Route::NotFound(view),
        },
        _ => Route::NotFound(view),
    }
}

#[cfg(test)]
mod tests {
    use super::{PageRequest, Route, route};
    use crate::view::View;

    fn ask(method: &str, path_info: &str, query: &str) -> Route {
        route(&PageRequest {
            method: method.into(),
            path_info: path_info.into(),
            query: query.into(),
            user: "alice".into(),
            if_none_match: None,
        })
    }

    #[test]
    fn only_the_mount_itself_is_a_page() {
        for path_info in ["", "/"] {
            assert_eq!(ask("GET", path_info, ""), Route::Mail(View::default()));
        }
        for path_info in ["/x", "//", "/index.html", "/?"] {
            assert_eq!(ask("GET", path_info, ""), Route::NotFound(View::default()));
        }
    }

    #[test]
    fn only_get_and_head_are_served() {
        assert_eq!(ask("HEAD", "", ""), Route::Mail(View::default()));
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "get", ""] {
            assert_eq!(ask(method, "", ""), Route::MethodNotAllowed);
        }
    }

    #[test]
    fn without_an_identity_only_assets_are_served() {
        let request = |query: &str| {
            route(&PageRequest { method: "GET".into(), query: query.into(), ..Default::default() })
        };
        assert_eq!(request(""), Route::Unauthorized);
        assert_eq!(request("trace=1&format=json"), Route::Unauthorized);
        assert_eq!(request("asset=style.css"), Route::Asset("style.css".into()));
    }

    #[test]
    fn parts_of_a_message_need_the_message() {
        assert_eq!(ask("GET", "", "message=ab&part=html"), Route::MessageHtml("ab".into()));
        let attachment = Route::Attachment { message: "ab".into(), number: 3 };
        assert_eq!(ask("GET", "", "message=ab&attachment=3"), attachment);
        for query in [
            "part=html",
            "attachment=1",
            "message=ab&part=raw",
            "message=ab&attachment=-1",
            "message=ab&attachment=4294967296",
            "message=zz",
        ] {
            assert!(matches!(ask("GET", "", query), Route::NotFound(_)), "{query}");
        }
    }

    #[test]
    fn hops_as_json_need_the_trace() {
        assert!(matches!(ask("GET", "", "trace=1&format=json"), Route::TraceJson(_)));
        assert!(matches!(ask("GET", "", "format=json"), Route::Mail(_)));
    }

    #[test]
    fn a_query_beyond_its_limits_is_a_bad_request() {
        assert_eq!(ask("GET", "", &"a".repeat(page::MAX_QUERY_BYTES + 1)), Route::BadRequest);
    }
}
