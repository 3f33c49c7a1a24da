//! A letter as a message (RFC 5322) with its parts (RFC 2045, 2046), file names
//! (RFC 2183, 2231) and encoded-words (RFC 2047).
//!
//! The shape follows from what a letter has: text; `multipart/alternative` with a
//! page; the page in `multipart/related` with its pictures; all that in
//! `multipart/mixed` with files. The same letter and time give the same bytes.

use crate::clock;
use crate::encode::{
    UTF_8, base64_lines, charset_bytes, header_words, quoted_printable, suitable_encoding,
};
use crate::files;
use crate::letters::{Letter, find};
use crate::pages;
use crate::people::{Person, person};

/// Where a line of the header is folded, where it can be (RFC 5322 2.1.1).
const FOLD_CHARS: usize = 76;
/// Seconds that a letter is on its way.
pub(crate) const TRANSIT_SECONDS: i64 = 4;

/// What messages are made from.
#[derive(Clone, Copy)]
pub(crate) struct Composer<'a> {
    pub(crate) letters: &'a [Letter],
    pub(crate) now: i64,
}

/// A part: its own fields and its bytes.
struct Part {
    fields: Vec<String>,
    body: Vec<u8>,
}

impl Part {
    fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.fields.join("\r\n").into_bytes();
        bytes.extend(b"\r\n\r\n");
        bytes.extend(self.body);
        bytes
    }
}

impl Composer<'_> {
    /// The message of a letter; one that arrived has the stamp of the server.
    pub(crate) fn message(self, letter: &Letter, is_arrival: bool) -> Vec<u8> {
        let mut fields = if is_arrival { self.arrival(letter) } else { Vec::new() };
        fields.extend(self.envelope(letter));
        fields.push("MIME-Version: 1.0".to_owned());
        let mut part = self.content(letter);
        fields.append(&mut part.fields);
        Part { fields, body: part.body }.into_bytes()
    }

    fn sent(self, letter: &Letter) -> i64 {
        self.now - letter.age_seconds()
    }

    fn arrival(self, letter: &Letter) -> Vec<String> {
        let date = clock::rfc5322(self.sent(letter) + TRANSIT_SECONDS);
        let from = if letter.field("List").is_some() {
            "lists.example"
        } else {
            author(letter).map_or("partywall.example", Person::domain)
        };
        let mut fields = vec![format!(
            "Received: from mail.{from} by mx.partywall.example\r\n with ESMTPS id {}; {date}",
            letter.key
        )];
        if letter.field("List").is_some() {
            fields.push("List-Id: Hinges, locks and rust <rust-house.lists.example>".to_owned());
            fields.push("List-Post: <mailto:rust-house@lists.example>".to_owned());
        }
        fields
    }

    fn envelope(self, letter: &Letter) -> Vec<String> {
        let charset = letter.field("Charset").unwrap_or(UTF_8);
        let mut fields = vec![format!("Date: {}", clock::rfc5322(self.sent(letter)))];
        for name in ["From", "To", "Cc"] {
            let people: Vec<Person> = letter.list(name).filter_map(person).collect();
            if !people.is_empty() {
                fields.push(folded(name, &mailboxes(&people)));
            }
        }
        if let Some(subject) = letter.field("Subject") {
            fields.push(folded("Subject", &header_words(subject, charset)));
        }
        fields.push(format!("Message-ID: {}", message_id(letter)));
        let references = self.references(letter);
        if let Some(answered) = references.last() {
            fields.push(format!("In-Reply-To: {answered}"));
            fields.push(folded("References", &references));
        }
        if letter.field("Importance") == Some("high") {
            fields.push("Importance: high\r\nX-Priority: 1 (Highest)".to_owned());
        }
        fields
    }

    /// Identifiers of the letters before this one in its thread, the first first.
    fn references(self, letter: &Letter) -> Vec<String> {
        let answered = |letter: &&Letter| find(self.letters, letter.field("Reply")?);
        let mut ids: Vec<String> =
            std::iter::successors(answered(&letter), answered).map(message_id).collect();
        ids.reverse();
        ids
    }

    fn content(self, letter: &Letter) -> Part {
        let mut body = text(letter);
        if let Some(page) = letter.field("Html").and_then(pages::find) {
            let mut page = html(page);
            let pictures: Vec<Part> =
                letter.list("Inline").filter_map(|name| self.picture(name)).collect();
            if !pictures.is_empty() {
                let parts = std::iter::once(page).chain(pictures);
                page = multipart("related; type=\"text/html\"", letter.key, parts);
            }
            body = multipart("alternative", letter.key, [body, page]);
        }
        let mut attached = letter.list("Attach").filter_map(|name| self.attached(name)).peekable();
        if attached.peek().is_some() {
            body = multipart("mixed", letter.key, std::iter::once(body).chain(attached));
        }
        body
    }

    fn picture(self, name: &str) -> Option<Part> {
        let file = files::find(name, self.now)?;
        let fields = vec![
            format!("Content-Type: {}; name=\"{name}\"", file.content_type),
            "Content-Transfer-Encoding: base64".to_owned(),
            format!("Content-ID: <{name}@partywall.example>"),
            format!("Content-Disposition: inline; filename=\"{name}\""),
        ];
        Some(Part { fields, body: base64_lines(&file.bytes) })
    }

    /// A file, or with `letter:KEY` another letter as it arrived.
    fn attached(self, name: &str) -> Option<Part> {
        if let Some(key) = name.strip_prefix("letter:") {
            let message = self.message(find(self.letters, key)?, true);
            let fields = vec![
                "Content-Type: message/rfc822".to_owned(),
                format!("Content-Disposition: attachment; filename=\"{key}.eml\""),
            ];
            return Some(Part { fields, body: message });
        }
        let file = files::find(name, self.now)?;
        let fields = vec![
            format!("Content-Type: {}", file.content_type),
            "Content-Transfer-Encoding: base64".to_owned(),
            format!("Content-Disposition: attachment;\r\n {}", file_name(name)),
        ];
        Some(Part { fields, body: base64_lines(&file.bytes) })
    }
}

