//! Open items as a person sees them: a conflict with both facts side by side, a fact that waits, each with its pair. Made
//! from rows that never change, so that what a station holds is the same whenever it is read.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{ClockClass, Fact, Job, ParkReason, WorkOrder};
use cordwainer_domain::{ActionId, JobId, SiteId, StationId, WorkOrderId, WorkerId, WorkstationId};
use cordwainer_protocol::sync::{ConflictRow, FactCard, JobCard, OpenConflict, OpenParked, PairCard};
use cordwainer_sync::decode;
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::conflict;
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::{Store, work_order};
use crate::clock::from_ms;

#[derive(sqlx::FromRow)]
struct LoggedFact {
    action_id: Uuid,
    kind: String,
    station_id: Uuid,
    workstation: Option<String>,
    worker_id: Option<Uuid>,
    auth_level: Option<i64>,
    base_version: Option<i64>,
    clock_class: Option<i64>,
    occurred_at: i64,
    received_at: i64,
    body: Vec<u8>,
}

impl LoggedFact {
    fn card(self) -> FactCard {
        FactCard {
            action_id: ActionId(self.action_id),
            kind: self.kind,
            worker: self.worker_id.map(WorkerId),
            station: StationId(self.station_id),
            workstation: self.workstation.map(WorkstationId),
            occurred_at: from_ms(self.occurred_at),
            received_at: from_ms(self.received_at),
            clock_class: match self.clock_class {
                Some(0) => ClockClass::Synchronised,
                Some(1) => ClockClass::Remembered,
                _ => ClockClass::Unknown,
            },
            auth_level: match self.auth_level {
                Some(2) => AuthLevel::Pin,
                Some(1) => AuthLevel::Badge,
                _ => AuthLevel::None,
            },
            base_version: self.base_version.map(i64::cast_unsigned),
            fact: shown_fact(&self.body),
        }
    }
}

/// What happened, as far as it can be read. A released work order is whole elsewhere.
fn shown_fact(body: &[u8]) -> Option<serde_json::Value> {
    match decode(body).ok()?.fact {
        Fact::WorkOrderReleased(_) => None,
        fact => serde_json::to_value(fact).ok(),
    }
}

/// The cards of some facts.
async fn cards(tx: &mut Tx, ids: &BTreeSet<ActionId>) -> Result<BTreeMap<ActionId, FactCard>, StoreFault> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<LoggedFact> = on!(tx, c => {
        let mut select = QueryBuilder::new(
            "SELECT action_id, kind, station_id, workstation, worker_id, auth_level, base_version, clock_class, \
             occurred_at, received_at, body FROM action_log WHERE action_id IN ",
        );
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(id.0);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(|row| (ActionId(row.action_id), row.card())).collect())
}

/// The other bytes that came under some identifiers.
async fn other_bytes(tx: &mut Tx, ids: &BTreeSet<ActionId>) -> Result<BTreeMap<ActionId, FactCard>, StoreFault> {
    type Row = (Uuid, Uuid, Vec<u8>, i64);
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Row> = on!(tx, c => {
        let mut select =
            QueryBuilder::new("SELECT action_id, station_id, body, received_at FROM action_evidence WHERE action_id IN ");
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(id.0);
        });
        select.push(" ORDER BY received_at DESC, body_hash");
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, station, body, received_at)| (ActionId(id), evidence(id, station, &body, received_at)))
        .collect())
}

fn evidence(id: Uuid, station: Uuid, body: &[u8], received_at: i64) -> FactCard {
    let action = decode(body).ok();
    let read = action.as_ref();
    FactCard {
        action_id: ActionId(id),
        kind: read.map_or("", |action| action.fact.kind()).to_owned(),
        worker: read.and_then(|action| action.worker),
        station: StationId(station),
        workstation: read.map(|action| action.workstation.clone()),
        occurred_at: read.map_or_else(|| from_ms(received_at), |action| action.clock.instant()),
        received_at: from_ms(received_at),
        clock_class: read.map_or(ClockClass::Unknown, |action| action.clock.class),
        auth_level: read.map(|action| action.auth_level).unwrap_or_default(),
        base_version: read.and_then(|action| action.base_version),
        fact: shown_fact(body),
    }
}

/// What never changes of a pair.
fn pair_card(work_order: &WorkOrder) -> PairCard {
    PairCard {
        id: work_order.id,
        code: work_order.code.clone(),
        number: work_order.number.clone(),
        customer_order: work_order.customer_order.clone(),
        customer_name: work_order.customer_name.clone(),
        pair: (*work_order.pair).clone(),
        priority: work_order.priority,
        promise_at: work_order.promise_at,
        jobs: work_order.jobs.iter().map(job_card).collect(),
    }
}

fn job_card(job: &Job) -> JobCard {
    JobCard {
        id: job.spec.id,
        operation: job.spec.operation.clone(),
        operation_version: job.spec.operation_version,
        name: job.spec.name.clone(),
        short: job.spec.short.clone(),
        work_centre: job.spec.work_centre.clone(),
        inspection: job.spec.inspection,
        standard_time_s: job.spec.standard_time_s,
    }
}

