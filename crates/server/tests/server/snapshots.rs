//! Snapshots: everything in scope at one moment, in chunks, whatever is written meanwhile.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{Change, ChangeOp, ProblemCode, SnapshotChunk, Table};
use cordwainer_server::test_support::factory;
use cordwainer_sync::{Cursor, RowSum, chunk_hash, row_hash};
use serde_json::Value;

use crate::station::{Refused, Station};
use crate::world::both_engines;

type Rows = BTreeMap<(Table, String), (u64, Value)>;

fn hash_of(change: &Change) -> cordwainer_sync::Hash {
    row_hash(change.table.name(), &change.pk, change.row_version, change.row.as_ref().unwrap().as_str())
}

async fn chunk(
    station: &mut Station,
    at: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<SnapshotChunk, Refused> {
    let at = at.map(|at| format!("&at={at}")).unwrap_or_default();
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    station.get(&format!("/sync/v1/snapshot?protocol={PROTOCOL}&limit={limit}{at}{after}")).await
}

/// Takes a change into rows as a station would.
fn take(rows: &mut Rows, change: Change) {
    let key = (change.table, change.pk);
    match change.op {
        ChangeOp::Put => drop(rows.insert(key, (change.row_version, change.row.unwrap().read().unwrap()))),
        ChangeOp::Del | ChangeOp::Evict => drop(rows.remove(&key)),
    }
}

/// Everything that the feed tells a station that begins at nothing.
async fn fed(station: &mut Station) -> Rows {
    let mut rows = Rows::new();
    station.page(None, 5_000).await.unwrap().changes.into_iter().for_each(|change| take(&mut rows, change));
    rows
}

both_engines!(chunks_and_the_feed_behind_them_are_what_the_feed_alone_tells, world => {
    factory::release(world.store(), 1..=12).await;
    let mut station = world.enrol_floor().await;
    let (mut rows, mut at, mut after, mut chunks) = (Rows::new(), None, None, 0);
    let mut worker = world.enrol("cut-1").await;
    loop {
        let chunk = chunk(&mut station, at.as_deref(), after.as_deref(), 7).await.unwrap();
        let sum = chunk_hash(chunk.rows.iter().map(hash_of)).to_string();
        assert_eq!(sum, chunk.sha256, "what arrived is what was sent");
        assert!(chunk.rows.len() <= 7, "no larger than was asked for");
        chunk.rows.into_iter().for_each(|change| take(&mut rows, change));
        at.get_or_insert_with(|| chunk.at.clone());
        assert_eq!(at.as_ref(), Some(&chunk.at), "every chunk is of the same moment");
        chunks += 1;
        let Some(next) = chunk.next else { break };
        after = Some(next);
        if chunks <= 12 {
            // The floor goes on: rows move behind and before the place that the snapshot has come to.
            worker.push(&[worker.sign_off(chunks, 0)]).await.unwrap();
        }
    }
    assert!(chunks > 5, "it took several");
    let page = station.page(at.as_deref(), 5_000).await.unwrap();
    assert!(!page.more && !page.changes.is_empty(), "what moved meanwhile comes by the feed");
    page.changes.into_iter().for_each(|change| take(&mut rows, change));
    assert_eq!(rows, fed(&mut station).await, "nothing is missing, nothing is older, nothing is there twice");
});

both_engines!(a_chunk_that_is_asked_for_again_is_the_same, world => {
    factory::release(world.store(), 1..=5).await;
    let mut station = world.enrol("last-1").await;
    let first = chunk(&mut station, None, None, 10).await.unwrap();
    let once = chunk(&mut station, Some(&first.at), first.next.as_deref(), 10).await.unwrap();
    let again = chunk(&mut station, Some(&first.at), first.next.as_deref(), 10).await.unwrap();
    assert_eq!((once.rows, once.next, once.sha256), (again.rows, again.next, again.sha256), "so it goes on where it was cut off");
    assert_eq!(first.total_rows, u64::try_from(fed(&mut station).await.len()).unwrap(), "and it is known how much there is");
});

both_engines!(verdicts_that_a_station_missed_come_behind_the_rows, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let reply = station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let (mut at, mut after, mut verdicts) = (None, None, Vec::new());
    loop {
        let chunk = chunk(&mut station, at.as_deref(), after.as_deref(), 1_000).await.unwrap();
        verdicts.extend(chunk.verdicts);
        at.get_or_insert(chunk.at);
        let Some(next) = chunk.next else { break };
        after = Some(next);
    }
    let told: Vec<_> = verdicts.iter().map(|verdict| verdict.action_id).collect();
    assert_eq!(told, [reply.verdicts[0].action_id], "once");
});