fn author(letter: &Letter) -> Option<Person> {
    letter.field("From").and_then(person)
}

/// The identifier of a letter, with its angle brackets.
pub(crate) fn message_id(letter: &Letter) -> String {
    let domain = author(letter).map_or("partywall.example", Person::domain);
    format!("<{}@{domain}>", letter.key)
}

fn text(letter: &Letter) -> Part {
    let charset = letter.field("Charset").unwrap_or(UTF_8);
    let bytes = charset_bytes(&(letter.text.replace('\n', "\r\n") + "\r\n"), charset);
    let encoding = letter.field("Encoding").unwrap_or(suitable_encoding(&bytes, charset));
    let format = letter.field("Format").map_or_else(String::new, |name| format!("; format={name}"));
    text_part(&format!("plain; charset={charset}{format}"), encoding, bytes)
}

fn html(page: &str) -> Part {
    let bytes = page.replace('\n', "\r\n").into_bytes();
    text_part("html; charset=utf-8", "quoted-printable", bytes)
}

fn text_part(subtype: &str, encoding: &str, bytes: Vec<u8>) -> Part {
    let body = match encoding {
        "base64" => base64_lines(&bytes),
        "quoted-printable" => quoted_printable(&bytes),
        _ => bytes,
    };
    let fields = vec![
        format!("Content-Type: text/{subtype}"),
        format!("Content-Transfer-Encoding: {encoding}"),
    ];
    Part { fields, body }
}

/// `kind` is the subtype, and what parameters it has besides the boundary.
fn multipart(kind: &str, key: &str, parts: impl IntoIterator<Item = Part>) -> Part {
    let subtype = kind.split(';').next().unwrap_or(kind);
    // "=_" occurs in no quoted-printable or base64 text (RFC 2045 6.7).
    let boundary = format!("=_{key}_{subtype}");
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{boundary}\r\n").into_bytes());
        body.extend(part.into_bytes());
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").into_bytes());
    let fields = vec![format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"")];
    Part { fields, body }
}

/// `filename` as it stands, or by RFC 2231 when it is not ASCII.
fn file_name(name: &str) -> String {
    if name.is_ascii() {
        return format!("filename=\"{name}\"");
    }
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    let encoded: String = name.bytes().map(one).collect();
    format!("filename*=utf-8''{encoded}")
}

/// The words of an address list.
fn mailboxes(people: &[Person]) -> Vec<String> {
    let mut words = Vec::new();
    for (index, person) in people.iter().enumerate() {
        let is_phrase =
            |character: char| character.is_ascii_alphanumeric() || " &'-".contains(character);
        if person.name.is_ascii() && !person.name.chars().all(is_phrase) {
            words.push(format!("\"{}\"", person.name));
        } else {
            words.extend(header_words(person.name, UTF_8));
        }
        let comma = if index + 1 < people.len() { "," } else { "" };
        words.push(format!("<{}>{comma}", person.address));
    }
    words
}

fn folded(name: &str, words: &[String]) -> String {
    let mut field = format!("{name}:");
    let mut column = field.len();
    for (index, word) in words.iter().enumerate() {
        if index > 0 && column + 1 + word.len() > FOLD_CHARS {
            field.push_str("\r\n");
            column = 0;
        }
        field.push(' ');
        field.push_str(word);
        column += 1 + word.len();
    }
    field
}
