//! What the server does with the places of a push, before it looks at any content: store, answer again, or refuse whole.
//!
//! `seq` is contiguous within an incarnation and the chain covers the order, so a lost, doubled, replayed or forked push is
//! told apart here without a clock.

use crate::chain::{Hash, link};
use crate::controls::{Control, is_off};

/// The server's memory of one station.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StationHead {
    /// The incarnation that may push; empty before the first push.
    pub incarnation: String,
    /// Highest `seq` stored.
    pub last_seq: u64,
    /// Chain hash at `last_seq`.
    pub last_chain: Hash,
    /// The lease that the next push must present.
    pub lease: String,
    /// The lease before; its holder lost a reply.
    pub previous_lease: String,
}

/// One place of a push.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered<'a> {
    /// Its number.
    pub seq: u64,
    /// Canonical bytes.
    pub body: &'a [u8],
    /// What the station says the chain is here.
    pub chain_hash: Hash,
}

/// What to do with a push.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Intake {
    /// How many of the offered places are stored already; the rest is new.
    pub known: usize,
    /// Whether this push begins an incarnation that the server did not know.
    pub begins_incarnation: bool,
    /// Whether the reply hands out a fresh lease.
    pub rotates_lease: bool,
}

/// Why a push is refused whole. Nothing of it is stored; the station keeps everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PushFault {
    /// Numbers are missing before the first.
    #[error("gap: expected seq {expected}")]
    Gap {
        /// The number that is due.
        expected: u64,
    },
    /// The same place with other content, a stale lease with unseen content, or a dead incarnation.
    #[error("fork at seq {last_seq}")]
    Fork {
        /// Highest `seq` that the server holds.
        last_seq: u64,
        /// Its chain hash.
        chain_hash: Hash,
    },
    /// The push contradicts itself: numbers out of order, or links that do not follow from the bytes.
    #[error("the push does not chain at seq {seq}")]
    Broken {
        /// The first place that does not fit.
        seq: u64,
    },
}

/// Checks lease, incarnation, contiguity and chain.
///
/// What is stored already is answered again under any lease, so a lost reply and a late delivery are no forks. A station
/// that lost a reply must therefore offer the very same places again before it adds new ones.
///
/// `known_chain` answers with the stored chain hash at a `seq` of this incarnation. `incarnation_known` says whether the
/// incarnation was ever used by the station.
///
/// # Errors
/// [`PushFault`] when nothing of the push may be stored.
pub fn take_in(
    head: &StationHead,
    incarnation: &str,
    incarnation_known: bool,
    lease: &str,
    prev_chain: Hash,
    offered: &[Offered<'_>],
    known_chain: impl Fn(u64) -> Option<Hash>,
) -> Result<Intake, PushFault> {
    check_links(prev_chain, offered)?;
    let fork = PushFault::Fork { last_seq: head.last_seq, chain_hash: head.last_chain };
    let begins_incarnation = head.incarnation != incarnation;
    if begins_incarnation && incarnation_known {
        return Err(fork);
    }
    let last_seq = if begins_incarnation { 0 } else { head.last_seq };
    let Some(first) = offered.first() else {
        return Ok(Intake { known: 0, begins_incarnation: false, rotates_lease: false });
    };
    if first.seq > last_seq + 1 {
        return Err(PushFault::Gap { expected: last_seq + 1 });
    }
    let known = offered.iter().take_while(|place| place.seq <= last_seq).count();
    if offered[..known].iter().any(|place| known_chain(place.seq) != Some(place.chain_hash)) {
        return Err(fork);
    }
    if known < offered.len() {
        let expected = if begins_incarnation { Hash::START } else { head.last_chain };
        let before_new = if known == 0 { prev_chain } else { offered[known - 1].chain_hash };
        if before_new != expected {
            return Err(fork);
        }
        let stale = !begins_incarnation && !head.lease.is_empty() && lease != head.lease;
        if stale && !is_off(Control::Lease) {
            return Err(fork);
        }
    }
    Ok(Intake {
        known,
        begins_incarnation: begins_incarnation && known < offered.len(),
        rotates_lease: known < offered.len(),
    })
}

fn check_links(prev_chain: Hash, offered: &[Offered<'_>]) -> Result<(), PushFault> {
    let mut chain = prev_chain;
    let mut before: Option<u64> = None;
    for place in offered {
        chain = link(chain, place.body);
        let follows = before.is_none_or(|seq| seq.checked_add(1) == Some(place.seq));
        if !follows || place.seq == 0 || chain != place.chain_hash {
            return Err(PushFault::Broken { seq: place.seq });
        }
        before = Some(place.seq);
    }
    Ok(())
}
