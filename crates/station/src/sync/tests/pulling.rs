//! The pull round: pages, verdicts, and a feed that begins again.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use chrono::DateTime;
use cordwainer_protocol::sync::{
    AuditCheckpoint, Change, ChangeOp, PullReply, RowText, Table, VerdictRow, VerdictStatus, Witness,
};
use cordwainer_sync::{Hash, Purpose, RowSum, row_hash};
use serde_json::json;

use super::super::SyncEvent;
use super::super::line::Trouble;
use super::super::pull::{Pulled, round};
use super::super::push::{self, BatchSize};
use super::super::watch::Pulse;
use super::super::{http::CallFault, poke};
use super::Station;
use super::fake_server::{FakeServer, HTML, Instead};
use crate::fixture::{pair, server_key};
use crate::store::OutcomeState;

const PULL: &str = "/sync/v1/pull";
const SNAPSHOT: &str = "/sync/v1/snapshot";

async fn pull(station: &Station) -> Result<Pulled, Trouble> {
    let outcome = round(&station.line).await;
    station.line.round_ended(&outcome);
    outcome
}

/// Pulls until everything is here. Says what each round came to.
async fn picture(station: &Station) -> Vec<Pulled> {
    let mut rounds = Vec::new();
    while rounds.last() != Some(&Pulled::UpToDate) {
        assert!(rounds.len() < 20, "it ends: {rounds:?}");
        rounds.push(pull(station).await.expect("a round"));
    }
    rounds
}

fn text(row: &serde_json::Value) -> RowText {
    RowText::of(row).expect("a row can be written")
}

fn skill(id: &str) -> Change {
    let row = Some(text(&json!({ "id": id, "name": { "zh": id, "en": id } })));
    Change { commit_seq: 1, table: Table::Skill, pk: id.to_owned(), op: ChangeOp::Put, row, row_version: 1 }
}

fn hash(change: &Change) -> Hash {
    let row = change.row.as_ref().expect("a row");
    row_hash(change.table.name(), &change.pk, change.row_version, row.as_str())
}

fn skills(station: &Station) -> Vec<String> {
    station.store.cache.image().expect("reads").skills.into_keys().map(|id| id.0).collect()
}

#[tokio::test]
async fn pages_follow_each_other_until_the_head() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    picture(&station).await;
    station.told();
    server.kept(|kept| kept.feed = vec![(4, vec![skill("last")], vec![]), (9, vec![skill("welt")], vec![])]);
    assert_eq!(pull(&station).await.expect("a page"), Pulled::More, "there is another");
    assert_eq!(pull(&station).await.expect("a page"), Pulled::UpToDate, "that was the last");
    assert_eq!(skills(&station), ["last", "welt"], "both pages");
    let told = station.told();
    let [SyncEvent::Page(first), SyncEvent::Page(second)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((first.commit_seq, second.commit_seq), (4, 9), "the screens are told how far");
    assert_eq!(second.tables, [Table::Skill].into(), "and what to draw again");
}

#[tokio::test]
async fn a_verdict_and_its_effect_arrive_together() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let id = station.desk.record(&station.store, 1)[0];
    let verdict = VerdictRow {
        action_id: id,
        status: VerdictStatus::Applied,
        commit_seq: 7,
        park_reason: None,
        conflict: None,
        conflict_id: None,
    };
    server.kept(|kept| kept.feed = vec![(7, vec![], vec![verdict])]);
    picture(&station).await;
    let followed = station.store.cache.followed().expect("reads");
    assert_eq!(station.store.outbox.overlay(followed.commit_seq).expect("reads"), [], "the rows show it now");
    let before = station.store.outbox.overlay(followed.commit_seq - 1).expect("reads");
    assert_eq!((before[0].action.id, before[0].state), (id, OutcomeState::Applied), "and before they did not");
}

