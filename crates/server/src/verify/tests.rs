//! Every row of a log of ten thousand entries is edited, deleted, doubled and swapped, and the proof must see each of it. The
//! proof's own functions run on rows read from a real database; only the rows that a change touches are looked at again, which
//! is what makes all of them affordable. The first rows of each kind are edited in every column, the others in columns that
//! take turns, so that every row and every column is met many times.

use std::collections::BTreeMap;
use std::sync::Arc;

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::Fact;
use cordwainer_domain::{SiteId, WorkOrderId};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::actions::{self, Reading, StoredAction, examine, examine_one};
use super::chain::{At, ends, follow};
use super::finding::Finding;
use super::places::{StoredPlace, Walk, next_places};
use super::state::{self, Replayed, Stored};
use super::told::{PlacesKey, SaidPlaces, Told};
use crate::OfficeFact;
use crate::clock::SystemIds;
use crate::store::audit::{AuditRow, links_after};
use crate::store::writing::{HeadRow, head_of};
use crate::store::{Place, Store};
use crate::test_support::{StillClock, factory};

/// Pairs in the log; each has a release and three sign-offs, each of these an action and a verdict.
const PAIRS: u32 = 1_300;
/// Facts recorded in one commit.
const BATCH: usize = 40;

/// A log of more than ten thousand entries, read back.
struct Log {
    site: SiteId,
    head: HeadRow,
    audit: Vec<AuditRow>,
    actions: Vec<StoredAction>,
    places: Vec<StoredPlace>,
    told: Told,
    pairs: Vec<(WorkOrderId, Replayed, Stored)>,
    _folder: tempfile::TempDir,
}

fn sign_off(pair: u32, place: usize) -> OfficeFact {
    OfficeFact {
        fact: Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false },
        work_order: Some(factory::pair(pair)),
        job: Some(factory::job(pair, place)),
        worker: Some(factory::maker()),
        auth_level: AuthLevel::Badge,
        workstation: Some(factory::WORKSTATIONS[place].into()),
        at: None,
    }
}

async fn written(folder: &std::path::Path) -> Store {
    let place = Place::Folder(folder.to_owned());
    let store = Store::open(&place, Arc::new(StillClock::default()), Arc::new(SystemIds)).await.unwrap();
    store.put_master(&factory::site(), &factory::rows()).await.unwrap();
    for first in (1..=PAIRS).step_by(BATCH) {
        factory::release(&store, first..=PAIRS.min(first + BATCH as u32 - 1)).await;
    }
    let facts: Vec<OfficeFact> = (0..3).flat_map(|place| (1..=PAIRS).map(move |pair| sign_off(pair, place))).collect();
    for some in facts.chunks(BATCH) {
        store.record_office(&factory::site(), some).await.unwrap();
    }
    store
}

