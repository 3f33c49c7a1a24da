//! The templates and what they are filled with.

use askama::Template;

use crate::assets::{SCRIPT, STYLE};
use crate::failure::{Explanation, code_text, explain};
use crate::list_pane::{FolderRow, ListPane};
use crate::message_pane::{Body, MessagePane};
use crate::model::Failure;
use crate::text_body::Span;
use crate::trace::TracePanel;
use crate::view::{MOUNT, View};

/// What surrounds every page.
pub struct Frame {
    title: String,
    user: String,
    style_url: String,
    script_url: String,
    home_url: String,
    glass_url: String,
    pane: &'static str,
    view: View,
    trace: Option<TracePanel>,
}

impl Frame {
    /// For this view; `trace` when the glass is on.
    pub fn new(title: String, user: &str, view: &View, trace: Option<TracePanel>) -> Self {
        let pane = match (view.message.is_empty(), view.folders_pane) {
            (false, _) => "message",
            (true, true) => "folders",
            (true, false) => "list",
        };
        Self {
            title,
            user: user.to_owned(),
            style_url: STYLE.url(MOUNT),
            script_url: SCRIPT.url(MOUNT),
            home_url: View { glass: view.glass, ..View::default() }.url(),
            glass_url: view.with_glass(!view.glass).url(),
            pane,
            view: view.clone(),
            trace,
        }
    }
}

/// Folders, list and perhaps a message.
#[derive(Template)]
#[template(path = "mail.html")]
pub struct MailPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The folders.
    pub folders: Vec<FolderRow>,
    /// The list.
    pub list: ListPane,
    /// The message.
    pub message: Option<MessagePane>,
}

/// A page that says why there is nothing else.
#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    frame: Frame,
    heading: String,
    advice: String,
    command: String,
    code: String,
    back_url: String,
}

impl ProblemPage {
    /// For a call that failed.
    pub fn failure(
        failure: Failure,
        user: &str,
        view: &View,
        trace: Option<TracePanel>,
    ) -> (&'static str, Self) {
        let Explanation { status, heading, advice, command } = explain(failure);
        let code = code_text(failure);
        let command = if command.is_empty() && status.starts_with("500") {
            format!("partywall error {code}")
        } else {
            command.to_owned()
        };
        let frame = Frame::new(heading.to_owned(), user, view, trace);
        let back_url = View { glass: view.glass, ..View::default() }.url();
        let (heading, advice) = (heading.to_owned(), advice.to_owned());
        (status, Self { frame, heading, advice, command, code, back_url })
    }

    /// For a request that is refused.
    pub fn refusal(heading: &str, advice: &str, user: &str, view: &View) -> Self {
        Self {
            frame: Frame::new(heading.to_owned(), user, view, None),
            heading: heading.to_owned(),
            advice: advice.to_owned(),
            command: String::new(),
            code: String::new(),
            back_url: MOUNT.to_owned(),
        }
    }
}

/// The document inside the frame; `html` was sanitised.
#[derive(Template)]
#[template(path = "html_body.html")]
pub struct HtmlBodyPage {
    /// Sanitised HTML.
    pub html: String,
    /// Stands in the place of pictures that are not shown.
    pub no_picture: &'static str,
}
