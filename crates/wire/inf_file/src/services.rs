//! What the sections of a file say about message services.
//!
//! `[Services]` names them, each is described in the section of its name, and the
//! sections that `Providers` lists describe its providers. Keys that mean nothing
//! here are passed over.

use crate::error::{InfError, shown};
use crate::flags::flags;
use crate::parse::{Entry, InfFile, Section};
use crate::value::{self, Prop, prop};

/// Most providers, or sections of its own, of one service.
pub const MAX_PROVIDERS: usize = 64;

/// `SERVICE_SINGLE_COPY` among a service's flags.
pub const SINGLE_COPY: u32 = 0x2;

/// What a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `MAPI_STORE_PROVIDER` (33).
    Store,
    /// `MAPI_AB_PROVIDER` (35).
    AddressBook,
    /// `MAPI_TRANSPORT_PROVIDER` (36).
    Transport,
}

/// One provider of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The name of its section.
    pub name: String,
    /// `PR_DISPLAY_NAME`; its name without one.
    pub display_name: String,
    /// `PR_PROVIDER_DISPLAY`: who made it.
    pub maker: Option<String>,
    /// `PR_PROVIDER_SO_NAME` or `PR_PROVIDER_DLL_NAME`.
    pub library: Option<String>,
    /// `PR_RESOURCE_TYPE`.
    pub kind: Kind,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
    /// Its properties.
    pub props: Vec<Prop>,
}

/// A section that a service has besides those of its providers (`Sections`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraSection {
    /// Its name.
    pub name: String,
    /// `UID`, in hexadecimal as it stands there.
    pub uid: Option<String>,
    /// Its properties.
    pub props: Vec<Prop>,
}

/// A message service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The name of its section.
    pub name: String,
    /// `PR_DISPLAY_NAME`; what `[Services]` calls it without one.
    pub display_name: String,
    /// `PR_SERVICE_SO_NAME` or `PR_SERVICE_DLL_NAME`.
    pub library: Option<String>,
    /// `PR_SERVICE_ENTRY_NAME`.
    pub entry: Option<String>,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
    /// Whether it is among `[Default Services]`.
    pub is_default: bool,
    /// Its providers, in their order; at least one.
    pub providers: Vec<Provider>,
    /// Its other sections.
    pub sections: Vec<ExtraSection>,
    /// Its properties.
    pub props: Vec<Prop>,
}

/// The services of a file, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    /// See the type.
    pub services: Vec<Service>,
}

/// Reads what a file says about services. A file without `[Services]` has none.
///
/// # Errors
/// The first thing that is missing or not understood.
pub fn read(file: &InfFile) -> Result<Services, InfError> {
    let Some(named) = file.section("Services") else { return Ok(Services::default()) };
    let mut services: Vec<Service> = Vec::new();
    for entry in &named.entries {
        let service = service(file, entry)?;
        services.retain(|known| !known.name.eq_ignore_ascii_case(&service.name));
        services.push(service);
    }
    Ok(Services { services })
}

fn service(file: &InfFile, named: &Entry) -> Result<Service, InfError> {
    let section = described(file, &named.key, named.line, "service")?;
    let providers = list(section, "Providers")?
        .into_iter()
        .map(|(name, line)| provider(described(file, name, line, "provider")?))
        .collect::<Result<Vec<_>, _>>()?;
    if providers.is_empty() {
        let says = format!("the service {} has no provider: add Providers=", shown(&named.key));
        return Err(InfError::new(section.line, says));
    }
    let sections = list(section, "Sections")?
        .into_iter()
        .map(|(name, line)| {
            let section = described(file, name, line, "section")?;
            let uid = text(section, &["UID"]);
            Ok(ExtraSection { name: section.name.clone(), uid, props: props(section)? })
        })
        .collect::<Result<Vec<_>, InfError>>()?;
    let defaults = file.section("Default Services");
    let called = if named.value.is_empty() { &named.key } else { &named.value };
    Ok(Service {
        name: section.name.clone(),
        display_name: text(section, &["PR_DISPLAY_NAME"]).unwrap_or_else(|| called.clone()),
        library: text(section, &["PR_SERVICE_SO_NAME", "PR_SERVICE_DLL_NAME"]),
        entry: text(section, &["PR_SERVICE_ENTRY_NAME"]),
        flags: section.entry("PR_RESOURCE_FLAGS").map_or(Ok(0), flags)?,
        is_default: defaults.is_some_and(|section| section.entry(&named.key).is_some()),
        providers,
        sections,
        props: props(section)?,
    })
}

