//! Message services: what a profile is made of, and how a logon meets one.

use std::collections::BTreeMap;
use std::ops::BitOr;
use std::path::Path;
use std::sync::Arc;

use super::{AddressBook, MessageStore, Transport};
use crate::codes::Failure;
use crate::tags::PropTag;
use crate::value::{Prop, Value};

/// `PR_RESOURCE_TYPE` of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// `MAPI_STORE_PROVIDER` (33).
    Store,
    /// `MAPI_AB_PROVIDER` (35).
    AddressBook,
    /// `MAPI_TRANSPORT_PROVIDER` (36).
    Transport,
}

impl ResourceType {
    /// Its documented number.
    pub const fn number(self) -> i32 {
        match self {
            Self::Store => 33,
            Self::AddressBook => 35,
            Self::Transport => 36,
        }
    }
}

/// One provider of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Its section in `*.inf` files, unique in the service.
    pub name: String,
    /// `PR_DISPLAY_NAME`.
    pub display_name: String,
    /// What it is.
    pub resource_type: ResourceType,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
}

/// What a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// `PR_SERVICE_NAME`, as in `*.inf` files.
    pub name: String,
    /// `PR_DISPLAY_NAME`.
    pub display_name: String,
    /// The library or, for services of the program, the crate.
    pub library: String,
    /// Whether a profile may have it only once (`SERVICE_SINGLE_COPY`).
    pub is_single: bool,
    /// Its providers; at least one.
    pub providers: Vec<ProviderInfo>,
}

/// The properties of a profile's section.
///
/// Secure ones ([`is_secure`]) are kept apart from the readable file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    props: BTreeMap<u16, Prop>,
}

/// Whether a property is kept apart from what people may read: identifiers from
/// 0x67F0 to 0x67FF.
pub const fn is_secure(tag: PropTag) -> bool {
    tag.id() >= 0x67F0 && tag.id() <= 0x67FF
}

impl Section {
    /// Without properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// A property's value.
    pub fn get(&self, tag: PropTag) -> Option<&Value> {
        self.props.get(&tag.id()).map(|prop| &prop.value)
    }

    /// A string property's value.
    pub fn text(&self, tag: PropTag) -> Option<&str> {
        match self.get(tag) {
            Some(Value::Unicode(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets a property; whatever type it had before.
    pub fn set(&mut self, tag: PropTag, value: Value) {
        self.props.insert(tag.id(), Prop { tag, value });
    }

    /// Removes a property; false when there was none.
    pub fn remove(&mut self, tag: PropTag) -> bool {
        self.props.remove(&tag.id()).is_some()
    }

    /// All of them, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &Prop> {
        self.props.values()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.props.is_empty()
    }
}

impl FromIterator<Prop> for Section {
    fn from_iter<I: IntoIterator<Item = Prop>>(props: I) -> Self {
        Self { props: props.into_iter().map(|prop| (prop.tag.id(), prop)).collect() }
    }
}

/// Why a service's entry point is called (`MSG_SERVICE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ServiceContext {
    /// The service was put into `*.inf` files.
    Install = 1,
    /// It was put into a profile.
    Create = 2,
    /// It is configured, also at logon.
    Configure = 3,
    /// It is taken out of a profile.
    Delete = 4,
    /// It is taken out of `*.inf` files.
    Uninstall = 5,
    /// A provider is added.
    ProviderCreate = 6,
    /// A provider is removed.
    ProviderDelete = 7,
}

/// Flags of an entry point's call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceFlags(pub u32);

impl ServiceFlags {
    /// Show the sheet in any case (`SERVICE_UI_ALWAYS`).
    pub const UI_ALWAYS: Self = Self(0x2);
    /// The sheet may be looked at only (`MSG_SERVICE_UI_READ_ONLY`).
    pub const UI_READ_ONLY: Self = Self(0x8);
    /// Show the sheet if something is missing (`SERVICE_UI_ALLOWED`).
    pub const UI_ALLOWED: Self = Self(0x10);
    /// A logon has just failed (`SERVICE_LOGON_FAILED`).
    pub const LOGON_FAILED: Self = Self(0x20);

    /// Whether all flags of `other` are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for ServiceFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Something that a person can fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The property that it fills.
    pub tag: PropTag,
    /// Its name in scripts: one lower-case word.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
    /// What it is now.
    pub value: String,
    /// Whether it cannot stay empty.
    pub is_required: bool,
}

/// What a person did with a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetAnswer {
    /// Filled it in: the fields' values in order.
    Filled(Vec<String>),
    /// Did not want to.
    Cancelled,
    /// Nobody is there, or nobody answered in time.
    Nobody,
}

/// Shows a service's property sheet to whoever logs on.
pub trait Sheet {
    /// Shows the fields with a sentence above them and waits, at most for the
    /// bound of prompts.
    fn show(&self, title: &str, says: &str, fields: &[Field]) -> SheetAnswer;
}

/// How a store is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether it may be changed.
    pub write: bool,
    /// Whether a missing one is created.
    pub create: bool,
}

