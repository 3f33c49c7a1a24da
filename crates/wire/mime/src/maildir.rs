//! Maildir and Maildir++ names: flags of a message, path of a folder.
//!
//! Names only; reading directories is the caller's. Sources: D. J. Bernstein's
//! maildir page, the Maildir++ page of Courier, RFC 3501 5.1.3 (modified UTF-7).

/// What a message file's name says about the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `D`: the user considers it a draft.
    pub draft: bool,
    /// `F`: marked by the user.
    pub flagged: bool,
    /// `P`: resent, forwarded or bounced.
    pub passed: bool,
    /// `R`: replied to.
    pub replied: bool,
    /// `S`: seen.
    pub seen: bool,
    /// `T`: in the trash, to be deleted later.
    pub trashed: bool,
}

impl Flags {
    /// Reads the flags after the last `:2,`. File systems without colons have
    /// `;2,` or `!2,`. Letters of other programs (Dovecot's small letters for
    /// keywords) say nothing here.
    pub fn from_file_name(name: &str) -> Self {
        let mut flags = Self::default();
        let info = [":2,", ";2,", "!2,"].iter().filter_map(|mark| name.rsplit_once(mark)).next();
        for letter in info.map_or("", |(_, letters)| letters).chars() {
            match letter {
                'D' => flags.draft = true,
                'F' => flags.flagged = true,
                'P' => flags.passed = true,
                'R' => flags.replied = true,
                'S' => flags.seen = true,
                'T' => flags.trashed = true,
                _ => {}
            }
        }
        flags
    }
}

impl Flags {
    /// The letters, in their order in the alphabet, as they stand in file names.
    pub fn letters(self) -> String {
        let all = [
            (self.draft, 'D'),
            (self.flagged, 'F'),
            (self.passed, 'P'),
            (self.replied, 'R'),
            (self.seen, 'S'),
            (self.trashed, 'T'),
        ];
        all.into_iter().filter_map(|(is_set, letter)| is_set.then_some(letter)).collect()
    }
}

/// The part of a message file's name that stays when its flags change.
pub fn base_name(name: &str) -> &str {
    let marks = [":2,", ";2,", "!2,"];
    marks.iter().find_map(|mark| name.rsplit_once(mark)).map_or(name, |(base, _)| base)
}

/// A message file's name with other flags; what other programs' letters say
/// stays.
pub fn with_flags(name: &str, flags: Flags) -> String {
    let base = base_name(name);
    let info = name.get(base.len()..).unwrap_or_default();
    let mark = info.get(..3).unwrap_or(":2,");
    let others = info.get(3..).unwrap_or_default().chars().filter(|c| !"DFPRST".contains(*c));
    // Letters are in the order of ASCII, in which the small ones come last.
    let mut letters: Vec<char> = flags.letters().chars().chain(others).collect();
    letters.sort_unstable();
    format!("{base}{mark}{}", letters.into_iter().collect::<String>())
}

/// The Maildir++ name of a folder: the opposite of [`folder_path`].
pub fn folder_name(path: &[&str]) -> String {
    path.iter().map(|level| format!(".{}", utf7_encode(level))).collect()
}

/// Encodes modified UTF-7. Dots and slashes, which no level of a folder's name
/// can have, are encoded too.
pub fn utf7_encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    for character in name.chars() {
        if matches!(character, ' '..='~') && !"&./".contains(character) {
            unshift(&mut out, &mut shifted);
            out.push(character);
        } else if character == '&' {
            unshift(&mut out, &mut shifted);
            out.push_str("&-");
        } else {
            let mut units = [0; 2];
            shifted.extend(character.encode_utf16(&mut units).iter().flat_map(|u| u.to_be_bytes()));
        }
    }
    unshift(&mut out, &mut shifted);
    out
}

fn unshift(out: &mut String, shifted: &mut Vec<u8>) {
    if !shifted.is_empty() {
        let digits = crate::compose::base64(shifted).replace('/', ",");
        out.push_str(&format!("&{}-", digits.trim_end_matches('=')));
        shifted.clear();
    }
}

/// Path of a Maildir++ folder: `.My Folder.Nested` is `["My Folder", "Nested"]`.
/// None for a name that is no folder's: no leading dot, or an empty level.
pub fn folder_path(name: &str) -> Option<Vec<String>> {
    let levels = name.strip_prefix('.')?;
    levels
        .split('.')
        .map(|level| if level.is_empty() { None } else { Some(utf7_decode(level)) })
        .collect()
}

