//! A snapshot: everything in scope as it was at one moment, chunk by chunk, for a station that has no cursor. The feed is
//! followed from that moment before anything of it is shown. While a chunk is being stored, the one behind it is on its way.

use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{ProblemCode, SnapshotChunk};
use cordwainer_sync::Cursor;
use reqwest::Method;

use super::http::{CallFault, Server};
use super::line::{Line, Trouble};
use super::pull::{Pulled, keep_checkpoint};
use super::{compare, push};
use crate::store::StoreFault;

const PATH: &str = "/sync/v1/snapshot";

/// The chunk behind one that was being stored. It counts for nothing before its turn comes.
pub(super) struct Ahead {
    at: String,
    after: String,
    chunk: SnapshotChunk,
}

impl Ahead {
    /// The chunk, if it is the one that is asked for.
    fn answers(self, at: Option<&str>, after: Option<&str>) -> Option<SnapshotChunk> {
        (at == Some(&*self.at) && after == Some(&*self.after)).then_some(self.chunk)
    }
}

/// Takes the chunk that is due and keeps it.
pub(super) async fn round(line: &Line, at: Option<String>, after: Option<String>) -> Result<Pulled, Trouble> {
    let (server, enrolment) = line.server().await?;
    let ahead = line.take_ahead().and_then(|ahead| ahead.answers(at.as_deref(), after.as_deref()));
    let answer = match ahead {
        Some(chunk) => Ok(chunk),
        None => fetch(line, &server, at.as_deref(), after.as_deref()).await,
    };
    let chunk = match answer {
        Ok(chunk) => chunk,
        // Its moment is of another life of the server, or too long ago: a snapshot of now is asked for instead.
        Err(CallFault::Refused { problem, .. })
            if matches!(problem.code, ProblemCode::CursorGone | ProblemCode::Epoch) && at.is_some() =>
        {
            line.on_store(|store| store.cache.reset()).await?;
            return Ok(Pulled::BeginsAgain);
        }
        Err(fault) => return Err(fault.into()),
    };
    fail_point(Point::ChunkReceived);
    line.note_server_time(chunk.server_time).await;
    if line.meet_epoch(&enrolment, &chunk.server_epoch).await? {
        return Ok(Pulled::BeginsAgain);
    }
    check_progress(at.as_deref(), after.as_deref(), &chunk)?;
    if keep_checkpoint(line, &enrolment, &chunk.audit_checkpoint, &chunk.server_epoch).await?
        && push::report(line).await?
    {
        return Ok(Pulled::BeginsAgain);
    }
    let behind = chunk.next.clone().map(|after| (chunk.at.clone(), after));
    let (kept, ahead) = tokio::join!(keep(line, chunk), fetch_ahead(line, &server, behind));
    kept?;
    if let Some(ahead) = ahead {
        line.keep_ahead(ahead);
    }
    compare::put_off(line);
    Ok(Pulled::More)
}

async fn fetch(
    line: &Line,
    server: &Server,
    at: Option<&str>,
    after: Option<&str>,
) -> Result<SnapshotChunk, CallFault> {
    let (protocol, limit) = (PROTOCOL.to_string(), line.page_rows().to_string());
    let mut query = vec![("protocol", protocol.as_str()), ("limit", limit.as_str())];
    query.extend(at.map(|at| ("at", at)));
    query.extend(after.map(|after| ("after", after)));
    let asked_at = line.clock.mono_ms();
    let answer = server.call::<SnapshotChunk>(Method::GET, PATH, &query, Vec::new()).await;
    line.page_took(u64::try_from(line.clock.mono_ms() - asked_at).unwrap_or(0), answer.is_ok());
    answer
}

/// Whatever goes wrong with it is met again, and dealt with, when the chunk's turn comes.
async fn fetch_ahead(line: &Line, server: &Server, behind: Option<(String, String)>) -> Option<Ahead> {
    let (at, after) = behind?;
    match fetch(line, server, Some(&at), Some(&after)).await {
        Ok(chunk) => Some(Ahead { at, after, chunk }),
        Err(fault) => {
            tracing::info!(%fault, "the next chunk did not come; it will be asked for again");
            None
        }
    }
}

/// A chunk must be of the snapshot that was begun, and lead on in it.
fn check_progress(at: Option<&str>, after: Option<&str>, chunk: &SnapshotChunk) -> Result<(), Trouble> {
    let moment: Cursor = chunk.at.parse().map_err(|_| Trouble::Senseless("the snapshot's moment is none"))?;
    if moment.server_epoch != chunk.server_epoch || at.is_some_and(|at| at != chunk.at) {
        return Err(Trouble::Senseless("the chunk is of another snapshot"));
    }
    if chunk.next.is_some() && chunk.next.as_deref() == after {
        return Err(Trouble::Senseless("the chunk leads nowhere"));
    }
    Ok(())
}

/// Verdicts first, rows and place after, as with a page.
async fn keep(line: &Line, chunk: SnapshotChunk) -> Result<(), Trouble> {
    let wall_ms = line.clock.wall_ms();
    line.on_store(move |store| {
        store.outbox.apply_verdicts(&chunk.verdicts)?;
        fail_point(Point::VerdictsKept);
        match store.cache.take_chunk(&chunk) {
            Err(StoreFault::Damaged { file, detail }) => {
                store.cache.rebuild(wall_ms)?;
                Err(StoreFault::Damaged { file, detail })
            }
            other => other,
        }
    })
    .await
}
