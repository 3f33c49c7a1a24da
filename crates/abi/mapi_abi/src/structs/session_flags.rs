//! Flags of logons, sessions, message services and providers' logons.

pub const MAPI_LOGON_UI: u32 = 0x1;
pub const MAPI_NEW_SESSION: u32 = 0x2;
pub const MAPI_APP_PROFILE: u32 = 0x4;
pub const MAPI_ALLOW_OTHERS: u32 = 0x8;
pub const MAPI_EXPLICIT_PROFILE: u32 = 0x10;
pub const MAPI_EXTENDED: u32 = 0x20;
pub const MAPI_USE_DEFAULT: u32 = 0x40;
pub const MAPI_FORCE_DOWNLOAD: u32 = 0x1000;
pub const MAPI_SERVICE_UI_ALWAYS: u32 = 0x2000;
pub const MAPI_NO_MAIL: u32 = 0x8000;
/// Also `MAPIInitialize`.
pub const MAPI_NT_SERVICE: u32 = 0x1_0000;
pub const MAPI_PASSWORD_UI: u32 = 0x2_0000;
pub const MAPI_TIMEOUT_SHORT: u32 = 0x10_0000;
pub const MAPI_BG_SESSION: u32 = 0x20_0000;
pub const MAPI_UNICODE: u32 = 0x8000_0000;

/// What Simple MAPI logs on with when no profile is named.
pub const MAPI_SIMPLE_DEFAULT: u32 = MAPI_LOGON_UI | MAPI_FORCE_DOWNLOAD | MAPI_ALLOW_OTHERS;
/// What Simple MAPI logs on with when a profile is named.
pub const MAPI_SIMPLE_EXPLICIT: u32 =
    MAPI_NEW_SESSION | MAPI_FORCE_DOWNLOAD | MAPI_EXPLICIT_PROFILE;

/// Longest name of a profile and longest password, in characters.
pub const cchProfileNameMax: u32 = 64;
pub const cchProfilePassMax: u32 = 64;

/// `IMAPISession::Logoff`.
pub const MAPI_LOGOFF_SHARED: u32 = 0x1;
pub const MAPI_LOGOFF_UI: u32 = 0x2;

/// `SetDefaultStore`, one of them.
pub const MAPI_DEFAULT_STORE: u32 = 1;
pub const MAPI_SIMPLE_STORE_TEMPORARY: u32 = 2;
pub const MAPI_SIMPLE_STORE_PERMANENT: u32 = 3;
pub const MAPI_PRIMARY_STORE: u32 = 4;
pub const MAPI_SECONDARY_STORE: u32 = 5;

/// `ShowForm`.
pub const MAPI_POST_MESSAGE: u32 = 0x1;
pub const MAPI_NEW_MESSAGE: u32 = 0x2;

/// `CreateProfile`; also `MAPI_APP_PROFILE` and `MAPI_DIALOG`.
pub const MAPI_DEFAULT_SERVICES: u32 = 0x1;

/// Contexts of a message service's entry point.
pub const MSG_SERVICE_INSTALL: u32 = 1;
pub const MSG_SERVICE_CREATE: u32 = 2;
pub const MSG_SERVICE_CONFIGURE: u32 = 3;
pub const MSG_SERVICE_DELETE: u32 = 4;
pub const MSG_SERVICE_UNINSTALL: u32 = 5;
pub const MSG_SERVICE_PROVIDER_CREATE: u32 = 6;
pub const MSG_SERVICE_PROVIDER_DELETE: u32 = 7;

/// Flags of a message service's entry point and of `ConfigureMsgService`.
pub const UI_SERVICE: u32 = 0x2;
pub const SERVICE_UI_ALWAYS: u32 = 0x2;
pub const UI_CURRENT_PROVIDER_FIRST: u32 = 0x4;
pub const MSG_SERVICE_UI_READ_ONLY: u32 = 0x8;
pub const SERVICE_UI_ALLOWED: u32 = 0x10;
pub const SERVICE_LOGON_FAILED: u32 = 0x20;

/// `OpenAddressBook`, `IABProvider::Logon`.
pub const AB_NO_DIALOG: u32 = 0x1;
pub const AB_UNICODEUI: u32 = 0x40;

