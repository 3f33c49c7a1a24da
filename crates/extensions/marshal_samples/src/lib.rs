#![doc = include_str!("../README.md")]

mod gauge;
mod snapshot;
mod stand_in;
mod stream;

pub use gauge::Gauge;
pub use snapshot::Snapshot;
pub use stand_in::StandIn;

partywall::component_library!(Gauge, StandIn, Snapshot);