both_engines!(a_moment_that_is_gone_is_refused, world => {
    let mut station = world.enrol("cut-1").await;
    let at: Cursor = chunk(&mut station, None, None, 10).await.unwrap().at.parse().unwrap();
    let cases = [
        (Cursor { server_epoch: "0123".to_owned(), ..at.clone() }, 409, ProblemCode::Epoch),
        (Cursor { scope: "lasting".to_owned(), ..at.clone() }, 410, ProblemCode::CursorGone),
        (Cursor { commit_seq: at.commit_seq + 9, ..at.clone() }, 410, ProblemCode::CursorGone),
    ];
    for (at, status, code) in cases {
        let (got, problem) = chunk(&mut station, Some(&at.to_string()), None, 10).await.unwrap_err();
        assert_eq!((got, problem.code), (status, code), "{at}");
    }
    let (status, _) = chunk(&mut station, Some(&at.to_string()), Some("rubbish"), 10).await.unwrap_err();
    assert_eq!(status, 400, "a place of no snapshot");
});

both_engines!(the_digest_is_the_sum_of_what_a_station_holds, world => {
    factory::release(world.store(), 1..=4).await;
    for workstation in ["cut-1", "last-1", "desk"] {
        let mut station = if workstation == "desk" { world.enrol_floor().await } else { world.enrol(workstation).await };
        let mut signer = world.enrol("cut-1").await;
        signer.push(&[signer.sign_off(1, 0)]).await.unwrap();
        let path = format!("/sync/v1/pull?protocol={PROTOCOL}&limit=5000&digest=true");
        let page: cordwainer_protocol::sync::PullReply = station.get(&path).await.unwrap();
        let mut sums: BTreeMap<Table, RowSum> = Table::ALL.into_iter().map(|table| (table, RowSum::default())).collect();
        for change in page.changes.iter().filter(|change| change.op == ChangeOp::Put) {
            sums.get_mut(&change.table).unwrap().add(hash_of(change));
        }
        let held: BTreeMap<Table, String> = sums.into_iter().map(|(table, sum)| (table, sum.to_string())).collect();
        assert_eq!(page.scope_digest, Some(held), "{workstation}: table by table");
    }
});

both_engines!(tombstones_stay_for_ninety_days_and_for_the_slowest_station, world => {
    factory::release(world.store(), [1]).await;
    let mut lasting = world.enrol("last-1").await;
    let cursor = lasting.pull().await.to;
    for (workstation, place) in [("cut-1", 0), ("close-1", 1), ("last-2", 2)] {
        let mut station = world.enrol(workstation).await;
        station.push(&[station.sign_off(1, place)]).await.unwrap();
    }
    // The running server has swept once by itself, before the pair was released; a quarter of a day later it is due again.
    world.clock.advance(TimeDelta::hours(7));
    world.store().do_what_is_due().await.unwrap();
    let floor = async |station: &mut Station| {
        match station.page(None, 1).await {
            Err((_, problem)) if problem.code == ProblemCode::StaleNonce => station.page(None, 1).await,
            other => other,
        }
        .unwrap()
        .tombstone_floor
    };
    let mut cutting = world.enrol("cut-1").await;
    world.clock.advance(TimeDelta::days(89));
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(floor(&mut cutting).await, 0, "not yet");
    world.clock.advance(TimeDelta::days(2));
    world.store().do_what_is_due().await.unwrap();
    // Whoever came within ninety days holds the floor down; the station that read from nothing a moment ago follows 0.
    assert_eq!(floor(&mut cutting).await, 0, "a station that still comes may need them");
    let end = cutting.pull().await.to;
    world.clock.advance(TimeDelta::minutes(1));
    assert!(cutting.page(Some(&end), 1).await.is_ok(), "it follows the feed to its end");
    world.clock.advance(TimeDelta::hours(7));
    world.store().do_what_is_due().await.unwrap();
    assert!(floor(&mut cutting).await > 0, "nobody needs them any more");
    let gone = async |station: &mut Station| {
        match station.page(Some(&cursor), 10).await {
            Err((_, problem)) if problem.code == ProblemCode::StaleNonce => station.page(Some(&cursor), 10).await,
            other => other,
        }
    };
    assert_eq!(gone(&mut lasting).await.unwrap_err().0, 410, "away for three months: begin from nothing");
    let pushed = lasting.push(&[lasting.sign_off(1, 2)]).await;
    assert!(pushed.is_ok(), "and what it recorded is taken all the same: {pushed:?}");
    world.proven().await;
});
