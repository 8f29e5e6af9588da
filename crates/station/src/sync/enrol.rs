//! Enrolment: a one-time code from the office makes this installation a station.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cordwainer_channel::{Pin, Shown};
use cordwainer_protocol::Secret;
use cordwainer_protocol::sync::{EnrolReply, EnrolRequest, ProblemCode};
use cordwainer_protocol::{Message, MessageCode, PROTOCOL, Param};
use cordwainer_sync::{PublicKey, Purpose, Signature, SigningKey, body_hash};

use super::http::{CallFault, Times, post_unsigned, server_address};
use crate::clock::{Clock, now_of};
use crate::ids::IdSource;
use crate::store::{Enrolment, StationStore, StoreFault};

const PATH: &str = "/sync/v1/enrol";
/// Hexadecimal digits of the server key's hash behind the code's hyphen.
const KEY_HASH_DIGITS: usize = 16;

/// Why this installation did not become a station.
#[derive(Debug, thiserror::Error)]
pub enum EnrolFault {
    /// No answer, or none of ours.
    #[error("{server} does not answer: {detail}")]
    Unreachable {
        /// Address.
        server: String,
        /// What came instead.
        detail: String,
    },
    /// The code is wrong, used or too old. The server does not say which.
    #[error("the code is not accepted")]
    CodeRefused,
    /// Another server than the one that the code is from.
    #[error("this is not the server that the code is from")]
    KeyMismatch,
    /// This program and the server do not speak the same version.
    #[error("this program and the server are of different versions")]
    Version,
    /// The server has its hands full, or was asked too often from here.
    #[error("the server asks to wait: {detail}")]
    Busy {
        /// What it said.
        detail: String,
    },
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl EnrolFault {
    /// What the screen says.
    pub fn message(&self) -> Message {
        match self {
            Self::Unreachable { server, .. } => {
                Message::new(MessageCode::ServerUnreachable).with("server", Param::Text(server.clone()))
            }
            Self::CodeRefused => Message::new(MessageCode::EnrolCodeRefused),
            Self::Busy { .. } => Message::new(MessageCode::ServerBusy),
            Self::KeyMismatch => Message::new(MessageCode::ServerKeyMismatch),
            Self::Version => Message::new(MessageCode::Unsupported).with("detail", Param::Text(self.to_string())),
            Self::Store(StoreFault::DiskFull) => Message::new(MessageCode::NotRecordedDiskFull),
            Self::Store(fault) => Message::new(MessageCode::Internal).with("detail", Param::Text(fault.to_string())),
        }
    }
}

/// Joins a server: makes a key on this device, opens a channel that only the server of the code can open, shows the code,
/// checks the server's signature over the answer, and keeps the enrolment.
///
/// # Errors
/// [`EnrolFault`]; the installation is then as it was.
pub async fn enrol(
    server_url: &str,
    code: &str,
    store: &StationStore,
    clock: &Arc<dyn Clock>,
    ids: &dyn IdSource,
    app_version: &str,
) -> Result<Enrolment, EnrolFault> {
    let code = code.trim();
    let key_hash = code
        .rsplit_once('-')
        .map(|(_, hash)| hash.to_lowercase())
        .filter(|hash| hash.len() == KEY_HASH_DIGITS)
        .ok_or(EnrolFault::CodeRefused)?;
    let key_seed = Secret::new(ids.random_32());
    let public_key = SigningKey::from_seed(key_seed.expose()).public();
    let request = EnrolRequest {
        protocol: PROTOCOL,
        code: code.into(),
        public_key: public_key.to_string(),
        app_version: app_version.to_owned(),
    };
    let server_url = server_address(server_url);
    let body = serde_json::to_vec(&request)
        .map_err(|fault| EnrolFault::Unreachable { server: server_url.clone(), detail: fault.to_string() })?;
    let times = Times { watch: Arc::default(), now: now_of(clock) };
    let reply: EnrolReply = post_unsigned(&server_url, PATH, body, Pin::Hash(key_hash.clone()), times).await?;
    let server_key = check(&reply, &key_hash, &public_key)?;
    let certificate = own_certificate(&reply.certificate, &public_key).ok_or(EnrolFault::KeyMismatch)?;
    let enrolment = Enrolment {
        station_id: reply.station_id,
        site_id: reply.site_id,
        workstation: reply.workstation,
        scope: reply.scope,
        server_url,
        server_key,
        server_epoch: reply.server_epoch,
        key_seed,
        certificate,
        confirmed: reply.confirmed,
    };
    // The enrolment last: with it, the station speaks to the new server, and must not do so with another one's cursor.
    store.cache.reset()?;
    store.outbox.begin_as(&enrolment, ids)?;
    Ok(enrolment)
}

fn check(reply: &EnrolReply, key_hash: &str, own_key: &PublicKey) -> Result<PublicKey, EnrolFault> {
    let server_key: PublicKey = reply.server_key.parse().map_err(|_| EnrolFault::KeyMismatch)?;
    if body_hash(server_key.as_bytes()).to_string()[..KEY_HASH_DIGITS] != *key_hash {
        return Err(EnrolFault::KeyMismatch);
    }
    let sig: Signature = reply.sig.parse().map_err(|_| EnrolFault::KeyMismatch)?;
    let said = format!("{}\n{own_key}\n{}", reply.station_id, reply.server_epoch);
    server_key.verify(Purpose::Enrolment, said.as_bytes(), &sig).map_err(|_| EnrolFault::KeyMismatch)?;
    Ok(server_key)
}

/// A certificate as it came, if it is about this station's own key.
pub(super) fn own_certificate(sent: &str, own_key: &PublicKey) -> Option<Vec<u8>> {
    let certificate = STANDARD.decode(sent).ok()?;
    let shown = Shown::read(&certificate).ok()?;
    (shown.key == Some(*own_key)).then_some(certificate)
}

impl From<CallFault> for EnrolFault {
    fn from(fault: CallFault) -> Self {
        match fault {
            CallFault::Unreachable { server, detail } => Self::Unreachable { server, detail },
            CallFault::OtherServer { .. } => Self::KeyMismatch,
            CallFault::Refused { problem, .. } => match problem.code {
                ProblemCode::Version => Self::Version,
                ProblemCode::Busy => Self::Busy { detail: problem.hint },
                ProblemCode::Unauthorised | ProblemCode::Forbidden | ProblemCode::Malformed | ProblemCode::NotFound => {
                    Self::CodeRefused
                }
                _ => Self::Unreachable { server: String::new(), detail: problem.hint },
            },
        }
    }
}
