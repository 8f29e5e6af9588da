//! The server's word on actions, and what the station remembers of its audit chain.

use cordwainer_domain::ActionId;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{PushReply, PushVerdict, VerdictRow, Witness};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::super::fault::StoreFault;
use super::read::{OutcomeState, VerdictDetail};
use super::{Inner, Outbox, live, number, record, stored};

impl Outbox {
    /// Takes the answer to a push of the named incarnation: what is stored, the next lease, and the verdicts.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing of it was kept; the same push may be sent again.
    pub fn pushed(&self, incarnation: &str, reply: &PushReply) -> Result<(), StoreFault> {
        self.at_any_cost(|inner| take_reply(inner, incarnation, reply))
    }

    /// Takes verdicts from the feed. Keep them before the page's rows: until the cursor moves on, the overlay still shows
    /// what they are about.
    ///
    /// # Errors
    /// [`StoreFault`] when none of them was kept.
    pub fn apply_verdicts(&self, verdicts: &[VerdictRow]) -> Result<(), StoreFault> {
        if verdicts.is_empty() {
            return Ok(());
        }
        self.at_any_cost(|inner| {
            let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for verdict in verdicts {
                let detail = VerdictDetail {
                    park_reason: verdict.park_reason.clone(),
                    conflict: verdict.conflict.clone(),
                    conflict_id: verdict.conflict_id,
                    counted_seq: None,
                };
                settle(&tx, verdict.action_id, verdict.status.into(), Some(verdict.commit_seq), &detail)?;
            }
            Ok(tx.commit()?)
        })
    }

    /// Remembers a checkpoint of the audit chain whose signature was checked. A later one of the same epoch replaces it; an
    /// earlier or contradicting one does not, so that the next push still testifies against a rewritten history. Says
    /// whether it contradicts what was seen before: the server has forgotten, or its history was rewritten.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept.
    pub fn witness(&self, seen: &Witness, epoch: &str) -> Result<bool, StoreFault> {
        let inner = self.lock();
        if let Some(known) = witnessed(&inner.conn, epoch)?
            && seen.audit_seq <= known.audit_seq
        {
            return Ok(seen.audit_seq < known.audit_seq || seen.audit_head != known.audit_head);
        }
        inner
            .conn
            .prepare_cached(
                "INSERT INTO witness (one, audit_seq, audit_head, epoch, sig) VALUES (1, ?1, ?2, ?3, ?4)
                 ON CONFLICT (one) DO UPDATE SET audit_seq = excluded.audit_seq, audit_head = excluded.audit_head,
                                                 epoch = excluded.epoch, sig = excluded.sig",
            )?
            .execute(params![
                stored(seen.audit_seq),
                seen.audit_head,
                epoch,
                seen.sig.as_deref().unwrap_or_default()
            ])?;
        Ok(false)
    }
}

fn take_reply(inner: &mut Inner, incarnation: &str, reply: &PushReply) -> Result<(), StoreFault> {
    let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // A push that was under way while a new incarnation began still brings verdicts, but no lease.
    if let Some(mut life) = live(&tx)?
        && life.name() == incarnation
    {
        let before = life.stored_through;
        life.lease.clone_from(&reply.lease);
        life.stored_through = life.stored_through.max(reply.stored_through.min(life.offered_through));
        record::save_life(&tx, &life)?;
        tx.prepare_cached(
            "UPDATE outcome SET state = 'stored', stored_at = ?3 WHERE state = 'pending' AND action_id IN
             (SELECT action_id FROM submission WHERE inc = ?1 AND seq > ?4 AND seq <= ?2)",
        )?
        .execute(params![
            life.inc,
            stored(life.stored_through),
            reply.server_time.timestamp_millis(),
            stored(before)
        ])?;
    }
    for verdict in &reply.verdicts {
        settle(&tx, verdict.action_id, verdict.status.into(), verdict.commit_seq, &detail(verdict))?;
    }
    fail_point(Point::PushSettling);
    tx.commit()?;
    fail_point(Point::PushSettled);
    Ok(())
}

/// The newest checkpoint of this life of the server.
pub(super) fn witnessed(conn: &Connection, epoch: &str) -> Result<Option<Witness>, StoreFault> {
    let mut statement =
        conn.prepare_cached("SELECT audit_seq, audit_head, epoch, sig FROM witness WHERE epoch = ?1")?;
    let read = |row: &rusqlite::Row<'_>| {
        let sig: String = row.get(3)?;
        let sig = (!sig.is_empty()).then_some(sig);
        Ok(Witness { audit_seq: number(row.get(0)?), audit_head: row.get(1)?, epoch: row.get(2)?, sig })
    };
    Ok(statement.query_row([epoch], read).optional()?)
}

fn detail(verdict: &PushVerdict) -> VerdictDetail {
    VerdictDetail {
        park_reason: verdict.park_reason.clone(),
        conflict: verdict.conflict.clone(),
        conflict_id: verdict.conflict_id,
        counted_seq: None,
    }
}

/// A verdict may arrive twice and late: by push and by pull, and a duplicate carries the original one. The higher commit is
/// the later word.
fn settle(
    tx: &Connection,
    id: ActionId,
    state: OutcomeState,
    commit_seq: Option<u64>,
    detail: &VerdictDetail,
) -> Result<(), StoreFault> {
    let detail = VerdictDetail { counted_seq: counted_before(tx, id, state)?, ..detail.clone() };
    let text = serde_json::to_string(&detail).map_err(|fault| StoreFault::BadPage { detail: fault.to_string() })?;
    tx.prepare_cached(
        "UPDATE outcome SET state = ?2, commit_seq = ?3, verdict = ?4
         WHERE action_id = ?1 AND (state IN ('pending', 'stored') OR commit_seq IS NULL OR ?3 >= commit_seq)",
    )?
    .execute(params![id.0.as_bytes(), state.word(), commit_seq.map(stored), text])?;
    Ok(())
}

/// The commit that an action counted with already: a person's decision changes its verdict, and the rows keep its effect.
fn counted_before(tx: &Connection, id: ActionId, state: OutcomeState) -> Result<Option<u64>, StoreFault> {
    if !matches!(state, OutcomeState::Applied | OutcomeState::Flagged) {
        return Ok(None);
    }
    let mut statement = tx.prepare_cached(
        "SELECT coalesce(json_extract(verdict, '$.counted_seq'), commit_seq) FROM outcome
         WHERE action_id = ?1 AND state IN ('applied', 'flagged')",
    )?;
    let counted: Option<Option<i64>> = statement.query_row([id.0.as_bytes()], |row| row.get(0)).optional()?;
    Ok(counted.flatten().map(number))
}