impl Log {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = written(folder.path()).await;
        let site = factory::site();
        let mut tx = store.db().read().await.unwrap();
        let head = head_of(&mut tx, site.as_str()).await.unwrap().unwrap();
        let audit = links_after(&mut tx, site.as_str(), 0, 100_000).await.unwrap();
        let mut told = Told::default();
        audit.iter().for_each(|row| told.hear(row));
        let keys = actions::keys(&mut tx, &site).await.unwrap();
        let (mut actions, mut reading, mut replay) = (Vec::new(), Reading::START, Vec::new());
        loop {
            let (rows, next) = actions::next_rows(&mut tx, &site, reading).await.unwrap();
            if rows.is_empty() {
                break;
            }
            replay.extend(examine(rows.clone(), &keys).unwrap());
            actions.extend(rows);
            reading = next;
        }
        let replayed = state::replayed(&site, &replay);
        let ids: Vec<Uuid> = replayed.iter().map(|(id, _)| id.0).collect();
        let mut stored = state::load(&mut tx, &site, &ids).await.unwrap();
        let pairs = replayed.into_iter().map(|(id, replayed)| (id, replayed, stored.remove(&id.0).unwrap())).collect();
        let mut places: Vec<StoredPlace> = Vec::new();
        loop {
            let last = places.last().map_or((Uuid::nil(), String::new(), 0), |place| {
                (place.station_id, place.incarnation.clone(), place.seq)
            });
            let more = next_places(&mut tx, &site, (last.0, &last.1, last.2)).await.unwrap();
            if more.is_empty() {
                break;
            }
            places.extend(more);
        }
        drop(tx);
        store.close().await;
        Self { site, head, audit, actions, places, told, pairs, _folder: folder }
    }

    /// What the proof finds along some links.
    fn along(&self, from: At, links: &[AuditRow]) -> Vec<Finding> {
        let mut at = from;
        let follow = |row| {
            let (next, fault) = follow(&self.site, at, row);
            at = next;
            fault
        };
        links.iter().filter_map(follow).collect()
    }

    /// Where the chain stands before each link, and behind the last one.
    fn stands(&self) -> Vec<At> {
        let mut at = At::START;
        let mut stands = vec![at];
        for row in &self.audit {
            at = follow(&self.site, at, row).0;
            stands.push(at);
        }
        stands
    }

    /// What the proof finds along places, when the chain tells of these pushes.
    fn walked(&self, told: BTreeMap<PlacesKey, SaidPlaces>, places: &[StoredPlace]) -> Vec<Finding> {
        let mut walk = Walk::new(&self.site, told);
        let mut findings: Vec<Finding> = places.iter().flat_map(|place| walk.take(place).unwrap()).collect();
        findings.extend(walk.end().unwrap());
        findings
    }
}

/// Rows of each kind that are edited in every column.
const THOROUGH: usize = 50;

/// The columns that are edited of the row at `index`.
fn columns_of<T>(edits: &[T], index: usize) -> impl Iterator<Item = (usize, &T)> {
    edits.iter().enumerate().filter(move |(column, _)| index < THOROUGH || (index + column).is_multiple_of(edits.len()))
}

fn flip(bytes: &mut [u8]) {
    bytes[0] ^= 1;
}

/// One edit of each column of an audit entry.
const AUDIT_EDITS: [fn(&mut AuditRow); 7] = [
    |row| row.audit_seq += 1_000_000,
    |row| row.kind.push('x'),
    |row| row.subject.push('x'),
    |row| row.at += 1,
    |row| row.bytes[2] ^= 1,
    |row| flip(&mut row.prev_hash),
    |row| flip(&mut row.hash),
];

/// One edit of each column of an action and its verdict.
const ACTION_EDITS: [fn(&mut StoredAction); 37] = [
    |row| row.action_id = Uuid::from_u128(row.action_id.as_u128() ^ 1),
    |row| row.station_id = Uuid::from_u128(row.station_id.as_u128() ^ 1),
    |row| row.kind.push('x'),
    |row| row.kind_version += 1,
    |row| row.workstation = Some("elsewhere".to_owned()),
    |row| row.work_order_id = Some(Uuid::from_u128(7)),
    |row| row.job_id = Some(Uuid::from_u128(7)),
    |row| flip(&mut row.body),
    |row| flip(&mut row.body_hash),
    |row| flip(&mut row.sig),
    |row| row.worker_id = Some(Uuid::from_u128(7)),
    |row| row.grant_id = Some(Uuid::from_u128(7)),
    |row| row.auth_level = row.auth_level.map(|level| level + 1),
    |row| row.base_version = Some(7),
    |row| row.base_cursor = Some(7),
    |row| row.wall_at = row.wall_at.map(|at| at + 1),
    |row| row.mono_at = row.mono_at.map(|at| at + 1),
    |row| row.boot_id = None,
    |row| row.clock_class = None,
    |row| row.clock_offset_ms = row.clock_offset_ms.map(|offset| offset + 1),
    |row| row.app_version = None,
    |row| row.schema_version = None,
    |row| row.received_at += 1,
    |row| row.occurred_at -= 1,
    |row| row.v_station_id = Uuid::from_u128(7),
    |row| row.v_work_order_id = None,
    |row| row.awaits_code = Some("x".to_owned()),
    |row| row.status = "closed".to_owned(),
    |row| row.reason = Some(sqlx::types::Json(serde_json::json!({ "reason": "server_error" }))),
    |row| row.conflict = Some(sqlx::types::Json(serde_json::json!({}))),
    |row| row.conflict_id = Some(Uuid::from_u128(7)),
    |row| row.commit_seq += 1,
    |row| row.place_in_commit += 1,
    |row| row.judged_at += 1,
    |row| row.kept.counted_seq = row.kept.counted_seq.map(|seq| seq + 1),
    |row| row.kept.counted_place = None,
    |row| row.kept.decided_by = Some(Uuid::from_u128(7)),
];

