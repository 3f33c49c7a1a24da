//! The status of a session's parts: the subsystem, the spooler, the address book,
//! and each provider.

use mapi_abi::codes::Failure;
use mapi_abi::spi::ResourceType;

use crate::catalog;
use crate::client::Client;
use crate::service::{Provider, ProviderState, Service, ServiceState};

/// `PR_RESOURCE_TYPE` of the integrated address book.
pub const ADDRESS_BOOK: i32 = 34;
/// `PR_RESOURCE_TYPE` of the spooler.
pub const SPOOLER: i32 = 37;
/// `PR_RESOURCE_TYPE` of the subsystem.
pub const SUBSYSTEM: i32 = 39;

/// `STATUS_AVAILABLE`.
pub const AVAILABLE: i32 = 1;
/// `STATUS_OFFLINE`.
pub const OFFLINE: i32 = 2;
/// `STATUS_FAILURE`.
pub const FAILURE: i32 = 4;
/// `STATUS_INBOUND_ENABLED` and `STATUS_OUTBOUND_ENABLED`.
const TRANSPORT_ENABLED: i32 = 0x11_0000;

/// `STATUS_VALIDATE_STATE`.
pub const VALIDATE_STATE: i32 = 1;
/// `STATUS_FLUSH_QUEUES`.
pub const FLUSH_QUEUES: i32 = 8;

/// A row of the status table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRow {
    /// Tells it from the others; the same as long as the session.
    pub key: [u8; 16],
    /// `PR_RESOURCE_TYPE`.
    pub resource_type: i32,
    /// Its name for people.
    pub name: String,
    /// `PR_STATUS_CODE`.
    pub code: i32,
    /// Its state in words.
    pub says: String,
    /// `PR_RESOURCE_METHODS`.
    pub methods: i32,
    /// `PR_RESOURCE_FLAGS`.
    pub flags: u32,
    /// Its service's library.
    pub library: String,
}

/// The status of everything in the client's session. Transports are started for
/// it, unless the client sends no mail: then there are none.
///
/// # Errors
/// As [`Client::check`]; `TIMEOUT`.
pub fn rows(client: &Client) -> Result<Vec<StatusRow>, Failure> {
    let sends = !client.flags().no_mail();
    if sends {
        client.live(ResourceType::Transport)?;
    }
    client.check()?;
    let own = |name: &str, resource_type, code, says: &str, methods| StatusRow {
        key: fixed_key(resource_type),
        resource_type,
        name: name.to_owned(),
        code,
        says: says.to_owned(),
        methods,
        flags: 0,
        library: "partywall".to_owned(),
    };
    let spooler = if sends { AVAILABLE } else { FAILURE };
    let spooler_says = if sends { "Available" } else { "This session sends no mail" };
    let mut rows = vec![
        own("Partywall", SUBSYSTEM, AVAILABLE, "Available", VALIDATE_STATE | FLUSH_QUEUES),
        own("Spooler", SPOOLER, spooler, spooler_says, VALIDATE_STATE | FLUSH_QUEUES),
        own("Address book", ADDRESS_BOOK, AVAILABLE, "Available", VALIDATE_STATE),
    ];
    client.session().with_services(|services| {
        for service in services.iter() {
            let shown = service
                .providers
                .iter()
                .filter(|provider| sends || provider.resource_type != ResourceType::Transport);
            rows.extend(shown.map(|provider| of_provider(service, provider)));
        }
    });
    Ok(rows)
}

fn fixed_key(resource_type: i32) -> [u8; 16] {
    let mut key = *b"Partywall.....00";
    key[14] = b'0' + (resource_type / 10) as u8;
    key[15] = b'0' + (resource_type % 10) as u8;
    key
}

fn of_provider(service: &Service, provider: &Provider) -> StatusRow {
    let enabled = match provider.resource_type {
        ResourceType::Transport => TRANSPORT_ENABLED,
        _ => 0,
    };
    let (code, says) = match (&service.state, &provider.state) {
        (ServiceState::Disabled(why), _) | (_, ProviderState::Off(why)) => {
            (FAILURE, why.to_string())
        }
        (_, ProviderState::Live(live)) => match live.connection.get().broken() {
            Some(why) => (FAILURE, why.to_string()),
            None => (AVAILABLE | enabled, "Available".to_owned()),
        },
        _ => (OFFLINE, "Not needed yet".to_owned()),
    };
    let library = catalog::service(&service.name).map(|found| found.info().library.clone());
    StatusRow {
        key: provider.uid.0,
        resource_type: provider.resource_type.number(),
        name: provider.display_name.clone(),
        code,
        says,
        methods: VALIDATE_STATE,
        flags: provider.flags,
        library: library.unwrap_or_default(),
    }
}
