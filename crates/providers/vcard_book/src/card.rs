//! vCards as lines, read and written (RFC 6350 3; RFC 2426 for version 3.0).
//!
//! Lines that nobody asks for stay as they were. No I/O; anything can be read
//! without a panic.

/// Most cards of one file.
pub const MAX_CARDS: usize = 50_000;
/// Most lines of one card, unfolded.
pub const MAX_LINES: usize = 1000;
/// Where written lines are folded, in bytes.
const FOLD_BYTES: usize = 75;

/// Why bytes are no vCards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardError {
    /// No `BEGIN:VCARD`, or lines outside of cards.
    NoCard,
    /// A line without a name or a value.
    NoField,
    /// No `END:VCARD`.
    Unclosed,
    /// More than [`MAX_CARDS`] or [`MAX_LINES`].
    TooMany,
    /// Neither 3.0 nor 4.0.
    Version,
}

impl std::fmt::Display for CardError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoCard => "there is something that is no vCard",
            Self::NoField => "a line has no name and value",
            Self::Unclosed => "a card has no end",
            Self::TooMany => "there are more cards or lines than the limit",
            Self::Version => "its version is neither 3.0 nor 4.0: export it again",
        })
    }
}

impl std::error::Error for CardError {}

/// One line: `group.NAME;parameters:value`, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// In capitals, without its group.
    name: String,
    /// Group, name and parameters.
    front: String,
    value: String,
}

/// A vCard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    lines: Vec<Line>,
}

/// The value's text without its escapes.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => {}
            '\\' | ',' | ';' => out.extend(['\\', character]),
            other => out.push(if other.is_control() { ' ' } else { other }),
        }
    }
    out
}

/// The parts of a value between semicolons that are not escaped.
fn components(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_escaped = false;
    for character in value.chars() {
        if character == ';' && !is_escaped {
            parts.push(String::new());
            continue;
        }
        is_escaped = character == '\\' && !is_escaped;
        if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts.iter().map(|part| unescaped(part)).collect()
}

impl Card {
    /// A card without anything.
    pub fn new() -> Self {
        Self::default()
    }

    fn find(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The text of the first line of that name, if it is not empty.
    pub fn text(&self, name: &str) -> Option<String> {
        self.find(name).map(|line| unescaped(&line.value)).filter(|text| !text.is_empty())
    }

    /// The texts of all lines of that name, preferred ones first.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let of_name = self.lines.iter().filter(|line| line.name == name);
        let mut lines: Vec<&Line> = of_name.collect();
        lines.sort_by_key(|line| !line.front.to_ascii_uppercase().contains("PREF"));
        lines.iter().map(|line| unescaped(&line.value)).filter(|text| !text.is_empty()).collect()
    }

    /// The text of the first line of that name with a word among its parameters.
    pub fn text_with(&self, name: &str, parameter: &str) -> Option<String> {
        let has =
            |line: &&Line| line.name == name && line.front.to_ascii_uppercase().contains(parameter);
        self.lines.iter().find(has).map(|line| unescaped(&line.value))
    }

    /// A part of a structured value, if it is not empty.
    pub fn component(&self, name: &str, at: usize) -> Option<String> {
        let value = &self.find(name)?.value;
        components(value).into_iter().nth(at).filter(|part| !part.is_empty())
    }

    /// Whether it stands for several.
    pub fn is_group(&self) -> bool {
        ["KIND", "X-ADDRESSBOOKSERVER-KIND"]
            .iter()
            .any(|name| self.text(name).is_some_and(|kind| kind.eq_ignore_ascii_case("group")))
    }

    /// What it has in the place of its identifiers of members.
    pub fn members(&self) -> Vec<String> {
        ["MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"].iter().flat_map(|name| self.texts(name)).collect()
    }

    /// Sets the value of the first line of that name; empty removes it.
    pub fn set(&mut self, name: &str, text: &str) {
        self.set_raw(name, escaped(text));
    }

    /// Sets one part of a structured value.
    pub fn set_component(&mut self, name: &str, at: usize, text: &str) {
        let value = self.find(name).map(|line| line.value.clone()).unwrap_or_default();
        let mut parts = components(&value);
        if parts.len() <= at {
            parts.resize(at + 1, String::new());
        }
        if let Some(part) = parts.get_mut(at) {
            text.clone_into(part);
        }
        let is_empty = parts.iter().all(String::is_empty);
        let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
        self.set_raw(name, if is_empty { String::new() } else { parts.join(";") });
    }

    fn set_raw(&mut self, name: &str, value: String) {
        let at = self.lines.iter().position(|line| line.name == name);
        match (at, value.is_empty()) {
            (Some(at), true) => {
                self.lines.remove(at);
            }
            (Some(at), false) => {
                if let Some(line) = self.lines.get_mut(at) {
                    line.value = value;
                }
            }
            (None, true) => {}
            (None, false) => {
                self.lines.push(Line { name: name.to_owned(), front: name.to_owned(), value });
            }
        }
    }

    /// What people call it.
    pub fn display_name(&self) -> String {
        let of_parts = || {
            let parts = [self.component("N", 1), self.component("N", 0)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            Some(parts.join(" ")).filter(|name| !name.is_empty())
        };
        self.text("FN")
            .or_else(of_parts)
            .or_else(|| self.component("ORG", 0))
            .or_else(|| self.text("EMAIL"))
            .unwrap_or_default()
    }
}

/// The lines of a file, with folded ones joined.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn line(text: &str) -> Result<Line, CardError> {
    let mut is_quoted = false;
    let colon = text.char_indices().find_map(|(at, character)| {
        is_quoted ^= character == '"';
        (character == ':' && !is_quoted).then_some(at)
    });
    let (front, value) =
        text.split_at_checked(colon.ok_or(CardError::NoField)?).ok_or(CardError::NoField)?;
    let name = front.split(';').next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(_, name)| name).trim().to_ascii_uppercase();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(CardError::NoField);
    }
    let value = value.strip_prefix(':').unwrap_or(value);
    Ok(Line { name, front: front.trim().to_owned(), value: value.to_owned() })
}

