//! What every page of Partywall's own extensions needs: reading the query,
//! writing the answer's head, one look.
//!
//! Nothing here talks to the host; an extension passes texts in and gets a
//! [`Reply`] back that it hands to `partywall::isapi::Request::respond`.

#![forbid(unsafe_code)]

mod asset;
mod disposition;
mod percent;
mod query;
mod reply;

pub use asset::{Asset, BASE_STYLE};
pub use disposition::attachment_disposition;
pub use percent::{decode, encode};
pub use query::{MAX_PAIRS, MAX_QUERY_BYTES, Query};
pub use reply::{Policy, Reply, fnv1a64};
