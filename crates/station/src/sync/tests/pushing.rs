//! The push round: what is acknowledged, and what never counts as an acknowledgement.

use axum::http::StatusCode;
use cordwainer_protocol::sync::{Problem, ProblemCode};

use super::super::SyncEvent;
use super::super::http::CallFault;
use super::super::line::Trouble;
use super::super::push::{BatchSize, Pushed, round};
use super::Station;
use super::fake_server::{FakeServer, HTML, Instead};
use crate::fixture::Desk;
use crate::store::OutcomeState;

const PUSH: &str = "/sync/v1/push";

pub(super) async fn push(station: &Station) -> Result<Pushed, Trouble> {
    let outcome = round(&station.line, &mut BatchSize::default()).await;
    station.line.round_ended(&outcome);
    outcome
}

/// Pushes until the server has everything; more rounds than that are a bug.
async fn drain(station: &Station) {
    for _ in 0..20 {
        if push(station).await.is_ok_and(|pushed| pushed == Pushed::Nothing) {
            return;
        }
    }
    panic!("the outbox does not drain: {} unsent", station.unsent());
}

#[tokio::test]
async fn what_is_recorded_reaches_the_server_once_and_its_verdict_comes_back() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 3);
    assert_eq!(push(&station).await.expect("pushed"), Pushed::Stored, "in one request");
    assert_eq!(push(&station).await.expect("nothing left"), Pushed::Nothing, "and no second one");
    assert_eq!(server.kept(|kept| (kept.actions.clone(), kept.pushes.clone())), (recorded.clone(), vec![3]), "once");
    let outcome = station.store.outbox.outcome(recorded[0]).expect("reads").expect("is there");
    assert_eq!((outcome.state, outcome.commit_seq), (OutcomeState::Applied, Some(1)), "with its commit");
    assert_eq!(station.told(), [SyncEvent::Pushed, SyncEvent::Online], "the screens are told");
    assert!(station.store.outbox.server_time().is_some(), "and the clocks were compared");
}

#[tokio::test]
async fn a_page_that_is_not_ours_acknowledges_nothing_and_revokes_nobody() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 1);
    for status in [StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::CONFLICT, StatusCode::BAD_GATEWAY] {
        server.next(PUSH, Instead::Before(status, HTML.to_owned()));
        let outcome = push(&station).await;
        assert!(matches!(outcome, Err(Trouble::Call(CallFault::Unreachable { .. }))), "{status}: {outcome:?}");
        assert_eq!(station.unsent(), 1, "{status}: nothing was stored, whatever the page says");
    }
    assert!(matches!(&station.told()[..], [SyncEvent::Offline(_)]), "one word about it, and not a revocation");
    drain(&station).await;
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "in the end it arrives");
}

#[tokio::test]
async fn json_that_is_not_ours_acknowledges_nothing() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    for text in ["{}", "[]", "null", r#"{"ok":true}"#] {
        server.next(PUSH, Instead::Before(StatusCode::OK, text.to_owned()));
        assert!(push(&station).await.is_err(), "{text} is no reply to a push");
        assert_eq!(station.unsent(), 1, "{text} acknowledged something");
    }
}

#[tokio::test]
async fn a_lost_reply_is_no_fork_even_when_more_was_recorded_meanwhile() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let mut recorded = station.desk.record(&station.store, 2);
    drain(&station).await;
    recorded.extend(station.desk.record(&station.store, 2));
    server.next(PUSH, Instead::After(StatusCode::BAD_GATEWAY, HTML.to_owned()));
    assert!(push(&station).await.is_err(), "the reply is lost");
    recorded.extend(station.desk.record(&station.store, 1));
    drain(&station).await;
    let (actions, incarnations) = server.kept(|kept| (kept.actions.clone(), kept.incarnations.len()));
    assert_eq!((actions, incarnations), (recorded, 1), "each once, in order, under one incarnation");
    assert_eq!(station.unsent(), 0, "everything is acknowledged");
}

#[tokio::test]
async fn a_station_restored_from_an_old_disk_forks_and_loses_nothing() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let mut recorded = station.desk.record(&station.store, 2);
    drain(&station).await;
    let (desk, url) = (station.desk, server.url.clone());
    drop((station.store, station.line));
    let old_disk = copy_of(&desk);
    let station = Station::at(desk, &url);
    recorded.extend(station.desk.record(&station.store, 3));
    drain(&station).await;

    // The old disk is put back in; it knows nothing of the last three, and records two of its own.
    let restored = Station::at(old_disk, &url);
    restored.desk.clock.pass_ms(60_000);
    let own = restored.desk.record(&restored.store, 2);
    assert_eq!(push(&restored).await.expect("answered"), Pushed::Corrected, "the server sees another history");
    drain(&restored).await;
    let (actions, forks_of) = server.kept(|kept| (kept.actions.clone(), kept.forks_of.len()));
    recorded.extend(own);
    assert_eq!(actions, recorded, "both histories are kept, nothing twice");
    assert!(forks_of > 0, "and the supervisor can see that the disk was an old one");
    assert_eq!(restored.unsent(), 0, "everything is acknowledged");
}

/// The folder as a disk image would have it, with ids that differ from the original's.
fn copy_of(desk: &Desk) -> Desk {
    use crate::ids::IdSource;
    let copy = Desk::new();
    for _ in 0..1_000 {
        copy.ids.random_u64();
    }
    for file in std::fs::read_dir(desk.folder.path()).expect("lists").map(|file| file.expect("reads")) {
        std::fs::copy(file.path(), copy.folder.path().join(file.file_name())).expect("copies");
    }
    copy
}

