//! The way of one request: path, application, caller, extension or file.
//!
//! Identity: the caller is found out first; whatever then acts for the request,
//! an extension or the opening of a file, acts under an impersonation that ends
//! with it, also by a panic. A library is loaded before, as the process. When
//! the identity cannot be taken nothing runs.

use std::net::{SocketAddr, TcpStream};

use http1::{BodyFraming, RequestHead, ResponseHead, Target};
use observe::trace::Trace;
use security::Token;
use security::impersonation::impersonate;

use crate::auth::Verdict;
use crate::control_block::{self, Booth, Session};
use crate::extension::EnterError;
use crate::incoming::Incoming;
use crate::outgoing::Outgoing;
use crate::request::{Caller, Request};
use crate::route::{Application, Route};
use crate::service::Service;
use crate::static_files::Refusal;
use crate::worker_state::{Worker, WorkerState};

/// One request and its answer.
pub struct Exchange<'e, 'c> {
    /// The request's head.
    pub head: &'c RequestHead,
    /// Who is at the other end.
    pub peer: SocketAddr,
    /// The connection.
    pub stream: &'c TcpStream,
    /// The request's body.
    pub incoming: &'e mut Incoming<'c>,
    /// The answer.
    pub outgoing: &'e mut Outgoing<'c>,
    /// Who sends a request without credentials.
    pub nobody: &'e Token,
}

/// Answers one request. `false` when the answer is cut off: its end must not be
/// sent.
pub fn answer(
    service: &Service,
    worker: &Worker,
    booth: &mut Booth,
    exchange: &mut Exchange<'_, '_>,
) -> bool {
    worker.begins(exchange.head.target());
    let trace = Trace::new();
    let hop = trace.hop("worker", exchange.nobody.user());
    let head = exchange.head;
    let target = match Target::parse(head.target()) {
        Ok(target) => target,
        Err(error) => return exchange.refuse(error.status(), &error.to_string()),
    };
    if target.is_asterisk() {
        return exchange.whole_server();
    }
    if let BodyFraming::Length(length) = head.framing()
        && length > service.config.max_body_bytes
    {
        return exchange.refuse(413, "the request body is larger than this server accepts");
    }
    let path = target.path_decoded();
    let route = service.routes.find(path);
    let schemes = match &route {
        Route::App(app, ..) | Route::AddSlash(app) => &app.auth,
        Route::Static => &service.config.auth,
    };
    let caller = match service.authenticator.identify(head, exchange.peer, schemes, exchange.nobody)
    {
        Verdict::Pass(caller) => caller,
        Verdict::Challenge => return exchange.refuse(401, "this page needs a user and a password"),
        Verdict::Fail(status, sentence) => return exchange.fail(status, sentence),
    };
    trace.name_user(&hop, caller.user());
    match route {
        Route::AddSlash(_) => exchange.add_slash(&target),
        Route::Static => exchange.file(service, &target, &caller),
        Route::App(app, script_name, path_info) => {
            let request = Request {
                head,
                target: &target,
                stream: exchange.stream,
                peer: exchange.peer,
                caller,
                trace: &trace,
                script_name,
                path_info,
                root: &service.root_text,
                server_name: &service.config.server_name,
            };
            exchange.extension(service, worker, booth, app, &request)
        }
    }
}

impl Exchange<'_, '_> {
    /// Answers an error that is the client's.
    fn refuse(&mut self, status: u16, sentence: &str) -> bool {
        self.outgoing.respond_error(status, sentence).is_ok()
    }

    /// Answers an error that is ours.
    fn fail(&mut self, status: u16, sentence: &str) -> bool {
        observe::error!("web", "{} for {}: {sentence}", status, self.head.target());
        self.refuse(status, sentence)
    }

    fn whole_server(&mut self) -> bool {
        if self.head.method() != "OPTIONS" {
            return self.refuse(400, "only OPTIONS can ask about the whole server");
        }
        self.plain(200, "Allow", "GET, HEAD, POST, OPTIONS")
    }

    fn plain(&mut self, status: u16, name: &str, value: &str) -> bool {
        let head = ResponseHead::new(status).and_then(|mut head| {
            head.add_header(name, value.as_bytes())?;
            Ok(head)
        });
        head.is_ok_and(|head| self.outgoing.respond(head, b"").is_ok())
    }

