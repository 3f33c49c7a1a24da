//! Several files as one.

use crate::services::{Service, Services};

/// The services of fragments, each with where it comes from; a later fragment's
/// service takes the place of an earlier one of the same name.
pub fn merge<T: Clone>(fragments: impl IntoIterator<Item = (T, Services)>) -> Vec<(T, Service)> {
    let mut merged: Vec<(T, Service)> = Vec::new();
    for (origin, services) in fragments {
        for service in services.services {
            let known = |(_, known): &(T, Service)| known.name.eq_ignore_ascii_case(&service.name);
            let one = (origin.clone(), service.clone());
            match merged.iter().position(known).and_then(|at| merged.get_mut(at)) {
                Some(place) => *place = one,
                None => merged.push(one),
            }
        }
    }
    merged
}
