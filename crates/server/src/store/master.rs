//! What the factory defines: work centres, workstations, operations, people. Everybody's part of the feed.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use cordwainer_domain::code::Code;
use cordwainer_domain::equipment::{WorkCentre, Workstation};
use cordwainer_domain::people::Worker;
use cordwainer_domain::product::{Operation, OptionValue, Routing, Style};
use cordwainer_domain::quality::Defect;
use cordwainer_domain::{LocalText, SiteId, SkillId, WorkCentreId, WorkerId, WorkstationId};
use cordwainer_protocol::sync::{ChangeOp, PictureRow, PinVerifier, SiteRow, Table};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use super::db::{Tx, on, retried};
use super::fault::StoreFault;
use super::scope::Scope;
use super::writing::{Writing, ensure_head};
use super::{identity, station};
use crate::sync::grant::day_of;

/// A qualification with its name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Skill {
    /// Key.
    pub id: SkillId,
    /// Name.
    pub name: LocalText,
}

/// One row of what the factory defines.
#[derive(Clone, PartialEq, Debug)]
pub enum MasterRow {
    /// The site itself; the first row of any site.
    Site(SiteRow),
    /// A work centre.
    WorkCentre(WorkCentre),
    /// A workstation.
    Workstation(Workstation),
    /// An operation's standard.
    Operation(Box<Operation>),
    /// A qualification.
    Skill(Skill),
    /// A kind of defect.
    Defect(Defect),
    /// A picture of an instruction.
    Picture(PictureRow),
    /// A person, with what stations need to check a PIN.
    Worker(Box<Worker>, Option<PinVerifier>),
    /// A style; the office's, not in the feed.
    Style(Style),
    /// A routing; the office's, not in the feed.
    Routing(Routing),
    /// A value of an option group; the office's, not in the feed.
    OptionValue(OptionValue),
}

impl Store {
    /// Writes rows of what the factory defines, in one commit. Rows that exist are replaced. Answers with the head of the
    /// feed.
    ///
    /// # Errors
    /// [`StoreFault`]; nothing is written then.
    pub async fn put_master(&self, site: &SiteId, rows: &[MasterRow]) -> Result<u64, StoreFault> {
        retried!(self.try_put_master(site, rows))
    }

    async fn try_put_master(&self, site: &SiteId, rows: &[MasterRow]) -> Result<u64, StoreFault> {
        let mut writing = self.writing(site).await?;
        for row in rows {
            if let MasterRow::Site(row) = row {
                if &row.id != site {
                    return Err(StoreFault::Refused(format!("site {} cannot be defined within site {site}", row.id)));
                }
                ensure_head(&mut writing.tx, site.as_str(), day_of(writing.now)).await?;
                station::ensure_office(&mut writing, &identity::office_key(self.identity())).await?;
            }
        }
        for row in rows {
            put(&mut writing, row).await?;
        }
        writing.close().await
    }
}

/// Writes one row, and says so in the feed. Answers with the row's version.
pub(crate) async fn put(writing: &mut Writing, row: &MasterRow) -> Result<i64, StoreFault> {
    let (table, pk, row_version) = match row {
        MasterRow::Site(row) => (Some(Table::Site), row.id.0.clone(), put_site(writing, row).await?),
        MasterRow::WorkCentre(row) => {
            (Some(Table::WorkCentre), row.id.0.clone(), put_doc(writing, "work_centre", &row.id.0, row).await?)
        }
        MasterRow::Skill(row) => {
            (Some(Table::Skill), row.id.0.clone(), put_doc(writing, "skill", &row.id.0, row).await?)
        }
        MasterRow::Style(row) => (None, row.id.0.clone(), put_doc(writing, "style", &row.id.0, row).await?),
        MasterRow::Routing(row) => (None, row.id.0.clone(), put_doc(writing, "routing", &row.id.0, row).await?),
        MasterRow::Workstation(row) => {
            (Some(Table::Workstation), row.id.0.clone(), put_workstation(writing, row).await?)
        }
        MasterRow::Operation(row) => {
            (Some(Table::Operation), format!("{}@{}", row.id, row.version), put_operation(writing, row).await?)
        }
        MasterRow::Defect(row) => (Some(Table::Defect), row.id.0.clone(), put_defect(writing, row).await?),
        MasterRow::Picture(row) => (Some(Table::Picture), row.hash.clone(), put_picture(writing, row).await?),
        MasterRow::Worker(row, pin) => {
            (Some(Table::Worker), row.id.to_string(), put_worker(writing, row, pin.as_ref()).await?)
        }
        MasterRow::OptionValue(row) => (None, row.id.0.clone(), put_option(writing, row).await?),
    };
    if let Some(table) = table {
        writing.change(&Scope::All, table, pk, ChangeOp::Put, row_version);
    }
    Ok(row_version)
}