/// Decodes modified UTF-7. A name that is not valid modified UTF-7 is returned
/// as it is: other programs write plain UTF-8.
pub fn utf7_decode(name: &str) -> String {
    try_utf7_decode(name).unwrap_or_else(|| name.to_owned())
}

fn try_utf7_decode(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((plain, shifted)) = rest.split_once('&') {
        out.push_str(plain);
        let (digits, after) = shifted.split_once('-')?;
        if digits.is_empty() {
            out.push('&');
        } else {
            out.push_str(&shifted_text(digits)?);
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn shifted_text(digits: &str) -> Option<String> {
    if digits.contains(['/', '=']) || !digits.bytes().all(is_modified_base64) {
        return None;
    }
    let bytes = crate::transfer::base64(digits.replace(',', "/").as_bytes());
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let units: Vec<u16> = units.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

fn is_modified_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_follow_the_last_mark_whatever_its_separator() {
        let all = Flags {
            draft: true,
            flagged: true,
            passed: true,
            replied: true,
            seen: true,
            trashed: true,
        };
        assert_eq!(Flags::from_file_name("1.host:2,DFPRST"), all);
        assert!(!Flags::from_file_name("1.host;2,RDF,").seen);
        assert!(Flags::from_file_name("1.host;2,RDF,").flagged);
        assert!(Flags::from_file_name("1.host!2,Sb").seen);
        assert_eq!(
            Flags::from_file_name("1:2,S.host:2,T"),
            Flags { trashed: true, ..Flags::default() }
        );
        assert_eq!(Flags::from_file_name("1.hostS"), Flags::default());
        assert_eq!(Flags::from_file_name(""), Flags::default());
    }

    #[test]
    fn keywords_in_small_letters_are_no_flags() {
        assert_eq!(Flags::from_file_name("1:2,dfprst"), Flags::default());
    }

    #[test]
    fn a_folder_name_is_a_path() {
        assert_eq!(
            folder_path(".My Folder.Nested Folder"),
            Some(vec!["My Folder".to_owned(), "Nested Folder".to_owned()])
        );
        assert_eq!(folder_path(".Entw&APw-rfe"), Some(vec!["Entwürfe".to_owned()]));
        for no_folder in ["cur", ".", "..", ".a..b", ".a.", ""] {
            assert_eq!(folder_path(no_folder), None, "{no_folder}");
        }
    }

    #[test]
    fn modified_utf_7_is_decoded_and_anything_else_left_alone() {
        assert_eq!(utf7_decode("Tom &- Jerry"), "Tom & Jerry");
        assert_eq!(utf7_decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
        assert_eq!(utf7_decode("&2D3eAA-"), "😀");
        for left_alone in ["a & b", "&AB", "&A*-", "&2D0-", "Entwürfe", "&AA-"] {
            assert_eq!(utf7_decode(left_alone), left_alone);
        }
    }

    #[test]
    fn modified_utf_7_is_read_back_from_what_is_written() {
        for name in ["Tom & Jerry", "台北/日本語", "😀", "Entwürfe", "a.b", "&", "", "ü&ü", "~"]
        {
            assert_eq!(utf7_decode(&utf7_encode(name)), name);
        }
        assert_eq!(utf7_encode("Entwürfe"), "Entw&APw-rfe");
        let path = ["Sent.2020", "Grüße"];
        let read = folder_path(&folder_name(&path)).expect("a path");
        assert_eq!(read, path);
    }

    #[test]
    fn flags_change_and_the_rest_of_the_name_stays() {
        let seen = Flags { seen: true, ..Flags::default() };
        assert_eq!(with_flags("1.host", seen), "1.host:2,S");
        assert_eq!(with_flags("1.host:2,FTa", seen), "1.host:2,Sa");
        assert_eq!(with_flags("1.host;2,", Flags::default()), "1.host;2,");
        for name in ["1.host", "1.host:2,DFS", "1:2,S.host!2,"] {
            let flags = Flags::from_file_name(name);
            assert_eq!(Flags::from_file_name(&with_flags(name, flags)), flags);
            assert_eq!(base_name(&with_flags(name, seen)), base_name(name));
        }
    }
}
