//! Verdicts: what they move, and what they do to the overlay.

use cordwainer_domain::ActionId;
use cordwainer_domain::production::{ConflictKind, ParkReason};
use cordwainer_protocol::sync::{VerdictRow, VerdictStatus, Witness};

use super::{applied, draft};
use crate::fixture::{Desk, pair};
use crate::store::{OutcomeState, StationStore};

fn verdict(action_id: ActionId, status: VerdictStatus, commit_seq: u64) -> VerdictRow {
    let park_reason = (status == VerdictStatus::Parked).then_some(ParkReason::Held);
    let conflict = (status == VerdictStatus::Flagged).then_some(ConflictKind::OutOfTurn);
    VerdictRow { action_id, status, commit_seq, park_reason, conflict, conflict_id: None }
}

fn overlay(store: &StationStore, cursor: u64) -> Vec<ActionId> {
    store.outbox.overlay(cursor).expect("reads").iter().map(|entry| entry.action.id).collect()
}

#[test]
fn the_overlay_leaves_out_exactly_what_the_cursor_covers() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let [applied, flagged, parked, pending, closed] = desk.record(&store, 5)[..] else { panic!("five") };
    store
        .outbox
        .apply_verdicts(&[
            verdict(applied, VerdictStatus::Applied, 10),
            verdict(flagged, VerdictStatus::Flagged, 11),
            verdict(parked, VerdictStatus::Parked, 12),
            verdict(closed, VerdictStatus::Closed, 13),
        ])
        .expect("kept");
    assert_eq!(overlay(&store, 9), [applied, flagged, parked, pending], "effects that the rows do not show yet");
    assert_eq!(overlay(&store, 10), [flagged, parked, pending], "verdict and effect share a commit");
    assert_eq!(overlay(&store, 99), [parked, pending], "what has no effect on the server is shown from here");
    let waits = store.outbox.unsent().expect("reads");
    assert_eq!((waits.count, waits.parked), (1, 2), "one unsent, two for a supervisor");
    assert!(waits.oldest_wall_ms.is_some(), "and since when");
    assert_eq!(
        store.outbox.pinned().expect("reads"),
        [pair()].into(),
        "the pair must stay while anything refers to it"
    );
}

#[test]
fn a_verdict_says_what_an_action_waits_for_or_contradicts() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let [parked, flagged] = desk.record(&store, 2)[..] else { panic!("two") };
    let verdicts = [verdict(parked, VerdictStatus::Parked, 3), verdict(flagged, VerdictStatus::Flagged, 4)];
    store.outbox.apply_verdicts(&verdicts).expect("kept");
    let outcome = |id| store.outbox.outcome(id).expect("reads").expect("is there");
    assert_eq!(outcome(parked).park_reason, Some(ParkReason::Held), "the screen says why");
    assert_eq!(outcome(flagged).conflict, Some(ConflictKind::OutOfTurn), "and what it contradicts");
    assert_eq!(store.outbox.outcome(ActionId(uuid::Uuid::nil())).expect("reads"), None, "not one of ours");
}

#[test]
fn a_late_duplicate_of_an_older_verdict_changes_nothing() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let id = desk.record(&store, 1)[0];
    let state = || store.outbox.outcome(id).expect("reads").expect("is there").state;
    for (status, commit_seq, expected) in [
        (VerdictStatus::Parked, 5, OutcomeState::Parked),
        (VerdictStatus::Applied, 8, OutcomeState::Applied),
        (VerdictStatus::Parked, 5, OutcomeState::Applied),
        (VerdictStatus::Closed, 9, OutcomeState::Closed),
    ] {
        store.outbox.apply_verdicts(&[verdict(id, status, commit_seq)]).expect("kept");
        assert_eq!(state(), expected, "after {status:?} of commit {commit_seq}");
    }
}

#[test]
fn a_push_reply_of_another_incarnation_brings_verdicts_but_no_lease() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let id = desk.record(&store, 1)[0];
    let sent = draft(&store);
    store.outbox.reincarnate(&sent.incarnation, 0, None, desk.ids.as_ref()).expect("kept");
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "stale", 1)).expect("kept");
    assert_eq!(
        store.outbox.outcome(id).expect("reads").expect("is there").state,
        OutcomeState::Applied,
        "it is judged"
    );
    assert_eq!(draft(&store).lease, "", "the lease belongs to the frozen life");
}

#[test]
fn a_checkpoint_that_goes_back_does_not_replace_what_was_seen() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.outbox.save_enrolment(&crate::fixture::enrolment("http://127.0.0.1:1")).expect("kept");
    desk.record(&store, 1);
    let seen = |audit_seq, head: &str| Witness {
        audit_seq,
        audit_head: head.to_owned(),
        epoch: Some("epoch-1".to_owned()),
        sig: Some("5e".to_owned()),
    };
    for (checkpoint, contradicts) in
        [(seen(9, "aa"), false), (seen(9, "aa"), false), (seen(4, "bb"), true), (seen(9, "cc"), true)]
    {
        assert_eq!(store.outbox.witness(&checkpoint, "epoch-1").expect("kept"), contradicts, "{checkpoint:?}");
    }
    assert_eq!(draft(&store).witnessed, Some(seen(9, "aa")), "the push testifies to the first");
    store.outbox.witness(&seen(2, "dd"), "epoch-2").expect("kept");
    assert_eq!(draft(&store).witnessed, None, "another life's chain proves nothing to this one");
}