async fn put_site(writing: &mut Writing, row: &SiteRow) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO site (id, doc, row_version) VALUES ($1, $2, 1) ON CONFLICT (id) DO UPDATE \
                       SET doc = excluded.doc, row_version = site.row_version + 1 RETURNING row_version";
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL).bind(row.id.as_str()).bind(Json(row)).fetch_one(c).await)?)
}

/// Tables of a key and a document.
async fn put_doc<T>(writing: &mut Writing, table: &'static str, id: &str, row: &T) -> Result<i64, StoreFault>
where
    T: Serialize + Sync,
{
    let doc = serde_json::to_value(row)?;
    Ok(on!(&mut writing.tx, c => {
        let mut upsert = QueryBuilder::new(format!("INSERT INTO {table} (site_id, id, doc, row_version) VALUES ("));
        upsert.push_bind(writing.site.as_str()).push(", ").push_bind(id).push(", ").push_bind(Json(&doc));
        upsert.push(format!(
            ", 1) ON CONFLICT (site_id, id) DO UPDATE SET doc = excluded.doc, row_version = {table}.row_version + 1 \
             RETURNING row_version"
        ));
        upsert.build_query_scalar().fetch_one(c).await
    })?)
}

async fn put_workstation(writing: &mut Writing, row: &Workstation) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO workstation (site_id, id, code, work_centre, doc, row_version) \
                       VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (site_id, id) DO UPDATE SET code = excluded.code, \
                       work_centre = excluded.work_centre, doc = excluded.doc, \
                       row_version = workstation.row_version + 1 RETURNING row_version";
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(row.id.as_str())
        .bind(row.code.as_str())
        .bind(row.work_centre.as_ref().map(WorkCentreId::as_str))
        .bind(Json(row))
        .fetch_one(c)
        .await)?)
}

async fn put_operation(writing: &mut Writing, row: &Operation) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO operation (site_id, id, version, code, work_centre, doc, row_version) \
                       VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (site_id, id, version) DO UPDATE \
                       SET code = excluded.code, work_centre = excluded.work_centre, doc = excluded.doc, \
                       row_version = operation.row_version + 1 RETURNING row_version";
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(row.id.as_str())
        .bind(i64::from(row.version))
        .bind(row.code.as_str())
        .bind(row.work_centre.as_str())
        .bind(Json(row))
        .fetch_one(c)
        .await)?)
}

async fn put_defect(writing: &mut Writing, row: &Defect) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO defect (site_id, id, code, doc, row_version) VALUES ($1, $2, $3, $4, 1) \
                       ON CONFLICT (site_id, id) DO UPDATE SET code = excluded.code, doc = excluded.doc, \
                       row_version = defect.row_version + 1 RETURNING row_version";
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(row.id.as_str())
        .bind(row.code.as_str())
        .bind(Json(row))
        .fetch_one(c)
        .await)?)
}

async fn put_picture(writing: &mut Writing, row: &PictureRow) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO picture (site_id, hash, media_type, bytes, row_version) VALUES ($1, $2, $3, $4, 1) \
                       ON CONFLICT (site_id, hash) DO UPDATE SET media_type = excluded.media_type, \
                       bytes = excluded.bytes, row_version = picture.row_version + 1 RETURNING row_version";
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(&row.base64)
        .map_err(|fault| StoreFault::Refused(format!("picture {} is no base 64: {fault}", row.hash)))?;
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(&row.hash)
        .bind(&row.media_type)
        .bind(bytes.as_slice())
        .fetch_one(c)
        .await)?)
}

