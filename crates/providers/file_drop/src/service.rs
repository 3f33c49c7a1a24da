//! The message service: one transport. It asks for nothing.

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{
    Logon, MessageService, Opened, OpenedProvider, ProviderInfo, ResourceType, Section,
    ServiceContext, ServiceFlags, ServiceInfo, Sheet,
};

use crate::transport::FileDrop;

/// The service's name in `*.inf` files.
pub const SERVICE_NAME: &str = "PWDROP";
/// The provider's section in `*.inf` files.
pub const PROVIDER_NAME: &str = "PWDROP_XP";

/// The message service of drop folders.
#[derive(Clone, Debug)]
pub struct FileDropService {
    info: ServiceInfo,
}

impl Default for FileDropService {
    fn default() -> Self {
        Self::new()
    }
}

impl FileDropService {
    /// The service.
    pub fn new() -> Self {
        let provider = ProviderInfo {
            name: PROVIDER_NAME.to_owned(),
            display_name: "Partywall drop folders".to_owned(),
            resource_type: ResourceType::Transport,
            flags: 0,
        };
        Self {
            info: ServiceInfo {
                name: SERVICE_NAME.to_owned(),
                display_name: "Partywall drop folders".to_owned(),
                library: "file_drop".to_owned(),
                is_single: false,
                providers: vec![provider],
            },
        }
    }
}

impl MessageService for FileDropService {
    fn info(&self) -> &ServiceInfo {
        &self.info
    }

    fn configure(
        &self,
        _context: ServiceContext,
        _flags: ServiceFlags,
        _section: &mut Section,
        _sheet: &dyn Sheet,
    ) -> Result<(), Failure> {
        Ok(())
    }

    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        if provider != PROVIDER_NAME {
            let says = format!("{SERVICE_NAME} has no provider {provider:?}, only {PROVIDER_NAME}");
            return Err(Failure::new(Code::NOT_FOUND, says));
        }
        Ok(Opened::Transport(Arc::new(FileDrop::open(logon)?)).into())
    }
}
