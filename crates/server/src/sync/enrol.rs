//! Enrolment: a one-time code and a public key make an installation of the app a station.

use cordwainer_domain::StationId;
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{EnrolReply, EnrolRequest};
use cordwainer_sync::{PublicKey, Purpose, body_hash, may_pull};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::authenticate::next_nonce;
use super::certificate::certificate_for;
use super::fault::Refusal;
use crate::store::audit::Entry;
use crate::store::db::retried;
use crate::store::enrolment::{self, CODE_CHARACTERS, CodeRow, MOST_TRIES};
use crate::store::{Station, Store, station};

/// Enrols a station. Whatever is wrong with the code, the answer is the same; five failures kill it. A station that lost the
/// reply asks again with the same key and gets the same place.
pub(crate) async fn enrol(store: &Store, request: &EnrolRequest) -> Result<EnrolReply, Refusal> {
    if !may_pull(request.protocol, PROTOCOL) {
        return Err(Refusal::Version);
    }
    let key: PublicKey =
        request.public_key.parse().map_err(|_| Refusal::Malformed("public_key cannot be read".to_owned()))?;
    let station = retried!(attempt(store, request, &key))?;
    let certificate = certificate_for(store, &station)?;
    let epoch = store.epoch().await?;
    let signed = format!("{}\n{}\n{epoch}", station.id, request.public_key);
    Ok(EnrolReply {
        certificate,
        confirmed: station.confirmed_at.is_some(),
        station_id: station.id,
        site_id: station.site,
        workstation: station.workstation,
        scope: station.scope,
        server_key: store.identity().public_key().to_string(),
        server_epoch: epoch,
        server_time: store.clock().now(),
        nonce: next_nonce(store, station.id),
        sig: store.identity().key().sign(Purpose::Enrolment, signed.as_bytes()).to_string(),
    })
}

async fn attempt(store: &Store, request: &EnrolRequest, key: &PublicKey) -> Result<Station, Refusal> {
    let code = request.code.expose().trim().to_ascii_uppercase();
    let (secret, key_hash) = code.split_once('-').ok_or(Refusal::CodeRefused)?;
    if secret.len() != CODE_CHARACTERS || !secret.is_ascii() {
        return Err(Refusal::CodeRefused);
    }
    let mut tx = store.db().write().await?;
    let row = enrolment::find(&mut tx, secret).await?.ok_or(Refusal::CodeRefused)?;
    let now = store.clock().now();
    let fits: bool = body_hash(secret.as_bytes()).as_bytes().ct_eq(&row.hash).into();
    if !fits || !key_hash.eq_ignore_ascii_case(&store.key_hash()) {
        enrolment::count_failure(&mut tx, &row.selector).await?;
        tx.commit().await?;
        tracing::warn!(workstation = %row.workstation, tries = row.tries + 1, "an enrolment code failed");
        return Err(Refusal::CodeRefused);
    }
    if row.tries >= MOST_TRIES || row.expires_at < now.timestamp_millis() {
        return Err(Refusal::CodeRefused);
    }
    if let Some(id) = row.station_id {
        let before = station::find(&mut tx, StationId(id)).await?;
        return before
            .filter(|station| station.public_key == *key && station.revoked_at.is_none())
            .ok_or(Refusal::CodeRefused);
    }
    drop(tx);
    add_station(store, &row, key).await
}

async fn add_station(store: &Store, row: &CodeRow, key: &PublicKey) -> Result<Station, Refusal> {
    let mut writing = store.writing(&row.site_id.as_str().into()).await?;
    // Taken again within the transaction that spends it: two requests may hold the same code.
    let row = enrolment::find(&mut writing.tx, &row.selector).await?.ok_or(Refusal::CodeRefused)?;
    if row.used_at.is_some() {
        return Err(Refusal::CodeRefused);
    }
    let station = Station {
        id: StationId(writing.next_id()),
        site: writing.site.clone(),
        is_server: false,
        workstation: row.workstation.as_str().into(),
        scope: row.scope.clone(),
        public_key: *key,
        enrolled_at: writing.now,
        confirmed_at: None,
        revoked_at: None,
        last_contact: None,
        outbox_depth: 0,
        oldest_pending_age_ms: 0,
        progressed_at: None,
        loop_restarts: 0,
        witness_fault: None,
        app_version: String::new(),
    };
    station::add(&mut writing.tx, &station).await?;
    let now_ms = writing.now_ms();
    enrolment::spend(&mut writing.tx, &row.selector, station.id, now_ms).await?;
    let what = json!({ "workstation": station.workstation, "scope": station.scope, "public_key": key });
    writing.note(Entry::new("station_enrolled", station.id, &what)?);
    writing.close().await?;
    Ok(station)
}
