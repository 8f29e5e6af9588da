//! What is sent, and what a gap, a fork or another life of the server makes of it.

use cordwainer_sync::{Hash, body_hash, link};

use super::{applied, draft, ids_of};
use crate::fixture::{Desk, enrolment};
use crate::store::OutcomeState;

fn hash(text: &str) -> Hash {
    Hash::from_slice(&hex::decode(text).expect("hexadecimal")).expect("32 bytes")
}

#[test]
fn a_push_chains_from_what_is_stored_and_carries_every_hash() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 3);
    let first = draft(&store);
    assert_eq!((first.first_seq, first.prev_chain, &*first.lease), (1, Hash::START, ""), "the beginning of a life");
    assert_eq!((ids_of(&first), first.outbox_depth), (recorded, 3), "everything, in order");
    let mut chain = Hash::START;
    for offer in &first.actions {
        chain = link(chain, offer.body.as_bytes());
        assert_eq!(
            (hash(&offer.chain_hash), hash(&offer.body_hash)),
            (chain, body_hash(offer.body.as_bytes())),
            "{}",
            offer.seq
        );
    }
    store.outbox.pushed(&first.incarnation, &applied(&desk, &first, "lease-1", 1)).expect("kept");
    assert_eq!(store.outbox.next_push(200).expect("reads"), None, "the server has everything");
    let later = desk.record(&store, 1);
    let second = draft(&store);
    assert_eq!((second.first_seq, second.prev_chain, &*second.lease), (4, chain, "lease-1"), "it leads on");
    assert_eq!(ids_of(&second), later, "and sends nothing twice");
}

#[test]
fn what_was_not_answered_is_sent_again_alone() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let unanswered = desk.record(&store, 2);
    let lost = draft(&store);
    let later = desk.record(&store, 1);
    drop(store);
    let store = desk.open_sound();
    let again = draft(&store);
    assert_eq!(ids_of(&again), unanswered, "with something new in it, a lost reply would look like a fork");
    assert_eq!(again.actions, lost.actions, "byte for byte");
    store.outbox.pushed(&again.incarnation, &applied(&desk, &again, "lease-1", 1)).expect("kept");
    assert_eq!(ids_of(&draft(&store)), later, "then the rest");
}

#[test]
fn a_small_batch_is_a_beginning_of_the_large_one() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 5);
    let halved = store.outbox.next_push(2).expect("reads").expect("something");
    assert_eq!(ids_of(&halved), recorded[..2], "at most so many");
    store.outbox.pushed(&halved.incarnation, &applied(&desk, &halved, "lease-1", 1)).expect("kept");
    assert_eq!(ids_of(&draft(&store)), recorded[2..], "the rest follows");
}

#[test]
fn after_a_gap_the_station_sends_from_where_the_server_is() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 3);
    let sent = draft(&store);
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease-1", 1)).expect("kept");
    store.outbox.rewind(&sent.incarnation, 2).expect("kept");
    assert_eq!(ids_of(&draft(&store)), recorded[1..], "from the number that is due");
}

#[test]
fn after_a_fork_with_a_shared_past_only_what_the_server_lacks_is_submitted_again() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 3);
    let sent = draft(&store);
    let shared = hash(&sent.actions[0].chain_hash);
    store.outbox.reincarnate(&sent.incarnation, 1, Some(shared), desk.ids.as_ref()).expect("kept");
    let again = draft(&store);
    assert_ne!(again.incarnation, sent.incarnation, "a new life");
    assert_eq!((again.first_seq, again.prev_chain, &*again.lease), (1, Hash::START, ""), "from its beginning");
    assert_eq!(ids_of(&again), recorded, "the first has no verdict yet, so it is asked for again too");
    assert!(again.actions.iter().all(|offer| offer.fork_of.as_ref() == Some(&sent.incarnation)), "it says where from");

    store.outbox.pushed(&again.incarnation, &applied(&desk, &again, "lease-1", 1)).expect("kept");
    let newer = desk.record(&store, 1);
    let shared = hash(&again.actions[2].chain_hash);
    store.outbox.reincarnate(&again.incarnation, 3, Some(shared), desk.ids.as_ref()).expect("kept");
    let third = draft(&store);
    assert_eq!(ids_of(&third), newer, "what the server has judged is not sent again");
    assert_eq!(third.actions[0].fork_of.as_ref(), Some(&again.incarnation), "the life it was first submitted under");
}

#[test]
fn after_a_fork_without_a_shared_past_everything_is_submitted_again() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 2);
    let sent = draft(&store);
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease-1", 1)).expect("kept");
    for server_chain in [Some(body_hash(b"another history")), None] {
        let live =
            store.outbox.next_push(200).expect("reads").map_or_else(|| sent.incarnation.clone(), |d| d.incarnation);
        store.outbox.reincarnate(&live, 2, server_chain, desk.ids.as_ref()).expect("kept");
        assert_eq!(ids_of(&draft(&store)), recorded, "better twice than never");
    }
    let frozen = draft(&store).incarnation;
    store.outbox.reincarnate(&sent.incarnation, 2, None, desk.ids.as_ref()).expect("is no fault");
    assert_eq!(draft(&store).incarnation, frozen, "a late answer about a frozen life changes nothing");
}

#[test]
fn a_new_life_of_the_server_is_offered_everything_in_the_order_of_recording() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.outbox.save_enrolment(&enrolment("http://127.0.0.1:1")).expect("kept");
    let mut recorded = desk.record(&store, 2);
    let sent = draft(&store);
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease-1", 1)).expect("kept");
    store.outbox.reincarnate(&sent.incarnation, 9, None, desk.ids.as_ref()).expect("a fork on the way");
    recorded.extend(desk.record(&store, 1));
    for _ in 0..2 {
        store.outbox.adopt_epoch("epoch-2", desk.ids.as_ref()).expect("kept");
        assert_eq!(ids_of(&draft(&store)), recorded, "from the first that is retained, each once");
    }
    let outcome = store.outbox.outcome(recorded[0]).expect("reads").expect("is there");
    assert_eq!((outcome.state, outcome.commit_seq), (OutcomeState::Pending, None), "the old life's verdicts are void");
    assert_eq!(store.outbox.unsent().expect("reads").count, 3, "and the screen says so");
    drop(store);
    let kept = desk.open_sound().outbox.enrolment().expect("reads").expect("enrolled");
    assert_eq!(kept.server_epoch, "epoch-2", "it is adopted once");
}
