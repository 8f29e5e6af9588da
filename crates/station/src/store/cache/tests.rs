//! The cache against a real SQLite: pages whole or not at all, evictions, damage, and PINs.

use std::collections::{BTreeMap, HashSet};

use argon2::{Algorithm, Argon2, Params, Version};
use cordwainer_domain::WorkOrderId;
use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::people::PIN_COST;
use cordwainer_protocol::sync::{AuditCheckpoint, Change, ChangeOp, PullReply, RowText, SnapshotChunk, Table};
use cordwainer_sync::{Cursor, Hash, RowSum, chunk_hash, row_hash};
use serde_json::{Value, json};

use super::{CacheImage, Next, pin};
use crate::fixture::{Desk, pair, worker};
use crate::store::{Recovery, StoreFault};

/// A page of the epoch that leads up to a commit.
fn page(epoch: &str, to: u64, more: bool, changes: Vec<Change>) -> PullReply {
    let cursor =
        Cursor { server_epoch: epoch.to_owned(), scope: "lasting".to_owned(), scope_version: 1, commit_seq: to };
    PullReply {
        from: 0,
        to: cursor.to_string(),
        head: to,
        more,
        server_epoch: epoch.to_owned(),
        changes,
        verdicts: Vec::new(),
        scope_digest: None,
        audit_checkpoint: None,
        tombstone_floor: 0,
        server_time: chrono::DateTime::UNIX_EPOCH,
        stations: Vec::new(),
    }
}

fn change(table: Table, pk: &str, op: ChangeOp, row: Option<Value>) -> Change {
    let row = row.map(|row| RowText::of(&row).expect("a row can be written"));
    Change { commit_seq: 1, table, pk: pk.to_owned(), op, row, row_version: 1 }
}

fn skill(id: &str, zh: &str) -> Change {
    change(Table::Skill, id, ChangeOp::Put, Some(json!({ "id": id, "name": { "zh": zh, "en": zh } })))
}

fn work_order(op: ChangeOp) -> Change {
    let row = (op == ChangeOp::Put).then(|| json!({ "id": pair() }));
    change(Table::WorkOrder, &pair().to_string(), op, row)
}

fn worker_row(pin: &Value) -> Change {
    let row = json!({
        "worker": {
            "id": worker(), "name": { "zh": "王伟", "en": "Wang Wei" }, "short": { "zh": "王师傅", "en": "Wang" },
            "badge": Code::from_number(CodeType::Badge, 1).expect("fits"),
            "roles": ["worker"], "skills": [], "language": "zh-CN", "work_centres": [], "active": true
        },
        "pin": pin,
        "grant": null
    });
    change(Table::Worker, &worker().to_string(), ChangeOp::Put, Some(row))
}

fn nothing_pinned() -> HashSet<WorkOrderId> {
    HashSet::new()
}

/// Whether the pair's row is held; its shape does not matter here.
fn holds_pair(desk: &Desk) -> bool {
    desk.raw("cache.db")
        .query_row("SELECT count(*) > 0 FROM held WHERE tbl = 'work_order'", [], |row| row.get(0))
        .expect("counts")
}

#[test]
fn a_page_is_kept_whole_or_not_at_all() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.cache.apply_page(&page("e", 5, false, vec![skill("welt", "缝沿条")]), &nothing_pinned()).expect("kept");
    let before = store.cache.image().expect("reads");
    assert_eq!((before.followed.commit_seq, before.skills.len()), (5, 1), "rows and cursor");
    let broken = vec![skill("last", "绷帮"), change(Table::Skill, "x", ChangeOp::Put, None)];
    let refused = store.cache.apply_page(&page("e", 9, false, broken), &nothing_pinned());
    assert!(matches!(refused, Err(StoreFault::BadPage { .. })), "{refused:?}");
    assert_eq!(store.cache.image().expect("reads"), before, "neither the good row nor the cursor");
}

