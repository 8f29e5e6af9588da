//! The central server: it stores every fact first, then judges it, and lets stations follow one feed.
//!
//! * [`boot`] starts it: the binary and the desktop app's standalone mode call the same function.
//! * [`store`] is everything that is remembered, on SQLite or PostgreSQL. All writes to synchronised rows go through one
//!   function that takes the site's head row last.
//! * `sync` holds the use cases of the sync protocol, `office` those of the office's screens; `http` is thin: unpack, authorise, call, map.
//! * [`backup`] makes, restores and moves whole databases.
//! * `jobs` is what is due at times and nobody asks for.
//! * [`trace`] is the history of one pair as a file that proves itself; [`support`] what helps from afar.
//! * [`verify`] proves that what is stored adds up: hashes, signatures, chains, and every work order replayed.
//!
//! A new endpoint is a verb in `http/<area>/`, one line in the router, and a use case that knows nothing of HTTP.

pub mod backup;
pub mod boot;
pub mod clock;
pub mod demo;
mod http;
mod jobs;
mod listen;
mod metrics;
mod office;
pub mod store;
pub mod support;
mod sync;
#[cfg(feature = "test-support")]
pub mod test_support;
pub mod trace;
pub mod verify;

pub use office::{AddedAccount, OfficeFault};
pub use sync::{OfficeFact, RetireFault, Retirement};
