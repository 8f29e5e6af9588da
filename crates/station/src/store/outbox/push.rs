//! What goes into the next push, and what a fork or another life of the server asks for.

use cordwainer_protocol::sync::{ActionOffer, PinTally, Witness};
use cordwainer_sync::{BATCH_ACTIONS, Hash, batch_length, link};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::super::enrolment;
use super::super::fault::StoreFault;
use super::verdict::witnessed;
use super::{Inner, Life, Outbox, Unsent, action_id, live, number, open, record, stored};
use crate::ids::IdSource;

/// The actions of the next push, in strict order.
#[derive(Clone, PartialEq, Debug)]
pub struct PushDraft {
    /// Life of the outbox, 32 hexadecimal digits.
    pub incarnation: String,
    /// The lease from the last reply.
    pub lease: String,
    /// `seq` of the first action.
    pub first_seq: u64,
    /// Chain hash before it.
    pub prev_chain: Hash,
    /// The facts; none in a report, and when only wrong PINs are to be told.
    pub actions: Vec<ActionOffer>,
    /// Actions that wait, these included.
    pub outbox_depth: u64,
    /// When the oldest of them was recorded, by the wall clock here.
    pub oldest_wall_ms: Option<i64>,
    /// The newest audit checkpoint of this life of the server.
    pub witnessed: Option<Witness>,
    /// The life of the server's database that this station follows.
    pub epoch: String,
    /// PINs that were tried in vain since the server was told.
    pub pin_tries: Vec<PinTally>,
}

