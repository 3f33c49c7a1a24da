//! `partywall profile create|list|delete|default|add-service|services`

use mapi_abi::codes::Code;
use mapi_abi::spi::{ServiceContext, ServiceFlags, Sheet, is_secure};
use mapi_profile::{
    Password, ProfileFolder, ProfileService, tag_from_text, tag_to_text, value_from_text,
    value_to_text,
};
use mapi_session::{UserContext, catalog};
use security::{Token, impersonation};
use serde::Serialize;

use super::register::prepare_data_folder;
use super::user::{accounts, read_password};
use crate::args::{Common, Profile, ProfileVerb};
use crate::output::{Failure, json, line};

#[derive(Serialize)]
struct Listed {
    name: String,
    default: bool,
}

#[derive(Serialize)]
struct Service {
    service: String,
    name: String,
    uid: String,
    settings: serde_json::Map<String, serde_json::Value>,
    providers: Vec<String>,
}

#[derive(Serialize)]
struct Known {
    service: String,
    name: String,
    library: String,
    providers: Vec<String>,
}

/// The token of an account, or of the process's own user.
pub fn token_of(user: Option<&str>) -> Result<Token, Failure> {
    match user {
        Some(name) => Ok(accounts()?.token(name)?),
        None => {
            prepare_data_folder()?;
            Ok(Token::of_process())
        }
    }
}

/// See the module.
pub fn run(common: &Common, profile: &Profile) -> Result<(), Failure> {
    let context = UserContext::of(token_of(profile.user.as_deref())?);
    let _identity = impersonation::impersonate(context.token())
        .map_err(|error| Failure::new(format!("cannot work as {}: {error}", context.user())))?;
    let profiles = context.profiles();
    match &profile.verb {
        ProfileVerb::Create { name, services, password_stdin } => {
            create(&profiles, name, services, *password_stdin)
        }
        ProfileVerb::List => list(common, &context, &profiles),
        ProfileVerb::Delete { name } => Ok(profiles.delete(name)?),
        ProfileVerb::Default { name: Some(name) } => Ok(profiles.set_default(Some(name))?),
        ProfileVerb::Default { name: None } => match profiles.default_name()? {
            Some(name) => line(&name),
            None => Err(Failure::with_code(
                format!("{} has no default profile", context.user()),
                Code::NOT_FOUND.0 as u32,
            )),
        },
        ProfileVerb::AddService { profile, service, settings } => {
            add_service(&profiles, profile, service, settings)
        }
        ProfileVerb::Services { profile: Some(name) } => services(common, &profiles, name),
        ProfileVerb::Services { profile: None } => known_services(common),
    }
}

fn create(
    profiles: &ProfileFolder,
    name: &str,
    services: &[String],
    has_password: bool,
) -> Result<(), Failure> {
    let mut profile = if services.is_empty() {
        mapi_session::logon::with_registered_services(name)?
    } else {
        let mut profile = mapi_profile::Profile::new(name);
        for service in services.iter().filter(|service| *service != "none") {
            profile.add_service(catalog::service(service)?.info(), None)?;
        }
        profile
    };
    if has_password {
        profile.password = Some(Password::new(&read_password(true)?)?);
    }
    Ok(profiles.create(&profile)?)
}

fn list(common: &Common, context: &UserContext, profiles: &ProfileFolder) -> Result<(), Failure> {
    let listed: Vec<Listed> = profiles
        .list()?
        .into_iter()
        .map(|entry| Listed { name: entry.name, default: entry.is_default })
        .collect();
    if common.json {
        return json(&listed);
    }
    if listed.is_empty() {
        let user = context.user();
        return line(&format!(
            "{user} has no profile yet; make one with `partywall profile create NAME`"
        ));
    }
    for entry in listed {
        line(&format!("{} {}", if entry.default { "*" } else { " " }, entry.name))?;
    }
    Ok(())
}

/// Nobody to ask: what is to be known stands on the command line.
struct NoSheet;

