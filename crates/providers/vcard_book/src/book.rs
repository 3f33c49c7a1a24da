//! vCard files behind the interface of address books.

use std::path::Path;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{AddressBook, Container, Query, Resolution};
use mapi_abi::tags::{PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PropTag};
use mapi_abi::value::{EntryId, Row, Value};

use crate::card::Card;
use crate::condition::{is_meant, meets, most, sort};
use crate::entry::{self, Uid, card_name};
use crate::files::{Files, failed};
use crate::fold::fold;
use crate::props::{apply, of_card, of_member, pick};

/// The name of the one container.
const CONTAINER: &str = "Contacts";
/// What a member that is an address begins with.
const MAIL: &str = "mailto:";

/// An open book.
pub struct VcardBook {
    files: Files,
    uid: Uid,
    writable: bool,
}

fn gone() -> Failure {
    Failure::new(Code::NOT_FOUND, "the entry does not exist any more")
}

/// The key of a card in its file.
fn key(card: &Card, at: usize) -> String {
    card.text("UID").unwrap_or_else(|| format!("#{at}"))
}

/// A random identifier (RFC 9562 version 4).
fn new_uid() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(Code::CALL_FAILED, format!("the system gives no random bytes: {error}"))
    })?;
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xF << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{number:032x}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts: Vec<&str> = parts.iter().filter_map(|(from, to)| hex.get(*from..*to)).collect();
    Ok(format!("urn:uuid:{}", parts.join("-")))
}

impl VcardBook {
    /// Opens the file or the folder of files at `path`; answers also what could not
    /// be read.
    ///
    /// # Errors
    /// `NOT_FOUND`; `NO_ACCESS`; disk errors.
    pub fn open(path: &Path, writable: bool) -> Result<(Self, Option<String>), Failure> {
        let files = Files::open(path)?;
        let troubles: Vec<String> = files
            .all()?
            .iter()
            .filter_map(|(name, read)| read.as_ref().err().map(|why| format!("{name} ({why})")))
            .collect();
        let warning = (!troubles.is_empty())
            .then(|| format!("these files cannot be read as vCards: {}", troubles.join(", ")));
        let uid = entry::uid_of(files.path());
        Ok((Self { files, uid, writable }, warning))
    }

    /// All entries, by file and place.
    fn entries(&self) -> Result<Vec<(EntryId, Card)>, Failure> {
        let mut found = Vec::new();
        for (name, read) in self.files.all()? {
            for (at, card) in read.iter().flat_map(|cards| cards.iter()).enumerate() {
                found.push((entry::card(&self.uid, &name, &key(card, at)), card.clone()));
            }
        }
        Ok(found)
    }

    fn table(&self, container: &EntryId, query: &Query) -> Result<Vec<Row>, Failure> {
        if *container != entry::container(&self.uid) {
            let says = "not the container of this address book";
            return Err(Failure::new(Code::INVALID_ENTRYID, says));
        }
        let mut rows: Vec<Row> =
            self.entries()?.iter().map(|(entry, card)| of_card(entry, card)).collect();
        if let Some(restriction) = &query.restriction {
            rows.retain(|row| meets(row, restriction));
        }
        sort(&mut rows, &query.sort);
        rows.truncate(most(query.restriction.as_ref()));
        Ok(rows)
    }

    fn find(&self, wanted: &EntryId) -> Result<Row, Failure> {
        let (file, name) = card_name(&self.uid, wanted)?;
        if let Some(address) = name.strip_prefix(MAIL).filter(|_| file.is_empty()) {
            return Ok(of_member(wanted, address));
        }
        let (entry, card) = self.card(wanted)?;
        Ok(of_card(&entry, &card))
    }

    fn card(&self, wanted: &EntryId) -> Result<(EntryId, Card), Failure> {
        card_name(&self.uid, wanted)?;
        self.entries()?.into_iter().find(|(entry, _)| entry == wanted).ok_or_else(gone)
    }

    /// File and key of an entry that is a card.
    fn changeable<'a>(&self, entry: &'a EntryId) -> Result<(&'a str, &'a str), Failure> {
        let (file, key) = card_name(&self.uid, entry)?;
        if file.is_empty() {
            let says = "the entry is only an address in a list: add it as an entry first";
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        Ok((file, key))
    }

    fn check_writable(&self) -> Result<(), Failure> {
        let says = "the address book was opened for reading only";
        if self.writable { Ok(()) } else { Err(Failure::new(Code::NO_ACCESS, says)) }
    }

    /// Whether a name or the address is exactly the one.
    fn is_exact(row: &Row, folded: &str) -> bool {
        row.iter().any(|prop| match &prop.value {
            Value::Unicode(text) if [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS].contains(&prop.tag) => {
                fold(text) == folded
            }
            _ => false,
        })
    }
}

