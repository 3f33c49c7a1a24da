//! The message service: one provider of stores that are Maildirs.

use std::path::Path;
use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Field, Logon, MessageService, Opened, OpenedProvider, ProviderInfo, ResourceType, Section,
    ServiceContext, ServiceFlags, ServiceInfo, Sheet, SheetAnswer,
};
use mapi_abi::tags::PR_PROFILE_PATH;
use mapi_abi::value::Value;

use crate::store::Maildir;

/// The service's name in `*.inf` files.
pub const SERVICE_NAME: &str = "PWMAILDIR";
/// The provider's section in `*.inf` files.
pub const PROVIDER_NAME: &str = "PWMAILDIR_MDB";

/// The message service of Maildirs.
#[derive(Clone, Debug)]
pub struct MaildirService {
    info: ServiceInfo,
}

impl Default for MaildirService {
    fn default() -> Self {
        Self::new()
    }
}

impl MaildirService {
    /// The service.
    pub fn new() -> Self {
        let provider = ProviderInfo {
            name: PROVIDER_NAME.to_owned(),
            display_name: "Maildir".to_owned(),
            resource_type: ResourceType::Store,
            flags: 0,
        };
        Self {
            info: ServiceInfo {
                name: SERVICE_NAME.to_owned(),
                display_name: "Maildir".to_owned(),
                library: "maildir".to_owned(),
                is_single: false,
                providers: vec![provider],
            },
        }
    }
}

fn unconfigured() -> Failure {
    Failure::new(Code::UNCONFIGURED, "it is not known where the Maildir is: set its path")
}

fn path(section: &Section) -> Option<&str> {
    section.text(PR_PROFILE_PATH).filter(|path| !path.is_empty())
}

impl MessageService for MaildirService {
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
        if !matches!(context, ServiceContext::Create | ServiceContext::Configure) {
            return Ok(());
        }
        let is_wrong = flags.has(ServiceFlags::LOGON_FAILED);
        let asks = flags.has(ServiceFlags::UI_ALWAYS)
            || flags.has(ServiceFlags::UI_ALLOWED) && (path(section).is_none() || is_wrong);
        if !asks {
            // A profile may get the service first and its path later.
            let may_wait = context == ServiceContext::Create;
            return path(section)
                .filter(|_| !may_wait)
                .map_or(if may_wait { Ok(()) } else { Err(unconfigured()) }, |_| Ok(()));
        }
        let field = Field {
            tag: PR_PROFILE_PATH,
            name: "path",
            label: "Path of the Maildir".to_owned(),
            value: path(section).unwrap_or_default().to_owned(),
            is_required: true,
        };
        match sheet.show("Maildir", "Where is the Maildir?", &[field]) {
            SheetAnswer::Filled(values) => {
                let value = values.into_iter().next().filter(|path| !path.is_empty());
                section.set(PR_PROFILE_PATH, Value::Unicode(value.ok_or_else(unconfigured)?));
                Ok(())
            }
            SheetAnswer::Cancelled => {
                Err(Failure::new(Code::USER_CANCEL, "nobody said where the Maildir is"))
            }
            SheetAnswer::Nobody => path(section).map(drop).ok_or_else(unconfigured),
        }
    }

    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        if provider != PROVIDER_NAME {
            let says = format!("{SERVICE_NAME} has no provider {provider:?}, only {PROVIDER_NAME}");
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        let path = path(logon.section).ok_or_else(unconfigured)?;
        let store = Maildir::open(Path::new(path), logon.access.write)?;
        Ok(Opened::Store(Arc::new(store)).into())
    }
}
