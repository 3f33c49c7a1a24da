//! From a request to its answer.
//!
//! Limits: [`MAX_INLINE_IMAGE_BYTES`] for one picture shown inside HTML,
//! [`MAX_INLINE_BYTES`] for all of a message.

use std::collections::HashMap;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use page::{Policy, Reply, attachment_disposition};

use crate::assets;
use crate::html_body::{NO_PICTURE, clean_html};
use crate::list_pane::{folder_rows, list_pane, shown_folder};
use crate::message_pane::message_pane;
use crate::model::{Attachment, Failure, House, Mailbox, MessagePage};
use crate::pages::{Frame, HtmlBodyPage, MailPage, ProblemPage};
use crate::paging::Paging;
use crate::route::{PageRequest, Route, route};
use crate::trace::TracePanel;
use crate::view::View;

/// Largest picture that is shown inside HTML, in bytes.
const MAX_INLINE_IMAGE_BYTES: u32 = 1 << 20;
/// Most bytes of pictures that are shown inside one message.
const MAX_INLINE_BYTES: u32 = 4 << 20;

/// Answers a request.
pub fn answer<H: House>(request: &PageRequest, house: &H) -> Reply {
    let user = request.user.as_str();
    match route(request) {
        Route::Asset(name) => match assets::find(&name) {
            Some(asset) => asset.reply(request.if_none_match.as_deref()),
            None => not_found(user, &View::default()),
        },
        Route::Attachment { message, number } => {
            let view = View::default().with_message(&message);
            house
                .open()
                .and_then(|mailbox| download(&mailbox, &message, number))
                .map(|reply| reply.unwrap_or_else(|| not_found(user, &view)))
                .unwrap_or_else(|failure| problem(failure, user, &view, house))
        }
        Route::BadRequest => {
            let advice = "The address is longer than any page of ours needs.";
            refuse("400 Bad Request", "This address is too long", advice, user)
        }
        Route::Mail(view) => {
            mail(user, &view, house).unwrap_or_else(|failure| problem(failure, user, &view, house))
        }
        Route::MessageHtml(message) => {
            let view = View::default().with_message(&message);
            house
                .open()
                .and_then(|mailbox| message_html(&mailbox, &message))
                .unwrap_or_else(|failure| problem(failure, user, &view, house))
        }
        Route::MethodNotAllowed => {
            let advice = "These pages are read with GET and HEAD.";
            refuse("405 Method Not Allowed", "This method is not served", advice, user)
                .with("Allow", "GET, HEAD")
        }
        Route::NotFound(view) => not_found(user, &view),
        Route::TraceJson(view) => {
            trace_json(&view, house).unwrap_or_else(|failure| problem(failure, user, &view, house))
        }
        Route::Unauthorized => {
            let advice = "The mailbox that is shown is that of the user who logs on.";
            refuse("401 Unauthorized", "Please log on", advice, user)
        }
    }
}

fn mail<H: House>(user: &str, view: &View, house: &H) -> Result<Reply, Failure> {
    let mailbox = house.open()?;
    let mut open = None;
    if !view.message.is_empty() {
        let message = mailbox.message(&view.message)?;
        let attachments = mailbox.attachments(&view.message)?;
        if !message.read {
            // A store that cannot be written can still be read.
            let _ = mailbox.set_read(&view.message, true);
        }
        open = Some((message, attachments));
    }
    let folders = mailbox.folders()?;
    let (view, page) = list(&mailbox, view)?;
    let now = house.now();
    let pane = open.map(|(message, attachments)| {
        message_pane(&message, &attachments, &page.messages, &view, now)
    });
    let folder = shown_folder(&folders, &view);
    let list = list_pane(folder, &page, &view, now);
    let title = pane.as_ref().map_or(&list.folder, |pane| &pane.subject).clone();
    let page = MailPage {
        frame: Frame::new(title, user, &view, trace_panel(&view, house)),
        folders: folder_rows(&folders, &view),
        list,
        message: pane,
    };
    Ok(Reply::page("200 OK", render(&page)))
}

/// The rows of the view; of the last page when it lies beyond.
fn list(mailbox: &impl Mailbox, view: &View) -> Result<(View, MessagePage), Failure> {
    let page = mailbox.messages(&view.list_query())?;
    let last = Paging { page: view.page, total: page.total }.last();
    if view.page <= last {
        return Ok((view.clone(), page));
    }
    let view = View { page: last, ..view.clone() };
    let page = mailbox.messages(&view.list_query())?;
    Ok((view, page))
}