/// What a provider is told at logon.
#[derive(Clone, Copy, Debug)]
pub struct Logon<'a> {
    /// Who logs on.
    pub user: &'a str,
    /// Whose data is meant; another than `user` only by delegated rights, which
    /// the engine has checked.
    pub mailbox: &'a str,
    /// The folder below which providers keep the mailbox's data.
    pub folder: &'a Path,
    /// The provider's section over its service's.
    pub section: &'a Section,
    /// How the store is opened.
    pub access: Access,
}

/// What a logon opened.
pub enum Opened {
    /// A message store.
    Store(Arc<dyn MessageStore>),
    /// An address book.
    AddressBook(Arc<dyn AddressBook>),
    /// A transport.
    Transport(Arc<dyn Transport>),
}

/// A provider's answer to a successful logon.
pub struct OpenedProvider {
    /// What it opened.
    pub opened: Opened,
    /// What went wrong although it works (`MAPI_W_ERRORS_RETURNED`).
    pub warning: Option<String>,
}

impl From<Opened> for OpenedProvider {
    fn from(opened: Opened) -> Self {
        Self { opened, warning: None }
    }
}

/// A message service.
pub trait MessageService: Send + Sync {
    /// What it is.
    fn info(&self) -> &ServiceInfo;

    /// The entry point (`MSGSERVICEENTRY`). `section` is the service's; what it
    /// changes in it is kept. Without [`ServiceFlags::UI_ALWAYS`] or
    /// [`ServiceFlags::UI_ALLOWED`] it shows nothing.
    ///
    /// # Errors
    /// `UNCONFIGURED` something is missing and may not or cannot be asked for;
    /// `USER_CANCEL`; `NO_SUPPORT` for contexts that it does not have.
    fn configure(
        &self,
        context: ServiceContext,
        flags: ServiceFlags,
        section: &mut Section,
        sheet: &dyn Sheet,
    ) -> Result<(), Failure>;

    /// Logs on to its provider of that name.
    ///
    /// # Errors
    /// `UNCONFIGURED` the section lacks something; `FAILONEPROVIDER` only this
    /// provider cannot work; `NOT_FOUND` a path is not there; `VERSION`;
    /// `NETWORK_ERROR` the server is not available; `CORRUPT_DATA`,
    /// `CORRUPT_STORE`; `LOGON_FAILED` the credentials are wrong;
    /// `SESSION_LIMIT`; `NO_ACCESS`; disk errors.
    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure>;

    /// How many sessions one user may have with it at a time; `None` without a
    /// limit.
    fn session_limit(&self, _section: &Section) -> Option<u32> {
        None
    }

    /// Whether its providers may hang or crash and so run on threads of their
    /// own, which are left behind when they do not answer in time.
    fn is_foreign(&self) -> bool {
        false
    }
}
