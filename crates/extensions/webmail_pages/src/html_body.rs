//! HTML of messages, made harmless.
//!
//! Three walls: this sanitiser, the policy of the frame's own reply (nothing
//! runs, nothing loads), and the frame's `sandbox`. Remote images are taken
//! out and counted, for loading one tells the sender that and where it was
//! read. Limits: [`MAX_HTML_BYTES`], `html_guard`, [`MAX_LINKS`].

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ammonia::{Builder, UrlRelative};

use crate::html_guard::is_parsable;

/// Longest HTML that is shown, in bytes.
pub const MAX_HTML_BYTES: usize = 1 << 20;
/// Most links that are listed.
const MAX_LINKS: usize = 100;
/// Longest image inside the HTML itself, in bytes of its address.
const MAX_DATA_URI_BYTES: usize = 1 << 20;

/// Stands in the place of a picture that is not shown: one transparent point.
pub(crate) const NO_PICTURE: &str =
    "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/// What the look of a text may be made of; nothing that moves it elsewhere.
const STYLES: [&str; 45] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "direction",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-width",
    "mso-line-height-rule",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
];

/// Harmless HTML, and what was seen in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanHtml {
    /// The body, to stand inside the frame's document.
    pub html: String,
    /// Images on other machines that were taken out.
    pub remote_images: usize,
    /// Where the links lead, each once, in order.
    pub links: Vec<String>,
}

#[derive(Default)]
struct Seen {
    remote_images: usize,
    links: Vec<String>,
}

/// Sanitises; `images` has a `data:` address for each known `Content-ID`.
/// `None` when the text is too long or too deep to be parsed safely.
pub fn clean_html(html: &str, images: HashMap<String, String>) -> Option<CleanHtml> {
    if html.len() > MAX_HTML_BYTES || !is_parsable(html) {
        return None;
    }
    let seen = Arc::new(Mutex::new(Seen::default()));
    let noting = Arc::clone(&seen);
    let mut builder = Builder::default();
    builder
        .add_tags(["font", "big", "u", "tt", "section", "article", "header", "footer", "main"])
        .rm_tags(["map", "area"])
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "svg", "math", "noscript", "template", "object", "iframe",
            "select", "textarea", "button",
        ]))
        .add_generic_attributes(["style", "align", "valign", "bgcolor", "width", "height", "dir"])
        .add_tag_attributes("table", ["border", "cellpadding", "cellspacing"])
        .add_tag_attributes("td", ["nowrap"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "cid", "data"]))
        .url_relative(UrlRelative::Deny)
        .filter_style_properties(HashSet::from(STYLES))
        .link_rel(Some("noopener noreferrer nofollow"))
        // Inside the frame a link could lead nowhere.
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(move |tag, name, value| filter(tag, name, value, &images, &noting));
    let html = builder.clean(html).to_string();
    drop(builder);
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let Seen { remote_images, links } = &*seen;
    Some(CleanHtml { html, remote_images: *remote_images, links: links.clone() })
}

/// Decides on one attribute.
fn filter<'v>(
    tag: &str,
    name: &str,
    value: &'v str,
    images: &HashMap<String, String>,
    seen: &Mutex<Seen>,
) -> Option<Cow<'v, str>> {
    match (tag, name) {
        ("img", "src") => image(value, images, seen),
        ("a", "href") => {
            let web = ["http://", "https://", "mailto:"].iter().any(|start| begins(value, start));
            if web {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.links.len() < MAX_LINKS && !seen.links.iter().any(|have| have == value) {
                    seen.links.push(value.to_owned());
                }
            }
            web.then_some(Cow::Borrowed(value))
        }
        (_, "src" | "href" | "cite" | "background" | "srcset") => None,
        (_, "style") if value.to_ascii_lowercase().contains("url(") => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn image<'v>(
    value: &'v str,
    images: &HashMap<String, String>,
    seen: &Mutex<Seen>,
) -> Option<Cow<'v, str>> {
    let value = value.trim();
    if begins(value, "cid:") {
        let id = value.get(4..)?;
        let known = images.get(id).or_else(|| images.get(&page::decode(id)));
        return Some(
            known.map_or(Cow::Borrowed(NO_PICTURE), |address| Cow::Owned(address.clone())),
        );
    }
    if begins(value, "data:") {
        let harmless = ["png", "jpeg", "gif", "webp"]
            .iter()
            .any(|kind| begins(value, &format!("data:image/{kind};base64,")));
        return (harmless && value.len() <= MAX_DATA_URI_BYTES).then_some(Cow::Borrowed(value));
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).remote_images += 1;
    Some(Cow::Borrowed(NO_PICTURE))
}

fn begins(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|have| have.eq_ignore_ascii_case(start))
}