/// One edit of each column of a place.
const PLACE_EDITS: [fn(&mut StoredPlace); 9] = [
    |place| place.station_id = Uuid::from_u128(7),
    |place| place.incarnation.push('x'),
    |place| place.seq += 1_000_000,
    |place| place.action_id = Uuid::from_u128(7),
    |place| flip(&mut place.body_hash),
    |place| flip(&mut place.prev_chain),
    |place| flip(&mut place.chain_hash),
    |place| place.fork_of = Some("00".repeat(16)),
    |place| place.received_at += 1,
];

#[tokio::test]
async fn every_change_of_every_row_of_a_log_of_ten_thousand_entries_is_found() {
    let log = Log::new().await;
    assert!(log.audit.len() >= 10_000, "{} entries are too few to claim ten thousand", log.audit.len());
    // Two halves at once: the machine that runs this has two cores at least.
    std::thread::scope(|scope| {
        scope.spawn(|| every_action(&log));
        every_link(&log);
        every_place(&log);
        derived_rows(&log);
    });
}

fn every_link(log: &Log) {
    let (stands, rows) = (log.stands(), &log.audit);
    assert!(log.along(At::START, rows).is_empty(), "an honest chain");
    assert_eq!(ends(&log.site, stands[rows.len()], Some(&log.head)), None, "that ends where its head says");
    for (index, row) in rows.iter().enumerate() {
        let (from, next) = (stands[index], &rows[index..rows.len().min(index + 2)]);
        let first = |links: &[AuditRow]| log.along(from, links).into_iter().next();
        for (column, edit) in columns_of(&AUDIT_EDITS, index) {
            let mut links = next.to_vec();
            edit(&mut links[0]);
            let found = first(&links).unwrap_or_else(|| panic!("entry {}: an edit of column {column}", row.audit_seq));
            assert_eq!(found.audit_seq, Some(links[0].audit_seq), "the first bad entry is the one that was edited");
        }
        assert!(first(&[row.clone(), row.clone()]).is_some(), "entry {} doubled", row.audit_seq);
        // A tail cut anywhere leaves the head behind.
        assert!(ends(&log.site, from, Some(&log.head)).is_some(), "cut before {}", row.audit_seq);
        if let [_, after] = next {
            assert!(first(std::slice::from_ref(after)).is_some(), "entry {} deleted", row.audit_seq);
            let (mut one, mut other) = (after.clone(), row.clone());
            (one.audit_seq, other.audit_seq) = (row.audit_seq, after.audit_seq);
            let found = first(&[one, other]).expect("two entries swapped");
            assert_eq!(found.audit_seq, Some(row.audit_seq), "the first of the two is named");
        }
    }
}