async fn pairs(
    tx: &mut Tx,
    site: &str,
    ids: &BTreeSet<WorkOrderId>,
) -> Result<BTreeMap<WorkOrderId, PairCard>, StoreFault> {
    let found = work_order::load(tx, site, ids).await?;
    Ok(found.iter().map(|(id, work_order)| (*id, pair_card(work_order))).collect())
}

/// Some conflicts, with their facts.
pub(crate) async fn conflicts(tx: &mut Tx, site: &str, ids: &[Uuid]) -> Result<Vec<OpenConflict>, StoreFault> {
    let rows = conflict::load(tx, ids).await?;
    with_facts(tx, site, rows).await
}

async fn with_facts(tx: &mut Tx, site: &str, rows: Vec<ConflictRow>) -> Result<Vec<OpenConflict>, StoreFault> {
    let ids = rows.iter().flat_map(|row| [Some(row.action_id), row.other_action_id]).flatten().collect();
    let reused =
        rows.iter().filter(|row| row.other_action_id == Some(row.action_id)).map(|row| row.action_id).collect();
    let cards = cards(tx, &ids).await?;
    let others = other_bytes(tx, &reused).await?;
    let pairs = pairs(tx, site, &rows.iter().filter_map(|row| row.work_order_id).collect()).await?;
    let open = |row: ConflictRow| {
        let first = row.other_action_id.and_then(|id| cards.get(&id));
        let second =
            if reused.contains(&row.action_id) { others.get(&row.action_id) } else { cards.get(&row.action_id) };
        let facts = first.into_iter().chain(second).cloned().collect();
        let pair = row.work_order_id.and_then(|id| pairs.get(&id)).cloned();
        OpenConflict { row, facts, pair }
    };
    Ok(rows.into_iter().map(open).collect())
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    action_id: Uuid,
    work_order_id: Option<Uuid>,
    job_id: Option<Uuid>,
    reason: Json<ParkReason>,
    parked_at: i64,
}

/// Some facts that wait. One that waits no longer is left out.
pub(crate) async fn parked(tx: &mut Tx, site: &str, ids: &[Uuid]) -> Result<Vec<OpenParked>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<WaitingRow> = on!(&mut *tx, c => {
        let mut select = QueryBuilder::new(
            "SELECT p.action_id, v.work_order_id, a.job_id, v.reason, p.parked_at FROM parked p \
             JOIN verdict v ON v.action_id = p.action_id JOIN action_log a ON a.action_id = p.action_id \
             WHERE v.reason IS NOT NULL AND p.action_id IN ",
        );
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(*id);
        });
        select.push(" ORDER BY p.parked_at, p.action_id");
        select.build_query_as().fetch_all(c).await
    })?;
    let cards = cards(tx, &rows.iter().map(|row| ActionId(row.action_id)).collect()).await?;
    let pairs = pairs(tx, site, &rows.iter().filter_map(|row| row.work_order_id).map(WorkOrderId).collect()).await?;
    let open = |row: WaitingRow| {
        let work_order_id = row.work_order_id.map(WorkOrderId);
        Some(OpenParked {
            fact: cards.get(&ActionId(row.action_id))?.clone(),
            reason: row.reason.0,
            pair: work_order_id.and_then(|id| pairs.get(&id)).cloned(),
            work_order_id,
            job_id: row.job_id.map(JobId),
            parked_at: from_ms(row.parked_at),
        })
    };
    Ok(rows.into_iter().filter_map(open).collect())
}

/// What waits for a person at a site, oldest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OpenItems {
    /// Conflicts that nobody has closed.
    pub conflicts: Vec<OpenConflict>,
    /// Facts that wait for a person.
    pub parked: Vec<OpenParked>,
}

impl Store {
    /// Everything that waits for a person.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn open_items(&self, site: &SiteId) -> Result<OpenItems, StoreFault> {
        const CONFLICTS: &str =
            "SELECT id FROM conflict WHERE site_id = $1 AND closed_at IS NULL ORDER BY opened_at, id";
        const PARKED: &str = "SELECT action_id FROM parked WHERE site_id = $1 AND closed_at IS NULL \
                              AND shown_at IS NOT NULL ORDER BY parked_at, action_id";
        let mut tx = self.db().read().await?;
        let site = site.as_str();
        let open: Vec<Uuid> = on!(&mut tx, c => sqlx::query_scalar(CONFLICTS).bind(site).fetch_all(c).await)?;
        let shown: Vec<Uuid> = on!(&mut tx, c => sqlx::query_scalar(PARKED).bind(site).fetch_all(c).await)?;
        let mut conflicts = conflicts(&mut tx, site, &open).await?;
        conflicts.sort_by_key(|open| (open.row.opened_at, open.row.id));
        Ok(OpenItems { conflicts, parked: parked(&mut tx, site, &shown).await? })
    }
}
