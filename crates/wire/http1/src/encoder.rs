//! Owns the framing of a response, whatever the extension thinks of it.
//!
//! RFC 9112 sections 6 (body length), 7.1 (chunked), 9.3 and 9.6 (persistence);
//! RFC 9110 sections 6.4.1 (responses without content), 7.6.1 (hop-by-hop
//! fields), 8.6 (Content-Length). Date and Server come in as text. Bytes go out
//! through a `Vec` the host writes; bytes that the host sends by other means
//! (sendfile) are announced with `open_piece`.
//!
//! | state | means | leaves by |
//! |---|---|---|
//! | head due | nothing sent | `start` |
//! | body | head sent, framing fixed | `finish` |
//! | finished | nothing may follow | – |
//!
//! An extension that frames chunks itself (`Transfer-Encoding: chunked`) has its
//! framing decoded and made anew, so it cannot put bytes outside its response.

use crate::body::{BodyDecoder, BodyFraming};
use crate::hop_by_hop::{HopByHop, declared_length};
use crate::request::RequestHead;
use crate::request_line::Version;
use crate::response::{ResponseError, ResponseHead};

/// The interim response that lets a waiting client send its body.
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Body bytes decoded at a time from an extension's own chunks.
const RECODE_PIECE_BYTES: usize = 4096;

/// What response framing depends on in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestFacts {
    /// The client's version.
    pub version: Version,
    /// Whether the method was HEAD.
    pub is_head: bool,
    /// Whether the connection may stay open: the client's wish and the host's.
    pub keep_alive: bool,
}

impl From<&RequestHead> for RequestFacts {
    fn from(head: &RequestHead) -> Self {
        Self {
            version: head.version(),
            is_head: head.method() == "HEAD",
            keep_alive: head.keep_alive(),
        }
    }
}

/// Fields the server adds unless the response has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerFields<'a> {
    /// The Date value (IMF-fixdate, RFC 9110 section 5.6.7); `""` for none.
    pub date: &'a str,
    /// The Server value; `""` for none.
    pub server: &'a str,
}

/// What became of the bytes given to [`Encoder::encode_body`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Bytes that belong to the body: sent, or left out because this response
    /// carries no content (HEAD, 204, 205, 304).
    pub taken: u64,
    /// Bytes thrown away: beyond the declared Content-Length, behind the
    /// extension's own last chunk, or after the end.
    pub dropped: u64,
}

/// What happens to the connection after the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Persist {
    /// The next request may follow.
    KeepAlive,
    /// Close: the client was told, or cannot tell where this response ends.
    Close,
}

/// How the body of the response is delimited on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// Chunks.
    Chunked,
    /// Until the connection closes.
    UntilClose,
    /// This many bytes to go.
    Length(u64),
    /// No content goes out.
    Suppressed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    HeadDue,
    Body(Framing),
    Finished,
}

/// Writes one response. Call `start`, then `encode_body` any number of times,
/// then `finish`.
#[derive(Clone, Debug)]
pub struct Encoder {
    facts: RequestFacts,
    state: State,
    keep_alive: bool,
    recode: Option<BodyDecoder>,
}

impl Encoder {
    /// An encoder for the answer to one request.
    #[must_use]
    pub const fn new(facts: RequestFacts) -> Self {
        Self { facts, state: State::HeadDue, keep_alive: facts.keep_alive, recode: None }
    }

    /// Whether the head has been written.
    #[must_use]
    pub const fn is_started(&self) -> bool {
        !matches!(self.state, State::HeadDue)
    }

    /// Whether the connection can still be kept, as far as is known now.
    #[must_use]
    pub const fn keeps_alive(&self) -> bool {
        self.keep_alive
    }

    /// Forces a close after this response, e.g. because the request body was not
    /// read. Before `start` the client is told; after it, it sees the close.
    pub const fn force_close(&mut self) {
        self.keep_alive = false;
    }

