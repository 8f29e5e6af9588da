//! Questions to the outbox: what is still to be replayed, what waits, and what became of an action.

use std::collections::HashSet;

use cordwainer_domain::production::{Action, ConflictKind, ParkReason};
use cordwainer_domain::{ActionId, ConflictId, WorkOrderId};
use cordwainer_protocol::sync::VerdictStatus;
use cordwainer_sync::decode;
use rusqlite::{OptionalExtension, Row};
use serde::{Deserialize, Serialize};

use super::super::fault::StoreFault;
use super::{Outbox, action_id, number, stored, work_order_id};

/// How far the record of an action has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutcomeState {
    /// On this disk only.
    Pending,
    /// Stored by the server, not yet judged.
    Stored,
    /// It counts.
    Applied,
    /// It is kept beside another fact, and a conflict is open.
    Flagged,
    /// The server keeps it until what it waits for arrives.
    Parked,
    /// A supervisor has closed it.
    Closed,
}

impl OutcomeState {
    const ALL: [Self; 6] = [Self::Pending, Self::Stored, Self::Applied, Self::Flagged, Self::Parked, Self::Closed];

    /// The word under which it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Applied => "applied",
            Self::Flagged => "flagged",
            Self::Parked => "parked",
            Self::Closed => "closed",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl From<VerdictStatus> for OutcomeState {
    fn from(status: VerdictStatus) -> Self {
        match status {
            VerdictStatus::Applied => Self::Applied,
            VerdictStatus::Flagged => Self::Flagged,
            VerdictStatus::Parked => Self::Parked,
            VerdictStatus::Closed => Self::Closed,
        }
    }
}

/// An action whose effect the cached rows do not show yet.
#[derive(Clone, PartialEq, Debug)]
pub struct UnresolvedAction {
    /// Life of the outbox that it was recorded in.
    pub inc: i64,
    /// Its place there.
    pub seq: u64,
    /// The action.
    pub action: Action,
    /// How far its record has come.
    pub state: OutcomeState,
    /// Commit that carries its effect, once known.
    pub commit_seq: Option<u64>,
}

/// What became of an action.
#[derive(Clone, PartialEq, Debug)]
pub struct OutcomeRow {
    /// How far its record has come.
    pub state: OutcomeState,
    /// Commit that carries its effect.
    pub commit_seq: Option<u64>,
    /// What it waits for, if parked.
    pub park_reason: Option<ParkReason>,
    /// What it contradicts, if flagged.
    pub conflict: Option<ConflictKind>,
    /// The conflict to be closed.
    pub conflict_id: Option<ConflictId>,
}

/// What a verdict says beside its state; kept as JSON.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct VerdictDetail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub park_reason: Option<ParkReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict_id: Option<ConflictId>,
    /// Commit with which it began to count, where a later verdict has another number: the rows show it from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_seq: Option<u64>,
}

/// What waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unsent {
    /// Actions that the server has not stored.
    pub count: u64,
    /// When the oldest of them was recorded, by the wall clock here.
    pub oldest_wall_ms: Option<i64>,
    /// Actions that a supervisor will look at: parked or flagged.
    pub parked: u64,
}

/// A commit by which something began to count is never later than that of its newest verdict, so the index leaves out what is
/// shown long since.
pub(super) const OVERLAY: &str =
    "SELECT submission.inc, submission.seq, action.body, outcome.state, outcome.commit_seq, action.action_id
     FROM outcome
     JOIN action USING (action_id)
     JOIN submission USING (action_id)
     WHERE (outcome.state IN ('pending', 'stored', 'parked')
            OR outcome.state IN ('applied', 'flagged') AND outcome.commit_seq IS NULL
            OR outcome.state IN ('applied', 'flagged') AND outcome.commit_seq > ?1
               AND coalesce(json_extract(outcome.verdict, '$.counted_seq') > ?1, 1))
       AND NOT EXISTS (SELECT 1 FROM submission earlier
                       WHERE earlier.action_id = action.action_id AND earlier.inc < submission.inc)
     ORDER BY submission.inc, submission.seq";

