//! Doors for stations.

pub(crate) mod certificate;
pub(crate) mod enrol;
pub(crate) mod poke;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod snapshot;
