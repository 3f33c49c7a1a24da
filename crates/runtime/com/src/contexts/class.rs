//! What a class asks for in the registry, and the context its objects are made in.
//!
//! `CLSID\{…}\Partywall\Context` has these values, all of them texts:
//!
//! | value | means |
//! |---|---|
//! | `Synchronization` | `Disabled`, `NotSupported`, `Supported`, `Required`, `RequiresNew` |
//! | `Timeout` | how long a call waits to enter, in milliseconds |
//! | `Identity` | `Creator`: calls run as who made the object |
//! | `AuthenticationLevel` | the least `RPC_C_AUTHN_LEVEL_…` of a call |
//! | `Users` | the accounts that may call, with semicolons between them |
//! | `Trace` | the context's name; each call into it is a hop of the caller's trace |
//! | `MustRunInClientContext` | `1`: the creator's context, or the creation fails |
//!
//! A class without that key goes into the creator's context if its apartment fits,
//! otherwise into the default one of the right apartment. A class that asks for
//! synchronisation only goes into the creator's context if that fits too; whatever
//! else it asks for makes a context of its own. One program's fit is decided for the
//! class object as for the objects; what is made through a class object that a
//! client holds lives in that class object's context.

use std::sync::Arc;
use std::time::Duration;

use com_abi::codes::{CO_E_ATTEMPT_TO_CREATE_OUTSIDE_CLIENT_CONTEXT, REGDB_E_INVALIDVALUE};
use com_abi::{GUID, HRESULT};

use super::Context;
use super::request::{Access, Identity, Request, Synchronization};
use crate::apartment::Apartment;
use crate::class;

/// A class's wishes.
#[derive(Default)]
struct Wishes {
    request: Request,
    /// Something besides synchronisation is asked for.
    needs_own: bool,
    must_be_clients: bool,
}

/// The context for the objects of a class, whose apartment is `home`, when a thread in
/// `client` asks for one.
///
/// # Errors
/// `CO_E_ATTEMPT_TO_CREATE_OUTSIDE_CLIENT_CONTEXT`; `REGDB_E_INVALIDVALUE`;
/// `REGDB_E_READREGDB`.
pub fn place(clsid: &GUID, home: &Arc<Apartment>, client: &Context) -> Result<Context, HRESULT> {
    let wishes = read(clsid)?.unwrap_or_default();
    let must_be_clients = wishes.must_be_clients;
    let place = wishes.place(home, client)?;
    if must_be_clients && place != *client {
        return Err(CO_E_ATTEMPT_TO_CREATE_OUTSIDE_CLIENT_CONTEXT);
    }
    Ok(place)
}

impl Wishes {
    fn place(self, home: &Arc<Apartment>, client: &Context) -> Result<Context, HRESULT> {
        let activity = client.further().and_then(|one| one.properties().activity.as_ref());
        let is_synchronized = activity.is_some();
        let fits = match self.request.synchronization {
            Synchronization::Disabled | Synchronization::Supported => true,
            Synchronization::NotSupported => !is_synchronized,
            Synchronization::Required => is_synchronized,
            Synchronization::RequiresNew => false,
        };
        if fits && !self.needs_own && Arc::ptr_eq(home, client.apartment()) {
            return Ok(client.clone());
        }
        let is_plain = match self.request.synchronization {
            Synchronization::Disabled | Synchronization::NotSupported => true,
            Synchronization::Supported => !is_synchronized,
            Synchronization::Required | Synchronization::RequiresNew => false,
        };
        if is_plain && !self.needs_own {
            return Ok(Context::default_of(Arc::clone(home)));
        }
        self.request.create(home)
    }
}

/// What a class asks for; none when nothing.
fn read(clsid: &GUID) -> Result<Option<Wishes>, HRESULT> {
    // A program's own classes work without a registry.
    let Ok(registry) = class::registry() else { return Ok(None) };
    let key = format!("{}\\Partywall\\Context", class::class_key(clsid));
    if !registry.has_key(&key).map_err(|error| class::unreadable(&error))? {
        return Ok(None);
    }
    let value = |name| class::value(&key, name);
    let number = |name| value(name)?.map(|text| parse_number(&text)).transpose();
    let users = value("Users")?;
    let access = Access {
        least_level: number("AuthenticationLevel")?.unwrap_or(0),
        users: users.map(|all| all.split(';').map(|one| one.trim().to_owned()).collect()),
    };
    let identity = match value("Identity")?.as_deref() {
        None => Identity::Caller,
        Some("Creator") => Identity::Creator,
        Some(_) => return Err(REGDB_E_INVALIDVALUE),
    };
    let trace = value("Trace")?;
    let needs_own = trace.is_some()
        || matches!(identity, Identity::Creator)
        || access.least_level > 0
        || access.users.is_some();
    let request = Request {
        is_traced: trace.is_some(),
        name: trace.unwrap_or_default(),
        synchronization: value("Synchronization")?
            .as_deref()
            .map_or(Ok(Synchronization::Disabled), parse)?,
        longest_wait: number("Timeout")?.map(|ms| Duration::from_millis(ms.into())),
        identity,
        access,
        interceptors: Vec::new(),
    };
    let must_be_clients = value("MustRunInClientContext")?.as_deref() == Some("1");
    Ok(Some(Wishes { request, needs_own, must_be_clients }))
}

fn parse_number(text: &str) -> Result<u32, HRESULT> {
    text.trim().parse().map_err(|_| REGDB_E_INVALIDVALUE)
}

fn parse(text: &str) -> Result<Synchronization, HRESULT> {
    Ok(match text {
        "Disabled" => Synchronization::Disabled,
        "NotSupported" => Synchronization::NotSupported,
        "Supported" => Synchronization::Supported,
        "Required" => Synchronization::Required,
        "RequiresNew" => Synchronization::RequiresNew,
        _ => return Err(REGDB_E_INVALIDVALUE),
    })
}
