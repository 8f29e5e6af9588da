//! The outbox against a real SQLite in throw-away folders.

mod damage;
mod owners;
mod printing;
mod pushing;
mod questions;
mod recording;
mod recovery;
mod room;
mod settling;

use cordwainer_domain::ActionId;
use cordwainer_protocol::sync::{PushReply, PushVerdict, VerdictStatus};

use super::PushDraft;
use crate::fixture::Desk;
use crate::store::StationStore;

/// The ids of a draft, in its order.
fn ids_of(draft: &PushDraft) -> Vec<ActionId> {
    draft.actions.iter().map(|offer| offer.action_id).collect()
}

fn draft(store: &StationStore) -> PushDraft {
    store.outbox.next_push(200).expect("reads").expect("something to send")
}

/// The answer of a server that stored and applied a draft.
fn applied(desk: &Desk, draft: &PushDraft, lease: &str, first_commit: u64) -> PushReply {
    use crate::clock::Clock;
    let verdict = |(index, offer): (u64, &cordwainer_protocol::sync::ActionOffer)| PushVerdict {
        seq: offer.seq,
        action_id: offer.action_id,
        status: VerdictStatus::Applied,
        duplicate: false,
        commit_seq: Some(first_commit + index),
        park_reason: None,
        conflict: None,
        conflict_id: None,
    };
    PushReply {
        server_epoch: "epoch-1".to_owned(),
        stored_through: draft.actions.last().map_or(0, |offer| offer.seq),
        lease: lease.to_owned(),
        verdicts: (0..).zip(&draft.actions).map(verdict).collect(),
        server_time: chrono::DateTime::from_timestamp_millis(desk.clock.wall_ms()).expect("an instant"),
        head: first_commit,
        directives: Vec::new(),
    }
}
