//! The use cases of the office: signing in, and keeping people and places. They know nothing of HTTP.
//!
//! Every change is noted in the audit chain with the account that made it, and everything that a station should know goes into
//! the feed in the same commit.

pub(crate) mod accounts;
pub(crate) mod alarms;
pub(crate) mod caller;
pub(crate) mod conflicts;
pub(crate) mod credentials;
pub(crate) mod fault;
pub(crate) mod guard;
pub(crate) mod labels;
pub(crate) mod own;
pub(crate) mod plant;
pub(crate) mod qr;
pub(crate) mod sign_in;
pub(crate) mod stations;
pub(crate) mod totp;
pub(crate) mod workers;
pub(crate) mod workstations;

pub use self::accounts::AddedAccount;
pub use self::fault::OfficeFault;