#[tokio::test]
async fn a_pair_that_an_unsent_action_refers_to_is_not_evicted() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    let change =
        |op, row| Change { commit_seq: 1, table: Table::WorkOrder, pk: pair().to_string(), op, row, row_version: 1 };
    server.kept(|kept| {
        kept.feed = vec![
            (1, vec![change(ChangeOp::Put, Some(text(&json!({ "id": pair() }))))], vec![]),
            (2, vec![change(ChangeOp::Evict, None)], vec![]),
        ];
    });
    picture(&station).await;
    let held = |station: &Station| {
        let count = "SELECT count(*) FROM held WHERE tbl = 'work_order'";
        station.desk.raw("cache.db").query_row(count, [], |row| row.get::<_, i64>(0)).expect("counts")
    };
    assert_eq!(held(&station), 1, "it is still needed");
    push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
    server.kept(|kept| kept.feed.push((3, vec![], vec![])));
    pull(&station).await.expect("a page");
    assert_eq!(held(&station), 0, "not any more");
}

#[tokio::test]
async fn a_page_that_is_not_ours_moves_nothing() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    for (path, stands_at) in [(SNAPSHOT, None), (PULL, Some("epoch-1~lasting~1~0".to_owned()))] {
        for status in [StatusCode::OK, StatusCode::GONE, StatusCode::CONFLICT] {
            server.next(path, Instead::Before(status, HTML.to_owned()));
            let outcome = pull(&station).await;
            assert!(matches!(outcome, Err(Trouble::Call(CallFault::Unreachable { .. }))), "{status}: {outcome:?}");
        }
        assert_eq!(station.store.cache.followed().expect("reads").cursor, stands_at, "{path}: as before");
        picture(&station).await;
    }
}

#[tokio::test]
async fn a_page_out_of_an_old_cache_undoes_nothing() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    server.kept(|kept| kept.feed = vec![(9, vec![skill("welt")], vec![])]);
    picture(&station).await;
    let reply = |to: u64, more: bool| {
        let page = PullReply {
            from: 0,
            to: format!("epoch-1~lasting~1~{to}"),
            head: 9,
            more,
            server_epoch: "epoch-1".to_owned(),
            changes: vec![],
            verdicts: vec![],
            scope_digest: None,
            audit_checkpoint: None,
            tombstone_floor: 0,
            server_time: DateTime::UNIX_EPOCH,
            stations: vec![],
        };
        Instead::Before(StatusCode::OK, serde_json::to_string(&page).expect("serialises"))
    };
    for (to, more, why) in [(4, false, "it goes back"), (9, true, "it would be asked for without end")] {
        server.next(PULL, reply(to, more));
        assert!(matches!(pull(&station).await, Err(Trouble::Senseless(_))), "{why}");
        assert_eq!(station.store.cache.followed().expect("reads").commit_seq, 9, "{why}");
    }
}

#[tokio::test]
async fn a_cursor_that_is_gone_begins_the_feed_again_while_pending_work_is_kept() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    server.kept(|kept| kept.feed = vec![(2, vec![skill("old"), skill("welt")], vec![])]);
    picture(&station).await;
    server.kept(|kept| {
        kept.floor = 50;
        kept.feed = vec![(60, vec![skill("welt")], vec![])];
    });
    assert_eq!(pull(&station).await.expect("answered"), Pulled::BeginsAgain, "410");
    assert_eq!(skills(&station), ["old", "welt"], "nothing vanishes meanwhile");
    assert_eq!(picture(&station).await, [Pulled::More, Pulled::UpToDate], "the snapshot, and the feed behind it");
    assert_eq!((skills(&station), station.unsent()), (vec!["welt".to_owned()], 1), "rows anew, work untouched");
}

#[tokio::test]
async fn a_snapshot_that_was_cut_off_goes_on_by_chunk_after_a_restart_and_is_shown_in_one_step() {
    let server = FakeServer::start().await;
    let mut station = Station::new(&server);
    server.kept(|kept| {
        kept.chunks = vec![vec![skill("cut")], vec![skill("last")], vec![skill("welt")]];
        kept.feed = vec![(4, vec![skill("sole")], vec![]), (9, vec![skill("heel")], vec![])];
    });
    assert_eq!(pull(&station).await.expect("a chunk"), Pulled::More, "there is another");
    let Station { desk, store, line, .. } = station;
    drop((store, line));
    station = Station::at(desk, &server.url);
    server.next(SNAPSHOT, Instead::After(StatusCode::OK, HTML.to_owned()));
    pull(&station).await.expect_err("something else answers");
    // The first chunk is not asked for again: it would be another one now.
    server.kept(|kept| kept.chunks[0] = vec![skill("other")]);
    for _ in 0..3 {
        assert_eq!(pull(&station).await.expect("a round"), Pulled::More, "two chunks and a page");
        assert_eq!(skills(&station), [""; 0], "nothing is shown by halves");
    }
    assert_eq!(pull(&station).await.expect("a page"), Pulled::UpToDate, "the head");
    assert_eq!(skills(&station), ["cut", "heel", "last", "sole", "welt"], "all at once");
}

