//! The web mail: joins the pages to the host and to the mail component.
//!
//! Which page, and how it looks, is `webmail_pages`. The identity is
//! `REMOTE_USER`; the threads are the host's, which are in the multithreaded
//! apartment already, so this extension enters none.

mod house;
mod mailbox;

use partywall::isapi::{LastError, Request};
use webmail_pages::{PageRequest, answer};

use house::RequestHouse;

partywall::isapi_extension!("Partywall web mail", run);

fn run(request: &mut Request<'_>) -> Result<(), LastError> {
    let asked = PageRequest {
        method: request.method(),
        path_info: request.path_info(),
        query: request.query(),
        user: request.variable(c"REMOTE_USER").unwrap_or_default(),
        if_none_match: request.variable(c"HTTP_IF_NONE_MATCH"),
    };
    let reply = answer(&asked, &RequestHouse(request));
    request.respond(reply.status, &reply.head(), &reply.body)
}
