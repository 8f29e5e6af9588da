//! The rows of a page, read from the tables of current state in the same moment as the page itself.

use std::collections::BTreeMap;

use base64::Engine;
use cordwainer_domain::people::Worker;
use cordwainer_domain::production::WorkOrder;
use cordwainer_protocol::sync::{
    Change, ChangeOp, LabelTemplateRow, PictureRow, PinVerifier, RowText, Table, WorkerRow,
};
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

use super::grant;
use super::pull::keyed;
use crate::store::db::{Tx, on};
use crate::store::feed::ChangeRow;
use crate::store::scope::card_of;
use crate::store::{Identity, Station, StoreFault, alarm, label, open_item, proof};

/// A page's rows by table and key.
type Rows = BTreeMap<String, RowText>;

/// Puts the rows into a page's changes.
pub(crate) async fn fill(
    tx: &mut Tx,
    identity: &Identity,
    station: &Station,
    grants_day: i64,
    changes: Vec<ChangeRow>,
) -> Result<Vec<Change>, StoreFault> {
    let mut wanted: BTreeMap<Table, Vec<String>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.op == ChangeOp::Put) {
        wanted.entry(change.table).or_default().push(change.pk.clone());
    }
    let reader = Reader { identity, station, site: station.site.as_str(), grants_day };
    let mut rows: BTreeMap<Table, Rows> = BTreeMap::new();
    for (table, keys) in wanted {
        rows.insert(table, reader.read(tx, table, &keys).await?);
    }
    changes.into_iter().map(|change| with_row(change, &mut rows)).collect()
}

fn with_row(change: ChangeRow, rows: &mut BTreeMap<Table, Rows>) -> Result<Change, StoreFault> {
    let ChangeRow { table, pk, op, commit_seq, row_version } = change;
    let row = if op == ChangeOp::Put { rows.get_mut(&table).and_then(|rows| rows.remove(&pk)) } else { None };
    if op == ChangeOp::Put && row.is_none() {
        return Err(StoreFault::Missing { what: table.name(), id: pk });
    }
    Ok(Change { commit_seq, table, pk, op, row, row_version })
}

struct Reader<'a> {
    identity: &'a Identity,
    station: &'a Station,
    site: &'a str,
    grants_day: i64,
}

