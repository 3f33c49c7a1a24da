//! Recipients that no address book knows: a name, a kind of address, an address.
//!
//! Layout of their identifiers: 4 flag bytes (0), the documented 16 bytes, a
//! version and flags of two bytes each, then three texts of 16-bit units, each with
//! a zero. Those with 8-bit texts are read too.

use mapi_abi::tags::{
    MAPI_MAILUSER, PR_ADDRTYPE, PR_DISPLAY_NAME, PR_DISPLAY_TYPE, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_OBJECT_TYPE, PR_SMTP_ADDRESS, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};

const ONE_OFF_UID: [u8; 16] = [
    0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02,
];
/// The texts are Unicode.
const UNICODE: u16 = 0x8000;
/// No rich text is sent.
const NO_RICH_INFO: u16 = 0x1;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOff {
    /// Name for people.
    pub name: String,
    /// Kind of the address, like `SMTP`.
    pub kind: String,
    /// The address.
    pub address: String,
}

impl OneOff {
    /// From what somebody typed: `KIND:ADDRESS`, or an address with an at-sign.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_kind = |kind: &str| {
            !kind.is_empty() && kind.len() <= 16 && kind.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let (kind, address) = match text.split_once(':') {
            Some((kind, address)) if is_kind(kind) => (kind.to_ascii_uppercase(), address.trim()),
            _ if text.contains('@') && !text.contains(char::is_whitespace) => {
                ("SMTP".to_owned(), text)
            }
            _ => return None,
        };
        let is_address = !address.is_empty() && !address.chars().any(char::is_control);
        is_address.then(|| Self { name: address.to_owned(), kind, address: address.to_owned() })
    }

    /// Its identifier.
    pub fn encode(&self) -> EntryId {
        let mut bytes = [&[0; 4][..], &ONE_OFF_UID].concat();
        bytes.extend(0u16.to_le_bytes());
        bytes.extend((UNICODE | NO_RICH_INFO).to_le_bytes());
        for text in [&self.name, &self.kind, &self.address] {
            bytes.extend(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        }
        EntryId(bytes)
    }

    /// From an identifier, if it is one of these.
    pub fn decode(entry: &EntryId) -> Option<Self> {
        let rest = entry.0.strip_prefix(&[0; 4])?.strip_prefix(&ONE_OFF_UID)?;
        let ([_, _, low, high], texts) = rest.split_first_chunk::<4>()?;
        let is_unicode = u16::from_le_bytes([*low, *high]) & UNICODE != 0;
        let mut texts = if is_unicode {
            let pairs = texts.as_chunks::<2>().0;
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            units.split(|unit| *unit == 0).map(String::from_utf16_lossy).collect::<Vec<_>>()
        } else {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            texts.split(|byte| *byte == 0).map(text).collect()
        }
        .into_iter();
        let (name, kind, address) = (texts.next()?, texts.next()?, texts.next()?);
        // What follows the third zero is nothing.
        texts.next()?;
        Some(Self { name, kind, address })
    }

    /// Its properties as a row.
    pub fn row(&self, columns: &[PropTag]) -> Row {
        let one = |tag: &PropTag| match *tag {
            PR_ENTRYID => Prop::new(*tag, Value::Binary(self.encode().0)),
            PR_OBJECT_TYPE => Prop::new(*tag, Value::Long(MAPI_MAILUSER)),
            PR_DISPLAY_TYPE => Prop::new(*tag, Value::Long(0)),
            PR_DISPLAY_NAME => Prop::text(*tag, &*self.name),
            PR_ADDRTYPE => Prop::text(*tag, &*self.kind),
            PR_EMAIL_ADDRESS => Prop::text(*tag, &*self.address),
            PR_SMTP_ADDRESS if self.kind == "SMTP" => Prop::text(*tag, &*self.address),
            _ => Prop::not_found(*tag),
        };
        columns.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_and_damage_is_no_recipient() {
        let one_off =
            OneOff { name: "Bøb".into(), kind: "SMTP".into(), address: "bob@x.example".into() };
        let entry = one_off.encode();
        assert_eq!(OneOff::decode(&entry), Some(one_off));
        for end in 0..entry.0.len() {
            assert_eq!(OneOff::decode(&EntryId(entry.0[..end].to_vec())), None, "{end}");
        }
        let mut bytes = [&[0; 4][..], &ONE_OFF_UID, &[0, 0, 1, 0]].concat();
        bytes.extend(b"Bob\0SMTP\0bob@x\0");
        let read = OneOff::decode(&EntryId(bytes)).unwrap();
        assert_eq!((&*read.name, &*read.address), ("Bob", "bob@x"));
    }

    #[test]
    fn what_is_typed_is_an_address_or_a_name() {
        let address = |text| OneOff::parse(text).map(|one| (one.kind, one.address));
        let smtp = |address: &str| Some(("SMTP".to_owned(), address.to_owned()));
        assert_eq!(address("bob@x.example"), smtp("bob@x.example"));
        assert_eq!(address(" smtp:bob@x "), smtp("bob@x"));
        assert_eq!(address("FAX:+1 2"), Some(("FAX".to_owned(), "+1 2".to_owned())));
        assert_eq!(address("Bob"), None);
        assert_eq!(address("Bob bob@x"), None);
        assert_eq!(address("smtp:"), None);
    }
}
