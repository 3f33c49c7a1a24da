//! A profile's file: TOML, to be read and written by people too.
//!
//! ```toml
//! format = 1
//!
//! [[service]]
//! name = "PWSTORE"
//! uid = "6f1c…"
//! display_name = "Mailbox"
//! properties = { path = "/srv/mail/alice" }
//!
//! [[service.provider]]
//! name = "PWSTORE_MDB"
//! uid = "90aa…"
//! type = "store"
//! ```

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{ResourceType, Section, is_secure};
use toml::{Table, Value as Toml};

use crate::password::Password;
use crate::profile::{MAX_SERVICES, Profile, ProfileProvider, ProfileService};
use crate::uid::Uid;
use crate::value_text::{tag_from_text, tag_to_text, value_from_text, value_to_text};

/// The form that is written and read.
const FORMAT: i64 = 1;
/// Longest file, in bytes.
const MAX_FILE_BYTES: usize = 1 << 20;

fn corrupt(says: impl Into<String>) -> Failure {
    Failure::new(Code::CORRUPT_DATA, says)
}

/// A profile from its file.
///
/// # Errors
/// `CORRUPT_DATA` what is wrong, and where; `VERSION` another form.
pub fn from_text(name: &str, text: &str) -> Result<Profile, Failure> {
    if text.len() > MAX_FILE_BYTES {
        return Err(corrupt(format!("the profile {name} has more than {MAX_FILE_BYTES} bytes")));
    }
    let table: Table = text
        .parse()
        .map_err(|error| corrupt(format!("the profile {name} cannot be read: {error}")))?;
    match table.get("format").and_then(Toml::as_integer) {
        Some(FORMAT) => {}
        Some(other) => {
            let says = format!("the profile {name} has form {other}, this program reads {FORMAT}");
            return Err(Failure::new(Code::VERSION, says));
        }
        None => return Err(corrupt(format!("the profile {name} does not say its format"))),
    }
    let services = list(&table, "service")?;
    if services.len() > MAX_SERVICES {
        return Err(corrupt(format!("the profile {name} has more than {MAX_SERVICES} services")));
    }
    let password = table.get("password").and_then(Toml::as_str).map(Password::from_hash);
    Ok(Profile {
        name: name.to_owned(),
        password,
        section: section(&table)?,
        services: services.into_iter().map(service).collect::<Result<_, _>>()?,
    })
}

fn list<'a>(table: &'a Table, key: &str) -> Result<Vec<&'a Table>, Failure> {
    let Some(list) = table.get(key) else { return Ok(Vec::new()) };
    let not = || corrupt(format!("{key} has to be written as [[{key}]]"));
    list.as_array().ok_or_else(not)?.iter().map(|item| item.as_table().ok_or_else(not)).collect()
}

fn text<'a>(table: &'a Table, key: &str) -> Result<&'a str, Failure> {
    let missing = || corrupt(format!("{key} is missing or no text"));
    table.get(key).and_then(Toml::as_str).ok_or_else(missing)
}

fn uid(table: &Table) -> Result<Uid, Failure> {
    let uid = text(table, "uid")?;
    Uid::parse(uid).ok_or_else(|| corrupt(format!("{uid:?} is no uid: 32 hexadecimal digits")))
}

fn section(table: &Table) -> Result<Section, Failure> {
    let Some(properties) = table.get("properties") else { return Ok(Section::new()) };
    let properties =
        properties.as_table().ok_or_else(|| corrupt("properties have to be a table"))?;
    let mut section = Section::new();
    for (key, value) in properties {
        let tag = tag_from_text(key).ok_or_else(|| {
            corrupt(format!("{key} is no property: a known name or eight hexadecimal digits"))
        })?;
        let value = value_from_text(tag, value)
            .ok_or_else(|| corrupt(format!("the value of {key} does not fit its type")))?;
        section.set(tag, value);
    }
    Ok(section)
}

fn service(table: &Table) -> Result<ProfileService, Failure> {
    let name = text(table, "name")?;
    Ok(ProfileService {
        uid: uid(table)?,
        name: name.to_owned(),
        display_name: text(table, "display_name").unwrap_or(name).to_owned(),
        section: section(table)?,
        providers: list(table, "provider")?.into_iter().map(provider).collect::<Result<_, _>>()?,
    })
}

