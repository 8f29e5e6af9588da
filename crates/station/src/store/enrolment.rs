//! What makes this installation a station: its place, its key, and the server that it trusts. Kept in a private file of its
//! own, so that a damaged database costs no new enrolment.

use cordwainer_domain::{SiteId, StationId, WorkstationId};
use cordwainer_protocol::Secret;
use cordwainer_sync::{PublicKey, SigningKey};
use serde::{Deserialize, Serialize};

use super::fault::StoreFault;
use super::folder::Folder;

pub(super) const FILE: &str = "enrolment.json";
const DEVICE_KEY_FILE: &str = "device.key";

/// An enrolled installation.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The name of the place, for good.
    pub station_id: StationId,
    /// Site.
    pub site_id: SiteId,
    /// Workstation.
    pub workstation: WorkstationId,
    /// What the station holds: a work centre's key, or `*` for the whole site.
    pub scope: String,
    /// `https://host:port`.
    pub server_url: String,
    /// The server's key, pinned at enrolment.
    pub server_key: PublicKey,
    /// Life of the server's database.
    pub server_epoch: String,
    /// Secret: the station's private key is made from it.
    pub key_seed: Secret<[u8; 32]>,
    /// The certificate that this station shows, DER; empty when it has none yet.
    pub certificate: Vec<u8>,
    /// Whether the server lets this station work; before, somebody must compare its fingerprint.
    pub confirmed: bool,
}

impl Enrolment {
    /// The key that the station signs with.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seed(self.key_seed.expose())
    }
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolment")
            .field("station_id", &self.station_id)
            .field("workstation", &self.workstation)
            .field("server_url", &self.server_url)
            .field("server_epoch", &self.server_epoch)
            .field("confirmed", &self.confirmed)
            .finish_non_exhaustive()
    }
}

/// The file's form; apart from [`Enrolment`], so that the secret is written nowhere by accident.
#[derive(Serialize, Deserialize)]
struct Kept {
    station_id: StationId,
    site_id: SiteId,
    workstation: WorkstationId,
    scope: String,
    server_url: String,
    server_key: PublicKey,
    server_epoch: String,
    #[serde(serialize_with = "Secret::disclose")]
    key_seed: Secret,
    #[serde(default)]
    certificate: String,
    /// Stations enrolled before anybody had to confirm them are at work.
    #[serde(default = "at_work")]
    confirmed: bool,
}

const fn at_work() -> bool {
    true
}

/// Reads the enrolment; `None` before the first.
pub(super) fn read(folder: &Folder) -> Result<Option<Enrolment>, StoreFault> {
    let Some(bytes) = folder.read(FILE)? else { return Ok(None) };
    let damaged = |detail: String| StoreFault::Damaged { file: folder.file(FILE).display().to_string(), detail };
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|fault| damaged(fault.to_string()))?;
    let mut key_seed = [0; 32];
    hex::decode_to_slice(kept.key_seed.expose(), &mut key_seed).map_err(|fault| damaged(fault.to_string()))?;
    let certificate = hex::decode(&kept.certificate).map_err(|fault| damaged(fault.to_string()))?;
    Ok(Some(Enrolment {
        station_id: kept.station_id,
        site_id: kept.site_id,
        workstation: kept.workstation,
        scope: kept.scope,
        server_url: kept.server_url,
        server_key: kept.server_key,
        server_epoch: kept.server_epoch,
        key_seed: Secret::new(key_seed),
        certificate,
        confirmed: kept.confirmed,
    }))
}

/// Writes the enrolment.
pub(super) fn write(folder: &Folder, enrolment: &Enrolment) -> Result<(), StoreFault> {
    let kept = Kept {
        station_id: enrolment.station_id,
        site_id: enrolment.site_id.clone(),
        workstation: enrolment.workstation.clone(),
        scope: enrolment.scope.clone(),
        server_url: enrolment.server_url.clone(),
        server_key: enrolment.server_key,
        server_epoch: enrolment.server_epoch.clone(),
        key_seed: Secret::new(hex::encode(enrolment.key_seed.expose())),
        certificate: hex::encode(&enrolment.certificate),
        confirmed: enrolment.confirmed,
    };
    let bytes = serde_json::to_vec_pretty(&kept)
        .map_err(|fault| StoreFault::File { what: "write the enrolment".to_owned(), source: fault.into() })?;
    folder.replace(FILE, &bytes)
}

/// The key that binds PIN verifiers to this device; made once.
pub(super) fn device_key(folder: &Folder, random: impl FnOnce() -> [u8; 32]) -> Result<[u8; 32], StoreFault> {
    if let Some(bytes) = folder.read(DEVICE_KEY_FILE)?
        && let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice())
    {
        return Ok(key);
    }
    let key = random();
    folder.replace(DEVICE_KEY_FILE, &key)?;
    Ok(key)
}
