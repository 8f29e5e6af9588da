//! Enrolment: `POST /sync/v1/enrol`. A one-time code makes an installation of the app a station of the factory; a person
//! compares fingerprints before it may do anything. `POST /sync/v1/certificate` fetches the next certificate.

use chrono::{DateTime, Utc};
use cordwainer_domain::{SiteId, StationId, WorkstationId};
use serde::{Deserialize, Serialize};

use crate::Secret;

/// A new station shows its code and its public key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// Protocol version.
    pub protocol: u32,
    /// The one-time code: 26 characters of Crockford's base 32 (128 bits), a hyphen, and the first 16 hexadecimal digits of
    /// the SHA-256 of the server's public key, which the station checks itself.
    #[serde(serialize_with = "Secret::disclose")]
    pub code: Secret,
    /// Ed25519 public key made on the device, hexadecimal.
    pub public_key: String,
    /// Program version.
    pub app_version: String,
}

/// The server's answer, signed, so that the station can check it against the key hash in the code.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The name of the place, for good.
    pub station_id: StationId,
    /// Site.
    pub site_id: SiteId,
    /// Workstation.
    pub workstation: WorkstationId,
    /// What the station holds: a work centre's key, or `*` for the whole site.
    pub scope: String,
    /// Server's public key, hexadecimal; pinned from now on.
    pub server_key: String,
    /// Life of the server's database.
    pub server_epoch: String,
    /// Server's clock.
    pub server_time: DateTime<Utc>,
    /// A first nonce.
    pub nonce: String,
    /// The station's certificate, DER, base 64: what it shows from now on when it opens a connection.
    pub certificate: String,
    /// Whether a person has compared the fingerprint already; until then the station may do nothing.
    pub confirmed: bool,
    /// Signature over `{station_id}\n{public_key of the station}\n{server_epoch}`, hexadecimal.
    pub sig: String,
}

/// A station's next certificate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CertificateReply {
    /// The certificate, DER, base 64.
    pub certificate: String,
    /// Server's clock.
    pub server_time: DateTime<Utc>,
}