#[test]
fn an_older_row_does_not_replace_a_newer_one_and_a_deletion_does() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let newer = Change { row_version: 3, ..skill("welt", "新") };
    store.cache.apply_page(&page("e", 5, false, vec![newer]), &nothing_pinned()).expect("kept");
    let older = Change { row_version: 2, ..skill("welt", "旧") };
    store.cache.apply_page(&page("e", 6, false, vec![older]), &nothing_pinned()).expect("kept");
    let name = |id: &str| store.cache.image().expect("reads").skills.get(&id.into()).map(|name| name.zh.clone());
    assert_eq!(name("welt").as_deref(), Some("新"), "a page that was sent twice undoes nothing");
    let gone = change(Table::Skill, "welt", ChangeOp::Del, None);
    let effect = store.cache.apply_page(&page("e", 7, false, vec![gone]), &nothing_pinned()).expect("kept");
    assert_eq!((name("welt"), effect.tables), (None, [Table::Skill].into()), "gone, and the screens are told");
}

#[test]
fn a_pinned_pair_that_leaves_the_scope_goes_when_nothing_refers_to_it_any_more() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let effect =
        store.cache.apply_page(&page("e", 1, false, vec![work_order(ChangeOp::Put)]), &nothing_pinned()).expect("kept");
    assert_eq!(effect.work_orders, [pair()].into(), "the effect names the pair");
    let pinned: HashSet<_> = [pair()].into();
    store.cache.apply_page(&page("e", 2, false, vec![work_order(ChangeOp::Evict)]), &pinned).expect("kept");
    assert!(holds_pair(&desk), "an unresolved action refers to it");
    let effect = store.cache.apply_page(&page("e", 3, false, vec![]), &nothing_pinned()).expect("kept");
    assert!(!holds_pair(&desk), "nothing refers to it now");
    assert_eq!(effect.work_orders, [pair()].into(), "and the screens are told");
}

#[test]
fn an_eviction_is_forgotten_when_the_pair_comes_back() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let pinned: HashSet<_> = [pair()].into();
    for (to, op) in [(1, ChangeOp::Put), (2, ChangeOp::Evict), (3, ChangeOp::Put)] {
        store.cache.apply_page(&page("e", to, false, vec![work_order(op)]), &pinned).expect("kept");
    }
    store.cache.apply_page(&page("e", 4, false, vec![]), &nothing_pinned()).expect("kept");
    assert!(holds_pair(&desk), "it is in scope again");
}

/// A chunk of the snapshot of commit 8.
fn chunk(rows: Vec<Change>, next: Option<&str>) -> SnapshotChunk {
    SnapshotChunk {
        at: page("e", 8, false, vec![]).to,
        server_epoch: "e".to_owned(),
        total_rows: 2,
        sha256: chunk_hash(rows.iter().map(hash)).to_string(),
        rows,
        verdicts: Vec::new(),
        next: next.map(ToOwned::to_owned),
        audit_checkpoint: AuditCheckpoint { audit_seq: 0, audit_head: String::new(), sig: String::new() },
        server_time: chrono::DateTime::UNIX_EPOCH,
    }
}

fn hash(change: &Change) -> Hash {
    row_hash(change.table.name(), &change.pk, change.row_version, change.row.as_ref().expect("a row").as_str())
}

