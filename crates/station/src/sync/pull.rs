//! The pull loop: a snapshot to begin with, then the feed, page by page, poked or every five seconds.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{AuditCheckpoint, ProblemCode, PullReply, Witness};
use cordwainer_sync::{Backoff, Cursor, Presented};
use reqwest::Method;

use super::SyncEvent;
use super::http::CallFault;
use super::line::{Line, Trouble};
use super::watch::Pulse;
use super::{compare, push, snapshot};
use crate::store::{Enrolment, Next, StoreFault};

const PATH: &str = "/sync/v1/pull";
/// Pokes may be lost, so the feed is asked this often all the same, give or take a fifth.
const POLL_MS: u64 = 5_000;

/// What a round came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pulled {
    /// Everything is here.
    UpToDate,
    /// There is another page.
    More,
    /// The cursor is of no use any more; the feed begins again from nothing.
    BeginsAgain,
}

pub(super) async fn run(line: Arc<Line>, pulse: Pulse) {
    let mut backoff = Backoff::default();
    loop {
        pulse.beat();
        let outcome = round(&line).await;
        line.round_ended(&outcome);
        let pause = match &outcome {
            Ok(Pulled::More) => {
                backoff.succeeded();
                continue;
            }
            Ok(Pulled::UpToDate) => {
                backoff.succeeded();
                Duration::from_millis(POLL_MS * 4 / 5 + line.ids.random_u64() % (POLL_MS * 2 / 5))
            }
            Ok(Pulled::BeginsAgain) => backoff.failed(line.ids.random_u64()),
            Err(Trouble::NotEnrolled) => Duration::from_millis(POLL_MS),
            Err(trouble) => {
                tracing::info!(%trouble, "pull failed; it will be tried again");
                trouble.retry_after().unwrap_or_else(|| backoff.failed(line.ids.random_u64()))
            }
        };
        tokio::select! {
            () = line.pull_wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Fetches what comes next, a page of the feed or a chunk of a snapshot, and keeps it.
pub(super) async fn round(line: &Line) -> Result<Pulled, Trouble> {
    match line.on_store(|store| store.cache.next()).await? {
        Next::Page { cursor } => page_behind(line, &cursor).await,
        Next::Chunk { at, after } => snapshot::round(line, at, after).await,
    }
}

async fn page_behind(line: &Line, cursor: &str) -> Result<Pulled, Trouble> {
    let (server, enrolment) = line.server().await?;
    let query = query(line, cursor).await?;
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let asked_at = line.clock.mono_ms();
    let answer = server.call::<PullReply>(Method::GET, PATH, &query, Vec::new()).await;
    line.page_took(u64::try_from(line.clock.mono_ms() - asked_at).unwrap_or(0), answer.is_ok());
    let page = match answer {
        Ok(page) => page,
        Err(CallFault::Refused { problem, .. })
            if matches!(problem.code, ProblemCode::CursorGone | ProblemCode::Epoch) =>
        {
            // A cursor beyond the head is how a server looks that was put back to an older copy: first it hears what was seen.
            if !push::report(line).await? {
                line.on_store(|store| store.cache.reset()).await?;
            }
            // What waits here goes first; the snapshot takes its time.
            line.push_wake.notify_one();
            return Ok(Pulled::BeginsAgain);
        }
        Err(fault) => return Err(fault.into()),
    };
    fail_point(Point::PageReceived);
    line.note_server_time(page.server_time).await;
    if line.meet_epoch(&enrolment, &page.server_epoch).await? {
        return Ok(Pulled::BeginsAgain);
    }
    check_progress(cursor, &page)?;
    if let Some(checkpoint) = &page.audit_checkpoint
        && keep_checkpoint(line, &enrolment, checkpoint, &page.server_epoch).await?
        && push::report(line).await?
    {
        return Ok(Pulled::BeginsAgain);
    }
    let (more, sums) = (page.more, page.scope_digest.clone());
    let effect = keep(line, page).await?;
    line.tell(SyncEvent::Page(effect));
    if let Some(sums) = sums
        && compare::with_server(line, &sums).await?
    {
        return Ok(Pulled::BeginsAgain);
    }
    Ok(if more { Pulled::More } else { Pulled::UpToDate })
}

/// A page must lead on from where this station is: an old reply out of some cache would undo what is known, and a page that
/// leads nowhere would be asked for without end.
fn check_progress(presented: &str, page: &PullReply) -> Result<(), Trouble> {
    let to: Cursor = page.to.parse().map_err(|_| Trouble::Senseless("the cursor is none"))?;
    let Ok(from) = presented.parse::<Cursor>() else { return Ok(()) };
    if from.server_epoch != to.server_epoch || to.commit_seq < from.commit_seq {
        return Err(Trouble::Senseless("the page does not lead on from the cursor"));
    }
    if page.more && to == from {
        return Err(Trouble::Senseless("the page leads nowhere"));
    }
    Ok(())
}

/// Verdicts first, rows and cursor after: between the two, the overlay still shows what the verdicts are about.
async fn keep(line: &Line, page: PullReply) -> Result<crate::store::PageEffect, Trouble> {
    let wall_ms = line.clock.wall_ms();
    line.on_store(move |store| {
        store.outbox.apply_verdicts(&page.verdicts)?;
        fail_point(Point::VerdictsKept);
        let pinned = if store.cache.may_let_go(&page)? { store.outbox.pinned()? } else { HashSet::new() };
        match store.cache.apply_page(&page, &pinned) {
            Err(StoreFault::Damaged { file, detail }) => {
                store.cache.rebuild(wall_ms)?;
                Err(StoreFault::Damaged { file, detail })
            }
            other => other,
        }
    })
    .await
}

/// What a page is asked for with.
async fn query(line: &Line, cursor: &str) -> Result<Vec<(&'static str, String)>, Trouble> {
    let waits = line.on_store(|store| store.outbox.unsent()).await?;
    let age_ms = waits.oldest_wall_ms.map_or(0, |oldest| (line.clock.wall_ms() - oldest).max(0));
    let mut query = vec![
        ("cursor", cursor.to_owned()),
        ("protocol", PROTOCOL.to_string()),
        ("limit", line.page_rows().to_string()),
        ("pending", waits.count.to_string()),
        ("oldest_ms", age_ms.to_string()),
    ];
    if compare::is_due(line) {
        query.push(("digest", true.to_string()));
    }
    Ok(query)
}

/// Remembers the checkpoint if the server has signed it. Says whether it contradicts what was seen before.
pub(super) async fn keep_checkpoint(
    line: &Line,
    enrolment: &Enrolment,
    checkpoint: &AuditCheckpoint,
    epoch: &str,
) -> Result<bool, Trouble> {
    if !is_signed(checkpoint, enrolment, epoch) {
        tracing::error!(
            audit_seq = checkpoint.audit_seq,
            "a checkpoint of the audit chain is not signed by the server"
        );
        return Ok(false);
    }
    let epoch = epoch.to_owned();
    let seen = Witness {
        audit_seq: checkpoint.audit_seq,
        audit_head: checkpoint.audit_head.clone(),
        epoch: Some(epoch.clone()),
        sig: Some(checkpoint.sig.clone()),
    };
    line.on_store(move |store| store.outbox.witness(&seen, &epoch)).await
}

fn is_signed(checkpoint: &AuditCheckpoint, enrolment: &Enrolment, epoch: &str) -> bool {
    let AuditCheckpoint { audit_seq, audit_head, sig } = checkpoint;
    Presented { audit_seq: *audit_seq, audit_head, epoch, sig }.is_signed_by(&enrolment.server_key)
}
