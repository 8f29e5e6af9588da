//! The rules of synchronisation, without any IO: canonical bytes, chains, signatures, and what a push or a pull may do.
//!
//! Facts in, verdicts out. A station records an [`Action`](cordwainer_domain::production::Action) as canonical bytes, signs
//! them, and chains them in the order of its own `seq`; the server stores the very same bytes. Nothing here reads a clock,
//! a disk or a socket. The encodings have golden files under `crates/sync/golden`: a change that breaks one would orphan
//! what stations have on disk, so add a new kind version and an up-caster instead.

mod action_bytes;
mod canonical;
mod chain;
pub mod controls;
mod cursor;
mod digest;
mod intake;
mod outbox;
mod reoffer;
mod sign;
mod testimony;
mod versions;

pub use action_bytes::{ActionHeader, DecodeFault, decode, encode, read_header};
pub use canonical::{CanonicalFault, canonical_json};
pub use chain::{Hash, body_hash, link};
pub use cursor::{Cursor, CursorFault};
pub use digest::{RowSum, chunk_hash, row_hash};
pub use intake::{Intake, Offered, PushFault, StationHead, take_in};
pub use outbox::{BATCH_ACTIONS, BATCH_BYTES, Backoff, Portion, batch_length};
pub use reoffer::{Waiting, in_likely_order};
pub use sign::{
    PublicKey, Purpose, Signature, SignatureFault, SigningKey, all_signed, checkpoint_bytes, request_bytes,
};
pub use testimony::{Life, Presented, Remembered, Testimony, weigh};
pub use versions::may_pull;