fn every_action(log: &Log) {
    let mut told = log.told.clone();
    let mut findings = |row: &StoredAction| {
        let examined = examine_one(row.clone(), false).unwrap();
        actions::compare(&log.site, &examined, &mut told)
    };
    for (index, row) in log.actions.iter().enumerate() {
        assert_eq!(findings(row), [], "an honest row");
        for (column, edit) in columns_of(&ACTION_EDITS, index) {
            let mut edited = row.clone();
            edit(&mut edited);
            assert!(!findings(&edited).is_empty(), "action {}: an edit of column {column}", row.action_id);
        }
    }
    for pair in log.actions.windows(2) {
        let (mut one, mut other) = (pair[1].clone(), pair[0].clone());
        (one.action_id, other.action_id) = (pair[0].action_id, pair[1].action_id);
        assert!(!findings(&one).is_empty() && !findings(&other).is_empty(), "{} swapped", pair[0].action_id);
    }
    // Each row in turn is the one that nobody shows.
    for row in &log.actions {
        told.actions.unsee(&row.action_id);
        let missing = told.actions.missing(&log.site);
        assert_eq!(missing.len(), 1, "action {} deleted", row.action_id);
        assert_eq!(missing[0].id, row.action_id.to_string(), "and it is named");
        assert!(missing[0].audit_seq.is_some(), "with its place in the chain");
        told.actions.check(&log.site, &row.action_id, cordwainer_sync::Hash::START);
    }
}

fn every_place(log: &Log) {
    let all = &log.told.places;
    assert_eq!(log.walked(all.clone(), &log.places), [], "an honest history");
    assert!(all.len() >= 2, "several pushes make the history");
    for (key, said) in all {
        // A push in the middle of a history does not begin its chain: walked alone, that is the one thing found.
        let index = |seq: u64| usize::try_from(seq).unwrap() - 1;
        let places = &log.places[index(key.2)..=index(said.last)];
        let findings = |places: &[StoredPlace]| log.walked(BTreeMap::from([(key.clone(), said.clone())]), places).len();
        let honest = findings(places);
        for at in 0..places.len() {
            for (column, edit) in columns_of(&PLACE_EDITS, index(key.2) + at) {
                let mut edited = places.to_vec();
                edit(&mut edited[at]);
                assert!(findings(&edited) > honest, "seq {}: an edit of column {column}", places[at].seq);
            }
            let mut deleted = places.to_vec();
            deleted.remove(at);
            assert!(findings(&deleted) > honest, "seq {} deleted", places[at].seq);
            let mut doubled = places.to_vec();
            doubled.insert(at, places[at].clone());
            assert!(findings(&doubled) > honest, "seq {} doubled", places[at].seq);
        }
    }
}

/// The rows that follow from the facts, for a hundred pairs.
fn derived_rows(log: &Log) {
    const EDITS: [fn(&mut Stored); 13] = [
        |row| row.number.push('x'),
        |row| row.customer_order.push('x'),
        |row| row.row_version += 1,
        |row| row.columns.code.push('x'),
        |row| row.columns.priority.push('x'),
        |row| row.columns.promise_at += 1,
        |row| row.columns.life.push('x'),
        |row| row.columns.complete = !row.columns.complete,
        |row| row.columns.version += 1,
        |row| row.doc = RawValue::from_string(row.doc.get().replacen("\"number\":\"", "\"number\":\"x", 1)).unwrap(),
        |row| row.jobs[1].standing.push('x'),
        |row| drop(row.jobs.pop()),
        |row| row.feed.values_mut().for_each(|change| change.1 += 1),
    ];
    for (id, replayed, stored) in log.pairs.iter().take(100) {
        let found = |stored: Option<&Stored>| state::compare(&log.site, *id, replayed, stored).unwrap();
        assert_eq!(found(Some(stored)), [], "an honest pair");
        assert!(!found(None).is_empty(), "work order {id} deleted");
        for (column, edit) in EDITS.iter().enumerate() {
            let mut edited = stored.clone();
            edit(&mut edited);
            assert!(!found(Some(&edited)).is_empty(), "work order {id}: edit {column}");
        }
    }
}