async fn put_option(writing: &mut Writing, row: &OptionValue) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO option_value (site_id, option_group, id, doc, row_version) \
                       VALUES ($1, $2, $3, $4, 1) ON CONFLICT (site_id, option_group, id) DO UPDATE \
                       SET doc = excluded.doc, row_version = option_value.row_version + 1 RETURNING row_version";
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(&row.group)
        .bind(row.id.as_str())
        .bind(Json(row))
        .fetch_one(c)
        .await)?)
}

/// A worker that is no longer active was revoked now, unless it was revoked before: earlier facts of theirs stay good.
async fn put_worker(writing: &mut Writing, row: &Worker, pin: Option<&PinVerifier>) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO worker (site_id, id, badge, doc, pin_salt, pin_hash, revoked_at, row_version) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT (id) DO UPDATE SET badge = excluded.badge, \
                       doc = excluded.doc, pin_salt = excluded.pin_salt, pin_hash = excluded.pin_hash, \
                       revoked_at = CASE WHEN excluded.revoked_at IS NULL THEN NULL \
                       ELSE COALESCE(worker.revoked_at, excluded.revoked_at) END, \
                       row_version = worker.row_version + 1 RETURNING row_version";
    let revoked_at = (!row.active).then_some(writing.now_ms());
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(row.id.0)
        .bind(row.badge.as_str())
        .bind(Json(row))
        .bind(pin.map(|pin| pin.salt.as_str()))
        .bind(pin.map(|pin| pin.hash.as_str()))
        .bind(revoked_at)
        .fetch_one(c)
        .await)?)
}

/// A worker as a judge needs them.
#[derive(Clone, Debug)]
pub(crate) struct KnownWorker {
    pub(crate) worker: Worker,
    pub(crate) revoked_at: Option<i64>,
}

/// Loads some workers of a site.
pub(crate) async fn workers(
    tx: &mut Tx,
    site: &str,
    ids: &BTreeSet<WorkerId>,
) -> Result<BTreeMap<WorkerId, KnownWorker>, StoreFault> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, Json<Worker>, Option<i64>)> = on!(tx, c => {
        let mut select = QueryBuilder::new("SELECT id, doc, revoked_at FROM worker WHERE site_id = ");
        select.push_bind(site).push(" AND id IN ");
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(id.0);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, doc, revoked_at)| (WorkerId(id), KnownWorker { worker: doc.0, revoked_at }))
        .collect())
}

/// The work centre of every workstation of a site.
pub(crate) async fn workstations(
    tx: &mut Tx,
    site: &str,
) -> Result<BTreeMap<WorkstationId, Option<WorkCentreId>>, StoreFault> {
    const SQL: &str = "SELECT id, work_centre FROM workstation WHERE site_id = $1";
    let rows: Vec<(String, Option<String>)> = on!(tx, c => sqlx::query_as(SQL).bind(site).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, work_centre)| (WorkstationId(id), work_centre.map(WorkCentreId))).collect())
}

/// Which of some codes something has.
pub(crate) async fn resolved(tx: &mut Tx, site: &str, codes: &BTreeSet<Code>) -> Result<BTreeSet<Code>, StoreFault> {
    const HOLDERS: [(&str, &str); 5] = [
        ("work_order", "code"),
        ("worker", "badge"),
        ("workstation", "code"),
        ("operation", "code"),
        ("defect", "code"),
    ];
    let mut found = BTreeSet::new();
    if codes.is_empty() {
        return Ok(found);
    }
    for (table, column) in HOLDERS {
        let rows: Vec<String> = on!(tx, c => {
            let mut select = QueryBuilder::new(format!("SELECT {column} FROM {table} WHERE site_id = "));
            select.push_bind(site).push(format!(" AND {column} IN "));
            select.push_tuples(codes, |mut row, code| {
                row.push_bind(code.as_str());
            });
            select.build_query_scalar().fetch_all(c).await
        })?;
        found.extend(rows.iter().filter_map(|code| Code::parse(code).ok()));
    }
    Ok(found)
}
