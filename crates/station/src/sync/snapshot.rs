//! A snapshot: everything in scope as it was at one moment, chunk by chunk, for a station that has no cursor. The feed is
//! followed from that moment before anything of it is shown.

use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{ProblemCode, SnapshotChunk};
use cordwainer_sync::Cursor;
use reqwest::Method;

use super::http::CallFault;
use super::line::{Line, Trouble};
use super::pull::{Pulled, keep_checkpoint};
use super::{compare, push};
use crate::store::StoreFault;

const PATH: &str = "/sync/v1/snapshot";

/// Fetches a chunk and keeps it.
pub(super) async fn round(line: &Line, at: Option<String>, after: Option<String>) -> Result<Pulled, Trouble> {
    let (server, enrolment) = line.server().await?;
    let mut query = vec![("protocol", PROTOCOL.to_string()), ("limit", line.page_rows().to_string())];
    query.extend(at.clone().map(|at| ("at", at)));
    query.extend(after.clone().map(|after| ("after", after)));
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let asked_at = line.clock.mono_ms();
    let answer = server.call::<SnapshotChunk>(Method::GET, PATH, &query, Vec::new()).await;
    line.page_took(u64::try_from(line.clock.mono_ms() - asked_at).unwrap_or(0), answer.is_ok());
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
    keep(line, chunk).await?;
    compare::put_off(line);
    Ok(Pulled::More)
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
