//! The state of the pages that is kept in the URL, both ways.
//!
//! A default is not written, so the plain address is `/mail/`.
//! Limit: [`MAX_ID_CHARS`].

use page::{Query, encode};

use crate::model::{ListQuery, Sort};
use crate::paging::PAGE_ROWS;

/// Where the extension is mounted.
pub const MOUNT: &str = "/mail/";
/// Longest identifier of a folder or message, in characters.
pub const MAX_ID_CHARS: usize = 2048;
/// Longest text that is searched for, in characters.
const MAX_SEARCH_CHARS: usize = 200;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Folder; empty means the inbox.
    pub folder: String,
    /// Message; empty means none is open.
    pub message: String,
    /// Order of the list.
    pub sort: Sort,
    /// Largest or newest first.
    pub descending: bool,
    /// What the list is searched for; empty means all.
    pub search: String,
    /// Page of the list, counted from 1.
    pub page: u32,
    /// Plain text is preferred over HTML.
    pub plain: bool,
    /// On a narrow screen the folders are shown, not the list.
    pub folders_pane: bool,
    /// The hops of the request are shown.
    pub glass: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            folder: String::new(),
            message: String::new(),
            sort: Sort::Date,
            descending: true,
            search: String::new(),
            page: 1,
            plain: false,
            folders_pane: false,
            glass: false,
        }
    }
}

impl View {
    /// Reads the URL; `None` when an identifier cannot be one.
    pub fn from_query(query: &Query) -> Option<Self> {
        let sort = match query.get("sort") {
            Some("from") => Sort::Sender,
            Some("subject") => Sort::Subject,
            Some("size") => Sort::Size,
            _ => Sort::Date,
        };
        let descending = match query.get("order") {
            Some("asc") => false,
            Some("desc") => true,
            _ => starts_descending(sort),
        };
        let search = query.get("q").unwrap_or_default().trim();
        let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        Some(Self {
            folder: identifier(query.get("folder"))?,
            message: identifier(query.get("message"))?,
            sort,
            descending,
            search: search.chars().take(MAX_SEARCH_CHARS).collect(),
            page: u32::max(page, 1),
            plain: query.get("view") == Some("text"),
            folders_pane: query.get("pane") == Some("folders"),
            glass: query.get("trace") == Some("1"),
        })
    }

    /// The address of this view.
    pub fn url(&self) -> String {
        let mut pairs = Vec::new();
        let mut pair = |name: &str, value: &str, needed: bool| {
            if needed {
                pairs.push(format!("{name}={}", encode(value)));
            }
        };
        pair("folder", &self.folder, !self.folder.is_empty());
        pair("q", &self.search, !self.search.is_empty());
        pair("sort", sort_name(self.sort), self.sort != Sort::Date);
        let order = if self.descending { "desc" } else { "asc" };
        pair("order", order, self.descending != starts_descending(self.sort));
        pair("page", &self.page.to_string(), self.page != 1);
        pair("message", &self.message, !self.message.is_empty());
        pair("view", "text", self.plain);
        pair("pane", "folders", self.folders_pane);
        pair("trace", "1", self.glass);
        if pairs.is_empty() { MOUNT.to_owned() } else { format!("{MOUNT}?{}", pairs.join("&")) }
    }

    /// The first page of another folder, in the same order.
    pub fn with_folder(&self, folder: &str) -> Self {
        Self { folder: folder.to_owned(), search: String::new(), ..self.list_start() }
    }

    /// The list with this message open.
    pub fn with_message(&self, message: &str) -> Self {
        Self { message: message.to_owned(), folders_pane: false, ..self.clone() }
    }

    /// The list without an open message.
    pub fn list(&self) -> Self {
        Self { message: String::new(), folders_pane: false, plain: false, ..self.clone() }
    }

    /// Another page of the list.
    pub fn with_page(&self, page: u32) -> Self {
        Self { page, ..self.list() }
    }