/// Reads the cards of a file.
///
/// # Errors
/// [`CardError`]: then none of its cards is to be relied on.
pub fn parse(bytes: &[u8]) -> Result<Vec<Card>, CardError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut cards = Vec::new();
    let mut open: Option<Card> = None;
    for text in unfolded(text) {
        let line = line(&text)?;
        let is_mark = line.value.trim().eq_ignore_ascii_case("VCARD");
        match (open.as_mut(), line.name.as_str()) {
            (None, "BEGIN") if is_mark => open = Some(Card::new()),
            (None, _) => return Err(CardError::NoCard),
            (Some(_), "END") if is_mark => {
                cards.extend(open.take());
                if cards.len() > MAX_CARDS {
                    return Err(CardError::TooMany);
                }
            }
            (Some(_), "BEGIN") if is_mark => return Err(CardError::Unclosed),
            (Some(_), "VERSION") if !matches!(line.value.trim(), "3.0" | "4.0") => {
                return Err(CardError::Version);
            }
            // Written anew.
            (Some(_), "VERSION") => {}
            (Some(card), _) => {
                if card.lines.len() == MAX_LINES {
                    return Err(CardError::TooMany);
                }
                card.lines.push(line);
            }
        }
    }
    if open.is_some() {
        return Err(CardError::Unclosed);
    }
    Ok(cards)
}

fn put(out: &mut String, line: &str) {
    let mut column = 0;
    for character in line.chars() {
        if column + character.len_utf8() > FOLD_BYTES {
            out.push_str("\r\n ");
            column = 1;
        }
        column += character.len_utf8();
        out.push(character);
    }
    out.push_str("\r\n");
}

/// Writes cards as version 4.0.
pub fn write(cards: &[Card]) -> Vec<u8> {
    let mut out = String::new();
    for card in cards {
        out.push_str("BEGIN:VCARD\r\nVERSION:4.0\r\n");
        if card.find("FN").is_none() {
            put(&mut out, &format!("FN:{}", escaped(&card.display_name())));
        }
        for line in &card.lines {
            put(&mut out, &format!("{}:{}", line.front, line.value));
        }
        out.push_str("END:VCARD\r\n");
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada\\, Countess;;;\r\n\
        FN:Ada \r\n Lovelace\r\nitem1.EMAIL;TYPE=home:ada@home\r\n\
        EMAIL;TYPE=\"work:x\",pref:ada@x\r\nORG:Engines\\; Ltd;Dept\r\nNOTE:a\\nb\r\n\
        X-OWN;A=b:kept\r\nEND:VCARD\r\n";

    #[test]
    fn lines_are_unfolded_unescaped_and_kept() {
        let cards = parse(FULL.as_bytes()).expect("cards");
        let card = &cards[0];
        assert_eq!(card.display_name(), "Ada Lovelace");
        assert_eq!(card.component("N", 1).as_deref(), Some("Ada, Countess"));
        assert_eq!(card.texts("EMAIL"), ["ada@x", "ada@home"], "the preferred one is first");
        assert_eq!(card.component("ORG", 0).as_deref(), Some("Engines; Ltd"));
        assert_eq!(card.text("NOTE").as_deref(), Some("a\nb"));
        let written = String::from_utf8(write(&cards)).expect("text");
        assert!(written.contains("VERSION:4.0") && written.contains("X-OWN;A=b:kept"));
        assert_eq!(parse(written.as_bytes()), Ok(cards));
    }

    #[test]
    fn what_is_set_is_read_back() {
        let mut card = Card::new();
        card.set("FN", "a;b,c\\d\ne");
        card.set_component("N", 1, "Given;");
        card.set("NOTE", &"lang ü ".repeat(40));
        let read = parse(&write(std::slice::from_ref(&card))).expect("cards");
        assert_eq!(read, [card.clone()]);
        assert_eq!(read[0].text("FN").as_deref(), Some("a;b,c\\d\ne"));
        assert_eq!(read[0].component("N", 1).as_deref(), Some("Given;"));
        card.set("NOTE", "");
        card.set_component("N", 1, "");
        assert_eq!((card.text("NOTE"), card.component("N", 1)), (None, None));
        let lines = write(&read);
        assert!(lines.split(|byte| *byte == b'\n').all(|line| line.len() <= FOLD_BYTES + 1));
    }

    #[test]
    fn damaged_files_are_told_apart() {
        for (text, error) in [
            ("x", CardError::NoField),
            ("X:y", CardError::NoCard),
            ("BEGIN:VCARD\nFN:a", CardError::Unclosed),
            ("BEGIN:VCARD\nBEGIN:VCARD\n", CardError::Unclosed),
            ("BEGIN:VCARD\nVERSION:2.1\nEND:VCARD", CardError::Version),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(error), "{text}");
        }
        assert_eq!(parse(b""), Ok(Vec::new()));
    }

    #[test]
    fn cards_and_lines_are_limited() {
        let card = |lines| format!("BEGIN:VCARD\n{}END:VCARD\n", "X:y\n".repeat(lines));
        assert!(parse(card(MAX_LINES).as_bytes()).is_ok());
        assert_eq!(parse(card(MAX_LINES + 1).as_bytes()), Err(CardError::TooMany));
        assert!(parse(card(0).repeat(MAX_CARDS).as_bytes()).is_ok());
        assert_eq!(parse(card(0).repeat(MAX_CARDS + 1).as_bytes()), Err(CardError::TooMany));
    }
}