#[tokio::test]
async fn a_snapshot_whose_moment_is_gone_begins_again_with_another() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    server.kept(|kept| kept.chunks = vec![vec![skill("cut")], vec![skill("last")], vec![skill("sole")]]);
    assert_eq!(pull(&station).await.expect("a chunk"), Pulled::More, "the first");
    server.kept(|kept| {
        kept.floor = 50;
        kept.chunks = vec![vec![skill("welt")], vec![skill("heel")]];
    });
    assert_eq!(pull(&station).await.expect("a chunk"), Pulled::More, "the second had come already");
    assert_eq!(pull(&station).await.expect("answered"), Pulled::BeginsAgain, "410");
    picture(&station).await;
    assert_eq!(skills(&station), ["heel", "welt"], "nothing of the first attempt");
}

#[tokio::test]
async fn a_chunk_is_on_its_way_while_the_one_before_it_is_stored_and_each_is_asked_for_once() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    server.kept(|kept| kept.chunks = vec![vec![skill("cut")], vec![skill("last")], vec![skill("welt")]]);
    let mut asked = Vec::new();
    for _ in 0..3 {
        pull(&station).await.expect("a chunk");
        asked.push(server.kept(|kept| kept.chunks_asked));
    }
    assert_eq!(asked, [2, 3, 3], "one ahead of the chunk that is stored, and none twice");
    assert_eq!(pull(&station).await.expect("a page"), Pulled::UpToDate, "the head");
    assert_eq!(skills(&station), ["cut", "last", "welt"], "nothing of it is missing");
}

#[tokio::test]
async fn a_chunk_that_came_ahead_of_a_snapshot_that_was_given_up_is_not_used() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    server.kept(|kept| kept.chunks = vec![vec![skill("cut")], vec![skill("last")]]);
    assert_eq!(pull(&station).await.expect("a chunk"), Pulled::More, "the first");
    station.store.cache.reset().expect("given up");
    server.kept(|kept| kept.chunks = vec![vec![skill("welt")], vec![skill("heel")]]);
    picture(&station).await;
    assert_eq!(skills(&station), ["heel", "welt"], "only what was asked for anew");
}

#[tokio::test]
async fn rows_that_differ_from_the_servers_are_asked_for_again_and_the_server_is_told() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let sum: RowSum = ["last", "welt"].map(|id| hash(&skill(id))).into_iter().collect();
    server.kept(|kept| {
        kept.chunks = vec![vec![skill("last"), skill("welt")]];
        kept.digest = Some([(Table::Skill, sum.to_string())].into());
    });
    picture(&station).await;
    assert_eq!(
        server.kept(|kept| kept.digests_asked),
        0,
        "what just came chunk by chunk, each with its hash, is not compared"
    );
    station.desk.clock.pass_ms(40 * 60 * 1_000);
    assert_eq!(pull(&station).await.expect("a page"), Pulled::UpToDate, "the same on both sides");
    let found = (server.kept(|kept| kept.digests_asked), station.line.digest_mismatches.load(Ordering::Relaxed));
    assert_eq!(found, (1, 0), "half an hour later it is");
    station.desk.record(&station.store, 1);
    let raw = station.desk.raw("cache.db");
    raw.execute("UPDATE held SET row = replace(row, 'welt', 'belt') WHERE pk = 'welt'", []).expect("changed");
    assert_eq!(pull(&station).await.expect("a page"), Pulled::UpToDate, "it is not compared all the time");
    station.desk.clock.pass_ms(40 * 60 * 1_000);
    assert_eq!(pull(&station).await.expect("a page"), Pulled::BeginsAgain, "they are compared, and differ");
    assert_eq!(station.line.digest_mismatches.load(Ordering::Relaxed), 1, "counted");
    picture(&station).await;
    let held: String =
        raw.query_row("SELECT row FROM held WHERE pk = 'welt'", [], |row| row.get(0)).expect("it is held");
    assert!(!held.contains("belt"), "as the server has it: {held}");
    assert_eq!(station.unsent(), 1, "what happened here was not touched");
    push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
    assert_eq!(server.kept(|kept| kept.digest_mismatches), 1, "those who lead the floor can be called");
}

