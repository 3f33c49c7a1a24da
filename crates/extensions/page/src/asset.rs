//! Style sheets and scripts that an extension serves itself.
//!
//! An asset's URL carries a hash of its content, so it may be kept for a year.

use crate::reply::{Policy, Reply, fnv1a64};

/// The look that all pages share: colours of both schemes, type, focus.
pub const BASE_STYLE: &str = include_str!("../assets/base.css");

/// A file that is part of the library.
#[derive(Clone, Debug)]
pub struct Asset {
    name: &'static str,
    content_type: &'static str,
    content: String,
    tag: String,
}

impl Asset {
    /// A style sheet that begins with [`BASE_STYLE`].
    pub fn style(name: &'static str, own: &str) -> Self {
        Self::new(name, "text/css; charset=utf-8", format!("{BASE_STYLE}\n{own}"))
    }

    /// A script.
    pub fn script(name: &'static str, content: &str) -> Self {
        Self::new(name, "text/javascript; charset=utf-8", content.to_owned())
    }

    fn new(name: &'static str, content_type: &'static str, content: String) -> Self {
        let tag = format!("{:016x}", fnv1a64(content.as_bytes(), None));
        Self { name, content_type, content, tag }
    }

    /// The name in `?asset=NAME`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the extension that is mounted at `mount` serves it.
    pub fn url(&self, mount: &str) -> String {
        format!("{mount}?asset={}&v={}", self.name, self.tag)
    }

    /// The answer to a request for it; 304 when the client has it.
    pub fn reply(&self, if_none_match: Option<&str>) -> Reply {
        let tag = format!("\"{}\"", self.tag);
        let known = if_none_match.is_some_and(|have| have.contains(&tag));
        let (status, body) =
            if known { ("304 Not Modified", "") } else { ("200 OK", self.content.as_str()) };
        Reply::new(status, self.content_type, Policy::Data, body.as_bytes().to_vec())
            .with("Cache-Control", "public, max-age=31536000, immutable")
            .with("ETag", &tag)
    }
}

#[cfg(test)]
mod tests {
    use super::Asset;

    #[test]
    fn an_asset_is_named_by_its_content_and_may_be_kept() {
        let (one, other) = (Asset::script("a.js", "1"), Asset::script("a.js", "2"));
        assert_ne!(one.url("/mail/"), other.url("/mail/"));
        let reply = one.reply(None);
        assert_eq!(reply.body, b"1");
        assert!(reply.header("Cache-Control").unwrap().contains("immutable"));
    }

    #[test]
    fn an_asset_the_client_has_is_not_sent_again() {
        let asset = Asset::style("a.css", "p{}");
        let tag = asset.reply(None).header("ETag").unwrap().to_owned();
        let again = asset.reply(Some(&tag));
        assert_eq!((again.status, again.body.len()), ("304 Not Modified", 0));
        assert_eq!(asset.reply(Some("\"x\"")).status, "200 OK");
    }
}