fn provider(section: &Section) -> Result<Provider, InfError> {
    let Some(kind) = section.entry("PR_RESOURCE_TYPE") else {
        let says = format!("the provider {} has no PR_RESOURCE_TYPE", shown(&section.name));
        return Err(InfError::new(section.line, says));
    };
    let display_name = text(section, &["PR_DISPLAY_NAME"]);
    Ok(Provider {
        name: section.name.clone(),
        display_name: display_name.unwrap_or_else(|| section.name.clone()),
        maker: text(section, &["PR_PROVIDER_DISPLAY"]),
        library: text(section, &["PR_PROVIDER_SO_NAME", "PR_PROVIDER_DLL_NAME"]),
        kind: resource_type(kind)?,
        flags: section.entry("PR_RESOURCE_FLAGS").map_or(Ok(0), flags)?,
        props: props(section)?,
    })
}

fn resource_type(entry: &Entry) -> Result<Kind, InfError> {
    let named = match &*entry.value.to_ascii_uppercase() {
        "MAPI_STORE_PROVIDER" => Some(33),
        "MAPI_AB_PROVIDER" => Some(35),
        "MAPI_TRANSPORT_PROVIDER" => Some(36),
        other => value::number(other),
    };
    match named {
        Some(33) => Ok(Kind::Store),
        Some(35) => Ok(Kind::AddressBook),
        Some(36) => Ok(Kind::Transport),
        _ => {
            let says = format!(
                "{:?} is no type of a provider: it is MAPI_STORE_PROVIDER, MAPI_AB_PROVIDER or \
                 MAPI_TRANSPORT_PROVIDER",
                shown(&entry.value)
            );
            Err(InfError::new(entry.line, says))
        }
    }
}

fn described<'a>(
    file: &'a InfFile,
    name: &str,
    line: usize,
    what: &str,
) -> Result<&'a Section, InfError> {
    file.section(name).ok_or_else(|| {
        let name = shown(name);
        InfError::new(line, format!("the {what} {name} has no section: add [{name}]"))
    })
}

/// The first of the keys that has a value.
fn text(section: &Section, keys: &[&str]) -> Option<String> {
    let values = keys.iter().filter_map(|key| section.entry(key)).map(|entry| &entry.value);
    values.into_iter().find(|value| !value.is_empty()).cloned()
}

/// The names of a list, with its line.
fn list<'a>(section: &'a Section, key: &str) -> Result<Vec<(&'a str, usize)>, InfError> {
    let Some(entry) = section.entry(key) else { return Ok(Vec::new()) };
    let names = entry.value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<_> = names.map(|name| (name, entry.line)).take(MAX_PROVIDERS + 1).collect();
    if names.len() > MAX_PROVIDERS {
        return Err(InfError::new(entry.line, format!("{key} has at most {MAX_PROVIDERS} names")));
    }
    Ok(names)
}

fn props(section: &Section) -> Result<Vec<Prop>, InfError> {
    let mut props: Vec<Prop> = Vec::new();
    for entry in &section.entries {
        if let Some(one) = prop(entry)? {
            props.retain(|known| known.tag >> 16 != one.tag >> 16);
            props.push(one);
        }
    }
    Ok(props)
}
