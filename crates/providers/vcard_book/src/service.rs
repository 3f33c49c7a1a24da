//! The message service: one provider of address books that are vCard files.

use std::path::Path;
use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Field, Logon, MessageService, Opened, OpenedProvider, ProviderInfo, ResourceType, Section,
    ServiceContext, ServiceFlags, ServiceInfo, Sheet, SheetAnswer,
};
use mapi_abi::tags::PR_PROFILE_PATH;
use mapi_abi::value::Value;

use crate::book::{VcardBook, make_folder};

/// The service's name in `*.inf` files.
pub const SERVICE_NAME: &str = "PWVCARD";
/// The provider's section in `*.inf` files.
pub const PROVIDER_NAME: &str = "PWVCARD_AB";

/// The message service of vCard files.
#[derive(Clone, Debug)]
pub struct VcardService {
    info: ServiceInfo,
}

impl Default for VcardService {
    fn default() -> Self {
        Self::new()
    }
}

impl VcardService {
    /// The service.
    pub fn new() -> Self {
        let provider = ProviderInfo {
            name: PROVIDER_NAME.to_owned(),
            display_name: "vCard contacts".to_owned(),
            resource_type: ResourceType::AddressBook,
            flags: 0,
        };
        Self {
            info: ServiceInfo {
                name: SERVICE_NAME.to_owned(),
                display_name: "vCard contacts".to_owned(),
                library: "vcard_book".to_owned(),
                is_single: false,
                providers: vec![provider],
            },
        }
    }
}

/// The folder in the user's folder that is meant without a path.
const DEFAULT_FOLDER: &str = "contacts";

fn path(section: &Section) -> Option<&str> {
    section.text(PR_PROFILE_PATH).filter(|path| !path.is_empty())
}

impl MessageService for VcardService {
    fn info(&self) -> &ServiceInfo {
        &self.info
    }

    fn configure(
        &self,
        context: ServiceContext,
        flags: ServiceFlags,
        section: &mut Section,
        sheet: &dyn Sheet,
    ) -> Result<(), Failure> {
        let is_wrong = flags.has(ServiceFlags::LOGON_FAILED);
        let asks = matches!(context, ServiceContext::Create | ServiceContext::Configure)
            && (flags.has(ServiceFlags::UI_ALWAYS)
                || flags.has(ServiceFlags::UI_ALLOWED) && is_wrong);
        if !asks {
            return Ok(());
        }
        let field = Field {
            tag: PR_PROFILE_PATH,
            name: "path",
            label: "Folder of vCard files, or one file; empty for your own".to_owned(),
            value: path(section).unwrap_or_default().to_owned(),
            is_required: false,
        };
        match sheet.show("vCard contacts", "Where are the contacts?", &[field]) {
            SheetAnswer::Filled(values) => {
                match values.into_iter().next().filter(|path| !path.is_empty()) {
                    Some(path) => section.set(PR_PROFILE_PATH, Value::Unicode(path)),
                    None => drop(section.remove(PR_PROFILE_PATH)),
                }
                Ok(())
            }
            SheetAnswer::Cancelled => {
                Err(Failure::new(Code::USER_CANCEL, "nobody said where the contacts are"))
            }
            SheetAnswer::Nobody => Ok(()),
        }
    }

    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        if provider != PROVIDER_NAME {
            let says = format!("{SERVICE_NAME} has no provider {provider:?}, only {PROVIDER_NAME}");
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        let own = logon.folder.join(DEFAULT_FOLDER);
        let path = match path(logon.section) {
            Some(path) => Path::new(path),
            None if logon.access.create => {
                make_folder(&own)?;
                &own
            }
            None if own.is_dir() => &own,
            None => {
                let says = "it is not known where the contacts are: set the path";
                return Err(Failure::new(Code::UNCONFIGURED, says));
            }
        };
        let (book, warning) = VcardBook::open(path, logon.access.write)?;
        Ok(OpenedProvider { opened: Opened::AddressBook(Arc::new(book)), warning })
    }
}
