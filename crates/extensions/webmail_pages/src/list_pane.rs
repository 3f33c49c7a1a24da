//! The folders and the list, ready for the template.

use crate::dates::{Moment, size_label};
use crate::model::{Folder, MessagePage, Sort, Summary};
use crate::paging::Paging;
use crate::view::View;

/// Deepest indentation of a folder.
const MAX_INDENT: u32 = 5;

/// A folder's line.
#[derive(Clone, Debug)]
pub struct FolderRow {
    /// Name.
    pub name: String,
    /// Messages that were not read.
    pub unread: u32,
    /// Steps of indentation.
    pub indent: u32,
    /// Its list.
    pub url: String,
    /// It is the one that is shown.
    pub current: bool,
    /// The icon's name in the template.
    pub icon: &'static str,
}

/// A column's head.
#[derive(Clone, Debug)]
pub struct ColumnHead {
    /// Class of the column.
    pub class: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Ordered by it.
    pub url: String,
    /// Value of `aria-sort`.
    pub aria_sort: &'static str,
}

/// A message's line.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Sender, or a word when there is none.
    pub sender: String,
    /// Subject, or a word when there is none.
    pub subject: String,
    /// When it arrived.
    pub received: Moment,
    /// Its size.
    pub size: String,
    /// Number of attachments.
    pub attachments: u32,
    /// Not read yet.
    pub unread: bool,
    /// Marked.
    pub flagged: bool,
    /// Opens it.
    pub url: String,
    /// It is open.
    pub current: bool,
}

/// The list.
#[derive(Clone, Debug)]
pub struct ListPane {
    /// The folder's name.
    pub folder: String,
    /// Messages in it that were not read.
    pub unread: u32,
    /// The search, empty when there is none.
    pub search: String,
    /// The list without the search.
    pub clear_url: String,
    /// On a narrow screen: the folders.
    pub folders_url: String,
    /// The columns.
    pub columns: Vec<ColumnHead>,
    /// The messages.
    pub rows: Vec<MessageRow>,
    /// `1–50 of 321`.
    pub range: String,
    /// The page before; empty when there is none.
    pub previous_url: String,
    /// The page after; empty when there is none.
    pub next_url: String,
}

/// The folder that the view shows: by its identifier, else the inbox, else the
/// first.
pub fn shown_folder<'f>(folders: &'f [Folder], view: &View) -> Option<&'f Folder> {
    let inbox = || folders.iter().find(|folder| folder.name.eq_ignore_ascii_case("inbox"));
    match view.folder.as_str() {
        "" => inbox().or_else(|| folders.first()),
        id => folders.iter().find(|folder| folder.id.eq_ignore_ascii_case(id)),
    }
}

/// The lines of the folders.
pub fn folder_rows(folders: &[Folder], view: &View) -> Vec<FolderRow> {
    let shown = shown_folder(folders, view).map(|folder| folder.id.as_str());
    let least = folders.iter().map(|folder| folder.depth).min().unwrap_or(0);
    folders
        .iter()
        .map(|folder| FolderRow {
            name: named(&folder.name, "(no name)"),
            unread: folder.unread,
            indent: (folder.depth - least).min(MAX_INDENT),
            url: view.with_folder(&folder.id).url(),
            current: shown == Some(folder.id.as_str()),
            icon: icon(&folder.name),
        })
        .collect()
}

/// The list.
pub fn list_pane(folder: Option<&Folder>, page: &MessagePage, view: &View, now: i64) -> ListPane {
    let paging = Paging { page: view.page, total: page.total };
    let page_url =
        |page: Option<u32>| page.map(|page| view.with_page(page).url()).unwrap_or_default();
    ListPane {
        folder: folder.map_or_else(|| "Inbox".to_owned(), |folder| named(&folder.name, "Folder")),
        unread: folder.map_or(0, |folder| folder.unread),
        search: view.search.clone(),
        clear_url: view.without_search().url(),
        folders_url: view.with_folders_pane().url(),
        columns: columns(view),
        rows: page.messages.iter().map(|message| row(message, view, now)).collect(),
        range: paging.label(),
        previous_url: page_url(paging.previous()),
        next_url: page_url(paging.next()),
    }
}

fn columns(view: &View) -> Vec<ColumnHead> {
    [
        (Sort::Sender, "from", "From"),
        (Sort::Subject, "subject", "Subject"),
        (Sort::Date, "date", "Date"),
        (Sort::Size, "size", "Size"),
    ]
    .into_iter()
    .map(|(sort, class, label)| ColumnHead {
        class,
        label,
        url: view.sorted_by(sort).url(),
        aria_sort: match (view.sort == sort, view.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        },
    })
    .collect()
}

fn row(message: &Summary, view: &View, now: i64) -> MessageRow {
    MessageRow {
        sender: named(&message.sender, "(no sender)"),
        subject: named(&message.subject, "(no subject)"),
        received: Moment::new(message.received, now),
        size: size_label(message.size),
        attachments: message.attachments,
        unread: !message.read,
        flagged: message.flagged,
        url: view.with_message(&message.id).url(),
        current: !view.message.is_empty() && view.message.eq_ignore_ascii_case(&message.id),
    }
}

/// The text, or a word in place of nothing.
pub fn named(text: &str, otherwise: &str) -> String {
    if text.trim().is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

fn icon(name: &str) -> &'static str {
    match name.to_lowercase().as_str() {
        "inbox" => "inbox",
        "sent" | "sent items" | "sent mail" | "outbox" => "sent",
        "drafts" => "draft",
        "trash" | "deleted items" | "deleted" => "trash",
        "junk" | "spam" | "junk e-mail" => "junk",
        _ => "folder",
    }
}

#[cfg(test)]
mod tests {
    use super::{folder_rows, list_pane, shown_folder};
    use crate::model::{Folder, MessagePage};
    use crate::view::View;

    fn folder(id: &str, name: &str, depth: u32) -> Folder {
        Folder { id: id.into(), name: name.into(), depth, messages: 3, unread: 1 }
    }

    #[test]
    fn without_a_choice_the_inbox_is_shown() {
        let folders = [folder("01", "Archive", 1), folder("02", "INBOX", 1)];
        assert_eq!(shown_folder(&folders, &View::default()).unwrap().id, "02");
        assert_eq!(shown_folder(&folders[..1], &View::default()).unwrap().id, "01");
        let other = View { folder: "ff".into(), ..View::default() };
        assert!(shown_folder(&folders, &other).is_none());
    }

    #[test]
    fn folders_are_indented_from_the_outermost_and_not_without_end() {
        let folders = [folder("01", "a", 2), folder("02", "b", 3), folder("03", "c", 900)];
        let indents: Vec<u32> =
            folder_rows(&folders, &View::default()).iter().map(|row| row.indent).collect();
        assert_eq!(indents, [0, 1, super::MAX_INDENT]);
    }

    #[test]
    fn the_chosen_column_says_its_direction() {
        let pane = list_pane(None, &MessagePage::default(), &View::default(), 0);
        let sorts: Vec<&str> = pane.columns.iter().map(|column| column.aria_sort).collect();
        assert_eq!(sorts, ["none", "none", "descending", "none"]);
        assert_eq!(pane.columns[2].url, "/mail/?order=asc");
    }
}
