//! The recipients that a message's header names.
//!
//! Blind copies too: the decoder of messages has no field for them, as delivered
//! mail has none; mail that was sent from here may.

use mapi_abi::tags::{MAPI_BCC, MAPI_CC, MAPI_TO};
use mime::Mailbox;

/// The name of the field of blind copies.
const BCC: &[u8] = b"bcc:";

/// A recipient as a header names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRecipient {
    /// `MAPI_TO`, `MAPI_CC` or `MAPI_BCC`.
    pub kind: i32,
    /// Its name, or its address where it has none.
    pub name: String,
    /// Its address, where it has one.
    pub address: Option<String>,
}

/// The recipients of a message that begins with `raw`; none when it cannot be read.
pub fn recipients_in(raw: &[u8]) -> Vec<NamedRecipient> {
    let header = header_of(raw);
    match mime::decode(header) {
        Ok(message) => recipients_of(&message, raw),
        Err(_) => Vec::new(),
    }
}

/// The recipients of a message that was decoded from `raw`.
pub fn recipients_of(message: &mime::Message, raw: &[u8]) -> Vec<NamedRecipient> {
    let blind = blind_copies(header_of(raw));
    let lists = [(MAPI_TO, &message.to), (MAPI_CC, &message.cc), (MAPI_BCC, &blind)];
    lists
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |mailbox| recipient(kind, mailbox)))
        .collect()
}

fn recipient(kind: i32, mailbox: &Mailbox) -> NamedRecipient {
    NamedRecipient {
        kind,
        name: mailbox.display().to_owned(),
        address: Some(mailbox.address.clone()).filter(|address| !address.is_empty()),
    }
}

/// Up to the empty line, as far as headers are read.
fn header_of(raw: &[u8]) -> &[u8] {
    let raw = raw.get(..mime::MAX_HEADER_BYTES).unwrap_or(raw);
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        at += line.len();
    }
    raw.get(..at).unwrap_or(raw)
}

/// The field is given to the decoder under a name that it knows.
fn blind_copies(header: &[u8]) -> Vec<Mailbox> {
    let mut found = Vec::new();
    let mut is_inside = false;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            is_inside = line.get(..BCC.len()).is_some_and(|name| name.eq_ignore_ascii_case(BCC));
            if is_inside {
                found.extend_from_slice(b"To:");
                found.extend_from_slice(line.get(BCC.len()..).unwrap_or_default());
                continue;
            }
        }
        if is_inside {
            found.extend_from_slice(line);
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    found.extend_from_slice(b"\n\n");
    mime::decode(&found).map(|message| message.to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_read_from_all_three_fields_and_from_nothing_else() {
        let raw = b"From: a@x\r\nTo: Ada <ada@x>,\r\n bob@x\r\nCC: c@x\r\nBcc: Dora\r\n <d@x>\r\n\
            Subject: Bcc: nobody\r\n\r\nBcc: body@x\r\n";
        let found = recipients_in(raw);
        let seen: Vec<(i32, &str, Option<&str>)> = found
            .iter()
            .map(|recipient| {
                (recipient.kind, recipient.name.as_str(), recipient.address.as_deref())
            })
            .collect();
        assert_eq!(
            seen,
            [
                (MAPI_TO, "Ada", Some("ada@x")),
                (MAPI_TO, "bob@x", Some("bob@x")),
                (MAPI_CC, "c@x", Some("c@x")),
                (MAPI_BCC, "Dora", Some("d@x")),
            ]
        );
    }

    #[test]
    fn anything_has_a_header_of_some_kind() {
        for raw in [&b""[..], b"\n\n", b"Bcc:", b"bcc", b"\xff\xfe\nBcc: \xff", b"Bcc:\n x"] {
            assert!(recipients_in(raw).len() <= 1, "{raw:?}");
        }
    }
}
