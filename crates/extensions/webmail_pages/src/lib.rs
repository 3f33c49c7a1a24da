//! The pages of the web mail: what to answer to a request, given a mailbox.
//!
//! [`answer`] is the whole of it: it reads the URL, asks a [`Mailbox`], and
//! renders. It does not know the host nor the mail component; `webmail` joins
//! them. Texts of messages are hostile: templates escape, [`clean_html`]
//! sanitises, header values are checked by `page::Reply`.

#![forbid(unsafe_code)]

mod answer;
mod assets;
mod dates;
mod failure;
mod html_body;
mod html_guard;
mod list_pane;
mod message_pane;
mod model;
mod pages;
mod paging;
mod route;
mod text_body;
mod trace;
mod view;

pub use answer::answer;
pub use html_body::{CleanHtml, MAX_HTML_BYTES, clean_html};
pub use model::{
    Attachment, Failure, Folder, House, ListQuery, Mailbox, Message, MessagePage, Sort, Stage,
    Summary,
};
pub use route::{PageRequest, Route, route};
pub use text_body::{Block, BlockKind, Span, text_blocks};
pub use trace::{Hop, parse_hops};
pub use view::{MAX_ID_CHARS, MOUNT, View};
