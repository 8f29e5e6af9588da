//! Between stations and the server: push, pull, enrolment, and the rows of the feed.

mod alarm;
mod enrol;
mod pull;
mod push;
mod row_text;
mod rows;
mod snapshot;

pub use alarm::AlarmKind;
pub use enrol::{CertificateReply, EnrolReply, EnrolRequest};
pub use pull::{AuditCheckpoint, Change, ChangeOp, PullReply, StationStatus, VerdictRow};
pub use push::{
    ActionOffer, ClockReport, OutboxExport, PinTally, Problem, ProblemCode, PushReply, PushRequest, PushVerdict,
    StationHealth, VerdictStatus, Witness,
};
pub use row_text::RowText;
pub use rows::{
    AlarmRow, ConflictRow, FactCard, Grant, JobCard, LabelTemplateRow, OpenConflict, OpenParked, PairCard, PictureRow,
    PinVerifier, ProofRow, SignedGrant, SiteRow, Table, WorkOrderCard, WorkerRow,
};
pub use snapshot::SnapshotChunk;

/// Header that names the station of a request.
pub const STATION_HEADER: &str = "x-cordwainer-station";
/// Header with the server's nonce: handed out in replies, presented in the next request.
pub const NONCE_HEADER: &str = "x-cordwainer-nonce";
/// Header with the station's signature over method, path, nonce and body hash.
pub const SIGNATURE_HEADER: &str = "x-cordwainer-signature";
