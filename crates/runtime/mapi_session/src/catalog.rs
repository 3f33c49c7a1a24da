//! The message services that there are: the program's own, registered by it, and
//! foreign ones, found by name when a profile has them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::MessageService;

/// Looks for a service by name where foreign ones are announced.
pub type Finder = fn(&str) -> Result<Option<Arc<dyn MessageService>>, Failure>;

struct Catalog {
    services: Vec<Arc<dyn MessageService>>,
    /// Names of those that a new profile has (`[Default Services]`).
    defaults: Vec<String>,
    finder: Option<Finder>,
}

static CATALOG: Mutex<Catalog> =
    Mutex::new(Catalog { services: Vec::new(), defaults: Vec::new(), finder: None });

fn lock() -> MutexGuard<'static, Catalog> {
    CATALOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds a service of the program; false when there is one of that name.
pub fn register_service(service: Arc<dyn MessageService>) -> bool {
    let mut catalog = lock();
    let is_new = catalog.services.iter().all(|known| known.info().name != service.info().name);
    if is_new {
        catalog.services.push(service);
    }
    is_new
}

/// As [`register_service`], for one that a profile has without further choice.
pub fn register_default_service(service: Arc<dyn MessageService>) -> bool {
    let name = service.info().name.clone();
    let is_new = register_service(service);
    if is_new {
        lock().defaults.push(name);
    }
    is_new
}

/// Registers a program's services: those that a profile has without further
/// choice, and the others.
pub fn register(defaults: Vec<Arc<dyn MessageService>>, others: Vec<Arc<dyn MessageService>>) {
    for service in defaults {
        register_default_service(service);
    }
    for service in others {
        register_service(service);
    }
}

/// The services that a profile has without further choice.
pub fn default_services() -> Vec<Arc<dyn MessageService>> {
    let catalog = lock();
    let is_default =
        |service: &&Arc<dyn MessageService>| catalog.defaults.contains(&service.info().name);
    catalog.services.iter().filter(is_default).cloned().collect()
}

/// Sets where services are looked for that nobody registered.
pub fn set_finder(finder: Finder) {
    lock().finder = Some(finder);
}

/// The registered services, in the order of their registration.
pub fn services() -> Vec<Arc<dyn MessageService>> {
    lock().services.clone()
}

/// The service of that name.
///
/// # Errors
/// `NOT_FOUND`; for foreign ones `VERSION`, `CORRUPT_DATA` and what loading them
/// answers.
pub fn service(name: &str) -> Result<Arc<dyn MessageService>, Failure> {
    let finder = {
        let catalog = lock();
        let known = catalog.services.iter().find(|service| service.info().name == name);
        if let Some(service) = known {
            return Ok(Arc::clone(service));
        }
        catalog.finder
    };
    let found = finder.map(|finder| finder(name)).transpose()?.flatten();
    let service = found.ok_or_else(|| {
        let says = format!("there is no message service {name}: check its *.inf file");
        Failure::new(Code::NOT_FOUND, says)
    })?;
    let mut catalog = lock();
    let known = catalog.services.iter().find(|known| known.info().name == name);
    if let Some(known) = known {
        return Ok(Arc::clone(known));
    }
    catalog.services.push(Arc::clone(&service));
    Ok(service)
}