/// The same work as the page, and then only the host's record of it.
fn trace_json<H: House>(view: &View, house: &H) -> Result<Reply, Failure> {
    let mailbox = house.open()?;
    mailbox.folders()?;
    list(&mailbox, view)?;
    Ok(Reply::json("200 OK", house.trace().unwrap_or_else(|| "[]".to_owned())))
}

fn message_html(mailbox: &impl Mailbox, id: &str) -> Result<Reply, Failure> {
    let message = mailbox.message(id)?;
    let html = message.html.unwrap_or_default();
    let images = inline_images(mailbox, id, &html)?;
    let clean = clean_html(&html, images).unwrap_or_default();
    let document = render(&HtmlBodyPage { html: clean.html, no_picture: NO_PICTURE }).into_bytes();
    Ok(Reply::new("200 OK", "text/html; charset=utf-8", Policy::ForeignHtml, document))
}

/// The pictures that the HTML names by `Content-ID`, as `data:` addresses.
fn inline_images(
    mailbox: &impl Mailbox,
    id: &str,
    html: &str,
) -> Result<HashMap<String, String>, Failure> {
    let mut images = HashMap::new();
    if !html.to_ascii_lowercase().contains("cid:") {
        return Ok(images);
    }
    let mut room = MAX_INLINE_BYTES;
    for item in mailbox.attachments(id)? {
        let (Some(content_id), Some(kind)) = (&item.content_id, image_type(&item)) else {
            continue;
        };
        if item.size > MAX_INLINE_IMAGE_BYTES.min(room) {
            continue;
        }
        let bytes = mailbox.attachment(id, item.number)?;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if length > MAX_INLINE_IMAGE_BYTES.min(room) {
            continue;
        }
        room -= length;
        let address = format!("data:{kind};base64,{}", STANDARD.encode(&bytes));
        images.insert(content_id.clone(), address);
    }
    Ok(images)
}

/// The content type when it is a picture that cannot hold a script.
fn image_type(attachment: &Attachment) -> Option<&'static str> {
    ["image/png", "image/jpeg", "image/gif", "image/webp"]
        .into_iter()
        .find(|kind| attachment.content_type.eq_ignore_ascii_case(kind))
}

fn download(mailbox: &impl Mailbox, id: &str, number: u32) -> Result<Option<Reply>, Failure> {
    let attachments = mailbox.attachments(id)?;
    let Some(item) = attachments.iter().find(|item| item.number == number) else {
        return Ok(None);
    };
    let bytes = mailbox.attachment(id, number)?;
    let reply = Reply::new("200 OK", download_type(&item.content_type), Policy::Data, bytes)
        .with("Content-Disposition", &attachment_disposition(&item.name));
    Ok(Some(reply))
}

/// The content type, unless a browser could run it or it is none.
fn download_type(content_type: &str) -> &str {
    let well_formed = content_type.split_once('/').is_some_and(|(kind, subtype)| {
        let token = |text: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
            !text.is_empty() && text.len() <= 127 && text.bytes().all(allowed)
        };
        token(kind) && token(subtype)
    });
    let lower = content_type.to_ascii_lowercase();
    let active = ["html", "xml", "svg", "script"].iter().any(|part| lower.contains(part));
    if well_formed && !active { content_type } else { "application/octet-stream" }
}

fn trace_panel<H: House>(view: &View, house: &H) -> Option<TracePanel> {
    view.glass.then(|| TracePanel::new(house.trace().as_deref()))
}

fn problem<H: House>(failure: Failure, user: &str, view: &View, house: &H) -> Reply {
    let (status, page) = ProblemPage::failure(failure, user, view, trace_panel(view, house));
    Reply::page(status, render(&page))
}

fn not_found(user: &str, view: &View) -> Reply {
    let advice = "Nothing of the mailbox has this address.";
    let page = ProblemPage::refusal("There is no such page", advice, user, view);
    Reply::page("404 Not Found", render(&page))
}

fn refuse(status: &'static str, heading: &str, advice: &str, user: &str) -> Reply {
    let page = ProblemPage::refusal(heading, advice, user, &View::default());
    Reply::page(status, render(&page))
}

/// Rendering into memory has no way to fail; if a template did, the page is
/// left empty.
fn render(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}