#[test]
fn while_a_snapshot_is_loaded_the_rows_stay_and_then_it_takes_their_place() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let rows = vec![skill("welt", "缝沿条"), skill("last", "绷帮")];
    store.cache.apply_page(&page("e", 9, false, rows), &nothing_pinned()).expect("kept");
    store.cache.reset().expect("begins again");
    assert_eq!(store.cache.next().expect("reads"), Next::Chunk { at: None, after: None }, "a snapshot is due");
    store.cache.take_chunk(&chunk(vec![skill("welt", "缝沿条")], Some("r"))).expect("kept");
    drop(store);
    let store = desk.open_sound();
    let at = chunk(vec![], None).at;
    let goes_on = Next::Chunk { at: Some(at.clone()), after: Some("r".to_owned()) };
    assert_eq!(store.cache.next().expect("reads"), goes_on, "it goes on where it stopped");
    store.cache.take_chunk(&chunk(vec![skill("sole", "缝底")], None)).expect("kept");
    assert_eq!(store.cache.next().expect("reads"), Next::Page { cursor: at }, "the feed behind it comes next");
    store.cache.apply_page(&page("e", 10, true, vec![skill("heel", "跟")]), &nothing_pinned()).expect("kept");
    let image = store.cache.image().expect("reads");
    let names = |image: &CacheImage| image.skills.keys().map(|id| id.0.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&image), image.followed.commit_seq),
        (vec!["last".to_owned(), "welt".to_owned()], 9),
        "as before"
    );
    let effect = store.cache.apply_page(&page("e", 11, false, vec![]), &nothing_pinned()).expect("kept");
    let image = store.cache.image().expect("reads");
    assert_eq!(names(&image), ["heel", "sole", "welt"], "what the snapshot does not have has left");
    assert_eq!((image.followed.commit_seq, effect.tables), (11, [Table::Skill].into()), "and the screens are told");
}

#[test]
fn a_chunk_that_was_altered_or_is_of_another_snapshot_is_not_kept() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let mut altered = chunk(vec![skill("welt", "缝沿条")], None);
    altered.rows[0].row_version = 2;
    assert!(matches!(store.cache.take_chunk(&altered), Err(StoreFault::BadPage { .. })), "the hash does not fit");
    store.cache.take_chunk(&chunk(vec![skill("welt", "缝沿条")], Some("r"))).expect("kept");
    let other = SnapshotChunk { at: page("e", 7, false, vec![]).to, ..chunk(vec![skill("last", "绷帮")], None) };
    assert!(matches!(store.cache.take_chunk(&other), Err(StoreFault::BadPage { .. })), "another moment");
    store.cache.take_chunk(&chunk(vec![], None)).expect("kept");
    let late = store.cache.take_chunk(&chunk(vec![skill("late", "迟")], None));
    assert!(matches!(late, Err(StoreFault::BadPage { .. })), "it was whole before");
    store.cache.apply_page(&page("e", 9, false, vec![]), &nothing_pinned()).expect("kept");
    assert_eq!(store.cache.image().expect("reads").skills.len(), 1, "only what belongs to it");
}

#[test]
fn a_pinned_pair_that_a_snapshot_does_not_have_comes_along_until_nothing_refers_to_it() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.cache.apply_page(&page("e", 1, false, vec![work_order(ChangeOp::Put)]), &nothing_pinned()).expect("kept");
    store.cache.reset().expect("begins again");
    store.cache.take_chunk(&chunk(vec![], None)).expect("kept");
    store.cache.apply_page(&page("e", 9, false, vec![]), &[pair()].into()).expect("kept");
    assert!(holds_pair(&desk), "an unresolved action refers to it");
    assert_eq!(store.cache.sums().expect("adds up"), BTreeMap::new(), "and it is not what the server would send");
    store.cache.apply_page(&page("e", 10, false, vec![]), &nothing_pinned()).expect("kept");
    assert!(!holds_pair(&desk), "nothing refers to it now");
}

#[test]
fn what_is_held_adds_up_to_what_was_sent_and_a_changed_row_does_not() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let (_, sent) = verifier("482915");
    let rows = vec![skill("welt", "缝沿条"), worker_row(&sent)];
    let mut expected: BTreeMap<Table, RowSum> = BTreeMap::new();
    rows.iter().for_each(|row| expected.entry(row.table).or_default().add(hash(row)));
    store.cache.apply_page(&page("e", 5, false, rows), &nothing_pinned()).expect("kept");
    assert_eq!(store.cache.sums().expect("adds up"), expected, "although the PIN lies here bound to this device");
    desk.raw("cache.db").execute("UPDATE held SET row_version = 2 WHERE tbl = 'skill'", []).expect("changed");
    assert_ne!(store.cache.sums().expect("adds up"), expected, "a single number is enough");
}