    /// Writes the head and fixes the framing.
    ///
    /// # Errors
    ///
    /// [`ResponseError::HeadTwice`] after the first head;
    /// [`ResponseError::ContentLength`] when the head declares no single length;
    /// [`ResponseError::Value`] when `server` would split the response. Nothing
    /// is written then.
    pub fn start(
        &mut self,
        head: &ResponseHead,
        server: ServerFields<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), ResponseError> {
        if self.is_started() {
            return Err(ResponseError::HeadTwice);
        }
        if server.date.chars().chain(server.server.chars()).any(char::is_control) {
            return Err(ResponseError::Value);
        }
        let hop_by_hop = HopByHop::of(head);
        let declared = declared_length(head)?;
        let wants_chunks = hop_by_hop.chunked && declared.is_none();
        if hop_by_hop.close {
            self.keep_alive = false;
        }
        let framing = self.choose_framing(head.status(), declared);
        if framing == Framing::UntilClose {
            self.keep_alive = false;
        }
        if wants_chunks {
            self.recode = Some(BodyDecoder::with_limit(BodyFraming::Chunked, u64::MAX));
        }
        self.write_head(head, server, &hop_by_hop, declared, framing, out);
        self.state = State::Body(framing);
        Ok(())
    }

    /// Writes a whole response whose body is known: declares its length unless
    /// the head does, and finishes.
    ///
    /// # Errors
    ///
    /// As [`Encoder::start`].
    pub fn respond(
        &mut self,
        head: &ResponseHead,
        server: ServerFields<'_>,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Persist, ResponseError> {
        if head.header("content-length").is_some() {
            self.start(head, server, out)?;
        } else {
            let mut head = head.clone();
            head.remove_header("transfer-encoding");
            head.add_header("Content-Length", body.len().to_string().as_bytes())?;
            self.start(&head, server, out)?;
        }
        self.encode_body(body, out);
        Ok(self.finish(out))
    }

    /// Writes body bytes; before `start` and after `finish` they are dropped.
    pub fn encode_body(&mut self, data: &[u8], out: &mut Vec<u8>) -> Accepted {
        if self.recode.is_some() {
            return self.recode_body(data, out);
        }
        self.encode_plain(data, out)
    }

    /// Announces body bytes that the host sends itself: writes what must precede
    /// them and returns how many of `wanted` bytes may go out. Call
    /// [`Encoder::close_piece`] when they are sent. `None` when this response
    /// cannot take them so (no head yet, finished, or the extension frames its
    /// own chunks): use `encode_body`.
    pub fn open_piece(&mut self, wanted: u64, out: &mut Vec<u8>) -> Option<u64> {
        let State::Body(framing) = self.state else { return None };
        if self.recode.is_some() {
            return None;
        }
        match framing {
            Framing::Suppressed => Some(0),
            Framing::UntilClose => Some(wanted),
            Framing::Length(left) => {
                let granted = wanted.min(left);
                self.state = State::Body(Framing::Length(left - granted));
                Some(granted)
            }
            Framing::Chunked => {
                // An empty chunk would end the body.
                if wanted > 0 {
                    out.extend_from_slice(format!("{wanted:x}\r\n").as_bytes());
                }
                Some(wanted)
            }
        }
    }

