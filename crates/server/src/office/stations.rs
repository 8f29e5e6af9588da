//! Stations as the office keeps them: how each does, a code for a new one, its fingerprint compared, and its end.

use cordwainer_domain::StationId;
use cordwainer_protocol::Secret;
use cordwainer_protocol::office::{ConfirmStation, IssuedEnrolment, NewEnrolment, OfficeRefusal, StationLine};
use serde_json::json;

use super::caller::Caller;
use super::fault::OfficeFault;
use super::qr;
use crate::store::{Station, Store, StoreFault};

/// Every station of the caller's site, revoked ones included.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<StationLine>, OfficeFault> {
    Ok(store.stations(&caller.site).await?.into_iter().map(line_of).collect())
}

fn line_of(station: Station) -> StationLine {
    StationLine {
        id: station.id,
        workstation: station.workstation,
        scope: station.scope,
        fingerprint: station.public_key.fingerprint(),
        enrolled_at: station.enrolled_at,
        confirmed_at: station.confirmed_at,
        revoked_at: station.revoked_at,
        last_contact: station.last_contact,
        outbox_depth: station.outbox_depth,
        oldest_pending_age_ms: station.oldest_pending_age_ms,
        app_version: station.app_version,
        history_differs: station.witness_fault.is_some(),
    }
}

/// Makes a one-time code with which a new station enrols at a workstation that is in use.
pub(crate) async fn enrol(
    store: &Store,
    caller: &Caller,
    wanted: &NewEnrolment,
) -> Result<IssuedEnrolment, OfficeFault> {
    let places = store.kept_workstations(&caller.site).await?;
    let in_use = places.iter().any(|kept| kept.workstation.id == wanted.workstation && !kept.retired);
    if !in_use {
        return Err(OfficeRefusal::Unknown.into());
    }
    let by = json!(caller.account.id);
    let made = store.enrolment_code_at(&caller.site, wanted.workstation.as_str(), wanted.whole_floor, &by).await?;
    tracing::info!(workstation = %wanted.workstation, by = %caller.account.id, "an enrolment code was made");
    let code = Secret::new(made.code);
    let qr_svg = qr::svg(&code)?;
    Ok(IssuedEnrolment { workstation: made.workstation, code, qr_svg, expires_at: made.expires_at })
}

/// Lets a new station in, once its own screen shows what the server holds.
pub(crate) async fn confirm(
    store: &Store,
    caller: &Caller,
    id: StationId,
    shown: &ConfirmStation,
) -> Result<(), OfficeFault> {
    check_ours(store, caller, id).await?;
    match store.confirm_station_by(id, &shown.fingerprint, &json!(caller.account.id)).await {
        Err(StoreFault::Missing { .. }) => Err(OfficeFault::NotFound),
        Err(StoreFault::FingerprintDiffers { .. }) => {
            // Mistyped, or somebody is in between: whoever reads the log should be able to tell by how often.
            tracing::warn!(station = %id, by = %caller.account.id, "another fingerprint was told than the server holds");
            Err(OfficeRefusal::FingerprintDiffers.into())
        }
        outcome => Ok(outcome?),
    }?;
    tracing::info!(station = %id, by = %caller.account.id, "a station was confirmed");
    Ok(())
}

/// Takes a station's rights away. What it recorded stays.
pub(crate) async fn revoke(store: &Store, caller: &Caller, id: StationId) -> Result<(), OfficeFault> {
    check_ours(store, caller, id).await?;
    match store.revoke_station_by(id, &json!(caller.account.id)).await {
        Err(StoreFault::Missing { .. }) => Err(OfficeFault::NotFound),
        outcome => Ok(outcome?),
    }?;
    tracing::info!(station = %id, by = %caller.account.id, "a station was revoked");
    Ok(())
}

async fn check_ours(store: &Store, caller: &Caller, id: StationId) -> Result<(), OfficeFault> {
    let ours = store.station(id).await?.is_some_and(|station| station.site == caller.site);
    if ours { Ok(()) } else { Err(OfficeFault::NotFound) }
}