#[test]
fn the_commits_of_another_life_of_the_server_are_not_compared_with_the_old_ones() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.cache.apply_page(&page("e", 90, false, vec![skill("welt", "缝沿条")]), &nothing_pinned()).expect("kept");
    store.cache.outlive().expect("begins again");
    let image = store.cache.image().expect("reads");
    assert_eq!((image.followed.commit_seq, image.skills.len()), (0, 1), "its count begins anew, and the rows stay");
}

#[test]
fn a_damaged_cache_is_put_aside_and_begins_again_while_the_outbox_stays() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.cache.apply_page(&page("e", 5, false, vec![skill("welt", "缝沿条")]), &nothing_pinned()).expect("kept");
    let recorded = desk.record(&store, 1);
    drop(store);
    desk.damage("cache.db");
    let (store, report) = desk.open();
    assert!(matches!(&report.recoveries[..], [Recovery::CacheRebuilt { aside }] if aside.exists()), "{report:?}");
    assert_eq!(store.cache.followed().expect("reads").cursor, None, "everything is asked for again");
    assert!(store.outbox.outcome(recorded[0]).expect("reads").is_some(), "what happened here is untouched");
    drop(store);
    desk.open_sound();
}

#[test]
fn a_byte_flipped_anywhere_in_the_cache_never_keeps_the_station_from_opening() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let rows = (0..40).map(|number| skill(&format!("skill-{number}"), "缝沿条")).collect();
    store.cache.apply_page(&page("e", 5, false, rows), &nothing_pinned()).expect("kept");
    drop(store);
    let path = desk.folder.path().join("cache.db");
    let sound = std::fs::read(&path).expect("reads");
    for at in (0..sound.len()).step_by(sound.len() / 40) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0xFF;
        std::fs::write(&path, &bytes).expect("writes");
        let (store, _) = desk.open();
        let image = store.cache.image();
        assert!(image.is_ok(), "byte {at}: {image:?}");
    }
}

#[test]
fn a_cache_that_turns_out_damaged_begins_again_without_a_restart() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.cache.apply_page(&page("e", 5, false, vec![skill("welt", "缝沿条")]), &nothing_pinned()).expect("kept");
    store.cache.rebuild(7).expect("begins again");
    assert_eq!(store.cache.image().expect("reads").skills.len(), 0, "from nothing");
    store.cache.apply_page(&page("e", 5, false, vec![skill("welt", "缝沿条")]), &nothing_pinned()).expect("kept");
    assert_eq!(store.cache.image().expect("reads").skills.len(), 1, "and it is filled");
    assert!(desk.folder.path().join("cache.db.damaged-7").exists(), "the file is kept");
}

#[test]
fn a_row_of_a_later_server_is_left_out_and_kept() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let strange = change(Table::Defect, "d", ChangeOp::Put, Some(json!({ "shape": "new" })));
    store
        .cache
        .apply_page(&page("e", 5, false, vec![strange, skill("welt", "缝沿条")]), &nothing_pinned())
        .expect("kept");
    let image = store.cache.image().expect("reads");
    assert_eq!(image.unreadable, [(Table::Defect, "d".to_owned())], "it is named");
    assert_eq!(image.skills.len(), 1, "and costs nothing else");
}