    /// Writes what must follow a piece of `granted` bytes.
    pub fn close_piece(&mut self, granted: u64, out: &mut Vec<u8>) {
        if self.state == State::Body(Framing::Chunked) && granted > 0 {
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Ends the response. A body shorter than declared, or no head at all, means
    /// [`Persist::Close`]. A second call writes nothing and closes.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Persist {
        let complete = match self.state {
            State::HeadDue | State::Finished | State::Body(Framing::UntilClose) => false,
            State::Body(Framing::Suppressed) => true,
            State::Body(Framing::Length(left)) => left == 0,
            // Without the last chunk the client knows that the body is cut off.
            State::Body(Framing::Chunked) if self.recode.as_ref().is_some_and(|r| !r.is_done()) => {
                false
            }
            State::Body(Framing::Chunked) => {
                out.extend_from_slice(b"0\r\n\r\n");
                true
            }
        };
        self.state = State::Finished;
        self.keep_alive = self.keep_alive && complete;
        if self.keep_alive { Persist::KeepAlive } else { Persist::Close }
    }

    fn choose_framing(&self, status: u16, declared: Option<u64>) -> Framing {
        if self.facts.is_head || matches!(status, 204 | 205 | 304) {
            return Framing::Suppressed;
        }
        match declared {
            Some(length) => Framing::Length(length),
            None if self.facts.version == Version::Http11 => Framing::Chunked,
            None => Framing::UntilClose,
        }
    }

    fn write_head(
        &self,
        head: &ResponseHead,
        server: ServerFields<'_>,
        hop_by_hop: &HopByHop<'_>,
        declared: Option<u64>,
        framing: Framing,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(format!("HTTP/1.1 {} ", head.status()).as_bytes());
        out.extend_from_slice(head.reason());
        out.extend_from_slice(b"\r\n");
        for (name, value) in [("Date", server.date), ("Server", server.server)] {
            if !value.is_empty() && head.header(name).is_none() {
                push_field(out, name, value.as_bytes());
            }
        }
        for (name, value) in head.headers() {
            if !name.eq_ignore_ascii_case("content-length") && !hop_by_hop.names(name) {
                push_field(out, name, value);
            }
        }
        match (framing, head.status(), declared) {
            (Framing::Chunked, _, _) => push_field(out, "Transfer-Encoding", b"chunked"),
            // 205 ends at once; 204 must not carry a length (RFC 9110, 8.6).
            (_, 205, _) => push_field(out, "Content-Length", b"0"),
            (_, 204, _) | (_, _, None) => {}
            (_, _, Some(length)) => {
                push_field(out, "Content-Length", length.to_string().as_bytes());
            }
        }
        match (self.keep_alive, self.facts.version) {
            (false, _) => push_field(out, "Connection", b"close"),
            (true, Version::Http10) => push_field(out, "Connection", b"keep-alive"),
            (true, Version::Http11) => {}
        }
        out.extend_from_slice(b"\r\n");
    }

    fn encode_plain(&mut self, data: &[u8], out: &mut Vec<u8>) -> Accepted {
        let given = data.len() as u64;
        let Some(granted) = self.open_piece_now(given, out) else {
            return Accepted { taken: 0, dropped: given };
        };
        if self.state == State::Body(Framing::Suppressed) {
            return Accepted { taken: given, dropped: 0 };
        }
        let count = usize::try_from(granted).unwrap_or(usize::MAX);
        out.extend_from_slice(data.get(..count).unwrap_or(data));
        self.close_piece(granted, out);
        Accepted { taken: granted, dropped: given - granted }
    }

    /// `open_piece` regardless of recoding, for bytes already decoded.
    fn open_piece_now(&mut self, wanted: u64, out: &mut Vec<u8>) -> Option<u64> {
        let recode = self.recode.take();
        let granted = self.open_piece(wanted, out);
        self.recode = recode;
        granted
    }

    fn recode_body(&mut self, data: &[u8], out: &mut Vec<u8>) -> Accepted {
        let Some(mut decoder) = self.recode.take() else { return Accepted::default() };
        let mut plain = [0_u8; RECODE_PIECE_BYTES];
        let mut rest = data;
        while !rest.is_empty() && matches!(self.state, State::Body(_)) {
            let Ok(progress) = decoder.decode(rest, &mut plain) else { break };
            self.encode_plain(plain.get(..progress.produced).unwrap_or_default(), out);
            rest = rest.get(progress.consumed..).unwrap_or_default();
            if progress.done {
                break;
            }
        }
        self.recode = Some(decoder);
        let dropped = rest.len() as u64;
        Accepted { taken: data.len() as u64 - dropped, dropped }
    }
}

fn push_field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}
