//! Enrolment: `POST /sync/v1/enrol`. A one-time code makes an installation of the app a station of the factory.

use chrono::{DateTime, Utc};
use cordwainer_domain::{SiteId, StationId, WorkstationId};
use serde::{Deserialize, Serialize};

/// A new station shows its code and its public key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// Protocol version.
    pub protocol: u32,
    /// The one-time code: 26 characters of Crockford's base 32 (128 bits), a hyphen, and the first 16 hexadecimal digits of
    /// the SHA-256 of the server's public key, which the station checks itself.
    pub code: String,
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
    /// Signature over `{station_id}\n{public_key of the station}\n{server_epoch}`, hexadecimal.
    pub sig: String,
}
