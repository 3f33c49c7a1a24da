//! Reason phrases and the plain page that carries an error to a person.
//!
//! RFC 9110 section 15 and RFC 6585. Does not choose custom pages: the host does.

use std::fmt::Write as _;

/// The standard reason phrase of a status code, or one of its class.
#[must_use]
pub const fn reason_phrase(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => match status / 100 {
            1 => "Informational",
            2 => "Success",
            3 => "Redirection",
            4 => "Client Error",
            5 => "Server Error",
            _ => "Unknown",
        },
    }
}

/// A small page for an error: its content type and its body. The sentence is
/// escaped, so it may quote what the client sent.
#[must_use]
pub fn error_page(status: u16, sentence: &str) -> (&'static str, String) {
    let reason = reason_phrase(status);
    let mut page = String::with_capacity(512 + sentence.len());
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>{status} {reason}</title>\n\
         <style>body{{font:1.1em/1.5 system-ui,sans-serif;max-width:36em;margin:12vh auto;\
         padding:0 1em;color:#223}}h1{{font-size:1.5em}}p{{color:#556}}</style></head>\n\
         <body><h1>{status} {reason}</h1><p>"
    );
    for character in sentence.chars() {
        match character {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            other => page.push(other),
        }
    }
    page.push_str("</p></body></html>\n");
    ("text/html; charset=utf-8", page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_page_escapes_what_it_quotes() {
        let (content_type, page) = error_page(404, "no <script>alert('x')</script> & \"y\"");
        assert_eq!(content_type, "text/html; charset=utf-8");
        assert!(page.contains("<h1>404 Not Found</h1>"));
        assert!(page.contains("no &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y"));
        assert!(!page.contains("<script>"));
    }

    #[test]
    fn every_code_has_a_phrase() {
        assert_eq!(reason_phrase(431), "Request Header Fields Too Large");
        assert_eq!(reason_phrase(499), "Client Error");
        assert_eq!(reason_phrase(999), "Unknown");
    }
}
