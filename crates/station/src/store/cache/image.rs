//! The rows in memory, typed, for the engine to replay unresolved actions on.

use std::collections::BTreeMap;

use cordwainer_domain::equipment::{WorkCentre, Workstation};
use cordwainer_domain::product::Operation;
use cordwainer_domain::production::WorkOrder;
use cordwainer_domain::quality::Defect;
use cordwainer_domain::{
    ActionId, ConflictId, DefectId, LocalText, OperationId, SkillId, WorkCentreId, WorkOrderId, WorkerId, WorkstationId,
};
use cordwainer_protocol::sync::{
    AlarmRow, LabelTemplateRow, OpenConflict, OpenParked, ProofRow, SiteRow, StationStatus, Table, WorkOrderCard,
    WorkerRow,
};
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::fault::StoreFault;

/// How far the feed has been followed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Followed {
    /// How far the rows follow the feed; none before the first snapshot and when another one is due.
    pub cursor: Option<String>,
    /// The rows show the feed up to this commit.
    pub commit_seq: u64,
    /// Life of the server's database that they are from.
    pub epoch: Option<String>,
}

/// Everything that a station holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CacheImage {
    /// How far the feed has been followed.
    pub followed: Followed,
    /// Site; none before the first page.
    pub site: Option<SiteRow>,
    /// Work centres.
    pub work_centres: BTreeMap<WorkCentreId, WorkCentre>,
    /// Workstations.
    pub workstations: BTreeMap<WorkstationId, Workstation>,
    /// Operations, every version that is still in use.
    pub operations: BTreeMap<(OperationId, u32), Operation>,
    /// Skills in words.
    pub skills: BTreeMap<SkillId, LocalText>,
    /// Defects.
    pub defects: BTreeMap<DefectId, Defect>,
    /// Workers. Their PIN verifiers are bound to this device; check a PIN with [`super::Cache::verify_pin`].
    pub workers: BTreeMap<WorkerId, WorkerRow>,
    /// Work orders in scope, whole.
    pub work_orders: BTreeMap<WorkOrderId, WorkOrder>,
    /// Every open work order of the site, by name.
    pub cards: BTreeMap<WorkOrderId, WorkOrderCard>,
    /// Open conflicts, for those who may close them.
    pub conflicts: BTreeMap<ConflictId, OpenConflict>,
    /// Facts that wait for a person, for those who may decide about them.
    pub parked: BTreeMap<ActionId, OpenParked>,
    /// The newest proof that nothing is lost, for those who lead the floor.
    pub proof: Option<ProofRow>,
    /// Alarms, for those who lead the floor.
    pub alarms: BTreeMap<String, AlarmRow>,
    /// What the factory has released for its labels, by the word of the kind.
    pub label_templates: BTreeMap<String, serde_json::Value>,
    /// Stations of the site, for those who lead the floor.
    pub stations: Vec<StationStatus>,
    /// Rows that this program cannot read: written by a later server. They are left out and kept.
    pub unreadable: Vec<(Table, String)>,
}

/// A skill as the feed carries it.
#[derive(Serialize, Deserialize)]
struct SkillRow {
    id: SkillId,
    name: LocalText,
}

pub(super) fn followed(conn: &Connection) -> Result<Followed, StoreFault> {
    let mut statement = conn.prepare_cached("SELECT cursor, commit_seq, epoch FROM followed")?;
    Ok(statement.query_row([], |row| {
        let commit_seq: i64 = row.get(1)?;
        Ok(Followed { cursor: row.get(0)?, commit_seq: u64::try_from(commit_seq).unwrap_or(0), epoch: row.get(2)? })
    })?)
}

pub(super) fn read(conn: &Connection) -> Result<CacheImage, StoreFault> {
    let mut image = CacheImage { followed: followed(conn)?, ..CacheImage::default() };
    let stations: String = conn.query_row("SELECT stations FROM followed", [], |row| row.get(0))?;
    image.stations = serde_json::from_str(&stations).unwrap_or_default();
    let mut statement =
        conn.prepare_cached("SELECT tbl, pk, row FROM held WHERE life = (SELECT shown FROM followed) AND tbl <> ?1")?;
    let mut rows = statement.query([Table::Picture.name()])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let pk: String = row.get(1)?;
        let bad = |column, id: &str| StoreFault::BadRow { table: "held", column, id: id.to_owned() };
        let table = Table::from_name(&name).ok_or_else(|| bad("tbl", &pk))?;
        let text = row.get_ref(2)?.as_str().map_err(|_| bad("row", &pk))?;
        if let Err(fault) = image.take(table, &pk, text) {
            tracing::warn!(table = name, pk, %fault, "a cached row cannot be read");
            image.unreadable.push((table, pk));
        }
    }
    Ok(image)
}

impl CacheImage {
    fn take(&mut self, table: Table, pk: &str, text: &str) -> Result<(), serde_json::Error> {
        match table {
            Table::Site => self.site = Some(serde_json::from_str(text)?),
            Table::WorkCentre => put(&mut self.work_centres, text, |row: &WorkCentre| row.id.clone())?,
            Table::Workstation => put(&mut self.workstations, text, |row: &Workstation| row.id.clone())?,
            Table::Operation => put(&mut self.operations, text, |row: &Operation| (row.id.clone(), row.version))?,
            Table::Skill => {
                let row: SkillRow = serde_json::from_str(text)?;
                self.skills.insert(row.id, row.name);
            }
            Table::Defect => put(&mut self.defects, text, |row: &Defect| row.id.clone())?,
            Table::Worker => put(&mut self.workers, text, |row: &WorkerRow| row.worker.id)?,
            Table::WorkOrder => put(&mut self.work_orders, text, |row: &WorkOrder| row.id)?,
            Table::WorkOrderCard => put(&mut self.cards, text, |row: &WorkOrderCard| row.id)?,
            Table::Conflict => put(&mut self.conflicts, text, |open: &OpenConflict| open.row.id)?,
            Table::Parked => put(&mut self.parked, text, |open: &OpenParked| open.fact.action_id)?,
            Table::Proof => self.proof = Some(serde_json::from_str(text)?),
            Table::Alarm => {
                self.alarms.insert(pk.to_owned(), serde_json::from_str(text)?);
            }
            Table::LabelTemplate => {
                let row: LabelTemplateRow = serde_json::from_str(text)?;
                self.label_templates.insert(row.kind, row.template);
            }
            // Large and few: read one by one when a screen shows them.
            Table::Picture => {}
        }
        Ok(())
    }
}

fn put<K: Ord, R: DeserializeOwned>(
    rows: &mut BTreeMap<K, R>,
    text: &str,
    key: impl FnOnce(&R) -> K,
) -> Result<(), serde_json::Error> {
    let row: R = serde_json::from_str(text)?;
    rows.insert(key(&row), row);
    Ok(())
}