impl Outbox {
    /// What to send next: at most so many actions; `None` when the server has everything.
    ///
    /// What was sent once and not answered is sent again *alone*: the answer may have been lost, and only a push without
    /// anything new is given the lease that has been handed out meanwhile.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn next_push(&self, most: usize) -> Result<Option<PushDraft>, StoreFault> {
        if self.read_only {
            return Ok(None);
        }
        let (waits, pin_tries) = (self.unsent()?, self.untold_pin_tries()?);
        self.at_any_cost(|inner| draft(inner, most, waits, pin_tries.clone()))
    }

    /// A push without actions: it says what waits here, and what this station has seen of the server's history. `None` in a
    /// folder that has recorded nothing yet.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn report(&self) -> Result<Option<PushDraft>, StoreFault> {
        let waits = self.unsent()?;
        let inner = self.lock();
        let epoch = inner.enrolment.as_ref().map(|enrolment| enrolment.server_epoch.clone()).unwrap_or_default();
        let Some(life) = live(&inner.conn)? else { return Ok(None) };
        Ok(Some(PushDraft {
            incarnation: life.name(),
            first_seq: life.stored_through + 1,
            prev_chain: chain_at(&inner.conn, &life, life.stored_through)?.unwrap_or(Hash::START),
            lease: life.lease,
            actions: Vec::new(),
            outbox_depth: waits.count,
            oldest_wall_ms: waits.oldest_wall_ms,
            witnessed: witnessed(&inner.conn, &epoch)?,
            epoch,
            pin_tries: Vec::new(),
        }))
    }

    /// The server lacks places that this station took for stored (`409 gap`): send from there.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be written.
    pub fn rewind(&self, incarnation: &str, expected_seq: u64) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(mut life) = live(&tx)?
            && life.name() == incarnation
        {
            life.stored_through = life.stored_through.min(expected_seq.saturating_sub(1));
            record::save_life(&tx, &life)?;
        }
        Ok(tx.commit()?)
    }

    /// The server knows another history under this incarnation (`409 fork`): freezes it, opens a new one, and submits under
    /// it everything that the server may lack. What it does hold is answered as a duplicate and does no harm.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be written; nothing has changed then.
    pub fn reincarnate(
        &self,
        incarnation: &str,
        server_last_seq: u64,
        server_chain: Option<Hash>,
        ids: &dyn IdSource,
    ) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(frozen) = live(&tx)?.filter(|life| life.name() == incarnation) else { return Ok(()) };
        let shared = chain_at(&tx, &frozen, server_last_seq)?;
        let after = if shared.is_some() && shared == server_chain { server_last_seq } else { 0 };
        let mut life = open::begin_life(&tx, ids)?;
        let missing = places(
            &tx,
            "SELECT action_id, body, coalesce(fork_of, (SELECT id FROM incarnation WHERE incarnation.inc = submission.inc))
             FROM submission JOIN action USING (action_id) JOIN outcome USING (action_id)
             WHERE inc = ?1 AND (seq > ?2 OR state = 'pending') ORDER BY seq",
            params![frozen.inc, stored(after)],
        )?;
        tracing::warn!(
            frozen = incarnation,
            live = life.name(),
            again = missing.len(),
            "the outbox has a new incarnation"
        );
        submit_again(&tx, &mut life, &missing)?;
        Ok(tx.commit()?)
    }

    /// The server cannot make sense of a push. If bytes on this disk were altered since they were chained, they are chained
    /// anew under a new incarnation: their signature will tell the server, which keeps them as evidence, and what stands
    /// behind them is not held up. Says whether that was so.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read or written.
    pub fn mend_chain(&self, incarnation: &str, ids: &dyn IdSource) -> Result<bool, StoreFault> {
        let shared = {
            let inner = self.lock();
            let Some(life) = live(&inner.conn)?.filter(|life| life.name() == incarnation) else { return Ok(false) };
            let (mut chain, offers) = offers(&inner.conn, &life, life.last_seq)?;
            let follows = offers.iter().all(|offer| {
                chain = link(chain, offer.body.as_bytes());
                chain.to_string() == offer.chain_hash
            });
            if follows {
                return Ok(false);
            }
            (life.stored_through, chain_at(&inner.conn, &life, life.stored_through)?)
        };
        self.reincarnate(incarnation, shared.0, shared.1, ids)?;
        Ok(true)
    }

    /// The server has begun another life, restored from a backup: everything that is retained is offered again under a new
    /// incarnation, in the order in which it was recorded, and counts as unsent until it is answered.
    ///
    /// # Errors
    /// [`StoreFault`] when it could not be written; calling again is safe.
    pub fn adopt_epoch(&self, epoch: &str, ids: &dyn IdSource) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        let Some(mut enrolment) = inner.enrolment.clone().filter(|known| known.server_epoch != epoch) else {
            return Ok(());
        };
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut life = open::begin_life(&tx, ids)?;
        let retained = places(
            &tx,
            "SELECT action_id, body, coalesce(fork_of, (SELECT id FROM incarnation WHERE incarnation.inc = submission.inc))
             FROM submission JOIN action USING (action_id)
             WHERE NOT EXISTS (SELECT 1 FROM submission earlier
                               WHERE earlier.action_id = action.action_id AND earlier.inc < submission.inc)
             ORDER BY inc, seq",
            [],
        )?;
        submit_again(&tx, &mut life, &retained)?;
        tx.execute("UPDATE outcome SET state = 'pending', commit_seq = NULL, verdict = NULL, stored_at = NULL", [])?;
        tx.commit()?;
        // The file after the rows: a crash between the two only offers everything once more.
        enrolment.server_epoch = epoch.to_owned();
        enrolment::write(&self.folder, &enrolment)?;
        inner.enrolment = Some(enrolment);
        Ok(())
    }
}