/// `OpenMsgStore`, `IMSProvider::Logon`; also `MAPI_DEFERRED_ERRORS` and
/// `MAPI_BEST_ACCESS`.
pub const MDB_NO_DIALOG: u32 = 0x1;
pub const MDB_WRITE: u32 = 0x4;
pub const MDB_TEMPORARY: u32 = 0x20;
pub const MDB_NO_MAIL: u32 = 0x80;
pub const MDB_ONLINE: u32 = 0x100;

/// `TransportLogon`, in.
pub const LOGON_NO_DIALOG: u32 = 0x1;
pub const LOGON_NO_CONNECT: u32 = 0x4;
pub const LOGON_NO_INBOUND: u32 = 0x8;
pub const LOGON_NO_OUTBOUND: u32 = 0x10;
/// `TransportLogon`, out.
pub const LOGON_SP_IDLE: u32 = 0x1_0000;
pub const LOGON_SP_POLL: u32 = 0x2_0000;
pub const LOGON_SP_RESOLVE: u32 = 0x4_0000;
/// The spooler's logon at a message store.
pub const LOGON_SP_TRANSPORT: u32 = 0x1;
pub const LOGON_SP_PROMPT: u32 = 0x2;
pub const LOGON_SP_NEWPW: u32 = 0x4;
pub const LOGON_CHANGED: u32 = 0x8;

/// `TransportNotify`.
pub const NOTIFY_BEGIN_INBOUND: u32 = 0x1;
pub const NOTIFY_BEGIN_OUTBOUND: u32 = 0x2;
pub const NOTIFY_BEGIN_INBOUND_FLUSH: u32 = 0x4;
pub const NOTIFY_BEGIN_OUTBOUND_FLUSH: u32 = 0x8;
pub const NOTIFY_END_INBOUND: u32 = 0x1_0000;
pub const NOTIFY_END_OUTBOUND: u32 = 0x2_0000;
pub const NOTIFY_END_INBOUND_FLUSH: u32 = 0x4_0000;
pub const NOTIFY_END_OUTBOUND_FLUSH: u32 = 0x8_0000;
pub const NOTIFY_ABORT_DEFERRED: u32 = 0x4000_0000;
pub const NOTIFY_CANCEL_MESSAGE: u32 = 0x8000_0000;

/// `IXPLogon::SubmitMessage`.
pub const BEGIN_DEFERRED: u32 = 0x1;
/// `IXPLogon::EndMessage`, out.
pub const END_RESEND_NOW: u32 = 0x1_0000;
pub const END_RESEND_LATER: u32 = 0x2_0000;
pub const END_DONT_RESEND: u32 = 0x4_0000;

/// `TransportLogoff`.
pub const LOGOFF_NORMAL: u32 = 0x1;
pub const LOGOFF_HURRY: u32 = 0x8000_0000;

/// `SpoolerNotify`.
pub const NOTIFY_NEWMAIL: u32 = 0x1;
pub const NOTIFY_READYTOSEND: u32 = 0x2;
pub const NOTIFY_SENTDEFERRED: u32 = 0x4;
pub const NOTIFY_CRITSEC: u32 = 0x1000;
pub const NOTIFY_NONCRIT: u32 = 0x2000;
pub const NOTIFY_CONFIG_CHANGE: u32 = 0x4000;
pub const NOTIFY_CRITICAL_ERROR: u32 = 0x1000_0000;
pub const NOTIFY_NEWMAIL_RECEIVED: u32 = 0x2000_0000;

/// `StoreLogoff`, in.
pub const LOGOFF_NO_WAIT: u32 = 0x1;
pub const LOGOFF_ORDERLY: u32 = 0x2;
pub const LOGOFF_PURGE: u32 = 0x4;
pub const LOGOFF_ABORT: u32 = 0x8;
pub const LOGOFF_QUIET: u32 = 0x10;
/// `StoreLogoff`, out.
pub const LOGOFF_COMPLETE: u32 = 0x1_0000;
pub const LOGOFF_INBOUND: u32 = 0x2_0000;
pub const LOGOFF_OUTBOUND: u32 = 0x4_0000;
pub const LOGOFF_OUTBOUND_QUEUE: u32 = 0x8_0000;