impl AddressBook for VcardBook {
    fn containers(&self) -> Result<Vec<Container>, Failure> {
        Ok(vec![Container {
            entry: entry::container(&self.uid),
            name: CONTAINER.to_owned(),
            is_modifiable: self.writable,
        }])
    }

    fn count(&self, container: &EntryId, query: &Query) -> Result<u64, Failure> {
        Ok(self.table(container, query)?.len() as u64)
    }

    fn rows(
        &self,
        container: &EntryId,
        query: &Query,
        start: u64,
        limit: u32,
    ) -> Result<Vec<Row>, Failure> {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let rows = self.table(container, query)?;
        let page = rows.iter().skip(start).take(limit as usize);
        Ok(page.map(|row| pick(row, &query.columns)).collect())
    }

    fn entry_props(&self, entry: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
        Ok(pick(&self.find(entry)?, tags))
    }

    fn entry_tags(&self, entry: &EntryId) -> Result<Vec<PropTag>, Failure> {
        Ok(self.find(entry)?.iter().map(|prop| prop.tag).collect())
    }

    fn members(&self, entry: &EntryId) -> Result<Vec<EntryId>, Failure> {
        let (_, card) = self.card(entry)?;
        if !card.is_group() {
            return Err(Failure::new(Code::INVALID_ENTRYID, "the entry is no distribution list"));
        }
        let all = self.entries()?;
        let bare = |id: &str| fold(id.strip_prefix("urn:uuid:").unwrap_or(id));
        let member = |wanted: String| {
            let address = wanted.strip_prefix(MAIL).map(fold);
            let known = all.iter().find(|(_, card)| match &address {
                Some(address) => card.texts("EMAIL").iter().any(|own| fold(own) == *address),
                None => card.text("UID").is_some_and(|uid| bare(&uid) == bare(&wanted)),
            });
            match (known, address) {
                (Some((entry, _)), _) => Some(entry.clone()),
                (None, Some(_)) => Some(entry::card(&self.uid, "", &wanted)),
                // It was deleted, or is in another book.
                (None, None) => None,
            }
        };
        Ok(card.members().into_iter().filter_map(member).collect())
    }

    fn save_entry(
        &self,
        container: &EntryId,
        entry: Option<&EntryId>,
        props: &Row,
    ) -> Result<EntryId, Failure> {
        self.check_writable()?;
        if *container != entry::container(&self.uid) {
            let says = "not the container of this address book";
            return Err(Failure::new(Code::INVALID_ENTRYID, says));
        }
        let Some(entry) = entry else {
            let uid = new_uid()?;
            let mut card = Card::new();
            card.set("UID", &uid);
            apply(&mut card, props);
            let file = self.files.name_for(uid.rsplit(':').next().unwrap_or_default());
            let mut cards = self.files.fresh(&file)?;
            cards.push(card);
            self.files.save(&file, &cards)?;
            return Ok(entry::card(&self.uid, &file, &uid));
        };
        let (file, wanted) = self.changeable(entry)?;
        let mut cards = self.files.fresh(file)?;
        let mut places = cards.iter().enumerate();
        let at = places.position(|(at, card)| key(card, at) == wanted).ok_or_else(gone)?;
        apply(cards.get_mut(at).ok_or_else(gone)?, props);
        self.files.save(file, &cards)?;
        Ok(entry.clone())
    }

    fn delete_entries(&self, entries: &[EntryId]) -> Result<(), Failure> {
        self.check_writable()?;
        for entry in entries {
            let (file, wanted) = self.changeable(entry)?;
            let mut cards = self.files.fresh(file)?;
            let mut places = cards.iter().enumerate();
            let at = places.position(|(at, card)| key(card, at) == wanted).ok_or_else(gone)?;
            cards.remove(at);
            self.files.save(file, &cards)?;
        }
        Ok(())
    }

    fn resolve(&self, name: &str, columns: &[PropTag]) -> Result<Resolution, Failure> {
        let folded = fold(name.trim());
        if folded.is_empty() {
            // Whoever has no address is not meant by nothing.
            return Ok(Resolution::Unresolved);
        }
        let rows: Vec<Row> =
            self.entries()?.iter().map(|(entry, card)| of_card(entry, card)).collect();
        let exact: Vec<&Row> = rows.iter().filter(|row| Self::is_exact(row, &folded)).collect();
        let found = if exact.is_empty() {
            rows.iter().filter(|row| is_meant(row, &folded)).collect()
        } else {
            exact
        };
        Ok(match found.as_slice() {
            [] => Resolution::Unresolved,
            [one] => Resolution::Resolved(pick(one, columns)),
            many => Resolution::Ambiguous(many.iter().map(|row| pick(row, columns)).collect()),
        })
    }
}

/// Makes the folder of a book, if it is missing.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path).map_err(|error| failed("making", path, &error))
}
