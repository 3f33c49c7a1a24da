//! A profile as values, and the rules of changing it.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{ResourceType, Section, ServiceInfo};

use crate::password::Password;
use crate::uid::Uid;

/// Longest name of a profile, in characters.
pub const MAX_NAME_CHARS: usize = 64;
/// Most services of a profile.
pub const MAX_SERVICES: usize = 128;

/// A profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its own password, if it has one.
    pub password: Option<Password>,
    /// Its own properties, `MUID_PROFILE_INSTANCE`'s section.
    pub section: Section,
    /// Its services in their order; the transports' order follows from it.
    pub services: Vec<ProfileService>,
}

/// A message service in a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileService {
    /// Names it in the profile.
    pub uid: Uid,
    /// Which service it is (`PR_SERVICE_NAME`).
    pub name: String,
    /// Its name for people; a user may change it.
    pub display_name: String,
    /// Its configuration.
    pub section: Section,
    /// Its providers.
    pub providers: Vec<ProfileProvider>,
}

/// A provider in a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileProvider {
    /// Names it in the profile.
    pub uid: Uid,
    /// Which of its service's providers it is.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// What it is.
    pub resource_type: ResourceType,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
    /// Its own configuration, which stands over its service's.
    pub section: Section,
}

/// Checks the name of a profile: at most [`MAX_NAME_CHARS`] letters, digits and
/// underscores, with blanks inside.
///
/// # Errors
/// `INVALID_PARAMETER`, `STRING_TOO_LONG`.
pub fn check_name(name: &str) -> Result<(), Failure> {
    if name.chars().count() > MAX_NAME_CHARS || name.len() > 200 {
        let says = format!("a profile's name has at most {MAX_NAME_CHARS} characters");
        return Err(Failure::new(Code::STRING_TOO_LONG, says));
    }
    let allowed = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
    if name.is_empty() || name.trim() != name || !name.chars().all(allowed) {
        let says = format!(
            "{name:?} is no profile's name: letters, digits and underscores, with blanks inside"
        );
        return Err(Failure::new(Code::INVALID_PARAMETER, says));
    }
    Ok(())
}

impl Profile {
    /// A profile without services.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: None,
            section: Section::new(),
            services: Vec::new(),
        }
    }

    /// Adds a service with all its providers and answers its identifier.
    ///
    /// # Errors
    /// `NO_ACCESS` the service may be there only once and is; `TOO_BIG` there
    /// are [`MAX_SERVICES`]; `NOT_ENOUGH_RESOURCES`.
    pub fn add_service(
        &mut self,
        info: &ServiceInfo,
        display_name: Option<&str>,
    ) -> Result<Uid, Failure> {
        let is_there = self.services.iter().any(|service| service.name == info.name);
        if info.is_single && is_there {
            let says = format!("a profile has the service {} only once", info.name);
            return Err(Failure::new(Code::NO_ACCESS, says));
        }
        if self.services.len() >= MAX_SERVICES {
            let says = format!("a profile has at most {MAX_SERVICES} services");
            return Err(Failure::new(Code::TOO_BIG, says));
        }
        let uid = Uid::new()?;
        let providers = info
            .providers
            .iter()
            .map(|provider| {
                Ok(ProfileProvider {
                    uid: Uid::new()?,
                    name: provider.name.clone(),
                    display_name: provider.display_name.clone(),
                    resource_type: provider.resource_type,
                    flags: provider.flags,
                    section: Section::new(),
                })
            })
            .collect::<Result<_, Failure>>()?;
        self.services.push(ProfileService {
            uid,
            name: info.name.clone(),
            display_name: display_name.unwrap_or(&info.display_name).to_owned(),
            section: Section::new(),
            providers,
        });
        Ok(uid)
    }

    /// The service of that identifier.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn service(&self, uid: Uid) -> Result<&ProfileService, Failure> {
        self.services.iter().find(|service| service.uid == uid).ok_or_else(|| no_service(uid))
    }

    /// The service of that identifier, to be changed.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn service_mut(&mut self, uid: Uid) -> Result<&mut ProfileService, Failure> {
        self.services.iter_mut().find(|service| service.uid == uid).ok_or_else(|| no_service(uid))
    }

    /// Takes a service out.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn remove_service(&mut self, uid: Uid) -> Result<ProfileService, Failure> {
        let at = self.services.iter().position(|service| service.uid == uid);
        Ok(self.services.remove(at.ok_or_else(|| no_service(uid))?))
    }

    /// The section of that identifier: a service's or a provider's.
    pub fn section_mut(&mut self, uid: Uid) -> Option<&mut Section> {
        self.services.iter_mut().find_map(|service| {
            if service.uid == uid {
                return Some(&mut service.section);
            }
            let provider = service.providers.iter_mut().find(|provider| provider.uid == uid);
            provider.map(|provider| &mut provider.section)
        })
    }

    /// The section of that identifier: a service's or a provider's.
    pub fn section(&self, uid: Uid) -> Option<&Section> {
        self.services.iter().find_map(|service| {
            if service.uid == uid {
                return Some(&service.section);
            }
            let provider = service.providers.iter().find(|provider| provider.uid == uid);
            provider.map(|provider| &provider.section)
        })
    }
}

