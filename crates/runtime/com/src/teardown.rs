//! What the end of an apartment means for interface pointers.
//!
//! Its proxies are disconnected first, while the thread still serves calls: an
//! object elsewhere may call back while it is released. A thread that ends
//! without having left its apartment cannot serve any more, and its thread-locals
//! are going; another thread gives its holds back then, and it waits for that
//! one. After that the apartment's own objects are released (`stub`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::apartment::Apartment;
use crate::marshal::standard;
use crate::{membership, proxy, proxy_stub, sync};

/// Stack of the thread that gives up what a dying thread held, in bytes.
const HELPER_STACK: usize = 256 << 10;

/// Apartments that exist, but for the neutral one, which never ends.
static APARTMENTS: AtomicUsize = AtomicUsize::new(0);

/// An apartment was made.
pub fn began() {
    APARTMENTS.fetch_add(1, Ordering::AcqRel);
}

/// Apartments that exist.
#[cfg(all(test, not(loom)))]
pub fn alive() -> usize {
    APARTMENTS.load(Ordering::Acquire)
}

/// Disconnects the proxies of an apartment that ends on this thread.
pub fn disconnect_proxies(apartment: &Arc<Apartment>) {
    if membership::is_member(apartment) {
        return proxy::disconnect_apartment(apartment);
    }
    if !proxy::has_proxies(apartment) {
        return;
    }
    for call in apartment.queue().close() {
        call.withdraw();
    }
    let ending = Arc::clone(apartment);
    let helper = sync::spawn("apartment end", HELPER_STACK, move || {
        proxy::disconnect_apartment(&ending);
    });
    match helper {
        Ok(helper) => {
            let _wait = observe::wait::begin("proxies of an ended thread to be given up", None);
            // A panic was caught and answered where it happened, or was reported.
            let _ = helper.join();
        }
        Err(error) => observe::error!("com", "proxies of an ended thread stay: {error}"),
    }
}

/// An apartment has ended, and its objects are released. What came into it
/// meanwhile is disconnected too; with the last apartment of the process ends
/// what was registered for all of them.
pub fn ended(apartment: &Arc<Apartment>) {
    disconnect_proxies(apartment);
    standard::forget_apartment(apartment);
    if APARTMENTS.fetch_sub(1, Ordering::AcqRel) == 1 {
        proxy_stub::forget_all();
    }
}
