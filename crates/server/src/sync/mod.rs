//! The use cases of the sync protocol: enrol, push, pull. Facts in, verdicts out.
//!
//! [`judge`] and [`received`] are pure; [`judging`] is the one path from a received fact to a stored verdict, which stations
//! ([`push`]) and the office ([`record`]) share.

pub(crate) mod authenticate;
pub(crate) mod certificate;
pub(crate) mod enrol;
pub(crate) mod fault;
pub(crate) mod grant;
pub(crate) mod judge;
pub(crate) mod judging;
pub(crate) mod nonce;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod received;
pub(crate) mod record;
pub(crate) mod retire;
pub(crate) mod rows;
pub(crate) mod snapshot;
pub(crate) mod witness;

pub use self::record::OfficeFact;
pub use self::retire::{RetireFault, Retirement};