    /// Ordered by this; the other way round when it is already.
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let descending = if self.sort == sort { !self.descending } else { starts_descending(sort) };
        Self { sort, descending, ..self.list_start() }
    }

    /// Without the search.
    pub fn without_search(&self) -> Self {
        Self { search: String::new(), ..self.list_start() }
    }

    /// The glass turned on or off.
    pub fn with_glass(&self, glass: bool) -> Self {
        Self { glass, ..self.clone() }
    }

    /// The open message as plain text or as HTML.
    pub fn with_plain(&self, plain: bool) -> Self {
        Self { plain, ..self.clone() }
    }

    /// On a narrow screen: the folders.
    pub fn with_folders_pane(&self) -> Self {
        Self { folders_pane: true, ..self.list() }
    }

    /// What the list asks of the mailbox.
    pub fn list_query(&self) -> ListQuery {
        ListQuery {
            folder: self.folder.clone(),
            search: self.search.clone(),
            sort: self.sort,
            descending: self.descending,
            start: (self.page - 1).saturating_mul(PAGE_ROWS),
            limit: PAGE_ROWS,
        }
    }

    /// The order's names in the URL; `None` when it need not be written.
    pub fn order_fields(&self) -> Option<(&'static str, &'static str)> {
        let usual = self.sort == Sort::Date && self.descending;
        (!usual).then(|| (sort_name(self.sort), if self.descending { "desc" } else { "asc" }))
    }

    fn list_start(&self) -> Self {
        Self { page: 1, ..self.list() }
    }
}

/// Newest and largest first, but names from A.
fn starts_descending(sort: Sort) -> bool {
    matches!(sort, Sort::Date | Sort::Size)
}

fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Date => "date",
        Sort::Sender => "from",
        Sort::Subject => "subject",
        Sort::Size => "size",
    }
}

/// An absent identifier is empty, an impossible one is `None`.
fn identifier(value: Option<&str>) -> Option<String> {
    let value = value.unwrap_or_default();
    let possible =
        value.len() <= MAX_ID_CHARS && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    possible.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use page::Query;

    use super::{MAX_ID_CHARS, MAX_SEARCH_CHARS, View};
    use crate::model::Sort;

    fn parse(url: &str) -> Option<View> {
        let query = url.strip_prefix("/mail/").unwrap().trim_start_matches('?');
        View::from_query(&Query::parse(query).unwrap())
    }

    #[test]
    fn every_view_survives_its_own_url() {
        for sort in [Sort::Date, Sort::Sender, Sort::Subject, Sort::Size] {
            for bits in 0..16u32 {
                let view = View {
                    folder: "0af3".into(),
                    message: if bits & 1 == 0 { String::new() } else { "beef".into() },
                    sort,
                    descending: bits & 2 == 0,
                    search: "Grüße & \"+%\" = #1".into(),
                    page: 1 + bits,
                    plain: bits & 4 == 0,
                    folders_pane: bits & 8 == 0,
                    glass: bits & 1 == 0,
                };
                assert_eq!(parse(&view.url()), Some(view));
            }
        }
    }

    #[test]
    fn the_default_view_is_the_plain_address() {
        assert_eq!(View::default().url(), "/mail/");
        assert_eq!(parse("/mail/"), Some(View::default()));
    }

    #[test]
    fn unknown_values_fall_back_to_the_usual_view() {
        assert_eq!(parse("/mail/?sort=x&order=y&page=-3&trace=2&view=3"), Some(View::default()));
        assert_eq!(parse("/mail/?page=0").unwrap().page, 1);
    }

    #[test]
    fn identifiers_are_hexadecimal_and_bounded() {
        assert!(parse("/mail/?message=0aF9").is_some());
        assert!(parse("/mail/?message=12%22%3E").is_none());
        assert!(parse("/mail/?folder=../x").is_none());
        assert!(parse(&format!("/mail/?folder={}", "a".repeat(MAX_ID_CHARS))).is_some());
        assert!(parse(&format!("/mail/?folder={}", "a".repeat(MAX_ID_CHARS + 1))).is_none());
    }

    #[test]
    fn a_search_is_cut_at_its_limit() {
        let view = parse(&format!("/mail/?q={}", "a".repeat(MAX_SEARCH_CHARS + 1))).unwrap();
        assert_eq!(view.search.len(), MAX_SEARCH_CHARS);
    }

    #[test]
    fn choosing_the_same_column_turns_the_order_round() {
        let view = View { page: 4, ..View::default() };
        let once = view.sorted_by(Sort::Sender);
        assert_eq!((once.descending, once.page), (false, 1));
        assert!(once.sorted_by(Sort::Sender).descending);
        assert!(!view.sorted_by(Sort::Date).descending);
    }

    #[test]
    fn another_folder_drops_the_search_and_a_later_page_keeps_it() {
        let view = View { search: "x".into(), page: 3, message: "aa".into(), ..View::default() };
        let folder = view.with_folder("bb");
        assert_eq!((folder.search.as_str(), folder.page, folder.message.as_str()), ("", 1, ""));
        assert_eq!(view.with_page(4).search, "x");
    }

    #[test]
    fn the_last_page_number_does_not_overflow() {
        let view = View { page: u32::MAX, ..View::default() };
        assert_eq!(view.list_query().start, u32::MAX);
    }
}
