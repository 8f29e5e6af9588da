//! The push loop: facts to the server, in strict order, one request at a time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{ClockReport, Problem, ProblemCode, PushReply, PushRequest, StationHealth};
use cordwainer_sync::{BATCH_ACTIONS, Backoff, Portion};
use reqwest::Method;

use super::SyncEvent;
use super::http::CallFault;
use super::line::{Line, Trouble};
use super::watch::Pulse;
use crate::store::{PushDraft, SCHEMA_VERSION};

const PATH: &str = "/sync/v1/push";
/// A request that was given up after this long was too large for the line.
pub(super) const TOO_SLOW_MS: u64 = 12_000;
/// Without a wake, the outbox is looked at this often.
const IDLE: std::time::Duration = std::time::Duration::from_secs(30);

/// What a round came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pushed {
    /// The server has everything.
    Nothing,
    /// The server has stored a batch; there may be more.
    Stored,
    /// The server told this station where it is wrong; it has been put right and is sent again.
    Corrected,
}

/// How large the next batch may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BatchSize(pub Portion);

impl Default for BatchSize {
    fn default() -> Self {
        Self(Portion::careful(BATCH_ACTIONS))
    }
}

pub(super) async fn run(line: Arc<Line>, pulse: Pulse) {
    let mut backoff = Backoff::default();
    let mut batch = BatchSize::default();
    loop {
        pulse.beat();
        let outcome = round(&line, &mut batch).await;
        // With nothing to send nobody was asked, so it says nothing about the server.
        if !matches!(outcome, Ok(Pushed::Nothing)) {
            line.round_ended(&outcome);
        }
        let pause = match &outcome {
            Ok(Pushed::Nothing) => IDLE,
            Ok(Pushed::Stored) => {
                backoff.succeeded();
                continue;
            }
            // Put right once, it fits; a server that goes on correcting must not be asked in a tight loop.
            Ok(Pushed::Corrected) => backoff.failed(line.ids.random_u64()),
            Err(Trouble::NotEnrolled) => IDLE,
            Err(trouble) => {
                tracing::info!(%trouble, "push failed; it will be tried again");
                trouble.retry_after().unwrap_or_else(|| backoff.failed(line.ids.random_u64()))
            }
        };
        tokio::select! {
            () = line.push_wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Sends one batch and keeps what the server says.
pub(super) async fn round(line: &Line, batch: &mut BatchSize) -> Result<Pushed, Trouble> {
    let (server, enrolment) = line.server().await?;
    let most = batch.0.size();
    let Some(draft) = line.on_store(move |store| store.outbox.next_push(most)).await? else {
        if line.report_due.load(Ordering::Relaxed) {
            report(line).await?;
            line.report_due.store(false, Ordering::Relaxed);
        }
        return Ok(Pushed::Nothing);
    };
    fail_point(Point::PushDrafted);
    let (incarnation, first_seq, length) = (draft.incarnation.clone(), draft.first_seq, draft.actions.len());
    let pin_tries = draft.pin_tries.clone();
    let request = request(line, draft, enrolment.station_id);
    let body = serde_json::to_vec(&request).map_err(|_| Trouble::Senseless("the batch cannot be written"))?;
    let sent_at = line.clock.mono_ms();
    let answer = server.call::<PushReply>(Method::POST, PATH, &[], body).await;
    let after_ms = u64::try_from(line.clock.mono_ms() - sent_at).unwrap_or(0);
    match answer {
        Ok(reply) => {
            fail_point(Point::PushAnswered);
            batch.0.answered(after_ms);
            let (epoch, server_time) = (reply.server_epoch.clone(), reply.server_time);
            let stored = length == 0 || reply.stored_through >= first_seq;
            line.on_store(move |store| {
                store.outbox.pushed(&incarnation, &reply)?;
                store.outbox.pin_tries_told(&pin_tries)
            })
            .await?;
            line.note_server_time(server_time).await;
            let another_life = line.meet_epoch(&enrolment, &epoch).await?;
            if !stored {
                return Err(Trouble::Senseless("a push was accepted and not stored"));
            }
            line.tell(SyncEvent::Pushed);
            line.pull_wake.notify_one();
            // Everything is to be sent again; a server with a new life every time must not be asked in a tight loop.
            Ok(if another_life { Pushed::Corrected } else { Pushed::Stored })
        }
        Err(CallFault::Refused { problem, .. }) if problem.code == ProblemCode::TooLarge && length > 1 => {
            batch.0.halve(length);
            Ok(Pushed::Corrected)
        }
        Err(CallFault::Refused { problem, .. }) if problem.epoch.is_some() => {
            line.meet_epoch(&enrolment, problem.epoch.as_deref().unwrap_or_default()).await?;
            Ok(Pushed::Corrected)
        }
        Err(CallFault::Refused { status, problem, retry_after }) => {
            if put_right(line, &incarnation, first_seq, &problem).await? {
                return Ok(Pushed::Corrected);
            }
            Err(CallFault::Refused { status, problem, retry_after }.into())
        }
        Err(fault) => {
            if after_ms >= TOO_SLOW_MS {
                // The line was there and carried too little in time.
                batch.0.halve(length);
            }
            Err(fault.into())
        }
    }
}

/// Sends a push without actions: what waits here, and what was seen of the server's history. Says whether the server has
/// begun another life; it does so itself when what was seen proves that it has forgotten.
pub(super) async fn report(line: &Line) -> Result<bool, Trouble> {
    let (server, enrolment) = line.server().await?;
    let Some(draft) = line.on_store(|store| store.outbox.report()).await? else { return Ok(false) };
    let request = request(line, draft, enrolment.station_id);
    let body = serde_json::to_vec(&request).map_err(|_| Trouble::Senseless("the report cannot be written"))?;
    match server.call::<PushReply>(Method::POST, PATH, &[], body).await {
        Ok(reply) => line.meet_epoch(&enrolment, &reply.server_epoch).await,
        Err(CallFault::Refused { problem, .. }) if problem.epoch.is_some() => {
            line.meet_epoch(&enrolment, problem.epoch.as_deref().unwrap_or_default()).await
        }
        // The next push of something meets the same fork or gap, and puts it right.
        Err(CallFault::Refused { problem, .. }) if matches!(problem.code, ProblemCode::Fork | ProblemCode::Gap) => {
            Ok(false)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn request(line: &Line, draft: PushDraft, station_id: cordwainer_domain::StationId) -> PushRequest {
    let clock =
        ClockReport { wall_ms: line.clock.wall_ms(), mono_ms: line.clock.mono_ms(), boot_id: line.clock.boot_id() };
    let age_ms = draft.oldest_wall_ms.map_or(0, |oldest| clock.wall_ms - oldest);
    PushRequest {
        protocol: PROTOCOL,
        station_id,
        incarnation: draft.incarnation,
        lease: draft.lease,
        first_seq: draft.first_seq,
        prev_chain: draft.prev_chain.to_string(),
        actions: draft.actions,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: SCHEMA_VERSION,
        clock,
        outbox_depth: draft.outbox_depth,
        oldest_pending_age_ms: u64::try_from(age_ms).unwrap_or(0),
        witnessed: draft.witnessed,
        epoch: Some(draft.epoch),
        health: StationHealth {
            loop_restarts: line.loop_restarts.load(Ordering::Relaxed),
            digest_mismatches: line.digest_mismatches.load(Ordering::Relaxed),
        },
        pin_tries: draft.pin_tries,
    }
}

/// Acts on a gap, a fork, or bytes that were altered here. False when there is nothing to put right.
async fn put_right(line: &Line, incarnation: &str, first_seq: u64, problem: &Problem) -> Result<bool, Trouble> {
    let incarnation = incarnation.to_owned();
    match (problem.code, problem.expected_seq, problem.last_seq) {
        (ProblemCode::Gap, Some(expected), _) if expected < first_seq => {
            line.on_store(move |store| store.outbox.rewind(&incarnation, expected)).await?;
            Ok(true)
        }
        (ProblemCode::Fork, _, Some(last_seq)) => {
            let chain = problem
                .chain_hash
                .as_ref()
                .and_then(|text| hex::decode(text).ok())
                .and_then(|bytes| cordwainer_sync::Hash::from_slice(&bytes));
            let ids = Arc::clone(&line.ids);
            line.on_store(move |store| store.outbox.reincarnate(&incarnation, last_seq, chain, ids.as_ref())).await?;
            Ok(true)
        }
        (ProblemCode::Malformed, ..) => {
            let ids = Arc::clone(&line.ids);
            line.on_store(move |store| store.outbox.mend_chain(&incarnation, ids.as_ref())).await
        }
        _ => Ok(false),
    }
}