/// Records are kept in the order in which they were made, so the first that waits is the oldest.
pub(super) const UNSENT: &str = "SELECT (SELECT count(*) FROM outcome WHERE state = 'pending'),
            (SELECT wall_at FROM action WHERE action_id =
                (SELECT action_id FROM outcome WHERE state = 'pending' ORDER BY commit_seq, rowid LIMIT 1)),
            (SELECT count(*) FROM outcome WHERE state IN ('parked', 'flagged'))";

impl Outbox {
    /// The actions to replay over rows that show the feed up to `cursor`, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn overlay(&self, cursor: u64) -> Result<Vec<UnresolvedAction>, StoreFault> {
        let inner = self.lock();
        let mut statement = inner.conn.prepare_cached(OVERLAY)?;
        let mut rows = statement.query([stored(cursor)])?;
        let mut overlay = Vec::new();
        while let Some(row) = rows.next()? {
            overlay.extend(unresolved(row)?);
        }
        Ok(overlay)
    }

    /// The work orders that unresolved actions refer to: they stay, even when they leave the station's scope.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn pinned(&self) -> Result<HashSet<WorkOrderId>, StoreFault> {
        let inner = self.lock();
        let mut statement = inner.conn.prepare_cached(
            "SELECT DISTINCT work_order_id FROM outcome JOIN action USING (action_id)
             WHERE state IN ('pending', 'stored', 'parked') AND work_order_id IS NOT NULL",
        )?;
        let rows = statement.query_map([], |row| Ok(work_order_id(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What waits.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn unsent(&self) -> Result<Unsent, StoreFault> {
        let inner = self.lock();
        let mut statement = inner.conn.prepare_cached(UNSENT)?;
        Ok(statement.query_row([], |row| {
            Ok(Unsent { count: number(row.get(0)?), oldest_wall_ms: row.get(1)?, parked: number(row.get(2)?) })
        })?)
    }

    /// What became of an action; `None` if it was not recorded here.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn outcome(&self, id: ActionId) -> Result<Option<OutcomeRow>, StoreFault> {
        let inner = self.lock();
        let mut statement =
            inner.conn.prepare_cached("SELECT state, commit_seq, verdict FROM outcome WHERE action_id = ?1")?;
        let found: Option<(String, Option<i64>, Option<String>)> =
            statement.query_row([id.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        let Some((state, commit_seq, verdict)) = found else { return Ok(None) };
        let bad = |column| StoreFault::BadRow { table: "outcome", column, id: id.to_string() };
        let detail: VerdictDetail = match verdict {
            Some(text) => serde_json::from_str(&text).map_err(|_| bad("verdict"))?,
            None => VerdictDetail::default(),
        };
        Ok(Some(OutcomeRow {
            state: OutcomeState::from_word(&state).ok_or_else(|| bad("state"))?,
            commit_seq: commit_seq.map(number),
            park_reason: detail.park_reason,
            conflict: detail.conflict,
            conflict_id: detail.conflict_id,
        }))
    }
}

/// Reads a row of the overlay. An action of a later version is sent like any other, but cannot be shown.
fn unresolved(row: &Row<'_>) -> Result<Option<UnresolvedAction>, StoreFault> {
    let id = action_id(row.get(5)?);
    let action = match decode(&row.get::<_, Vec<u8>>(2)?) {
        Ok(action) => action,
        Err(fault) => {
            tracing::warn!(%id, %fault, "an action cannot be shown");
            return Ok(None);
        }
    };
    let state: String = row.get(3)?;
    let state = OutcomeState::from_word(&state).ok_or_else(|| StoreFault::BadRow {
        table: "outcome",
        column: "state",
        id: id.to_string(),
    })?;
    Ok(Some(UnresolvedAction {
        inc: row.get(0)?,
        seq: number(row.get(1)?),
        action,
        state,
        commit_seq: row.get::<_, Option<i64>>(4)?.map(number),
    }))
}
