//! The pull loop: the feed, page by page, poked or every five seconds.

use std::sync::Arc;
use std::time::Duration;

use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{AuditCheckpoint, ProblemCode, PullReply, Witness};
use cordwainer_sync::{Backoff, Cursor, Purpose};
use reqwest::Method;

use super::SyncEvent;
use super::http::CallFault;
use super::line::{Line, Trouble};
use super::watch::Pulse;
use crate::store::{Enrolment, StoreFault};

const PATH: &str = "/sync/v1/pull";
/// Most rows of a page.
const PAGE_ROWS: &str = "500";
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

/// Fetches one page and keeps it.
pub(super) async fn round(line: &Line) -> Result<Pulled, Trouble> {
    let (server, enrolment) = line.server().await?;
    let followed = line.on_store(|store| store.cache.followed()).await?;
    let mut query = vec![("limit", PAGE_ROWS)];
    if let Some(cursor) = &followed.cursor {
        query.push(("cursor", cursor));
    }
    let page = match server.call::<PullReply>(Method::GET, PATH, &query, Vec::new()).await {
        Ok(page) => page,
        Err(CallFault::Refused { problem, .. })
            if matches!(problem.code, ProblemCode::CursorGone | ProblemCode::Epoch) && followed.cursor.is_some() =>
        {
            line.on_store(|store| store.cache.reset()).await?;
            return Ok(Pulled::BeginsAgain);
        }
        Err(fault) => return Err(fault.into()),
    };
    fail_point(Point::PageReceived);
    line.note_server_time(page.server_time).await;
    line.meet_epoch(&enrolment, &page.server_epoch).await?;
    check_progress(followed.cursor.as_deref(), &page)?;
    keep_checkpoint(line, &enrolment, &page).await?;
    let more = page.more;
    let effect = keep(line, page).await?;
    line.tell(SyncEvent::Page(effect));
    Ok(if more { Pulled::More } else { Pulled::UpToDate })
}

/// A page must lead on from where this station is: an old reply out of some cache would undo what is known, and a page that
/// leads nowhere would be asked for without end.
fn check_progress(presented: Option<&str>, page: &PullReply) -> Result<(), Trouble> {
    let to: Cursor = page.to.parse().map_err(|_| Trouble::Senseless("the cursor is none"))?;
    let Some(from) = presented.and_then(|text| text.parse::<Cursor>().ok()) else { return Ok(()) };
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
        let pinned = store.outbox.pinned()?;
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

/// Remembers the checkpoint if the server has signed it.
async fn keep_checkpoint(line: &Line, enrolment: &Enrolment, page: &PullReply) -> Result<(), Trouble> {
    let Some(checkpoint) = &page.audit_checkpoint else { return Ok(()) };
    if !is_signed(checkpoint, enrolment, &page.server_epoch) {
        tracing::error!(
            audit_seq = checkpoint.audit_seq,
            "a checkpoint of the audit chain is not signed by the server"
        );
        return Ok(());
    }
    let seen = Witness { audit_seq: checkpoint.audit_seq, audit_head: checkpoint.audit_head.clone() };
    let epoch = page.server_epoch.clone();
    line.on_store(move |store| store.outbox.witness(&seen, &epoch)).await
}

fn is_signed(checkpoint: &AuditCheckpoint, enrolment: &Enrolment, epoch: &str) -> bool {
    let said = format!("{}\n{}\n{epoch}", checkpoint.audit_seq, checkpoint.audit_head);
    checkpoint
        .sig
        .parse()
        .is_ok_and(|sig| enrolment.server_key.verify(Purpose::Checkpoint, said.as_bytes(), &sig).is_ok())
}