    fn add_slash(&mut self, target: &Target) -> bool {
        // The path as sent, so that its encoding stays; one slash at its start,
        // since two would name another host.
        let path = target.raw_path().trim_matches('/');
        let query = target.query();
        let mark = if query.is_empty() { "" } else { "?" };
        self.plain(301, "Location", &format!("/{path}/{mark}{query}"))
    }

    fn file(&mut self, service: &Service, target: &Target, caller: &Caller) -> bool {
        let Some(root) = &service.root else {
            return self.refuse(404, "there is no such page");
        };
        if !matches!(self.head.method(), "GET" | "HEAD") {
            let allow = "GET, HEAD";
            return self.plain(405, "Allow", allow);
        }
        let found = match impersonate(&caller.token) {
            Ok(_guard) => root.find(target),
            Err(error) => {
                observe::error!("web", "cannot work as {}: {error}", caller.user());
                return self.fail(500, "the identity of the user cannot be taken");
            }
        };
        match found {
            Ok(found) => match found.answer(self.head, self.outgoing) {
                Ok(()) => true,
                Err(error) if self.outgoing.is_started() => {
                    observe::error!("web", "cannot send {}: {error}", self.head.target());
                    false
                }
                Err(error) => {
                    observe::error!("web", "cannot read {}: {error}", self.head.target());
                    self.fail(500, "the page cannot be read")
                }
            },
            Err(Refusal::Error(status, sentence)) => self.refuse(status, sentence),
            Err(Refusal::AddSlash) => self.add_slash(target),
            Err(Refusal::System(error)) => {
                observe::error!("web", "cannot open {}: {error}", self.head.target());
                self.fail(500, "the page cannot be opened")
            }
        }
    }

    fn extension(
        &mut self,
        service: &Service,
        worker: &Worker,
        booth: &mut Booth,
        app: &Application,
        request: &Request<'_>,
    ) -> bool {
        let extension = &*app.extension;
        let inside = match extension.enter() {
            Ok(inside) => inside,
            Err(error) => {
                let (status, says) = match error {
                    EnterError::Failed => (500, "is not loaded"),
                    EnterError::Timeout => (503, "takes too long to load or unload"),
                };
                let url = self.head.target();
                observe::error!("web", "{status} for {url}: {} {says}", extension.name());
                return self.refuse(status, "the extension for this page cannot be used");
            }
        };
        let ended = {
            let _identity = match impersonate(&request.caller.token) {
                Ok(guard) => guard,
                Err(error) => {
                    observe::error!("web", "cannot work as {}: {error}", request.caller.user());
                    return self.fail(500, "the identity of the user cannot be taken");
                }
            };
            let _hop = request.trace.hop("extension", request.caller.user());
            let _trace = observe::trace::enter(Some(request.trace.clone()));
            worker.does(WorkerState::Extension);
            let session = Session {
                request,
                incoming: self.incoming,
                outgoing: self.outgoing,
                extension,
                read_limit: service.config.timeouts.read,
                announced: None,
            };
            control_block::run(booth, &inside, session)
        };
        drop(inside);
        worker.does(WorkerState::Serving);
        self.conclude(&ended, extension.name())
    }

    /// Completes the answer of an extension that has returned.
    fn conclude(&mut self, ended: &control_block::Ended, name: &str) -> bool {
        let url = self.head.target();
        let complete = if ended.succeeded {
            match self.outgoing.settle_raw() {
                Ok(()) => true,
                Err(error) => {
                    observe::error!("web", "{name} gave a head that is refused: {error:?}");
                    !self.outgoing.is_started()
                        && self.refuse(500, "the extension for this page failed")
                }
            }
        } else if self.outgoing.is_started() {
            false
        } else {
            self.refuse(500, "the extension for this page failed")
        };
        let sent = u32::from(self.outgoing.status());
        if !ended.succeeded || sent >= 500 || (500..600).contains(&ended.status) {
            observe::error!(
                "web",
                "{name} for {url}: status {sent}, logs {} {:?}",
                ended.status,
                ended.text
            );
        }
        complete
    }
}
