//! The interfaces of Extended MAPI, in vtable order, a file for each family.
//!
//! A method that a class does not write answers `MAPI_E_NO_SUPPORT`, which is
//! what the documentation asks of a provider that does not offer it. Texts are
//! declared as 16-bit units; without `MAPI_UNICODE` in the flags of a call they
//! are bytes.

use com_abi::HRESULT;

use crate::codes::Code;

mod address_book;
mod admin;
mod container;
mod message;
mod progress;
mod prop;
mod provider;
mod session;
mod sink;
mod status;
mod store;
mod support;
mod table;

pub use address_book::{IAddrBook, IAddrBook_Impl, IAddrBook_Vtbl};
pub use admin::{
    IMsgServiceAdmin, IMsgServiceAdmin_Impl, IMsgServiceAdmin_Vtbl, IMsgServiceAdmin2,
    IMsgServiceAdmin2_Impl, IMsgServiceAdmin2_Vtbl, IProfAdmin, IProfAdmin_Impl, IProfAdmin_Vtbl,
    IProviderAdmin, IProviderAdmin_Impl, IProviderAdmin_Vtbl,
};
pub use container::{
    IABContainer, IABContainer_Impl, IABContainer_Vtbl, IDistList, IDistList_Impl, IDistList_Vtbl,
    IMAPIContainer, IMAPIContainer_Impl, IMAPIContainer_Vtbl, IMAPIFolder, IMAPIFolder_Impl,
    IMAPIFolder_Vtbl,
};
pub use message::{IMessage, IMessage_Impl, IMessage_Vtbl};
pub use progress::{
    IMAPIClientShutdown, IMAPIClientShutdown_Impl, IMAPIClientShutdown_Vtbl, IMAPIControl,
    IMAPIControl_Impl, IMAPIControl_Vtbl, IMAPIProgress, IMAPIProgress_Impl, IMAPIProgress_Vtbl,
    IMAPIProviderShutdown, IMAPIProviderShutdown_Impl, IMAPIProviderShutdown_Vtbl,
};
pub use prop::{
    IAttach, IAttach_Impl, IAttach_Vtbl, IMAPIProp, IMAPIProp_Impl, IMAPIProp_Vtbl, IMailUser,
    IMailUser_Impl, IMailUser_Vtbl, IProfSect, IProfSect_Impl, IProfSect_Vtbl,
};
pub use provider::{
    IABLogon, IABLogon_Impl, IABLogon_Vtbl, IABProvider, IABProvider_Impl, IABProvider_Vtbl,
    IMSLogon, IMSLogon_Impl, IMSLogon_Vtbl, IMSProvider, IMSProvider_Impl, IMSProvider_Vtbl,
    IXPLogon, IXPLogon_Impl, IXPLogon_Vtbl, IXPProvider, IXPProvider_Impl, IXPProvider_Vtbl,
};
pub use session::{IMAPISession, IMAPISession_Impl, IMAPISession_Vtbl};
pub use sink::{IMAPIAdviseSink, IMAPIAdviseSink_Impl, IMAPIAdviseSink_Vtbl};
pub use status::{IMAPIStatus, IMAPIStatus_Impl, IMAPIStatus_Vtbl};
pub use store::{IMsgStore, IMsgStore_Impl, IMsgStore_Vtbl};
pub use support::{IMAPISupport, IMAPISupport_Impl, IMAPISupport_Vtbl};
pub use table::{IMAPITable, IMAPITable_Impl, IMAPITable_Vtbl};

/// What a method answers that is not offered.
const NO_SUPPORT: HRESULT = Code::NO_SUPPORT.hresult();
