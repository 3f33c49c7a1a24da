//! What the sanitiser lets through.

use std::collections::HashMap;

use webmail_pages::{CleanHtml, MAX_HTML_BYTES, clean_html};

fn clean(html: &str) -> CleanHtml {
    let images = HashMap::from([("a@b".to_owned(), "data:image/png;base64,AA==".to_owned())]);
    clean_html(html, images).unwrap()
}

#[test]
fn nothing_that_runs_gets_through() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT src=//x.example/a.js></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "<p onclick='alert(1)' onmouseover=alert(1)>x</p>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" jAvA\tscript:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<a href=\"vbscript:alert(1)\">x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
        "<style>@import 'javascript:alert(1)'</style>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><img src=x onerror=alert(1)></template>",
    ] {
        let cleaned = clean(html).html.to_lowercase();
        for word in ["alert", "script", "onerror", "onload", "onclick", "<svg", "<style", "<iframe"]
        {
            assert!(!cleaned.contains(word), "{html} became {cleaned}");
        }
    }
}

#[test]
fn nothing_that_asks_or_leads_away_by_itself_gets_through() {
    for html in [
        "<form action=https://x.example><input name=password><button>Go</button></form>",
        "<meta http-equiv=refresh content='0;url=https://x.example'>",
        "<base href=https://x.example/>",
        "<link rel=stylesheet href=https://x.example/a.css>",
        "<p style=\"background:url(https://x.example/a.png)\">t</p>",
        "<p style=\"background-color:url(https://x.example/a.png)\">t</p>",
        "<table background=https://x.example/a.png><tr><td>t</td></tr></table>",
        "<p style='position:fixed;top:0'>t</p>",
        "<video src=https://x.example/a></video><audio src=https://x.example/a></audio>",
        "<img srcset='https://x.example/a 1x'>",
        "<blockquote cite=https://x.example/>t</blockquote>",
    ] {
        let cleaned = clean(html).html;
        for word in ["x.example", "<form", "<input", "<meta", "<base", "<link", "position"] {
            assert!(!cleaned.contains(word), "{html} became {cleaned}");
        }
    }
}

#[test]
fn remote_pictures_are_taken_out_and_counted() {
    let seen = clean(
        "<img src=https://x.example/1.gif width=1><IMG SRC='//x.example/2'><img src=http://x.example/3>",
    );
    assert!(!seen.html.contains("x.example"));
    assert_eq!(seen.remote_images, 2);
}

#[test]
fn pictures_of_the_message_become_data() {
    assert!(clean("<img src='cid:a@b'>").html.contains("src=\"data:image/png;base64,AA==\""));
    assert!(clean("<img src='CID:a%40b'>").html.contains("src=\"data:image/png;base64,AA==\""));
    let unknown = clean("<img src='cid:other'>");
    assert!(!unknown.html.contains("cid:"));
    assert_eq!(unknown.remote_images, 0);
}

#[test]
fn pictures_inside_the_html_are_shown_when_they_cannot_run() {
    assert!(clean("<img src='data:image/gif;base64,R0lG'>").html.contains("data:image/gif"));
    assert!(!clean("<img src='data:image/svg+xml;base64,PHN2Zz4='>").html.contains("data:"));
    assert!(!clean("<img src='data:text/html,x'>").html.contains("data:"));
}

#[test]
fn the_look_of_a_letter_is_kept() {
    let html = "<table width=\"600\" bgcolor=\"#eee\"><tbody><tr><td align=\"right\" style=\"color:red;padding:4px\"><b>x</b></td></tr></tbody></table>";
    let cleaned = clean(html).html;
    for part in ["width=\"600\"", "bgcolor=\"#eee\"", "align=\"right\"", "color:red", "padding:4px"]
    {
        assert!(cleaned.contains(part), "{part} is missing in {cleaned}");
    }
    assert!(!clean("<title>Title</title><p>x</p>").html.contains("Title"));
}

#[test]
fn links_are_listed_once_and_tell_no_referrer() {
    let seen = clean(
        "<a href=https://a.example/>1</a><a href=https://a.example/>2</a><a href=mailto:a@b.example>3</a><a href=/local>4</a>",
    );
    assert_eq!(seen.links, ["https://a.example/", "mailto:a@b.example"]);
    assert!(seen.html.contains("rel=\"noopener noreferrer nofollow\""));
}

#[test]
fn html_is_shown_up_to_its_limit() {
    assert!(clean_html(&"a".repeat(MAX_HTML_BYTES), HashMap::new()).is_some());
    assert!(clean_html(&"a".repeat(MAX_HTML_BYTES + 1), HashMap::new()).is_none());
}

#[test]
fn the_deepest_html_is_cleaned_on_a_small_stack() {
    let deep = format!("{}x", "<div><span>".repeat(200));
    let cleaned = std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || clean_html(&deep, HashMap::new()))
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(cleaned.unwrap().html.matches("<div>").count(), 200);
}