impl Reader<'_> {
    async fn read(&self, tx: &mut Tx, table: Table, keys: &[String]) -> Result<Rows, StoreFault> {
        match table {
            Table::Site => self.site_row(tx).await,
            Table::WorkCentre => self.docs(tx, "SELECT id, doc FROM work_centre", keys).await,
            Table::Workstation => self.docs(tx, "SELECT id, doc FROM workstation", keys).await,
            Table::Skill => self.docs(tx, "SELECT id, doc FROM skill", keys).await,
            Table::Defect => self.docs(tx, "SELECT id, doc FROM defect", keys).await,
            Table::Operation => self.operations(tx, keys).await,
            Table::Picture => self.pictures(tx, keys).await,
            Table::Worker => self.workers(tx, keys).await,
            Table::WorkOrder => self.work_orders(tx, keys).await,
            Table::WorkOrderCard => self.cards(tx, keys).await,
            Table::Conflict => {
                let found = open_item::conflicts(tx, self.site, &uuids(keys)).await?;
                found.iter().map(|open| Ok((open.row.id.to_string(), RowText::of(open)?))).collect()
            }
            Table::Parked => {
                let found = open_item::parked(tx, self.site, &uuids(keys)).await?;
                found.iter().map(|open| Ok((open.fact.action_id.to_string(), RowText::of(open)?))).collect()
            }
            Table::Proof => {
                let found = proof::newest(tx, self.site).await?;
                found.iter().map(|proof| Ok((self.site.to_owned(), RowText::of(proof)?))).collect()
            }
            Table::LabelTemplate => {
                let found = label::in_use(tx, self.site, keys).await?;
                let rows = found.into_iter().map(|(kind, template)| LabelTemplateRow { kind, template });
                rows.map(|row| Ok((row.kind.clone(), RowText::of(&row)?))).collect()
            }
            Table::Alarm => {
                let found = alarm::load(tx, self.site, keys).await?;
                found.into_iter().map(|(key, row)| Ok((key, RowText::of(&row)?))).collect()
            }
        }
    }

    async fn site_row(&self, tx: &mut Tx) -> Result<Rows, StoreFault> {
        const SQL: &str = "SELECT id, doc FROM site WHERE id = $1";
        let rows: Vec<(String, Json<Box<RawValue>>)> =
            on!(tx, c => sqlx::query_as(SQL).bind(self.site).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(id, doc)| (id, doc.0.into())).collect())
    }

    async fn docs(&self, tx: &mut Tx, select: &'static str, keys: &[String]) -> Result<Rows, StoreFault> {
        let rows: Vec<(String, Json<Box<RawValue>>)> = keyed(tx, select, self.site, "id", keys).await?;
        Ok(rows.into_iter().map(|(id, doc)| (id, doc.0.into())).collect())
    }

    async fn operations(&self, tx: &mut Tx, keys: &[String]) -> Result<Rows, StoreFault> {
        let ids: Vec<String> = keys.iter().filter_map(|key| key.split_once('@')).map(|(id, _)| id.to_owned()).collect();
        let rows: Vec<(String, i64, Json<Box<RawValue>>)> =
            keyed(tx, "SELECT id, version, doc FROM operation", self.site, "id", &ids).await?;
        Ok(rows.into_iter().map(|(id, version, doc)| (format!("{id}@{version}"), doc.0.into())).collect())
    }

    async fn pictures(&self, tx: &mut Tx, keys: &[String]) -> Result<Rows, StoreFault> {
        let rows: Vec<(String, String, Vec<u8>)> =
            keyed(tx, "SELECT hash, media_type, bytes FROM picture", self.site, "hash", keys).await?;
        rows.into_iter()
            .map(|(hash, media_type, bytes)| {
                let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
                let row = PictureRow { hash: hash.clone(), media_type, base64 };
                Ok((hash, RowText::of(&row)?))
            })
            .collect()
    }

    async fn workers(&self, tx: &mut Tx, keys: &[String]) -> Result<Rows, StoreFault> {
        type Stored = (Uuid, Json<Worker>, Option<String>, Option<String>);
        let rows: Vec<Stored> =
            keyed(tx, "SELECT id, doc, pin_salt, pin_hash FROM worker", self.site, "id", &uuids(keys)).await?;
        rows.into_iter()
            .map(|(id, doc, salt, hash)| {
                let grant = grant::issue(self.identity, &doc.0, &self.station.scope, self.grants_day)?;
                // A revoked worker's PIN is nobody's business any more.
                let pin = salt.zip(hash).filter(|_| doc.0.active).map(|(salt, hash)| PinVerifier { salt, hash });
                Ok((id.to_string(), RowText::of(&WorkerRow { worker: doc.0, pin, grant })?))
            })
            .collect()
    }

    async fn work_orders(&self, tx: &mut Tx, keys: &[String]) -> Result<Rows, StoreFault> {
        let rows: Vec<(Uuid, Json<Box<RawValue>>)> =
            keyed(tx, "SELECT id, doc FROM work_order", self.site, "id", &uuids(keys)).await?;
        Ok(rows.into_iter().map(|(id, doc)| (id.to_string(), doc.0.into())).collect())
    }

    async fn cards(&self, tx: &mut Tx, keys: &[String]) -> Result<Rows, StoreFault> {
        let rows: Vec<(Uuid, Json<WorkOrder>)> =
            keyed(tx, "SELECT id, doc FROM work_order", self.site, "id", &uuids(keys)).await?;
        let cards = rows.into_iter().filter_map(|(id, doc)| card_of(&doc.0).map(|card| (id, card)));
        cards.map(|(id, card)| Ok((id.to_string(), RowText::of(&card)?))).collect()
    }
}

fn uuids(keys: &[String]) -> Vec<Uuid> {
    keys.iter().filter_map(|key| key.parse().ok()).collect()
}