fn verifier(pin: &str) -> (String, Value) {
    let mut hash = [0; 32];
    let params = Params::new(PIN_COST.memory_kib, PIN_COST.passes, PIN_COST.lanes, Some(32)).expect("valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), b"0123456789abcdef", &mut hash)
        .expect("hashes");
    let hash = hex::encode(hash);
    let sent = json!({ "salt": hex::encode(b"0123456789abcdef"), "hash": hash });
    (hash, sent)
}

#[test]
fn a_pin_is_checked_offline_and_its_hash_is_nowhere_on_the_disk() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let (hash, sent) = verifier("482915");
    store.cache.apply_page(&page("e", 5, false, vec![worker_row(&sent)]), &nothing_pinned()).expect("kept");
    assert_eq!(store.cache.image().expect("reads").unreadable, [], "the worker can be read");
    assert!(store.cache.verify_pin(worker(), "482915"), "the right one");
    assert!(!store.cache.verify_pin(worker(), "482916"), "a wrong one");
    for file in ["cache.db", "cache.db-wal"] {
        let bytes = std::fs::read(desk.folder.path().join(file)).expect("reads");
        let found = bytes.windows(hash.len()).any(|window| window == hash.as_bytes());
        assert!(!found, "{file} could be taken away and its PINs guessed");
    }
}

#[test]
fn a_worker_without_a_pin_has_no_right_one() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let rubbish = json!({ "salt": "zz", "hash": "zz" });
    for pin in [Value::Null, rubbish] {
        store.cache.apply_page(&page("e", 5, false, vec![worker_row(&pin)]), &nothing_pinned()).expect("kept");
        assert!(!store.cache.verify_pin(worker(), ""), "{pin}: nothing fits");
        assert!(store.cache.image().expect("reads").workers.contains_key(&worker()), "{pin}: the worker still works");
    }
}

#[test]
fn with_another_device_key_the_rows_are_asked_for_again() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let (_, sent) = verifier("482915");
    store.cache.apply_page(&page("e", 5, false, vec![worker_row(&sent)]), &nothing_pinned()).expect("kept");
    drop(store);
    std::fs::remove_file(desk.folder.path().join("device.key")).expect("lost");
    let store = desk.open_sound();
    assert!(!store.cache.verify_pin(worker(), "482915"), "the old verifier is bound to the lost key");
    assert_eq!(store.cache.followed().expect("reads").cursor, None, "so the server must send it again");
    store.cache.apply_page(&page("e", 5, false, vec![worker_row(&sent)]), &nothing_pinned()).expect("kept");
    assert!(store.cache.verify_pin(worker(), "482915"), "bound to the new one");
}

#[test]
fn the_proof_of_a_device_key_is_not_the_key_and_differs_from_device_to_device() {
    let (one, other) = ([1; 32], [2; 32]);
    assert_ne!(pin::key_proof(&one), one, "it lies in the database");
    assert_ne!(pin::key_proof(&one), pin::key_proof(&other), "it tells devices apart");
}

#[test]
fn what_has_left_the_scope_is_found_without_reading_the_rows_that_stay() {
    let desk = Desk::new();
    drop(desk.open_sound());
    let conn = desk.raw("cache.db");
    let plan: String = conn
        .query_row(&format!("EXPLAIN QUERY PLAN {}", super::apply::LEFT_SCOPE), [1], |row| row.get(3))
        .expect("a plan");
    assert!(plan.contains("USING COVERING INDEX held_left_scope"), "{plan}");
}

#[test]
fn it_matters_what_unresolved_work_refers_to_only_where_rows_may_go() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let may_let_go = |page: &PullReply| store.cache.may_let_go(page).expect("reads");
    let stays = page("epoch-1", 1, false, vec![skill("cut", "裁断")]);
    assert!(!may_let_go(&stays), "a row that comes makes none go");
    let goes = page("epoch-1", 2, false, vec![work_order(ChangeOp::Put), work_order(ChangeOp::Evict)]);
    assert!(may_let_go(&goes), "the pair leaves");
    store.cache.apply_page(&goes, &HashSet::from([pair()])).expect("kept");
    assert!(may_let_go(&page("epoch-1", 3, false, vec![])), "it stayed only because work referred to it");
    store.cache.apply_page(&page("epoch-1", 3, false, vec![]), &HashSet::new()).expect("kept");
    assert!(!may_let_go(&page("epoch-1", 4, false, vec![])), "nothing is left that may go");
}
