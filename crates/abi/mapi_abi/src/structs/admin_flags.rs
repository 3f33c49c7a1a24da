//! Constants of the status table, of status objects, and of the tables of services
//! and providers.

/// `PR_STATUS_CODE`.
pub const STATUS_AVAILABLE: u32 = 0x1;
pub const STATUS_OFFLINE: u32 = 0x2;
pub const STATUS_FAILURE: u32 = 0x4;
pub const STATUS_INBOUND_ENABLED: u32 = 0x1_0000;
pub const STATUS_INBOUND_ACTIVE: u32 = 0x2_0000;
pub const STATUS_INBOUND_FLUSH: u32 = 0x4_0000;
pub const STATUS_OUTBOUND_ENABLED: u32 = 0x10_0000;
pub const STATUS_OUTBOUND_ACTIVE: u32 = 0x20_0000;
pub const STATUS_OUTBOUND_FLUSH: u32 = 0x40_0000;
pub const STATUS_REMOTE_ACCESS: u32 = 0x80_0000;

/// `PR_RESOURCE_TYPE`.
pub const MAPI_STORE_PROVIDER: u32 = 33;
pub const MAPI_AB: u32 = 34;
pub const MAPI_AB_PROVIDER: u32 = 35;
pub const MAPI_TRANSPORT_PROVIDER: u32 = 36;
pub const MAPI_SPOOLER: u32 = 37;
pub const MAPI_PROFILE_PROVIDER: u32 = 38;
pub const MAPI_SUBSYSTEM: u32 = 39;
pub const MAPI_HOOK_PROVIDER: u32 = 40;

/// `PR_RESOURCE_METHODS`.
pub const STATUS_VALIDATE_STATE: u32 = 0x1;
pub const STATUS_SETTINGS_DIALOG: u32 = 0x2;
pub const STATUS_CHANGE_PASSWORD: u32 = 0x4;
pub const STATUS_FLUSH_QUEUES: u32 = 0x8;

/// `PR_RESOURCE_FLAGS` of a provider.
pub const STATUS_DEFAULT_OUTBOUND: u32 = 0x1;
pub const STATUS_DEFAULT_STORE: u32 = 0x2;
pub const STATUS_PRIMARY_IDENTITY: u32 = 0x4;
pub const STATUS_SIMPLE_STORE: u32 = 0x8;
pub const STATUS_XP_PREFER_LAST: u32 = 0x10;
pub const STATUS_NO_PRIMARY_IDENTITY: u32 = 0x20;
pub const STATUS_NO_DEFAULT_STORE: u32 = 0x40;
pub const STATUS_TEMP_SECTION: u32 = 0x80;
pub const STATUS_OWN_STORE: u32 = 0x100;
pub const STATUS_NEED_IPM_TREE: u32 = 0x800;
pub const STATUS_PRIMARY_STORE: u32 = 0x1000;
pub const STATUS_SECONDARY_STORE: u32 = 0x2000;

/// `PR_RESOURCE_FLAGS` of a service.
pub const SERVICE_DEFAULT_STORE: u32 = 0x1;
pub const SERVICE_SINGLE_COPY: u32 = 0x2;
pub const SERVICE_CREATE_WITH_STORE: u32 = 0x4;
pub const SERVICE_PRIMARY_IDENTITY: u32 = 0x8;
pub const SERVICE_NO_PRIMARY_IDENTITY: u32 = 0x20;

/// `ValidateState`.
pub const SUPPRESS_UI: u32 = 0x1;
pub const REFRESH_XP_HEADER_CACHE: u32 = 0x1_0000;
pub const PROCESS_XP_HEADER_CACHE: u32 = 0x2_0000;
pub const FORCE_XP_CONNECT: u32 = 0x4_0000;
pub const FORCE_XP_DISCONNECT: u32 = 0x8_0000;
pub const CONFIG_CHANGED: u32 = 0x10_0000;
pub const ABORT_XP_HEADER_OPERATION: u32 = 0x20_0000;
pub const SHOW_XP_SESSION_UI: u32 = 0x40_0000;

/// `SettingsDialog`.
pub const UI_READONLY: u32 = 0x1;

/// `FlushQueues`.
pub const FLUSH_UPLOAD: u32 = 0x2;
pub const FLUSH_DOWNLOAD: u32 = 0x4;
pub const FLUSH_FORCE: u32 = 0x8;
pub const FLUSH_NO_UI: u32 = 0x10;
pub const FLUSH_ASYNC_OK: u32 = 0x20;

/// `ModifyStatusRow`: merges with the row that is there.
pub const STATUSROW_UPDATE: u32 = 0x1000_0000;

/// `IMAPIProgress::GetFlags`.
pub const MAPI_TOP_LEVEL: u32 = 0x1;
/// `IMAPIControl::GetState`.
pub const MAPI_ENABLED: u32 = 0;
pub const MAPI_DISABLED: u32 = 1;