#[tokio::test]
async fn a_server_that_lacks_numbers_is_sent_them_again() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 3);
    drain(&station).await;
    // Restored without a word about it, and without leases.
    server.kept(|kept| {
        kept.head.incarnation.clear();
        kept.head.lease.clear();
        (kept.head.last_seq, kept.head.last_chain) = (0, cordwainer_sync::Hash::START);
        kept.incarnations.clear();
        kept.actions.clear();
    });
    let later = station.desk.record(&station.store, 1);
    assert_eq!(push(&station).await.expect("answered"), Pushed::Corrected, "409 gap");
    drain(&station).await;
    assert_eq!(server.kept(|kept| kept.actions.clone()), [recorded, later].concat(), "from the number that was due");
}

#[tokio::test]
async fn bytes_altered_on_this_disk_reach_the_server_as_evidence_and_hold_nothing_up() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 3);
    let tampered = station.desk.raw("outbox.db");
    let alter = "DROP TRIGGER action_never_changes;
                 UPDATE action SET body = CAST(replace(CAST(body AS TEXT), '\"round\":0', '\"round\":1') AS BLOB)
                 WHERE rowid = 2;";
    tampered.execute_batch(alter).expect("altered");
    assert_eq!(push(&station).await.expect("answered"), Pushed::Corrected, "the chain does not follow from the bytes");
    drain(&station).await;
    assert_eq!(
        server.kept(|kept| kept.actions.clone()),
        recorded,
        "all three arrive, the signature tells which was altered"
    );
    station.desk.record(&station.store, 1);
    let malformed = serde_json::to_string(&Problem::new(ProblemCode::Malformed, "")).expect("serialises");
    server.next(PUSH, Instead::Before(StatusCode::BAD_REQUEST, malformed));
    assert!(push(&station).await.is_err(), "a sound chain is not made anew");
    assert_eq!(server.kept(|kept| kept.incarnations.len()), 1, "one life on the server: the first was refused whole");
    drain(&station).await;
    assert_eq!(server.kept(|kept| kept.incarnations.len()), 1, "and it goes on");
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_halved_until_it_fits() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 9);
    server.kept(|kept| kept.most_actions = 2);
    let mut batch = BatchSize::default();
    for _ in 0..40 {
        if round(&station.line, &mut batch).await.expect("answered") == Pushed::Nothing {
            break;
        }
    }
    let (actions, pushes) = server.kept(|kept| (kept.actions.clone(), kept.pushes.clone()));
    assert_eq!(actions, recorded, "all of it, in order");
    assert!(pushes.iter().all(|length| *length <= 2), "{pushes:?}");
}

#[tokio::test]
async fn a_revoked_station_keeps_everything_and_says_so_once() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 1);
    server.kept(|kept| kept.revoked = true);
    for _ in 0..2 {
        assert!(push(&station).await.is_err(), "401");
    }
    assert_eq!(station.told(), [SyncEvent::Revoked], "one word about it");
    assert_eq!(station.unsent(), 1, "the work is kept");
    server.kept(|kept| kept.revoked = false);
    drain(&station).await;
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "and arrives once it is allowed again");
}

#[tokio::test]
async fn an_old_nonce_costs_one_more_request_and_a_useless_one_ends_the_round() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    push(&station).await.expect("the first request has no nonce, and gets one");
    server.age_nonces();
    station.desk.record(&station.store, 1);
    push(&station).await.expect("the fresh one is in the refusal");
    assert_eq!(server.kept(|kept| (kept.stale, kept.actions.len())), (2, 2), "one retry each");
    station.desk.record(&station.store, 1);
    let stale = serde_json::to_string(&Problem::new(ProblemCode::StaleNonce, "")).expect("serialises");
    server.next(PUSH, Instead::Before(StatusCode::UNAUTHORIZED, stale));
    assert!(push(&station).await.is_err(), "without a fresh one there is nothing to retry with");
    assert_eq!(station.unsent(), 1, "kept");
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_is_online_and_given_one() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    let full = serde_json::to_string(&Problem::new(ProblemCode::DiskFull, "")).expect("serialises");
    server.next(PUSH, Instead::Before(StatusCode::INSUFFICIENT_STORAGE, full));
    let outcome = push(&station).await;
    assert!(matches!(&outcome, Err(Trouble::Call(CallFault::Refused { .. }))), "{outcome:?}");
    assert_eq!((station.unsent(), station.told()), (1, vec![]), "nothing acknowledged, nobody offline");
}

#[tokio::test]
async fn nobody_listening_is_a_reason_in_words() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    let url = server.url.clone();
    server.stop().await;
    assert!(push(&station).await.is_err(), "refused connection");
    let told = station.told();
    let [SyncEvent::Offline(message)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(message.params.get("server"), Some(&cordwainer_protocol::Param::Text(url)), "which server");
}

#[tokio::test]
async fn a_backlog_begins_with_a_small_part_and_a_server_that_answers_fast_is_given_more() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 300);
    let mut batch = BatchSize::default();
    while round(&station.line, &mut batch).await.expect("pushed") != Pushed::Nothing {}
    assert_eq!(
        server.kept(|kept| kept.pushes.clone()),
        [25, 50, 100, 125],
        "twice as much each time, up to what is left"
    );
}