fn draft(
    inner: &mut Inner,
    most: usize,
    waits: Unsent,
    pin_tries: Vec<PinTally>,
) -> Result<Option<PushDraft>, StoreFault> {
    let epoch = inner.enrolment.as_ref().map(|enrolment| enrolment.server_epoch.clone()).unwrap_or_default();
    let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(mut life) = live(&tx)? else { return Ok(None) };
    let through = if life.offered_through > life.stored_through { life.offered_through } else { life.last_seq };
    let (prev_chain, mut actions) = offers(&tx, &life, through)?;
    actions.truncate(batch_length(actions.iter().map(|offer| offer.body.len()), most));
    let (first_seq, prev_chain) = match (actions.first(), actions.last()) {
        (Some(first), Some(last)) => {
            if last.seq > life.offered_through {
                life.offered_through = last.seq;
                record::save_life(&tx, &life)?;
            }
            (first.seq, prev_chain)
        }
        _ if pin_tries.is_empty() => return Ok(None),
        _ => (life.last_seq + 1, life.last_chain),
    };
    let draft = PushDraft {
        incarnation: life.name(),
        lease: life.lease,
        first_seq,
        prev_chain,
        actions,
        outbox_depth: waits.count,
        oldest_wall_ms: waits.oldest_wall_ms,
        witnessed: witnessed(&tx, &epoch)?,
        epoch,
        pin_tries,
    };
    tx.commit()?;
    Ok(Some(draft))
}

struct Place {
    id: [u8; 16],
    body: Vec<u8>,
    first_life: Vec<u8>,
}

fn places(tx: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Place>, StoreFault> {
    let mut statement = tx.prepare(sql)?;
    let rows =
        statement.query_map(params, |row| Ok(Place { id: row.get(0)?, body: row.get(1)?, first_life: row.get(2)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn submit_again(tx: &Connection, life: &mut Life, places: &[Place]) -> Result<(), StoreFault> {
    for place in places {
        record::submit(tx, life, action_id(place.id), &place.body, Some(&place.first_life))?;
    }
    record::save_life(tx, life)
}

fn chain_at(tx: &Connection, life: &Life, seq: u64) -> Result<Option<Hash>, StoreFault> {
    if seq == 0 {
        return Ok(Some(Hash::START));
    }
    let mut statement = tx.prepare_cached("SELECT chain_hash FROM submission WHERE inc = ?1 AND seq = ?2")?;
    let found: Option<Vec<u8>> = statement.query_row(params![life.inc, stored(seq)], |row| row.get(0)).optional()?;
    Ok(found.and_then(|bytes| Hash::from_slice(&bytes)))
}

/// The offers after what is stored, with the chain hash before the first.
pub(super) fn offers(tx: &Connection, life: &Life, through: u64) -> Result<(Hash, Vec<ActionOffer>), StoreFault> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, action_id, kind, kind_version, body, body_hash, sig, chain_hash, fork_of, prev_chain
         FROM submission JOIN action USING (action_id)
         WHERE inc = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4",
    )?;
    let mut rows = statement.query(params![
        life.inc,
        stored(life.stored_through),
        stored(through),
        stored(BATCH_ACTIONS as u64)
    ])?;
    let mut prev_chain = Hash::START;
    let mut offers = Vec::new();
    while let Some(row) = rows.next()? {
        let id = action_id(row.get(1)?);
        let bad = |column| StoreFault::BadRow { table: "submission", column, id: id.to_string() };
        let hash = |index, column| {
            let bytes: Vec<u8> = row.get(index)?;
            Hash::from_slice(&bytes).ok_or_else(|| bad(column))
        };
        if offers.is_empty() {
            prev_chain = hash(9, "prev_chain")?;
        }
        offers.push(ActionOffer {
            seq: number(row.get(0)?),
            action_id: id,
            kind: row.get(2)?,
            kind_version: row.get(3)?,
            body: String::from_utf8(row.get(4)?).map_err(|_| bad("body"))?,
            body_hash: hash(5, "body_hash")?.to_string(),
            sig: hex::encode(row.get::<_, Vec<u8>>(6)?),
            chain_hash: hash(7, "chain_hash")?.to_string(),
            fork_of: row.get::<_, Option<Vec<u8>>>(8)?.map(hex::encode),
        });
    }
    Ok((prev_chain, offers))
}