impl ProfileProvider {
    /// What the provider reads at logon: its own section over its service's.
    pub fn effective(&self, service: &Section) -> Section {
        service.iter().chain(self.section.iter()).cloned().collect()
    }
}

fn no_service(uid: Uid) -> Failure {
    Failure::new(Code::NOT_FOUND, format!("the profile has no service {uid}"))
}

#[cfg(test)]
mod tests {
    use mapi_abi::spi::ProviderInfo;
    use mapi_abi::tags::{PR_PROFILE_PATH, PR_PROFILE_USER};
    use mapi_abi::value::Value;

    use super::*;

    pub(crate) fn info(is_single: bool) -> ServiceInfo {
        ServiceInfo {
            name: "TEST".into(),
            display_name: "A test".into(),
            library: "test".into(),
            is_single,
            providers: vec![ProviderInfo {
                name: "TEST_MDB".into(),
                display_name: "Its store".into(),
                resource_type: ResourceType::Store,
                flags: 0,
            }],
        }
    }

    #[test]
    fn names_have_letters_digits_underscores_and_inner_blanks() {
        for good in ["a", "My Profile 2", "Größe_1", &"x".repeat(64)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", " a", "a ", "a/b", "..", "a\n", "a.b"] {
            assert_eq!(check_name(bad).unwrap_err().code, Code::INVALID_PARAMETER, "{bad}");
        }
        assert_eq!(check_name(&"x".repeat(65)).unwrap_err().code, Code::STRING_TOO_LONG);
    }

    #[test]
    fn a_single_service_is_there_once() {
        let mut profile = Profile::new("p");
        let uid = profile.add_service(&info(true), None).unwrap();
        assert_eq!(profile.add_service(&info(true), None).unwrap_err().code, Code::NO_ACCESS);
        profile.remove_service(uid).unwrap();
        assert!(profile.add_service(&info(true), Some("mine")).is_ok());
        assert_eq!(profile.services[0].display_name, "mine");
        for _ in 1..MAX_SERVICES {
            profile.add_service(&info(false), None).unwrap();
        }
        assert_eq!(profile.add_service(&info(false), None).unwrap_err().code, Code::TOO_BIG);
    }

    #[test]
    fn a_providers_section_stands_over_its_services() {
        let mut profile = Profile::new("p");
        let uid = profile.add_service(&info(false), None).unwrap();
        let provider = profile.services[0].providers[0].uid;
        let text = |text: &str| Value::Unicode(text.into());
        profile.section_mut(uid).unwrap().set(PR_PROFILE_PATH, text("service"));
        profile.section_mut(uid).unwrap().set(PR_PROFILE_USER, text("user"));
        profile.section_mut(provider).unwrap().set(PR_PROFILE_PATH, text("provider"));
        let service = &profile.services[0];
        let effective = service.providers[0].effective(&service.section);
        assert_eq!(effective.text(PR_PROFILE_PATH), Some("provider"));
        assert_eq!(effective.text(PR_PROFILE_USER), Some("user"));
        assert!(profile.section(Uid([0; 16])).is_none());
    }
}
