//! Why a request of the sync protocol as a whole is not carried out. `http/fault.rs` gives each its status.

use cordwainer_sync::Hash;

use crate::store::StoreFault;
use crate::store::db::MayRetry;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Unknown or revoked station, or a signature that does not fit.
    #[error("this station is not enrolled here, or its signature does not fit")]
    Unauthorised,
    /// The connection shows no certificate, or one that has ended.
    #[error("fetch a certificate from /sync/v1/certificate and show it")]
    CertificateDue,
    /// A person must compare fingerprints first.
    #[error("this station waits for somebody to confirm its fingerprint")]
    Unconfirmed,
    /// An enrolment code that is not good; one answer for every cause.
    #[error("the code is not valid; ask for another one")]
    CodeRefused,
    /// The nonce is old, or another station's.
    #[error("the nonce is old; use the one in this reply")]
    StaleNonce,
    /// Not a request of this protocol.
    #[error("{0}")]
    Malformed(String),
    /// A push whose links do not follow from its bytes.
    #[error("{0}")]
    Broken(String),
    /// A protocol version that is not served.
    #[error(
        "this server speaks protocol {} with stations, and the two before; upgrade the older side",
        cordwainer_protocol::PROTOCOL
    )]
    Version,
    /// More than one request may carry.
    #[error("send less at once")]
    TooLarge,
    /// Numbers are missing.
    #[error("seq {expected} is due")]
    Gap {
        /// The number that is due.
        expected: u64,
    },
    /// Two histories under one incarnation.
    #[error("this incarnation has another history here; freeze it and begin a new one")]
    Fork {
        /// Highest `seq` stored.
        last_seq: u64,
        /// Its chain hash.
        chain_hash: Hash,
    },
    /// The station follows another life of the database.
    #[error("the database was restored; offer what you hold again, then begin from nothing")]
    Epoch {
        /// The life that is lived now.
        epoch: String,
    },
    /// A station proves that this database was put back to an older copy. The push does not go on; another life begins.
    #[error("the database was put back to an older copy: {proof}")]
    ServerForgot {
        /// The life in which that was noticed.
        epoch: String,
        /// What proves it.
        proof: &'static str,
    },
    /// The station has more parked facts than it may have.
    #[error("too many facts of this station wait for a supervisor; the others wait at the station")]
    TooMuchParked,
    /// An address asks too often where no certificate is needed.
    #[error("too many requests from this address; ask again in {seconds} s")]
    TooOften {
        /// How long to wait.
        seconds: u64,
    },
    /// The cursor is too old, or of another scope.
    #[error("the cursor is gone; begin from nothing")]
    CursorGone,
    /// There is nothing here.
    #[error("there is nothing here")]
    NotFound,
    /// Took too long.
    #[error("the request took too long; try again later")]
    TimedOut,
    /// A task of the server died.
    #[error("the server failed")]
    Died,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl MayRetry for Refusal {
    fn may_retry(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.may_retry())
    }
}
