//! A plain text body as blocks: quoted lines, signature, links.
//!
//! The blocks hold the text itself; the template escapes it. Limit:
//! [`MAX_TEXT_BYTES`], the rest is cut and said to be.

/// Longest text that is shown, in bytes.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// Quotes deeper than this look the same.
const MAX_QUOTE_DEPTH: usize = 4;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// The sender's own words.
    Own,
    /// Quoted so many times.
    Quote(usize),
    /// From the line `-- ` to the end.
    Signature,
}

impl BlockKind {
    /// The class in the style sheet.
    pub fn class(self) -> String {
        match self {
            Self::Own => "own".to_owned(),
            Self::Quote(depth) => format!("quote q{depth}"),
            Self::Signature => "signature".to_owned(),
        }
    }
}

/// Text, or a link with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Text, line ends included.
    Text(String),
    /// A web address.
    Link {
        /// Where it leads: `http` or `https`.
        href: String,
        /// As it was written.
        text: String,
    },
}

/// Lines of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text.
    pub spans: Vec<Span>,
}

/// Cuts a text at the limit; true when something was cut.
pub fn bounded(text: &str) -> (&str, bool) {
    let cut = text.floor_char_boundary(MAX_TEXT_BYTES);
    (text.get(..cut).unwrap_or_default(), cut < text.len())
}

/// Splits a text into blocks.
pub fn text_blocks(text: &str) -> Vec<Block> {
    let mut groups: Vec<(BlockKind, String)> = Vec::new();
    let mut signature = false;
    for line in text.lines() {
        signature = signature || line == "-- ";
        let kind = if signature { BlockKind::Signature } else { kind_of(line) };
        match groups.last_mut() {
            Some((last, lines)) if *last == kind => {
                lines.push('\n');
                lines.push_str(line);
            }
            _ => groups.push((kind, line.to_owned())),
        }
    }
    groups.into_iter().map(|(kind, lines)| Block { kind, spans: spans(&lines) }).collect()
}

fn kind_of(line: &str) -> BlockKind {
    let depth = line
        .chars()
        .take_while(|character| matches!(character, '>' | ' '))
        .filter(|character| *character == '>')
        .take(MAX_QUOTE_DEPTH)
        .count();
    if depth == 0 || !line.starts_with('>') { BlockKind::Own } else { BlockKind::Quote(depth) }
}

/// Finds the web addresses in a text.
fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = text;
    let mut at = 0;
    while let Some(step) = rest.get(at..).and_then(|tail| tail.chars().next()).map(char::len_utf8) {
        let (before, tail) = rest.split_at(at);
        let starts_word = !before.ends_with(|character: char| character.is_alphanumeric());
        let Some(length) = starts_word.then(|| address_length(tail)).flatten() else {
            at += step;
            continue;
        };
        let (address, after) = tail.split_at(length);
        if !before.is_empty() {
            spans.push(Span::Text(before.to_owned()));
        }
        let bare = !has_prefix(address, "http");
        let href = if bare { format!("https://{address}") } else { address.to_owned() };
        spans.push(Span::Link { href, text: address.to_owned() });
        (rest, at) = (after, 0);
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest.to_owned()));
    }
    spans
}

/// Length of the address that the text begins with.
fn address_length(text: &str) -> Option<usize> {
    let prefix = ["https://", "http://", "www."].into_iter().find(|p| has_prefix(text, p))?;
    let end = text
        .find(|character: char| {
            character.is_whitespace() || character.is_control() || "<>\"“”«»".contains(character)
        })
        .unwrap_or(text.len());
    let mut address = text.get(..end)?;
    loop {
        let shorter = match address.chars().next_back()? {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '|' | '’' => true,
            ')' => address.matches(')').count() > address.matches('(').count(),
            ']' | '}' => true,
            _ => false,
        };
        if !shorter {
            break;
        }
        let last = address.chars().next_back().map_or(0, char::len_utf8);
        address = address.get(..address.len() - last)?;
    }
    (address.len() > prefix.len()).then_some(address.len())
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::{BlockKind, MAX_TEXT_BYTES, Span, bounded, text_blocks};

    fn links(text: &str) -> Vec<String> {
        text_blocks(text)
            .into_iter()
            .flat_map(|block| block.spans)
            .filter_map(|span| match span {
                Span::Link { href, .. } => Some(href),
                Span::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn an_address_ends_before_the_sentence_does() {
        assert_eq!(links("See https://a.example/x?y=1&z=2."), ["https://a.example/x?y=1&z=2"]);
        assert_eq!(links("(see http://a.example/b)"), ["http://a.example/b"]);
        assert_eq!(links("http://a.example/b_(c), more"), ["http://a.example/b_(c)"]);
        assert_eq!(links("<https://a.example>"), ["https://a.example"]);
        assert_eq!(links("HTTPS://A.example!"), ["HTTPS://A.example"]);
        assert_eq!(links("www.example.org ok"), ["https://www.example.org"]);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(
            links("javascript:alert(1) ftp://x data:text/html,x http:// https://. ").is_empty()
        );
        assert!(links("xhttp://glued.example awww.example").is_empty());
    }

    #[test]
    fn the_blocks_hold_the_whole_text() {
        let text =
            "hello\n> one\n> two\n>> three\nmine https://a.example/ö\n-- \nme\n> not a quote";
        let blocks = text_blocks(text);
        let kinds: Vec<BlockKind> = blocks.iter().map(|block| block.kind).collect();
        assert_eq!(
            kinds,
            [
                BlockKind::Own,
                BlockKind::Quote(1),
                BlockKind::Quote(2),
                BlockKind::Own,
                BlockKind::Signature
            ]
        );
        let lines: Vec<String> = blocks
            .iter()
            .map(|block| {
                let part = |span: &Span| match span {
                    Span::Text(text) | Span::Link { text, .. } => text.clone(),
                };
                block.spans.iter().map(part).collect()
            })
            .collect();
        assert_eq!(lines.join("\n"), text);
    }

    #[test]
    fn a_text_is_cut_at_the_limit_between_characters() {
        let text = "a".repeat(MAX_TEXT_BYTES - 1);
        assert_eq!(bounded(&format!("{text}b")), (format!("{text}b").as_str(), false));
        assert_eq!(bounded(&format!("{text}ö")), (text.as_str(), true));
    }
}
