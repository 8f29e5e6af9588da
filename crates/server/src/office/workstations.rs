//! Workstations as the office keeps them: added, changed, retired.

use cordwainer_domain::WorkstationId;
use cordwainer_domain::code::CodeType;
use cordwainer_domain::equipment::Workstation;
use cordwainer_protocol::office::{NewWorkstation, OfficeRefusal, WorkstationChange, WorkstationLine};
use cordwainer_protocol::sync::{ChangeOp, Table};
use serde_json::json;

use super::caller::Caller;
use super::credentials;
use super::fault::OfficeFault;
use super::plant::name_of;
use crate::store::audit::Entry;
use crate::store::db::{Tx, retried};
use crate::store::people::{self, KeyedTable};
use crate::store::plant::{self, KeptWorkstation};
use crate::store::scope::Scope;
use crate::store::writing::Writing;
use crate::store::{MasterRow, Store, master};

/// Longest key.
const KEY_CHARACTERS_MAX: usize = 40;

/// Every workstation of the caller's site.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<WorkstationLine>, OfficeFault> {
    Ok(store.kept_workstations(&caller.site).await?.into_iter().map(line_of).collect())
}

fn line_of(kept: KeptWorkstation) -> WorkstationLine {
    let Workstation { id, name, work_centre, kind, code } = kept.workstation;
    let KeptWorkstation { retired, stations, row_version, .. } = kept;
    WorkstationLine { id, name, work_centre, kind, code, retired, stations, row_version }
}

/// Adds a workstation, with a code for its sign.
pub(crate) async fn add(store: &Store, caller: &Caller, wanted: &NewWorkstation) -> Result<(), OfficeFault> {
    retried!(try_add(store, caller, wanted))?;
    tracing::info!(workstation = wanted.id, by = %caller.account.id, "a workstation was added");
    Ok(())
}

async fn try_add(store: &Store, caller: &Caller, wanted: &NewWorkstation) -> Result<(), OfficeFault> {
    let id = WorkstationId(key_of(&wanted.id)?);
    let mut writing = store.writing(&caller.site).await?;
    check_work_centre(&mut writing.tx, caller, wanted.work_centre.as_ref()).await?;
    if plant::lock(&mut writing.tx, &caller.site, &id).await?.is_some() {
        return Err(OfficeRefusal::KeyTaken.into());
    }
    let workstation = Workstation {
        id,
        name: name_of(&wanted.name)?,
        work_centre: wanted.work_centre.clone(),
        kind: wanted.kind,
        code: credentials::code(store.ids(), CodeType::Workstation)?,
    };
    put(&mut writing, caller, "workstation_added", &workstation, false).await?;
    writing.close().await?;
    Ok(())
}

/// Changes a workstation, or retires it. One that a station works at stays.
pub(crate) async fn change(
    store: &Store,
    caller: &Caller,
    id: &WorkstationId,
    wanted: &WorkstationChange,
) -> Result<(), OfficeFault> {
    retried!(try_change(store, caller, id, wanted))?;
    let retired = wanted.retired;
    tracing::info!(workstation = %id, by = %caller.account.id, retired, "a workstation was changed");
    Ok(())
}

async fn try_change(
    store: &Store,
    caller: &Caller,
    id: &WorkstationId,
    wanted: &WorkstationChange,
) -> Result<(), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    check_work_centre(&mut writing.tx, caller, wanted.work_centre.as_ref()).await?;
    let kept = plant::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    if kept.row_version != wanted.row_version {
        return Err(OfficeRefusal::ChangedMeanwhile.into());
    }
    // What a station holds follows its work centre; moved to another one it would go on holding the first one's part.
    let moves = kept.workstation.work_centre != wanted.work_centre;
    if kept.stations > 0 && (wanted.retired || moves) {
        return Err(OfficeRefusal::InUse.into());
    }
    let workstation = Workstation {
        name: name_of(&wanted.name)?,
        work_centre: wanted.work_centre.clone(),
        kind: wanted.kind,
        ..kept.workstation
    };
    put(&mut writing, caller, "workstation_changed", &workstation, wanted.retired).await?;
    writing.close().await?;
    Ok(())
}

async fn put(
    writing: &mut Writing,
    caller: &Caller,
    kind: &'static str,
    workstation: &Workstation,
    retired: bool,
) -> Result<(), OfficeFault> {
    let id = &workstation.id;
    let row_version = master::put(writing, &MasterRow::Workstation(workstation.clone())).await?;
    plant::set_retired(writing, id, retired).await?;
    if retired {
        writing.change(&Scope::All, Table::Workstation, id, ChangeOp::Del, row_version);
    }
    let what = json!({
        "by": caller.account.id, "name": workstation.name, "work_centre": workstation.work_centre,
        "kind": workstation.kind, "retired": retired,
    });
    writing.note(Entry::new(kind, id, &what)?);
    Ok(())
}

async fn check_work_centre(
    tx: &mut Tx,
    caller: &Caller,
    wanted: Option<&cordwainer_domain::WorkCentreId>,
) -> Result<(), OfficeFault> {
    let Some(wanted) = wanted else { return Ok(()) };
    let known = people::keys(tx, &caller.site, KeyedTable::WorkCentre).await?;
    if known.contains(wanted.as_str()) { Ok(()) } else { Err(OfficeRefusal::Unknown.into()) }
}

/// A key as somebody typed it. The server's own place keeps its name.
fn key_of(typed: &str) -> Result<String, OfficeRefusal> {
    let key = typed.trim();
    let fits = (1..=KEY_CHARACTERS_MAX).contains(&key.len());
    let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    if fits && plain && key != crate::store::station::OFFICE { Ok(key.to_owned()) } else { Err(OfficeRefusal::Key) }
}