#[tokio::test]
async fn a_restored_server_is_offered_everything_again() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 2);
    push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
    server.kept(|kept| kept.feed = vec![(5, vec![skill("welt")], vec![])]);
    picture(&station).await;
    server.kept(|kept| {
        kept.epoch = "epoch-2".to_owned();
        kept.actions.clear();
        kept.feed = vec![(3, vec![skill("welt")], vec![])];
    });
    station.told();
    assert_eq!(pull(&station).await.expect("answered"), Pulled::BeginsAgain, "409 epoch");
    picture(&station).await;
    assert!(station.told().contains(&SyncEvent::EpochChanged), "the screens can say so");
    assert_eq!(station.unsent(), 2, "what it had acknowledged counts as unsent");
    push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "and is offered again");
    assert_eq!(station.store.cache.followed().expect("reads").commit_seq, 3, "in the new life's count");
    let enrolment = station.store.outbox.enrolment().expect("reads").expect("enrolled");
    assert_eq!(enrolment.server_epoch, "epoch-2", "adopted");
}

#[tokio::test]
async fn a_new_life_that_a_push_met_first_needs_no_refusal_of_the_old_cursor() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    server.kept(|kept| kept.feed = vec![(5, vec![skill("welt")], vec![])]);
    picture(&station).await;
    let recorded = station.desk.record(&station.store, 1);
    server.kept(|kept| {
        kept.epoch = "epoch-2".to_owned();
        kept.feed = vec![(3, vec![skill("last")], vec![])];
    });
    let pushed = push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
    assert_eq!(pushed, push::Pushed::Corrected, "stored, and everything is to be offered to the new life");
    assert_eq!(station.unsent(), 1, "what it stored too: it answers that it has it");
    assert!(!picture(&station).await.contains(&Pulled::BeginsAgain), "the old cursor was not presented any more");
    assert_eq!(skills(&station), ["last"], "the new life's rows");
    push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
    assert_eq!((server.kept(|kept| kept.actions.clone()), station.unsent()), (recorded, 0), "once");
}

#[tokio::test]
async fn a_signed_checkpoint_is_testified_to_and_an_unsigned_one_is_not() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let signed = |audit_seq: u64, purpose| {
        let said = format!("{audit_seq}\naa\nepoch-1");
        let sig = server_key().sign(purpose, said.as_bytes()).to_string();
        AuditCheckpoint { audit_seq, audit_head: "aa".to_owned(), sig }
    };
    for (checkpoint, expected) in [(signed(8, Purpose::Grant), None), (signed(9, Purpose::Checkpoint), Some(9))] {
        server.kept(|kept| kept.checkpoint = Some(checkpoint));
        picture(&station).await;
        station.desk.record(&station.store, 1);
        push::round(&station.line, &mut BatchSize::default()).await.expect("pushed");
        let witnessed: Option<Witness> = server.kept(|kept| kept.witnessed.clone());
        assert_eq!(witnessed.map(|witness| witness.audit_seq), expected, "only what the server has signed");
    }
}

#[tokio::test]
async fn a_poke_wakes_the_pull() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    poke::listen(&station.line, &Pulse::default(), &mut Default::default()).await.expect("listened to the end");
    let woken = tokio::time::timeout(std::time::Duration::from_secs(5), station.line.pull_wake.notified()).await;
    assert!(woken.is_ok(), "the wake was left for the pull loop");
}