impl Sheet for NoSheet {
    fn show(&self, _: &str, _: &str, _: &[mapi_abi::spi::Field]) -> mapi_abi::spi::SheetAnswer {
        mapi_abi::spi::SheetAnswer::Nobody
    }
}

fn add_service(
    profiles: &ProfileFolder,
    profile: &str,
    name: &str,
    settings: &[String],
) -> Result<(), Failure> {
    let service = catalog::service(name)?;
    let mut given = Vec::new();
    for setting in settings {
        let (key, value) = setting
            .split_once('=')
            .ok_or_else(|| Failure::new(format!("{setting:?}: write KEY=VALUE")))?;
        let tag = tag_from_text(key).ok_or_else(|| {
            Failure::new(format!("{key:?} is no setting: a known name or eight digits"))
        })?;
        let value = typed(tag, value)
            .ok_or_else(|| Failure::new(format!("the value of {key} does not fit its type")))?;
        given.push((tag, value));
    }
    Ok(profiles.change(profile, |profile| {
        let uid = profile.add_service(service.info(), None)?;
        let section = &mut profile.service_mut(uid)?.section;
        for (tag, value) in given {
            section.set(tag, value);
        }
        let context = ServiceContext::Create;
        match service.configure(context, ServiceFlags::default(), section, &NoSheet) {
            // What is missing is asked for at the first logon.
            Err(failure) if matches!(failure.code, Code::UNCONFIGURED | Code::NO_SUPPORT) => Ok(()),
            other => other,
        }
    })?)
}

/// A value of a tag's type from a word of the command line.
fn typed(tag: mapi_abi::tags::PropTag, word: &str) -> Option<mapi_abi::value::Value> {
    let text = toml::Value::String(word.to_owned());
    let number = word.parse().ok().map(toml::Value::Integer);
    let truth = word.parse().ok().map(toml::Value::Boolean);
    [Some(text), number, truth].into_iter().flatten().find_map(|value| value_from_text(tag, &value))
}

fn settings_of(service: &ProfileService) -> serde_json::Map<String, serde_json::Value> {
    let shown = |prop: &mapi_abi::value::Prop| {
        if is_secure(prop.tag) {
            return "(secret)".into();
        }
        let value = value_to_text(&prop.value);
        value.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_default()
    };
    service.section.iter().map(|prop| (tag_to_text(prop.tag), shown(prop))).collect()
}

fn services(common: &Common, profiles: &ProfileFolder, name: &str) -> Result<(), Failure> {
    let profile = profiles.load(name)?;
    let listed: Vec<Service> = profile
        .services
        .iter()
        .map(|service| Service {
            service: service.name.clone(),
            name: service.display_name.clone(),
            uid: service.uid.to_string(),
            settings: settings_of(service),
            providers: service.providers.iter().map(|one| one.display_name.clone()).collect(),
        })
        .collect();
    if common.json {
        return json(&listed);
    }
    if listed.is_empty() {
        return line(&format!("the profile {} has no services", profile.name));
    }
    for service in listed {
        line(&format!("{:<12} {}", service.service, service.name))?;
        for (key, value) in &service.settings {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            line(&format!("{:<12}   {key} = {}", "", crate::output::printable(&value)))?;
        }
    }
    Ok(())
}

fn known_services(common: &Common) -> Result<(), Failure> {
    // Whoever is described somewhere is known once it was asked for.
    for foreign in foreign_services::known() {
        let found = foreign.service.and_then(|service| {
            catalog::service(&service.name).map(drop).map_err(|failure| failure.to_string())
        });
        if let Err(says) = found {
            observe::warn!("mapi", "{}: {says}", foreign.file.display());
        }
    }
    let listed: Vec<Known> = catalog::services()
        .iter()
        .map(|service| {
            let info = service.info();
            Known {
                service: info.name.clone(),
                name: info.display_name.clone(),
                library: info.library.clone(),
                providers: info.providers.iter().map(|one| one.display_name.clone()).collect(),
            }
        })
        .collect();
    if common.json {
        return json(&listed);
    }
    for service in listed {
        line(&format!("{:<12} {}", service.service, service.name))?;
    }
    Ok(())
}
