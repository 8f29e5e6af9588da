//! Workers as the office keeps them: taken on, changed, given a new badge or PIN, revoked. Stations learn it from the feed.

use cordwainer_domain::WorkerId;
use cordwainer_domain::people::Worker;
use cordwainer_protocol::Secret;
use cordwainer_protocol::office::{IssuedBadge, IssuedPin, NewWorker, OfficeRefusal, WorkerChange, WorkerLine};
use cordwainer_protocol::sync::PinVerifier;
use serde_json::json;

use super::caller::Caller;
use super::fault::OfficeFault;
use super::plant::name_of;
use super::{credentials, qr};
use crate::store::audit::Entry;
use crate::store::db::{Tx, retried};
use crate::store::people::{self, KeptWorker, KeyedTable};
use crate::store::writing::Writing;
use crate::store::{MasterRow, Store, master};

/// Every worker of the caller's site.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<WorkerLine>, OfficeFault> {
    Ok(store.kept_workers(&caller.site).await?.into_iter().map(line_of).collect())
}

fn line_of(kept: KeptWorker) -> WorkerLine {
    let Worker { id, name, short, badge: _, roles, skills, language, work_centres, active } = kept.worker;
    let (has_pin, row_version) = (kept.pin.is_some(), kept.row_version);
    WorkerLine { id, name, short, roles, skills, language, work_centres, active, has_pin, row_version }
}

/// Takes a worker on, with a badge and without a PIN.
pub(crate) async fn add(store: &Store, caller: &Caller, wanted: &NewWorker) -> Result<IssuedBadge, OfficeFault> {
    let worker = retried!(try_add(store, caller, wanted))?;
    tracing::info!(worker = %worker.id, by = %caller.account.id, "a worker was taken on");
    issued(&worker)
}

async fn try_add(store: &Store, caller: &Caller, wanted: &NewWorker) -> Result<Worker, OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let id = WorkerId(writing.next_id());
    let blank = Worker {
        id,
        name: name_of(&wanted.name)?,
        short: name_of(&wanted.short)?,
        badge: credentials::badge(store.ids())?,
        roles: Vec::new(),
        skills: Vec::new(),
        language: wanted.language,
        work_centres: Vec::new(),
        active: true,
    };
    let worker = changed(&mut writing.tx, caller, blank, wanted).await?;
    put(&mut writing, caller, "worker_taken_on", &worker, None).await?;
    writing.close().await?;
    Ok(worker)
}

/// Changes a worker: names, roles, qualifications, where they may work, whether they are active.
pub(crate) async fn change(
    store: &Store,
    caller: &Caller,
    id: WorkerId,
    wanted: &WorkerChange,
) -> Result<(), OfficeFault> {
    retried!(try_change(store, caller, id, wanted))?;
    tracing::info!(worker = %id, by = %caller.account.id, active = wanted.active, "a worker was changed");
    Ok(())
}

async fn try_change(store: &Store, caller: &Caller, id: WorkerId, wanted: &WorkerChange) -> Result<(), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let kept = people::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    if kept.row_version != wanted.row_version {
        return Err(OfficeRefusal::ChangedMeanwhile.into());
    }
    let mut worker = changed(&mut writing.tx, caller, kept.worker, &wanted.worker).await?;
    worker.active = wanted.active;
    put(&mut writing, caller, "worker_changed", &worker, kept.pin.as_ref()).await?;
    writing.close().await?;
    Ok(())
}

/// Gives a worker another badge; the one before names nobody from then on.
pub(crate) async fn issue_badge(store: &Store, caller: &Caller, id: WorkerId) -> Result<IssuedBadge, OfficeFault> {
    let worker = retried!(try_issue_badge(store, caller, id))?;
    tracing::info!(worker = %id, by = %caller.account.id, "a badge was issued");
    issued(&worker)
}

async fn try_issue_badge(store: &Store, caller: &Caller, id: WorkerId) -> Result<Worker, OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let kept = people::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    let worker = Worker { badge: credentials::badge(store.ids())?, ..kept.worker };
    put(&mut writing, caller, "worker_badge_issued", &worker, kept.pin.as_ref()).await?;
    writing.close().await?;
    Ok(worker)
}

/// Gives a worker another PIN; the one before is no longer good at any station that has heard of it.
pub(crate) async fn issue_pin(store: &Store, caller: &Caller, id: WorkerId) -> Result<IssuedPin, OfficeFault> {
    let pin = credentials::pin(store.ids());
    let verifier = credentials::pin_verifier(store.ids(), &pin).await?;
    let worker = retried!(try_issue_pin(store, caller, id, &verifier))?;
    tracing::info!(worker = %id, by = %caller.account.id, "a PIN was issued");
    Ok(IssuedPin { worker: id, name: worker.name, pin })
}

async fn try_issue_pin(
    store: &Store,
    caller: &Caller,
    id: WorkerId,
    verifier: &PinVerifier,
) -> Result<Worker, OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let kept = people::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    put(&mut writing, caller, "worker_pin_issued", &kept.worker, Some(verifier)).await?;
    writing.close().await?;
    Ok(kept.worker)
}

/// The worker as wanted, if what it names exists.
async fn changed(tx: &mut Tx, caller: &Caller, worker: Worker, wanted: &NewWorker) -> Result<Worker, OfficeFault> {
    let work_centres = people::keys(tx, &caller.site, KeyedTable::WorkCentre).await?;
    let skills = people::keys(tx, &caller.site, KeyedTable::Skill).await?;
    let known = wanted.work_centres.iter().all(|id| work_centres.contains(id.as_str()))
        && wanted.skills.iter().all(|id| skills.contains(id.as_str()));
    if !known {
        return Err(OfficeRefusal::Unknown.into());
    }
    if wanted.roles.is_empty() {
        return Err(OfficeRefusal::NoRole.into());
    }
    let mut roles = wanted.roles.clone();
    roles.sort_unstable();
    roles.dedup();
    Ok(Worker {
        name: name_of(&wanted.name)?,
        short: name_of(&wanted.short)?,
        roles,
        skills: wanted.skills.clone(),
        language: wanted.language,
        work_centres: wanted.work_centres.clone(),
        ..worker
    })
}

/// Writes the worker's row and notes who did it. The chain names the badge by its hash: it outlives the badge.
async fn put(
    writing: &mut Writing,
    caller: &Caller,
    kind: &'static str,
    worker: &Worker,
    pin: Option<&PinVerifier>,
) -> Result<(), OfficeFault> {
    master::put(writing, &MasterRow::Worker(Box::new(worker.clone()), pin.cloned())).await?;
    let badge = cordwainer_sync::body_hash(worker.badge.as_str().as_bytes());
    let what = json!({
        "by": caller.account.id, "name": worker.name, "roles": worker.roles, "skills": worker.skills,
        "work_centres": worker.work_centres, "active": worker.active, "badge_hash": badge,
    });
    writing.note(Entry::new(kind, worker.id, &what)?);
    Ok(())
}

fn issued(worker: &Worker) -> Result<IssuedBadge, OfficeFault> {
    let badge = Secret::from(worker.badge.as_str());
    let qr_svg = qr::svg(&badge)?;
    Ok(IssuedBadge { worker: worker.id, name: worker.name.clone(), badge, qr_svg })
}