fn provider(table: &Table) -> Result<ProfileProvider, Failure> {
    let name = text(table, "name")?;
    let kind = text(table, "type")?;
    let kinds = [ResourceType::Store, ResourceType::AddressBook, ResourceType::Transport];
    let resource_type = kinds
        .into_iter()
        .find(|known| word(*known) == kind)
        .ok_or_else(|| corrupt(format!("{kind:?} is neither store, address book nor transport")))?;
    let flags = table.get("flags").and_then(Toml::as_integer).unwrap_or(0);
    Ok(ProfileProvider {
        uid: uid(table)?,
        name: name.to_owned(),
        display_name: text(table, "display_name").unwrap_or(name).to_owned(),
        resource_type,
        flags: u32::try_from(flags).map_err(|_| corrupt("flags are a 32-bit number"))?,
        section: section(table)?,
    })
}

const fn word(resource_type: ResourceType) -> &'static str {
    match resource_type {
        ResourceType::Store => "store",
        ResourceType::AddressBook => "address book",
        ResourceType::Transport => "transport",
    }
}

/// A profile's file, without what is secure.
///
/// # Errors
/// `TYPE_NO_SUPPORT` a section has a value that profiles do not keep.
pub fn to_text(profile: &Profile) -> Result<String, Failure> {
    let mut table = Table::new();
    table.insert("format".into(), Toml::Integer(FORMAT));
    if let Some(password) = &profile.password {
        table.insert("password".into(), password.hash().into());
    }
    put_section(&mut table, &profile.section)?;
    let mut services = Vec::new();
    for service in &profile.services {
        services.push(Toml::Table(service_table(service)?));
    }
    table.insert("service".into(), Toml::Array(services));
    toml::to_string_pretty(&table)
        .map_err(|error| corrupt(format!("the profile cannot be written: {error}")))
}

fn service_table(service: &ProfileService) -> Result<Table, Failure> {
    let mut table = Table::new();
    table.insert("name".into(), service.name.clone().into());
    table.insert("uid".into(), service.uid.to_string().into());
    table.insert("display_name".into(), service.display_name.clone().into());
    put_section(&mut table, &service.section)?;
    let mut providers = Vec::new();
    for provider in &service.providers {
        let mut entry = Table::new();
        entry.insert("name".into(), provider.name.clone().into());
        entry.insert("uid".into(), provider.uid.to_string().into());
        entry.insert("display_name".into(), provider.display_name.clone().into());
        entry.insert("type".into(), word(provider.resource_type).into());
        if provider.flags != 0 {
            entry.insert("flags".into(), Toml::Integer(i64::from(provider.flags)));
        }
        put_section(&mut entry, &provider.section)?;
        providers.push(Toml::Table(entry));
    }
    table.insert("provider".into(), Toml::Array(providers));
    Ok(table)
}

fn put_section(table: &mut Table, section: &Section) -> Result<(), Failure> {
    let mut properties = Table::new();
    for prop in section.iter().filter(|prop| !is_secure(prop.tag)) {
        let value = value_to_text(&prop.value).ok_or_else(|| {
            let says = format!("a profile does not keep values like {:?}", prop.tag);
            Failure::new(Code::TYPE_NO_SUPPORT, says)
        })?;
        properties.insert(tag_to_text(prop.tag), value);
    }
    if !properties.is_empty() {
        table.insert("properties".into(), Toml::Table(properties));
    }
    Ok(())
}

/// The file of what is secure: a table for each section that has such
/// properties; empty when none has.
pub fn secrets_to_text(profile: &Profile) -> String {
    let mut table = Table::new();
    let mut put = |uid: Uid, section: &Section| {
        let secure = section.iter().filter(|prop| is_secure(prop.tag));
        let properties: Table = secure
            .filter_map(|prop| Some((tag_to_text(prop.tag), value_to_text(&prop.value)?)))
            .collect();
        if !properties.is_empty() {
            table.insert(uid.to_string(), Toml::Table(properties));
        }
    };
    for service in &profile.services {
        put(service.uid, &service.section);
        service.providers.iter().for_each(|provider| put(provider.uid, &provider.section));
    }
    table.to_string()
}

/// Puts what is secure into a profile; what belongs to a section that is gone
/// is passed over.
///
/// # Errors
/// `CORRUPT_DATA`.
pub fn with_secrets(profile: &mut Profile, text: &str) -> Result<(), Failure> {
    let table: Table = text.parse().map_err(|_| {
        // The parser's message would show what stands there.
        corrupt(format!("the secrets of the profile {} cannot be read", profile.name))
    })?;
    for (uid, properties) in &table {
        let section = Uid::parse(uid).and_then(|uid| profile.section_mut(uid));
        let (Some(section), Some(properties)) = (section, properties.as_table()) else { continue };
        for (key, value) in properties {
            let Some(tag) = tag_from_text(key).filter(|tag| is_secure(*tag)) else { continue };
            if let Some(value) = value_from_text(tag, value) {
                section.set(tag, value);
            }
        }
    }
    Ok(())
}
