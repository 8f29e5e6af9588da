//! A snapshot in chunks, and the digest of what a station should hold. The server remembers nothing between two chunks.
//!
//! A chunk holds the rows behind a key that have not moved since the moment of the snapshot: they are as they were then,
//! whenever they are read. Those that have moved come by the feed, which the station follows from that moment before it
//! shows anything (`docs/decisions/0008-snapshots-without-memory.md`).

use std::collections::BTreeMap;

use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{Change, RowText, SnapshotChunk, Table};
use cordwainer_sync::{Hash, RowSum, chunk_hash, may_pull, row_hash};

use super::fault::Refusal;
use super::pull::{checkpoint, cursor_at, place_of};
use super::rows;
use crate::store::db::Tx;
use crate::store::feed::{self, Behind, ChangeRow};
use crate::store::scope::Scope;
use crate::store::writing::{HeadRow, head_of};
use crate::store::{Identity, Station, Store, StoreFault, verdict};

/// Rows in a chunk if the station does not say, and most that it may ask for.
const DEFAULT_ROWS: u32 = 1_000;
const MOST_ROWS: u32 = 5_000;
/// Pictures are a hundred times as large as other rows.
const MOST_PICTURES: usize = 16;
/// Verdicts in a chunk.
const MOST_VERDICTS: i64 = 5_000;

/// What a station asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Version that the station speaks.
    pub(crate) protocol: u32,
    /// The moment, once it is known.
    pub(crate) at: Option<String>,
    /// Where the chunk before ended.
    pub(crate) after: Option<String>,
    /// Verdicts up to this commit are known at the station.
    pub(crate) known: u64,
    /// Most rows.
    pub(crate) limit: Option<u32>,
}

/// Where a chunk begins.
enum Place {
    Rows(Behind),
    Verdicts(i64),
}

impl Place {
    fn read(after: Option<&str>) -> Result<Self, Refusal> {
        let cannot = || Refusal::Malformed("the place in the snapshot cannot be read".to_owned());
        let Some(after) = after.filter(|after| !after.is_empty()) else { return Ok(Self::Rows(Behind::default())) };
        match after.split_once('~') {
            Some(("v", seq)) => seq.parse().map(Self::Verdicts).map_err(|_| cannot()),
            Some(("r", key)) => {
                let mut parts = key.splitn(3, '~').map(ToOwned::to_owned);
                let (Some(scope), Some(table), Some(pk)) = (parts.next(), parts.next(), parts.next()) else {
                    return Err(cannot());
                };
                Ok(Self::Rows(Behind { scope, table, pk }))
            }
            _ => Err(cannot()),
        }
    }
}

/// Reads a chunk.
pub(crate) async fn chunk(store: &Store, station: &Station, ask: &Ask) -> Result<SnapshotChunk, Refusal> {
    if !may_pull(ask.protocol, PROTOCOL) {
        return Err(Refusal::Version);
    }
    let place = Place::read(ask.after.as_deref())?;
    store.renew_grants(&station.site).await?;
    let site = station.site.as_str();
    let mut tx = store.db().read().await?;
    let head = head_of(&mut tx, site).await?.ok_or(Refusal::NotFound)?;
    let at = if ask.at.is_none() { head.v } else { place_of(station, ask.at.as_deref(), &head)? };
    let scopes = Scope::followed(&station.scope);
    let mut chunk = SnapshotChunk {
        at: cursor_at(station, &head, at).to_string(),
        server_epoch: head.epoch.clone(),
        total_rows: feed::count_held(&mut tx, site, &scopes, at).await?.cast_unsigned(),
        rows: Vec::new(),
        sha256: chunk_hash([]).to_string(),
        verdicts: Vec::new(),
        next: None,
        audit_checkpoint: checkpoint(store, site, &head)?,
        server_time: store.clock().now(),
    };
    match place {
        Place::Rows(behind) => {
            let limit = i64::from(ask.limit.unwrap_or(DEFAULT_ROWS).clamp(1, MOST_ROWS));
            let mut held = feed::held(&mut tx, site, &scopes, at, &behind, limit).await?;
            let whole = held.len().try_into().is_ok_and(|found: i64| found < limit);
            let cut = keep_pictures_few(&mut held);
            chunk.next = match held.last() {
                Some((scope, last)) if cut || !whole => Some(format!("r~{scope}~{}~{}", last.table.name(), last.pk)),
                _ => Some(format!("v~{}", ask.known)),
            };
            let held = held.into_iter().map(|(_, row)| row).filter(|row| row.table.since() <= ask.protocol).collect();
            chunk.rows = rows::fill(&mut tx, store.identity(), station, head.grants_day, held).await?;
            chunk.sha256 = chunk_hash(chunk.rows.iter().map(hash_of)).to_string();
        }
        Place::Verdicts(from) => {
            let to = verdict::page_end(&mut tx, station.id, from, at, MOST_VERDICTS).await?;
            chunk.verdicts = verdict::of_station(&mut tx, station.id, from, to.unwrap_or(at)).await?;
            chunk.next = to.map(|to| format!("v~{to}"));
        }
    }
    Ok(chunk)
}

/// Cuts a chunk before it holds too many pictures. Says whether it was cut.
fn keep_pictures_few(held: &mut Vec<(String, ChangeRow)>) -> bool {
    let pictures = held.iter().enumerate().filter(|(_, (_, row))| row.table == Table::Picture);
    let end = pictures.map(|(index, _)| index).nth(MOST_PICTURES);
    end.inspect(|end| held.truncate(*end)).is_some()
}

fn hash_of(change: &Change) -> Hash {
    let row = change.row.as_ref().map_or("null", RowText::as_str);
    row_hash(change.table.name(), &change.pk, change.row_version, row)
}

/// The sums of everything that a station of this scope should hold at the head, table by table.
pub(crate) async fn digest(
    tx: &mut Tx,
    identity: &Identity,
    station: &Station,
    head: &HeadRow,
    protocol: u32,
) -> Result<BTreeMap<Table, String>, StoreFault> {
    let (site, scopes) = (station.site.as_str(), Scope::followed(&station.scope));
    let known = || Table::ALL.into_iter().filter(|table| table.since() <= protocol);
    let mut sums: BTreeMap<Table, RowSum> = known().map(|table| (table, RowSum::default())).collect();
    let mut behind = Behind::default();
    loop {
        let mut held = feed::held(tx, site, &scopes, head.v, &behind, i64::from(DEFAULT_ROWS)).await?;
        keep_pictures_few(&mut held);
        let Some((scope, last)) = held.last() else { break };
        behind = Behind { scope: scope.clone(), table: last.table.name().to_owned(), pk: last.pk.clone() };
        let rows = held.into_iter().map(|(_, row)| row).filter(|row| row.table.since() <= protocol).collect();
        let rows = rows::fill(tx, identity, station, head.grants_day, rows).await?;
        for row in &rows {
            sums.entry(row.table).or_default().add(hash_of(row));
        }
    }
    Ok(sums.into_iter().map(|(table, sum)| (table, sum.to_string())).collect())
}
