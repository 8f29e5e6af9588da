//! Pull: every change once, in commit order, nobody else's, and never half a commit.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::Fact;
use cordwainer_protocol::sync::{Change, ChangeOp, Grant, ProblemCode, SignedGrant, Table, WorkerRow};
use cordwainer_server::store::MasterRow;
use cordwainer_server::test_support::factory;
use cordwainer_sync::{Cursor, PublicKey, Purpose};

use crate::station::Station;
use crate::world::{Engine, World, both_engines};

/// Pulls page by page until nothing is left, and counts the pages.
async fn all_pages(station: &mut Station, limit: u32) -> (Vec<Change>, usize) {
    let (mut changes, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = station.page(cursor.as_deref(), limit).await.unwrap();
        let seqs: Vec<_> = page.changes.iter().map(|change| change.commit_seq).collect();
        assert!(seqs.is_sorted(), "a page is in commit order");
        let last_before = changes.last().map_or(0, |change: &Change| change.commit_seq);
        assert!(seqs.first().is_none_or(|first| *first > last_before), "a commit is never in two pages");
        changes.extend(page.changes);
        pages += 1;
        if !page.more {
            return (changes, pages);
        }
        cursor = Some(page.to);
    }
}

both_engines!(pages_of_every_size_hold_the_same_rows, world => {
    // Sixteen commits of one pair each, on top of one commit of the factory.
    for pair in 1..=16 {
        factory::release(world.store(), [pair]).await;
    }
    let mut station = world.enrol_floor().await;
    let (everything, pages) = all_pages(&mut station, 5_000).await;
    assert_eq!(pages, 1, "it fits one page");
    let n = u32::try_from(everything.len()).unwrap();
    for limit in [1, 2, n - 1, n, n + 1, 2 * n] {
        let (rows, _) = all_pages(&mut station, limit).await;
        assert_eq!(rows, everything, "pages of {limit} hold the same rows in the same order");
    }
    let (_, pages) = all_pages(&mut station, 1).await;
    assert_eq!(pages, 17, "a page of one is one whole commit");
    let nothing = station.page(None, 0).await.unwrap();
    assert!(nothing.changes.is_empty() && nothing.more && nothing.from == 0, "a page of nothing says how far the head is");
    let at_end = station.pull().await;
    let after = station.page(Some(&at_end.to), 1).await.unwrap();
    assert!(after.changes.is_empty() && !after.more, "behind the head there is nothing");
});

both_engines!(a_station_holds_what_is_near_it_and_nothing_else, world => {
    factory::release(world.store(), [1]).await;
    let mut lasting = world.enrol("last-1").await;
    let mut judging = world.enrol("judge-1").await;
    let holds = |page: &cordwainer_protocol::sync::PullReply| {
        page.changes.iter().filter(|change| change.table == Table::WorkOrder).map(|change| change.op).collect::<Vec<_>>()
    };
    let first = lasting.pull().await;
    assert_eq!(holds(&first), [ChangeOp::Put], "the pair will come here");
    assert!(first.stations.is_empty(), "who else is here is not this station's business");
    judging.pull().await;
    let floor = world.enrol_floor().await.pull().await;
    assert_eq!(floor.stations.len(), 3, "whoever leads the floor sees every station");

    // Cutting, closing and lasting are done; the inspector begins nothing yet.
    for (workstation, place) in [("cut-1", 0), ("close-1", 1), ("last-2", 2)] {
        let mut station = world.enrol(workstation).await;
        station.push(&[station.sign_off(1, place)]).await.unwrap();
    }
    assert_eq!(holds(&lasting.pull().await), [ChangeOp::Put], "the next job is open, so the hand-over may be looked at");
    let cutting = world.enrol("cut-1").await.pull().await;
    assert_eq!(holds(&cutting), [ChangeOp::Evict], "cutting and its neighbour are done");

    let fact = Fact::InspectionPassed { round: 0, results: Vec::new() };
    let mut pass = judging.action(fact, Some(factory::pair(1)), Some(factory::job(1, 3)), factory::inspector());
    pass.auth_level = AuthLevel::Pin;
    judging.push(&[pass]).await.unwrap();
    let last = lasting.pull().await;
    assert_eq!(holds(&last), [ChangeOp::Evict], "a complete pair leaves everybody");
    let card = last.changes.iter().find(|change| change.table == Table::WorkOrderCard).unwrap();
    assert_eq!((card.op, card.row.as_ref()), (ChangeOp::Del, None), "and its card goes");
    world.proven().await;
});

both_engines!(a_cursor_of_another_life_or_scope_is_refused, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let good: Cursor = station.pull().await.to.parse().unwrap();
    let cases = [
        (Cursor { server_epoch: "0123".to_owned(), ..good.clone() }.to_string(), 409, ProblemCode::Epoch),
        (Cursor { scope: "lasting".to_owned(), ..good.clone() }.to_string(), 410, ProblemCode::CursorGone),
        (Cursor { scope_version: 99, ..good.clone() }.to_string(), 410, ProblemCode::CursorGone),
        (Cursor { commit_seq: good.commit_seq + 1, ..good.clone() }.to_string(), 410, ProblemCode::CursorGone),
        (Cursor { commit_seq: u64::MAX, ..good.clone() }.to_string(), 410, ProblemCode::CursorGone),
        ("rubbish".to_owned(), 400, ProblemCode::Malformed),
    ];
    for (cursor, status, code) in cases {
        let (got, problem) = station.page(Some(&cursor), 10).await.unwrap_err();
        assert_eq!((got, problem.code), (status, code), "{cursor}");
    }
    world.disarm("change").await;
    world.tamper("UPDATE sync_head SET tombstone_floor = 3").await;
    let old = Cursor { commit_seq: 1, ..good }.to_string();
    let (status, _) = station.page(Some(&old), 10).await.unwrap_err();
    assert_eq!(status, 410, "what was removed before the floor is forgotten");
    assert!(station.page(None, 10).await.is_ok(), "a snapshot begins from nothing");
});

both_engines!(grants_are_signed_and_renewed_every_day, world => {
    let mut station = world.enrol("cut-1").await;
    let key: PublicKey = world.store().identity().public_key();
    let grants = |changes: &[Change]| {
        changes
            .iter()
            .filter(|change| change.table == Table::Worker)
            .map(|change| change.row.as_ref().unwrap().read::<WorkerRow>().unwrap())
            .map(|row| row.grant.unwrap())
            .map(|SignedGrant { body, sig }| {
                assert!(key.verify(Purpose::Grant, body.as_bytes(), &sig.parse().unwrap()).is_ok(), "it is the server's");
                serde_json::from_str::<Grant>(&body).unwrap()
            })
            .collect::<Vec<_>>()
    };
    let first = grants(&station.pull().await.changes);
    assert_eq!(first.len(), 3, "one for each worker");
    assert!(station.pull().await.changes.is_empty(), "the same day brings no others");
    world.clock.advance(TimeDelta::days(1));
    let second = grants(&station.pull().await.changes);
    assert_eq!(second.len(), 3, "the next day renews them");
    assert!(second.iter().all(|grant| grant.not_after - first[0].not_after == TimeDelta::days(1)), "for a day longer");
    let now = cordwainer_server::clock::Clock::now(world.clock.as_ref());
    assert!(second.iter().all(|grant| grant.not_after - now >= TimeDelta::hours(72)), "three days away are covered");

    let revoked = MasterRow::Worker(Box::new(factory::worker(factory::maker(), false)), None);
    world.store().put_master(&factory::site(), &[revoked]).await.unwrap();
    let page = station.pull().await;
    let row: WorkerRow = page.changes[0].row.as_ref().unwrap().read().unwrap();
    assert!(row.grant.is_none() && row.pin.is_none(), "a revoked worker has no grant and no PIN any more");
});

both_engines!(a_row_that_changed_twice_is_sent_once, world => {
    let mut station = world.enrol("cut-1").await;
    let row = || MasterRow::Worker(Box::new(factory::worker(factory::maker(), true)), None);
    for _ in 0..3 {
        world.store().put_master(&factory::site(), &[row()]).await.unwrap();
    }
    let page = station.pull().await;
    let keys: Vec<_> = page.changes.iter().map(|change| (change.table, change.pk.clone())).collect();
    let unique: BTreeSet<_> = keys.iter().cloned().collect();
    assert_eq!(keys.len(), unique.len(), "the feed is bounded by the rows, not by their history");
    let last = page.changes.last().unwrap();
    assert_eq!((last.commit_seq, last.row_version), (page.head, 4), "and it is the newest");
});

#[tokio::test]
async fn a_commit_that_is_held_open_is_never_skipped() {
    let world = World::new(Engine::Postgres).await;
    factory::release(world.store(), [1, 2]).await;
    let mut floor = world.enrol_floor().await;
    let mut station = world.enrol("cut-1").await;
    let seen = floor.pull().await.head;

    // A writer has taken its number and does not commit yet.
    let pool = sqlx::PgPool::connect(world.config.database_url.as_ref().unwrap()).await.unwrap();
    let mut held = pool.begin().await.unwrap();
    sqlx::raw_sql(
        "UPDATE sync_head SET v = v + 1 WHERE site_id = 'test'; \
         UPDATE change SET commit_seq = (SELECT v FROM sync_head WHERE site_id = 'test') WHERE tbl = 'skill' OR pk = 'cutting';",
    )
    .execute(&mut *held)
    .await
    .unwrap();

    let pushed = tokio::spawn(async move { station.push(&[station.sign_off(1, 0)]).await.unwrap() });
    let page = floor.pull().await;
    assert_eq!((page.changes.len(), page.head), (0, seen), "nothing can be seen, and nothing beyond it either");
    held.commit().await.unwrap();
    let reply = pushed.await.unwrap();
    assert_eq!(reply.head, seen + 2, "the push waited for its number");
    let page = floor.pull().await;
    let seqs: BTreeSet<u64> = page.changes.iter().map(|change| change.commit_seq).collect();
    assert_eq!(seqs, BTreeSet::from([seen + 1, seen + 2]), "both commits arrive, none was skipped");
}
